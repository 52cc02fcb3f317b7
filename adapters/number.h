/* number.h: elements of a DLTensor of any dtype as numbers, for the subjects of our own.
   Floating-point types compute in double and are rounded once, when stored; integers wrap. */

#ifndef NUMBER_H
#define NUMBER_H

#include "../include/conv2d_abi.h"
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Which member counts is for the dtype to say: see is_real. */
typedef union number {
  double real;
  uint64_t integer; /* two's complement, sign-extended from its type */
} number;

/* For `switch`: the dtypes of the ABI, each one constant. */
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
  UINT8 = DTYPE(kDLUInt, 8)
};

static inline int dtype_of (DLDataType t) {
  return DTYPE(t.code, t.bits);
}

static inline bool same_dtype (DLDataType a, DLDataType b) {
  return a.code == b.code && a.bits == b.bits && a.lanes == b.lanes;
}

static inline bool is_real (DLDataType t) {
  return t.code == kDLFloat || t.code == kDLBfloat;
}

/* Whether it is one of the nine. */
static inline bool is_known (DLDataType t) {
  switch (dtype_of(t)) {
  case FLOAT16:
  case FLOAT32:
  case FLOAT64:
  case BFLOAT16:
  case INT8:
  case INT16:
  case INT32:
  case INT64:
  case UINT8: return t.lanes == 1;
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

static inline double double_from_half (uint16_t half) {
  int exponent = half >> 10 & 31, fraction = half & 1023;
  double magnitude = exponent == 31 ? (fraction ? (double) NAN : (double) INFINITY)
                     : exponent     ? (1024 + fraction) * power_of_2(exponent - 25)
                                    : fraction * 0x1p-24;
  return half & 0x8000 ? -magnitude : magnitude;
}

static inline uint16_t half_from_double (double x) {
  int sign = signbit(x) ? 0x8000 : 0;
  double magnitude = fabs(round_to(x, 11, -24));
  if (isnan(x))
    return 0x7e00;
  if (magnitude >= 0x1p16)
    return (uint16_t) (sign | 0x7c00);
  if (magnitude < 0x1p-14)
    return (uint16_t) (sign | (int) (magnitude * 0x1p24));
  int exponent = exponent_of(magnitude);
  return (
      uint16_t) (sign
                 | ((exponent + 15) * 1024 + (int) (magnitude * power_of_2(10 - exponent)) - 1024));
}

static inline double double_from_bfloat (uint16_t bfloat) {
  float x;
  memcpy(&x, &(uint32_t){ (uint32_t) bfloat << 16 }, sizeof x);
  return (double) x;
}

static inline uint16_t bfloat_from_double (double x) {
  uint32_t bits;
  float rounded = (float) round_to(x, 8, -133);
  memcpy(&bits, &rounded, sizeof bits);
  return (uint16_t) (isnan(x) ? 0x7fc0 : bits >> 16);
}

/* The element that stands i elements from `data`. */
static inline number load (const void *data, int64_t i, DLDataType t) {
  switch (dtype_of(t)) {
  case FLOAT16: return (number){ .real = double_from_half(((const uint16_t *) data)[i]) };
  case FLOAT32: return (number){ .real = (double) ((const float *) data)[i] };
  case FLOAT64: return (number){ .real = ((const double *) data)[i] };
  case BFLOAT16: return (number){ .real = double_from_bfloat(((const uint16_t *) data)[i]) };
  case INT8: return (number){ .integer = (uint64_t) ((const int8_t *) data)[i] };
  case INT16: return (number){ .integer = (uint64_t) ((const int16_t *) data)[i] };
  case INT32: return (number){ .integer = (uint64_t) ((const int32_t *) data)[i] };
  case INT64: return (number){ .integer = (uint64_t) ((const int64_t *) data)[i] };
  case UINT8: return (number){ .integer = ((const uint8_t *) data)[i] };
  default: abort(); /* the caller has checked the dtype */
  }
}

static inline void store (void *data, int64_t i, DLDataType t, number x) {
  switch (dtype_of(t)) {
  case FLOAT16: ((uint16_t *) data)[i] = half_from_double(x.real); break;
  case FLOAT32: ((float *) data)[i] = (float) x.real; break;
  case FLOAT64: ((double *) data)[i] = x.real; break;
  case BFLOAT16: ((uint16_t *) data)[i] = bfloat_from_double(x.real); break;
  case INT8:
  case UINT8: ((uint8_t *) data)[i] = (uint8_t) x.integer; break;
  case INT16: ((uint16_t *) data)[i] = (uint16_t) x.integer; break;
  case INT32: ((uint32_t *) data)[i] = (uint32_t) x.integer; break;
  case INT64: ((uint64_t *) data)[i] = x.integer; break;
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
