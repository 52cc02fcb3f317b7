/* settle.c: the proofs, type by type.

   A product of two float32, or narrower, is exact in double. A chunk of d products is summed in d
   roundings, then the chunks; with n roundings in all the error is at most n u / (1 - n u) times the sum
   of the absolute terms, u = 2^-53 (Higham, Accuracy and Stability of Numerical Algorithms, 4.2). We
   allow 2 (n + 4) u: more than twice, for the roundings of the scale, of the error itself, and of
   both ends.

   float64: sum + rest is the exact sum but for the roundings of rest, 2 n of them among terms that
   are at most u times (n + 1) times the scale in all; so 2 n (n + 1) u^2. We allow 4 (n + 4)^2 u^2, and
   for products that underflow 8 of the smallest numbers each (Dekker's product loses 5). */

#include "settle.h"
#include <float.h>
#include <math.h>
#include <string.h>

proof proof_of (const type *t, bool integral, int64_t depth, int64_t chunk)
{
  double n = (double) (depth < chunk ? depth : chunk) + (double) (depth / chunk) + 1;
  double all = (double) depth + 4;

  if (t->fraction == 52)
    return (proof){ t, integral, all * all * 0x1p-104, all * 0x1p-1071 };
  return (proof){ t, integral, (n + 4) * 0x1p-52, 0 };
}

static double error_of (const proof *p, double scale)
{
  return p->integral && scale < 0x1p53 ? 0 : scale * p->relative + p->absolute;
}

/* sum + rest += b, without error. */
static void add_wide (cell *sum, double *rest, double b)
{
  double a = sum->real, next = a + b, part = next - a;
  *rest += (a - (next - part)) + (b - part);
  sum->real = next;
}

void settle_bias (const type *t, cell bias, sums *s, int row)
{
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

static uint32_t settle_integers (const sums *s, int row, uint64_t *bits)
{
  for (int l = 0; l < LANES; l++)
    bits[l] = (uint64_t) s->sum[row][l].integer;
  return 0;
}

/* float32 is rounded by hardware, which costs the least. */
static uint32_t settle_float32 (const proof *p, const sums *s, int row, uint64_t *bits)
{
  uint32_t doubt[LANES], mask = 0;

  for (int l = 0; l < LANES; l++) {
    double sum = s->sum[row][l].real, scale = s->scale[row][l], error = error_of(p, scale);
    float ends[2] = { (float) (sum - error), (float) (sum + error) };
    uint32_t end_bits[2];
    memcpy(end_bits, ends, sizeof ends);
    doubt[l] = end_bits[0] != end_bits[1] || !(scale <= DBL_MAX);
    bits[l] = end_bits[0];
  }
  for (int l = 0; l < LANES; l++)
    mask |= doubt[l] << l;
  return mask;
}

static uint32_t settle_float64 (const proof *p, const sums *s, int row, uint64_t *bits)
{
  uint32_t mask = 0;

  for (int l = 0; l < LANES; l++) {
    cell nearest = { .real = s->sum[row][l].real + s->rest[row][l] };
    double part = nearest.real - s->sum[row][l].real;
    double rest = (s->sum[row][l].real - (nearest.real - part)) + (s->rest[row][l] - part);
    double error = error_of(p, s->scale[row][l]);
    bool sure = nearest.real + (rest - error) == nearest.real
                && nearest.real + (rest + error) == nearest.real
                && s->scale[row][l] <= DBL_MAX;
    memcpy(&bits[l], &nearest.real, sizeof bits[l]);
    mask |= (uint32_t) !sure << l;
  }
  return mask;
}

/* float16 and bfloat16 */
static uint32_t settle_short (const proof *p, const sums *s, int row, uint64_t *bits)
{
  uint32_t mask = 0;

  for (int l = 0; l < LANES; l++) {
    double sum = s->sum[row][l].real, scale = s->scale[row][l], error = error_of(p, scale);
    bits[l] = bits_from_double(p->type, sum - error);
    bool sure = scale <= DBL_MAX && bits[l] == bits_from_double(p->type, sum + error);
    mask |= (uint32_t) !sure << l;
  }
  return mask;
}

uint32_t settle (const proof *p, const sums *s, int row, uint64_t bits[static LANES])
{
  switch (p->type->fraction) {
  case 0: return settle_integers(s, row, bits);
  case 23: return settle_float32(p, s, row, bits);
  case 52: return settle_float64(p, s, row, bits);
  default: return settle_short(p, s, row, bits);
  }
}
