/* run.c: many elements against their bounds at once, in loops that compilers make vectors of.
   Nothing is decided here but that all is well: what is not is for values.c to tell. */

#include "parts.h"

#include <float.h>
#include <math.h>

/* Of numbers from 0 on, below 2^52, by their place in a double. */
static inline double to_double (int64_t n) {
  const uint64_t bits = (uint64_t) n | (uint64_t) 0x433 << 52;
  double v;
  memcpy(&v, &bits, sizeof v);
  return v - 0x1p52;
}

#define INLINE static inline __attribute__((always_inline))

enum { SIDE_BY_SIDE = 8 }; /* sums, so that their order is the same on every processor */

/* What is found of one element: its error in units of u * S, and as part of what is allowed.
   odd: 1 if it is for compare to look at, and then the others may be anything. */
typedef struct found {
  double away[RUN + SIDE_BY_SIDE], part[RUN + SIDE_BY_SIDE], odd[RUN + SIDE_BY_SIDE];
} found;

/* Without branches. What is not a number is odd, as it is not <= anything. */
INLINE void measure (const formula *f, const run_of *r, int i, found *z) {
  double n = to_double(r->terms[i]);
  const double two = r->two, taps = f->taps;
  n = n == 2 ? two : n;
  n = n > taps ? n : taps;
  const double x = f->unit * n, g = x + x * x, exact = r->exact[i], got = r->got[i];
  const double s = f->direct * r->scale[i] + (n * f->factor[0] * f->factor[1] + f->added);
  const limits l = limits_of(f, exact, n, g, (g + f->amplified) * s);
  const double away = got - exact, unit = f->unit * s;
  const bool plain = (fabs(exact) <= f->largest) & (fabs(got) <= f->largest) & (s <= DBL_MAX)
                     & (x <= 1) & (unit > 0);
  z->away[i] = away / unit;
  z->part[i] = fabs(away) / (l.sum + l.last);
  z->odd[i] = plain ? 0 : 1;
}

/* They begin as zeros. */
typedef struct sums {
  double away[SIDE_BY_SIDE], square[SIDE_BY_SIDE], worst[SIDE_BY_SIDE], odd[SIDE_BY_SIDE];
} sums;

INLINE void take_up (const found *z, int i, sums *t) {
  for (int k = 0; k < SIDE_BY_SIDE; k++) {
    t->away[k] += z->away[i + k];
    t->square[k] += z->away[i + k] * z->away[i + k];
    t->worst[k] = z->part[i + k] > t->worst[k] ? z->part[i + k] : t->worst[k];
    t->odd[k] += z->odd[i + k];
  }
}

INLINE void measure_all (const formula *by, const run_of *of, found *z) {
  const formula f = *by; /* which no store can change */
  const run_of r = *of;
  for (int i = 0; i < r.n; i++)
    measure(&f, &r, i, z);
}

INLINE bool is_right (const formula *f, const run_of *r, run_errors *e) {
  found z;
  sums t = { 0 };
  double odd = 0;
  measure_all(f, r, &z);
  for (int k = r->n; k < r->n + SIDE_BY_SIDE; k++)
    z.away[k] = z.part[k] = z.odd[k] = 0;
  for (int i = 0; i < r->n; i += SIDE_BY_SIDE)
    take_up(&z, i, &t);
  *e = (run_errors){ 0 };
  for (int k = 0; k < SIDE_BY_SIDE; k++) {
    e->error += t.away[k];
    e->square += t.square[k];
    e->worst = fmax(e->worst, t.worst[k]);
    odd += t.odd[k];
  }
  return odd == 0 && e->worst <= 1;
}

/* ---- for each kind of processor: the same operations, in vectors of its own */

static bool is_right_anywhere (const formula *f, const run_of *r, run_errors *e) {
  return is_right(f, r, e);
}

#ifdef __x86_64__
__attribute__((target("avx2"))) static bool is_right_avx2 (const formula *f, const run_of *r,
                                                           run_errors *e) {
  return is_right(f, r, e);
}

__attribute__((target("avx512f,avx512dq"))) static bool
is_right_avx512 (const formula *f, const run_of *r, run_errors *e) {
  return is_right(f, r, e);
}
#endif

bool run_is_right (const formula *f, const run_of *r, run_errors *e) {
#ifdef __x86_64__
  if (__builtin_cpu_supports("avx512dq"))
    return is_right_avx512(f, r, e);
  if (__builtin_cpu_supports("avx2"))
    return is_right_avx2(f, r, e);
#endif
  return is_right_anywhere(f, r, e);
}
