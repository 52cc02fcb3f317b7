/* sums.c: the sums of products that the elements of a result are, and trees of additions that are
   evaluated over all of them, in Lua. Leaves and elements count from 0, as in the formulas. */

#include "api.h"

#include "call/doing.h"
#include "call/tensor.h"
#include "expect/expect.h"
#include "twin/evaluate.h"

#include <stdlib.h>
#include <string.h>

static const char kind[] = "sums";

static sums *sums_at (lua_State *L, int index) {
  return *(sums **) luaL_checkudata(L, index, kind);
}

static int sums_gc (lua_State *L) {
  sums **s = luaL_checkudata(L, 1, kind);
  sums_free(*s);
  *s = NULL;
  return 0;
}

static enum job_tensor result_named (lua_State *L, const char *name) {
  const int t = job_tensor_named(name);
  if (t < JOB_OUTPUT || t == JOB_TENSORS)
    api_usage(L, "sums: '%s' is no result of a call", name);
  return (enum job_tensor) t;
}

/* sums.of (case, "output" or a gradient) -> the sums, or nil and why there are none */
static int sums_of (lua_State *L) {
  const test_case *c = api_case(L, 1);
  const enum job_tensor result = result_named(L, luaL_checkstring(L, 2));
  expectation x;
  const char *why = "the call is invalid, or its result has no sums";
  expect(c, api_program(L)->spec, &x);
  sums **s = lua_newuserdatauv(L, sizeof *s, 0);
  *s = NULL;
  luaL_setmetatable(L, kind);
  const direction needed = result == JOB_OUTPUT ? FORWARD : BACKWARD;
  if (x.status == CONV2D_OK && c->direction == needed)
    *s = sums_make(c, result, &x.output, &why);
  if (*s)
    return 1;
  lua_pushnil(L);
  lua_pushstring(L, why);
  return 2;
}

static int sums_index (lua_State *L) {
  const sums *s = sums_at(L, 1);
  const char *key = luaL_checkstring(L, 2);
  if (!strcmp(key, "elements"))
    lua_pushinteger(L, s->elements);
  else if (!strcmp(key, "leaves"))
    lua_pushinteger(L, s->leaves);
  else if (!strcmp(key, "extent"))
    api_push_integers(L, s->extent, 3);
  else if (!strcmp(key, "shape"))
    api_push_integers(L, s->shape.dim, s->shape.ndim);
  else if (!strcmp(key, "varied"))
    lua_pushstring(L, job_tensor_name((int) s->a));
  else if (!strcmp(key, "fixed"))
    lua_pushstring(L, s->b == JOB_TENSORS ? NULL : job_tensor_name((int) s->b));
  else if (!api_push_method(L, key))
    return api_usage(L, "sums have no field '%s'", key);
  return 1;
}

static int64_t below (lua_State *L, int index, int64_t limit, const char *what) {
  const lua_Integer v = luaL_checkinteger(L, index);
  if (v < 0 || v >= limit)
    api_usage(L, "sums: there is no %s %lld", what, (long long) v);
  return v;
}

/* s:inside (element) -> the list of its leaves that are no zeros of padding, without the bias */
static int sums_inside_lua (lua_State *L) {
  const sums *s = sums_at(L, 1);
  const int64_t e = below(L, 2, s->elements, "element");
  lua_newtable(L);
  for (int64_t t = 0, n = 0; t < s->leaves; t++)
    if (sums_inside(s, e, t)) {
      lua_pushinteger(L, t);
      lua_rawseti(L, -2, ++n);
    }
  return 1;
}

/* s:at (element, leaf) -> which element of the varied tensor that product has, from 1 */
static int sums_at_lua (lua_State *L) {
  const sums *s = sums_at(L, 1);
  const int64_t e = below(L, 2, s->elements, "element"), t = below(L, 3, s->leaves, "leaf");
  lua_pushinteger(L, s->a_at[e] + s->a_leaf[t] + 1);
  return 1;
}

/* s:other (element, leaf) -> which element of the other tensor that product has, from 1; nil in
   padding and where the other operand is 1 */
static int sums_other_lua (lua_State *L) {
  const sums *s = sums_at(L, 1);
  const int64_t e = below(L, 2, s->elements, "element"), t = below(L, 3, s->leaves, "leaf");
  const int64_t source = s->b_source[s->b_at[e] + s->b_leaf[t]];
  if (source >= 0 && s->b != JOB_TENSORS)
    lua_pushinteger(L, source + 1);
  else
    lua_pushnil(L);
  return 1;
}

