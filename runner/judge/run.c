/* run.c: many elements against their bounds at once, in loops that compilers make vectors of.
   Nothing is decided here but that all is well: what is not is for values.c to tell. */

#include "parts.h"

#include <float.h>
#include <math.h>

/* Of numbers from 0 up to 2^52, by their place in a double. */
static inline double to_double (int64_t n) {
  const uint64_t bits = (uint64_t) n | (uint64_t) 0x433 << 52;
  double v;
  memcpy(&v, &bits, sizeof v);
  return v - 0x1p52;
}

/* The error of one element in units of u * S, and as part of what is allowed: infinite if it is for
   compare to look at. */
static inline void measure (const formula *f, const run_of *r, int i, double *away_in_units,
                            double *part) {
  double n = to_double(r->terms[i]);
  n = n == 2 ? r->two : n;
  n = n > f->taps ? n : f->taps;
  const double x = f->unit * n, g = x + x * x, exact = r->exact[i];
  const double s = f->transforms ? n * f->factor[0] * f->factor[1] + f->added : r->scale[i];
  const limits l = limits_of(f, exact, n, g, (g + f->amplified) * s);
  const double away = r->got[i] - exact, total = l.sum + l.last, unit = f->unit * s;
  const bool plain = (fabs(exact) <= f->largest) & (fabs(r->got[i]) <= f->largest) & (s <= DBL_MAX)
                     & (x <= 1) & (unit > 0);
  *away_in_units = away / unit;
  *part = plain & (fabs(away) <= total) ? fabs(away) / total : INFINITY;
}

static void measure_all (const formula *f, const run_of *r, double away[RUN], double part[RUN]) {
  for (int i = 0; i < r->n; i++)
    measure(f, r, i, &away[i], &part[i]);
}

enum { SUMS = 4 }; /* that processors work on side by side */

bool run_is_right (const formula *f, const run_of *r, run_errors *e) {
  double away[RUN + SUMS], part[RUN + SUMS], total[SUMS] = { 0 }, square[SUMS] = { 0 },
                                             worst[SUMS] = { 0 };
  measure_all(f, r, away, part);
  for (int k = 0; k < SUMS; k++)
    away[r->n + k] = part[r->n + k] = 0;
  for (int i = 0; i < r->n; i += SUMS)
    for (int k = 0; k < SUMS; k++) {
      total[k] += away[i + k];
      square[k] += away[i + k] * away[i + k];
      worst[k] = part[i + k] > worst[k] ? part[i + k] : worst[k];
    }
  *e = (run_errors){ 0 };
  for (int k = 0; k < SUMS; k++) {
    e->error += total[k];
    e->square += square[k];
    e->worst = fmax(e->worst, worst[k]);
  }
  return e->worst <= 1;
}
