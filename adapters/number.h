/* number.h: elements of a DLTensor of any real dtype as numbers, for the subjects of our own.
   Floating-point types compute in double and are rounded once, when stored; integers wrap.
   complex.h makes real calls of complex ones. */

#ifndef NUMBER_H
#define NUMBER_H

#include "../include/conv2d_dtypes.h"
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* The dtype decides which member is meant: see is_real. */
typedef union number {
  double real;
  uint64_t integer; /* two's complement, sign-extended from its type */
} number;

/* For `switch`: dtypes, each one constant. */
#define DTYPE(code, bits) ((code) << 8 | (bits))
enum {
  FLOAT16 = DTYPE(kDLFloat, 16),
  FLOAT32 = DTYPE(kDLFloat, 32),
  FLOAT64 = DTYPE(kDLFloat, 64),
  BFLOAT16 = DTYPE(kDLBfloat, 16),
  INT8 = DTYPE(kDLInt, 8),
  INT16 = DTYPE(kDLInt, 16),
  INT32 = DTYPE(kDLInt, 32),
  INT64 = DTYPE(kDLInt, 64),
  UINT8 = DTYPE(kDLUInt, 8),
  FLOAT8_E4M3FN = DTYPE(kDLFloat8_e4m3fn, 8),
  FLOAT8_E5M2 = DTYPE(kDLFloat8_e5m2, 8)
};

/* Their bits in conv2d_capabilities.dtypes. */
#define X(name, brief, abi, code, ...) | ((code) == kDLComplex ? 0 : (abi))
enum { REAL_DTYPES = 0 CONV2D_DTYPES(X) };
#undef X

static inline int dtype_of (DLDataType t) {
  return DTYPE(t.code, t.bits);
}

static inline bool same_dtype (DLDataType a, DLDataType b) {
  return a.code == b.code && a.bits == b.bits && a.lanes == b.lanes;
}

static inline bool is_real (DLDataType t) {
  return t.code != kDLInt && t.code != kDLUInt;
}

/* Whether it is one of the table, and real. */
static inline bool is_known (DLDataType t) {
  switch (dtype_of(t)) {
#define X(name, brief, abi, code, bits, ...)                                                       \
  case DTYPE(code, bits): return t.lanes == 1 && (code) != kDLComplex;
    CONV2D_DTYPES(X)
#undef X
  default: return false;
  }
}

static inline double power_of_2 (int exponent) { /* of a normal number */
  double power;
  memcpy(&power, &(uint64_t){ (uint64_t) (exponent + 1023) << 52 }, sizeof power);
  return power;
}

/* The exponent of a normal number; less than that of any for zero and subnormal ones. */
static inline int exponent_of (double x) {
  uint64_t bits;
  memcpy(&bits, &x, sizeof bits);
  return (int) (bits >> 52 & 2047) - 1023;
}

/* x to the nearest number of `digits` binary digits whose last one is worth 2^least or more; ties
   to even. The exponent has no upper limit. */
static inline double round_to (double x, int digits, int least) {
  if (!isfinite(x))
    return x;
  int last = exponent_of(x) - digits + 1;
  last = last > least ? last : least;
  double scaled = x * power_of_2(-last); /* less than 2^digits, so that 2^52 rounds it */
  double rounded = copysign(fabs(scaled) + 0x1p52 - 0x1p52, x);
  return rounded * power_of_2(last);
}

/* A type of 1 + exponent_bits + fraction_bits bits, 16 or 8 in all. Without infinities its only NaN
   stands where the largest number would be, and for what is too large. */
static inline double double_from_narrow (unsigned element, int exponent_bits, int fraction_bits,
                                         int has_infinity) {
  const int top = (1 << exponent_bits) - 1, bias = top / 2, unit = 1 << fraction_bits;
  int exponent = (int) (element >> fraction_bits) & top, fraction = (int) element & (unit - 1);
  const bool special = exponent == top && (has_infinity || fraction == unit - 1);
  double magnitude = special    ? (fraction ? (double) NAN : (double) INFINITY)
                     : exponent ? (unit + fraction) * power_of_2(exponent - bias - fraction_bits)
                                : fraction * power_of_2(1 - bias - fraction_bits);
  return element >> (exponent_bits + fraction_bits) ? -magnitude : magnitude;
}

static inline unsigned narrow_from_double (double x, int exponent_bits, int fraction_bits,
                                           int has_infinity) {
  const int top = (1 << exponent_bits) - 1, bias = top / 2, least = 1 - bias - fraction_bits;
  const unsigned sign = (unsigned) (signbit(x) != 0) << (exponent_bits + fraction_bits);
  const unsigned beyond =
      (1u << (exponent_bits + fraction_bits)) - (has_infinity ? 1u << fraction_bits : 1);
  double magnitude = fabs(round_to(x, fraction_bits + 1, least));
  if (isnan(x))
    return beyond | 1u << (fraction_bits - 1);
  if (magnitude >= power_of_2(bias + 2 - has_infinity))
    return sign | beyond;
  if (magnitude < power_of_2(1 - bias))
    return sign | (unsigned) (magnitude * power_of_2(-least));
  const int exponent = exponent_of(magnitude);
  unsigned significand = (unsigned) (magnitude * power_of_2(fraction_bits - exponent));
  return sign | (((unsigned) (exponent + bias - 1) << fraction_bits) + significand);
}

