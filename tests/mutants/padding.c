/* padding.c: mutants that take the wrong values for padding. */

#include "engine.h"

static int64_t in_mode (int32_t mode, const axis *x, int64_t i, int64_t r) {
  return source(x, mode, i, r);
}

/* The row or column of the padded input, 0 for the first of the input itself. */
static int64_t coordinate (const axis *x, int64_t i, int64_t r) {
  return i * x->stride + r * x->dilation - x->before;
}

static bool is_padding (const axis *x, int64_t i, int64_t r) {
  int64_t q = coordinate(x, i, r);
  return q < 0 || q >= x->size;
}

/* ---- one mode for another */

static int64_t edge_repeated (const layer *l, const axis *x, int64_t i, int64_t r) {
  int64_t q = coordinate(x, i, r);
  if (l->p->padding_mode != CONV2D_REFLECT || !is_padding(x, i, r))
    return in_mode(l->p->padding_mode, x, i, r);
  return q < 0 ? -q - 1 : 2 * x->size - 1 - q;
}

static int64_t edge_repeated_after (const layer *l, const axis *x, int64_t i, int64_t r) {
  int64_t q = coordinate(x, i, r);
  if (l->p->padding_mode == CONV2D_REFLECT && q >= x->size)
    return 2 * x->size - 1 - q;
  return in_mode(l->p->padding_mode, x, i, r);
}

static int64_t zeros_for_reflect (const layer *l, const axis *x, int64_t i, int64_t r) {
  int32_t mode = l->p->padding_mode;
  return in_mode(mode == CONV2D_REFLECT ? CONV2D_ZEROS : mode, x, i, r);
}

static int64_t zeros_for_replicate (const layer *l, const axis *x, int64_t i, int64_t r) {
  int32_t mode = l->p->padding_mode;
  return in_mode(mode == CONV2D_REPLICATE ? CONV2D_ZEROS : mode, x, i, r);
}

static int64_t zeros_for_circular (const layer *l, const axis *x, int64_t i, int64_t r) {
  int32_t mode = l->p->padding_mode;
  return in_mode(mode == CONV2D_CIRCULAR ? CONV2D_ZEROS : mode, x, i, r);
}

static int64_t replicate_for_reflect (const layer *l, const axis *x, int64_t i, int64_t r) {
  int32_t mode = l->p->padding_mode;
  return in_mode(mode == CONV2D_REFLECT ? CONV2D_REPLICATE : mode, x, i, r);
}

static int64_t reflect_for_replicate (const layer *l, const axis *x, int64_t i, int64_t r) {
  int32_t mode = l->p->padding_mode;
  return in_mode(mode == CONV2D_REPLICATE ? CONV2D_REFLECT : mode, x, i, r);
}

static int64_t replicate_for_circular (const layer *l, const axis *x, int64_t i, int64_t r) {
  int32_t mode = l->p->padding_mode;
  return in_mode(mode == CONV2D_CIRCULAR ? CONV2D_REPLICATE : mode, x, i, r);
}

static int64_t reflect_for_circular (const layer *l, const axis *x, int64_t i, int64_t r) {
  int32_t mode = l->p->padding_mode;
  return in_mode(mode == CONV2D_CIRCULAR ? CONV2D_REFLECT : mode, x, i, r);
}

static int64_t replicate_for_zeros (const layer *l, const axis *x, int64_t i, int64_t r) {
  int32_t mode = l->p->padding_mode;
  return in_mode(mode == CONV2D_ZEROS ? CONV2D_REPLICATE : mode, x, i, r);
}

/* ---- one side, one axis */

static int64_t zeros_after (const layer *l, const axis *x, int64_t i, int64_t r) {
  return coordinate(x, i, r) >= x->size ? -1 : in_mode(l->p->padding_mode, x, i, r);
}

static int64_t zeros_before (const layer *l, const axis *x, int64_t i, int64_t r) {
  return coordinate(x, i, r) < 0 ? -1 : in_mode(l->p->padding_mode, x, i, r);
}

static int64_t zeros_in_rows (const layer *l, const axis *x, int64_t i, int64_t r) {
  return in_mode(x == &l->y ? CONV2D_ZEROS : l->p->padding_mode, x, i, r);
}

