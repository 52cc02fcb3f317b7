/* init.c: fresh parameters: right ones pass again and again, each classic mistake is caught. */

#include "answers.h"

typedef struct layer {
  int64_t in, out, kernel, groups;
} layer;

static const layer dense = { 16, 32, 3, 1 }, grouped = { 16, 32, 3, 2 },
                   depthwise = { 64, 64, 3, 64 }, wide = { 64, 48, 5, 1 }, tiny = { 1, 1, 1, 1 };

static call *open_layer (layer l, DLDataType t) {
  call *k = open_call(t, 1, 1, 1);
  drop_truths(k);
  k->c.direction = INIT;
  k->j.params = (conv2d_params){ .in_channels = l.in,
                                 .out_channels = l.out,
                                 .groups = l.groups,
                                 .kernel_size = { l.kernel, l.kernel },
                                 .stride = { 1, 1 },
                                 .dilation = { 1, 1 },
                                 .bias = 1,
                                 .dtype = t };
  k->j.tensor[JOB_INPUT].present = k->j.tensor[JOB_OUTPUT].present = 0;
  put_place(k, JOB_WEIGHT, t, 4,
            (int64_t[]){ l.out, l.groups ? l.in / l.groups : 0, l.kernel, l.kernel });
  put_place(k, JOB_BIAS, t, 1, &l.out);
  return k;
}

static double fan_in (const call *k) {
  const conv2d_params *p = &k->j.params;
  return (double) (p->in_channels / p->groups * p->kernel_size[0] * p->kernel_size[1]);
}

static void draw (call *k, int tensor, double bound) {
  for (int64_t i = 0; i < volume(&k->j.tensor[tensor]); i++)
    set(k, tensor, i, bound * signed_chance());
}

static void draw_right (call *k) {
  draw(k, JOB_WEIGHT, 1 / sqrt(fan_in(k)));
  draw(k, JOB_BIAS, 1 / sqrt(fan_in(k)));
}

/* ---- right ones */

static void test_right (layer l, DLDataType t, const char *name) {
  bool right = true;
  call *k = open_layer(l, t);
  for (int i = 0; i < 300 && right; i++) {
    draw_right(k);
    right = verdict_of(k) == V_PASS;
  }
  if (!ok(right, "%s: 300 times right parameters", name))
    printf("# %s\n", k->out.words);
  close_call(k);
}

/* From a generator of few bits, as torch draws the narrow types: k / 2^bits. */
static void test_coarse (DLDataType t, int bits, const char *name) {
  bool right = true;
  call *k = open_layer(wide, t);
  for (int i = 0; i < 20 && right; i++) {
    for (int tensor = JOB_WEIGHT; tensor <= JOB_BIAS; tensor++)
      for (int64_t e = 0; e < volume(&k->j.tensor[tensor]); e++)
        set(k, tensor, e,
            (2 * ldexp((double) (chance() >> (64 - bits)), -bits) - 1) / sqrt(fan_in(k)));
    right = verdict_of(k) == V_PASS;
  }
  if (!ok(right, "%s: drawn from %d bits", name, bits))
    printf("# %s\n", k->out.words);
  close_call(k);
}

/* ---- wrong ones */

static double standard_normal (void) {
  double sum = 0;
  for (int i = 0; i < 12; i++)
    sum += (double) (chance() >> 11) * 0x1p-53;
  return sum - 6;
}

static void wrong (call *k, const char *clause, const char *what) {
  shows(k, V_BAD_INIT, what);
  breaks(k, clause);
  printf("# %s\n", k->out.words);
}

/* Uniform, but on other bounds. */
static void test_bound (layer l, double bound, const char *clause, const char *what) {
  call *k = open_layer(l, F32);
  draw_right(k);
  draw(k, JOB_WEIGHT, bound);
  wrong(k, clause, what);
  ok(strstr(k->out.words, what), "  and the words guess it");
  close_call(k);
}

