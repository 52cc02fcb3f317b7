/* groups.c: mutants that mix up blocks of channels, and those that mix up the bias. */

#include "engine.h"

/* The input's element of channel `channel`, counted in the whole input. */
static int64_t of_channel (const call *c, const tap *t, int64_t channel) {
  const layer *l = &c->l;
  return ((t->at.n * l->in_channels + channel % l->in_channels) * l->y.size + t->h) * l->x.size
         + t->w;
}

static int64_t first_block (const call *c, const tap *t) {
  return of_channel(c, t, t->c);
}

static int64_t interleaved_inputs (const call *c, const tap *t) {
  int64_t block = t->at.k / c->l.group_out;
  return of_channel(c, t, t->c * c->params.groups + block);
}

static int64_t interleaved_outputs (const call *c, const tap *t) {
  int64_t block = t->at.k % c->params.groups;
  return of_channel(c, t, block * c->l.group_in + t->c);
}

static int64_t blocks_reversed (const call *c, const tap *t) {
  int64_t block = c->params.groups - 1 - t->at.k / c->l.group_out;
  return of_channel(c, t, block * c->l.group_in + t->c);
}

static int64_t sized_by_inputs (const call *c, const tap *t) {
  return of_channel(c, t, t->at.k / c->l.group_in * c->l.group_in + t->c);
}

static int64_t channels_reversed (const call *c, const tap *t) {
  int64_t block = t->at.k / c->l.group_out;
  return of_channel(c, t, block * c->l.group_in + c->l.group_in - 1 - t->c);
}

static int64_t first_channel (const call *c, const tap *t) {
  return of_channel(c, t, t->at.k / c->l.group_out * c->l.group_in);
}

static int64_t multiplier_outside (const call *c, const tap *t) {
  if (!is_depthwise(&c->l))
    return right_input_index(c, t);
  return of_channel(c, t, t->at.k);
}

static int64_t shared_weights (const call *c, const tap *t) {
  tap other = *t;
  other.at.k = t->at.k % c->l.group_out;
  return right_weight_index(c, &other);
}

static int64_t first_kernel (const call *c, const tap *t) {
  tap other = *t;
  other.at.k = 0;
  return right_weight_index(c, &other);
}

static int64_t first_slice (const call *c, const tap *t) {
  tap other = *t;
  other.c = 0;
  return right_weight_index(c, &other);
}

/* The weight read as if it had the channels of all groups. */
static int64_t dense_weight (const call *c, const tap *t) {
  const layer *l = &c->l;
  return ((t->at.k * l->in_channels + t->c) * l->y.kernel + t->r) * l->x.kernel + t->s;
}

static number depthwise_only (const call *c, const tap *t, number sum, number x, number w) {
  bool left_out = c->params.groups > 1 && t->c > 0;
  return left_out ? sum : add_product(sum, x, w, c->real);
}

static number without_last_group (const call *c, const tap *t, number sum, number x, number w) {
  bool last = c->params.groups > 1 && t->at.k / c->l.group_out == c->params.groups - 1;
  return last ? sum : add_product(sum, x, w, c->real);
}

const mutant group_mutants[] = {
  { "group-first-block", "every group reads the first block of channels",
    .input_index = first_block },
  { "group-inputs-interleaved", "groups take every other input channel",
    .input_index = interleaved_inputs },
  { "group-outputs-interleaved", "output channels belong to groups in turn",
    .input_index = interleaved_outputs },
  { "group-reversed", "groups read the blocks in reverse order", .input_index = blocks_reversed },
  { "group-sized-by-inputs", "the group of an output channel follows from the input's blocks",
    .input_index = sized_by_inputs },
  { "channels-reversed", "input channels of a group are read in reverse order",
    .input_index = channels_reversed },
  { "channel-first", "all weights meet the first channel of the group",
    .input_index = first_channel },
  { "depthwise-multiplier-outside", "depthwise, channel o reads input o modulo the channels",
    .input_index = multiplier_outside },
  { "group-weights-shared", "all groups use the weights of the first",
    .weight_index = shared_weights },
  { "kernel-first", "every output channel uses the first kernel", .weight_index = first_kernel },
  { "kernel-slice-first", "every input channel meets the first slice of the kernel",
    .weight_index = first_slice },
  { "group-weight-dense", "the weight is indexed as if it had all channels",
    .weight_index = dense_weight },
  { "group-taken-for-depthwise", "with groups only one channel of each is summed",
    .accumulate = depthwise_only },
  { "group-last-skipped", "the last group is not computed", .accumulate = without_last_group },
  { .name = NULL }
};

