/* oracle.c: the entry points: the check, and forward and backward, each by the definition or by the
   fast path. */

#include "complex_call.h"
#include "definition.h"
#include "fast.h"
#include <string.h>

enum { COST_OF_DEFINITION = 32 }; /* of a product, in elements copied; measured */

static conv2d_call forward_call (const conv2d_params *p, const DLTensor *input,
                                 const DLTensor *weight, const DLTensor *bias,
                                 const DLTensor *output) {
  return (conv2d_call){ .size = sizeof(conv2d_call),
                        .direction = CONV2D_FORWARD,
                        .params = p,
                        .input = input,
                        .weight = weight,
                        .bias = bias,
                        .output = output };
}

static conv2d_call backward_call (const conv2d_params *p, const DLTensor *input,
                                  const DLTensor *weight, const DLTensor *grad_output,
                                  const DLTensor *grad_input, const DLTensor *grad_weight,
                                  const DLTensor *grad_bias) {
  return (conv2d_call){ .size = sizeof(conv2d_call),
                        .direction = CONV2D_BACKWARD,
                        .params = p,
                        .input = input,
                        .weight = weight,
                        .output = grad_output,
                        .grad_input = grad_input,
                        .grad_weight = grad_weight,
                        .grad_bias = grad_bias };
}

int32_t conv2d_oracle_check_call (const conv2d_call *call, int32_t *output_ndim,
                                  int64_t output_shape[4], const char **clause) {
  conv2d_call c = { 0 };
  geometry g = { 0 };

  *clause = NULL;
  memcpy(&c, call, call->size < sizeof c ? call->size : sizeof c);
  if (c.params == NULL
      || (c.direction != 0 && c.direction != CONV2D_FORWARD && c.direction != CONV2D_BACKWARD
          && c.direction != CONV2D_INIT))
    return CONV2D_FAILED;
  int32_t status = geometry_check(&c, &g, clause);
  if (status == CONV2D_OK) {
    *output_ndim = g.output_ndim;
    memcpy(output_shape, g.output_shape, (size_t) g.output_ndim * sizeof output_shape[0]);
  }
  return status;
}

int32_t conv2d_oracle_check (const conv2d_params *p, const DLTensor *input, const DLTensor *weight,
                             const DLTensor *bias, const DLTensor *output, int32_t *output_ndim,
                             int64_t output_shape[4], const char **clause) {
  conv2d_call c = forward_call(p, input, weight, bias, output);
  return conv2d_oracle_check_call(&c, output_ndim, output_shape, clause);
}

static bool in_memory (const conv2d_call *c) {
  const DLTensor *all[] = { c->input,      c->weight,      c->bias,     c->output,
                            c->grad_input, c->grad_weight, c->grad_bias };
  for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
    if (all[i] != NULL && all[i]->device.device_type != kDLCPU)
      return false;
  return true;
}

static bool absent (const DLTensor *t) {
  return t == NULL || t->ndim < 0;
}

/* The clause about the first tensor that the computation needs but lacks, or NULL. */
static const char *lacking (const conv2d_call *c) {
  const DLTensor *gradient[] = { c->grad_input, c->grad_weight, c->grad_bias };

  if (absent(c->input))
    return "SHAPE-2";
  if (absent(c->weight))
    return "SHAPE-5";
  if (c->params->bias && c->direction == CONV2D_FORWARD && absent(c->bias))
    return "SHAPE-6";
  if (absent(c->output))
    return "SHAPE-11";
  for (size_t i = 0; i < sizeof gradient / sizeof gradient[0]; i++)
    if (gradient[i] != NULL && absent(gradient[i]))
      return "SHAPE-11";
  return NULL;
}

/* Resolves a call that is to be computed, so that its tensors must be there and readable. `clause`
   may be NULL. */
