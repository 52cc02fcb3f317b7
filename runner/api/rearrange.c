/* rearrange.c: tensors made from the elements of others. Slices and turns are compact copies of
   views; others are padded, stretched or joined. Axes count from 1, as in t.shape[1], or from the
   end, where -1 is the last. */

#include "api.h"

#include "data/data.h"
#include "call/dtype.h"

#include <assert.h>
#include <string.h>

/* Reads a number of elements, so small that sums and products of a few of them cannot overflow. */
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

static void copy_element (DLTensor *to, int64_t i, const DLTensor *from, int64_t k) {
  const int parts = dtype_of(to->dtype)->parts;
  for (int part = 0; part < parts; part++)
    tensor_set(to, i * parts + part, tensor_get(from, k * parts + part));
}

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
    copy_element(to, i, t, from);
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

/* Numbers in one step of an axis. */
static int64_t numbers_below (const DLTensor *t, int axis) {
  return t->strides[axis] * dtype_of(t->dtype)->parts;
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
  int64_t below = numbers_below(t, axis);
  for (int64_t i = 0, n = tensor_numbers(to); i < n; i++) {
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
  int64_t below = numbers_below(t, axis);
  for (int64_t i = 0, n = tensor_numbers(t); i < n; i++) {
    int64_t at = i / below % t->shape[axis], above = i / below / t->shape[axis];
    tensor_set(to, (above * dim[axis] + at * step) * below + i % below, tensor_get(t, i));
  }
  return 1;
}

/* ---- several tensors */

/* The list's tensor k, left on the stack. */
static const DLTensor *push_part (lua_State *L, int list, int64_t k) {
  lua_rawgeti(L, list, k + 1);
  return api_tensor(L, -1);
}

/* The shape of `count` tensors joined along an axis. They must agree in all other axes. */
static void join_shapes (lua_State *L, int list, int64_t count, int axis, int64_t dim[MAX_NDIM]) {
  const DLTensor *first = push_part(L, list, 0);
  memcpy(dim, first->shape, (size_t) first->ndim * sizeof *dim);
  for (int64_t k = 1; k < count; k++) {
    const DLTensor *t = push_part(L, list, k);
    if (dtype_of(t->dtype)->parts != dtype_of(first->dtype)->parts)
      api_usage(L, "cat: some tensors are complex and others are not");
    for (int a = 0; a < first->ndim; a++)
      if (t->ndim != first->ndim || (a != axis && t->shape[a] != dim[a]))
        api_usage(L, "cat: the tensors differ in other axes too");
    dim[axis] += t->shape[axis];
    lua_pop(L, 1);
  }
  lua_pop(L, 1);
}

/* tensor.cat (axis, {t, ...}) */
int api_tensor_cat (lua_State *L) {
  luaL_checktype(L, 2, LUA_TTABLE);
  const int64_t count = (int64_t) lua_rawlen(L, 2);
  const DLTensor *first = push_part(L, 2, 0);
  const int axis = read_axis(L, 1, first);
  const int64_t below = numbers_below(first, axis);
  int64_t dim[MAX_NDIM] = { 0 };
  join_shapes(L, 2, count, axis, dim);
  DLTensor *to = api_new_tensor(L, first->dtype, first->ndim, dim);
  for (int64_t k = 0, done = 0; k < count; k++) {
    const DLTensor *t = push_part(L, 2, k);
    const int64_t part = t->shape[axis] * below, whole = dim[axis] * below;
    for (int64_t i = 0, n = tensor_numbers(t); i < n; i++)
      tensor_set(to, i / part * whole + done + i % part, tensor_get(t, i));
    done += part;
    lua_pop(L, 1);
  }
  return 1;
}

void api_add_rearranging (lua_State *L) {
  static const luaL_Reg methods[] = { { "slice", tensor_slice },
                                      { "flip", tensor_flip },
                                      { "permute", tensor_permute },
                                      { "reshape", tensor_reshape },
                                      { "pad", tensor_pad },
                                      { "stretch", tensor_stretch },
                                      { NULL, NULL } };
  luaL_setfuncs(L, methods, 0);
}
