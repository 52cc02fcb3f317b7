/* recipes.c: the table of data recipes.
   Only integer arithmetic and single operations of IEEE 754 make a value, so that it has the same
   bits on every machine; every value is made exact in the tensor's type. */

#include "source.h"

#include <math.h>
#include <string.h>

static bool is_integer (const source *s) { return s->dtype->precision == 0; }

/* ---- integers: residues modulo 5 follow a knight's move over the elements, so that a flip, a
   transposition or a shift always changes small tensors; a random multiple of 5 does it to large */

static const uint8_t knight[25] = { 0, 1, 2, 3, 4, 2, 3, 4, 0, 1, 4, 0, 1, 2, 3,
                                    1, 2, 3, 4, 0, 3, 4, 0, 1, 2 };

typedef struct residues {
  int value[5];
} residues;

/* Which residue each class stands for: one of the 20 affine maps. */
static residues residues_of (const source *s, int lowest) {
  residues r;
  const int slope = 1 + (int) (s->word[0] % 4), start = (int) (s->word[1] % 5);
  for (int k = 0; k < 5; k++)
    r.value[k] = lowest + (slope * k + start) % 5;
  return r;
}

/* -9 to 10, or for the narrow floats -4 to 5: products of 100 or 25 at most. */
static void float_integers (const source *s, int64_t first, int n, double *value) {
  const int spread = s->dtype->precision > 11 ? 4 : 2;
  const residues r = residues_of(s, spread == 4 ? -9 : -4);
  uint32_t word[CHUNK / 4];
  source_draw(s, first / 4, (n + 3) / 4, word);
  for (int i = 0, k = (int) (first % 25); i < n; i++, k = k == 24 ? 0 : k + 1)
    value[i] = r.value[knight[k]] + 5 * (int) (word[i / 4] >> i % 4 * 8 & (uint32_t) (spread - 1));
}

/* The values of an integer type that products are made of: all of 8 and 16 bits, else 21 bits, so
   that sums of products wrap in 32 bits but neither wrap in 64 nor lose bits in a double. */
static void whole_range (const source *s, double *lowest, uint32_t *count) {
  const int bits = s->dtype->bits > 16 ? 21 : s->dtype->bits;
  *count = 1u << bits;
  *lowest = s->dtype->code == kDLUInt ? 0 : -(double) (*count / 2);
}

/* As float_integers, 0 to 19 if unsigned; one element in 8 is anywhere in the type's range. */
static void wrapping_integers (const source *s, int64_t first, int n, double *value) {
  double lowest;
  uint32_t count, word[CHUNK];
  whole_range(s, &lowest, &count);
  const residues small = residues_of(s, s->dtype->code == kDLUInt ? 0 : -9);
  const residues large = residues_of(s, 0);
  source_draw(s, first, n, word);
  for (int i = 0, k = (int) (first % 25); i < n; i++, k = k == 24 ? 0 : k + 1)
    if (word[i] & 7)
      value[i] = small.value[knight[k]] + 5 * (int) (word[i] >> 30);
    else
      value[i] = lowest + large.value[knight[k]] + 5.0 * (double) ((uint64_t) word[i] * (count / 5) >> 32);
}

static void integers (const source *s, int64_t first, int n, double *value) {
  if (is_integer(s))
    wrapping_integers(s, first, n, value);
  else
    float_integers(s, first, n, value);
}

/* ---- patterns */

static void constant (int n, double *value, double v) {
  for (int i = 0; i < n; i++)
    value[i] = v;
}

static void zeros (const source *s, int64_t first, int n, double *value) {
  (void) s, (void) first;
  constant(n, value, 0);
}

static void ones (const source *s, int64_t first, int n, double *value) {
  (void) s, (void) first;
  constant(n, value, 1);
}

static void arange (const source *s, int64_t first, int n, double *value) {
  const int64_t period = is_integer(s) ? INT64_MAX : (int64_t) 1 << s->dtype->precision;
  for (int i = 0; i < n; i++)
    value[i] = (double) ((first + i) % period);
}

static void put_event (const source *s, int64_t first, int n, double *value, double v) {
  const int64_t at = source_event(s) - first;
  if (at >= 0 && at < n)
    value[at] = v;
}

static void impulse (const source *s, int64_t first, int n, double *value) {
  if (!s->leads) {
    integers(s, first, n, value);
    return;
  }
  constant(n, value, 0);
  put_event(s, first, n, value, 1);
}

static void one_among_integers (const source *s, int64_t first, int n, double *value, double v) {
  integers(s, first, n, value);
  if (!is_integer(s) && (s->leads || s->role == GRAD_OUTPUT))
    put_event(s, first, n, value, v);
}

static void one_nan (const source *s, int64_t first, int n, double *value) {
  one_among_integers(s, first, n, value, (double) NAN);
}

static void one_infinity (const source *s, int64_t first, int n, double *value) {
  one_among_integers(s, first, n, value, s->word[0] & 64 ? -(double) INFINITY : (double) INFINITY);
}

/* ---- distributions */

/* 1.fraction * 2^e with as many of the fraction's 52 bits as the type has; e is not subnormal. */
static double number (const source *s, bool negative, int e, uint64_t fraction) {
  const int lost = 53 - s->dtype->precision;
  const uint64_t kept = (fraction & (((uint64_t) 1 << 52) - 1)) >> lost << lost;
  const uint64_t bits = (uint64_t) negative << 63 | (uint64_t) (e + 1023) << 52 | kept;
  double v;
  memcpy(&v, &bits, sizeof v);
  return v;
}

/* Rounded toward zero to the type's precision. */
static double chop (const source *s, double v) {
  const int lost = 53 - s->dtype->precision;
  uint64_t bits;
  memcpy(&bits, &v, sizeof bits);
  bits = bits >> lost << lost;
  memcpy(&v, &bits, sizeof v);
  return v;
}

/* An integer below `below` in magnitude from the top of a word, and a number in [-1, 1). */
static double signed_unit (uint32_t word) { return (int32_t) word * 0x1p-31; }

static void integer_uniform (const source *s, int64_t first, int n, double *value) {
  double lowest;
  uint32_t count, word[CHUNK];
  whole_range(s, &lowest, &count);
  source_draw(s, first, n, word);
  for (int i = 0; i < n; i++)
    value[i] = lowest + (double) ((uint64_t) word[i] * count >> 32);
}

static void uniform (const source *s, int64_t first, int n, double *value) {
  if (is_integer(s)) {
    integer_uniform(s, first, n, value);
    return;
  }
  uint32_t word[CHUNK];
  source_draw(s, first, n, word);
  if (s->dtype->precision == 24)
    for (int i = 0; i < n; i++)
      value[i] = ((int32_t) word[i] >> 8) * 0x1p-23;
  else if (s->dtype->precision < 24)
    for (int i = 0; i < n; i++)
      value[i] = chop(s, ((int32_t) word[i] >> 8) * 0x1p-23);
  else
    for (int i = 0; i < n; i++)
      value[i] = (double) ((int64_t) source_pair(s, first + i) >> 11) * 0x1p-52;
}
