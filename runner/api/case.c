/* case.c: cases in Lua: userdata whose fields are the keys of the table in case.c. */

#include "api.h"

#include "call/doing.h"
#include "data/data.h"
#include "expect/expect.h"
#include "run/prepare.h"
#include "suite/casefile.h"

#include <string.h>
#include <sys/mman.h>

static const char kind[] = "case";

/* A case's meta belongs to its suite, so the case keeps the suite alive. */
void api_push_case (lua_State *L, const test_case *c, int suite_index) {
  suite_index = suite_index ? lua_absindex(L, suite_index) : 0;
  test_case *to = lua_newuserdatauv(L, sizeof *to, 1);
  *to = *c;
  luaL_setmetatable(L, kind);
  if (suite_index) {
    lua_pushvalue(L, suite_index);
    lua_setiuservalue(L, -2, 1);
  }
}

test_case *api_case (lua_State *L, int index) {
  return luaL_checkudata(L, index, kind);
}

/* ---- fields */

static void push_shape (lua_State *L, const shape *s) {
  if (s->ndim < 0)
    lua_pushnil(L);
  else
    api_push_integers(L, s->dim, s->ndim);
}

/* A key's value: integers, {h, w}, shapes as tables, words as strings. */
static void push_key (lua_State *L, const test_case *c, const case_key *key) {
  char text[MAX_ID];
  const void *field = (const char *) c + key->offset;
  switch (key->kind) {
  case KEY_INT: lua_pushinteger(L, *(const int64_t *) field); break;
  case KEY_PAIR: api_push_integers(L, field, 2); break;
  case KEY_SHAPE: push_shape(L, field); break;
  case KEY_BOOL: lua_pushboolean(L, *(const int32_t *) field); break;
  case KEY_SEED: lua_pushinteger(L, (lua_Integer) c->seed); break;
  case KEY_PADDING:
    if (c->params.padding_kind == CONV2D_PADDING_EXPLICIT) {
      api_push_integers(L, field, 2);
      break;
    }
    /* fall through */
  case KEY_DTYPE:
    if (key->kind == KEY_DTYPE && !((const DLDataType *) field)->bits) {
      lua_pushnil(L); /* as dtype */
      break;
    }
    /* fall through */
  default: case_get(c, key, text); lua_pushstring(L, text);
  }
}

static bool push_name (lua_State *L, const test_case *c, const char *field) {
  char text[MAX_ID];
  if (!strcmp(field, "id"))
    case_id(c, text);
  else if (!strcmp(field, "label"))
    case_label(c, text);
  else if (!strcmp(field, "reference"))
    case_reference(c, text);
  else
    return false;
  lua_pushstring(L, text);
  return true;
}

/* A list of the words, empty if there is none. */
static void push_words (lua_State *L, const char *const *word) {
  lua_newtable(L);
  for (int i = 0; word && word[i]; i++) {
    lua_pushstring(L, word[i]);
    lua_rawseti(L, -2, i + 1);
  }
}

static bool push_meta (lua_State *L, const case_meta *m, const char *field) {
  if (!strcmp(field, "file"))
    lua_pushstring(L, m ? m->file : NULL);
  else if (!strcmp(field, "name"))
    lua_pushstring(L, m ? m->name : NULL);
  else if (!strcmp(field, "link"))
    lua_pushstring(L, m ? m->link : NULL);
  else if (!strcmp(field, "rejects"))
    lua_pushstring(L, m ? m->rejects : NULL);
  else if (!strcmp(field, "tier"))
    lua_pushstring(L, m ? tier_words[m->tier] : NULL);
  else if (!strcmp(field, "line"))
    lua_pushinteger(L, m ? m->line : 0);
  else if (!strcmp(field, "clauses"))
    push_words(L, m ? m->clauses : NULL);
  else if (!strcmp(field, "networks"))
    push_words(L, m ? m->networks : NULL);
  else
    return false;
  return true;
}

