/* dtype.c: the number types of tensors.
   The macros below make a pair of functions from each row of CONV2D_DTYPES, in which its widths are
   constants. All narrow floats share two conversions. */

#include "dtype.h"

#include "conv2d_dtypes.h"
#include "processors.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { PIECE = 64 /* numbers that are converted together */ };

static uint64_t bits_of (double v) {
  uint64_t b;
  memcpy(&b, &v, sizeof b);
  return b;
}

static double from_bits (uint64_t b) {
  double v;
  memcpy(&v, &b, sizeof v);
  return v;
}

/* The magnitude that stands for what is too large: an infinity, or in a type without infinities its
   only NaN. */
INLINE int64_t beyond (int exponent_bits, int fraction_bits, int has_infinity) {
  return (1 << (exponent_bits + fraction_bits)) - (has_infinity ? 1 << fraction_bits : 1);
}

/* Conversions have no branches, so that compilers make vectors. All bits are set if x < 0. */
INLINE int64_t if_negative (int64_t x) {
  return x >> 63;
}

INLINE int64_t at_least_0 (int64_t x) {
  return x & ~if_negative(x);
}

INLINE int64_t at_most (int64_t most, int64_t x) {
  return most - at_least_0(most - x);
}

/* significand * 2^-shift, rounded to nearest, ties to even. */
INLINE int64_t shift_rounding (uint64_t significand, uint64_t shift) {
  const uint64_t twice = significand >> (shift - 1), kept = twice >> 1;
  const int64_t rest = (int64_t) (significand - (twice << (shift - 1)));
  return (int64_t) (kept + (twice & ((kept & 1) | (uint64_t) if_negative(-rest)) & 1));
}

/* The code of a value in a format of 1 + exponent_bits + fraction_bits bits. Rounding up may carry
   out of the fraction. The carry then raises the exponent, as it should, and makes infinity of the
   largest finite number. */
INLINE int64_t encode (double v, int exponent_bits, int fraction_bits, int has_infinity) {
  const int64_t b = (int64_t) bits_of(v), magnitude = b & INT64_MAX, biased = magnitude >> 52;
  const int64_t sign = if_negative(b) & (int64_t) 1 << (exponent_bits + fraction_bits);
  const int64_t infinity = beyond(exponent_bits, fraction_bits, has_infinity);
  const int64_t lowest = 1023 + 2 - (1 << (exponent_bits - 1)); /* as doubles have it */
  const int64_t subnormal = if_negative(biased - 1), implied = (int64_t) 1 << 52;
  const int64_t e = biased - subnormal, lost = 52 - fraction_bits + at_least_0(lowest - e);
  const int64_t significand = (magnitude & (implied - 1)) | (implied & ~subnormal);
  const int64_t shift = at_most(55, lost); /* what is below a quarter: nothing is left of it */
  const int64_t code = (at_least_0(e - lowest) << fraction_bits)
                       + shift_rounding((uint64_t) significand, (uint64_t) shift);
  const int64_t is_nan = if_negative(((int64_t) 0x7ff << 52) - magnitude);
  return sign | at_most(infinity, code) | (is_nan & 1 << (fraction_bits - 1));
}

INLINE double decode (uint16_t code, int exponent_bits, int fraction_bits, int has_infinity) {
  const int width = exponent_bits + fraction_bits, lowest = 1023 + 2 - (1 << (exponent_bits - 1));
  const int64_t magnitude = code & ((1 << width) - 1), biased = magnitude >> fraction_bits;
  const int64_t fraction = magnitude & ((1 << fraction_bits) - 1);
  const int64_t infinite =
      if_negative(beyond(exponent_bits, fraction_bits, has_infinity) - 1 - magnitude);
  const int64_t exponent = ((biased - 1 + lowest) & ~infinite) | (0x7ff & infinite);
  const int64_t normal = exponent << 52 | fraction << (52 - fraction_bits);
  const double unit = from_bits((uint64_t) (lowest - fraction_bits) << 52);
  const int64_t below = (int64_t) bits_of((double) (int32_t) fraction * unit);
  const int64_t is_below = if_negative(biased - 1);
  const uint64_t sign = (uint64_t) (code >> width) << 63;
  return from_bits(sign | (uint64_t) ((normal & ~is_below) | (below & is_below)));
}

