/* shape.c: mutants whose output_shape gives a wrong shape. */

#include "engine.h"

static void ceiling (const layer *l, int64_t *chw) {
  chw[1] = (l->y.room + l->y.stride - 1) / l->y.stride + 1;
  chw[2] = (l->x.room + l->x.stride - 1) / l->x.stride + 1;
}

static void nearest (const layer *l, int64_t *chw) {
  chw[1] = (l->y.room + l->y.stride / 2) / l->y.stride + 1;
  chw[2] = (l->x.room + l->x.stride / 2) / l->x.stride + 1;
}

static void undilated (const layer *l, int64_t *chw) {
  chw[1] = (l->y.padded - l->y.kernel) / l->y.stride + 1;
  chw[2] = (l->x.padded - l->x.kernel) / l->x.stride + 1;
}

static void padded_once (const layer *l, int64_t *chw) {
  chw[1] = (l->y.size + l->y.before - l->y.dilated) / l->y.stride + 1;
  chw[2] = (l->x.size + l->x.before - l->x.dilated) / l->x.stride + 1;
}

static void without_the_one (const layer *l, int64_t *chw) {
  chw[1] = l->y.room / l->y.stride;
  chw[2] = l->x.room / l->x.stride;
}

/* ceil (positions / stride), as some frameworks write it. */
static void ratio (const layer *l, int64_t *chw) {
  chw[1] = (l->y.size + l->y.stride - 1) / l->y.stride;
  chw[2] = (l->x.size + l->x.stride - 1) / l->x.stride;
}

static void in_single_precision (const layer *l, int64_t *chw) {
  chw[1] = (int64_t) floorf((float) l->y.room / (float) l->y.stride) + 1;
  chw[2] = (int64_t) floorf((float) l->x.room / (float) l->x.stride) + 1;
}

static void in_32_bits (const layer *l, int64_t *chw) {
  chw[1] = (int32_t) (uint32_t) l->y.room / l->y.stride + 1;
  chw[2] = (int32_t) (uint32_t) l->x.room / l->x.stride + 1;
}

static void shape_swapped (const layer *l, int64_t *chw) {
  (void) l;
  SWAP(int64_t, chw[1], chw[2]);
}

static void input_channels (const layer *l, int64_t *chw) {
  chw[0] = l->in_channels;
}

static void channels_of_a_group (const layer *l, int64_t *chw) {
  chw[0] = l->group_out;
}

/* The sum over no channels, plus the bias: right by the formula, and not what torch does. */
static void channels_of_nothing (const layer *l, int64_t *chw) {
  chw[0] = l->p->out_channels;
}

const mutant shape_mutants[] = {
  { "shape-ceiling", "the output's size is rounded up", .shape = ceiling },
  { "shape-nearest", "the output's size is rounded to nearest", .shape = nearest },
  { "shape-undilated", "the output's size knows no dilation", .shape = undilated },
  { "shape-padded-once", "the output's size counts one side of the padding", .shape = padded_once },
  { "shape-without-one", "the output's size lacks the + 1", .shape = without_the_one },
  { "shape-ratio", "the output's size is the input's divided by the stride", .shape = ratio },
  { "shape-in-floats", "the output's size is computed in single precision",
    .shape = in_single_precision },
  { "shape-in-32-bits", "the output's size is computed in 32 bits", .shape = in_32_bits },
  { "shape-swapped", "the output's height and width are exchanged", .shape = shape_swapped },
  { "shape-input-channels", "the output has in_channels channels", .shape = input_channels },
  { "shape-group-channels", "the output has the channels of one group",
    .shape = channels_of_a_group },
  { "shape-without-input-channels", "no input channels give out_channels channels",
    .shape = channels_of_nothing },
  { .name = NULL }
};
