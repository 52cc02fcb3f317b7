/* exact.h: a sum of products without any error: one fixed-point number, wide enough for all of
   float64. It is rounded once, when it is read. NaNs and infinities are only noted, by class. */

#ifndef EXACT_H
#define EXACT_H

#include "type.h"

/* The lowest bit that a product of two float64 can have is 2^-2148, the highest 2^2047. The digits
   begin lower, at a multiple of 32, and end higher, with room for 2^63 terms. */
enum { EXACT_LOWEST = -2176, EXACT_DIGITS = 136 };

/* All zeros: an empty sum. */
typedef struct exact {
  int64_t digit[EXACT_DIGITS]; /* of 32 bits, least significant first; carries are deferred */
  uint32_t deferred;           /* additions since they were carried */
  bool nan, infinite[2];       /* infinite[1]: a negative infinity */
} exact;

void exact_add_product (exact *sum, number a, number b);

/* The bits of the sum in type t. Floating-point: rounded to nearest, ties to even; an exact zero is
   +0. Integers: modulo 2^bits. */
uint64_t exact_round (const exact *sum, const type *t);

/* The sum as a double, correctly rounded. */
double exact_double (const exact *sum);

#endif
