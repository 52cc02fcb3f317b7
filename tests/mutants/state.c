/* state.c: mutants whose answer depends on the calls before, or on what the memory held. */

#include "engine.h"

static bool same_shape (const int64_t *a, const int64_t *b) {
  return memcmp(a, b, 4 * sizeof *a) == 0;
}

static void shape_of (const view *v, int64_t shape[4]) {
  memset(shape, 0, 4 * sizeof *shape);
  memcpy(shape, v->t.shape, (size_t) v->t.ndim * sizeof *shape);
}

/* A copy that outlives its call. */
static number *keep (const number *values, int64_t count) {
  number *copy = malloc(((size_t) count + 1) * sizeof *copy);
  return copy == NULL ? NULL : memcpy(copy, values, (size_t) count * sizeof *copy);
}

/* ---- results */

static void added_to_memory (const number *values, DLTensor *t) {
  int64_t index[4] = { 0 }, offset = 0;
  for (int64_t i = 0; i < count_elements(t); i++, offset = next_offset(t, index, offset)) {
    number old = load(t->data, offset, t->dtype), sum = values[i];
    if (is_real(t->dtype))
      sum.real += old.real;
    else
      sum.integer += old.integer;
    store(t->data, offset, t->dtype, sum);
  }
}

static void last_unwritten (const number *values, DLTensor *t) {
  int64_t index[4] = { 0 }, offset = 0, count = count_elements(t);
  for (int64_t i = 0; i < count - (count > 1); i++, offset = next_offset(t, index, offset))
    store(t->data, offset, t->dtype, values[i]);
}

static void zeros_unwritten (const number *values, DLTensor *t) {
  int64_t index[4] = { 0 }, offset = 0;
  for (int64_t i = 0; i < count_elements(t); i++, offset = next_offset(t, index, offset))
    if (values[i].integer != 0)
      store(t->data, offset, t->dtype, values[i]);
}

/* ---- what is kept from call to call */

/* Weights that were prepared once are found again by their shape. */
static void weight_cached_by_shape (call *c) {
  static number *cached;
  static int64_t cached_shape[4];
  static DLDataType cached_dtype;
  int64_t shape[4], count = count_elements(&c->weight.t);
  shape_of(&c->weight, shape);
  if (cached != NULL && same_shape(shape, cached_shape)
      && same_dtype(cached_dtype, c->params.dtype)) {
    memcpy(c->w, cached, (size_t) count * sizeof *cached);
    return;
  }
  free(cached);
  cached = keep(c->w, count);
  cached_dtype = c->params.dtype;
  memcpy(cached_shape, shape, sizeof shape);
}

/* A plan that was made once is found again by the shapes of input and weight, strides or not. */
static void plan_cached_by_shape (call *c) {
  static axis y, x;
  static int64_t input[4], weight[4];
  int64_t input_now[4], weight_now[4];
  shape_of(&c->input, input_now);
  shape_of(&c->weight, weight_now);
  if (same_shape(input, input_now) && same_shape(weight, weight_now)) {
    c->l.y = y;
    c->l.x = x;
    return;
  }
  y = c->l.y;
  x = c->l.x;
  memcpy(input, input_now, sizeof input);
  memcpy(weight, weight_now, sizeof weight);
}

/* Scratch memory for the sums is cleared when it grows. */
static void scratch_not_cleared (call *c) {
  static number *scratch;
  static int64_t size;
  int64_t count = count_outputs(c);
  if (c->backward || !c->real)
    return;
  if (count > size) {
    free(scratch);
    scratch = calloc((size_t) count, sizeof *scratch);
    size = scratch == NULL ? 0 : count;
  }
  for (int64_t e = 0; e < count && e < size; e++) {
    c->y[e].real += scratch[e].real;
    scratch[e] = c->y[e];
  }
}

static double halo;

/* The border of the padded copy still holds the last call's numbers. */
static number halo_not_cleared (const call *c, const tap *t, number sum, number w) {
  (void) t;
  return c->real ? of_real(sum.real + halo * w.real) : sum;
}

static void remember_halo (call *c) {
  halo = c->real && count_elements(&c->input.t) > 0 && isfinite(c->x[0].real) ? c->x[0].real : 0;
}

/* A layer without bias takes the one of the layer before. */
static void bias_left_over (call *c) {
  static double left;
  if (c->b != NULL && c->real && isfinite(c->b[0].real))
    left = c->b[0].real;
  for (int64_t e = 0; c->b == NULL && c->real && !c->backward && e < count_outputs(c); e++)
    c->y[e].real += left;
}

static void mode_left_over (call *c) {
  static int32_t mode = CONV2D_ZEROS;
  if (c->params.padding_kind != CONV2D_PADDING_SAME)
    mode = c->params.padding_mode;
  else if (mode != CONV2D_REFLECT)
    c->params.padding_mode = mode;
}

static void spoil (call *c) {
  if (!c->backward && count_outputs(c) > 0)
    c->y[0] = c->real ? of_real(c->y[0].real + 1) : of_integer(c->y[0].integer + 1);
}

/* Memory that only the first call finds unprepared. */
static void first_call_wrong (call *c) {
  static bool warm;
  if (!warm && !c->backward && count_outputs(c) > 0) {
    spoil(c);
    warm = true;
  }
}

static void sometimes_wrong (call *c) {
  static unsigned calls;
  if (++calls % 64 == 0)
    spoil(c);
}

static void second_call_wrong (call *c) {
  static double last;
  double first = c->real && count_outputs(c) > 0 && !c->backward ? c->y[0].real : 0;
  if (first != 0 && first == last)
    spoil(c);
  last = first;
}

/* ---- inputs */

static void input_cleared (call *c) {
  if (c->backward || count_elements(&c->input.t) == 0)
    return;
  memset(c->input.t.data, 0, 1);
}

static void weight_normalised (call *c) {
  if (!c->backward && count_elements(&c->weight.t) > 0 && c->real)
    store(c->weight.t.data, 0, c->params.dtype, of_real(c->w[0].real / 2));
}

const mutant state_mutants[] = {
  { "added-to-memory", "results are added to what the memory held", .write = added_to_memory },
  { "last-unwritten", "the last element of a result is not written", .write = last_unwritten },
  { "zeros-unwritten", "results of zero are not written", .write = zeros_unwritten },
  { "weight-cached-by-shape", "a weight of the same shape as the last is taken for it",
    .before = weight_cached_by_shape },
  { "plan-cached-by-shape", "strides and padding are kept while the shapes stay",
    .before = plan_cached_by_shape },
  { "scratch-not-cleared", "sums start from those of the last call", .after = scratch_not_cleared },
  { "halo-not-cleared", "zeros hold a number of the last call", .padding = halo_not_cleared,
    .after = remember_halo },
  { "bias-left-over", "a layer without bias takes the last one", .after = bias_left_over },
  { "mode-left-over", "'same' takes the padding mode of the last explicit call",
    .before = mode_left_over },
  { "first-call-wrong", "the first call is wrong", .after = first_call_wrong },
  { "sometimes-wrong", "every 64th call is wrong", .after = sometimes_wrong },
  { "repetition-wrong", "the same call for a second time is wrong", .after = second_call_wrong },
  { "input-changed", "the input is changed", .after = input_cleared },
  { "weight-changed", "the weight is changed", .after = weight_normalised },
  { .name = NULL }
};
