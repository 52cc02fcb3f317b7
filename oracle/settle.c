/* settle.c: the proofs, type by type. proofs/coq/Certificate.v and Wide.v have them checked.

   A product of two float32, or narrower, is exact in double. A chunk of d products is summed in d
   roundings; then the chunks are summed. With n roundings in all the error is at most
   n u / (1 - n u) times the sum of the absolute terms, u = 2^-53 (Higham, Accuracy and Stability of
   Numerical Algorithms, 4.2). We allow 2 (n + 4) u. This is more than twice as much, and pays for
   the roundings of the scale, of the error itself, and of both ends.

   float64: sum + rest would be the exact sum without the roundings of rest. These are 2 n, among
   terms that are at most u times (n + 1) times the scale in all, so their error is at most
   2 n (n + 1) u^2 times the scale. We allow 4 (n + 4)^2 u^2. For each product that underflows we
   allow 8 times the smallest number besides (Dekker's product loses 5). */

#include "settle.h"
#include <float.h>
#include <math.h>
#include <string.h>

/* Lists which of `count` columns from `at` on are in doubt. */
static int64_t list_doubts (const int32_t *doubt, int count, int64_t at, int64_t *list) {
  int64_t n = 0;

  for (int i = 0; i < count; i++)
    if (doubt[i] != 0)
      list[n++] = at + i;
  return n;
}

#define BLOCK "settle_block.h"
#include "processors.h"

proof proof_of (const type *t, bool integral, int64_t depth, int64_t chunk) {
  int64_t chunks = depth / chunk + 1;
  double n = (double) (depth < chunk ? depth : chunk) + (double) chunks;
  double all = (double) depth + 4;
  double exact_below = integral ? 0x1p53 : 0;

  if (t->fraction == 52)
    return (proof){ t, exact_below, all * all * 0x1p-104, all * 0x1p-1071 };
  return (proof){ t, exact_below, (n + 4) * 0x1p-52, 0 };
}

/* There are two loops, as no compiler makes vector code of arithmetic under a condition. */
static void find_errors (const proof *p, const double scale[static LANES],
                         double error[static LANES]) {
  for (int l = 0; l < LANES; l++)
    error[l] = scale[l] * p->relative + p->absolute;
  for (int l = 0; l < LANES; l++)
    error[l] = scale[l] < p->exact_below ? 0 : error[l];
}

/* sum + rest += b, without error. */
static void add_wide (cell *sum, double *rest, double b) {
  double a = sum->real, next = a + b, part = next - a;
  *rest += (a - (next - part)) + (b - part);
  sum->real = next;
}

void settle_bias (const type *t, cell bias, sums *s, int row) {
  for (int l = 0; l < LANES; l++) {
    cell *sum = &s->sum[row][l];
    if (is_integer(t)) {
      sum->integer = (int64_t) ((uint64_t) sum->integer + (uint64_t) bias.integer);
      s->scale[row][l] += fabs((double) bias.integer);
    } else {
      if (t->fraction == 52)
        add_wide(sum, &s->rest[row][l], bias.real);
      else
        sum->real += bias.real;
      s->scale[row][l] += fabs(bias.real);
    }
  }
}

/* The hardware rounds to float32, in loops for which compilers make vector code. */
static uint32_t settle_float32 (const cell *sum, const double *error, uint64_t *bits) {
  float low[LANES], high[LANES];
  uint32_t low_bits[LANES], high_bits[LANES], doubt[LANES], any = 0, mask = 0;

  for (int l = 0; l < LANES; l++) {
    low[l] = (float) (sum[l].real - error[l]);
    high[l] = (float) (sum[l].real + error[l]);
  }
  memcpy(low_bits, low, sizeof low);
  memcpy(high_bits, high, sizeof high);
  for (int l = 0; l < LANES; l++) /* two zeros differ in bits alone, two NaNs perhaps not in bits */
    any |= doubt[l] = (low_bits[l] != high_bits[l]) | (low[l] != high[l]);
  for (int l = 0; l < LANES; l++)
    bits[l] = low_bits[l];
  for (int l = 0; any && l < LANES; l++)
    mask |= doubt[l] << l;
  return mask;
}

static uint32_t settle_float64 (const cell *sum, const double *rest, const double *error,
                                uint64_t *bits) {
  uint32_t mask = 0;

  for (int l = 0; l < LANES; l++) {
    double a = sum[l].real, b = rest[l], nearest = a + b, part = nearest - a;
    double left = (a - (nearest - part)) + (b - part); /* a + b is nearest + left */
    bool sure = nearest + (left - error[l]) == nearest && nearest + (left + error[l]) == nearest
                && error[l] <= DBL_MAX;
    memcpy(&bits[l], &nearest, sizeof bits[l]);
    mask |= (uint32_t) !sure << l;
  }
  return mask;
}

/* float16 and bfloat16 */
static uint32_t settle_short (const type *t, const cell *sum, const double *error, uint64_t *bits) {
  uint32_t mask = 0;

  for (int l = 0; l < LANES; l++) {
    bits[l] = bits_from_double(t, sum[l].real - error[l]);
    bool sure = error[l] <= DBL_MAX && bits[l] == bits_from_double(t, sum[l].real + error[l]);
    mask |= (uint32_t) !sure << l;
  }
  return mask;
}

uint32_t settle (const proof *p, const sums *s, int row, uint64_t bits[static LANES]) {
  double error[LANES];

  find_errors(p, s->scale[row], error);
  switch (p->type->fraction) {
  case 0: memcpy(bits, s->sum[row], sizeof s->sum[row]); return 0;
  case 23: return settle_float32(s->sum[row], error, bits);
  case 52: return settle_float64(s->sum[row], s->rest[row], error, bits);
  default: return settle_short(p->type, s->sum[row], error, bits);
  }
}

settle_row_fn *settle_row_for (int64_t columns) {
#ifdef __x86_64__
  if (columns >= 8 && widest() >= 64)
    return settle_row_64;
  if (columns >= 4 && widest() >= 32)
    return settle_row_32;
#endif
  (void) columns;
  return settle_row_16;
}
