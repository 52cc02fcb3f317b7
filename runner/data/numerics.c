/* numerics.c: the data recipes that are hard on floating-point arithmetic.
   Only integer arithmetic and single operations of IEEE 754 make a value, so that it has the same
   bits on every machine. */

#include "generator.h"

#include <math.h>
#include <string.h>

/* ---- numbers from random bits */

/* 1.fraction * 2^e, of the fraction's 52 bits as many as the type has. */
static double number (const generator *s, uint64_t negative, int e, uint64_t fraction) {
  const int lost = 53 - s->dtype->precision;
  const uint64_t kept = (fraction & (((uint64_t) 1 << 52) - 1)) >> lost << lost;
  const uint64_t bits = negative << 63 | (uint64_t) (e + 1023) << 52 | kept;
  double v;
  memcpy(&v, &bits, sizeof v);
  return v;
}

/* Rounded toward zero to the type's precision, so that nothing reaches the end of its range. */
static double chop (const generator *s, double v) {
  const int lost = 53 - s->dtype->precision;
  uint64_t bits;
  memcpy(&bits, &v, sizeof bits);
  bits = bits >> lost << lost;
  memcpy(&v, &bits, sizeof v);
  return v;
}

/* In [-1, 1). */
static double signed_unit (uint32_t word) {
  return (int32_t) word * 0x1p-31;
}

/* One of 0 ... count - 1. */
static int64_t pick (uint32_t word, int64_t count) {
  return (int64_t) ((uint64_t) word * (uint64_t) count >> 32);
}

/* ---- distributions */

static void fill_uniform_wide (const generator *s, int64_t first, int n, double *value) {
  uint64_t pair[CHUNK];
  generator_pairs(s, first, pair);
  for (int i = 0; i < n; i++)
    value[i] = (double) ((int64_t) pair[i] >> 11) * 0x1p-52;
}

void fill_uniform (const generator *s, int64_t first, int n, double *value) {
  if (s->dtype->precision > 24) {
    fill_uniform_wide(s, first, n, value);
    return;
  }
  uint32_t word[CHUNK];
  generator_draw(s, first, n, word);
  for (int i = 0; i < n; i++)
    value[i] = chop(s, ((int32_t) word[i] >> 8) * 0x1p-23);
}

/* How many of 32 bits are 1, by sums of neighbouring fields. */
static int ones_of (uint32_t x) {
  x -= x >> 1 & 0x55555555;
  x = (x & 0x33333333) + (x >> 2 & 0x33333333);
  x = (x + (x >> 4)) & 0x0f0f0f0f;
  return (int) (x * 0x01010101 >> 24);
}

/* The number of ones among 32 bits, smoothed by a uniform number: variance 8 + 1/12. */
void fill_normal (const generator *s, int64_t first, int n, double *value) {
  uint64_t pair[CHUNK];
  generator_pairs(s, first, pair);
  for (int i = 0; i < n; i++) {
    const double smooth = signed_unit((uint32_t) (pair[i] >> 32)) / 2;
    value[i] = (ones_of((uint32_t) pair[i]) - 16 + smooth) * 0x1.682aebabc4f4dp-2;
  }
}

/* Exponents up to where 2^12 products overflow, and down to where a product is not yet subnormal;
   a bias has those of products. */
void fill_wide (const generator *s, int64_t first, int n, double *value) {
  const int lowest = s->dtype->min_exponent / 2, upper = s->dtype->max_exponent / 2 - 7;
  const int highest = upper < lowest + 2 ? lowest + 2 : upper; /* float8_e4m3fn */
  const int factor = s->role == BIAS ? 2 : 1;
  for (int i = 0; i < n; i++) {
    const uint64_t r = generator_pair(s, first + i);
    const int e = lowest + (int) ((r >> 53) * (uint64_t) (highest - lowest + 1) >> 11);
    value[i] = number(s, r >> 52 & 1, factor * e, r);
  }
}

/* ---- cancellation: inputs differ from 1 only in the low half of the significand. Weights come in
   pairs w, -w', which differ only in their low halves, too. So a pair's products nearly cancel */

static double nearly_one (const generator *s, uint64_t r) {
  const int half = s->dtype->precision / 2;
  const int32_t low = (int32_t) (uint32_t) r >> (32 - half);
  return 1 + low * ldexp(1, 1 - s->dtype->precision);
}

static double small_remainder (const generator *s, uint64_t r) {
  return number(s, r >> 52 & 1, -(s->dtype->precision / 2), r);
}

/* Element i, the j-th of its filter. */
static double one_of_pair (const generator *s, int64_t i, int64_t j) {
  const uint64_t own = generator_pair(s, i);
  if (j % 2 == 0 && j + 1 == s->filter)
    return small_remainder(s, own);
  const uint64_t pair = generator_pair(s, i - j % 2);
  const int precision = s->dtype->precision;
  const uint64_t low = (((uint64_t) 1 << precision / 2) - 1) << (53 - precision);
  const uint64_t fraction = (pair & ~low) | (own & low);
  return number(s, (pair >> 52 ^ (uint64_t) j) & 1, (int) (pair >> 53 & 3) - 2, fraction);
}

void fill_cancellation (const generator *s, int64_t first, int n, double *value) {
  for (int i = 0; i < n; i++)
    if (s->role == INPUT)
      value[i] = nearly_one(s, generator_pair(s, first + i));
    else if (s->role == BIAS)
      value[i] = small_remainder(s, generator_pair(s, first + i));
    else
      value[i] = one_of_pair(s, first + i, (first + i) % s->filter);
}

/* ---- halfway: one weight of each filter is 2^precision, so that a sum is a tie where the sum of
   the other products is odd. One input in 32 is 2^-4, which makes sums that lie next to a tie */

