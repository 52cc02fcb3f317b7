/* literals.c: literal values of a case: read from tensors, tables and functions of a script,
   inherited by cases made from others, and given back as tensors. */

#include "api.h"

#include "expect/expect.h"

#include "data/data.h"
#include "call/dtype.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* The shape of the tensor that a role has in a case; ndim -1 where it has none. */
static shape shape_of_role (lua_State *L, const test_case *c, role r) {
  expectation x;
  switch (r) {
  case INPUT: return c->input;
  case WEIGHT: return case_weight_shape(c);
  case BIAS: return case_bias_shape(c);
  default: expect(c, api_program(L)->spec, &x); return x.output;
  }
}

static int64_t numbers_in (const test_case *c, const shape *s) {
  return s->ndim < 0 ? 0 : extents_count(s->ndim, s->dim) * dtype_of(c->params.dtype)->parts;
}

/* Appends the numbers of a nested table. */
static void flatten (lua_State *L, literal *to, int64_t room) {
  if (!lua_istable(L, -1)) {
    if (to->count == room)
      api_usage(L, "values: more numbers than the tensor has elements, %" PRId64, room);
    to->value[to->count++] = luaL_checknumber(L, -1);
    return;
  }
  luaL_checkstack(L, 2, "values: nested too deeply");
  for (lua_Integer i = 1; i <= (lua_Integer) lua_rawlen(L, -1); i++) {
    lua_rawgeti(L, -1, i);
    flatten(L, to, room);
    lua_pop(L, 1);
  }
}

/* Fills from a function of the indices, which count from 0; of a complex tensor it gives both
   parts. */
static void call_for_values (lua_State *L, const shape *s, literal *to, int64_t room, int parts) {
  while (to->count < room) {
    int64_t index[MAX_NDIM], rest = to->count / parts;
    for (int a = s->ndim - 1; a >= 0; rest /= s->dim[a--])
      index[a] = rest % s->dim[a];
    lua_pushvalue(L, -1);
    for (int a = 0; a < s->ndim; a++)
      lua_pushinteger(L, index[a]);
    lua_call(L, s->ndim, parts);
    for (int part = 0; part < parts; part++)
      to->value[to->count++] = luaL_checknumber(L, part - parts);
    lua_pop(L, parts);
  }
}

/* The value on top of the stack: a tensor, a table of numbers, or a function. */
static void read_literal (lua_State *L, const test_case *c, role r, literal *to) {
  const shape s = shape_of_role(L, c, r);
  const int64_t room = numbers_in(c, &s);
  free(to->value);
  *to = (literal){ .value = calloc((size_t) room + 1, sizeof(double)) };
  if (!to->value)
    api_usage(L, "out of memory");
  if (lua_isfunction(L, -1)) {
    call_for_values(L, &s, to, room, dtype_of(c->params.dtype)->parts);
  } else if (lua_istable(L, -1)) {
    flatten(L, to, room);
  } else {
    const DLTensor *t = api_tensor(L, -1);
    for (int64_t n = tensor_numbers(t); to->count < n && to->count < room; to->count++)
      to->value[to->count] = tensor_get(t, to->count);
    if (tensor_numbers(t) != room)
      to->count = 0;
  }
  if (to->count != room)
    api_usage(L, "values: as many numbers as the tensor has elements are expected, %" PRId64, room);
}

void api_read_values (lua_State *L, int index, const test_case *c, case_meta *m) {
  static const char *const keys[] = { "input", "weight", "bias", "grad_output", NULL };
  index = lua_absindex(L, index);
  option_check(L, index, "values", keys);
  for (role r = INPUT; r < ROLES; r++) {
    if (lua_getfield(L, index, api_role_name(r)) != LUA_TNIL)
      read_literal(L, c, r, &m->value[r]);
    lua_pop(L, 1);
  }
}

const char *api_role_name (role r) {
  return job_tensor_name((int) r);
}

void api_inherit_values (lua_State *L, const test_case *c, const case_meta *old, case_meta *m) {
  for (role r = INPUT; old && r < ROLES; r++) {
    const shape s = shape_of_role(L, c, r);
    const literal *from = &old->value[r];
    if (!from->count || from->count != numbers_in(c, &s))
      continue;
    m->value[r].value = malloc((size_t) from->count * sizeof(double));
    if (!m->value[r].value)
      api_usage(L, "out of memory");
    memcpy(m->value[r].value, from->value, (size_t) from->count * sizeof(double));
    m->value[r].count = from->count;
  }
}

/* c.values: the case's literal values by role, float64 and flat; nil where there are none. */
int api_push_values (lua_State *L, const test_case *c) {
  const DLDataType real = { kDLFloat, 64, 1 };
  bool any = false;
  lua_newtable(L);
  for (role r = INPUT; c->meta && r < ROLES; r++) {
    const literal *v = &c->meta->value[r];
    if (!v->count)
      continue;
    any = true;
    memcpy(api_new_tensor(L, real, 1, &v->count)->data, v->value,
           (size_t) v->count * sizeof(double));
    lua_setfield(L, -2, api_role_name(r));
  }
  if (!any)
    lua_pushnil(L);
  return 1;
}
