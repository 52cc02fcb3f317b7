/* cuda_fp16.h: float16 as the adapters use it: in memory, and converted. */

#ifndef PRETEND_CUDA_FP16_H
#define PRETEND_CUDA_FP16_H

#include <math.h>
#include <stdint.h>
#include <string.h>

struct __half {
  uint16_t bits;
};

static inline float __half2float (__half h) {
  const int exponent = h.bits >> 10 & 31, fraction = h.bits & 1023;
  const float size = exponent == 31 ? (fraction ? NAN : INFINITY)
                     : exponent     ? ldexpf((float) (fraction + 1024), exponent - 25)
                                    : ldexpf((float) fraction, -24);
  return h.bits >> 15 ? -size : size;
}

/* A float of at most 65520 is first made a multiple of the type's step there. */
static inline __half __float2half_rn (float f) {
  const uint16_t sign = signbit(f) ? 0x8000 : 0;
  int e;
  if (isnan(f))
    return __half{ 0x7fff };
  frexpf(f, &e);
  const int step = (isinf(f) || f == 0 || e < -13 ? -13 : e) - 11;
  const float steps = isinf(f) ? INFINITY : rintf(ldexpf(fabsf(f), -step));
  if (ldexpf(steps, step) > 65504)
    return __half{ (uint16_t) (sign | 0x7c00) };
  const int bits = (int) steps + ((step + 24) << 10);
  return __half{ (uint16_t) (sign | bits) };
}

#endif
