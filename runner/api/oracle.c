/* oracle.c: the oracle on a script's own tensors. */

#include "api.h"

#include "data/data.h"
#include "call/doing.h"
#include "call/dtype.h"
#include "expect/ask.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- parameters */

static shape shape_of (const DLTensor *t) {
  shape s = { .ndim = t->ndim };
  memcpy(s.dim, t->shape, (size_t) t->ndim * sizeof *s.dim);
  return s;
}

/* Reads a case, or a table of its keys. The table may leave out keys that the tensors imply. */
static test_case read_params (lua_State *L, const DLTensor *input, const DLTensor *weight,
                              bool bias) {
  error e;
  if (luaL_testudata(L, 1, "case"))
    return *api_case(L, 1);
  test_case c = case_default();
  c.input = shape_of(input);
  c.params.dtype = input->dtype;
  c.params.bias = bias;
  if (weight->ndim == 4) {
    c.params.out_channels = weight->shape[0];
    memcpy(c.params.kernel_size, weight->shape + 2, sizeof c.params.kernel_size);
  }
  api_read_keys(L, 1, &c);
  if (!case_complete(&c, &e))
    api_fail(L, &e);
  return c;
}

static const DLTensor *optional_tensor (lua_State *L, int index) {
  return lua_isnoneornil(L, index) ? NULL : api_tensor(L, index);
}

/* ---- details: {exact =, scale =, terms =} */

typedef struct numbers {
  DLTensor *exact, *scale;
  int64_t *terms;
} numbers;

/* Pushes the table. Its arrays are tensors from the start, except for the terms. Those of a complex
   result have an axis more, of both parts. */
static numbers push_details (lua_State *L, const DLTensor *of) {
  const DLDataType real = { kDLFloat, 64, 1 }, integer = { kDLInt, 64, 1 };
  parts_tensor parts;
  DLTensor whole = *of;
  const DLTensor *like = tensor_parts(&whole, &parts);
  const int32_t ndim = like->ndim;
  const int64_t *dim = like->shape;
  numbers n;
  lua_createtable(L, 0, 4);
  n.exact = api_new_tensor(L, real, ndim, dim);
  lua_setfield(L, -2, "exact");
  n.scale = api_new_tensor(L, real, ndim, dim);
  lua_setfield(L, -2, "scale");
  n.terms = api_new_tensor(L, integer, ndim, dim)->data;
  lua_setfield(L, -2, "terms");
  return n;
}

static conv2d_detail detail_of (const numbers *n) {
  return (conv2d_detail){ .exact = n->exact->data, .scale = n->scale->data, .terms = n->terms };
}

static void check_status (lua_State *L, int32_t status, const char *rule) {
  const clause *broken = spec_find(api_program(L)->spec, rule);
  if (status == CONV2D_INVALID)
    api_usage(L, "the call is invalid: %s: %s", rule, broken ? broken->title : "");
  if (status != CONV2D_OK)
    api_usage(L, "the oracle could not compute this");
}

/* ---- functions */

/* oracle.check (params, input, weight [, bias]) -> the shape of the output, or nil; the clause */
static int oracle_check (lua_State *L) {
  const DLTensor *input = api_tensor(L, 2), *weight = api_tensor(L, 3),
                 *bias = optional_tensor(L, 4);
  test_case c = read_params(L, input, weight, bias);
  int32_t ndim;
  int64_t dim[4];
  const char *rule;
  if (conv2d_oracle_check(&c.params, input, weight, bias, NULL, &ndim, dim, &rule) == CONV2D_OK)
    api_push_integers(L, dim, ndim);
  else
    lua_pushnil(L);
  lua_pushstring(L, rule);
  return 2;
}

/* oracle.forward (params, input, weight [, bias]) -> output, {exact =, scale =, terms =} */
static int oracle_forward (lua_State *L) {
  const DLTensor *input = api_tensor(L, 2), *weight = api_tensor(L, 3),
                 *bias = optional_tensor(L, 4);
  test_case c = read_params(L, input, weight, bias);
  int32_t ndim;
  int64_t dim[4];
  const char *rule;
  int32_t status = conv2d_oracle_check(&c.params, input, weight, bias, NULL, &ndim, dim, &rule);
  check_status(L, status, rule);
  DLTensor *output = api_new_tensor(L, input->dtype, ndim, dim);
  numbers n = push_details(L, output);
  conv2d_detail detail = detail_of(&n);
  doing("computing the right answer");
  status = conv2d_oracle_forward(&c.params, input, weight, bias, output, &detail, &rule);
  doing(NULL);
  check_status(L, status, rule);
  share_scale(output, detail.scale);
  return 2;
}

/* Makes a gradient. It goes by its name into the table below the top one, its details go into the
   top one. */
static DLTensor *make_gradient (lua_State *L, const char *name, DLDataType type, int32_t ndim,
                                const int64_t *dim, conv2d_detail *detail) {
  DLTensor *t = api_new_tensor(L, type, ndim, dim);
  lua_setfield(L, -3, name);
  numbers n = push_details(L, t);
  lua_setfield(L, -2, name);
  *detail = detail_of(&n);
  return t;
}

/* oracle.backward (params, input, weight, grad_output) -> {grad_input =, grad_weight =,
   grad_bias =}, {grad_input = {exact =, scale =, terms =}, ...} */
