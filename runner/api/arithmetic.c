/* arithmetic.c: what scripts compute with tensors: element by element, and to one number.
   Elements are computed as doubles and rounded to the dtype of the first operand. Those of complex
   tensors are numbers in pairs, so that what combines both parts is not offered for them. */

#include "api.h"

#include "data/data.h"
#include "call/dtype.h"

#include <math.h>
#include <string.h>

/* ---- element by element */

static double plus (double a, double b) {
  return a + b;
}

static double minus (double a, double b) {
  return a - b;
}

static double times (double a, double b) {
  return a * b;
}

/* Raises an error unless the two tensors have the same shape. */
static void check_shapes (lua_State *L, const DLTensor *a, const DLTensor *b) {
  bool same =
      a->ndim == b->ndim && !memcmp(a->shape, b->shape, (size_t) a->ndim * sizeof *a->shape);
  if (!same)
    api_usage(L, "tensor: the shapes differ: %s and %s", luaL_tolstring(L, 1, NULL),
              luaL_tolstring(L, 2, NULL));
}

static bool is_complex (const DLTensor *t) {
  return t && t->dtype.code == kDLComplex;
}

/* Raises an error if the tensor is complex. */
static void check_real (lua_State *L, const DLTensor *t, const char *what) {
  if (is_complex(t))
    api_usage(L, "%s: t:parts () gives the numbers of a complex tensor", what);
}

/* Either operand may be a number. */
static int combine (lua_State *L, double operator(double, double)) {
  const DLTensor *a = luaL_testudata(L, 1, "tensor"), *b = luaL_testudata(L, 2, "tensor");
  const DLTensor *like = a ? a : b;
  if (!like)
    return api_usage(L, "tensor: one operand at least must be a tensor");
  double left = a ? 0 : luaL_checknumber(L, 1), right = b ? 0 : luaL_checknumber(L, 2);
  if (a && b)
    check_shapes(L, a, b);
  if (is_complex(a) != is_complex(b) || operator== times)
    check_real(L, is_complex(a) && (b || operator!= times) ? a : b, "tensor");
  DLTensor *to = api_new_tensor(L, like->dtype, like->ndim, like->shape);
  for (int64_t i = 0, n = tensor_numbers(to); i < n; i++)
    tensor_set(to, i, operator(a ? tensor_get(a, i) : left, b ? tensor_get(b, i) : right));
  return 1;
}

static int tensor_add (lua_State *L) {
  return combine(L, plus);
}

static int tensor_sub (lua_State *L) {
  return combine(L, minus);
}

static int tensor_mul (lua_State *L) {
  return combine(L, times);
}

static int tensor_unm (lua_State *L) {
  lua_settop(L, 1);
  lua_pushnumber(L, -1);
  return combine(L, times);
}

/* t:map (f): f (value, index from 1) for each element */
static int tensor_map (lua_State *L) {
  const DLTensor *t = api_tensor(L, 1);
  luaL_checktype(L, 2, LUA_TFUNCTION);
  DLTensor *to = api_new_tensor(L, t->dtype, t->ndim, t->shape);
  for (int64_t i = 0, n = tensor_numbers(t); i < n; i++) {
    lua_pushvalue(L, 2);
    lua_pushnumber(L, tensor_get(t, i));
    lua_pushinteger(L, i + 1);
    lua_call(L, 2, 1);
    tensor_set(to, i, luaL_checknumber(L, -1));
    lua_pop(L, 1);
  }
  return 1;
}

/* t:astype (dtype): rounded to nearest; integers wrap */
static int tensor_astype (lua_State *L) {
  const DLTensor *t = api_tensor(L, 1);
  const DLDataType type = api_dtype(L, luaL_checkstring(L, 2));
  if (type.code != kDLComplex)
    check_real(L, t, "astype");
  DLTensor *to = api_new_tensor(L, type, t->ndim, t->shape);
  const int64_t apart = tensor_count(t) ? tensor_numbers(to) / tensor_numbers(t) : 1;
  for (int64_t i = 0, n = tensor_numbers(t); i < n; i++)
    tensor_set(to, i * apart, tensor_get(t, i));
  return 1;
}

/* ---- to one number */

/* t:sum (), of doubles in row-major order */
static int tensor_sum (lua_State *L) {
  const DLTensor *t = api_tensor(L, 1);
  double sum = 0;
  check_real(L, t, "sum");
  for (int64_t i = 0, n = tensor_numbers(t); i < n; i++)
    sum += tensor_get(t, i);
  lua_pushnumber(L, sum);
  return 1;
}

/* a:dot (b) */
static int tensor_dot (lua_State *L) {
  const DLTensor *a = api_tensor(L, 1), *b = api_tensor(L, 2);
  double sum = 0;
  check_shapes(L, a, b);
  check_real(L, a, "dot");
  check_real(L, b, "dot");
  for (int64_t i = 0, n = tensor_numbers(a); i < n; i++)
    sum += tensor_get(a, i) * tensor_get(b, i);
  lua_pushnumber(L, sum);
  return 1;
}

/* t:max_abs (), of numbers: NaN if any is */
static int tensor_max_abs (lua_State *L) {
  const DLTensor *t = api_tensor(L, 1);
  double most = 0;
  for (int64_t i = 0, n = tensor_numbers(t); i < n; i++) {
    const double v = fabs(tensor_get(t, i));
    most = v > most || v != v ? v : most;
  }
  lua_pushnumber(L, most);
  return 1;
}

/* a:equal (b): shape and every element; -0 equals 0, and NaN equals NaN */
static int tensor_equal (lua_State *L) {
  const DLTensor *a = api_tensor(L, 1), *b = api_tensor(L, 2);
  bool same = a->ndim == b->ndim && is_complex(a) == is_complex(b)
              && !memcmp(a->shape, b->shape, (size_t) a->ndim * sizeof *a->shape);
  for (int64_t i = 0, n = tensor_numbers(a); same && i < n; i++) {
    const double x = tensor_get(a, i), y = tensor_get(b, i);
    same = x == y || (x != x && y != y);
  }
  lua_pushboolean(L, same);
  return 1;
}

void api_add_arithmetic (lua_State *L) {
  static const luaL_Reg methods[] = {
    { "__add", tensor_add },   { "__sub", tensor_sub }, { "__mul", tensor_mul },
    { "__unm", tensor_unm },   { "map", tensor_map },   { "astype", tensor_astype },
    { "sum", tensor_sum },     { "dot", tensor_dot },   { "max_abs", tensor_max_abs },
    { "equal", tensor_equal }, { NULL, NULL }
  };
  luaL_setfuncs(L, methods, 0);
}
