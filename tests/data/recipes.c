/* recipes.c: each recipe gives what its name says, in each type. Sums are of 36 products, an output
   of a 3x3 convolution of 4 channels, and are compared in double, which holds those of the narrower
   types exactly. */

#include "tensors.h"

#include <math.h>
#include <stdlib.h>

enum { FILTERS = 256, TAPS = 36, COUNT = FILTERS * TAPS };

/* Input, weight and bias with as many numbers as there are products. */
typedef struct operands {
  const dtype *type;
  double x[COUNT], w[COUNT], b[FILTERS];
} operands;

static void read_all (const test_case *c, uint64_t key, role r, int32_t ndim, int64_t *dim,
                      double *to) {
  const DLTensor t = filled(c, key, r, ndim, dim);
  for (int64_t i = 0; i < tensor_numbers(&t); i++)
    to[i] = tensor_get(&t, i);
}

static const operands *operands_of (const char *recipe_name, int type, uint64_t key) {
  static operands o;
  const int parts = CONV2D_PARTS(types[type].code);
  int64_t dim[] = { FILTERS, 4 / parts, 3, 3 };
  test_case c = case_of(recipe_name, types[type]);
  c.params.in_channels /= parts;
  o.type = dtype_of(types[type]);
  read_all(&c, key, INPUT, 4, dim, o.x);
  read_all(&c, key, WEIGHT, 4, dim, o.w);
  read_all(&c, key, BIAS, 1, &(int64_t){ FILTERS / parts }, o.b);
  return &o;
}

/* The f-th sum, and the sum of its magnitudes. */
static double sum_of (const operands *o, int f, double *scale) {
  double sum = o->b[f];
  *scale = fabs(sum);
  for (int i = f * TAPS; i < (f + 1) * TAPS; i++) {
    sum += o->x[i] * o->w[i];
    *scale += fabs(o->x[i] * o->w[i]);
  }
  return sum;
}

static double largest (const dtype *d) {
  return ldexp(d->top, d->max_exponent);
}

/* ---- every recipe */

/* How many of the sums of a recipe leave the range of the type, over 20 keys. */
static int overflows (const char *recipe_name, int type) {
  int count = 0;
  for (uint64_t key = 0; key < 20; key++) {
    const operands *o = operands_of(recipe_name, type, key);
    for (int f = 0; f < FILTERS; f++) {
      double scale;
      sum_of(o, f, &scale);
      count += !(scale <= largest(o->type));
    }
  }
  return count;
}

static int nonfinite (const char *recipe_name, int type) {
  int count = 0;
  for (uint64_t key = 0; key < 20; key++) {
    const operands *o = operands_of(recipe_name, type, key);
    for (int i = 0; i < COUNT; i++)
      count += !isfinite(o->x[i]) + !isfinite(o->w[i]);
  }
  return count;
}

static void test_finite (void) {
  for (int k = 0; recipes[k].name; k++)
    for (int i = 0; i < TYPES; i++)
      if (is_integer(types[i]))
        continue;
      else if (recipes[k].finite)
        ok(nonfinite(recipes[k].name, i) == 0
               && (!strcmp(recipes[k].name, "arange") || overflows(recipes[k].name, i) == 0),
           "%s, %s: finite, and so are the sums", recipes[k].name, type_names[i]);
      else
        ok(nonfinite(recipes[k].name, i) >= 20, "%s, %s: not finite", recipes[k].name,
           type_names[i]);
}

/* ---- distributions */

typedef struct moments {
  double mean, variance, lowest, highest, tail; /* tail: share beyond twice the deviation */
} moments;

static moments moments_of (const double *v, int n) {
  moments m = { .lowest = v[0], .highest = v[0] };
  for (int i = 0; i < n; i++) {
    m.mean += v[i] / n;
    m.lowest = fmin(m.lowest, v[i]);
    m.highest = fmax(m.highest, v[i]);
  }
  for (int i = 0; i < n; i++)
    m.variance += (v[i] - m.mean) * (v[i] - m.mean) / n;
  for (int i = 0; i < n; i++)
    m.tail += fabs(v[i] - m.mean) > 2 * sqrt(m.variance) ? 1.0 / n : 0;
  return m;
}

/* Five deviations of the estimate from 9216 numbers are allowed, and what cutting to few bits takes
   from the ends of a range and from the variance: at most 2^(1 - precision) of each number. */