static int32_t prepare (const conv2d_call *c, geometry *g, const char **clause) {
  const char *why = NULL;
  int32_t status = geometry_check(c, g, &why);

  if (status == CONV2D_INVALID && strcmp(why, "DTYPE-1") == 0)
    status = CONV2D_UNSUPPORTED;
  else if (status == CONV2D_OK && !in_memory(c))
    status = CONV2D_UNSUPPORTED;
  else if (status == CONV2D_OK && lacking(c) != NULL) {
    status = CONV2D_INVALID;
    why = lacking(c);
  }
  if (clause != NULL)
    *clause = why;
  return status;
}

static double extent (const int64_t *dim, int count) {
  double n = 1;
  for (int i = 0; i < count; i++)
    n *= (double) dim[i];
  return n;
}

/* Whether a result has so few products that the fast path, which first copies whole tensors, would
   need many times the time and the memory of the definition. */
static bool has_few_products (const geometry *g, const result *r) {
  const double window =
      (double) g->group_in * (double) g->axis[0].kernel * (double) g->axis[1].kernel;
  const double elements = (double) g->images * (double) g->in_channels * (double) g->axis[0].size
                              * (double) g->axis[1].size
                          + (double) g->out_channels * window;
  const double products = extent(g->output_shape, g->output_ndim) * window;
  return (products + extent(r->extent, 4)) * COST_OF_DEFINITION < elements;
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
  if (!by_definition && !has_few_products(&q->g, &r))
    return m.fast(q, &r) ? CONV2D_OK : CONV2D_FAILED;
  define(q, &r);
  return CONV2D_OK;
}

static int32_t forward (const conv2d_call *c, bool by_definition, const conv2d_detail *detail,
                        const char **clause) {
  method m = { sum_output, fast_output };
  operands q;
  int32_t status = prepare(c, &q.g, clause);

  if (status != CONV2D_OK)
    return status;
  if (c->input->dtype.code == kDLComplex)
    return complex_forward(c, by_definition, detail);
  q.input = view_of(c->input);
  q.weight = view_of(c->weight);
  if (q.g.bias)
    q.bias = view_of(c->bias);
  return compute(&q, m, by_definition, c->output, detail);
}

static int32_t backward (const conv2d_call *c, bool by_definition, const conv2d_detail detail[3],
                         const char **clause) {
  method m[3] = { { sum_grad_input, fast_grad_input },
                  { sum_grad_weight, fast_grad_weight },
                  { sum_grad_bias, fast_grad_bias } };
  const DLTensor *gradient[3] = { c->grad_input, c->grad_weight, c->grad_bias };
  operands q;
  int32_t status = prepare(c, &q.g, clause);

  if (status != CONV2D_OK)
    return status;
  if (c->input->dtype.code == kDLComplex)
    return complex_backward(c, by_definition, detail);
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
  conv2d_call c = forward_call(p, input, weight, bias, output);
  return forward(&c, false, detail, clause);
}

int32_t conv2d_oracle_forward_definition (const conv2d_params *p, const DLTensor *input,
                                          const DLTensor *weight, const DLTensor *bias,
                                          DLTensor *output, const conv2d_detail *detail,
                                          const char **clause) {
  conv2d_call c = forward_call(p, input, weight, bias, output);
  return forward(&c, true, detail, clause);
}

int32_t conv2d_oracle_backward (const conv2d_params *p, const DLTensor *input,
                                const DLTensor *weight, const DLTensor *grad_output,
                                DLTensor *grad_input, DLTensor *grad_weight, DLTensor *grad_bias,
                                const conv2d_detail detail[3], const char **clause) {
  conv2d_call c = backward_call(p, input, weight, grad_output, grad_input, grad_weight, grad_bias);
  return backward(&c, false, detail, clause);
}

int32_t conv2d_oracle_backward_definition (const conv2d_params *p, const DLTensor *input,
                                           const DLTensor *weight, const DLTensor *grad_output,
                                           DLTensor *grad_input, DLTensor *grad_weight,
                                           DLTensor *grad_bias, const conv2d_detail detail[3],
                                           const char **clause) {
  conv2d_call c = backward_call(p, input, weight, grad_output, grad_input, grad_weight, grad_bias);
  return backward(&c, true, detail, clause);
}
