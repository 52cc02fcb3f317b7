/* special.c: mutants that treat NaN, infinities, zeros and subnormals otherwise than other numbers.
   Integers are right. */

#include "engine.h"

#include <float.h>

static number skip_zero_input (const call *c, const tap *t, number sum, number x, number w) {
  (void) t;
  return c->real && x.real == 0 ? sum : add_product(sum, x, w, c->real);
}

static number skip_zero_weight (const call *c, const tap *t, number sum, number x, number w) {
  (void) t;
  return c->real && w.real == 0 ? sum : add_product(sum, x, w, c->real);
}

static number skip_nan (const call *c, const tap *t, number sum, number x, number w) {
  (void) t;
  return c->real && (isnan(x.real) || isnan(w.real)) ? sum : add_product(sum, x, w, c->real);
}

static void nan_to_zero (call *c) {
  for (int64_t e = 0; c->real && !c->backward && e < count_outputs(c); e++)
    if (isnan(c->y[e].real))
      c->y[e].real = 0;
}

static void infinity_to_largest (call *c) {
  for (int64_t e = 0; has_dtype(c, FLOAT32) && !c->backward && e < count_outputs(c); e++)
    if (isinf(c->y[e].real) || fabs(c->y[e].real) > (double) FLT_MAX)
      c->y[e].real = copysign((double) FLT_MAX, c->y[e].real);
}

static void half_saturates (call *c) {
  for (int64_t e = 0; has_dtype(c, FLOAT16) && !c->backward && e < count_outputs(c); e++)
    if (fabs(c->y[e].real) > 65504)
      c->y[e].real = copysign(65504, c->y[e].real);
}

static number nan_is_infinite (const call *c, const tap *t, number sum, number x, number w) {
  (void) t;
  if (c->real && isnan(x.real))
    x.real = INFINITY;
  return add_product(sum, x, w, c->real);
}

/* Vector code that multiplies one column too many by zero: harmless but for NaN. */
static int64_t one_column_more (const call *c, const tap *t) {
  return right_input_index(c, t) + (t->w < c->l.x.size - 1);
}

static number leaking_columns (const call *c, const tap *t, number sum, number x, number w) {
  number right = add_product(sum, x, w, c->real);
  double beside = c->x[one_column_more(c, t)].real;
  return c->real && !isfinite(beside) ? of_real(right.real + beside * 0) : right;
}

/* A NaN anywhere in the first image reaches the others. */
static number leaking_images (const call *c, place at) {
  number sum = right_window(c, at);
  int64_t image = c->l.in_channels * c->l.y.size * c->l.x.size;
  for (int64_t i = 0; c->real && at.n > 0 && i < image; i++)
    sum.real += c->x[i].real * 0;
  return sum;
}

static number leaking_groups (const call *c, place at) {
  number sum = right_window(c, at);
  int64_t plane = c->l.y.size * c->l.x.size, image = c->l.in_channels * plane;
  for (int64_t i = 0; c->real && c->params.groups > 1 && i < c->l.group_in * plane; i++)
    sum.real += c->x[at.n * image + i].real * 0;
  return sum;
}

static number leaking_channels (const call *c, place at) {
  number sum = right_window(c, at);
  int64_t kernel = c->l.group_in * c->l.y.kernel * c->l.x.kernel;
  for (int64_t i = 0; c->real && i < kernel; i++)
    sum.real += c->w[i].real * 0;
  return sum;
}

static bool is_subnormal (double x) {
  return x != 0 && fabs(x) < (double) FLT_MIN;
}

static void flush_input (call *c) {
  for (int64_t i = 0; has_dtype(c, FLOAT32) && i < count_elements(&c->input.t); i++)
    if (is_subnormal(c->x[i].real))
      c->x[i].real = 0;
}

static void flush_weight (call *c) {
  for (int64_t i = 0; has_dtype(c, FLOAT32) && i < count_elements(&c->weight.t); i++)
    if (is_subnormal(c->w[i].real))
      c->w[i].real = 0;
}

static void flush_output (call *c) {
  for (int64_t e = 0; has_dtype(c, FLOAT32) && !c->backward && e < count_outputs(c); e++)
    if (is_subnormal(c->y[e].real))
      c->y[e].real = 0;
}

static void flush_half (call *c) {
  for (int64_t e = 0; has_dtype(c, FLOAT16) && !c->backward && e < count_outputs(c); e++)
    if (fabs(c->y[e].real) < 0x1p-14)
      c->y[e].real = 0;
}

static bool is_outside (const axis *x, int64_t i, int64_t r) {
  int64_t q = i * x->stride + r * x->dilation - x->before;
  return q < 0 || q >= x->size;
}

/* Padding of any mode contributes nothing where the value that it repeats is not a number. */
static number special_padding_skipped (const call *c, const tap *t, number sum, number x,
                                       number w) {
  bool outside = is_outside(&c->l.y, t->at.i, t->r) || is_outside(&c->l.x, t->at.j, t->s);
  return c->real && outside && !isfinite(x.real) ? sum : add_product(sum, x, w, c->real);
}

/* A weight that is not a number is not multiplied by padding. That is right for zeros alone
   (SPECIAL-4). */
static number special_weight_off_padding (const call *c, const tap *t, number sum, number x,
                                          number w) {
  bool outside = is_outside(&c->l.y, t->at.i, t->r) || is_outside(&c->l.x, t->at.j, t->s);
  if (c->real && outside && !isfinite(w.real))
    return sum;
  return add_product(sum, x, w, c->real);
}

const mutant special_mutants[] = {
  { "zero-input-skipped", "inputs of zero are skipped", .accumulate = skip_zero_input },
  { "zero-weight-skipped", "weights of zero are skipped", .accumulate = skip_zero_weight },
  { "nan-skipped", "operands that are NaN are skipped", .accumulate = skip_nan },
  { "nan-to-zero", "results that are NaN become zero", .after = nan_to_zero },
  { "nan-as-infinity", "an input that is NaN is taken for infinity",
    .accumulate = nan_is_infinite },
  { "infinity-to-largest", "infinite results become the largest float",
    .after = infinity_to_largest },
  { "float16-saturates", "float16 results saturate at 65504", .after = half_saturates },
  { "nan-leaks-columns", "a NaN reaches the column before its window",
    .accumulate = leaking_columns },
  { "nan-leaks-images", "a NaN in the first image reaches the others", .window = leaking_images },
  { "nan-leaks-groups", "a NaN in the first group reaches the others", .window = leaking_groups },
  { "nan-leaks-channels", "a NaN in the first kernel reaches every channel",
    .window = leaking_channels },
  { "subnormal-input-flushed", "subnormal inputs are taken for zero", .before = flush_input },
  { "subnormal-weight-flushed", "subnormal weights are taken for zero", .before = flush_weight },
  { "subnormal-output-flushed", "subnormal results become zero", .after = flush_output },
  { "float16-subnormal-flushed", "subnormal float16 results become zero", .after = flush_half },
  { "special-padding-skipped", "NaN and infinities are not repeated in the padding",
    .accumulate = special_padding_skipped },
  { "special-weight-on-padding-skipped", "NaN and infinite weights skip padding in every mode",
    .accumulate = special_weight_off_padding },
  { .name = NULL }
};
