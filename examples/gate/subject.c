/* subject.c: the adapter: conv.c as a subject of conv2d-cts.
   `capabilities` and CONV2D_UNSUPPORTED say what the library does not offer. The adapter never
   computes it itself. */

#include "conv.h"

#include <conv2d_abi.h>

static const conv2d_capabilities capabilities = { .dtypes = CONV2D_F32,
                                                  .layouts = CONV2D_NCHW | CONV2D_ODD,
                                                  .padding_modes = 1 << CONV2D_ZEROS,
                                                  .directions = CONV2D_FORWARD };

/* The library's sizes of a valid call. */
static conv_sizes sizes_of (const conv2d_params *p, int32_t ndim, const int64_t *input) {
  conv_sizes s = { .images = ndim == 4 ? (size_t) input[0] : 1,
                   .in_channels = (size_t) p->in_channels,
                   .out_channels = (size_t) p->out_channels,
                   .groups = (size_t) p->groups };
  for (int a = 0; a < 2; a++) {
    s.input[a] = (size_t) input[ndim - 2 + a];
    s.kernel[a] = (size_t) p->kernel_size[a];
    s.stride[a] = (size_t) p->stride[a];
    s.padding[a] = (size_t) p->padding[a];
    s.dilation[a] = (size_t) p->dilation[a];
  }
  return s;
}

static int32_t output_shape (const conv2d_params *p, int32_t ndim, const int64_t *input,
                             int64_t *output) {
  if (p->padding_kind == CONV2D_PADDING_SAME)
    return CONV2D_UNSUPPORTED; /* may need one row more below than above */
  const conv_sizes s = sizes_of(p, ndim, input);
  if (ndim == 4)
    output[0] = input[0];
  output[ndim - 3] = p->out_channels;
  output[ndim - 2] = (int64_t) conv_extent(&s, 0);
  output[ndim - 1] = (int64_t) conv_extent(&s, 1);
  return CONV2D_OK;
}

static int32_t forward (const conv2d_params *p, const DLTensor *input, const DLTensor *weight,
                        const DLTensor *bias, DLTensor *output) {
  if (p->padding_kind == CONV2D_PADDING_SAME)
    return CONV2D_UNSUPPORTED;
  const conv_sizes s = sizes_of(p, input->ndim, input->shape);
  conv_forward(&s, input->data, weight->data, bias ? bias->data : NULL, output->data);
  return CONV2D_OK;
}

CONV2D_IMPLEMENT(.name = "example", .version = "1.0", .output_shape = output_shape,
                 .forward = forward, .capabilities = &capabilities,
                 .description = "plain loops over float, forward only");
