/* same.c: mutants that split the padding of 'same' otherwise. */

#include "engine.h"

static bool is_same (const call *c) {
  return c->params.padding_kind == CONV2D_PADDING_SAME;
}

static void larger_half_first (call *c) {
  if (is_same(c)) {
    c->l.y.before = c->l.y.after;
    c->l.x.before = c->l.x.after;
  }
}

static void larger_half_first_in_rows (call *c) {
  if (is_same(c))
    c->l.y.before = c->l.y.after;
}

static void larger_half_first_in_columns (call *c) {
  if (is_same(c))
    c->l.x.before = c->l.x.after;
}

static void undilated (call *c) {
  if (is_same(c)) {
    c->l.y.before = (c->l.y.kernel - 1) / 2;
    c->l.x.before = (c->l.x.kernel - 1) / 2;
  }
}

static void half_a_kernel (call *c) {
  if (is_same(c)) {
    c->l.y.before = c->l.y.kernel / 2 * c->l.y.dilation;
    c->l.x.before = c->l.x.kernel / 2 * c->l.x.dilation;
  }
}

static void halves_dilated (call *c) {
  if (is_same(c)) {
    c->l.y.before = (c->l.y.kernel - 1) / 2 * c->l.y.dilation;
    c->l.x.before = (c->l.x.kernel - 1) / 2 * c->l.x.dilation;
  }
}

static void other_dilation (call *c) {
  if (is_same(c)) {
    c->l.y.before = c->l.x.dilation * (c->l.y.kernel - 1) / 2;
    c->l.x.before = c->l.y.dilation * (c->l.x.kernel - 1) / 2;
  }
}

static void other_axis (call *c) {
  if (is_same(c))
    SWAP(int64_t, c->l.y.before, c->l.x.before);
}

static void all_after (call *c) {
  if (is_same(c))
    c->l.y.before = c->l.x.before = 0;
}

static void all_before (call *c) {
  if (is_same(c)) {
    c->l.y.before = c->l.y.dilated - 1;
    c->l.x.before = c->l.x.dilated - 1;
  }
}

static int64_t zeros_in_every_mode (const layer *l, const axis *x, int64_t i, int64_t r) {
  bool same = l->p->padding_kind == CONV2D_PADDING_SAME;
  return source(x, same ? CONV2D_ZEROS : l->p->padding_mode, i, r);
}

/* The mode fills only the part of the padding that is the same on both sides; the odd row or column
   is zero. */
static int64_t odd_one_zero (const layer *l, const axis *x, int64_t i, int64_t r) {
  int64_t q = i * x->stride + r * x->dilation - x->before;
  if (l->p->padding_kind == CONV2D_PADDING_SAME && q - x->size >= x->before)
    return -1;
  return source(x, l->p->padding_mode, i, r);
}

static void same_is_valid (conv2d_params *p) {
  if (p->padding_kind == CONV2D_PADDING_SAME)
    p->padding_kind = CONV2D_PADDING_VALID;
}

/* An even kernel is padded on both sides, the output grows by one. */
static void both_sides (const layer *l, int64_t *chw) {
  if (l->p->padding_kind == CONV2D_PADDING_SAME) {
    chw[1] += l->y.after - l->y.before;
    chw[2] += l->x.after - l->x.before;
  }
}

static void shrunk_by_dilation (const layer *l, int64_t *chw) {
  if (l->p->padding_kind == CONV2D_PADDING_SAME)
    chw[1] -= (l->y.kernel - 1) * (l->y.dilation - 1);
}

const mutant same_mutants[] = {
  { "same-larger-half-first", "the odd element of 'same' goes above and left",
    .before = larger_half_first },
  { "same-larger-half-above", "the odd row of 'same' goes above",
    .before = larger_half_first_in_rows },
  { "same-larger-half-left", "the odd column of 'same' goes left",
    .before = larger_half_first_in_columns },
  { "same-undilated", "'same' splits without dilation", .before = undilated },
  { "same-half-kernel", "'same' puts half of the kernel first", .before = half_a_kernel },
  { "same-halves-dilated", "'same' halves first and dilates then", .before = halves_dilated },
  { "same-other-dilation", "'same' takes the dilation of the other axis",
    .before = other_dilation },
  { "same-other-axis", "'same' exchanges rows and columns", .before = other_axis },
  { "same-all-after", "'same' pads below and right only", .before = all_after },
  { "same-all-before", "'same' pads above and left only", .before = all_before },
  { "same-zeros-only", "'same' pads with zeros in every mode", .source = zeros_in_every_mode },
  { "same-odd-one-zero", "the odd element of 'same' is zero in every mode",
    .source = odd_one_zero },
  { "same-as-valid", "'same' is taken for 'valid'", .params = same_is_valid },
  { "same-both-sides", "'same' pads even kernels alike on both sides", .shape = both_sides },
  { "same-shape-undilated", "'same' sizes its output without dilation of rows",
    .shape = shrunk_by_dilation },
  { .name = NULL }
};