static void test_distributions (int type) {
  const moments u = moments_of(operands_of("uniform", type, 1)->x, COUNT);
  const int precision = dtype_of(types[type])->precision;
  const double cut = precision < 8 ? ldexp(1, 1 - precision) : 0, end = 0.98 * (1 - cut);
  ok(u.lowest >= -1 && u.lowest < -end && u.highest < 1 && u.highest > end && fabs(u.mean) < 0.03
         && fabs(u.variance - 1 / 3.0) < 0.016 + 2 * cut / 3,
     "uniform, %s: [%g, %g], variance %g", type_names[type], u.lowest, u.highest, u.variance);
  const moments n = moments_of(operands_of("normal", type, 1)->x, COUNT);
  ok(fabs(n.mean) < 0.052 && fabs(n.variance - 1) < 0.074 && fabs(n.tail - 0.0455) < 0.011
         && n.highest > 3 && n.lowest < -3,
     "normal, %s: mean %g, variance %g, beyond 2 deviations %g", type_names[type], n.mean,
     n.variance, n.tail);
}

/* Neighbours, and the same element of two tensors, must not be correlated. */
static void test_independence (const char *recipe_name, int type) {
  const operands *o = operands_of(recipe_name, type, 3);
  const moments x = moments_of(o->x, COUNT), w = moments_of(o->w, COUNT);
  double next = 0, other = 0;
  for (int i = 0; i < COUNT; i++) {
    next += (o->x[i] - x.mean) * (o->x[(i + 1) % COUNT] - x.mean) / COUNT / x.variance;
    other += (o->x[i] - x.mean) * (o->w[i] - w.mean) / COUNT / sqrt(x.variance * w.variance);
  }
  ok(fabs(next) < 0.05 && fabs(other) < 0.05, "%s, %s: correlations %.3f and %.3f", recipe_name,
     type_names[type], next, other);
}

static void test_integer_range (int type) {
  const moments u = moments_of(operands_of("uniform", type, 1)->x, COUNT);
  const moments s = moments_of(operands_of("special", type, 1)->x, COUNT);
  const moments n = moments_of(operands_of("integers", type, 1)->x, COUNT);
  const double width = ldexp(1, types[type].bits > 16 ? 21 : types[type].bits);
  const double lowest = types[type].code == kDLUInt ? 0 : -width / 2;
  ok(u.lowest >= lowest && u.highest < lowest + width && u.highest - u.lowest > 0.99 * width,
     "uniform, %s: over the range, %g to %g", type_names[type], u.lowest, u.highest);
  ok(s.lowest == lowest && s.highest == lowest + width - 1, "special, %s: reaches both ends",
     type_names[type]);
  ok(n.lowest >= lowest && n.highest < lowest + width && n.highest - n.lowest > 0.9 * width
         && n.tail < 0.2,
     "integers, %s: few are large, %g to %g", type_names[type], n.lowest, n.highest);
}

/* ---- exponents */

static void test_wide (int type) {
  const operands *o = operands_of("wide", type, 2);
  const double smallest_normal = ldexp(1, o->type->min_exponent);
  double lowest = INFINITY, highest = 0, product = INFINITY;
  for (int i = 0; i < COUNT; i++) {
    lowest = fmin(lowest, fabs(o->x[i]));
    highest = fmax(highest, fabs(o->x[i]));
    product = fmin(product, fabs(o->x[i] * o->w[i]));
  }
  ok(log2(highest / lowest) > (o->type->max_exponent - o->type->min_exponent) / 2.0 - 8,
     "wide, %s: numbers from 2^%.0f to 2^%.0f", type_names[type], log2(lowest), log2(highest));
  ok(product >= smallest_normal, "wide, %s: no product is subnormal", type_names[type]);
}

static bool is_subnormal (const dtype *d, double v) {
  return v != 0 && fabs(v) < ldexp(1, d->min_exponent);
}

/* More than a third of few bits are all zero. */
static int subnormal_at_least (const dtype *d) {
  return COUNT / (d->precision > 4 ? 2 : 3);
}

static void test_subnormal (int type) {
  const operands *o = operands_of("subnormal", type, 2);
  int inputs = 0, products = 0, outputs = 0;
  for (int i = 0; i < COUNT; i++) {
    inputs += is_subnormal(o->type, o->x[i]);
    products += is_subnormal(o->type, o->x[i] * o->w[i]);
    outputs += is_subnormal(o->type, o->x[i] * o->w[i] + o->b[i % FILTERS]);
  }
  ok(inputs > subnormal_at_least(o->type) && products > subnormal_at_least(o->type)
         && outputs > COUNT / 4,
     "subnormal, %s: of %d inputs %d, of products %d, of sums of two %d", type_names[type], COUNT,
     inputs, products, outputs);
}

static void test_subnormal_weight (int type) {
  test_case c = case_of("subnormal", types[type]);
  c.recipe[INPUT] = (uint8_t) recipe_find("ones");
  static double w[COUNT];
  int64_t dim[] = { FILTERS, 4, 3, 3 };
  int subnormal = 0;
  read_all(&c, 1, WEIGHT, 4, dim, w);
  for (int i = 0; i < COUNT; i++)
    subnormal += is_subnormal(dtype_of(types[type]), w[i]);
  ok(subnormal > subnormal_at_least(dtype_of(types[type])),
     "subnormal, %s: the weight, where the input is ones", type_names[type]);
}

