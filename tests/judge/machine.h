/* machine.h: implementations of numeric contracts, which add up in several orders. */

#ifndef MACHINE_H
#define MACHINE_H

#include "../rounding.h"
#include "answers.h"

#include "call/contract.h"

#include <fenv.h>

/* ---- a call that is judged by a contract */

static inline void hold_to (call *k, const char *text) {
  error e;
  if (!numerics_parse(text, &k->s.numerics, &e))
    printf("# %s\n", e.text);
}

/* ---- an implementation of a contract */

typedef struct machine {
  const dtype *sum;
  contract c;
} machine;

static inline machine machine_of (const char *text, DLDataType t) {
  const DLDataType single = { kDLFloat, 32, 1 };
  numerics n;
  error e = { 0 };
  if (!numerics_parse(text, &n, &e))
    printf("# %s\n", e.text);
  machine m = { .c = *contract_for(&n, t) };
  const dtype *d = dtype_of(t);
  m.sum = m.c.sum.bits ? dtype_of(m.c.sum) : d->precision < 24 ? dtype_of(single) : d;
  return m;
}

static inline double in_type (const dtype *d, double v, bool cut) {
  if (d->precision == 24 && d->min_exponent == -126 && !cut)
    return (float) v;
  const double r = keep(v, d->precision, d->min_exponent - d->precision + 1, cut);
  const double most = ldexp(2 - ldexp(1, 1 - d->precision), d->max_exponent);
  return fabs(r) <= most ? r : copysign(cut ? most : INFINITY, r);
}

/* The sums and products of numbers of float32 and narrower types are exact in double, or too far
   apart for the difference to show; but the hardware knows better. */
static inline double add (const machine *m, double a, double b) {
  if (m->sum->bits != 32)
    return in_type(m->sum, a + b, m->c.sum_cut);
  if (!m->c.sum_cut)
    return (float) a + (float) b;
  fesetround(FE_TOWARDZERO);
  const volatile float x = (float) a, y = (float) b, s = x + y;
  fesetround(FE_TONEAREST);
  return s;
}

static inline double stored (const machine *m, double sum) {
  return in_type(dtype_of(m->c.stored), sum, false);
}

/* The parts that a factor is split into. */
static inline int split (const machine *m, const dtype *d, double v, double part[3]) {
  const int n = m->c.splits > 1 ? m->c.splits : 1;
  if (!m->c.operands || m->c.operands >= d->precision) {
    part[0] = v;
    return 1;
  }
  for (int i = 0; i < n; i++) {
    part[i] = keep(v, m->c.operands, d->min_exponent - m->c.operands + 1, m->c.operands_cut);
    v -= part[i];
  }
  return n;
}

/* ---- orders */

static inline void store_now (const machine *m, int64_t done, double *sum) {
  if (m->c.every && done % m->c.every == 0)
    *sum = stored(m, *sum);
}

static inline double rounded (const machine *m, double leaf) {
  return in_type(m->sum, leaf, m->c.sum_cut);
}

static inline double in_order (const machine *m, const double *leaf, int64_t n) {
  double s = 0;
  for (int64_t i = 0; i < n; i++) {
    s = add(m, s, rounded(m, leaf[i]));
    store_now(m, i + 1, &s);
  }
  return s;
}

static inline double backward (const machine *m, const double *leaf, int64_t n) {
  double s = rounded(m, leaf[n - 1]);
  for (int64_t i = n - 2; i >= 0; i--) {
    s = add(m, s, rounded(m, leaf[i]));
    store_now(m, n - i, &s);
  }
  return s;
}

static inline double in_blocks (const machine *m, const double *leaf, int64_t n) {
  double s = rounded(m, leaf[n - 1]);
  int64_t done = 0;
  for (int64_t from = 0; from < n - 1; from += 16) {
    double part = 0;
    for (int64_t i = from; i < from + 16 && i < n - 1; i++)
      part = add(m, part, rounded(m, leaf[i]));
    s = add(m, s, part);
    done += 16;
    store_now(m, done, &s);
  }
  return s;
}

static inline double pairwise (const machine *m, const double *leaf, int64_t n) {
  if (n == 1)
    return rounded(m, leaf[0]);
  return add(m, pairwise(m, leaf, n / 2), pairwise(m, leaf + n / 2, n - n / 2));
}

/* As tensor cores do: the products of a block and the sum so far are cut to the bits that are kept
   below the largest of them, and added up. */
static inline double at_once (const machine *m, const double *leaf, int64_t n) {
  double s = 0;
  for (int64_t from = 0; from < n; from += 8) {
    const int64_t to = from + 8 < n ? from + 8 : n;
    double most = fabs(s), all;
    for (int64_t i = from; i < to; i++)
      most = fmax(most, fabs(leaf[i]));
    int e;
    frexp(most, &e);
    const int lowest = e - m->c.align > -1000 ? e - m->c.align : -1000;
    all = keep(s, 1000, lowest, true);
    for (int64_t i = from; i < to; i++)
      all += keep(leaf[i], 1000, lowest, true);
    s = in_type(m->sum, all, m->c.sum_cut);
    store_now(m, to, &s);
  }
  return s;
}

typedef double order_fn (const machine *m, const double *leaf, int64_t n);
static order_fn *const orders[] = { in_order, backward, in_blocks, pairwise };
enum { ORDERS = sizeof orders / sizeof *orders };

/* The result of a sum, rounded as the contract says. */
static inline double result_of (const machine *m, const dtype *d, double sum) {
  const double r = in_type(d, sum, m->c.result_cut);
  return m->c.saturate && isinf(r)
             ? copysign(ldexp(2 - ldexp(1, 1 - d->precision), d->max_exponent), r)
             : r;
}

/* The sum of n leaves, the bias last. */
static inline double sum_up (const machine *m, int order, const double *leaf, int64_t n) {
  return (m->c.align ? at_once : orders[order])(m, leaf, n);
}

#endif
