/* direct.c: the kernels of adapters/device/direct.h as a subject in the host's memory, to compare
   what a device costs. float32, forward. */

#include <stdint.h>

#define LONG int64_t
#define DEVICE static inline
#define ELEMENT DEVICE
#define GLOBAL
#define REAL float
#define SUM float
#define LOAD(x) (x)
#define STORE(x) (x)
#include "../adapters/device/direct.h"
#include "../adapters/device/layer.h"

static int32_t forward (const conv2d_params *p, const DLTensor *input, const DLTensor *weight,
                        const DLTensor *bias, DLTensor *output) {
  const direct_layer l = direct_layer_of(p, input, weight, output, bias);
  for (int64_t at = 0; at < direct_count(output); at++)
    direct_forward(&l, at, input->data, weight->data, bias ? bias->data : NULL, output->data);
  return CONV2D_OK;
}

static const conv2d_capabilities capabilities = {
  .dtypes = CONV2D_F32,
  .padding_modes =
      1 << CONV2D_ZEROS | 1 << CONV2D_REFLECT | 1 << CONV2D_REPLICATE | 1 << CONV2D_CIRCULAR,
  .directions = CONV2D_FORWARD,
};

CONV2D_IMPLEMENT(.name = "direct", .version = "1", .output_shape = shape_of_output,
                 .forward = forward, .last_error = last_error, .capabilities = &capabilities);
