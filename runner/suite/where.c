/* where.c: Lua expressions over axes -> tables of bits. */

#include "where.h"

#include "conv2d_oracle.h"
#include "cost.h"

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
  MAX_CONSTRAINTS = 32,
  MAX_COMBINATIONS = 1 << 22,
  MAX_ASKED = 400000,  /* combinations that a filter is asked about, a second or two */
  MAX_STEPS = 1000000, /* instructions for one combination */
  MAX_MEMORY = 32 << 20
};

typedef struct table {
  int factor[MAX_AXES];
  uint64_t *allowed;
} table;

struct where {
  int count;
  int own; /* how many come from expressions or the budget; the rest come from validity */
  bool has_validity, has_budget; /* the budget's is the first constraint */
  table table[MAX_CONSTRAINTS];
  constraint constraint[MAX_CONSTRAINTS];
  int levels[MAX_AXES];
};

/* ---- tables */

/* Starts an empty table over the axes whose bit is set. */
static bool add_table (where *w, const axis *a, int axes, uint32_t scope, const char *what,
                       error *e) {
  if (w->count == MAX_CONSTRAINTS)
    return fail(e, BAD_INPUT, "%s: more than %d constraints", what, MAX_CONSTRAINTS);
  table *t = &w->table[w->count];
  constraint *c = &w->constraint[w->count];
  size_t combinations = 1;
  *c = (constraint){ .factor = t->factor };
  for (int i = 0; i < axes; i++)
    if (scope >> i & 1) {
      t->factor[c->count++] = i;
      combinations *= (size_t) a[i].count;
      if (combinations > MAX_COMBINATIONS)
        return fail(e, BAD_INPUT, "%s: its axes have more than %d combinations: split it", what,
                    MAX_COMBINATIONS);
    }
  t->allowed = calloc(combinations / 64 + 1, sizeof *t->allowed);
  if (!t->allowed) {
    fail(e, HARNESS, "out of memory");
    return false;
  }
  c->allowed = t->allowed;
  w->count++;
  return true;
}

static size_t index_of (const where *w, const constraint *c, const uint16_t *row) {
  size_t index = 0;
  for (int i = 0; i < c->count; i++)
    index = index * (size_t) w->levels[c->factor[i]] + row[c->factor[i]];
  return index;
}

/* Steps to the next combination of the constraint's axes; false after the last. */
static bool step (const where *w, const constraint *c, uint16_t *row) {
  for (int i = c->count - 1; i >= 0; i--) {
    if (++row[c->factor[i]] < w->levels[c->factor[i]])
      return true;
    row[c->factor[i]] = 0;
  }
  return false;
}

static void allow (where *w, const constraint *c, const uint16_t *row) {
  size_t index = index_of(w, c, row);
  /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): add_table has set it */
  w->table[c - w->constraint].allowed[index / 64] |= (uint64_t) 1 << index % 64;
}

bool where_allows_between (const where *w, int first, int end, const uint16_t *row) {
  for (int i = first; i < end; i++) {
    size_t index = index_of(w, &w->constraint[i], row);
    if (!(w->table[i].allowed[index / 64] >> index % 64 & 1))
      return false;
  }
  return true;
}

bool where_allows (const where *w, const uint16_t *row) {
  return where_allows_between(w, 0, w->own, row);
}

const constraint *where_constraints (const where *w, int *count) {
  *count = w->count;
  return w->constraint;
}

/* ---- expressions */

/* A value as an expression sees it: a number, a word, true or false, a pair {h, w}, or the name of
   a value that is a map. */
static void push_value (lua_State *L, const axis_value *v) {
  int64_t number;
  const node *n = v->node;
  if (n->kind == LIST) {
    lua_createtable(L, n->count, 0);
    for (int i = 0; i < n->count; i++) {
      node_integer(n->item[i], &number);
      lua_pushinteger(L, number);
      lua_rawseti(L, -2, i + 1);
    }
  } else if (n->kind == MAP)
    lua_pushstring(L, v->name);
  else if (node_integer(n, &number))
    lua_pushinteger(L, number);
  else if (!strcmp(n->text, "true") || !strcmp(n->text, "false"))
    lua_pushboolean(L, n->text[0] == 't');
  else
    lua_pushstring(L, n->text);
}

