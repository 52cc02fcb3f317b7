/* dtype.c: the number types of tensors.
   The macros below make a pair of functions from each row of CONV2D_DTYPES, in which its widths are
   constants. All narrow floats share two conversions. */

#include "dtype.h"

#include "conv2d_dtypes.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

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

/* significand * 2^-shift, rounded to nearest, ties to even. */
static uint64_t shift_rounding (uint64_t significand, int shift) {
  if (shift > 54)
    return 0; /* below a quarter: significands have 53 bits */
  const uint64_t half = (uint64_t) 1 << (shift - 1);
  const uint64_t kept = significand >> shift;
  const uint64_t rest = significand & (2 * half - 1);
  return kept + (rest > half || (rest == half && (kept & 1)));
}

/* The magnitude that stands for what is too large: an infinity, or in a type without infinities its
   only NaN. */
static uint32_t beyond (int exponent_bits, int fraction_bits, int has_infinity) {
  return (1u << (exponent_bits + fraction_bits)) - (has_infinity ? 1u << fraction_bits : 1);
}

/* The code of a value in a format of 1 + exponent_bits + fraction_bits bits. Rounding up may carry
   out of the fraction. The carry then raises the exponent, as it should, and makes infinity of the
   largest finite number. */
static uint32_t encode (double v, int exponent_bits, int fraction_bits, int has_infinity) {
  const uint64_t b = bits_of(v);
  const uint32_t sign = (uint32_t) (b >> 63) << (exponent_bits + fraction_bits);
  const uint32_t infinity = beyond(exponent_bits, fraction_bits, has_infinity);
  if (isnan(v))
    return sign | infinity | 1u << (fraction_bits - 1);
  const int biased = (int) (b >> 52 & 0x7ff);
  const uint64_t fraction = b & (((uint64_t) 1 << 52) - 1);
  const int lowest = 2 - (1 << (exponent_bits - 1));
  const int e = (biased ? biased : 1) - 1023;
  const int up = e > lowest ? e - lowest : 0;
  if (up >= 1 << exponent_bits)
    return sign | infinity;
  const int shift = 52 - fraction_bits + (e < lowest ? lowest - e : 0);
  const uint64_t significand = biased ? fraction | (uint64_t) 1 << 52 : fraction;
  const uint64_t code = ((uint64_t) up << fraction_bits) + shift_rounding(significand, shift);
  return sign | (code < infinity ? (uint32_t) code : infinity);
}

static double decode (uint32_t code, int exponent_bits, int fraction_bits, int has_infinity) {
  const uint32_t top = (1u << exponent_bits) - 1;
  const uint32_t magnitude = code & ((1u << (exponent_bits + fraction_bits)) - 1);
  const uint32_t biased = code >> fraction_bits & top;
  const uint64_t fraction = code & ((1u << fraction_bits) - 1);
  const uint64_t sign = (uint64_t) (code >> (exponent_bits + fraction_bits)) << 63;
  const int lowest = 2 - (1 << (exponent_bits - 1));
  const uint64_t high = fraction << (52 - fraction_bits);
  if (magnitude >= beyond(exponent_bits, fraction_bits, has_infinity))
    return from_bits(sign | (uint64_t) 0x7ff << 52 | high);
  if (biased > 0)
    return from_bits(sign | (uint64_t) ((int) biased - 1 + lowest + 1023) << 52 | high);
  const double unit = from_bits((uint64_t) (lowest - fraction_bits + 1023) << 52);
  return from_bits(sign | bits_of((double) fraction * unit));
}

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

#define INLINE static inline __attribute__((always_inline))

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

#define CONVERSIONS(name, brief, abi, code, bits, exponent, fraction, infinity, npy)               \
  _Static_assert((exponent) == 0 || (fraction) == 23 || (fraction) == 52 || (bits) <= 16, #name);  \
  _Static_assert((code) != kDLUInt || (bits) == 8, #name);                                         \
  static double load_##name(const void *element) {                                                 \
    return load_element(element, code, bits, exponent, fraction, infinity);                        \
  }                                                                                                \
  static void load_row_##name(const void *first, int64_t step, int64_t n, double *value) {         \
    for (int64_t i = 0; i < n; i++)                                                                \
      value[i] = load_element((const char *) first + i * step * NUMBER_SIZE(code, bits), code,     \
                              bits, exponent, fraction, infinity);                                 \
  }                                                                                                \
  static void store_##name(void *first, int64_t step, int64_t n, const double *value) {            \
    for (int64_t i = 0; i < n; i++)                                                                \
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
