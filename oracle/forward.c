/* forward.c: the convolution. */

#include "../include/conv2d_oracle.h"

int32_t conv2d_oracle_forward (const conv2d_params *p, const DLTensor *input,
                               const DLTensor *weight, const DLTensor *bias, DLTensor *output,
                               const conv2d_detail *detail, const char **clause)
{
  return conv2d_oracle_forward_definition(p, input, weight, bias, output, detail, clause);
}

int32_t conv2d_oracle_backward (const conv2d_params *p, const DLTensor *input,
                                const DLTensor *weight, const DLTensor *grad_output,
                                DLTensor *grad_input, DLTensor *grad_weight, DLTensor *grad_bias,
                                const conv2d_detail detail[3], const char **clause)
{
  return conv2d_oracle_backward_definition(p, input, weight, grad_output, grad_input, grad_weight,
                                           grad_bias, detail, clause);
}