/* c:expect () -> {status = "ok" or "invalid", clause =, class =, output_shape =, defect =} */
static int case_expect (lua_State *L) {
  static const char *const binding[] = { [MUST] = "must", [FREE] = "free", [QUIRK] = "quirk" };
  expectation x;
  expect(api_case(L, 1), api_program(L)->spec, &x);
  lua_createtable(L, 0, 5);
  lua_pushstring(L, x.status == CONV2D_OK ? "ok" : "invalid");
  lua_setfield(L, -2, "status");
  lua_pushstring(L, x.clause);
  lua_setfield(L, -2, "clause");
  lua_pushstring(L, binding[x.freedom]);
  lua_setfield(L, -2, "class");
  if (x.status == CONV2D_OK) {
    push_shape(L, &x.output);
    lua_setfield(L, -2, "output_shape");
  }
  lua_pushstring(L, x.defect[0] ? x.defect : NULL);
  lua_setfield(L, -2, "defect");
  return 1;
}

/* ---- tensors */

/* Sets table[name] to a copy of the tensor at a place. */
static void set_tensor (lua_State *L, const char *name, unsigned char *arena, place *p) {
  DLTensor t = place_tensor(arena, p);
  api_push_tensor(L, &t);
  lua_setfield(L, -2, name);
}

/* A compact tensor of the shape of another, or of its numbers where it is complex. */
static void push_like (lua_State *L, const DLTensor *like, DLDataType type, const void *values) {
  parts_tensor real;
  DLTensor numbers = *like;
  DLTensor t = *tensor_parts(&numbers, &real);
  t.data = (void *) values;
  t.byte_offset = 0;
  t.dtype = type;
  t.strides = NULL;
  api_push_tensor(L, &t);
}

void api_push_doubles (lua_State *L, const DLTensor *like, const double *values) {
  push_like(L, like, (DLDataType){ kDLFloat, 64, 1 }, values);
}

/* An int64 tensor of the shape of another. */
static void push_counts (lua_State *L, const DLTensor *like, const int64_t *values) {
  push_like(L, like, (DLDataType){ kDLInt, 64, 1 }, values);
}

/* Pushes the inputs by name, and for each output the wanted values, with S and the exact sum. */
static void push_tensors (lua_State *L, item *it, job *j, unsigned char *arena) {
  lua_newtable(L);
  const uint32_t reads = operation_of((int32_t) it->c.direction)->reads;
  for (int t = 0; it->job >= 0 && t < JOB_OUTPUT; t++)
    if (j->tensor[t].present && j->tensor[t].bytes && reads >> t & 1)
      set_tensor(L, job_tensor_name(t), arena, &j->tensor[t]);
  for (int k = 0; k < it->x.truths; k++) {
    truth *t = &it->x.truth[k];
    lua_createtable(L, 0, 4);
    api_push_tensor(L, &t->want);
    lua_setfield(L, -2, "want");
    api_push_doubles(L, &t->want, t->detail.scale);
    lua_setfield(L, -2, "scale");
    api_push_doubles(L, &t->want, t->detail.exact);
    lua_setfield(L, -2, "exact");
    push_counts(L, &t->want, t->detail.terms);
    lua_setfield(L, -2, "terms");
    lua_setfield(L, -2, job_tensor_name((int) t->tensor));
  }
}

/* Pushes the case's data by name; unless `unjudged`, with the oracle's answer and whether it is
   judged bit for bit. */