static double one_to_three (uint32_t word) {
  const int magnitude = 1 + (int) pick(word, 3);
  return word & 1 ? -magnitude : magnitude;
}

static bool is_large_tap (const generator *s, int64_t i) {
  const uint64_t r = generator_pair(s, i / s->filter);
  return i % s->filter == pick((uint32_t) r, s->filter);
}

void fill_halfway (const generator *s, int64_t first, int n, double *value) {
  uint32_t word[CHUNK];
  generator_draw(s, first, n, word);
  for (int i = 0; i < n; i++) {
    value[i] = one_to_three(word[i]);
    if (s->role == WEIGHT && is_large_tap(s, first + i))
      value[i] = ldexp(1, s->dtype->precision);
    else if ((s->role == INPUT || s->role == GRAD_OUTPUT) && (word[i] >> 1 & 31) == 0)
      value[i] = word[i] & 1 ? -0x1p-4 : 0x1p-4;
  }
}

/* ---- subnormal: the first tensor with this recipe, and the bias, lie about the smallest normal
   number; the others about 1, some far enough below to lose bits of the product */

static double about_smallest (const generator *s, uint64_t r) {
  const dtype *d = s->dtype;
  if ((r & 3) == 0)
    return number(s, r >> 2 & 1, d->min_exponent + (int) (r >> 3 & 3), r >> 12);
  const uint64_t significand = (r >> 12 & (((uint64_t) 1 << (d->precision - 1)) - 1))
                               >> (int) (r >> 3 & 15) % (d->precision - 1);
  const double v = (double) significand * ldexp(1, d->min_exponent - d->precision + 1);
  return r >> 2 & 1 ? -v : v;
}

static double about_one (const generator *s, uint64_t r) {
  const int far = (r >> 3 & 7) == 0 ? s->dtype->precision / 2 : 0;
  return number(s, r >> 2 & 1, 1 - (int) (r & 3) - far, r >> 12);
}

void fill_subnormal (const generator *s, int64_t first, int n, double *value) {
  for (int i = 0; i < n; i++) {
    const uint64_t r = generator_pair(s, first + i);
    value[i] = s->leads || s->role == BIAS ? about_smallest(s, r) : about_one(s, r);
  }
}

/* ---- special: one element in 8 is unusual, but does not make a sum infinite or NaN. Those that do
   are so rare that most sums have none */

static double harmless (const generator *s, uint32_t word) {
  const dtype *d = s->dtype;
  const double smallest = ldexp(1, d->min_exponent - d->precision + 1);
  const double normal = ldexp(1, d->min_exponent);
  const double choice[] = { 0, smallest, normal - smallest, normal };
  const double v = choice[word >> 1 & 3];
  return word & 1 ? -v : v;
}

static double spoiler (const generator *s, uint32_t word) {
  const double largest = ldexp(s->dtype->top, s->dtype->max_exponent);
  const double choice[] = { (double) NAN, (double) INFINITY, largest };
  const double v = choice[pick(word, 3)];
  return word & 1 ? -v : v;
}

void fill_special (const generator *s, int64_t first, int n, double *value) {
  const double rarity = (s->role == WEIGHT ? 8 : 4) * s->terms;
  const uint32_t threshold = (uint32_t) (0x1p32 / rarity);
  uint32_t word[CHUNK];
  fill_uniform(s, first, n, value);
  generator_draw(s, first, n, word);
  for (int i = 0; i < n; i++) {
    const uint64_t r = generator_pair(s, first + i);
    if ((uint32_t) (r >> 32) < threshold)
      value[i] = spoiler(s, (uint32_t) r);
    else if ((word[i] & 7) == 0)
      value[i] = harmless(s, (uint32_t) r);
  }
}

/* ---- tosa: the key says which set; a sum of products of the largest factor just fits */

enum tosa_set { LARGE_POSITIVE, ONTO_LARGE, ONTO_LARGE_VARYING, WITH_ZEROS, LARGE_SIGNED, SETS };

static double largest_factor (const generator *s) {
  const dtype *d = s->dtype;
  const bool gradients = operation_reads(operation_of((int32_t) s->c->direction), JOB_GRAD_OUTPUT);
  const int spare = gradients ? (d->max_exponent + 1) / 4 : 0; /* longer sums */
  return ldexp(1 - ldexp(1, -d->precision), (d->max_exponent + 1) / 2 - spare) / sqrt(s->terms + 1);
}

/* What the small products of the sets ONTO_* are added onto: the first weight of a filter meets a
   large input, and there is about one in a window. */
static bool is_large_term (const generator *s, int64_t i, uint64_t r) {
  return s->role == WEIGHT ? i % s->filter == 0 : (double) (r >> 40) * s->terms < 0x1p24;
}

static double tosa (const generator *s, enum tosa_set set, int64_t i, uint64_t r) {
  const double u = signed_unit((uint32_t) r);
  const double scale = s->role == BIAS ? largest_factor(s) * largest_factor(s) : largest_factor(s);
  switch (set) {
  case LARGE_POSITIVE: return (0.75 + 0.25 * u) * scale;
  case ONTO_LARGE: return is_large_term(s, i, r) ? 1 : u / sqrt(s->terms);
  case ONTO_LARGE_VARYING:
    return is_large_term(s, i, r) ? 16 : u * ldexp(1, (int) pick((uint32_t) r << 16, 6) - 3);
  case WITH_ZEROS: return r >> 63 ? 0 : u * scale;
  default: return u * scale;
  }
}

void fill_tosa (const generator *s, int64_t first, int n, double *value) {
  const enum tosa_set set = (enum tosa_set)(s->key % SETS);
  for (int i = 0; i < n; i++)
    value[i] = chop(s, tosa(s, set, first + i, generator_pair(s, first + i)));
}
