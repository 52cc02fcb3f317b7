/* build.c: cases made in Lua: case.new {...}, c:with {...}, and cases on a script's own values
   (values.c). Keys go through the same text and the same checks as those of case files and ids. */

#include "api.h"

#include "call/layout.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_CLAUSES = 16 };

/* What a case made in Lua says of itself; the owner of its values. */
typedef struct keeper {
  case_meta meta;
  char name[80], file[200];
  const char *clauses[MAX_CLAUSES + 1];
} keeper;

static const char keeper_kind[] = "case values";

static int keeper_gc (lua_State *L) {
  keeper *k = luaL_checkudata(L, 1, keeper_kind);
  for (int r = 0; r < ROLES; r++)
    free(k->meta.value[r].value);
  return 0;
}

/* Pushes a keeper that knows where in the script the case is made. */
static keeper *push_keeper (lua_State *L) {
  keeper *k = lua_newuserdatauv(L, sizeof *k, 0);
  lua_Debug at;
  memset(k, 0, sizeof *k);
  luaL_setmetatable(L, keeper_kind);
  k->meta.file = k->file;
  k->meta.output.ndim = -1;
  k->meta.clauses = k->clauses;
  if (lua_getstack(L, 1, &at) && lua_getinfo(L, "Sl", &at)) {
    snprintf(k->file, sizeof k->file, "%s", at.short_src);
    k->meta.line = at.currentline > 0 ? at.currentline : 0;
  }
  return k;
}

/* ---- keys of the call */

/* The value on top of the stack as an id has it: "3x2", "same", "true". */
static void text_of_value (lua_State *L, const case_key *key, char text[static 256]) {
  size_t used = 0;
  text[0] = 0;
  if (!lua_istable(L, -1)) {
    snprintf(text, 256, "%s", luaL_tolstring(L, -1, NULL));
    lua_pop(L, 1);
    return;
  }
  int count = (int) lua_rawlen(L, -1);
  if (key->kind != KEY_SHAPE && count != 2)
    api_usage(L, "%s: a list of 2 integers is expected, got %d", key->name, count);
  for (int i = 1; i <= count && used < 200; i++) {
    if (lua_rawgeti(L, -1, i) != LUA_TNUMBER || !lua_isinteger(L, -1))
      api_usage(L, "%s: an integer is expected, got '%s'", key->name, luaL_tolstring(L, -1, NULL));
    used += (size_t) snprintf(text + used, 256 - used, "%s%" PRId64, i > 1 ? "x" : "",
                              (int64_t) lua_tointeger(L, -1));
    lua_pop(L, 1);
  }
}

static bool is_about_the_case (const char *key) {
  static const char *const keys[] = { "name", "clauses", "rejects", "values", NULL };
  for (int i = 0; keys[i]; i++)
    if (!strcmp(keys[i], key))
      return true;
  return false;
}

void api_read_keys (lua_State *L, int index, test_case *c) {
  char text[256];
  error e;
  luaL_checktype(L, index, LUA_TTABLE);
  for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
    const char *name = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : "(not a name)";
    if (is_about_the_case(name))
      continue;
    const case_key *key = case_find_key(name, strlen(name));
    if (!key || strcmp(key->name, name))
      api_usage(L, "unknown key '%.60s'", name);
    text_of_value(L, key, text);
    if (!case_set(c, key, text, &e))
      api_fail(L, &e);
  }
}

/* ---- what the case says of itself */

static const char *clause_named (lua_State *L, const char *id) {
  const clause *c = spec_find(api_program(L)->spec, id);
  if (!c)
    api_usage(L, "specs/conv2d.yaml has no clause '%.60s'", id);
  return c->id;
}

static void read_clauses (lua_State *L, int index, keeper *k) {
  int count = 0;
  if (k->meta.rejects)
    k->clauses[count++] = k->meta.rejects;
  int type = lua_getfield(L, index, "clauses");
  if (type != LUA_TNIL
      && (type != LUA_TTABLE || lua_rawlen(L, -1) > (size_t) (MAX_CLAUSES - count)))
    api_usage(L, "clauses: a list of at most %d clause ids is expected", MAX_CLAUSES - 1);
  if (type == LUA_TTABLE)
    for (int i = 1; i <= (int) lua_rawlen(L, -1); i++) {
      lua_rawgeti(L, -1, i);
      k->clauses[count++] = clause_named(L, luaL_checkstring(L, -1));
      lua_pop(L, 1);
    }
  lua_pop(L, 1);
}

