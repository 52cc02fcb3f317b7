/* plant.c: subjects that compute in a known way, which probe must find.
   PLANT is one of the names below. Zero padding and float32 only: the numerics are the point. */

#include "../../../include/conv2d_abi.h"

#include <complex.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <xmmintrin.h>

enum plant {
  float_sum,
  fused,
  double_sum,
  float16_sum,
  bfloat16_inside,
  tf32_inside,
  backward,
  pairwise,
  lanes,
  blocks_of_16,
  blocks_of_256,
  flush_to_zero,
  flush_inputs,
  flush_results,
  unrepeatable,
  threaded,
  winograd2,
  winograd4,
  winograd_by_batch,
  fourier
};

/* ---- elements */

static float *place (const DLTensor *t, const int64_t index[4]) {
  int64_t offset = 0;
  for (int a = 0; a < t->ndim; a++)
    offset += index[a + 4 - t->ndim] * t->strides[a];
  return (float *) t->data + offset;
}

static float at (const DLTensor *t, int64_t n, int64_t c, int64_t h, int64_t w) {
  return *place(t, (int64_t[]){ n, c, h, w });
}

static void put (DLTensor *t, int64_t n, int64_t c, int64_t h, int64_t w, float v) {
  *place(t, (int64_t[]){ n, c, h, w }) = v;
}

static int64_t extent (const DLTensor *t, int axis) {
  return axis + t->ndim < 4 ? 1 : t->shape[axis + t->ndim - 4];
}

#include "sums.h"
#include "transforms.h"

/* ---- direct layers */

/* Gathers the products of one output element; their number. */
static int64_t gather (const conv2d_params *p, const DLTensor *input, const DLTensor *weight,
                       const int64_t nkij[4], float *x, float *w) {
  const int64_t inside = p->in_channels / p->groups, block = p->out_channels / p->groups;
  int64_t count = 0;
  for (int64_t c = 0; c < inside; c++)
    for (int64_t r = 0; r < p->kernel_size[0]; r++)
      for (int64_t s = 0; s < p->kernel_size[1]; s++) {
        int64_t h = nkij[2] * p->stride[0] + r * p->dilation[0] - p->padding[0];
        int64_t v = nkij[3] * p->stride[1] + s * p->dilation[1] - p->padding[1];
        if (h < 0 || v < 0 || h >= extent(input, 2) || v >= extent(input, 3))
          continue;
        x[count] = operand(at(input, nkij[0], nkij[1] / block * inside + c, h, v));
        w[count++] = operand(at(weight, nkij[1], c, r, s));
      }
  return count;
}

static void direct (const conv2d_params *p, const DLTensor *input, const DLTensor *weight,
                    DLTensor *output) {
  static int calls;
  const int64_t room = p->in_channels * p->kernel_size[0] * p->kernel_size[1] + 1;
  float *x = malloc((size_t) room * sizeof *x), *w = malloc((size_t) room * sizeof *w);
  int64_t i[4];
  calls++;
  for (i[0] = 0; x && w && i[0] < extent(output, 0); i[0]++)
    for (i[1] = 0; i[1] < extent(output, 1); i[1]++)
      for (i[2] = 0; i[2] < extent(output, 2); i[2]++)
        for (i[3] = 0; i[3] < extent(output, 3); i[3]++) {
          int64_t n = gather(p, input, weight, i, x, w);
          put(output, i[0], i[1], i[2], i[3], n ? sum(x, w, n, calls) : 0);
        }
  free(x);
  free(w);
}

static void add_bias (const DLTensor *bias, DLTensor *output) {
  for (int64_t n = 0; bias && n < extent(output, 0); n++)
    for (int64_t k = 0; k < extent(output, 1); k++)
      for (int64_t i = 0; i < extent(output, 2); i++)
        for (int64_t j = 0; j < extent(output, 3); j++)
          put(output, n, k, i, j,
              at(output, n, k, i, j) + ((const float *) bias->data)[k * bias->strides[0]]);
}

/* ---- the subject */

static int32_t output_shape (const conv2d_params *p, int32_t ndim, const int64_t *input,
                             int64_t *output) {
  if (ndim == 4)
    output[0] = input[0];
  output[ndim - 3] = p->out_channels;
  for (int a = 0; a < 2; a++) {
    const int64_t dilated = p->dilation[a] * (p->kernel_size[a] - 1) + 1;
    output[ndim - 2 + a] = (input[ndim - 2 + a] + 2 * p->padding[a] - dilated) / p->stride[a] + 1;
  }
  return CONV2D_OK;
}

/* What the processor does with subnormal operands and results. */
static unsigned flushing (void) {
  enum { OPERANDS = 0x40, RESULTS = 0x8000 };
  return PLANT == flush_to_zero   ? OPERANDS | RESULTS
         : PLANT == flush_inputs  ? OPERANDS
         : PLANT == flush_results ? RESULTS
                                  : 0;
}

static int32_t forward (const conv2d_params *p, const DLTensor *input, const DLTensor *weight,
                        const DLTensor *bias, DLTensor *output) {
  if (p->dtype.bits != 32 || p->dtype.code != kDLFloat || p->padding_mode || p->padding_kind)
    return CONV2D_UNSUPPORTED;
  const unsigned before = _mm_getcsr();
  _mm_setcsr(before | flushing());
  if (!is_transformed(p, input))
    direct(p, input, weight, output);
  else if (PLANT == fourier)
    by_fourier(input, weight, p->padding[0], output);
  else
    by_winograd(input, weight, p->padding[0], output);
  add_bias(bias, output);
  _mm_setcsr(before);
  return CONV2D_OK;
}

CONV2D_IMPLEMENT(.name = PLANT_NAME, .version = "1.0", .output_shape = output_shape,
                 .forward = forward);
