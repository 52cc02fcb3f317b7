/* oracle.c: the oracle as a subject: correctly rounded, so it must pass whatever is asked.
   Only the signatures differ. When it rejects a call, last_error names the broken clause. */

#include "../include/conv2d_oracle.h"

#include <string.h>

static _Thread_local const char *clause;

static const char *last_error (void) {
  return clause;
}

static int32_t output_shape (const conv2d_params *p, int32_t ndim, const int64_t *input,
                             int64_t *output) {
  DLTensor x = { .ndim = ndim, .shape = (int64_t *) input, .dtype = p->dtype };
  int32_t output_ndim;
  int64_t shape[4];
  int32_t status = conv2d_oracle_check(p, &x, NULL, NULL, NULL, &output_ndim, shape, &clause);
  if (status == CONV2D_OK)
    memcpy(output, shape, (size_t) output_ndim * sizeof *shape);
  return status;
}

static int32_t forward (const conv2d_params *p, const DLTensor *input, const DLTensor *weight,
                        const DLTensor *bias, DLTensor *output) {
  return conv2d_oracle_forward(p, input, weight, bias, output, NULL, &clause);
}

static int32_t backward (const conv2d_params *p, const DLTensor *input, const DLTensor *weight,
                         const DLTensor *grad_output, DLTensor *grad_input, DLTensor *grad_weight,
                         DLTensor *grad_bias) {
  return conv2d_oracle_backward(p, input, weight, grad_output, grad_input, grad_weight, grad_bias,
                                NULL, &clause);
}

static int32_t init_parameters (const conv2d_params *p, uint64_t seed, DLTensor *weight,
                                DLTensor *bias) {
  clause = NULL;
  return conv2d_oracle_init_parameters(p, seed, weight, bias);
}

CONV2D_IMPLEMENT(.name = "conv2d-cts oracle", .version = "1.0",
                 .description = "exact sums, rounded once",
                 .claims = CONV2D_CHECKS_PARAMETERS | CONV2D_TORCH_QUIRKS,
                 .output_shape = output_shape, .forward = forward, .backward = backward,
                 .init_parameters = init_parameters, .last_error = last_error);