/* ---- bias */

static number plus_bias (const call *c, int64_t k, number sum) {
  k %= c->params.out_channels;
  return c->real ? of_real(sum.real + c->b[k].real) : of_integer(sum.integer + c->b[k].integer);
}

static number no_bias (const call *c, place at, number sum) {
  (void) c, (void) at;
  return sum;
}

static number bias_of_first (const call *c, place at, number sum) {
  (void) at;
  return plus_bias(c, 0, sum);
}

static number bias_of_next (const call *c, place at, number sum) {
  return plus_bias(c, at.k + 1, sum);
}

static number bias_in_group (const call *c, place at, number sum) {
  return plus_bias(c, at.k % c->l.group_out, sum);
}

static number bias_of_group (const call *c, place at, number sum) {
  return plus_bias(c, at.k / c->l.group_out, sum);
}

static number bias_of_image (const call *c, place at, number sum) {
  return plus_bias(c, at.n, sum);
}

static number bias_of_column (const call *c, place at, number sum) {
  return plus_bias(c, at.j, sum);
}

static number bias_twice (const call *c, place at, number sum) {
  return plus_bias(c, at.k, plus_bias(c, at.k, sum));
}

static number bias_per_channel (const call *c, place at, number sum) {
  for (int64_t i = 0; i < c->l.group_in; i++)
    sum = plus_bias(c, at.k, sum);
  return sum;
}

static number bias_subtracted (const call *c, place at, number sum) {
  return c->real ? of_real(sum.real - c->b[at.k].real)
                 : of_integer(sum.integer - c->b[at.k].integer);
}

static number bias_of_first_image (const call *c, place at, number sum) {
  return at.n == 0 ? plus_bias(c, at.k, sum) : sum;
}

static number bias_without_groups (const call *c, place at, number sum) {
  return c->params.groups > 1 ? sum : plus_bias(c, at.k, sum);
}

static number bias_batched_only (const call *c, place at, number sum) {
  return c->l.ndim == 3 ? sum : plus_bias(c, at.k, sum);
}

static number bias_lost_strided_dilated (const call *c, place at, number sum) {
  return c->l.y.stride > 1 && c->l.y.dilation > 1 ? sum : plus_bias(c, at.k, sum);
}

static number bias_first_column (const call *c, place at, number sum) {
  return at.j == 0 ? plus_bias(c, at.k, sum) : sum;
}

static number bias_rounded (const call *c, place at, number sum) {
  return c->real ? of_real(sum.real + round_to(c->b[at.k].real, 8, -133)) : plus_bias(c, at.k, sum);
}

const mutant bias_mutants[] = {
  { "bias-forgotten", "no bias is added", .bias = no_bias },
  { "bias-of-first", "every channel gets the first bias", .bias = bias_of_first },
  { "bias-of-next", "every channel gets the next one's bias", .bias = bias_of_next },
  { "bias-within-group", "the bias is indexed within the group", .bias = bias_in_group },
  { "bias-of-group", "the bias is indexed by the group", .bias = bias_of_group },
  { "bias-of-image", "the bias is indexed by the image", .bias = bias_of_image },
  { "bias-of-column", "the bias is broadcast along columns", .bias = bias_of_column },
  { "bias-twice", "the bias is added twice", .bias = bias_twice },
  { "bias-per-channel", "the bias is added for each input channel", .bias = bias_per_channel },
  { "bias-subtracted", "the bias is subtracted", .bias = bias_subtracted },
  { "bias-first-image-only", "only the first image gets the bias", .bias = bias_of_first_image },
  { "bias-first-column-only", "only the first column gets the bias", .bias = bias_first_column },
  { "bias-without-groups", "with groups there is no bias", .bias = bias_without_groups },
  { "bias-batched-only", "unbatched there is no bias", .bias = bias_batched_only },
  { "bias-lost-strided-dilated", "with stride and dilation there is no bias",
    .bias = bias_lost_strided_dilated },
  { "bias-in-bfloat16", "the bias is rounded to bfloat16", .bias = bias_rounded },
  { .name = NULL }
};