static int push_data (lua_State *L, bool unjudged) {
  static const subject_info anything = { .claims = CONV2D_CHECKS_PARAMETERS | CONV2D_TORCH_QUIRKS,
                                         .functions = (1u << DIRECTIONS) - 1 };
  enum { ARENA = 1 << 30 }; /* sparse: a page takes no memory before it is touched */
  workplace w;
  item it = { .c = *api_case(L, 1), .unjudged = unjudged };
  char id[MAX_ID];
  case_id(&it.c, id);
  unsigned char *base =
      mmap(NULL, ARENA, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (base == MAP_FAILED)
    return luaL_error(L, "out of memory");
  const arena_parts a = {
    base, 0, ARENA, ARENA, 2 * (size_t) ARENA, 0
  }; /* outputs are not touched */
  doing("computing the right answer of %s", id);
  bool good = workplace_open(&w, api_program(L)->spec, &anything, a, 1);
  w.whole = true;
  good = good && prepare(&w, &it);
  doing(NULL);
  if (good)
    push_tensors(L, &it, w.job, base);
  if (!unjudged)
    lua_pushboolean(L, it.x.exact);
  workplace_close(&w);
  munmap(base, ARENA);
  if (!good)
    return luaL_error(L, "out of memory");
  return unjudged ? 1 : 2;
}

/* c:tensors () -> {input =, weight =, bias =, output = {want =, scale =, exact =, terms =}}: the
   case's data and the oracle's answer; whether its data are exact, so that every bit of an answer
   counts. No subject is needed. The table is empty for a call that must be rejected. */
static int case_tensors (lua_State *L) {
  return push_data(L, false);
}

/* c:operands () -> {input =, weight =, ...}: the case's data alone */
static int case_operands (lua_State *L) {
  return push_data(L, true);
}

static int case_index (lua_State *L) {
  const test_case *c = api_case(L, 1);
  const char *field = luaL_checkstring(L, 2);
  const case_key *key = case_find_key(field, strlen(field));
  if (key && !strcmp(key->name, field))
    push_key(L, c, key);
  else if (!strcmp(field, "values"))
    api_push_values(L, c);
  else if (!push_name(L, c, field) && !push_meta(L, c->meta, field) && !api_push_method(L, field))
    return api_usage(L, "a case has no field '%s'", field);
  return 1;
}

static int case_tostring (lua_State *L) {
  char id[MAX_ID];
  case_id(api_case(L, 1), id);
  lua_pushstring(L, id);
  return 1;
}

/* ---- the table `case` */

/* case.parse (id) -> case */
static int lua_case_parse (lua_State *L) {
  test_case c;
  error e;
  if (!case_parse(luaL_checkstring(L, 1), &c, &e))
    return api_fail(L, &e);
  api_push_case(L, &c, 0);
  return 1;
}

/* case.keys () -> { {name =, brief =, about =, words = {...}}, ... } */
static int lua_case_keys (lua_State *L) {
  lua_newtable(L);
  for (int i = 0; case_keys[i].name; i++) {
    const case_key *k = &case_keys[i];
    lua_createtable(L, 0, 4);
    lua_pushstring(L, k->name);
    lua_setfield(L, -2, "name");
    lua_pushstring(L, k->brief);
    lua_setfield(L, -2, "brief");
    lua_pushstring(L, k->about);
    lua_setfield(L, -2, "about");
    lua_newtable(L);
    for (int w = 0; k->words && k->words[w]; w++) {
      lua_pushstring(L, k->words[w]);
      lua_rawseti(L, -2, w + 1);
    }
    lua_setfield(L, -2, "words");
    lua_rawseti(L, -2, i + 1);
  }
  return 1;
}

void api_open_case (lua_State *L) {
  static const luaL_Reg methods[] = {
    { "__index", case_index },     { "__tostring", case_tostring },
    { "expect", case_expect },     { "tensors", case_tensors },
    { "operands", case_operands }, { "with", api_case_with },
    { "place", api_case_place },   { NULL, NULL }
  };
  static const luaL_Reg functions[] = {
    { "parse", lua_case_parse }, { "new", api_case_new }, { "keys", lua_case_keys }, { NULL, NULL }
  };
  api_new_kind(L, kind);
  luaL_setfuncs(L, methods, 0);
  lua_pop(L, 1);
  luaL_newlib(L, functions);
  lua_setglobal(L, "case");
}
