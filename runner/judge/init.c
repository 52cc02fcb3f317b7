/* init.c: fresh parameters: uniform on [-b, b], each for itself (INIT-1 to INIT-3).
   Every limit holds for any number of values, by a theorem and not by an approximation:
   specs/judge.md. None of the tests on a tensor fails by chance more often than ALPHA. */

#include "conv2d_dtypes.h"
#include "parts.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* 100 cases, six tests of each of two tensors and two of both: 1,400 * ALPHA is under one in a
   million. */
static const double ALPHA = 7e-10;

enum { BINS = 1024 };

/* What is counted of the values of a tensor, divided by the bound. */
typedef struct sample {
  const char *name;
  double count, grain; /* grain: the type's spacing at 1 */
  double largest, sum, squares;
  double neighbours; /* sum of products of neighbours */
  int64_t outside, first_outside;
  double first_value; /* outside */
  bool constant;
  int64_t bin[BINS];
} sample;

static int bin_of (double value) {
  const int k = (int) ((value + 1) / 2 * BINS);
  return k < 0 ? 0 : k >= BINS ? BINS - 1 : k;
}

static bool is_outside (const sample *s, double value) {
  return !(fabs(value) <= 1 + 1.5 * s->grain); /* NaN too */
}

static void add (sample *s, int64_t i, double value, double before) {
  if (is_outside(s, value)) {
    if (s->outside++ == 0) {
      s->first_outside = i;
      s->first_value = value;
    }
    return;
  }
  s->largest = fmax(s->largest, fabs(value));
  s->sum += value;
  s->squares += value * value;
  s->bin[bin_of(value)]++;
  if (i > 0) {
    s->neighbours += value * before;
    s->constant = s->constant && value == before;
  }
}

static void draw_sample (const trial *t, int tensor, double b, sample *s) {
  const place *p = &t->j->tensor[tensor];
  const dtype *d = dtype_of(p->dtype);
  const int64_t n = place_numbers(p);
  double before = 0;
  *s = (sample){ .name = job_tensor_name(tensor), .count = (double) n, .constant = true };
  s->grain = ldexp(1, 1 - d->precision);
  for (int64_t i = 0; i < n; i++) {
    const double value = d->load(number_at(t, p, i)) / b;
    add(s, i, value, before);
    before = value;
  }
}

/* ---- the tests: each says whether it holds, else why not */

typedef bool test (const sample *s, char *text, size_t size);

/* No value so small that the largest of this many would hardly be below it. */
static bool reaches_far (const sample *s, char *text, size_t size) {
  const double least = pow(ALPHA, 1 / s->count) * (1 - s->grain);
  if (s->largest >= least)
    return true;
  snprintf(text, size, "the largest of %.0f values is %.4g of the bound, at least %.4g is expected",
           s->count, s->largest, least);
  return false;
}

/* Equal values have a probability of `grain` at most. */
static bool varies (const sample *s, char *text, size_t size) {
  if (!s->constant || pow(s->grain, s->count - 1) > ALPHA)
    return true;
  snprintf(text, size, "all %.0f values are equal", s->count);
  return false;
}

/* A uniform variable is sub-Gaussian with its own variance, 1/3. */
static bool is_centred (const sample *s, char *text, size_t size) {
  const double mean = s->sum / s->count;
  const double most = sqrt(2 * log(2 / ALPHA) / (3 * s->count)) + s->grain;
  if (fabs(mean) <= most)
    return true;
  snprintf(text, size, "the mean of %.0f values is %.4g of the bound, at most %.4g is expected",
           s->count, mean, most);
  return false;
}

/* Hoeffding's inequality for squares in [0, 1]. */
static bool has_variance (const sample *s, char *text, size_t size) {
  const double variance = s->squares / s->count;
  const double most = sqrt(log(2 / ALPHA) / (2 * s->count)) + 2 * s->grain;
  if (fabs(variance - 1.0 / 3) <= most)
    return true;
  snprintf(text, size, "the variance of %.0f values is %.4g of the bound squared, not 1/3 +- %.4g",
           s->count, variance, most);
  return false;
}

/* Kolmogorov and Smirnov's test, looked at between the bins; Massart's constant. */
static bool is_uniform (const sample *s, char *text, size_t size) {
  const double most = sqrt(log(2 / ALPHA) / (2 * s->count)) + s->grain;
  double below = 0, distance = 0;
  for (int k = 0; k < BINS - 1; k++) {
    below += (double) s->bin[k] / s->count;
    distance = fmax(distance, fabs(below - (k + 1.0) / BINS));
  }
  if (distance <= most)
    return true;
  snprintf(text, size, "the distribution of %.0f values is %.4g away from uniform, %.4g allowed",
           s->count, distance, most);
  return false;
}

/* The sum of products of neighbours is a martingale whose steps are sub-Gaussian with 1/3. */
static bool is_independent (const sample *s, char *text, size_t size) {
  const double most = sqrt(2 * s->count * log(2 / ALPHA) / 3);
  if (fabs(s->neighbours) <= most)
    return true;
  snprintf(text, size, "neighbours among %.0f values depend on each other: correlation %.3g",
           s->count, 3 * s->neighbours / s->count);
  return false;
}

static test *const tests[] = { varies,       reaches_far, is_centred,
                               has_variance, is_uniform,  is_independent };

/* ---- likely mistakes */

/* The bound that somebody may have used instead. */
typedef struct mistake {
  const char *name;
  double bound;
} mistake;