static bool is_word_in (const char *text, const char *word) {
  size_t length = strlen(word);
  static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789";
  for (const char *p = text; (p = strstr(p, word)); p++)
    if ((p == text || !strchr(letters, p[-1])) && (!p[length] || !strchr(letters, p[length])))
      return true;
  return false;
}

static uint32_t scope_of (const char *expression, const axis *a, int axes) {
  uint32_t scope = 0;
  for (int i = 0; i < axes; i++)
    if (is_word_in(expression, a[i].name))
      scope |= (uint32_t) 1 << i;
  return scope;
}

/* Stops an expression that does not end. */
static void out_of_steps (lua_State *L, lua_Debug *d) {
  (void) d;
  luaL_error(L, "takes too long");
}

/* Refuses a name that is no axis: nothing would be equal to nil. The upvalue lists the axes. */
static int unknown_name (lua_State *L) {
  return luaL_error(L, "there is no axis '%s', there are %s", luaL_tolstring(L, 2, NULL),
                    lua_tostring(L, lua_upvalueindex(1)));
}

static void refuse_unknown_names (lua_State *L, const axis *a, int axes) {
  luaL_Buffer names;
  lua_pushglobaltable(L);
  lua_createtable(L, 0, 1);
  luaL_buffinit(L, &names);
  for (int i = 0; i < axes; i++) {
    luaL_addstring(&names, i ? ", " : "");
    luaL_addstring(&names, a[i].name);
  }
  luaL_pushresult(&names);
  lua_pushcclosure(L, unknown_name, 1);
  lua_setfield(L, -2, "__index");
  lua_setmetatable(L, -2);
  lua_pop(L, 1);
}

/* " (where stride is 1x2, groups is 2)": the row that an expression failed on. */
static void tell_row (const constraint *c, const axis *a, const uint16_t *row, char *text,
                      size_t size) {
  size_t at = 0;
  *text = 0;
  for (int i = 0; i < c->count && at < size; i++) {
    const axis *of = &a[c->factor[i]];
    at += (size_t) snprintf(text + at, size - at, "%s%s is %s", i ? ", " : " (where ", of->name,
                            of->value[row[c->factor[i]]].name);
  }
  if (at > 0 && at < size)
    snprintf(text + at, size - at, ")");
}

/* Allocates memory for an expression, up to a limit that no sensible expression reaches. */
static void *allocate (void *context, void *old, size_t old_size, size_t size) {
  size_t *used = context;
  size_t before = old ? old_size : 0; /* for a new block, old_size is its kind, not a size */
  if (size > before && *used + (size - before) > MAX_MEMORY)
    return NULL;
  *used += size - before;
  if (size)
    return realloc(old, size);
  free(old);
  return NULL;
}

/* Fills the newest table by the function on top of the stack. */
static bool evaluate (lua_State *L, where *w, const axis *a, const char *path, const node *n,
                      error *e) {
  const constraint *c = &w->constraint[w->count - 1];
  uint16_t row[MAX_AXES] = { 0 };
  do {
    for (int i = 0; i < c->count; i++) {
      push_value(L, &a[c->factor[i]].value[row[c->factor[i]]]);
      lua_setglobal(L, a[c->factor[i]].name);
    }
    lua_pushvalue(L, -1);
    lua_sethook(L, out_of_steps, LUA_MASKCOUNT, MAX_STEPS); /* counts from 0 again */
    if (lua_pcall(L, 0, 1, 0)) {
      char at[300];
      tell_row(c, a, row, at, sizeof at);
      const char *what = lua_tostring(L, -1);
      return fail_at(e, path, n, "%s%s%s", strncmp(what, "where:", 6) ? "where: " : "", what, at);
    }
    if (!lua_isboolean(L, -1))
      return fail_at(e, path, n, "where: must be true or false, got a %s", luaL_typename(L, -1));
    if (lua_toboolean(L, -1))
      allow(w, c, row);
    lua_pop(L, 1);
  } while (step(w, c, row));
  return true;
}