/* Rows of narrow floats. */
INLINE void store_narrow_text (void *first, int64_t step, int64_t n, const double *value, int bits,
                               int exponent, int fraction, int infinity) {
  for (int64_t at = 0; at < n; at += PIECE) {
    const int m = n - at < PIECE ? (int) (n - at) : PIECE;
    uint16_t code[PIECE];
    for (int i = 0; i < m; i++)
      code[i] = (uint16_t) encode(value[at + i], exponent, fraction, infinity);
    for (int i = 0; i < m; i++)
      if (bits == 8)
        ((uint8_t *) first)[(at + i) * step] = (uint8_t) code[i];
      else
        ((uint16_t *) first)[(at + i) * step] = code[i];
  }
}

INLINE void load_narrow_text (const void *first, int64_t step, int64_t n, double *value, int bits,
                              int exponent, int fraction, int infinity) {
  for (int64_t at = 0; at < n; at += PIECE) {
    const int m = n - at < PIECE ? (int) (n - at) : PIECE;
    uint16_t code[PIECE];
    for (int i = 0; i < m; i++)
      code[i] = bits == 8 ? ((const uint8_t *) first)[(at + i) * step]
                          : ((const uint16_t *) first)[(at + i) * step];
    for (int i = 0; i < m; i++)
      value[at + i] = decode(code[i], exponent, fraction, infinity);
  }
}

FOR_PROCESSORS(, void, store_narrow,
               (void *first, int64_t step, int64_t n, const double *value, int bits, int exponent,
                int fraction, int infinity),
               (first, step, n, value, bits, exponent, fraction, infinity))
FOR_PROCESSORS(, void, load_narrow,
               (const void *first, int64_t step, int64_t n, double *value, int bits, int exponent,
                int fraction, int infinity),
               (first, step, n, value, bits, exponent, fraction, infinity))

/* The nearest integer, ties to even. A value beyond 64 bits gives the largest, NaN gives 0. */
static int64_t to_integer (double v) {
  if (isnan(v))
    return 0;
  if (v >= 0x1p63)
    return INT64_MAX;
  if (v < -0x1p63)
    return INT64_MIN;
  const int64_t toward_zero = (int64_t) v;
  const double rest = fabs(v - (double) toward_zero);
  const bool away = rest > 0.5 || (rest == 0.5 && (toward_zero & 1));
  return away ? toward_zero + (v < 0 ? -1 : 1) : toward_zero;
}

/* ---- one number of any type; the widths are constants wherever it is called */

INLINE double load_element (const void *e, int code, int bits, int exponent, int fraction,
                            int infinity) {
  if (fraction == 52)
    return *(const double *) e;
  if (fraction == 23)
    return (double) *(const float *) e;
  if (exponent)
    return decode(bits == 8 ? *(const uint8_t *) e : *(const uint16_t *) e, exponent, fraction,
                  infinity);
  switch (bits) {
  case 8: return code == kDLUInt ? *(const uint8_t *) e : *(const int8_t *) e;
  case 16: return *(const int16_t *) e;
  case 32: return *(const int32_t *) e;
  default: return (double) *(const int64_t *) e;
  }
}

INLINE void store_element (void *e, double v, int bits, int exponent, int fraction, int infinity) {
  if (fraction == 52) {
    *(double *) e = v;
    return;
  }
  if (fraction == 23) {
    *(float *) e = (float) v;
    return;
  }
  const int64_t code = exponent ? encode(v, exponent, fraction, infinity) : to_integer(v);
  switch (bits) {
  case 8: *(uint8_t *) e = (uint8_t) code; break;
  case 16: *(uint16_t *) e = (uint16_t) code; break;
  case 32: *(uint32_t *) e = (uint32_t) code; break;
  default: *(int64_t *) e = code;
  }
}

#define NUMBER_SIZE(code, bits) ((bits) / 8 / CONV2D_PARTS(code))
#define IS_NARROW(exponent, fraction) ((exponent) > 0 && (fraction) < 23)

