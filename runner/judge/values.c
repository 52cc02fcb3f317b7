/* values.c: the results of a call against the truth, element by element.
   An element that is equal in bits costs a comparison and no more. Bounds are made for the elements
   that differ; on data that are not exact, for every element, so that the errors can be judged
   together. */

#include "walk.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* Whether sums may have zeros beside their terms: those of padding, and those that a stride puts
   between the elements of a gradient. */
static bool may_add_zeros (const trial *t, enum job_tensor tensor) {
  const conv2d_params *p = &t->j->params;
  if (tensor == JOB_OUTPUT || tensor == JOB_GRAD_WEIGHT)
    return p->padding_kind == CONV2D_PADDING_SAME || p->padding[0] != 0 || p->padding[1] != 0;
  return tensor == JOB_GRAD_INPUT;
}

static bound bound_at (walk *w, const sum *s, int64_t i) {
  return bound_of(&w->profile, s, reach_if_needed(w, i));
}

/* ---- mismatches */

static void note_first (walk *w, int64_t i, double got, double want, double e, double allowed) {
  judgement *out = w->t->out;
  out->tensor = w->tensor;
  out->first = element_indices(w->place, i / w->type->parts);
  out->part = w->type->parts > 1 ? 1 + (int) (i % 2) : 0;
  out->map.of.ndim = w->place->ndim;
  memcpy(out->map.of.dim, w->place->shape, sizeof out->map.of.dim);
  out->got = got;
  out->want = want;
  out->error = e;
  out->allowed = allowed;
}

/* e, allowed: in units u * S */
static void mismatch (walk *w, int64_t i, double got, double want, double e, double allowed) {
  if (w->t->out->mismatches + w->mismatches == 0)
    note_first(w, i, got, want, e, allowed);
  if (w->t->out->tensor == w->tensor)
    mismatch_add(&w->t->out->map, i / w->type->parts, got, want);
  w->mismatches++;
}

static void raise_max_error (walk *w, double ratio) {
  if (ratio > w->t->out->max_error)
    w->t->out->max_error = ratio;
}

/* x / unit, where the unit is 0 if the sum has no terms other than 0 */
static double in_units (double x, double unit) {
  return x > 0 ? x / unit : 0;
}

/* ---- one element that is not equal in bits, or whose error is wanted */

static void compare_integer (walk *w, int64_t i, double got, double want) {
  raise_max_error(w, INFINITY);
  mismatch(w, i, got, want, fabs(got - want), 0);
}

/* Whether data that are not finite have made a part of the element so; they need not spare the
   other one (JUDGE-9). */
static bool is_spoiled (walk *w, int64_t i) {
  return w->type->parts > 1 && any_nonfinite(reach_at(w, i))
         && !(isfinite(w->type->load(want_at(w, i | 1)))
              && isfinite(w->type->load(want_at(w, i & ~(int64_t) 1))));
}

static void compare_classes (walk *w, int64_t i, double got, double want) {
  const conv2d_detail *d = &w->truth->detail;
  const nonfinite_element z = { .got = got,
                                .want = want,
                                .sum = sum_at(w, i),
                                .padding =
                                    d->flags[in_truth(w, i)] & CONV2D_PADDING_TIMES_NONFINITE,
                                .spoiled = is_spoiled(w, i),
                                .reach = reach_at(w, i) };
  if (class_is_free(&w->profile, &z))
    return;
  raise_max_error(w, INFINITY);
  mismatch(w, i, got, want, INFINITY, 0);
}

static void compare_bitwise (walk *w, int64_t i, double got, double want) {
  if (got == want)
    return; /* zeros of either sign */
  const sum s = sum_at(w, i);
  const bound b = bound_at(w, &s, i);
  const double e = b.unit > 0 ? (got - want) / b.unit : 0;
  w->error += e;
  w->square += e * e;
  raise_max_error(w, INFINITY);
  mismatch(w, i, got, want, in_units(fabs(got - want), b.unit), 0);
}

static void compare_numbers (walk *w, int64_t i, double got, double want) {
  const sum s = sum_at(w, i);
  const bound b = bound_at(w, &s, i);
  const double away = got - s.exact;
  const double e = b.unit > 0 ? away / b.unit : 0;
  w->numbers++;
  w->error += e;
  w->square += e * e;
  raise_max_error(w, in_units(fabs(away), b.total));
  if (!(fabs(away) <= b.total))
    mismatch(w, i, got, want, in_units(fabs(away), b.unit), in_units(b.total, b.unit));
}

