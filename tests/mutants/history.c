/* history.c: mutants from real life: mistakes that libraries made and mended, or still make.
   Each sentence names the thread. */

#include "engine.h"

/* Circular padding of p elements was put half on each side, the other half missing. */
static int64_t circular_by_halves (const layer *l, const axis *x, int64_t i, int64_t r) {
  int64_t q = i * x->stride + r * x->dilation - x->before;
  if (l->p->padding_mode == CONV2D_CIRCULAR
      && (q < -((x->before + 1) / 2) || q >= x->size + x->after / 2))
    return -1;
  return source(x, l->p->padding_mode, i, r);
}

/* The widths of padding were given in the wrong order. */
static void circular_axes_swapped (call *c) {
  if (c->params.padding_mode == CONV2D_CIRCULAR)
    SWAP(int64_t, c->l.y.before, c->l.x.before);
}

/* `x[-0:]` is all of x: where one side is empty, the other was too. */
static int64_t circular_needs_both (const layer *l, const axis *x, int64_t i, int64_t r) {
  bool none = l->p->padding_mode == CONV2D_CIRCULAR && x->before == 0;
  return source(x, none ? CONV2D_ZEROS : l->p->padding_mode, i, r);
}

/* Products of bfloat16 in pairs, of which one was kept. */
static number bfloat16_pairs (const call *c, const tap *t, number sum, number x, number w) {
  bool second = c->params.dtype.code == kDLBfloat && c->l.x.kernel == 2 && t->s == 1;
  return second ? sum : add_product(sum, x, w, c->real);
}

/* float64 with dilation was multiplied by the number of taps. */
static number float64_dilated (const call *c, place at) {
  number sum = right_window(c, at);
  bool dilated = c->params.dtype.bits == 64 && (c->l.y.dilation > 1 || c->l.x.dilation > 1);
  if (c->real && dilated)
    sum.real *= (double) (c->l.y.kernel * c->l.x.kernel);
  return sum;
}

/* A NaN in bfloat16 reached the window beside its own. */
static number bfloat16_leak (const call *c, const tap *t, number sum, number x, number w) {
  number right = add_product(sum, x, w, c->real);
  bool beside = c->params.dtype.code == kDLBfloat && t->w + 1 < c->l.x.size;
  if (beside)
    right.real += c->x[right_input_index(c, t) + 1].real * 0;
  return right;
}

/* Grouped kernels of four channels each took those of the first group's inputs. */
static int64_t quarters (const call *c, const tap *t) {
  tap other = *t;
  if (c->params.groups > 1 && c->l.group_out > 1 && c->l.group_in == 1)
    other.at.k = t->at.k / c->l.group_out * c->l.group_out;
  return right_weight_index(c, &other);
}

/* Unbatched, circular padding was refused. */
static const char *circular_unbatched (const layer *l, const char *fault) {
  bool circular = l->p->padding_mode == CONV2D_CIRCULAR && l->ndim == 3;
  return fault == NULL && circular ? "refused" : fault;
}

/* From 16 images on another library was called, which took no padding of a kernel or more. */
static const char *large_batch_padding (const layer *l, const char *fault) {
  bool wide = l->images >= 16 && l->y.before >= l->p->kernel_size[0];
  return fault == NULL && wide ? "refused" : fault;
}

static const char *dilated_integers (const layer *l, const char *fault) {
  bool dilated = !is_real(l->p->dtype) && (l->p->dilation[0] > 1 || l->p->dilation[1] > 1);
  return fault == NULL && dilated ? "refused" : fault;
}

/* The padding of a channels-last weight with one channel of input was read in another order. */
static void one_channel_last (call *c) {
  const view *v = &c->input;
  int64_t row = v->strides[v->t.ndim - 2], column = v->strides[v->t.ndim - 1];
  if (c->l.group_in == 1 && c->l.in_channels > 1 && column > 1 && row > column)
    SWAP(int64_t, c->l.y.before, c->l.x.before);
}

/* A window in padding alone, of columns and dilated, was read from before the input. */
static int64_t last_window_in_padding (const layer *l, const axis *x, int64_t i, int64_t r) {
  int64_t q = i * x->stride + r * x->dilation - x->before;
  bool alone = x == &l->x && x->size == 1 && x->dilation > 1 && q > 0;
  return alone ? 0 : source(x, l->p->padding_mode, i, r);
}

const mutant history_mutants[] = {
  { "history-circular-halves", "circular pads (p + 1) / 2 and p / 2 (pytorch #20981, #29712)",
    .source = circular_by_halves },
  { "history-circular-swapped", "circular exchanges height and width (pytorch #37844)",
    .before = circular_axes_swapped },
  { "history-circular-one-side", "circular needs padding before to pad after (pytorch #24504)",
    .source = circular_needs_both },
  { "history-circular-unbatched", "circular refuses unbatched inputs (pytorch #104860)",
    .fault = circular_unbatched },
  { "history-bfloat16-pairs", "bfloat16 drops every second product (pytorch #163347)",
    .accumulate = bfloat16_pairs },
  { "history-float64-dilated", "float64 with dilation gives 81 for 9 (pytorch #141221)",
    .window = float64_dilated },
  { "history-bfloat16-nan", "NaN reaches the next window in bfloat16 (pytorch #157237)",
    .accumulate = bfloat16_leak },
  { "history-grouped-multiplier", "groups with a multiplier share a kernel (pytorch #19912)",
    .weight_index = quarters },
  { "history-large-batch", "16 images refuse a padding of the kernel (pytorch #90142)",
    .fault = large_batch_padding },
  { "history-dilated-integers", "integers refuse dilation (pytorch #63518)",
    .fault = dilated_integers },
  { "history-one-channel-last",
    "channels last, one channel a group is padded wrongly "
    "(pytorch #82060)",
    .before = one_channel_last },
  { "history-window-in-padding", "a dilated window in padding alone reads an input of one column",
    .source = last_window_in_padding },
  { .name = NULL }
};
