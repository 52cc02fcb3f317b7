/* tensor.c: tensors in Lua: userdata that own their elements, compact in row-major order.
   Numbers count from 1, as all things do in Lua: t[1] is the first. t:at (n, c, h, w) gives an
   element by its indices, which count from 0, as in every formula of specs/. A complex element is
   two numbers, its real part first. */

#include "api.h"

#include "data/data.h"
#include "call/dtype.h"
#include "data/npy.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char kind[] = "tensor";

/* Larger tensors are not for scripts. */
static const int64_t max_elements = (int64_t) 1 << 28;

DLTensor *api_tensor (lua_State *L, int index) {
  return luaL_checkudata(L, index, kind);
}

/* ---- making */

/* A tensor of zeros; header, shape, strides and elements are one block. */
DLTensor *api_new_tensor (lua_State *L, DLDataType type, int32_t ndim, const int64_t *dim) {
  int64_t count = 1;
  for (int i = 0; i < ndim; i++) {
    if (dim[i] < 0 || (dim[i] && count > max_elements / dim[i]))
      api_usage(L, "tensor: extents must be at least 0, and at most 2^28 elements in all");
    count *= dim[i];
  }
  size_t head = (sizeof(DLTensor) + 2 * MAX_NDIM * sizeof(int64_t) + 15) & ~(size_t) 15;
  char *block = lua_newuserdatauv(L, head + (size_t) count * (type.bits / 8U), 0);
  memset(block, 0, head + (size_t) count * (type.bits / 8U));
  DLTensor *t = (DLTensor *) (void *) block;
  int64_t *extents = (int64_t *) (void *) (block + sizeof *t), *strides = extents + MAX_NDIM,
          step = 1;
  *t = (DLTensor){ .data = block + head,
                   .device = { kDLCPU, 0 },
                   .ndim = ndim,
                   .dtype = type,
                   .shape = extents,
                   .strides = strides };
  for (int i = ndim - 1; i >= 0; i--) {
    extents[i] = dim[i];
    strides[i] = step;
    step *= dim[i];
  }
  luaL_setmetatable(L, kind);
  return t;
}

void api_push_tensor (lua_State *L, const DLTensor *from) {
  DLTensor *to = api_new_tensor(L, from->dtype, from->ndim, from->shape);
  for (int64_t i = 0, n = tensor_numbers(to); i < n; i++)
    tensor_set(to, i, tensor_get(from, i));
}

int api_read_shape (lua_State *L, int index, int64_t dim[MAX_NDIM]) {
  luaL_checktype(L, index, LUA_TTABLE);
  int ndim = (int) lua_rawlen(L, index);
  if (ndim > MAX_NDIM)
    api_usage(L, "tensor: at most %d axes", MAX_NDIM);
  for (int i = 0; i < ndim; i++) {
    lua_rawgeti(L, index, i + 1);
    dim[i] = luaL_checkinteger(L, -1);
    lua_pop(L, 1);
  }
  return ndim;
}

DLDataType api_dtype (lua_State *L, const char *name) {
  DLDataType type;
  if (!dtype_parse(name, &type))
    api_usage(L, "tensor: unknown dtype '%s'", name);
  return type;
}

/* tensor.new (shape [, dtype [, values]]): values is a flat list or a function of the index. */
static int tensor_new (lua_State *L) {
  int64_t dim[MAX_NDIM];
  int ndim = api_read_shape(L, 1, dim);
  const DLDataType type = api_dtype(L, luaL_optstring(L, 2, "float32"));
  lua_settop(L, 3);
  DLTensor *t = api_new_tensor(L, type, ndim, dim);
  int64_t n = tensor_numbers(t);
  if (lua_istable(L, 3) && (int64_t) lua_rawlen(L, 3) != n)
    return api_usage(L, "tensor: %d values for %d %s", (int) lua_rawlen(L, 3), (int) n,
                     numbers_word(type));
  for (int64_t i = 0; i < n && !lua_isnil(L, 3); i++) {
    if (lua_istable(L, 3))
      lua_rawgeti(L, 3, i + 1);
    else {
      lua_pushvalue(L, 3);
      lua_pushinteger(L, i + 1);
      lua_call(L, 1, 1);
    }
    tensor_set(t, i, luaL_checknumber(L, -1));
    lua_pop(L, 1);
  }
  return 1;
}

static int copy_npy (lua_State *L) {
  const npy *n = lua_touserdata(L, 1);
  npy_copy(n, lua_touserdata(L, 2), api_new_tensor(L, n->dtype, n->shape.ndim, n->shape.dim)->data);
  return 1;
}

/* tensor.load (path) -> the tensor of a .npy file */
static int tensor_load (lua_State *L) {
  npy n;
  error e;
  unsigned char *bytes;
  size_t length;
  if (!npy_open(luaL_checkstring(L, 1), &n, &bytes, &length, &e))
    return api_fail(L, &e);
  lua_pushcfunction(L, copy_npy); /* protected, so that the file is closed whatever happens */
  lua_pushlightuserdata(L, &n);
  lua_pushlightuserdata(L, bytes);
  int status = lua_pcall(L, 2, 1, 0);
  npy_close(bytes, length);
  return status ? lua_error(L) : 1;
}

