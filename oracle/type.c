/* type.c: elements to numbers and back, in integer code. */

#include "type.h"
#include "../include/conv2d_dtypes.h"
#include <math.h>
#include <string.h>

/* Checks what the code below relies on: a floating-point type uses all of its bits, and float64 can
   hold all of its numbers. */
#define CHECK(name, brief, abi, code, bits, exponent, fraction, infinity, npy)                     \
  _Static_assert((exponent) == 0                                                                   \
                     || ((1 + (exponent) + (fraction)) * CONV2D_PARTS(code) == (bits)              \
                         && (exponent) <= 11 && (fraction) > 0 && (fraction) <= 52),               \
                 #name);
CONV2D_DTYPES(CHECK)
#undef CHECK

#define TYPE(name, brief, abi, code, bits, exponent, fraction, infinity, npy)                      \
  { code, bits, fraction, (1 << (exponent) >> 1) - ((exponent) > 0), (exponent) && !(infinity) },
static const type types[] = { CONV2D_DTYPES(TYPE) };
#undef TYPE

const type binary64 = { kDLFloat, 64, 52, 1023, false };

const number number_one = { 1, 0, false, FINITE };

const type *type_of (DLDataType t) {
  for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
    if (types[i].code == t.code && types[i].bits == t.bits && t.lanes == 1)
      return &types[i];
  return NULL;
}

uint64_t load_bits (const type *t, const void *element) {
  uint8_t b8;
  uint16_t b16;
  uint32_t b32;
  uint64_t b64;

  switch (t->bits) {
  case 8: memcpy(&b8, element, sizeof b8); return b8;
  case 16: memcpy(&b16, element, sizeof b16); return b16;
  case 32: memcpy(&b32, element, sizeof b32); return b32;
  default: memcpy(&b64, element, sizeof b64); return b64;
  }
}

void store_bits (const type *t, void *element, uint64_t bits) {
  uint8_t b8 = (uint8_t) bits;
  uint16_t b16 = (uint16_t) bits;
  uint32_t b32 = (uint32_t) bits;

  switch (t->bits) {
  case 8: memcpy(element, &b8, sizeof b8); break;
  case 16: memcpy(element, &b16, sizeof b16); break;
  case 32: memcpy(element, &b32, sizeof b32); break;
  default: memcpy(element, &bits, sizeof bits); break;
  }
}

int64_t integer_from_bits (const type *t, uint64_t bits) {
  int unused = 64 - t->bits;
  if (t->code == kDLUInt)
    return (int64_t) (bits << unused >> unused);
  return (int64_t) (bits << unused) >> unused;
}

number number_from_bits (const type *t, uint64_t bits) {
  if (is_integer(t)) {
    int64_t i = integer_from_bits(t, bits);
    return (number){ i < 0 ? 0 - (uint64_t) i : (uint64_t) i, 0, i < 0, FINITE };
  }
  bool negative = bits & sign_bit(t);
  uint64_t magnitude = bits & (sign_bit(t) - 1);
  uint64_t fraction = magnitude & ((UINT64_C(1) << t->fraction) - 1);
  int exponent = (int) (magnitude >> t->fraction);

  if (magnitude >= infinity_bits(t))
    return (number){ 0, 0, negative, fraction == 0 ? INFINITE : NOT_A_NUMBER };
  if (exponent == 0)
    return (number){ fraction, 1 - t->bias - t->fraction, negative, FINITE };
  return (number){ fraction | UINT64_C(1) << t->fraction, exponent - t->bias - t->fraction,
                   negative, FINITE };
}

static double double_with_bits (uint64_t bits) {
  double value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

/* 2^exponent, a normal number. */
static double power_of_two (int exponent) {
  return double_with_bits((uint64_t) (exponent + 1023) << 52);
}

double double_from_bits (const type *t, uint64_t bits) {
  if (t->fraction == 52)
    return double_with_bits(bits);
  number a = number_from_bits(t, bits);
  double magnitude = a.kind == FINITE     ? (double) a.magnitude * power_of_two(a.exponent)
                     : a.kind == INFINITE ? INFINITY
                                          : NAN;
  return a.negative ? -magnitude : magnitude;
}

uint64_t round_bits (const type *t, int exponent, uint64_t kept, bool half, bool more) {
  uint64_t up = half && (more || (kept & 1));
  /* a carry raises the exponent, as it should, and makes infinity of the largest number */
  uint64_t bits = ((uint64_t) (exponent - lowest_exponent(t)) << t->fraction) + kept + up;
  return bits < infinity_bits(t) ? bits : infinity_bits(t);
}

uint64_t bits_from_double (const type *t, double value) {
  uint64_t bits;
  memcpy(&bits, &value, sizeof bits);
  number a = number_from_bits(&binary64, bits);
  uint64_t sign = a.negative ? sign_bit(t) : 0;

  if (a.kind != FINITE)
    return a.kind == INFINITE ? infinity_bits(t) | sign : nan_bits(t);
  int top = a.exponent + binary64.fraction;
  int exponent = top > lowest_exponent(t) ? top : lowest_exponent(t);
  int drop = exponent - t->fraction - a.exponent; /* bits below the last that is kept */
  if (drop == 0)
    return bits;
  if (drop > 54)
    return sign; /* far below half of the smallest number */
  bool half = a.magnitude >> (drop - 1) & 1;
  bool more = (a.magnitude & ((UINT64_C(1) << (drop - 1)) - 1)) != 0;

  return round_bits(t, exponent, a.magnitude >> drop, half, more) | sign;
}