static int64_t zeros_in_columns (const layer *l, const axis *x, int64_t i, int64_t r) {
  return in_mode(x == &l->x ? CONV2D_ZEROS : l->p->padding_mode, x, i, r);
}

static number zero_corners (const call *c, const tap *t, number sum, number x, number w) {
  bool corner = is_padding(&c->l.y, t->at.i, t->r) && is_padding(&c->l.x, t->at.j, t->s);
  return corner ? sum : add_product(sum, x, w, c->real);
}

static int64_t zeros_if_unbatched (const layer *l, const axis *x, int64_t i, int64_t r) {
  return in_mode(l->ndim == 3 ? CONV2D_ZEROS : l->p->padding_mode, x, i, r);
}

static int64_t zeros_if_dilated (const layer *l, const axis *x, int64_t i, int64_t r) {
  return in_mode(x->dilation > 1 ? CONV2D_ZEROS : l->p->padding_mode, x, i, r);
}

static int64_t zeros_if_grouped_and_strided (const layer *l, const axis *x, int64_t i, int64_t r) {
  bool both = l->p->groups > 1 && x->stride > 1;
  return in_mode(both ? CONV2D_ZEROS : l->p->padding_mode, x, i, r);
}

/* ---- off by a little */

static int64_t replicate_second (const layer *l, const axis *x, int64_t i, int64_t r) {
  int64_t q = in_mode(l->p->padding_mode, x, i, r);
  if (l->p->padding_mode != CONV2D_REPLICATE || !is_padding(x, i, r) || x->size == 1)
    return q;
  return q == 0 ? 1 : q - 1;
}

static int64_t replicate_other_edge (const layer *l, const axis *x, int64_t i, int64_t r) {
  int64_t q = in_mode(l->p->padding_mode, x, i, r);
  bool padding = l->p->padding_mode == CONV2D_REPLICATE && is_padding(x, i, r);
  return padding ? x->size - 1 - q : q;
}

static int64_t circular_one_off (const layer *l, const axis *x, int64_t i, int64_t r) {
  int64_t q = in_mode(l->p->padding_mode, x, i, r);
  bool before = coordinate(x, i, r) < 0;
  return l->p->padding_mode == CONV2D_CIRCULAR && before ? (q + x->size - 1) % x->size : q;
}

/* The remainder of a negative number is negative in C: these taps are lost. */
static int64_t circular_in_c (const layer *l, const axis *x, int64_t i, int64_t r) {
  if (l->p->padding_mode != CONV2D_CIRCULAR)
    return in_mode(l->p->padding_mode, x, i, r);
  return coordinate(x, i, r) % x->size;
}

static int64_t reflect_clamped_at_limit (const layer *l, const axis *x, int64_t i, int64_t r) {
  int64_t q = in_mode(l->p->padding_mode, x, i, r);
  bool limit = coordinate(x, i, r) == 1 - x->size;
  return l->p->padding_mode == CONV2D_REFLECT && limit && x->size > 2 ? q - 1 : q;
}

static int64_t circular_wrong_at_limit (const layer *l, const axis *x, int64_t i, int64_t r) {
  int64_t q = in_mode(l->p->padding_mode, x, i, r);
  bool limit = l->p->padding_mode == CONV2D_CIRCULAR && x->before == x->size && x->size > 1;
  return limit && coordinate(x, i, r) < 0 ? (q + 1) % x->size : q;
}

/* ---- zeros that are none */

static number pad_with_one (const call *c, const tap *t, number sum, number w) {
  (void) t;
  return add_product(sum, c->real ? of_real(1) : of_integer(1), w, c->real);
}

/* Only windows that lie in padding alone are wrong: they are skipped, bias and all. */
static void skip_padding_windows (call *c) {
  const int64_t *chw = c->output.t.shape + c->output.t.ndim - 3;
  for (int64_t e = 0; !c->backward && e < count_outputs(c); e++) {
    int64_t i = e / chw[2] % chw[1], read = 0;
    for (int64_t r = 0; r < c->l.y.kernel; r++)
      read += source(&c->l.y, c->params.padding_mode, i, r) >= 0;
    if (read == 0)
      c->y[e] = (number){ 0 };
  }
}