enum { MISTAKES = 6 };

static void list_mistakes (const conv2d_params *p, mistake m[MISTAKES]) {
  const double area = (double) p->kernel_size[0] * (double) p->kernel_size[1];
  const double all = (double) p->in_channels * area, in = all / (double) p->groups;
  const double out = (double) p->out_channels * area;
  m[0] = (mistake){ "1/sqrt(fan_in) with the channels of all groups", 1 / sqrt(all) };
  m[1] = (mistake){ "sqrt(6/fan_in)", sqrt(6 / in) };
  m[2] = (mistake){ "sqrt(3/fan_in)", sqrt(3 / in) };
  m[3] = (mistake){ "sqrt(6/(fan_in+fan_out))", sqrt(6 / (in + out)) };
  m[4] = (mistake){ "1/fan_in", 1 / in };
  m[5] = (mistake){ "1/sqrt(fan_out)", 1 / sqrt(out) };
}

/* The mistake whose bound the values just fill, or NULL. */
static const char *likely_mistake (const trial *t, const place *p, double b) {
  mistake m[MISTAKES];
  const dtype *d = dtype_of(p->dtype);
  double largest = 0;
  for (int64_t i = 0; i < place_numbers(p); i++)
    largest = fmax(largest, fabs(d->load(number_at(t, p, i))));
  list_mistakes(&t->j->params, m);
  for (int k = 0; k < MISTAKES; k++)
    if (largest <= m[k].bound * (1 + ldexp(2, -d->precision)) && largest >= 0.95 * m[k].bound
        && fabs(m[k].bound - b) > 0.1 * b)
      return m[k].name;
  return NULL;
}

/* ---- verdicts */

static verdict complain (const trial *t, int tensor, double b, const char *what) {
  const char *likely = likely_mistake(t, &t->j->tensor[tensor], b);
  const bool groups = likely && strstr(likely, "groups");
  t->out->clause = groups ? "INIT-3" : tensor == JOB_BIAS ? "INIT-2" : "INIT-1";
  return say(t, V_BAD_INIT, "%s: %s%s%s", job_tensor_name(tensor), what,
             likely ? "; as if the bound were " : "", likely ? likely : "");
}

static verdict complain_outside (const trial *t, int tensor, double b, const sample *s) {
  char what[200];
  judgement *out = t->out;
  if (out->mismatches == 0) {
    out->tensor = (enum job_tensor) tensor;
    const int parts = CONV2D_PARTS(t->j->params.dtype.code);
    out->first = element_indices(&t->j->tensor[tensor], s->first_outside / parts);
    out->part = parts > 1 ? 1 + (int) (s->first_outside % parts) : 0;
    out->got = s->first_value * b;
    out->want = copysign(b, out->got);
  }
  out->mismatches += s->outside;
  snprintf(what, sizeof what, "%lld of %.0f values are outside of the bound %.6g, first %.6g",
           (long long) s->outside, s->count, b, s->first_value * b);
  return complain(t, tensor, b, what);
}

static verdict judge_sample (const trial *t, int tensor, double b) {
  sample s;
  char what[200];
  draw_sample(t, tensor, b, &s);
  t->out->outputs += (int64_t) s.count;
  if (s.count < 1)
    return V_PASS;
  if (s.outside)
    return complain_outside(t, tensor, b, &s);
  for (size_t k = 0; k < sizeof tests / sizeof *tests; k++)
    if (!tests[k](&s, what, sizeof what))
      return complain(t, tensor, b, what);
  return V_PASS;
}

/* A generator that is seeded anew for the bias repeats the weight. */
static bool bias_repeats_weight (const trial *t) {
  const place *w = &t->j->tensor[JOB_WEIGHT], *b = &t->j->tensor[JOB_BIAS];
  const dtype *d = dtype_of(w->dtype);
  const int64_t n = place_numbers(b);
  if (n > place_numbers(w) || pow(ldexp(1, 1 - d->precision), (double) n) > ALPHA)
    return false;
  for (int64_t i = 0; i < n; i++)
    if (d->load(number_at(t, w, i)) != d->load(number_at(t, b, i)))
      return false;
  return true;
}

/* INIT-4, as far as so few values show it. */
static bool ignores_seed (const trial *t) {
  const place *w = &t->j->tensor[JOB_WEIGHT], *b = &t->j->tensor[JOB_BIAS];
  const double grain = ldexp(1, 1 - dtype_of(w->dtype)->precision);
  const double values = (double) (place_numbers(w) + (b->present ? place_numbers(b) : 0));
  return t->j->conduct & IGNORED_SEED && pow(grain, values) <= ALPHA;
}

verdict judge_init (const trial *t) {
  const double b = conv2d_oracle_init_bound(&t->j->params);
  if (!(b > 0))
    return V_PASS; /* no weight, and the bias is free: INIT-5 */
  if (ignores_seed(t)) {
    t->out->clause = "INIT-4";
    return say(t, V_BAD_INIT, "another seed gives the same parameters");
  }
  verdict v = judge_sample(t, JOB_WEIGHT, b);
  if (v != V_PASS || !t->j->tensor[JOB_BIAS].present)
    return v;
  v = judge_sample(t, JOB_BIAS, b);
  if (v == V_PASS && bias_repeats_weight(t))
    return complain(t, JOB_BIAS, b, "the values are those of the weight over again");
  return v;
}