static void read_words (lua_State *L, int index, keeper *k) {
  const char *name = option_string(L, index, "name");
  const char *rejects = option_string(L, index, "rejects");
  if (rejects)
    k->meta.rejects = clause_named(L, rejects);
  read_clauses(L, index, k);
  snprintf(k->name, sizeof k->name, "line-%d", k->meta.line);
  if (name)
    snprintf(k->name, sizeof k->name, "%s", name);
  if (k->name[strspn(k->name, "abcdefghijklmnopqrstuvwxyz0123456789.-")])
    api_usage(L, "name: only a-z, 0-9, '.' and '-' may stand in it");
}

/* Pushes the case, complete, with what the table at `index` says of it. */
static void push_built (lua_State *L, test_case *c, int index) {
  error e;
  if (!case_complete(c, &e))
    api_fail(L, &e);
  const case_meta *old = c->meta;
  keeper *k = push_keeper(L);
  int type = lua_getfield(L, index, "values");
  if (type != LUA_TBOOLEAN)
    api_inherit_values(L, c, old, &k->meta);
  if (type == LUA_TTABLE)
    api_read_values(L, -1, c, &k->meta);
  else if (type != LUA_TNIL && type != LUA_TBOOLEAN)
    api_usage(L, "values: a table of tensors, or false, is expected");
  lua_pop(L, 1);
  read_words(L, index, k);
  bool says = k->meta.rejects || k->clauses[0] || option_string(L, index, "name");
  for (role r = INPUT; r < ROLES; r++)
    says = says || k->meta.value[r].count;
  if (says)
    k->meta.name = k->name;
  c->meta = says ? &k->meta : NULL;
  api_push_case(L, c, -1);
}

/* case.new {input = {1, 2, 5, 7}, out_channels = 4, kernel_size = 3, ...} */
int api_case_new (lua_State *L) {
  test_case c = case_default();
  api_read_keys(L, 1, &c);
  push_built(L, &c, 1);
  return 1;
}

/* c:with {stride = 2}: a copy with these keys changed. The copy does not have what the author said
   about the original (name, output, clauses). It has the original's values where the shapes allow.
   If in_channels was that of the input, it still is. */
int api_case_with (lua_State *L) {
  const test_case *from = api_case(L, 1);
  test_case c = *from;
  if (c.params.in_channels == shape_channels(&c.input))
    c.params.in_channels = CASE_NOT_GIVEN;
  api_read_keys(L, 2, &c);
  push_built(L, &c, 2);
  return 1;
}

void api_push_case_on (lua_State *L, const test_case *from, int index) {
  test_case c = *from;
  index = lua_absindex(L, index);
  keeper *k = push_keeper(L);
  api_inherit_values(L, &c, from->meta, &k->meta);
  api_read_values(L, index, &c, &k->meta);
  snprintf(k->name, sizeof k->name, "line-%d", k->meta.line);
  k->meta.rejects = from->meta ? from->meta->rejects : NULL;
  k->meta.name = k->name;
  c.meta = &k->meta;
  api_push_case(L, &c, -1);
  lua_remove(L, -2);
}

/* The job_tensor of that name; of another name, the input. */
static int tensor_named (const char *name) {
  const int t = job_tensor_named(name);
  return t == JOB_TENSORS ? JOB_INPUT : t;
}

/* c:place (name, shape) -> {strides =, origin =, bytes =}: where the elements of a tensor of that
   shape lie in the case's layout; strides count elements, origin and bytes bytes. */
int api_case_place (lua_State *L) {
  const test_case *c = api_case(L, 1);
  const char *name = luaL_checkstring(L, 2);
  int64_t dim[MAX_NDIM];
  int ndim = api_read_shape(L, 3, dim);
  bool output =
      !strcmp(name, "output") || (!strncmp(name, "grad_", 5) && strcmp(name, "grad_output"));
  place p;
  if (!layout_place(layout_of(c->layout, tensor_named(name)), output, c->params.dtype, ndim, dim,
                    &p))
    return api_usage(L, "place: the tensor is too large");
  lua_createtable(L, 0, 3);
  api_push_integers(L, p.strides, ndim);
  lua_setfield(L, -2, "strides");
  api_set_integer(L, "origin", (lua_Integer) p.origin);
  api_set_integer(L, "bytes", (lua_Integer) p.bytes);
  return 1;
}

void api_open_build (lua_State *L) {
  api_new_kind(L, keeper_kind);
  lua_pushcfunction(L, keeper_gc);
  lua_setfield(L, -2, "__gc");
  lua_pop(L, 1);
}
