/* init.c: fresh parameters as nn.Conv2d draws them: uniform, bounded by 1 / sqrt (fan_in).
   The numbers are SplitMix64's (Steele, Lea, Flood 2014), by seed and place. */

#include "geometry.h"
#include "view.h"
#include <math.h>

double conv2d_oracle_init_bound (const conv2d_params *p) {
  if (p->groups < 1)
    return 0;
  int64_t channels = p->in_channels / p->groups; /* INIT-3 */
  double fan_in = (double) channels * (double) p->kernel_size[0] * (double) p->kernel_size[1];
  return fan_in > 0 ? 1 / sqrt(fan_in) : 0;
}

static uint64_t mix (uint64_t z) {
  z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
  z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
  return z ^ z >> 31;
}

/* Number `index` of a seed's sequence, uniform on [-1, 1). */
static double draw (uint64_t seed, uint64_t index) {
  uint64_t z = mix(mix(seed) + (index + 1) * UINT64_C(0x9e3779b97f4a7c15));
  return (double) (z >> 11) * 0x1p-52 - 1;
}

/* Rounded to the type, but never out of the bound. */
static uint64_t bounded_bits (const type *t, double value, double bound) {
  uint64_t bits = bits_from_double(t, value);
  if (fabs(double_from_bits(t, bits)) > bound)
    bits--; /* the next number towards zero */
  return bits;
}

/* Fills a tensor from the sequence; returns how far that got. */
static uint64_t fill (DLTensor *t, int part, double bound, uint64_t seed, uint64_t index) {
  view v = view_of_part(t, part);
  int64_t extent[4];

  view_extent(t, extent);
  for (int64_t a = 0; a < extent[0]; a++)
    for (int64_t b = 0; b < extent[1]; b++)
      for (int64_t c = 0; c < extent[2]; c++)
        for (int64_t d = 0; d < extent[3]; d++) {
          double value = bound * draw(seed, index++);
          store_bits(v.type, view_at(&v, a, b, c, d), bounded_bits(v.type, value, bound));
        }
  return index;
}

/* A complex tensor first has all real parts, and then all imaginary ones. */
static uint64_t fill_parts (DLTensor *t, double bound, uint64_t seed, uint64_t index) {
  index = fill(t, REAL, bound, seed, index);
  return t->dtype.code == kDLComplex ? fill(t, IMAGINARY, bound, seed, index) : index;
}

int32_t conv2d_oracle_init_parameters (const conv2d_params *p, uint64_t seed, DLTensor *weight,
                                       DLTensor *bias) {
  conv2d_call c = { .direction = CONV2D_INIT, .params = p, .weight = weight, .bias = bias };
  double bound = conv2d_oracle_init_bound(p);
  const char *clause;
  int32_t status = geometry_check(&c, NULL, &clause);

  if (status != CONV2D_OK)
    return status;
  if (weight == NULL || weight->ndim < 0 || (bias != NULL && bias->ndim < 0))
    return CONV2D_INVALID;
  uint64_t drawn = fill_parts(weight, bound, seed, 0);
  if (bias != NULL)
    fill_parts(bias, bound, seed, drawn);
  return CONV2D_OK;
}
