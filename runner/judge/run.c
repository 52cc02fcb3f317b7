/* run.c: many elements against their bounds at once, and their errors as the statistics see them,
   in loops that compilers make vectors of. The only decision here is that all is well; values.c
   looks at everything else. */

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

/* What the bound of one element is made of. */
typedef struct element {
  double n, unit, away;
  limits l;
  bool plain; /* not if any is no number: that is not <= anything */
} element;

/* Without branches. */
INLINE element element_of (const formula *f, const run_of *r, int i) {
  const double two = r->two, taps = f->taps, exact = r->exact[i], got = r->got[i];
  double n = to_double(r->terms[i]);
  n = (n == 2 ? two : n) * f->times + f->more;
  n = n > taps ? n : taps;
  const double x = f->unit * n + f->once, g = (x + x * x) * f->larger;
  const double s = f->direct * r->scale[i] + (n * f->factor[0] * f->factor[1] + f->added);
  return (element){ .n = n,
                    .unit = f->unit * s,
                    .away = got - exact,
                    .l = limits_of(f, exact, n, g, (g + f->amplified + f->operand) * s),
                    .plain = (fabs(exact) <= f->largest) & (fabs(got) <= f->largest)
                             & (s <= DBL_MAX) & (x <= 1) & (f->unit * s > 0) };
}

INLINE void measure (const formula *f, const run_of *r, int i, found *z) {
  const element e = element_of(f, r, i);
  z->away[i] = e.away / e.unit;
  z->part[i] = fabs(e.away) / (e.l.sum + e.l.last);
  z->odd[i] = e.plain ? 0 : 1;
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
  for (int k = 0; k < SIDE_BY_SIDE; k++)
    z.away[r->n + k] = z.part[r->n + k] = z.odd[r->n + k] = 0;
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

/* The members of draws, each for itself. */
typedef struct drawing {
  double x[RUN], w[RUN], side[RUN], share[RUN];
} drawing;

INLINE void make_draws (const formula *by, const run_of *of, draw d[RUN]) {
  const formula f = *by;
  const run_of r = *of;
  drawing z;
  for (int i = 0; i < r.n; i++) {
    const element e = element_of(&f, &r, i);
    const double fixed = e.l.last + e.l.rounded + e.l.lost;
    const draw one = draw_of(&f, e.n, e.away, r.exact[i], r.scale[i], e.unit, fixed);
    z.x[i] = one.x;
    z.w[i] = one.w;
    z.side[i] = one.side;
    z.share[i] = one.share;
  }
  for (int i = 0; i < r.n; i++)
    d[i] = (draw){ z.x[i], z.w[i], z.side[i], z.share[i] };
}

/* ---- for each kind of processor: the same operations, in vectors of its own */

#define FOR_PROCESSOR(name, attribute)                                                             \
  attribute static bool is_right_##name(const formula *f, const run_of *r, run_errors *e) {        \
    return is_right(f, r, e);                                                                      \
  }                                                                                                \
  attribute static void make_draws_##name(const formula *f, const run_of *r, draw d[RUN]) {        \
    make_draws(f, r, d);                                                                           \
  }

FOR_PROCESSOR(anywhere, )
#ifdef __x86_64__
FOR_PROCESSOR(avx2, __attribute__((target("avx2"))))
FOR_PROCESSOR(avx512, __attribute__((target("avx512f,avx512dq"))))
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

void run_draw (const formula *f, const run_of *r, draw d[RUN]) {
#ifdef __x86_64__
  if (__builtin_cpu_supports("avx512dq")) {
    make_draws_avx512(f, r, d);
    return;
  }
  if (__builtin_cpu_supports("avx2")) {
    make_draws_avx2(f, r, d);
    return;
  }
#endif
  make_draws_anywhere(f, r, d);
}
