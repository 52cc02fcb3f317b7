/* narrow.c: forward by plain loops that read the tensors where they lie, with an index that may be
   too short: INDEX is its type, and BYTES says whether it counts bytes or elements. With int64_t
   it makes no mistake. The mistake reads elsewhere in the same tensor, so that nothing crashes. */

#include "../../adapters/layer.h"

#ifndef INDEX
#define INDEX int64_t
#endif
#ifndef BYTES
#define BYTES 0
#endif

/* Where an element lies, by the short index, and by a long one from its place in the storage: an
   index that has become negative is taken from the end, as a modulo would. */
static int64_t place_of (const DLTensor *t, int64_t element) {
  const int64_t size = BYTES ? t->dtype.bits / 8 : 1, count = count_elements(t);
  const int64_t at = (int64_t) (INDEX) (element * size) / size;
  return ((at % count) + count) % count;
}

static int64_t index_of (const DLTensor *t, int64_t n, int64_t c, int64_t h, int64_t w) {
  const int64_t *s = t->strides;
  return place_of(t, n * s[0] + c * s[1] + h * s[2] + w * s[3]);
}

static number window (const layer *l, const DLTensor *input, place at) {
  const int64_t first = at.k / l->group_out * l->group_in;
  number sum = { 0 };
  for (int64_t c = 0; c < l->group_in; c++)
    for (int64_t r = 0; r < l->y.kernel; r++)
      for (int64_t s = 0; s < l->x.kernel; s++) {
        const int64_t h = source(&l->y, l->p->padding_mode, at.i, r);
        const int64_t w = source(&l->x, l->p->padding_mode, at.j, s);
        if (h < 0 || w < 0)
          continue;
        sum = add_product(
            sum, load(input->data, index_of(input, at.n, first + c, h, w), input->dtype),
            load(l->weight->data, index_of(l->weight, at.k, c, r, s), l->weight->dtype),
            is_real(l->p->dtype));
      }
  return sum;
}

static number with_bias (const layer *l, int64_t k, number sum) {
  if (l->bias == NULL)
    return sum;
  const number b = load(l->bias->data, k * l->bias->strides[0], l->bias->dtype);
  if (is_real(l->p->dtype))
    sum.real += b.real;
  else
    sum.integer += b.integer;
  return sum;
}

static int32_t forward (const conv2d_params *p, const DLTensor *input, const DLTensor *weight,
                        const DLTensor *bias, DLTensor *output) {
  layer l = { .p = p, .weight = weight, .bias = p->bias ? bias : NULL, .output = output };
  if (input->ndim != 4 || !is_known(p->dtype))
    return CONV2D_UNSUPPORTED;
  if (open_layer(&l, input->ndim, input->shape) != NULL)
    return CONV2D_INVALID;
  const int64_t *size = output->shape;
  place at;
  for (at.n = 0; at.n < size[0]; at.n++)
    for (at.k = 0; at.k < size[1]; at.k++)
      for (at.i = 0; at.i < size[2]; at.i++)
        for (at.j = 0; at.j < size[3]; at.j++)
          store(output->data, index_of(output, at.n, at.k, at.i, at.j), output->dtype,
                with_bias(&l, at.k, window(&l, input, at)));
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

CONV2D_IMPLEMENT(.name = "narrow", .version = "1.0", .description = "an index that may be too short",
                 .claims = CONV2D_CHECKS_PARAMETERS, .output_shape = output_shape,
                 .forward = forward);