/* Divides by the number of taps that are inside, as average pooling does. */
static number normalised (const call *c, place at) {
  number sum = right_window(c, at);
  int64_t inside = 0;
  for (int64_t r = 0; r < c->l.y.kernel; r++)
    inside += source(&c->l.y, c->params.padding_mode, at.i, r) >= 0;
  if (c->real && inside > 0 && inside < c->l.y.kernel)
    sum.real *= (double) c->l.y.kernel / (double) inside;
  return sum;
}

/* A padding that covers a whole kernel is taken for none. */
static void forget_wide_padding (call *c) {
  if (c->l.y.before >= c->l.y.dilated)
    c->l.y.before = 0;
}

static void narrow_padding_to_kernel (call *c) {
  if (c->l.x.before >= c->l.x.kernel)
    c->l.x.before = c->l.x.kernel - 1;
}

/* The rows and columns that negative padding crops go at the end only. */
static void crop_at_end (call *c) {
  if (c->l.y.before < 0)
    c->l.y.before = 0;
  if (c->l.x.before < 0)
    c->l.x.before = 0;
}

static void explicit_for_valid (conv2d_params *p) {
  if (p->padding_kind == CONV2D_PADDING_VALID && p->stride[0] == 1 && p->stride[1] == 1)
    p->padding_kind = CONV2D_PADDING_SAME;
}

const mutant padding_mutants[] = {
  { "reflect-repeats-edge", "reflect repeats the edge", .source = edge_repeated },
  { "reflect-repeats-far-edge", "reflect repeats the edge at the end only",
    .source = edge_repeated_after },
  { "reflect-as-zeros", "reflect pads with zeros", .source = zeros_for_reflect },
  { "replicate-as-zeros", "replicate pads with zeros", .source = zeros_for_replicate },
  { "circular-as-zeros", "circular pads with zeros", .source = zeros_for_circular },
  { "reflect-as-replicate", "reflect pads like replicate", .source = replicate_for_reflect },
  { "replicate-as-reflect", "replicate pads like reflect", .source = reflect_for_replicate },
  { "circular-as-replicate", "circular pads like replicate", .source = replicate_for_circular },
  { "circular-as-reflect", "circular pads like reflect", .source = reflect_for_circular },
  { "zeros-as-replicate", "zeros pads like replicate", .source = replicate_for_zeros },
  { "mode-before-only", "padding modes work above and left only", .source = zeros_after },
  { "mode-after-only", "padding modes work below and right only", .source = zeros_before },
  { "mode-columns-only", "padding modes work on columns only", .source = zeros_in_rows },
  { "mode-rows-only", "padding modes work on rows only", .source = zeros_in_columns },
  { "mode-without-corners", "padding modes leave the corners zero", .accumulate = zero_corners },
  { "mode-batched-only", "padding modes work on batches only", .source = zeros_if_unbatched },
  { "mode-undilated-only", "padding modes are lost with dilation", .source = zeros_if_dilated },
  { "mode-grouped-strided", "padding modes are lost with groups and a stride",
    .source = zeros_if_grouped_and_strided },
  { "replicate-second", "replicate repeats the element beside the edge",
    .source = replicate_second },
  { "replicate-other-edge", "replicate repeats the opposite edge", .source = replicate_other_edge },
  { "circular-one-off", "circular is one off before the input", .source = circular_one_off },
  { "circular-c-remainder", "circular loses negative coordinates to C's remainder",
    .source = circular_in_c },
  { "reflect-limit-wrong", "reflect is one off where it reaches the far edge",
    .source = reflect_clamped_at_limit },
  { "circular-limit-wrong", "circular is one off where a whole input is padded",
    .source = circular_wrong_at_limit },
  { "zeros-are-ones", "zeros are ones", .padding = pad_with_one },
  { "padding-windows-skipped", "windows in rows of padding alone lose the bias",
    .after = skip_padding_windows },
  { "border-normalised", "sums at the border are scaled by the rows inside", .window = normalised },
  { "wide-padding-forgotten", "padding of a kernel or more above is forgotten",
    .before = forget_wide_padding },
  { "wide-padding-narrowed", "padding of a kernel or more at the left is narrowed",
    .before = narrow_padding_to_kernel },
  { "cropping-at-end", "negative padding crops below and at the right only",
    .before = crop_at_end },
  { "valid-as-same", "'valid' is taken for 'same'", .params = explicit_for_valid },
  { .name = NULL }
};
