/* environment.c: whether this process can compute the right answer at all.
   The exact sums always can, but the proofs of the fast path need IEEE 754's default rules. */

#include "ieee.h"
#include "../include/conv2d_oracle.h"
#include <float.h>
#include <stddef.h>

const char *conv2d_oracle_environment (void) {
  volatile double one = 1, tiny = 0x1p-54, smallest = DBL_MIN, half = 0.5, subnormal = 0x1p-1060;
  volatile float small = FLT_MIN, subnormal_small = 0x1p-140f;

  if (one + tiny != 1 || -one - tiny != -1 || one + 3 * tiny != 1 + 0x1p-52)
    return "the rounding mode is not to nearest";
  if (subnormal * 0x1p60 == 0 || subnormal_small * 0x1p60f == 0)
    return "subnormal operands are taken as zero";
  if (smallest * half == 0 || small * (float) half == 0)
    return "subnormal results are flushed to zero";
  return NULL;
}
