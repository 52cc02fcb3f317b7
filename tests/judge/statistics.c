/* statistics.c: losses of precision that the bound cannot show in single elements, as it must leave
   room for any order of summation; and ordinary rounding, which must not be taken for a loss. */

#include "../rounding.h"
#include "sums.h"

#include <fenv.h>

enum { IMAGES = 64, OUTPUTS = 32 };

/* ---- data */

static call *open_random (DLDataType t, int64_t terms, bool positive, bool bias) {
  call *k = open_call(t, IMAGES, terms, OUTPUTS);
  k->j.tensor[JOB_BIAS].present = bias;
  for (int tensor = JOB_INPUT; tensor <= (bias ? JOB_BIAS : JOB_WEIGHT); tensor++)
    for (int64_t i = 0; i < volume(&k->j.tensor[tensor]); i++) {
      const double u = signed_chance();
      set(k, tensor, i, positive ? fabs(u) : u);
    }
  memset(k->c.recipe, recipe_find("uniform"), sizeof k->c.recipe);
  set_truths(k);
  return k;
}

/* ---- faults in float32 */

static const int64_t sizes[] = { 4, 9, 27, 64, 144, 576, 1152, 4608 };
enum { SIZES = sizeof sizes / sizeof *sizes };

/* What is wrong; and for each size what catches it, on signed and on positive data: "b" the bound
   of an element, "s" the statistics, "*" either, "-" nothing, "?" not certain. */
typedef struct fault {
  const char *name;
  int bits;      /* significant bits that operands keep, or products; 0: all */
  bool cut;      /* the rest is cut off, not rounded */
  bool products; /* of the products */
  int rounding;  /* FE_*, of all arithmetic */
  const char *caught[2];
  const char *with_bias[2]; /* NULL: the same with a bias */
} fault;

static const fault faults[] = {
  { "operands rounded to bfloat16", .bits = 8, .caught = { "bbbbbbbs", "bbbbbbbs" } },
  { "operands cut to bfloat16", .bits = 8, .cut = true, .caught = { "bbbbbbbb", "bbbbbbbb" } },
  { "operands rounded to TF32", .bits = 11, .caught = { "bbbbbbss", "bbbbbbss" } },
  { "operands cut to TF32", .bits = 11, .cut = true, .caught = { "bbbbbbbs", "bbbbbbbb" } },
  { "operands rounded to 16 bits", .bits = 16, .caught = { "bbbbs---", "bbbbs---" } },
  { "operands cut to 16 bits", .bits = 16, .cut = true, .caught = { "bbbb*sss", "bbbb*sss" } },
  { "products cut", .bits = 24, .cut = true, .products = true, .caught = { "sss?----", "ssss?---" },
    .with_bias = { "s?------", "?sss?---" } },
  { "rounding toward zero", .rounding = FE_TOWARDZERO, .caught = { "*sssssss", "*sssssss" } },
  { "rounding downward", .rounding = FE_DOWNWARD, .caught = { "*sssssss", "*sssssss" } },
  { "rounding upward", .rounding = FE_UPWARD, .caught = { "*sssssss", "*sssssss" } },
  { "no fault", .caught = { "--------", "--------" } },
};

enum { FAULTS = sizeof faults / sizeof *faults };

static void take_operands (const call *k, int tensor, const fault *f, float *to) {
  const bool all = !f->bits || f->products;
  for (int64_t i = 0; i < volume(&k->j.tensor[tensor]); i++) {
    const double v = get(k, tensor, i);
    to[i] = (float) (all ? v : keep(v, f->bits, NO_LOWEST, f->cut));
  }
}

static float sum (const float *x, const float *w, int64_t n, float bias, const fault *f) {
  volatile float s = bias;
  for (int64_t i = 0; i < n; i++)
    s += f->products ? (float) keep((double) x[i] * (double) w[i], f->bits, NO_LOWEST, f->cut)
                     : x[i] * w[i];
  return s;
}

static void compute_wrongly (call *k, const fault *f) {
  static float x[IMAGES * MOST_TERMS], w[OUTPUTS * MOST_TERMS], bias[OUTPUTS];
  const fault none = { 0 };
  const int64_t n = k->channels;
  take_operands(k, JOB_INPUT, f, x);
  take_operands(k, JOB_WEIGHT, f, w);
  take_operands(k, JOB_BIAS, &none, bias);
  for (int64_t i = 0; i < k->images * k->outputs; i++) {
    const int64_t o = i % k->outputs;
    fesetround(f->rounding);
    const float s = sum(x + i / k->outputs * n, w + o * n, n, bias[o], f);
    fesetround(FE_TONEAREST);
    set(k, JOB_OUTPUT, i, s);
  }
}

static bool matches (const char *seen, const char *expected) {
  for (; *expected; expected++, seen++)
    if (*expected != '?' && !(*expected == '*' ? *seen != '-' : *seen == *expected))
      return false;
  return true;
}

/* What catches each fault at one size: "b", "s" or "-" in its place of `seen`. */
static void try_faults (int size, bool positive, bool bias, char seen[FAULTS][SIZES + 1]) {
  call *k = open_random(F32, sizes[size], positive, bias);
  for (int f = 0; f < FAULTS; f++) {
    compute_wrongly(k, &faults[f]);
    const verdict v = verdict_of(k);
    seen[f][size] = v == V_WRONG_VALUE ? 'b' : v == V_INACCURATE ? 's' : '-';
  }
  close_call(k);
}

