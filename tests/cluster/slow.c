/* slow.c: the naive subject, for shards that must take their time: each call begins with a rest of
   SLOW_US microseconds (environment; default 0). What it answers is what naive answers. */

#include "conv2d_abi.h"

#undef CONV2D_IMPLEMENT
#define CONV2D_IMPLEMENT(...)                                                                      \
  static const conv2d_implementation naive = { .abi = CONV2D_ABI,                                  \
                                               .size = (uint32_t) sizeof(conv2d_implementation),   \
                                               __VA_ARGS__ }

#include "../../adapters/naive.c"

#include <stdlib.h>
#include <time.h>

static void rest (void) {
  const char *text = getenv("SLOW_US");
  long us = text == NULL ? 0 : atol(text);
  struct timespec time = { us / 1000000, us % 1000000 * 1000 };
  nanosleep(&time, NULL);
}

static int32_t slow_forward (const conv2d_params *p, const DLTensor *input, const DLTensor *weight,
                             const DLTensor *bias, DLTensor *output) {
  rest();
  return naive.forward(p, input, weight, bias, output);
}

static int32_t slow_backward (const conv2d_params *p, const DLTensor *input, const DLTensor *weight,
                              const DLTensor *grad_output, DLTensor *grad_input,
                              DLTensor *grad_weight, DLTensor *grad_bias) {
  rest();
  return naive.backward(p, input, weight, grad_output, grad_input, grad_weight, grad_bias);
}

const conv2d_implementation conv2d_subject = {
  .abi = CONV2D_ABI,
  .size = (uint32_t) sizeof(conv2d_implementation),
  .name = "slow",
  .version = "1.0",
  .claims = CONV2D_CHECKS_PARAMETERS | CONV2D_TORCH_QUIRKS,
  .capabilities = &all_capabilities,
  .output_shape = output_shape,
  .forward = slow_forward,
  .backward = slow_backward,
  .init_parameters = init_parameters,
  .last_error = last_error,
};