/* ---- evaluating */

/* The elements of the tensor, as doubles in a userdata; NULL for nil. */
static const double *numbers (lua_State *L, const char *name, int64_t count) {
  if (lua_getfield(L, 3, name) == LUA_TNIL) {
    lua_pop(L, 1);
    return NULL;
  }
  const DLTensor *t = api_tensor(L, -1);
  if (tensor_count(t) != count)
    api_usage(L, "sums: %s has not as many elements as the case has", name);
  double *to = lua_newuserdatauv(L, (size_t) (count + 1) * sizeof *to, 0);
  for (int64_t i = 0; i < count; i++)
    to[i] = tensor_get(t, i);
  return to;
}

static int64_t source_count (const sums *s) {
  int64_t most = -1;
  for (int64_t i = 0; i < s->b_count; i++)
    most = s->b_source[i] > most ? s->b_source[i] : most;
  return most + 1;
}

static int64_t given_count (lua_State *L, const char *name) {
  lua_getfield(L, 3, name);
  const int64_t n = lua_isnil(L, -1) ? 0 : tensor_count(api_tensor(L, -1));
  lua_pop(L, 1);
  return n;
}

/* The steps of the list {kind, argument, kind, argument, ...} at the top of the stack. */
static twin_program read_steps (lua_State *L) {
  luaL_checktype(L, -1, LUA_TTABLE);
  const int64_t n = (int64_t) lua_rawlen(L, -1) / 2;
  step *steps = lua_newuserdatauv(L, (size_t) (n + 1) * sizeof *steps, 0);
  for (int64_t i = 0; i < n; i++) {
    lua_rawgeti(L, -2, 2 * i + 1);
    lua_rawgeti(L, -3, 2 * i + 2);
    steps[i] = (step){ (int32_t) luaL_checkinteger(L, -2), (int32_t) luaL_checkinteger(L, -1) };
    lua_pop(L, 2);
  }
  return (twin_program){ .step = steps, .steps = n };
}

static rounding read_rounding (lua_State *L, const char *key) {
  lua_getfield(L, 2, key);
  const rounding how = rounding_named(luaL_optstring(L, -1, "to even"));
  if (how == ROUNDINGS)
    api_usage(L, "sums: %s is none of 'to even', 'ties away', 'toward zero'", key);
  lua_pop(L, 1);
  return how;
}

static twin_program read_program (lua_State *L, const sums *s) {
  static const char *const keys[] = { "steps", "rounding",     "result_rounding",
                                      "extra", "operand_bits", NULL };
  option_check(L, 2, "sums", keys);
  lua_getfield(L, 2, "steps");
  twin_program p = read_steps(L);
  p.rounding = read_rounding(L, "rounding");
  p.result_rounding = read_rounding(L, "result_rounding");
  p.extra = (int32_t) option_integer(L, 2, "extra", 0);
  p.operand_bits = (int32_t) option_integer(L, 2, "operand_bits", 0);
  const char *why = program_check(s, &p);
  if (why)
    api_usage(L, "sums: %s", why);
  return p;
}

static stretch read_stretch (lua_State *L, const sums *s) {
  if (lua_isnoneornil(L, 4))
    return (stretch){ 0, s->elements };
  const stretch some = { below(L, 4, s->elements, "element"), luaL_checkinteger(L, 5) };
  if (some.count < 1 || some.count > s->elements - some.from)
    api_usage(L, "sums: there are not so many elements");
  return some;
}

/* s:evaluate ({steps = {kind, argument, ...}, rounding =, result_rounding =, extra =, operand_bits
   =}, {input =, weight =, ...} [, from, count]) -> the result, a tensor of the case's dtype; of a
   stretch of its elements, from 0, if one is given */
