/* cuda_bf16.h: bfloat16 as the adapters use it: in memory, and converted. */

#ifndef PRETEND_CUDA_BF16_H
#define PRETEND_CUDA_BF16_H

#include <math.h>
#include <stdint.h>
#include <string.h>

struct __nv_bfloat16 {
  uint16_t bits;
};

static inline float __bfloat162float (__nv_bfloat16 b) {
  const uint32_t word = (uint32_t) b.bits << 16;
  float f;
  memcpy(&f, &word, sizeof f);
  return f;
}

static inline __nv_bfloat16 __float2bfloat16_rn (float f) {
  uint32_t word;
  memcpy(&word, &f, sizeof word);
  if (isnan(f))
    return __nv_bfloat16{ 0x7fff };
  return __nv_bfloat16{ (uint16_t) ((word + 0x7fff + (word >> 16 & 1)) >> 16) };
}

#endif
