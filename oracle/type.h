/* type.h: the dtypes, and their elements as exact numbers: sign, integer, power of two.
   Integer code decodes and encodes them, so that the hardware's conversion, its rounding mode and
   its flushing of subnormals do not matter. */

#ifndef TYPE_H
#define TYPE_H

#include "ieee.h"
#include "../include/conv2d_abi.h"
#include <stdbool.h>

typedef struct type {
  uint8_t code, bits; /* as in DLDataType */
  int fraction;       /* bits of the significand behind the point; 0: an integer type */
  int bias;           /* of the exponent */
  bool finite_only;   /* it has no infinities, and one NaN, where the largest number would be */
} type;

extern const type binary64;

/* NULL for a type that the oracle does not know. */
const type *type_of (DLDataType t);

/* Of a complex type: the type of its real and imaginary parts. Others are returned as they are. */
static inline DLDataType real_dtype (DLDataType t) {
  if (t.code == kDLComplex && (t.bits == 64 || t.bits == 128))
    return (DLDataType){ kDLFloat, t.bits / 2, t.lanes };
  return t;
}

static inline bool is_integer (const type *t) {
  return t->fraction == 0;
}

enum number_kind { FINITE, INFINITE, NOT_A_NUMBER };

/* A finite number is magnitude * 2^exponent, negated if `negative`. */
typedef struct number {
  uint64_t magnitude;
  int32_t exponent;
  bool negative;
  uint8_t kind; /* enum number_kind */
} number;

extern const number number_one;

/* The bits of an element, in the low end. */
uint64_t load_bits (const type *t, const void *element);
void store_bits (const type *t, void *element, uint64_t bits);

/* An element of an integer type, sign-extended where that is signed. */
int64_t integer_from_bits (const type *t, uint64_t bits);

number number_from_bits (const type *t, uint64_t bits);

/* What is too large is rounded to this (DTYPE-9). All bits of the exponent are set: an infinity;
   with a bit of the fraction too, a NaN. Of a type without infinities: the NaN. */
static inline uint64_t infinity_bits (const type *t) {
  return (UINT64_C(1) << (t->bits - 1)) - (UINT64_C(1) << (t->finite_only ? 0 : t->fraction));
}

static inline uint64_t nan_bits (const type *t) {
  return infinity_bits(t) | UINT64_C(1) << (t->fraction - 1);
}

static inline uint64_t sign_bit (const type *t) {
  return UINT64_C(1) << (t->bits - 1);
}

/* The magnitude of a floating-point type that is nearest to a number, ties to even. The number lies
   in [2^exponent, 2^(exponent + 1)), or below that if `exponent` is the lowest.
   kept   its bits down to the last that the type has room for
   half   the next bit
   more   whether any bit below that is set */
uint64_t round_bits (const type *t, int exponent, uint64_t kept, bool half, bool more);

/* Of the smallest normal number. */
static inline int lowest_exponent (const type *t) {
  return 1 - t->bias;
}

/* The element as a double: exact but for int64 beyond 2^53, which is rounded. */
double double_from_bits (const type *t, uint64_t bits);

/* A double rounded once to a floating-point type, to nearest, ties to even. */
uint64_t bits_from_double (const type *t, double value);

#endif