static bool add_expression (lua_State *L, where *w, const axis *a, int axes, const char *path,
                            const node *n, error *e) {
  char chunk[1024];
  if (n->kind != SCALAR
      || (size_t) snprintf(chunk, sizeof chunk, "return %s", n->text) >= sizeof chunk)
    return fail_at(e, path, n, "where: a Lua expression of at most 1000 characters is expected");
  error what;
  if (!add_table(w, a, axes, scope_of(n->text, a, axes), "where", &what))
    return fail_at(e, path, n, "%s", what.text);
  if (luaL_loadbufferx(L, chunk, strlen(chunk), "=where", "t"))
    return fail_at(e, path, n, "%s", lua_tostring(L, -1));
  bool good = evaluate(L, w, a, path, n, e);
  lua_settop(L, 0);
  return good;
}

static bool add_expressions (lua_State *L, where *w, const axis *a, int axes, const char *path,
                             const node *n, error *e) {
  if (n->kind != LIST)
    return add_expression(L, w, a, axes, path, n, e);
  for (int i = 0; i < n->count; i++)
    if (!add_expression(L, w, a, axes, path, n->item[i], e))
      return false;
  return true;
}

static bool reserve_budget (where *w, const axis *a, int axes, const char *path, error *e);

where *where_read (const char *path, const node *n, bool budget, const axis *a, int axes,
                   error *e) {
  where *w = calloc(1, sizeof *w);
  size_t used = 0;
  lua_State *L = lua_newstate(allocate, &used);
  bool good = w && L;
  if (!good)
    fail(e, HARNESS, "out of memory");
  for (int i = 0; good && i < axes; i++)
    w->levels[i] = a[i].count;
  if (good && budget)
    good = reserve_budget(w, a, axes, path, e);
  if (good && n) {
    luaL_requiref(L, LUA_MATHLIBNAME, luaopen_math, 1); /* no other library is of use here */
    refuse_unknown_names(L, a, axes);
    lua_settop(L, 0);
    good = add_expressions(L, w, a, axes, path, n, e);
  }
  if (L)
    lua_close(L);
  if (good) {
    w->own = w->count;
    return w;
  }
  where_free(w);
  return NULL;
}

void where_free (where *w) {
  for (int i = 0; w && i < w->count; i++)
    free(w->table[i].allowed);
  free(w);
}

/* ---- validity */

static bool is_valid (const void *unused, const test_case *c) {
  (void) unused;
  int64_t output[4];
  int32_t ndim;
  const char *clause;
  DLTensor input = { .ndim = c->input.ndim,
                     .dtype = c->params.dtype,
                     .shape = (int64_t *) c->input.dim };
  const conv2d_call call = { .size = sizeof call,
                             .direction = operation_rules(operation_of((int32_t) c->direction)),
                             .params = &c->params,
                             .input = &input };
  return conv2d_oracle_check_call(&call, &ndim, output, &clause) == CONV2D_OK;
}

/* The axes that have a value which sets one of the keys. */
static uint32_t scope_of_keys (const axis *a, int axes, const char *const *keys) {
  uint32_t scope = 0;
  for (int i = 0; i < axes; i++)
    for (int v = 0; v < a[i].count; v++)
      for (int s = 0; s < a[i].value[v].settings; s++)
        for (int k = 0; keys[k]; k++)
          scope |= (uint32_t) !strcmp(a[i].value[v].setting[s].key->name, keys[k]) << i;
  return scope;
}

/* Allows the combinations of a table's axes that make a good case together with the first value of
   each other axis. */
