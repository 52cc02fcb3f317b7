/* arithmetic.c: what scripts compute with tensors: views made compact, sums, comparison.
   Elements are computed as doubles and rounded to the dtype of the first operand. Axes count from
   1, as in t.shape[1], or from the end, -1 the last. */

#include "api.h"

#include "data/data.h"
#include "data/dtype.h"

#include <assert.h>
#include <math.h>
#include <string.h>

/* A number of elements, which no sum or product of a few can overflow. */
static int64_t read_extent (lua_State *L, int index, int64_t fallback) {
  const int64_t most = (int64_t) 1 << 28, v = luaL_optinteger(L, index, fallback);
  if (v < -most || v > most)
    api_usage(L, "tensor: argument %d is out of range", index);
  return v;
}

static int read_axis (lua_State *L, int index, const DLTensor *t) {
  lua_Integer axis = luaL_checkinteger(L, index);
  if (axis < 0)
    axis += t->ndim + 1;
  if (axis < 1 || axis > t->ndim)
    api_usage(L, "tensor: axis %d of a tensor of %d axes", (int) luaL_checkinteger(L, index),
              t->ndim);
  return (int) axis - 1;
}

/* ---- views: the same elements, seen with other strides, copied */

/* Pushes a compact copy of a view of t; `origin` counts elements. */
static int push_view (lua_State *L, const DLTensor *t, int ndim, const int64_t *dim,
                      const int64_t *stride, int64_t origin) {
  DLTensor *to = api_new_tensor(L, t->dtype, ndim, dim);
  for (int64_t i = 0, n = tensor_count(to); i < n; i++) {
    int64_t from = origin, rest = i;
    for (int a = ndim - 1; a >= 0; rest /= dim[a--]) {
      assert(dim[a] > 0); /* or there were no element i */
      from += rest % dim[a] * stride[a];
    }
    tensor_set(to, i, tensor_get(t, from));
  }
  return 1;
}

/* t:slice (axis, first, count [, step]): elements first, first + step ...; first counts from 0 */
static int tensor_slice (lua_State *L) {
  const DLTensor *t = api_tensor(L, 1);
  int axis = read_axis(L, 2, t);
  int64_t first = read_extent(L, 3, 0), count = read_extent(L, 4, 0), step = read_extent(L, 5, 1),
          dim[MAX_NDIM] = { 0 }, stride[MAX_NDIM] = { 0 };
  int64_t last = first + (count - 1) * step;
  bool inside = first >= 0 && first < t->shape[axis] && last >= 0 && last < t->shape[axis];
  if (count < 0 || (count && !inside))
    return api_usage(L, "slice: elements %d to %d of an axis of %d", (int) first, (int) last,
                     (int) t->shape[axis]);
  memcpy(dim, t->shape, (size_t) t->ndim * sizeof *dim);
  memcpy(stride, t->strides, (size_t) t->ndim * sizeof *stride);
  dim[axis] = count;
  stride[axis] *= step;
  return push_view(L, t, t->ndim, dim, stride, first * t->strides[axis]);
}

/* t:flip (axis) */
static int tensor_flip (lua_State *L) {
  const DLTensor *t = api_tensor(L, 1);
  int axis = read_axis(L, 2, t);
  int64_t stride[MAX_NDIM] = { 0 };
  memcpy(stride, t->strides, (size_t) t->ndim * sizeof *stride);
  int64_t origin = t->shape[axis] > 0 ? (t->shape[axis] - 1) * stride[axis] : 0;
  stride[axis] = -stride[axis];
  return push_view(L, t, t->ndim, t->shape, stride, origin);
}

/* t:permute (2, 1, 3, 4): axis i of the result is the named axis of t */
static int tensor_permute (lua_State *L) {
  const DLTensor *t = api_tensor(L, 1);
  int64_t dim[MAX_NDIM] = { 0 }, stride[MAX_NDIM] = { 0 };
  unsigned seen = 0;
  for (int i = 0; i < t->ndim; i++) {
    int from = read_axis(L, i + 2, t);
    dim[i] = t->shape[from];
    stride[i] = t->strides[from];
    seen |= 1U << from;
  }
  if (seen + 1 != 1U << t->ndim)
    return api_usage(L, "permute: each axis once is expected");
  return push_view(L, t, t->ndim, dim, stride, 0);
}

