/* stays_exact.c: JUDGE-1 under a numeric contract. Integers that are exact in the nominal types
   have to be numbers of the types that the contract names, too. */

#include "parts.h"

#include "data/data.h"

/* Whether a number has at most so many bits between its first and its last. */
static bool fits (double v, int bits) {
  int e;
  const double significand = frexp(v, &e), kept = ldexp(significand, bits);
  return !isfinite(v) || kept == trunc(kept);
}

static bool all_fit (const trial *t, enum job_tensor tensor, int bits) {
  const place *p = &t->j->tensor[tensor];
  const dtype *d = dtype_of(p->dtype);
  const int64_t n = p->present ? place_numbers(p) : 0;
  for (int64_t i = 0; i < n; i++)
    if (!fits(d->load(number_at(t, p, i)), bits))
      return false;
  return true;
}

static bool factors_fit (const trial *t, int bits) {
  return all_fit(t, JOB_INPUT, bits) && all_fit(t, JOB_WEIGHT, bits)
         && all_fit(t, JOB_GRAD_OUTPUT, bits);
}

/* Of all types that a sum goes through. */
static int least_precision (const contract *k, const dtype *accumulator) {
  int least = accumulator->precision;
  if (k->align && k->align < least)
    least = k->align;
  if (k->every && dtype_of(k->stored)->precision < least)
    least = dtype_of(k->stored)->precision;
  return least;
}

bool stays_exact (const trial *t, const profile *p, const contract *k, double largest) {
  const dtype *accumulator = accumulator_of(p->type, k);
  return !k->result_cut && largest <= p->largest
         && data_exact_in(t->c, largest, least_precision(k, accumulator), accumulator->min_exponent)
         && (!k->operands || factors_fit(t, k->operands));
}