static int oracle_backward (lua_State *L) {
  const DLTensor *input = api_tensor(L, 2), *weight = api_tensor(L, 3), *grad = api_tensor(L, 4);
  test_case c = read_params(L, input, weight, true);
  const char *rule;
  conv2d_detail detail[3];
  lua_createtable(L, 0, 3);
  lua_createtable(L, 0, 3);
  DLTensor *to_input =
      make_gradient(L, "grad_input", input->dtype, input->ndim, input->shape, &detail[0]);
  DLTensor *to_weight =
      make_gradient(L, "grad_weight", weight->dtype, weight->ndim, weight->shape, &detail[1]);
  DLTensor *to_bias =
      !c.params.bias ? NULL
                     : make_gradient(L, "grad_bias", input->dtype, 1, weight->shape, &detail[2]);
  doing("computing the right gradients");
  int32_t status = conv2d_oracle_backward(&c.params, input, weight, grad, to_input, to_weight,
                                          to_bias, detail, &rule);
  doing(NULL);
  check_status(L, status, rule);
  share_scale(to_input, detail[0].scale);
  share_scale(to_weight, detail[1].scale);
  if (to_bias)
    share_scale(to_bias, detail[2].scale);
  return 2;
}

/* oracle.bound (tensor, detail) -> a float64 tensor: how far each element of a correct result of
   the tensor's dtype may be from detail.exact (JUDGE-2). */
static int oracle_bound (lua_State *L) {
  const DLTensor *result = api_tensor(L, 1);
  luaL_checktype(L, 2, LUA_TTABLE);
  lua_settop(L, 2);
  lua_getfield(L, 2, "exact");
  lua_getfield(L, 2, "scale");
  lua_getfield(L, 2, "terms");
  const DLTensor *exact = api_tensor(L, 3), *scale = api_tensor(L, 4), *terms = api_tensor(L, 5);
  const int64_t count = tensor_numbers(result);
  if (tensor_count(exact) != count || tensor_count(scale) != count || tensor_count(terms) != count)
    return api_usage(L, "bound: the tensors have different shapes");
  bool integers = is_integer(result->dtype);
  DLTensor *bound = api_new_tensor(L, exact->dtype, exact->ndim, exact->shape);
  for (int64_t i = 0; i < count && !integers; i++)
    tensor_set(bound, i,
               judge_bound(result->dtype, tensor_get(exact, i), tensor_get(scale, i),
                           (int64_t) tensor_get(terms, i)));
  return 1;
}

/* ---- judging */

typedef struct findings {
  int64_t mismatches, first;
  double max, sum, squares;
} findings;

static void look (findings *f, int64_t i, double got, double exact, double unit, double bound) {
  const double away = got - exact;
  const double e = away == 0 || (got != got && exact != exact) ? 0 : fabs(away) / unit;
  if (!(e <= bound) && f->mismatches++ == 0)
    f->first = i + 1;
  f->max = e > f->max || e != e ? e : f->max;
  f->sum += away == 0 ? 0 : away / unit;
  f->squares += e * e;
}

/* oracle.judge (got, detail, bound [, unit]) -> {mismatches =, first =, max_error =, rms_error =,
   mean_error =}: errors in units of u * S, where u is that of float32's sums, or of float64's. */
static int oracle_judge (lua_State *L) {
  const DLTensor *got = api_tensor(L, 1);
  luaL_checktype(L, 2, LUA_TTABLE);
  const double bound = luaL_checknumber(L, 3);
  const double own = dtype_of(got->dtype)->precision == 53 ? 0x1p-53 : 0x1p-24;
  const double u = luaL_optnumber(L, 4, own);
  lua_settop(L, 4);
  lua_getfield(L, 2, "exact");
  const DLTensor *exact = api_tensor(L, 5);
  lua_getfield(L, 2, "scale");
  const DLTensor *scale = api_tensor(L, 6);
  const int64_t count = tensor_numbers(got);
  if (tensor_count(exact) != count || tensor_count(scale) != count)
    return api_usage(L, "judge: the tensors have different shapes");
  findings f = { 0 };
  for (int64_t i = 0; i < count; i++)
    look(&f, i, tensor_get(got, i), tensor_get(exact, i), u * tensor_get(scale, i), bound);
  lua_createtable(L, 0, 5);
  api_set_number(L, "max_error", f.max);
  api_set_number(L, "rms_error", count ? sqrt(f.squares / (double) count) : 0);
  api_set_number(L, "mean_error", count ? f.sum / (double) count : 0);
  lua_pushinteger(L, f.mismatches);
  lua_setfield(L, -2, "mismatches");
  if (f.mismatches) {
    lua_pushinteger(L, f.first);
    lua_setfield(L, -2, "first");
  }
  return 1;
}

void api_open_oracle (lua_State *L) {
  static const luaL_Reg functions[] = { { "check", oracle_check },
                                        { "forward", oracle_forward },
                                        { "backward", oracle_backward },
                                        { "bound", oracle_bound },
                                        { "judge", oracle_judge },
                                        { "taps", api_taps },
                                        { "taps_backward", api_taps_backward },
                                        { NULL, NULL } };
  luaL_newlib(L, functions);
  lua_setglobal(L, "oracle");
}