/* t:reshape {2, 3, 4} */
static int tensor_reshape (lua_State *L) {
  const DLTensor *t = api_tensor(L, 1);
  int64_t dim[MAX_NDIM];
  int ndim = api_read_shape(L, 2, dim);
  DLTensor *to = api_new_tensor(L, t->dtype, ndim, dim);
  if (tensor_count(to) != tensor_count(t))
    return api_usage(L, "reshape: %d elements do not become %d", (int) tensor_count(t),
                     (int) tensor_count(to));
  memcpy(to->data, t->data, (size_t) tensor_count(t) * (t->dtype.bits / 8U));
  return 1;
}

/* t:pad (axis, before, after [, value]) */
static int tensor_pad (lua_State *L) {
  const DLTensor *t = api_tensor(L, 1);
  int axis = read_axis(L, 2, t);
  int64_t before = read_extent(L, 3, 0), after = read_extent(L, 4, 0), dim[MAX_NDIM];
  double value = luaL_optnumber(L, 5, 0);
  memcpy(dim, t->shape, (size_t) t->ndim * sizeof *dim);
  dim[axis] += before + after;
  DLTensor *to = api_new_tensor(L, t->dtype, t->ndim, dim);
  int64_t below = t->strides[axis]; /* elements in one step of the axis */
  for (int64_t i = 0, n = tensor_count(to); i < n; i++) {
    int64_t at = i / below % dim[axis] - before, above = i / below / dim[axis];
    bool inside = at >= 0 && at < t->shape[axis];
    tensor_set(to, i,
               inside ? tensor_get(t, (above * t->shape[axis] + at) * below + i % below) : value);
  }
  return 1;
}

/* t:stretch (axis, step): zeros between the elements, which come to lie `step` apart */
static int tensor_stretch (lua_State *L) {
  const DLTensor *t = api_tensor(L, 1);
  int axis = read_axis(L, 2, t);
  int64_t step = read_extent(L, 3, 1), dim[MAX_NDIM];
  if (step < 1)
    return api_usage(L, "stretch: a step of at least 1 is expected");
  memcpy(dim, t->shape, (size_t) t->ndim * sizeof *dim);
  dim[axis] = dim[axis] ? (dim[axis] - 1) * step + 1 : 0;
  DLTensor *to = api_new_tensor(L, t->dtype, t->ndim, dim);
  int64_t below = t->strides[axis];
  for (int64_t i = 0, n = tensor_count(t); i < n; i++) {
    int64_t at = i / below % t->shape[axis], above = i / below / t->shape[axis];
    tensor_set(to, (above * dim[axis] + at * step) * below + i % below, tensor_get(t, i));
  }
  return 1;
}

/* tensor.cat (axis, {t, ...}) */
int api_tensor_cat (lua_State *L) {
  luaL_checktype(L, 2, LUA_TTABLE);
  int count = (int) lua_rawlen(L, 2);
  lua_rawgeti(L, 2, 1);
  const DLTensor *first = api_tensor(L, -1);
  int axis = read_axis(L, 1, first);
  int64_t dim[MAX_NDIM], at = 0, below = first->strides[axis];
  memcpy(dim, first->shape, (size_t) first->ndim * sizeof *dim);
  for (dim[axis] = 0; at < count; at++) {
    lua_rawgeti(L, 2, at + 1);
    const DLTensor *t = api_tensor(L, -1);
    for (int a = 0; a < first->ndim; a++)
      if (t->ndim != first->ndim || (a != axis && t->shape[a] != dim[a]))
        return api_usage(L, "cat: the tensors differ in other axes too");
    dim[axis] += t->shape[axis];
    lua_pop(L, 1);
  }
  DLTensor *to = api_new_tensor(L, first->dtype, first->ndim, dim);
  for (int64_t k = 0, done = 0; k < count; k++) {
    lua_rawgeti(L, 2, k + 1);
    const DLTensor *t = api_tensor(L, -1);
    int64_t stretch = t->shape[axis] * below;
    for (int64_t i = 0, n = tensor_count(t); i < n; i++)
      tensor_set(to, i / stretch * dim[axis] * below + done + i % stretch, tensor_get(t, i));
    done += stretch;
    lua_pop(L, 1);
  }
  return 1;
}

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