static void compare (walk *w, int64_t i, double got, double want) {
  if (w->integer)
    compare_integer(w, i, got, want);
  else if ((got == want && isinf(got)) || (isnan(got) && isnan(want)))
    return;
  else if (!isfinite(got) || !isfinite(want))
    compare_classes(w, i, got, want);
  else if (w->bitwise && sum_at(w, i).parts == 1)
    compare_bitwise(w, i, got, want);
  else
    compare_numbers(w, i, got, want);
}

/* ---- all elements */

/* Numbers [first, first + n), which lie `step` bytes apart. */
static void compare_one_by_one (walk *w, int64_t first, int64_t n, int64_t step) {
  const size_t size = (size_t) number_size(w->type);
  const unsigned char *got = number_at(w->t, w->place, first);
  const unsigned char *want = want_at(w, first);
  const bool skip = w->bitwise;
  for (int64_t i = 0; i < n; i++, got += step, want += size)
    if (!skip || !same_bits(got, want, size))
      compare(w, first + i, w->type->load(got), w->type->load(want));
}

/* The same of elements of one plane, if all are right. */
static bool compare_at_once (walk *w, int64_t first, int n, int64_t step) {
  const conv2d_detail *d = &w->truth->detail;
  const int64_t at = in_truth(w, first);
  double got[RUN];
  run_errors e;
  const run_of r = { .got = got,
                     .exact = d->exact + at,
                     .scale = d->scale + at,
                     .terms = d->terms + at,
                     .two = two_terms(w),
                     .n = n };
  formula f = formula_of(&w->profile, reach_if_needed(w, first));
  if (f.lost_each < DBL_MIN)
    f.lost_each = 0; /* subnormal numbers are slow; without them less is allowed */
  w->type->load_row(number_at(w->t, w->place, first), step / number_size(w->type), n, got);
  if (!run_is_right(&f, &r, &e))
    return false;
  raise_max_error(w, e.worst);
  w->numbers += n;
  w->error += e.error;
  w->square += e.square;
  return true;
}

static void compare_in_runs (walk *w, int64_t first, int64_t n, int64_t step) {
  const int64_t plane = needs_reach(w) ? plane_of(w) : INT64_MAX;
  for (int64_t done = 0, m; done < n; done += m) {
    const int64_t left = plane - (first + done) % plane;
    m = n - done < RUN ? n - done : RUN;
    m = m < left ? m : left;
    if (!compare_at_once(w, first + done, (int) m, step))
      compare_one_by_one(w, first + done, m, step);
    if (w->sample)
      sample_take(w, first + done, m, number_at(w->t, w->place, first + done), step);
  }
}

static void compare_row (walk *w, int64_t first, int64_t n, int64_t step) {
  if (comes_in_runs(w)) {
    compare_in_runs(w, first, n, step);
    return;
  }
  compare_one_by_one(w, first, n, step);
  if (w->sample)
    sample_take(w, first, n, number_at(w->t, w->place, first), step);
}

/* How many numbers come one after the other, in a row with strides: of complex elements two. */
static int64_t row_of (const walk *w, int64_t *step) {
  const place *p = w->place;
  *step = number_size(w->type);
  if (w->got)
    return w->count;
  if (w->type->parts > 1)
    return w->type->parts;
  *step *= p->strides[p->ndim - 1];
  return p->shape[p->ndim - 1];
}

/* Looks at the truth from number i on. False: it could not be computed. */
static bool look_from (walk *w, int64_t i) {
  w->truth = truth_from(w->t->x, w->result, i);
  return w->truth;
}

/* Up to which number there are rows, and runs, that do not go on in the next stretch. */
static int64_t whole_rows (const walk *w, int64_t from) {
  const int64_t end = truth_end(w->truth);
  return end < w->count && w->got && !needs_reach(w) ? end - (end - from) % RUN : end;
}

/* False: the truth could not be computed. */
static bool compare_all (walk *w) {
  int64_t step;
  const int64_t row = row_of(w, &step);
  for (int64_t from = 0, to; from < w->count; from = to) {
    if (!look_from(w, from))
      return false;
    to = whole_rows(w, from);
    for (int64_t first = from; first < to; first += row)
      compare_row(w, first, row < to - first ? row : to - first, step);
  }
  return true;
}

/* Whether the result lies one number after the other and equals the truth in bits, as far as this
   could be computed. */
