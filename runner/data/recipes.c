/* recipes.c: the table of data recipes, and those whose values are integers.
   Most of the suite runs on `integers`. These are so asymmetric that no flip, transposition or swap
   of axes stays unseen, and so small that every order of summation gives the same bits. */

#include "generator.h"

#include <math.h>

/* ---- integers: residues modulo 5 follow a knight's move over the elements, so that a flip, a
   transposition or a shift always changes a small tensor. In large tensors a random multiple of 5,
   which is added to each, has the same effect */

static const uint8_t knight[25] = { 0, 1, 2, 3, 4, 2, 3, 4, 0, 1, 4, 0, 1,
                                    2, 3, 1, 2, 3, 4, 0, 3, 4, 0, 1, 2 };

typedef struct residues {
  int value[5];
} residues;

/* Which number stands for each class: one of the 20 affine maps. */
static residues residues_of (const generator *s, int lowest) {
  residues r;
  const int slope = 1 + (int) (s->word[0] % 4), start = (int) (s->word[1] % 5);
  for (int k = 0; k < 5; k++)
    r.value[k] = lowest + (slope * k + start) % 5;
  return r;
}

/* -9 to 10, or for the narrow floats -4 to 5: products of 100 or 25 at most. */
static void fill_integers (const generator *s, int64_t first, int n, double *value) {
  const int spread = s->dtype->precision > 11 ? 4 : 2;
  const residues r = residues_of(s, spread == 4 ? -9 : -4);
  uint32_t word[CHUNK / 4];
  generator_draw(s, first / 4, (n + 3) / 4, word);
  for (int i = 0, k = (int) (first % 25); i < n; i++, k = k == 24 ? 0 : k + 1)
    value[i] = r.value[knight[k]] + 5 * (int) (word[i / 4] >> i % 4 * 8 & (uint32_t) (spread - 1));
}

/* The range of the operands of an integer type. With 8 and 16 bits it is all numbers of the type;
   else 21 bits, so that sums of products wrap in 32 bits, but neither wrap in 64 nor lose bits in a
   double. */
static void range_of (const dtype *d, double *lowest, uint32_t *count) {
  *count = 1u << (d->bits > 16 ? 21 : d->bits);
  *lowest = d->code == kDLUInt ? 0 : -0.5 * *count;
}

/* -9 to 10, or 0 to 19 if unsigned; but one element in 8 is anywhere in the type's range. */
static void fill_wrapping (const generator *s, int64_t first, int n, double *value) {
  double lowest;
  uint32_t count, word[CHUNK];
  range_of(s->dtype, &lowest, &count);
  const residues r = residues_of(s, 0);
  const int small = s->dtype->code == kDLUInt ? 0 : -9;
  generator_draw(s, first, n, word);
  for (int i = 0, k = (int) (first % 25); i < n; i++, k = k == 24 ? 0 : k + 1) {
    const uint64_t anywhere = (uint64_t) word[i] * (count / 5) >> 32;
    const double multiple = 5 * (word[i] & 7 ? (double) (word[i] >> 30) : (double) anywhere);
    value[i] = (word[i] & 7 ? small : lowest) + r.value[knight[k]] + multiple;
  }
}

static void fill_range (const generator *s, int64_t first, int n, double *value) {
  double lowest;
  uint32_t count, word[CHUNK];
  range_of(s->dtype, &lowest, &count);
  generator_draw(s, first, n, word);
  for (int i = 0; i < n; i++)
    value[i] = lowest + (double) ((uint64_t) word[i] * count >> 32);
}

/* A quarter are the ends of the range and the numbers next to them. */
static void fill_extremes (const generator *s, int64_t first, int n, double *value) {
  double lowest;
  uint32_t count, word[CHUNK];
  range_of(s->dtype, &lowest, &count);
  fill_wrapping(s, first, n, value);
  generator_draw(s, first, n, word);
  for (int i = 0; i < n; i++)
    if ((word[i] >> 8 & 3) == 0)
      value[i] = word[i] >> 10 & 1 ? lowest + (word[i] >> 11 & 1)
                                   : lowest + (double) (count - 1 - (word[i] >> 11 & 1));
}

/* ---- patterns */

static void constant (int n, double *value, double v) {
  for (int i = 0; i < n; i++)
    value[i] = v;
}

static void fill_zeros (const generator *s, int64_t first, int n, double *value) {
  (void) s, (void) first;
  constant(n, value, 0);
}

static void fill_ones (const generator *s, int64_t first, int n, double *value) {
  (void) s, (void) first;
  constant(n, value, 1);
}

/* i, modulo what a float holds exactly; integers wrap when they are stored. */
static void fill_arange (const generator *s, int64_t first, int n, double *value) {
  const int bits = s->dtype->precision ? s->dtype->precision : 62;
  for (int i = 0; i < n; i++)
    value[i] = (double) ((first + i) % ((int64_t) 1 << bits));
}

static void put_event (const generator *s, int64_t first, int n, double *value, double v) {
  const int64_t at = generator_event(s) - first;
  if (at >= 0 && at < n)
    value[at] = v;
}

static void impulse_or (recipe_fill *others, const generator *s, int64_t first, int n,
                        double *value) {
  if (s->leads) {
    constant(n, value, 0);
    put_event(s, first, n, value, 1);
  } else
    others(s, first, n, value);
}

static void fill_impulse (const generator *s, int64_t first, int n, double *value) {
  impulse_or(fill_integers, s, first, n, value);
}

static void fill_impulse_wrapping (const generator *s, int64_t first, int n, double *value) {
  impulse_or(fill_wrapping, s, first, n, value);
}

static void one_among_integers (const generator *s, int64_t first, int n, double *value, double v) {
  fill_integers(s, first, n, value);
  if (s->leads || s->role == GRAD_OUTPUT)
    put_event(s, first, n, value, v);
}

static void fill_one_nan (const generator *s, int64_t first, int n, double *value) {
  one_among_integers(s, first, n, value, (double) NAN);
}

static void fill_one_infinity (const generator *s, int64_t first, int n, double *value) {
  one_among_integers(s, first, n, value, s->word[1] >> 31 ? -(double) INFINITY : (double) INFINITY);
}

recipe_fill *recipe_maker (int index, bool integer_type) {
  static recipe_fill *const makers[][2] = {
#define X(name, about, exact, finite, joint, random, patternless, unit, fill, fill_integers)       \
  { fill, fill_integers },
    RECIPES(X)
#undef X
  };
  return makers[index][integer_type];
}
