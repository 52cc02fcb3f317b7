/* run.c: many elements against their bounds at once, and their errors as the statistics see them,
   in loops that compilers make vectors of. The only decision here is that all is well; values.c
   looks at everything else. */

#include "parts.h"

#include "call/processors.h"

#include <float.h>
#include <math.h>

/* Of numbers from 0 on, below 2^52, by their place in a double. */
static inline double to_double (int64_t n) {
  const uint64_t bits = (uint64_t) n | (uint64_t) 0x433 << 52;
  double v;
  memcpy(&v, &bits, sizeof v);
  return v - 0x1p52;
}

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

/* Numbers side by side, in vectors of any processor. */
typedef double lanes __attribute__((vector_size(8 * SIDE_BY_SIDE)));
typedef int64_t masks __attribute__((vector_size(8 * SIDE_BY_SIDE)));

/* They begin as zeros. */
typedef struct sums {
  lanes away, square, worst, odd;
} sums;

INLINE void take_up (const found *z, int i, sums *t) {
  lanes away, part, odd;
  memcpy(&away, z->away + i, sizeof away);
  memcpy(&part, z->part + i, sizeof part);
  memcpy(&odd, z->odd + i, sizeof odd);
  const masks larger = (masks) (part > t->worst);
  t->away += away;
  t->square += away * away;
  t->worst = (lanes) ((larger & (masks) part) | (~larger & (masks) t->worst));
  t->odd += odd;
}

INLINE void measure_all (const formula *by, const run_of *of, found *z) {
  const formula f = *by; /* which no store can change */
  const run_of r = *of;
  for (int i = 0; i < r.n; i++)
    measure(&f, &r, i, z);
}

INLINE bool is_right_text (const formula *f, const run_of *r, run_errors *e) {
  found z;
  sums t = { { 0 }, { 0 }, { 0 }, { 0 } };
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

INLINE void make_draws_text (const formula *by, const run_of *of, draws *d) {
  const formula f = *by;
  const run_of r = *of;
  for (int i = 0; i < r.n; i++) {
    const element e = element_of(&f, &r, i);
    const double fixed = e.l.last + e.l.rounded + e.l.lost;
    draws_put(d, i, draw_of(&f, e.n, e.away, r.exact[i], r.scale[i], e.unit, fixed));
  }
}

FOR_PROCESSORS(return, bool, is_right, (const formula *f, const run_of *r, run_errors *e),
                     (f, r, e))
FOR_PROCESSORS(, void, make_draws, (const formula *f, const run_of *r, draws *d), (f, r, d))

bool run_is_right (const formula *f, const run_of *r, run_errors *e) {
  return is_right(f, r, e);
}

void run_draw (const formula *f, const run_of *r, draws *d) {
  make_draws(f, r, d);
}
