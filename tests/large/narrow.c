/* narrow.c: the sample's sums in place, with an index that may be too short: INDEX is its type, and
   BYTES says whether it counts bytes or elements. With int64_t it makes no mistake. The mistake
   reads or writes elsewhere in the same tensor, so that nothing crashes. */

#include "../../adapters/in_place.h"

#ifndef INDEX
#define INDEX int64_t
#endif
#ifndef BYTES
#define BYTES 0
#endif

/* An index that has become negative is taken from the end. */
static int64_t narrow_place (const DLTensor *t, const int64_t at[4]) {
  const int64_t size = BYTES ? t->dtype.bits / 8 : 1, count = count_elements(t);
  const int64_t element = (int64_t) (INDEX) (place_in_storage(t, at) * size) / size;
  return ((element % count) + count) % count;
}

static int32_t forward (const conv2d_params *p, const DLTensor *input, const DLTensor *weight,
                        const DLTensor *bias, DLTensor *output) {
  layer l = { .p = p, .weight = weight, .bias = p->bias ? bias : NULL, .output = output };
  if (input->ndim != 4 || !is_known(p->dtype))
    return CONV2D_UNSUPPORTED;
  if (open_layer(&l, input->ndim, input->shape) != NULL)
    return CONV2D_INVALID;
  forward_in_place(&l, input, output, narrow_place);
  return CONV2D_OK;
}

static int32_t output_shape (const conv2d_params *p, int32_t ndim, const int64_t *input,
                             int64_t *output) {
  layer l = { .p = p };
  if (open_layer(&l, ndim, input) != NULL)
    return CONV2D_INVALID;
  memcpy(output, l.output_shape, (size_t) ndim * sizeof *output);
  return CONV2D_OK;
}

CONV2D_IMPLEMENT(.name = "narrow", .version = "1.0",
                 .description = "an index that may be too short",
                 .claims = CONV2D_CHECKS_PARAMETERS, .output_shape = output_shape,
                 .forward = forward);
