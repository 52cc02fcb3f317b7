/* engine.c: a subject that convolves forward in the arithmetic that macros choose. What it states
   of its arithmetic is the macro NUMERICS, by default nothing.

     OPERANDS   bits that are kept of a factor; 0: all
     SPLITS     numbers of so many bits that a factor is split into
     OPERANDS_CUT, SUM_CUT, RESULT_CUT  cut instead of rounding to nearest
     SUM_BITS   bits of the accumulator; 24: float32
     SUM_LOWEST exponent of its lowest bit
     ALIGN      bits that are kept of 8 products and a sum, which are added at once; 0: one by one
     FLUSH      subnormal factors and results are zero
     LEAST_PIXELS  factors are rounded in calls with so many pixels of the output; 0: in all */

#include "../../adapters/layer.h"
#include "../rounding.h"

#ifndef OPERANDS
#define OPERANDS 0
#endif
#ifndef SPLITS
#define SPLITS 1
#endif
#ifndef OPERANDS_CUT
#define OPERANDS_CUT 0
#endif
#ifndef SUM_CUT
#define SUM_CUT 0
#endif
#ifndef RESULT_CUT
#define RESULT_CUT 0
#endif
#ifndef SUM_BITS
#define SUM_BITS 24
#endif
#ifndef SUM_LOWEST
#define SUM_LOWEST -149
#endif
#ifndef ALIGN
#define ALIGN 0
#endif
#ifndef FLUSH
#define FLUSH 0
#endif
#ifndef LEAST_PIXELS
#define LEAST_PIXELS 0
#endif
#ifndef NUMERICS
#define NUMERICS ""
#endif

static double rounded (double v) {
  return keep(v, SUM_BITS, SUM_LOWEST, SUM_CUT);
}

/* ---- sums */

enum { BLOCK = 8 };

typedef struct accumulator {
  double sum, waiting[BLOCK];
  int count;
} accumulator;

static void add_at_once (accumulator *a) {
  double most = fabs(a->sum), all;
  int e;
  for (int i = 0; i < a->count; i++)
    most = fmax(most, fabs(a->waiting[i]));
  frexp(most, &e);
  all = keep(a->sum, 2000, e - ALIGN, true);
  for (int i = 0; i < a->count; i++)
    all += keep(a->waiting[i], 2000, e - ALIGN, true);
  a->sum = rounded(all);
  a->count = 0;
}

static void add_leaf (accumulator *a, double leaf) {
  if (!ALIGN) {
    a->sum = rounded(a->sum + rounded(leaf));
    return;
  }
  a->waiting[a->count++] = leaf;
  if (a->count == BLOCK)
    add_at_once(a);
}

/* ---- products */

static double flushed (double v) {
  return FLUSH && fabs(v) < 0x1p-126 ? 0 : v;
}

static _Thread_local bool few_pixels;

static void split (double v, double part[SPLITS]) {
  v = flushed(v);
  for (int i = 0; i < SPLITS; i++) {
    part[i] = OPERANDS && !few_pixels ? keep(v, OPERANDS, -148 - OPERANDS + 22, OPERANDS_CUT) : v;
    v -= part[i];
  }
}

static void add_products (accumulator *a, double x, double w) {
  double xs[SPLITS], ws[SPLITS];
  split(x, xs);
  split(w, ws);
  for (int i = 0; i < SPLITS; i++)
    for (int k = 0; i + k < SPLITS; k++)
      add_leaf(a, xs[i] * ws[k]);
}

/* ---- the layer */

static double element (const layer *l, place at, int64_t j, const number *input,
                       const number *weight, const number *bias) {
  accumulator a = { .sum = bias ? bias[at.k].real : 0 };
  const number *w = weight + at.k * l->group_in * l->y.kernel * l->x.kernel;
  for (int64_t c = 0; c < l->group_in; c++)
    for (int64_t r = 0; r < l->y.kernel; r++)
      for (int64_t s = 0; s < l->x.kernel; s++, w++) {
        const int64_t h = source(&l->y, l->p->padding_mode, at.i, r);
        const int64_t v = source(&l->x, l->p->padding_mode, j, s);
        if (h >= 0 && v >= 0)
          add_products(&a, input[input_index(l, at, c, h, v)].real, w->real);
      }
  if (a.count)
    add_at_once(&a);
  return flushed(a.sum);
}

static void convolve (const layer *l, const number *x, const number *w, const number *b,
                      const DLTensor *output, number *y) {
  const int64_t *hw = l->output_shape + l->ndim - 2;
  const int bits = output->dtype.bits == 32 ? 24 : output->dtype.code == kDLBfloat ? 8 : 11;
  place at = { 0 };
  few_pixels = hw[0] * hw[1] < LEAST_PIXELS;
  for (at.n = 0; at.n < l->images; at.n++)
    for (at.k = 0; at.k < l->output_shape[l->ndim - 3]; at.k++)
      for (at.i = 0; at.i < hw[0]; at.i++)
        for (int64_t j = 0; j < hw[1]; j++, y++) {
          y->real = element(l, at, j, x, w, b);
          if (RESULT_CUT)
            y->real = keep(y->real, bits, NO_LOWEST, true);
        }
}

static int32_t output_shape (const conv2d_params *p, int32_t ndim, const int64_t *input,
                             int64_t *output) {
  layer l = { .p = p };
  if (open_layer(&l, ndim, input))
    return CONV2D_INVALID;
  memcpy(output, l.output_shape, (size_t) ndim * sizeof *output);
  return CONV2D_OK;
}

static int32_t forward (const conv2d_params *p, const DLTensor *input, const DLTensor *weight,
                        const DLTensor *bias, DLTensor *output) {
  layer l = { .p = p, .weight = weight, .bias = p->bias ? bias : NULL, .output = output };
  if (open_layer(&l, input->ndim, input->shape))
    return CONV2D_INVALID;
  number *x = gather(input), *w = gather(weight), *b = l.bias ? gather(l.bias) : NULL;
  number *y = calloc((size_t) count_elements(output) + 1, sizeof *y);
  convolve(&l, x, w, b, output, y);
  scatter(y, output);
  free(x), free(w), free(b), free(y);
  return CONV2D_OK;
}

static const conv2d_capabilities offers = { .dtypes = CONV2D_F32 | CONV2D_F16 | CONV2D_BF16,
                                            .layouts = CONV2D_NCHW,
                                            .padding_modes = 1 << CONV2D_ZEROS,
                                            .directions = CONV2D_FORWARD };

CONV2D_IMPLEMENT(.name = "engine", .version = "1", .claims = CONV2D_CHECKS_PARAMETERS,
                 .capabilities = &offers, .output_shape = output_shape, .forward = forward,
                 .numerics = NUMERICS);