static void test_bounds (void) {
  const double out = 32 * 9, in = 16 * 9;
  test_bound(grouped, 1 / sqrt(in), "INIT-3", "1/sqrt(fan_in) with the channels of all groups");
  test_bound(dense, sqrt(6 / in), "INIT-1", "sqrt(6/fan_in)");
  test_bound(dense, sqrt(3 / in), "INIT-1", "sqrt(3/fan_in)");
  test_bound(dense, sqrt(6 / (in + out)), "INIT-1", "sqrt(6/(fan_in+fan_out))");
  test_bound(dense, 1 / in, "INIT-1", "1/fan_in");
  test_bound(dense, 1 / sqrt(out), "INIT-1", "1/sqrt(fan_out)");
  test_bound(depthwise, 1 / sqrt(64 * 9), "INIT-3",
             "1/sqrt(fan_in) with the channels of all groups");
}

/* Weights made one by one from their index; the bias is right. `words` are among the verdict's. */
static void test_weights (double value(int64_t i, int64_t n), const char *what, const char *words) {
  call *k = open_layer(dense, F32);
  const int64_t n = volume(&k->j.tensor[JOB_WEIGHT]);
  draw_right(k);
  for (int64_t i = 0; i < n; i++)
    set(k, JOB_WEIGHT, i, value(i, n) / sqrt(fan_in(k)));
  wrong(k, "INIT-1", what);
  ok(strstr(k->out.words, words), "  for %s", words);
  close_call(k);
}

static double zero (int64_t i, int64_t n) {
  (void) i, (void) n;
  return 0;
}

static double constant (int64_t i, int64_t n) {
  (void) i, (void) n;
  return 0.97;
}

static double normal (int64_t i, int64_t n) {
  (void) i, (void) n;
  return standard_normal() / sqrt(3);
}

/* A normal distribution of the right variance, cut at the bound. */
static double cut_normal (int64_t i, int64_t n) {
  double v;
  do
    v = normal(i, n);
  while (fabs(v) > 1);
  return v;
}

static double ramp (int64_t i, int64_t n) {
  return 2 * ((double) i + 0.5) / (double) n - 1;
}

static double half (int64_t i, int64_t n) {
  (void) i, (void) n;
  return fabs(signed_chance());
}

static double two_values (int64_t i, int64_t n) {
  (void) i, (void) n;
  return chance() >> 63 ? 0.99 : -0.99;
}

static double triangular (int64_t i, int64_t n) {
  (void) i, (void) n;
  return (signed_chance() + signed_chance()) / 2;
}

/* Mean, variance and range are right. */
static double mostly_one_size (int64_t i, int64_t n) {
  (void) i, (void) n;
  const double v = signed_chance();
  return below(5) ? copysign(sqrt(1.0 / 3), v) : v;
}

static double shifted (int64_t i, int64_t n) {
  (void) i, (void) n;
  return signed_chance() * 0.94 + 0.06;
}

static double with_one_nan (int64_t i, int64_t n) {
  return i == n / 2 ? NAN : signed_chance();
}

static double with_one_beyond (int64_t i, int64_t n) {
  return i == n - 1 ? 1.001 : signed_chance();
}

static void test_distributions (void) {
  test_weights(zero, "zeros", "all 4608 values are equal");
  test_weights(constant, "equal values", "all 4608 values are equal");
  test_weights(normal, "a normal distribution", "outside of the bound");
  test_weights(cut_normal, "a normal distribution, cut", "the variance");
  test_weights(ramp, "a ramp", "neighbours");
  test_weights(half, "positive values only", "the mean");
  test_weights(two_values, "two values", "the largest");
  test_weights(triangular, "a triangular distribution", "the largest");
  test_weights(mostly_one_size, "the right mean and variance, but not uniform",
               "away from uniform");
  test_weights(shifted, "a shifted distribution", "the mean");
  test_weights(with_one_nan, "one NaN", "1 of 4608 values are outside");
  test_weights(with_one_beyond, "one value beyond the bound", "1 of 4608 values are outside");
}