/* t:save (path): as a .npy file */
static int tensor_save (lua_State *L) {
  error e;
  return npy_write(luaL_checkstring(L, 2), api_tensor(L, 1), &e) ? 0 : api_fail(L, &e);
}

/* ---- reading and writing */

/* The row-major index of the arguments from `first` on. */
static int64_t flat_index (lua_State *L, const DLTensor *t, int first) {
  int64_t flat = 0;
  for (int i = 0; i < t->ndim; i++) {
    lua_Integer at = luaL_checkinteger(L, first + i);
    if (at < 0 || at >= t->shape[i])
      api_usage(L, "tensor: index %d is %d, outside of 0 to %d", i, (int) at,
                (int) t->shape[i] - 1);
    flat = flat * t->shape[i] + at;
  }
  return flat;
}

/* t:at (n, c, h, w) -> the number, or both of a complex element */
static int at_indices (lua_State *L) {
  const DLTensor *t = api_tensor(L, 1);
  const int parts = dtype_of(t->dtype)->parts;
  const int64_t first = flat_index(L, t, 2) * parts;
  for (int part = 0; part < parts; part++)
    lua_pushnumber(L, tensor_get(t, first + part));
  return parts;
}

/* t:put (value, n, c, h, w), of a complex element t:put (real, imaginary, n, c, h, w) */
static int put_at_indices (lua_State *L) {
  DLTensor *t = api_tensor(L, 1);
  const int parts = dtype_of(t->dtype)->parts;
  const int64_t first = flat_index(L, t, 2 + parts) * parts;
  for (int part = 0; part < parts; part++)
    tensor_set(t, first + part, luaL_checknumber(L, 2 + part));
  return 0;
}

/* t:parts () -> of a complex tensor its numbers, as a real tensor with a last axis of 2; of any
   other a copy */
static int tensor_parts_lua (lua_State *L) {
  parts_tensor real;
  api_push_tensor(L, tensor_parts(api_tensor(L, 1), &real));
  return 1;
}

/* t:totable () -> a flat list */
static int tensor_totable (lua_State *L) {
  const DLTensor *t = api_tensor(L, 1);
  int64_t n = tensor_numbers(t);
  lua_createtable(L, (int) n, 0);
  for (int64_t i = 0; i < n; i++) {
    lua_pushnumber(L, tensor_get(t, i));
    lua_rawseti(L, -2, i + 1);
  }
  return 1;
}

static int tensor_index (lua_State *L) {
  const DLTensor *t = api_tensor(L, 1);
  if (lua_isinteger(L, 2)) {
    lua_Integer i = lua_tointeger(L, 2);
    if (i < 1 || i > tensor_numbers(t))
      return 0; /* nil, as of a table, so that ipairs ends */
    lua_pushnumber(L, tensor_get(t, i - 1));
    return 1;
  }
  const char *name = luaL_checkstring(L, 2);
  if (!strcmp(name, "shape"))
    api_push_integers(L, t->shape, t->ndim);
  else if (!strcmp(name, "count"))
    lua_pushinteger(L, tensor_count(t));
  else if (!strcmp(name, "dtype"))
    lua_pushstring(L, dtype_name(t->dtype));
  else if (luaL_getmetafield(L, 1, name) == LUA_TNIL)
    return api_usage(L, "a tensor has no field '%s'", name);
  return 1;
}

static int tensor_newindex (lua_State *L) {
  DLTensor *t = api_tensor(L, 1);
  lua_Integer i = luaL_checkinteger(L, 2);
  if (i < 1 || i > tensor_numbers(t))
    return api_usage(L, "tensor: element %d is outside of 1 to %d", (int) i,
                     (int) tensor_numbers(t));
  tensor_set(t, i - 1, luaL_checknumber(L, 3));
  return 0;
}

static int tensor_len (lua_State *L) {
  lua_pushinteger(L, tensor_numbers(api_tensor(L, 1)));
  return 1;
}

static int tensor_tostring (lua_State *L) {
  const DLTensor *t = api_tensor(L, 1);
  char text[200];
  size_t used = (size_t) snprintf(text, sizeof text, "tensor[");
  for (int i = 0; i < t->ndim; i++)
    used += (size_t) snprintf(text + used, sizeof text - used, "%s%" PRId64, i ? ", " : "",
                              t->shape[i]);
  snprintf(text + used, sizeof text - used, "] %s", dtype_name(t->dtype));
  lua_pushstring(L, text);
  return 1;
}

void api_open_tensor (lua_State *L) {
  static const luaL_Reg methods[] = {
    { "__index", tensor_index },   { "__newindex", tensor_newindex },
    { "__len", tensor_len },       { "__tostring", tensor_tostring },
    { "at", at_indices },          { "put", put_at_indices },
    { "parts", tensor_parts_lua }, { "totable", tensor_totable },
    { "save", tensor_save },       { NULL, NULL }
  };
  static const luaL_Reg functions[] = {
    { "new", tensor_new }, { "load", tensor_load }, { "cat", api_tensor_cat }, { NULL, NULL }
  };
  api_new_kind(L, kind);
  luaL_setfuncs(L, methods, 0);
  api_add_arithmetic(L);
  api_add_rearranging(L);
  lua_pop(L, 1);
  luaL_newlib(L, functions);
  lua_setglobal(L, "tensor");
}