#define CONVERSIONS(name, brief, abi, code, bits, exponent, fraction, infinity, npy)               \
  _Static_assert((exponent) == 0 || (fraction) == 23 || (fraction) == 52 || (bits) <= 16, #name);  \
  _Static_assert((code) != kDLUInt || (bits) == 8, #name);                                         \
  static double load_##name(const void *element) {                                                 \
    return load_element(element, code, bits, exponent, fraction, infinity);                        \
  }                                                                                                \
  static void load_row_##name(const void *first, int64_t step, int64_t n, double *value) {         \
    if (IS_NARROW(exponent, fraction))                                                             \
      load_narrow(first, step, n, value, bits, exponent, fraction, infinity);                      \
    for (int64_t i = 0; i < n && !IS_NARROW(exponent, fraction); i++)                              \
      value[i] = load_element((const char *) first + i * step * NUMBER_SIZE(code, bits), code,     \
                              bits, exponent, fraction, infinity);                                 \
  }                                                                                                \
  static void store_##name(void *first, int64_t step, int64_t n, const double *value) {            \
    if (IS_NARROW(exponent, fraction))                                                             \
      store_narrow(first, step, n, value, bits, exponent, fraction, infinity);                     \
    for (int64_t i = 0; i < n && !IS_NARROW(exponent, fraction); i++)                              \
      store_element((char *) first + i * step * NUMBER_SIZE(code, bits), value[i], bits, exponent, \
                    fraction, infinity);                                                           \
  }
CONV2D_DTYPES(CONVERSIONS)

#define ROW(name, brief, abi, code, bits, exponent, fraction, infinity, npy)                       \
  { code,                                                                                          \
    bits,                                                                                          \
    CONV2D_PARTS(code),                                                                            \
    #name,                                                                                         \
    #brief,                                                                                        \
    npy,                                                                                           \
    #code,                                                                                         \
    abi,                                                                                           \
    (fraction) + ((exponent) > 0),                                                                 \
    exponent,                                                                                      \
    fraction,                                                                                      \
    (exponent) ? 2 - (1 << (exponent) >> 1) : 0,                                                   \
    (exponent) ? (1 << (exponent) >> 1) - (infinity) : 0,                                          \
    (infinity) ? 2 - 1.0 / (UINT64_C(1) << (fraction)) : 2 - 2.0 / (UINT64_C(1) << (fraction)),    \
    (infinity) != 0,                                                                               \
    load_##name,                                                                                   \
    load_row_##name,                                                                               \
    store_##name },
const dtype dtypes[] = { CONV2D_DTYPES(ROW){ .name = NULL } };
#undef ROW

const dtype *dtype_of (DLDataType t) {
  for (const dtype *d = dtypes; d->name; d++)
    if (d->code == t.code && d->bits == t.bits)
      return d;
  return NULL;
}

double dtype_round (const dtype *d, double value) {
  int64_t element;
  d->store(&element, 1, 1, &value);
  return d->load(&element);
}

uint64_t dtype_bits (const dtype *d, double value) {
  uint64_t element = 0;
  d->store(&element, 1, 1, &value);
  return element; /* correct on little-endian machines only, as all of this file */
}

const char *dtype_name (DLDataType t) {
  const dtype *d = dtype_of(t);
  return d ? d->name : "none";
}

bool dtype_parse (const char *name, DLDataType *t) {
  for (const dtype *d = dtypes; d->name; d++)
    if (!strcmp(d->name, name) || !strcmp(d->brief, name)) {
      *t = (DLDataType){ d->code, d->bits, 1 };
      return true;
    }
  return false;
}

const char *dtype_list (char text[static MAX_DTYPE_LIST]) {
  size_t used = 0;
  for (const dtype *d = dtypes; d->name && used < MAX_DTYPE_LIST; d++)
    used += (size_t) snprintf(text + used, MAX_DTYPE_LIST - used, "%s%s",
                              d == dtypes ? ""
                              : d[1].name ? ", "
                                          : " or ",
                              d->name);
  return text;
}