/* Whether two tensors have one shape; else an error. */
static void check_shapes (lua_State *L, const DLTensor *a, const DLTensor *b) {
  bool same =
      a->ndim == b->ndim && !memcmp(a->shape, b->shape, (size_t) a->ndim * sizeof *a->shape);
  if (!same)
    api_usage(L, "tensor: the shapes differ: %s and %s", luaL_tolstring(L, 1, NULL),
              luaL_tolstring(L, 2, NULL));
}

/* Either operand may be a number. */
static int combine (lua_State *L, double operation(double, double)) {
  const DLTensor *a = luaL_testudata(L, 1, "tensor"), *b = luaL_testudata(L, 2, "tensor");
  const DLTensor *like = a ? a : b;
  if (!like)
    return api_usage(L, "tensor: one operand at least must be a tensor");
  double left = a ? 0 : luaL_checknumber(L, 1), right = b ? 0 : luaL_checknumber(L, 2);
  if (a && b)
    check_shapes(L, a, b);
  DLTensor *to = api_new_tensor(L, like->dtype, like->ndim, like->shape);
  for (int64_t i = 0, n = tensor_count(to); i < n; i++)
    tensor_set(to, i, operation(a ? tensor_get(a, i) : left, b ? tensor_get(b, i) : right));
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
  for (int64_t i = 0, n = tensor_count(t); i < n; i++) {
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
  DLDataType type;
  if (!dtype_parse(luaL_checkstring(L, 2), &type))
    return api_usage(L, "tensor: unknown dtype '%s'", lua_tostring(L, 2));
  DLTensor *to = api_new_tensor(L, type, t->ndim, t->shape);
  for (int64_t i = 0, n = tensor_count(t); i < n; i++)
    tensor_set(to, i, tensor_get(t, i));
  return 1;
}

/* ---- to one number */

/* t:sum (), of doubles in row-major order */
static int tensor_sum (lua_State *L) {
  const DLTensor *t = api_tensor(L, 1);
  double sum = 0;
  for (int64_t i = 0, n = tensor_count(t); i < n; i++)
    sum += tensor_get(t, i);
  lua_pushnumber(L, sum);
  return 1;
}

/* a:dot (b) */
static int tensor_dot (lua_State *L) {
  const DLTensor *a = api_tensor(L, 1), *b = api_tensor(L, 2);
  double sum = 0;
  check_shapes(L, a, b);
  for (int64_t i = 0, n = tensor_count(a); i < n; i++)
    sum += tensor_get(a, i) * tensor_get(b, i);
  lua_pushnumber(L, sum);
  return 1;
}

/* t:max_abs (): NaN if any element is */
static int tensor_max_abs (lua_State *L) {
  const DLTensor *t = api_tensor(L, 1);
  double most = 0;
  for (int64_t i = 0, n = tensor_count(t); i < n; i++) {
    const double v = fabs(tensor_get(t, i));
    most = v > most || v != v ? v : most;
  }
  lua_pushnumber(L, most);
  return 1;
}

/* a:equal (b): shape and every element; -0 equals 0, and NaN equals NaN */
static int tensor_equal (lua_State *L) {
  const DLTensor *a = api_tensor(L, 1), *b = api_tensor(L, 2);
  bool same =
      a->ndim == b->ndim && !memcmp(a->shape, b->shape, (size_t) a->ndim * sizeof *a->shape);
  for (int64_t i = 0, n = tensor_count(a); same && i < n; i++) {
    const double x = tensor_get(a, i), y = tensor_get(b, i);
    same = x == y || (x != x && y != y);
  }
  lua_pushboolean(L, same);
  return 1;
}

void api_add_arithmetic (lua_State *L) {
  static const luaL_Reg methods[] = {
    { "slice", tensor_slice },     { "flip", tensor_flip }, { "permute", tensor_permute },
    { "reshape", tensor_reshape }, { "pad", tensor_pad },   { "stretch", tensor_stretch },
    { "__add", tensor_add },       { "__sub", tensor_sub }, { "__mul", tensor_mul },
    { "__unm", tensor_unm },       { "map", tensor_map },   { "astype", tensor_astype },
    { "sum", tensor_sum },         { "dot", tensor_dot },   { "max_abs", tensor_max_abs },
    { "equal", tensor_equal },     { NULL, NULL }
  };
  luaL_setfuncs(L, methods, 0);
}
