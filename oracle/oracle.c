/* oracle.c: the entry points: the check, and forward and backward, each by the definition or by the
   fast path. */

#include "definition.h"
#include "fast.h"
#include <string.h>

int32_t conv2d_oracle_check (const conv2d_params *p, const DLTensor *input, const DLTensor *weight,
                             const DLTensor *bias, const DLTensor *output, int32_t *output_ndim,
                             int64_t output_shape[4], const char **clause) {
  call c = { .params = p, .input = input, .weight = weight, .bias = bias, .output = output };
  geometry g;
  int32_t status = geometry_check(&c, &g, clause);

  if (status == CONV2D_OK) {
    *output_ndim = g.output_ndim;
    memcpy(output_shape, g.output_shape, (size_t) g.output_ndim * sizeof output_shape[0]);
  }
  return status;
}

static bool in_memory (const call *c) {
  const DLTensor *all[] = { c->input,      c->weight,      c->bias,     c->output,
                            c->grad_input, c->grad_weight, c->grad_bias };
  for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
    if (all[i] != NULL && all[i]->device.device_type != kDLCPU)
      return false;
  return true;
}

/* Resolves a call that is to be computed, whose tensors must therefore be there and readable.
   `clause` may be NULL. */
static int32_t prepare (const call *c, geometry *g, const char **clause) {
  const char *why = NULL;
  int32_t status = geometry_check(c, g, &why);

  if (status == CONV2D_INVALID && strcmp(why, "DTYPE-1") == 0)
    status = CONV2D_UNSUPPORTED;
  else if (status == CONV2D_OK && !in_memory(c))
    status = CONV2D_UNSUPPORTED;
  else if (status == CONV2D_OK && g->bias && !c->backward && c->bias == NULL) {
    status = CONV2D_INVALID;
    why = "SHAPE-6";
  }
  if (clause != NULL)
    *clause = why;
  return status;
}

/* How one tensor is computed: both ways give the same bits. */
typedef struct method {
  sum_fn *sum;
  fast_fn *fast;
} method;

static int32_t compute (const operands *q, method m, bool by_definition, const DLTensor *t,
                        const conv2d_detail *detail) {
  result r = { .sum = m.sum, .view = view_of(t) };

  view_extent(t, r.extent);
  if (detail != NULL)
    r.detail = *detail;
  if (!by_definition)
    return m.fast(q, &r) ? CONV2D_OK : CONV2D_FAILED;
  define(q, &r);
  return CONV2D_OK;
}

static int32_t forward (const call *c, bool by_definition, const conv2d_detail *detail,
                        const char **clause) {
  method m = { sum_output, fast_output };
  operands q;
  int32_t status = prepare(c, &q.g, clause);

  if (status != CONV2D_OK)
    return status;
  q.input = view_of(c->input);
  q.weight = view_of(c->weight);
  if (q.g.bias)
    q.bias = view_of(c->bias);
  return compute(&q, m, by_definition, c->output, detail);
}

static int32_t backward (const call *c, bool by_definition, const conv2d_detail detail[3],
                         const char **clause) {
  method m[3] = { { sum_grad_input, fast_grad_input },
                  { sum_grad_weight, fast_grad_weight },
                  { sum_grad_bias, fast_grad_bias } };
  const DLTensor *gradient[3] = { c->grad_input, c->grad_weight, c->grad_bias };
  operands q;
  int32_t status = prepare(c, &q.g, clause);

  if (status != CONV2D_OK)
    return status;
  q.input = view_of(c->input);
  q.weight = view_of(c->weight);
  q.grad_output = view_of(c->output);
  for (int i = 0; i < 3 && status == CONV2D_OK; i++)
    if (gradient[i] != NULL)
      status = compute(&q, m[i], by_definition, gradient[i], detail != NULL ? &detail[i] : NULL);
  return status;
}

int32_t conv2d_oracle_forward (const conv2d_params *p, const DLTensor *input,
                               const DLTensor *weight, const DLTensor *bias, DLTensor *output,
                               const conv2d_detail *detail, const char **clause) {
  call c = { .params = p, .input = input, .weight = weight, .bias = bias, .output = output };
  return forward(&c, false, detail, clause);
}

int32_t conv2d_oracle_forward_definition (const conv2d_params *p, const DLTensor *input,
                                          const DLTensor *weight, const DLTensor *bias,
                                          DLTensor *output, const conv2d_detail *detail,
                                          const char **clause) {
  call c = { .params = p, .input = input, .weight = weight, .bias = bias, .output = output };
  return forward(&c, true, detail, clause);
}

int32_t conv2d_oracle_backward (const conv2d_params *p, const DLTensor *input,
                                const DLTensor *weight, const DLTensor *grad_output,
                                DLTensor *grad_input, DLTensor *grad_weight, DLTensor *grad_bias,
                                const conv2d_detail detail[3], const char **clause) {
  call c = { p, input, weight, NULL, grad_output, true, grad_input, grad_weight, grad_bias };
  return backward(&c, false, detail, clause);
}

int32_t conv2d_oracle_backward_definition (const conv2d_params *p, const DLTensor *input,
                                           const DLTensor *weight, const DLTensor *grad_output,
                                           DLTensor *grad_input, DLTensor *grad_weight,
                                           DLTensor *grad_bias, const conv2d_detail detail[3],
                                           const char **clause) {
  call c = { p, input, weight, NULL, grad_output, true, grad_input, grad_weight, grad_bias };
  return backward(&c, true, detail, clause);
}
