/* dtype.c: the number types of tensors.
   One table, and two conversions that serve every narrow float: a format is two widths. */

#include "dtype.h"

#include <math.h>
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

/* The code of a value in a format of 1 + exponent_bits + fraction_bits bits. A carry out of the
   fraction raises the exponent, and out of the largest finite number gives infinity, by itself. */
static uint32_t encode (double v, int exponent_bits, int fraction_bits) {
  const uint64_t b = bits_of(v);
  const uint32_t sign = (uint32_t) (b >> 63) << (exponent_bits + fraction_bits);
  const uint32_t infinity = ((1u << exponent_bits) - 1) << fraction_bits;
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

static double decode (uint32_t code, int exponent_bits, int fraction_bits) {
  const uint32_t top = (1u << exponent_bits) - 1;
  const uint32_t biased = code >> fraction_bits & top;
  const uint64_t fraction = code & ((1u << fraction_bits) - 1);
  const uint64_t sign = (uint64_t) (code >> (exponent_bits + fraction_bits)) << 63;
  const int lowest = 2 - (1 << (exponent_bits - 1));
  const uint64_t high = fraction << (52 - fraction_bits);
  if (biased == top)
    return from_bits(sign | (uint64_t) 0x7ff << 52 | high);
  if (biased > 0)
    return from_bits(sign | (uint64_t) ((int) biased - 1 + lowest + 1023) << 52 | high);
  const double unit = from_bits((uint64_t) (lowest - fraction_bits + 1023) << 52);
  return from_bits(sign | bits_of((double) fraction * unit));
}

/* The nearest integer, ties to even; beyond 64 bits the largest, and NaN is 0. */
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

#define NUMBER(name, type, from, to)                                                               \
  static double load_##name(const void *element) {                                                 \
    const type x = *(const type *) element;                                                        \
    return to;                                                                                     \
  }                                                                                                \
  static void load_row_##name(const void *first, int64_t step, int64_t n, double *value) {         \
    const type *e = first;                                                                         \
    for (int64_t i = 0; i < n; i++) {                                                              \
      const type x = e[i * step];                                                                  \
      value[i] = to;                                                                               \
    }                                                                                              \
  }                                                                                                \
  static void store_##name(void *first, int64_t step, int64_t n, const double *value) {            \
    type *e = first;                                                                               \
    for (int64_t i = 0; i < n; i++) {                                                              \
      const double v = value[i];                                                                   \
      e[i * step] = from;                                                                          \
    }                                                                                              \
  }

NUMBER(f32, float, (float) v, (double) x)
NUMBER(f64, double, v, x)
NUMBER(f16, uint16_t, (uint16_t) encode(v, 5, 10), decode(x, 5, 10))
NUMBER(bf16, uint16_t, (uint16_t) encode(v, 8, 7), decode(x, 8, 7))
NUMBER(i8, int8_t, (int8_t) to_integer(v), x)
NUMBER(u8, uint8_t, (uint8_t) to_integer(v), x)
NUMBER(i16, int16_t, (int16_t) to_integer(v), x)
NUMBER(i32, int32_t, (int32_t) to_integer(v), x)
NUMBER(i64, int64_t, to_integer(v), (double) x)

static const dtype dtypes[] = {
  { kDLFloat, 32, 24, -126, 127, load_f32, load_row_f32, store_f32 },
  { kDLFloat, 64, 53, -1022, 1023, load_f64, load_row_f64, store_f64 },
  { kDLFloat, 16, 11, -14, 15, load_f16, load_row_f16, store_f16 },
  { kDLBfloat, 16, 8, -126, 127, load_bf16, load_row_bf16, store_bf16 },
  { kDLInt, 8, 0, 0, 0, load_i8, load_row_i8, store_i8 },
  { kDLUInt, 8, 0, 0, 0, load_u8, load_row_u8, store_u8 },
  { kDLInt, 16, 0, 0, 0, load_i16, load_row_i16, store_i16 },
  { kDLInt, 32, 0, 0, 0, load_i32, load_row_i32, store_i32 },
  { kDLInt, 64, 0, 0, 0, load_i64, load_row_i64, store_i64 },
};

const dtype *dtype_of (DLDataType t) {
  for (size_t i = 0; i < sizeof dtypes / sizeof *dtypes; i++)
    if (dtypes[i].code == t.code && dtypes[i].bits == t.bits)
      return &dtypes[i];
  return NULL;
}

double dtype_round (const dtype *d, double value) {
  int64_t element;
  d->store(&element, 1, 1, &value);
  return d->load(&element);
}

static const struct {
  const char *name, *brief;
  DLDataType type;
} names[] = {
  { "float32", "f32", { kDLFloat, 32, 1 } }, { "float64", "f64", { kDLFloat, 64, 1 } },
  { "float16", "f16", { kDLFloat, 16, 1 } }, { "bfloat16", "bf16", { kDLBfloat, 16, 1 } },
  { "int8", "i8", { kDLInt, 8, 1 } },        { "uint8", "u8", { kDLUInt, 8, 1 } },
  { "int16", "i16", { kDLInt, 16, 1 } },     { "int32", "i32", { kDLInt, 32, 1 } },
  { "int64", "i64", { kDLInt, 64, 1 } },
};

const char *dtype_name (DLDataType t) {
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (names[i].type.code == t.code && names[i].type.bits == t.bits)
      return names[i].name;
  return "none";
}

bool dtype_parse (const char *name, DLDataType *t) {
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (!strcmp(names[i].name, name) || !strcmp(names[i].brief, name)) {
      *t = names[i].type;
      return true;
    }
  return false;
}