/* ---- the bias */

static void test_bias (void) {
  call *k = open_layer(dense, F32);
  const double b = 1 / sqrt(fan_in(k));
  draw_right(k);
  draw(k, JOB_BIAS, 0);
  wrong(k, "INIT-2", "a bias of zeros");
  draw(k, JOB_BIAS, 1);
  wrong(k, "INIT-2", "a bias on [-1, 1]");
  ok(k->out.tensor == JOB_BIAS && k->out.mismatches > 0 && fabs(k->out.got) > b
         && fabs(fabs(k->out.want) - b) < 1e-9 && k->out.first.ndim == 1,
     "  the first value outside is noted, and the bound");
  for (int64_t i = 0; i < 32; i++)
    set(k, JOB_BIAS, i, get(k, JOB_WEIGHT, i));
  wrong(k, "INIT-2", "the weight's values over again");
  draw(k, JOB_BIAS, b);
  k->j.tensor[JOB_BIAS].present = 0;
  shows(k, V_PASS, "no bias");
  close_call(k);
}

static void test_seed (void) {
  call *k = open_layer(dense, F32);
  draw_right(k);
  k->j.conduct = IGNORED_SEED;
  wrong(k, "INIT-4", "parameters that do not depend on the seed");
  k->j.conduct = 0;
  shows(k, V_PASS, "and those that do");
  close_call(k);
  k = open_layer(tiny, F32);
  draw_right(k);
  k->j.tensor[JOB_BIAS].present = 0;
  k->j.conduct = IGNORED_SEED;
  shows(k, V_PASS, "a single value may be equal by chance");
  close_call(k);
}

/* Tensors with few elements pass if these may be so by chance, and fail if they show a fault. */
static void test_tiny (void) {
  call *k = open_layer(tiny, F32);
  set(k, JOB_WEIGHT, 0, 0.1);
  set(k, JOB_BIAS, 0, -0.9);
  shows(k, V_PASS, "one weight and one bias");
  set(k, JOB_BIAS, 0, 0);
  shows(k, V_BAD_INIT, "a single bias of 0");
  set(k, JOB_BIAS, 0, 1.01);
  shows(k, V_BAD_INIT, "a single bias outside");
  close_call(k);
  k = open_layer((layer){ 1, 6, 2, 1 }, F32);
  draw_right(k);
  for (int64_t i = 0; i < 6; i++)
    set(k, JOB_BIAS, i, 0.2);
  shows(k, V_BAD_INIT, "six equal biases");
  close_call(k);
  k = open_layer((layer){ 0, 6, 2, 1 }, F32);
  draw(k, JOB_BIAS, 1e30);
  shows(k, V_PASS, "no input channels: the bias is free");
  k->j.conduct = VARIES | LEFT_UNWRITTEN;
  shows(k, V_PASS, "and may be what the memory was");
  k->j.conduct = WROTE_OUTSIDE;
  shows(k, V_WROTE_OUTSIDE, "but nothing else may be written");
  close_call(k);
}

int main (void) {
  test_right(dense, F32, "float32, dense");
  test_right(dense, F64, "float64, dense");
  test_right(dense, F16, "float16, dense");
  test_right(dense, BF16, "bfloat16, dense");
  test_right(grouped, F32, "float32, grouped");
  test_right(depthwise, F32, "float32, depthwise");
  test_right((layer){ 1, 1, 3, 1 }, F32, "float32, 9 weights");
  test_right(tiny, F32, "float32, 1 weight");
  test_right(tiny, BF16, "bfloat16, 1 weight");
  test_coarse(F32, 24, "float32");
  test_coarse(F16, 11, "float16");
  test_coarse(BF16, 8, "bfloat16");
  test_bounds();
  test_distributions();
  test_bias();
  test_seed();
  test_tiny();
  return done_testing();
}