/* ---- sums */

static void test_cancellation (int type) {
  const operands *o = operands_of("cancellation", type, 2);
  double square = 0;
  for (int f = 0; f < FILTERS; f++) {
    double scale;
    const double sum = sum_of(o, f, &scale);
    square += sum / scale * (sum / scale) / FILTERS;
  }
  const double lost = -log2(sqrt(square)), half = o->type->precision / 2;
  ok(lost > half - 1 && lost < half + 5, "cancellation, %s: the sums lose %.1f of %d bits",
     type_names[type], lost, o->type->precision);
}

/* Where a sum lies between two numbers of its type, 0 to 1. */
static double place_between (const dtype *d, double sum) {
  int e;
  frexp(sum, &e);
  const double ulp = ldexp(1, e - d->precision);
  return sum / ulp - floor(sum / ulp);
}

static void test_halfway (int type) {
  const operands *o = operands_of("halfway", type, 2);
  int ties = 0, near = 0;
  for (int f = 0; f < FILTERS; f++) {
    double scale;
    const double place = place_between(o->type, sum_of(o, f, &scale));
    ties += place == 0.5;
    near += place != 0.5 && fabs(place - 0.5) < 0.1;
  }
  ok(ties > FILTERS / (o->type->precision > 4 ? 10 : 16) && near > FILTERS / 20,
     "halfway, %s: of %d sums %d are ties, %d nearly", type_names[type], FILTERS, ties, near);
}

/* ---- special */

enum kind { NANS, INFINITIES, LARGEST, SUBNORMALS, MINUS_ZEROS, ORDINARY, KINDS };

static enum kind kind_of (const dtype *d, double v) {
  if (isnan(v))
    return NANS;
  if (isinf(v))
    return INFINITIES;
  if (v == 0 && signbit(v))
    return MINUS_ZEROS;
  return fabs(v) == largest(d) ? LARGEST : is_subnormal(d, v) ? SUBNORMALS : ORDINARY;
}

static void test_special (int type) {
  const operands *o = operands_of("special", type, 2);
  int seen[KINDS] = { 0 }, finite = 0;
  for (int i = 0; i < COUNT; i++)
    seen[kind_of(o->type, o->x[i])]++;
  for (int f = 0; f < FILTERS; f++) {
    double scale;
    finite += isfinite(sum_of(o, f, &scale)) && scale <= largest(o->type);
  }
  bool all = true;
  for (int k = 0; k < KINDS; k++)
    all &= seen[k] > 0 || (k == INFINITIES && !o->type->infinities);
  ok(all && seen[ORDINARY] > COUNT * 3 / 4, "special, %s: every kind occurs, most are ordinary",
     type_names[type]);
  ok(finite > FILTERS / 2 && finite < FILTERS * 9 / 10, "special, %s: of %d sums %d are unspoilt",
     type_names[type], FILTERS, finite);
}

/* ---- tosa: keys 0 to 4 are the five sets */

static void test_tosa (int type) {
  const operands *o = operands_of("tosa", type, 0);
  double scale, highest = 0;
  for (int f = 0; f < FILTERS; f++)
    highest = fmax(highest, fabs(sum_of(o, f, &scale)));
  ok(highest > largest(o->type) / 4, "tosa, %s: positive sums near the largest number",
     type_names[type]);
  for (uint64_t set = 1; set <= 2; set++) {
    const moments w = moments_of(operands_of("tosa", type, set)->w, COUNT);
    ok(w.highest == (set == 1 ? 1 : 16) && operands_of("tosa", type, set)->w[TAPS] == w.highest,
       "tosa, %s: the first weight of a filter is large", type_names[type]);
  }
  int zeros = 0;
  o = operands_of("tosa", type, 3);
  for (int i = 0; i < COUNT; i++)
    zeros += o->x[i] == 0;
  ok(abs(zeros - COUNT / 2) < COUNT / 20, "tosa, %s: half of the numbers are 0", type_names[type]);
  const moments x = moments_of(operands_of("tosa", type, 4)->x, COUNT);
  ok(x.lowest < -0.9 * x.highest && x.highest < -1.1 * x.lowest, "tosa, %s: both signs",
     type_names[type]);
}

int main (void) {
  test_finite();
  for (int i = 0; i < TYPES; i++) {
    if (is_integer(types[i])) {
      test_integer_range(i);
      continue;
    }
    test_distributions(i);
    test_independence("uniform", i);
    test_independence("normal", i);
    test_wide(i);
    test_subnormal(i);
    test_subnormal_weight(i);
    test_cancellation(i);
    if (dtype_of(types[i])->precision <= 24) /* a double can't hold the sums of the widest types */
      test_halfway(i);
    test_special(i);
    test_tosa(i);
  }
  return done_testing();
}