static int sums_evaluate (lua_State *L) {
  sums *s = sums_at(L, 1);
  luaL_checktype(L, 2, LUA_TTABLE);
  luaL_checktype(L, 3, LUA_TTABLE);
  const stretch some = read_stretch(L, s);
  lua_settop(L, 3);
  const twin_program p = read_program(L, s);
  const double *a = numbers(L, job_tensor_name((int) s->a), s->a_count), *b = NULL, *bias = NULL;
  if (s->b != JOB_TENSORS) {
    const char *name = job_tensor_name((int) s->b);
    if (given_count(L, name) < source_count(s))
      return api_usage(L, "sums: %s has too few elements", name);
    b = numbers(L, name, given_count(L, name));
  }
  if (s->result == JOB_OUTPUT)
    bias = numbers(L, "bias", given_count(L, "bias"));
  double *to = lua_newuserdatauv(L, (size_t) (some.count + 1) * sizeof *to, 0);
  if (!a || (bias && given_count(L, "bias") < s->shape.dim[s->shape.ndim - 3]))
    return api_usage(L, "sums: %s is missing, or the bias is too short",
                     job_tensor_name((int) s->a));
  doing("evaluating a tree of additions");
  const bool good = program_evaluate(s, &p, a, b, bias, some, to);
  doing(NULL);
  if (!good)
    return luaL_error(L, "out of memory");
  const bool all = some.count == s->elements;
  DLTensor *result =
      api_new_tensor(L, s->dtype, all ? s->shape.ndim : 1, all ? s->shape.dim : &some.count);
  for (int64_t i = 0; i < some.count; i++)
    tensor_set(result, i, to[i]);
  return 1;
}

/* sums.kinds () -> {leaf = 0, fuse = 1, ...}: the kinds of steps, and
   sums.formats (): {float32 = 0, ...} */
static int push_names (lua_State *L, const char *const *names) {
  lua_newtable(L);
  for (int i = 0; names[i]; i++)
    api_set_integer(L, names[i], i);
  return 1;
}

static int sums_kinds (lua_State *L) {
  static const char *const names[STEP_KINDS + 1] = {
    [LEAF] = "leaf",         [FUSE] = "fuse",     [ADD] = "add",     [SUM] = "sum",
    [EXACT] = "exact",       [FORMAT] = "format", [STORE] = "store", [KAHAN] = "kahan",
    [NEUMAIER] = "neumaier", [FINISH] = "finish"
  };
  return push_names(L, names);
}

static int sums_formats (lua_State *L) {
  static const char *const names[FORMATS + 1] = { [FLOAT32] = "float32",
                                                  [FLOAT64] = "float64",
                                                  [FLOAT16] = "float16",
                                                  [BFLOAT16] = "bfloat16",
                                                  [TF32] = "tf32" };
  return push_names(L, names);
}

/* sums.differing (a, b [, from]) -> the elements, from 0, at which the values differ (-0 equals 0,
   NaN equals NaN). a may be a stretch of the elements of b, from `from` on. */
static int sums_differing (lua_State *L) {
  const DLTensor *a = api_tensor(L, 1), *b = api_tensor(L, 2);
  const lua_Integer from = luaL_optinteger(L, 3, 0);
  const bool is_stretch = !lua_isnoneornil(L, 3);
  if (from < 0 || from > tensor_numbers(b) - tensor_numbers(a)
      || (!is_stretch && tensor_numbers(a) != tensor_numbers(b)))
    return api_usage(L, "sums: the tensors have not the same size");
  lua_newtable(L);
  lua_Integer n = 0;
  for (int64_t i = 0, count = tensor_numbers(a); i < count; i++) {
    const double x = tensor_get(a, i), y = tensor_get(b, from + i);
    if (x == y || (x != x && y != y))
      continue;
    lua_pushinteger(L, from + i);
    lua_rawseti(L, -2, ++n);
  }
  return 1;
}

void api_open_sums (lua_State *L) {
  static const luaL_Reg methods[] = { { "__index", sums_index },
                                      { "__gc", sums_gc },
                                      { "inside", sums_inside_lua },
                                      { "at", sums_at_lua },
                                      { "other", sums_other_lua },
                                      { "evaluate", sums_evaluate },
                                      { NULL, NULL } };
  static const luaL_Reg functions[] = { { "of", sums_of },
                                        { "kinds", sums_kinds },
                                        { "formats", sums_formats },
                                        { "differing", sums_differing },
                                        { NULL, NULL } };
  api_new_kind(L, kind);
  luaL_setfuncs(L, methods, 0);
  lua_pop(L, 1);
  luaL_newlib(L, functions);
  lua_setglobal(L, "sums");
}