/* Element i of a type whose widths are constants wherever this is called. */
static inline number load_as (const void *data, int64_t i, int code, int bits, int exponent,
                              int fraction, int infinity) {
  const bool is_signed = code == kDLInt;
  switch (bits) {
  case 8: {
    const uint8_t e = ((const uint8_t *) data)[i];
    return exponent ? (number){ .real = double_from_narrow(e, exponent, fraction, infinity) }
                    : (number){ .integer = is_signed ? (uint64_t) (int8_t) e : e };
  }
  case 16: {
    const uint16_t e = ((const uint16_t *) data)[i];
    return exponent ? (number){ .real = double_from_narrow(e, exponent, fraction, infinity) }
                    : (number){ .integer = is_signed ? (uint64_t) (int16_t) e : e };
  }
  case 32:
    return exponent ? (number){ .real = (double) ((const float *) data)[i] }
                    : (number){ .integer = (uint64_t) ((const int32_t *) data)[i] };
  default:
    return exponent ? (number){ .real = ((const double *) data)[i] }
                    : (number){ .integer = (uint64_t) ((const int64_t *) data)[i] };
  }
}

static inline void store_as (void *data, int64_t i, number x, int bits, int exponent, int fraction,
                             int infinity) {
  if (bits == 64 && exponent) {
    ((double *) data)[i] = x.real;
    return;
  }
  if (bits == 32 && exponent) {
    ((float *) data)[i] = (float) x.real;
    return;
  }
  const uint64_t e =
      exponent ? narrow_from_double(x.real, exponent, fraction, infinity) : x.integer;
  switch (bits) {
  case 8: ((uint8_t *) data)[i] = (uint8_t) e; break;
  case 16: ((uint16_t *) data)[i] = (uint16_t) e; break;
  case 32: ((uint32_t *) data)[i] = (uint32_t) e; break;
  default: ((uint64_t *) data)[i] = e;
  }
}

/* The element that stands i elements from `data`. */
static inline number load (const void *data, int64_t i, DLDataType t) {
  switch (dtype_of(t)) {
#define X(name, brief, abi, code, bits, exponent, fraction, infinity, npy)                         \
  case DTYPE(code, bits): return load_as(data, i, code, bits, exponent, fraction, infinity);
    CONV2D_DTYPES(X)
#undef X
  default: abort(); /* the caller has checked the dtype */
  }
}

static inline void store (void *data, int64_t i, DLDataType t, number x) {
  switch (dtype_of(t)) {
#define X(name, brief, abi, code, bits, exponent, fraction, infinity, npy)                         \
  case DTYPE(code, bits): store_as(data, i, x, bits, exponent, fraction, infinity); break;
    CONV2D_DTYPES(X)
#undef X
  default: abort();
  }
}

/* a * b, added to sum. */
static inline number add_product (number sum, number a, number b, bool real) {
  if (real)
    return (number){ .real = sum.real + a.real * b.real };
  return (number){ .integer = sum.integer + a.integer * b.integer };
}

/* SplitMix64 (Steele, Lea, Flood 2014): the next of a stream of 64-bit numbers. */
static inline uint64_t next_random (uint64_t *state) {
  uint64_t z = *state += 0x9e3779b97f4a7c15;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
  z = (z ^ z >> 27) * 0x94d049bb133111eb;
  return z ^ z >> 31;
}

/* Uniform on [-1, 1), a multiple of 2^-52. */
static inline double next_unit (uint64_t *state) {
  return (double) (next_random(state) >> 11) * 0x1p-52 - 1;
}

static inline int64_t count_elements (const DLTensor *t) {
  int64_t count = 1;
  for (int axis = 0; axis < t->ndim; axis++)
    count *= t->shape[axis];
  return count;
}

/* The offset of the element after the one at `offset`, in row-major order; `index` goes along. */
static inline int64_t next_offset (const DLTensor *t, int64_t *index, int64_t offset) {
  for (int axis = t->ndim - 1; axis >= 0; axis--) {
    offset += t->strides[axis];
    if (++index[axis] < t->shape[axis])
      return offset;
    offset -= t->strides[axis] * t->shape[axis];
    index[axis] = 0;
  }
  return offset;
}

/* The elements of t in row-major order, to be freed; NULL if there is no memory. */
static inline number *gather (const DLTensor *t) {
  int64_t count = count_elements(t), index[4] = { 0 }, offset = 0;
  number *values = malloc(((size_t) count + 1) * sizeof *values);
  for (int64_t i = 0; values != NULL && i < count; i++, offset = next_offset(t, index, offset))
    values[i] = load(t->data, offset, t->dtype);
  return values;
}

/* The reverse: values, rounded, into t. */
static inline void scatter (const number *values, DLTensor *t) {
  int64_t count = count_elements(t), index[4] = { 0 }, offset = 0;
  for (int64_t i = 0; i < count; i++, offset = next_offset(t, index, offset))
    store(t->data, offset, t->dtype, values[i]);
}

#endif