static void fill_table (where *w, const constraint *c, const axis *a, int axes,
                        const test_case *base, case_test *is_good, const void *context) {
  uint16_t row[MAX_AXES] = { 0 };
  do {
    test_case made;
    axis_make_case(a, axes, row, base, &made);
    if (is_good(context, &made))
      allow(w, c, row);
  } while (step(w, c, row));
}

static bool add_valid (where *w, const axis *a, int axes, const test_case *base,
                       const char *const *keys, error *e) {
  uint32_t scope = scope_of_keys(a, axes, keys);
  if (!scope)
    return true;
  if (!add_table(w, a, axes, scope, "sweep", e))
    return false;
  fill_table(w, &w->constraint[w->count - 1], a, axes, base, is_valid, NULL);
  return true;
}

bool where_add_validity (where *w, const axis *a, int axes, const test_case *base, error *e) {
  static const char *const geometry[] = { "size",     "kernel_size",  "stride", "padding",
                                          "dilation", "padding_mode", NULL };
  static const char *const types[] = { "dtype", "direction", NULL };
  if (w->has_validity)
    return true;
  w->has_validity = true;
  return add_valid(w, a, axes, base, geometry, e) && add_valid(w, a, axes, base, types, e);
}

/* ---- the budget */

static bool is_cheap (const void *limit, const test_case *c) {
  return case_cost(c) <= *(const int64_t *) limit;
}

static bool reserve_budget (where *w, const axis *a, int axes, const char *path, error *e) {
  static const char *const keys[] = { "batch",    "size",        "in_channels", "out_channels",
                                      "groups",   "kernel_size", "stride",      "padding",
                                      "dilation", "direction",   NULL };
  w->has_budget = add_table(w, a, axes, scope_of_keys(a, axes, keys), path, e);
  return w->has_budget;
}

void where_set_budget (where *w, const axis *a, int axes, const test_case *base, int64_t limit) {
  const constraint *c = &w->constraint[0];
  size_t combinations = 1;
  if (!w->has_budget)
    return;
  for (int i = 0; i < c->count; i++)
    combinations *= (size_t) w->levels[c->factor[i]];
  memset(w->table[0].allowed, 0, (combinations / 64 + 1) * sizeof *w->table[0].allowed);
  fill_table(w, c, a, axes, base, is_cheap, &limit);
}

/* ---- what a subject offers, what a user asks for */

/* Keys of a case that are made of settings of others, and those. A setting that is a word of axis.h
   depends on more keys than its own. */
static uint32_t scope_of_key (const axis *a, int axes, const char *key) {
  static const char *const shape_keys[] = { "batch", "size", "in_channels", NULL };
  static const char *const words_keys[] = { "size",     "kernel_size",  "stride", "padding",
                                            "dilation", "padding_mode", NULL };
  const char *const own[] = { key, NULL };
  const bool has_words =
      !strcmp(key, "padding") || !strcmp(key, "kernel_size") || !strcmp(key, "stride");
  return scope_of_keys(a, axes, own)
         | (!strcmp(key, "input") ? scope_of_keys(a, axes, shape_keys) : 0)
         | (has_words ? scope_of_keys(a, axes, words_keys) : 0);
}

static double combinations_of (const axis *a, int axes, uint32_t scope) {
  double combinations = 1;
  for (int i = 0; i < axes; i++)
    combinations *= scope >> i & 1 ? a[i].count : 1;
  return combinations;
}

bool where_add_asked (where *w, const axis *a, int axes, const test_case *base,
                      const char *const *keys, case_test *is_good, const void *context) {
  uint32_t scope = 0;
  error ignored;
  for (int i = 0; keys[i]; i++)
    scope |= scope_of_key(a, axes, keys[i]);
  if (combinations_of(a, axes, scope) > MAX_ASKED
      || !add_table(w, a, axes, scope, "sweep", &ignored))
    return false;
  fill_table(w, &w->constraint[w->count - 1], a, axes, base, is_good, context);
  return true;
}

int where_count (const where *w) {
  return w->count;
}

void where_forget (where *w, int count) {
  while (w->count > count)
    free(w->table[--w->count].allowed);
}