static bool is_same (walk *w) {
  const size_t size = (size_t) number_size(w->type);
  bool same = w->got;
  for (int64_t from = 0, to; same && from < w->count; from = to) {
    if (!look_from(w, from))
      return false;
    to = truth_end(w->truth);
    same = memcmp(w->got + (size_t) from * size, w->truth->want.data, (size_t) (to - from) * size)
           == 0;
  }
  return same;
}

/* ---- together */

static void note_statistics (walk *w) {
  judgement *out = w->t->out;
  /* of exact data only what differs is looked at: the error of all else is 0 */
  const int64_t count = w->bitwise && !w->integer ? w->count : w->numbers;
  const double n = (double) count;
  if (count == 0)
    return;
  const double rms = sqrt(w->square / n), mean = w->error / n;
  out->rms_error = fmax(out->rms_error, rms);
  if (fabs(mean) > fabs(out->mean_error))
    out->mean_error = mean;
}

static verdict judge_together (walk *w) {
  char text[200];
  if (w->numbers < ENOUGH || !w->sample || sample_is_fair(w, text, sizeof text))
    return V_PASS;
  w->t->out->clause = "JUDGE-3";
  return say(w->t, V_INACCURATE, "%s: %s", job_tensor_name((int) w->tensor), text);
}

static verdict say_wrong (const trial *t) {
  char first[MAX_ELEMENT], size[100] = "";
  judgement *out = t->out;
  const DLDataType type = t->j->tensor[out->tensor].dtype;
  const dtype *d = dtype_of(type);
  const int digits = number_size(d) == 8 ? 17 : 9;
  index_name((int) out->tensor, &out->first, first);
  out->clause = NULL;
  if (d->precision && out->got == 0 && out->want != 0
      && fabs(out->want) < ldexp(1, d->min_exponent))
    out->clause = "SPECIAL-6";
  if (out->allowed > 0 && isfinite(out->error)) /* infinite: the unit is 0 */
    snprintf(size, sizeof size, "; an error of %.6g u*%c, %.6g allowed", out->error,
             claims_of(t) & CONV2D_TRANSFORM ? 'T' : 'S', out->allowed);
  return say(t, V_WRONG_VALUE, "%lld of %lld %s are wrong, first %s%s: got %.*g, want %.*g%s",
             (long long) out->mismatches, (long long) out->outputs, numbers_word(type), first,
             part_name(out->part), digits, out->got, digits, out->want, size);
}

/* Whether nothing but the right number is right: no rounding happens on the way to it. */
static bool is_bitwise (const walk *w, const contract *k) {
  const trial *t = w->t;
  return !w->profile.transforms && is_exact(t->c, t->x)
         && (!k->stated || stays_exact(t, &w->profile, k, truth_scale(t->x, w->result, INFINITY)));
}

/* How a subject computes a tensor, and what is asked of it. */
static void set_rules (walk *w) {
  const trial *t = w->t;
  const contract *k = contract_for(&t->s->numerics, w->place->dtype);
  w->integer = w->type->precision == 0;
  w->adds_zeros = may_add_zeros(t, w->tensor);
  if (!w->integer)
    w->profile = profile_of(w->place->dtype, claims_of(t), k);
  w->bitwise = w->integer || is_bitwise(w, k);
}

static verdict judge_elements (walk *w) {
  set_rules(w);
  w->sample = sample_open(w);
  const bool computed = compare_all(w);
  w->t->out->mismatches += w->mismatches;
  note_statistics(w); /* of wrong elements as well */
  const verdict v = !computed       ? say_uncomputed(w->t)
                    : w->mismatches ? V_WRONG_VALUE
                                    : judge_together(w);
  sample_close(w->sample);
  reach_forget(&w->reach);
  return v;
}

static verdict judge_tensor (const trial *t, int result) {
  const enum job_tensor tensor = t->x->truth[result].tensor;
  const place *p = &t->j->tensor[tensor];
  walk w = { .t = t, .tensor = tensor, .result = result, .place = p, .count = place_numbers(p) };
  w.type = dtype_of(p->dtype);
  if (w.count > 0 && extents_row_major(p->ndim, p->shape, p->strides))
    w.got = element_at(t, p, 0);
  t->out->outputs += w.count;
  return w.count == 0 || is_same(&w) ? V_PASS : judge_elements(&w);
}

verdict judge_values (const trial *t) {
  verdict found = V_PASS;
  for (int i = 0; i < t->x->truths; i++) {
    const verdict v = judge_tensor(t, i);
    if (v == V_MISTRUSTED)
      return v;
    if (found != V_WRONG_VALUE && v != V_PASS)
      found = v;
  }
  return t->out->mismatches ? say_wrong(t) : found;
}
