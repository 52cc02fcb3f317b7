/* parts.c: gradients that are added up from copies, each rounded to a narrow type (JUDGE-8): in how
   many parts, and that the bound holds for whatever order and data are tried. */

#include "answers.h"
#include "judge/parts.h"

/* ---- how many */

static const contract no_contract;

static job gradient (int64_t rows, int64_t columns, int64_t padding, int32_t mode) {
  job j = { 0 };
  j.params = (conv2d_params){ .kernel_size = { 4, 4 },
                              .padding = { padding, padding },
                              .dilation = { 1, 1 },
                              .padding_mode = mode };
  j.tensor[JOB_GRAD_INPUT] = (place){ .present = 1, .ndim = 3, .shape = { 1, rows, columns } };
  return j;
}

static void count (const char *what, const job *j, int n, const int64_t *want) {
  bool right = true;
  for (int i = 0; i < n; i++)
    right = right && parts_of(j, i, 1000) == want[i];
  ok(right, "%s", what);
}

static void test_counts (void) {
  job j = gradient(1, 5, 0, CONV2D_CIRCULAR);
  j.params.padding[1] = 2;
  count("circular: what lies within the padding of an end", &j, 5, (int64_t[]){ 2, 2, 1, 2, 2 });
  j.params.padding[1] = 5;
  count("circular: at the limit everything stands three times", &j, 5,
        (int64_t[]){ 3, 3, 3, 3, 3 });
  j.params.padding_mode = CONV2D_REFLECT;
  j.params.padding[1] = 3;
  count("reflect: the edge is not repeated", &j, 5, (int64_t[]){ 1, 3, 3, 3, 1 });
  j.params.padding_mode = CONV2D_REPLICATE;
  count("replicate: the edge, once for each column of padding", &j, 5,
        (int64_t[]){ 4, 1, 1, 1, 4 });
  j.params.padding_kind = CONV2D_PADDING_SAME;
  count("same: one before, two after", &j, 5, (int64_t[]){ 2 * 4, 1 * 4, 1 * 4, 1 * 4, 3 * 4 });
  j.params.padding_mode = CONV2D_ZEROS;
  count("zeros: never", &j, 5, (int64_t[]){ 1, 1, 1, 1, 1 });
  j = gradient(2, 2, 1, CONV2D_CIRCULAR);
  count("both axes", &j, 4, (int64_t[]){ 4, 4, 4, 4 });
  ok(parts_of(&j, 0, 3) == 3, "no more parts than products");
  ok(parts_of(&j, 0, 0) == 1, "a whole, where there is none");
  j = gradient(2, 2, -1, CONV2D_CIRCULAR);
  count("cropped: never", &j, 4, (int64_t[]){ 1, 1, 1, 1 });
  j = gradient(2, 2, INT64_MAX / 2, CONV2D_REPLICATE);
  ok(parts_of(&j, 0, 1000) == 1000, "padding of 2^62");
}

/* ---- how far */

static uint64_t state_of_lots = 1;

/* Uniform in [-1, 1). */
static double lot (void) {
  state_of_lots = state_of_lots * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
  return ldexp((double) (state_of_lots >> 11), -52) - 1;
}

/* The sum of parts as a padding layer adds them up, and what the judge gets to know about it. */
static double add_parts (const dtype *d, int64_t parts, sum *s) {
  double got = 0;
  *s = (sum){ .terms = parts, .parts = parts };
  for (int64_t k = 0; k < parts; k++) {
    const double part = (double) (float) (k % 2 ? lot() : fabs(lot()));
    s->exact += part;
    s->scale += fabs(part);
    got = dtype_round(d, got + dtype_round(d, part));
  }
  return got;
}

static void test_bound (DLDataType t, const char *name) {
  enum { TRIES = 20000 };
  const profile p = profile_of(t, 0, &no_contract);
  const reach nothing = { 0 };
  int outside = 0, needed = 0;
  double nearest = 0;
  for (int64_t parts = 2; parts < 12; parts++)
    for (int k = 0; k < TRIES; k++) {
      sum s;
      const double away = fabs(add_parts(p.type, parts, &s) - s.exact);
      const double allowed = bound_of(&p, &s, &nothing).total;
      outside += !(away <= allowed);
      nearest = fmax(nearest, away / allowed);
      s.parts = 1;
      needed += away > bound_of(&p, &s, &nothing).total;
    }
  ok(outside == 0, "%s: 200,000 sums of 2 to 11 parts are within the bound, up to %.2f of it", name,
     nearest);
  ok(nearest > 0.5, "  which is not far off");
  ok(needed > TRIES, "  and %d of them are outside the bound of a single rounding", needed);
}

static void test_edges (void) {
  const profile p = profile_of(F16, 0, &no_contract);
  const reach nothing = { 0 };
  const sum whole = { 0, 40000 * 2, 2, 1 }, halves = { 0, 40000 * 2, 2, 2 };
  ok(!may_overflow(&p, &whole, &nothing), "float16: a sum in float32 does not overflow");
  ok(may_overflow(&p, &halves, &nothing), "float16: its parts may");
  const sum few = { 1, 1, 4, 2 }, more = { 1, 1, 4, 3 };
  ok(bound_of(&p, &few, &nothing).total < bound_of(&p, &more, &nothing).total,
     "more parts, more room");
  const double v = 0x1p-11;
  ok(bound_of(&p, &few, &nothing).total < 2.01 * v, "two parts: two roundings of the whole");
}

int main (void) {
  test_counts();
  test_bound(BF16, "bfloat16");
  test_bound(E4M3, "float8_e4m3fn");
  test_bound(E5M2, "float8_e5m2");
  test_bound(F16, "float16");
  test_edges();
  return done_testing();
}
