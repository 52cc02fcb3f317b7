/* runs.c: many elements at once are judged as one by one: a run is right only if every element is
   within its bound, and one that is not, or is no number, is seen wherever it stands. */

#include "answers.h"
#include "judge/parts.h"

static const contract no_contract;

static uint64_t state_of_lots = 1;

/* Uniform in [0, 1). */
static double lot (void) {
  state_of_lots = state_of_lots * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
  return ldexp((double) (state_of_lots >> 11), -53);
}

typedef struct elements {
  double got[RUN], exact[RUN], scale[RUN];
  int64_t terms[RUN];
  int n;
} elements;

static bound bound_at (const profile *p, const reach *r, const elements *e, int i) {
  const sum s = { e->exact[i], e->scale[i], e->terms[i], 1 };
  return bound_of(p, &s, r);
}

/* Right answers, each up to `part` of what is allowed away. */
static void fill (elements *e, const profile *p, const reach *r, double part) {
  const double fit = p->largest_result < 10000 ? 0x1p-5 : 1; /* float8_e4m3fn ends at 448 */
  e->n = 1 + (int) (lot() * RUN);
  for (int i = 0; i < e->n; i++) {
    e->terms[i] = 1 + (int64_t) (lot() * 5000);
    e->scale[i] = (0.5 + lot()) * (double) e->terms[i] * fit;
    e->exact[i] = e->scale[i] * (2 * lot() - 1);
    const double allowed = part * bound_at(p, r, e, i).total;
    e->got[i] = e->exact[i] + (2 * lot() - 1) * allowed;
    if (fabs(e->got[i] - e->exact[i]) > allowed) /* float64 rounds it there */
      e->got[i] = e->exact[i];
  }
}

static bool run_passes (const profile *p, const reach *r, const elements *e, run_errors *found) {
  const formula f = formula_of(p, r);
  const run_of run = {
    .got = e->got, .exact = e->exact, .scale = e->scale, .terms = e->terms, .two = 2, .n = e->n
  };
  return run_is_right(&f, &run, found);
}

static bool near (double a, double b) {
  return fabs(a - b) <= 1e-9 * (fabs(a) + fabs(b) + 1);
}

/* Whether the sums of a run are those of its elements. */
static bool sums_are_right (const profile *p, const reach *r, const elements *e,
                            const run_errors *found) {
  double total = 0, square = 0, worst = 0;
  for (int i = 0; i < e->n; i++) {
    const bound b = bound_at(p, r, e, i);
    const double off = e->got[i] - e->exact[i];
    total += off / b.unit;
    square += off / b.unit * (off / b.unit);
    worst = fmax(worst, fabs(off) / b.total);
  }
  return near(found->error, total) && near(found->square, square) && near(found->worst, worst);
}

/* Whether the draws of a run are those of its elements. */
static bool draws_are_right (const profile *p, const reach *r, const elements *e) {
  const formula f = formula_of(p, r);
  const run_of run = { e->got, e->exact, e->scale, e->terms, 2, e->n };
  draws all;
  bool right = true;
  run_draw(&f, &run, &all);
  for (int i = 0; i < e->n; i++) {
    const sum s = { e->exact[i], e->scale[i], e->terms[i], 1 };
    const draw one = draw_at_bound(p, &s, r, e->got[i]);
    right = right && near(all.x[i], one.x) && near(all.w[i], one.w) && near(all.side[i], one.side)
            && near(all.share[i], one.share);
  }
  return right;
}

/* What the elements of a run may be besides numbers close to the truth. */
static void spoil (elements *e, int i, int how, const bound *b) {
  switch (how) {
  case 0: e->got[i] = e->exact[i] + (1.000001 * b->total + fabs(e->exact[i]) * 0x1p-52); break;
  case 1: e->got[i] = e->exact[i] - (1.000001 * b->total + fabs(e->exact[i]) * 0x1p-52); break;
  case 2: e->got[i] = NAN; break;
  case 3: e->got[i] = INFINITY; break;
  case 4: e->got[i] = -INFINITY; break;
  case 5: e->exact[i] = NAN; break;
  case 6: e->exact[i] = e->got[i] = INFINITY; break;
  case 7: e->scale[i] = INFINITY; break;
  case 8: e->scale[i] = NAN; break;
  case 9: e->scale[i] = e->exact[i] = e->got[i] = 0; break; /* for which no unit is */
  default: e->terms[i] = INT64_C(1) << 51;
  }
}

enum { HOWS = 11 };

/* Transforms have a scale of their own, and so many terms are few for float64. */
static bool counts (const profile *p, int how) {
  return how < 7 || (how < 10 ? !p->transforms : p->unit > 0x1p-50);
}

static void test (const char *name, DLDataType t, uint32_t claims) {
  enum { TRIES = 400 };
  const profile p = profile_of(t, claims, &no_contract);
  const reach r = { .factor = { { .largest = 1.5 }, { .largest = 1 } }, .taps = 9 };
  int refused = 0, other = 0, drawn_otherwise = 0, missed[HOWS] = { 0 }, all = 0;
  elements e;
  run_errors found;
  for (int k = 0; k < TRIES; k++)
    for (int how = 0; how < HOWS; how++) {
      fill(&e, &p, &r, 0.999);
      refused += !run_passes(&p, &r, &e, &found);
      other += !sums_are_right(&p, &r, &e, &found);
      drawn_otherwise += !draws_are_right(&p, &r, &e);
      const int i = (int) (lot() * e.n);
      const bound b = bound_at(&p, &r, &e, i);
      spoil(&e, i, how, &b);
      missed[how] += counts(&p, how) && run_passes(&p, &r, &e, &found);
    }
  for (int how = 0; how < HOWS; how++) {
    all += missed[how];
    if (missed[how])
      printf("# %d: %d\n", how, missed[how]);
  }
  ok(refused == 0, "%s: no run of right answers is refused", name);
  ok(other == 0, "%s: its sums are those of its elements", name);
  ok(drawn_otherwise == 0, "%s: its draws are those of its elements", name);
  ok(all == 0, "%s: one that is wrong, no number, or without a scale, is seen", name);
}

int main (void) {
  test("float32", F32, 0);
  test("float16", F16, 0);
  test("bfloat16", BF16, 0);
  test("float8_e4m3fn", E4M3, 0);
  test("float8_e5m2", E5M2, 0);
  test("float64", F64, 0);
  test("float32 by transforms", F32, CONV2D_TRANSFORM);
  test("float32, flushed", F32, CONV2D_FLUSHES_SUBNORMALS);
  return done_testing();
}