static void test_faults (bool positive, bool bias) {
  char seen[FAULTS][SIZES + 1] = { 0 };
  for (int i = 0; i < SIZES; i++)
    try_faults(i, positive, bias, seen);
  for (int f = 0; f < FAULTS; f++) {
    const bool own = bias && faults[f].with_bias[positive];
    const char *caught = own ? faults[f].with_bias[positive] : faults[f].caught[positive];
    if (!ok(matches(seen[f], caught), "%s, %s data of 4 to 4608 products, %s: %s", faults[f].name,
            positive ? "positive" : "signed", bias ? "bias" : "no bias", caught))
      printf("# but %s\n", seen[f]);
  }
}

/* ---- other types */

/* Everything is computed right and then moved by a part of its size. */
static void test_last_step (DLDataType t, double by, verdict v, const char *what) {
  call *k = open_random(t, 9, false, true);
  for (int64_t i = 0; i < IMAGES * OUTPUTS; i++)
    set(k, JOB_OUTPUT, i, k->x.truth[0].detail.exact[i] * (1 + by));
  shows(k, v, what);
  close_call(k);
}

/* float64 data, added up in float. */
static void test_float64 (void) {
  call *k = open_random(F64, 64, false, true);
  for (int64_t i = 0; i < IMAGES * OUTPUTS; i++)
    set(k, JOB_OUTPUT, i, (double) (float) k->x.truth[0].detail.exact[i]);
  shows(k, V_WRONG_VALUE, "float64 that went through float32");
  close_call(k);
}

/* ---- where the statistics say nothing */

/* A fault that the statistics would show, if they were computed here. */
static call *open_leaning (void) {
  call *k = open_random(F32, 9, false, true);
  compute_wrongly(k, &(fault){ .rounding = FE_DOWNWARD });
  return k;
}

static void test_limits (void) {
  call *k = open_leaning();
  shows(k, V_INACCURATE, "leaning on random data");
  breaks(k, "JUDGE-3");
  ok(strstr(k->out.words, "negative side") && k->out.mean_error < 0 && k->out.mismatches == 0,
     "  and the words say to which side: %s", k->out.words);
  k->c.recipe[WEIGHT] = (uint8_t) recipe_find("halfway");
  shows(k, V_PASS, "data that are not random in all tensors may lean");
  k->c.recipe[WEIGHT] = k->c.recipe[INPUT];
  k->c.layout = BROADCAST;
  shows(k, V_PASS, "so may repeated data");
  k->c.layout = NCHW;
  case_meta m = { .value[INPUT].count = 1 };
  k->c.meta = &m;
  shows(k, V_PASS, "and data written out in the case");
  k->c.meta = NULL;
  k->s.claims = CONV2D_TRANSFORM;
  shows(k, V_PASS, "and transforms, whose errors come in groups");
  close_call(k);
  k = open_leaning();
  k->j.tensor[JOB_OUTPUT].shape[0] = k->x.output.dim[0] = k->j.output_shape[0] = 31;
  shows(k, V_PASS, "992 outputs are too few");
  close_call(k);
  k = open_leaning();
  for (int64_t i = 0; i < IMAGES * OUTPUTS; i++) {
    set(k, JOB_OUTPUT, i, get(k, JOB_OUTPUT, i % 300));
    k->x.truth[0].detail.exact[i] = k->x.truth[0].detail.exact[i % 300];
    k->x.truth[0].detail.scale[i] = k->x.truth[0].detail.scale[i % 300];
  }
  shows(k, V_PASS, "2048 outputs of which only 300 differ are too few");
  close_call(k);
}

/* The limit for transforms is wider, but there is one. */
static void test_transform (void) {
  call *k = open_random(F32, 9, false, true);
  const double unit = 9 * 0x1p-24;
  k->s.claims = CONV2D_TRANSFORM;
  for (int i = 0; i < 2; i++) {
    for (int64_t e = 0; e < IMAGES * OUTPUTS; e++)
      set(k, JOB_OUTPUT, e,
          k->x.truth[0].detail.exact[e] + (e % 2 ? 1 : -1) * (i ? 40 : 20) * unit);
    shows(k, i ? V_INACCURATE : V_PASS,
          i ? "transform: errors of 40 u T" : "transform: errors of 20 u T");
  }
  close_call(k);
}

int main (void) {
  for (int i = 0; i < 4; i++)
    test_faults(i & 1, i & 2);
  test_last_step(F32, 0x1p-22, V_INACCURATE, "float32: results a little too large");
  test_last_step(F16, 0, V_PASS, "float16: rounded once");
  test_last_step(F16, 0x1p-16, V_WRONG_VALUE, "float16: results a little too large");
  test_last_step(BF16, 0, V_PASS, "bfloat16: rounded once");
  test_last_step(BF16, -0x1p-13, V_WRONG_VALUE, "bfloat16: results a little too small");
  test_float64();
  test_limits();
  test_transform();
  return done_testing();
}
