/* trackers.c: mutants after threads of other libraries' trackers, each under the sizes that its
   thread reports; see sizes.c. Few of them are numbers that stand in sizes.c. */

#include "effects.h"

static bool forward (const call *c) {
  return !c->backward;
}

static bool is_half (const call *c) {
  return has_dtype(c, FLOAT16);
}

static bool is_even (int64_t n) {
  return n % 2 == 0;
}

static bool is_3x3 (const call *c) {
  return has_kernel(c, 3, 3);
}

static bool is_grouped (const call *c) {
  return c->params.groups > 1;
}

/* ---- an input that looks like another layout */

static bool is_cube (const call *c) {
  return forward(c) && c->l.in_channels > 1 && c->l.in_channels == c->l.y.size
         && c->l.in_channels == c->l.x.size;
}

static int64_t as_channels_last (const call *c, const tap *t) {
  const layer *l = &c->l;
  return ((t->at.n * l->y.size + t->h) * l->x.size + t->w) * l->in_channels + t->first + t->c;
}

/* ---- groups */

static bool half_groups_3x3 (const call *c) {
  return forward(c) && is_half(c) && is_grouped(c) && is_3x3(c) && has_stride(c, 1, 1)
         && c->l.group_in >= 16;
}

static bool half_groups_of_8 (const call *c) {
  return c->backward && is_half(c) && is_grouped(c) && is_3x3(c) && c->l.group_in == 8
         && c->l.group_out == 8;
}

static bool groups_and_split_images (const call *c) {
  return c->backward && is_grouped(c) && c->l.images >= 16 && is_even(c->l.images);
}

static bool strided_multiplier_of_8 (const call *c) {
  return forward(c) && is_depthwise(&c->l) && c->l.group_out >= 8 && has_stride(c, 2, 2);
}

/* The channel is the filter modulo the groups, and not divided by the filters of a group. */
static int64_t channel_by_modulo (const call *c, const tap *t) {
  tap wrong = *t;
  wrong.at.k = t->at.k % c->params.groups * c->l.group_out;
  return right_input_index(c, &wrong);
}

/* ---- depthwise */

static bool depthwise_column_strided (const call *c) {
  return forward(c) && is_depthwise(&c->l) && has_kernel(c, 3, 1) && has_stride(c, 2, 2)
         && is_even(c->l.y.size) && is_even(c->l.x.size);
}

static bool depthwise_strided_past_24 (const call *c) {
  return forward(c) && is_depthwise(&c->l) && is_3x3(c) && has_stride(c, 2, 2)
         && c->l.in_channels > 24;
}

static bool half_depthwise_images (const call *c) {
  return c->backward && is_half(c) && is_depthwise(&c->l) && c->l.in_channels >= 32
         && c->l.images >= 8;
}

static bool bfloat_depthwise_dilated (const call *c) {
  return c->backward && has_dtype(c, BFLOAT16) && is_depthwise(&c->l) && is_channels_last(c)
         && is_dilated(c) && c->l.x.size >= 32;
}

/* ---- windows */

static bool half_kernel_of_23 (const call *c) {
  return forward(c) && is_half(c) && c->l.y.kernel >= 23 && c->l.x.kernel >= 23
         && c->l.group_in == 1;
}

static number sum_float16 (const call *c, const tap *t, number sum, number x, number w) {
  (void) c, (void) t;
  return of_real(round_to(sum.real + x.real * w.real, 11, -24));
}

static bool far_dilation_off_tile (const call *c) {
  return forward(c) && c->l.x.dilation >= 12 && c->l.x.size % 32 != 0 && c->l.group_in >= 32;
}

static bool int8_strided_even (const call *c) {
  return forward(c) && has_dtype(c, INT8) && is_3x3(c) && has_stride(c, 2, 2) && is_padded(c)
         && is_even(c->l.y.size) && c->l.group_in >= 8;
}

static bool winograd_tiles (const call *c) {
  const int64_t tiles = (c->height + 3) / 4 * ((c->width + 3) / 4);
  return forward(c) && is_3x3(c) && has_stride(c, 1, 1) && !is_dilated(c) && is_dense(c)
         && c->l.group_in >= 16 && c->params.out_channels >= 16 && tiles > 4 && tiles % 4 == 1;
}

/* ---- channels */

static bool six_or_nine_channels (const call *c) {
  return forward(c) && is_dense(c) && is_3x3(c) && (c->l.group_in == 6 || c->l.group_in == 9)
         && c->params.out_channels >= 32;
}

static bool int8_odd_pointwise (const call *c) {
  return forward(c) && has_dtype(c, INT8) && has_kernel(c, 1, 1) && c->l.group_in > 16
         && !is_even(c->l.group_in);
}

static bool int8_few_classes (const call *c) {
  return forward(c) && has_dtype(c, INT8) && has_kernel(c, 1, 1) && pixels(c) == 1
         && c->l.group_in >= 1024 && c->params.out_channels < 8 && c->params.out_channels > 1;
}

/* ---- grad_weight */

static bool one_filter (const call *c) {
  return c->backward && c->params.out_channels == 1 && c->l.in_channels >= 8
         && c->l.y.kernel == c->l.x.kernel && c->l.y.kernel > 1;
}

static void transpose_grad_weight (call *c) {
  const int64_t side = c->l.y.kernel;
  for (int64_t i = 0; i < c->params.out_channels * c->l.group_in; i++)
    for (int64_t r = 0; r < side; r++)
      for (int64_t s = 0; s < r; s++)
        SWAP(number, c->g.weight[(i * side + r) * side + s],
             c->g.weight[(i * side + s) * side + r]);
}

const mutant tracker_mutants[] = {
  { "tracker-cube", "channels, height and width are equal: read as channels last (candle #3404)",
    .when = is_cube, .input_index = as_channels_last },
  { "tracker-half-groups", "float16, 3x3, groups of 16: all but the first (rocm-libraries #4998)",
    .when = half_groups_3x3, .after = zero_later_groups },
  { "tracker-half-groups-of-8", "float16, 3x3, groups of 8: grad_input of the first (MIOpen #989)",
    .when = half_groups_of_8, .after = zero_grad_input_of_later_groups },
  { "tracker-split-images",
    "groups, 16 images and more, even: grad_input of the first half (rocm-libraries #10627)",
    .when = groups_and_split_images, .after = zero_grad_input_of_later_half },
  { "tracker-multiplier-of-8", "8 filters a channel, stride 2: of another channel (onnxjs #41)",
    .when = strided_multiplier_of_8, .input_index = channel_by_modulo },
  { "tracker-depthwise-column",
    "depthwise 3x1, stride 2, even sizes: the last rows and columns (tensorflow #61815)",
    .when = depthwise_column_strided, .after = zero_last_rows_and_columns, .unit = 1 },
  { "tracker-depthwise-past-24",
    "depthwise 3x3, stride 2: channels from 24 on are 0 (tensorflow #61934)",
    .when = depthwise_strided_past_24, .after = zero_channels_past, .unit = 24 },
  { "tracker-half-depthwise-images",
    "float16, depthwise of 32, 8 images: grad_weight beyond them (MIOpen #2492)",
    .when = half_depthwise_images, .before = drop_images_past, .unit = 7 },
  { "tracker-bfloat-depthwise-dilated",
    "bfloat16, depthwise, dilated, channels last, width from 32 on: no grad_weight (pytorch)",
    .when = bfloat_depthwise_dilated, .after = zero_grad_weight },
  { "tracker-half-kernel-of-23",
    "float16, one channel, kernel of 23: summed in float16 (rocm-libraries #7024)",
    .when = half_kernel_of_23, .accumulate = sum_float16 },
  { "tracker-dilation-off-tile",
    "dilation from 12 on, 32 channels, width not of 32: the last ones (tt-metal #42667)",
    .when = far_dilation_off_tile, .after = zero_last_rows_and_columns, .unit = 1 },
  { "tracker-int8-even-height", "int8 3x3, stride 2, even height: the last row (esp-nn #31)",
    .when = int8_strided_even, .after = zero_last_row },
  { "tracker-winograd-tiles", "Winograd in four tiles at once loses the last one (ncnn #1891)",
    .when = winograd_tiles, .after = zero_last_tile },
  { "tracker-nine-channels",
    "3x3 of 6 or 9 channels, 32 filters: those beyond a multiple of 4 (onnxruntime #29651)",
    .when = six_or_nine_channels, .before = drop_channel_tail, .unit = 4 },
  { "tracker-int8-odd", "int8 1x1 of an odd number of channels: the last (XNNPACK #5935)",
    .when = int8_odd_pointwise, .before = drop_channel_tail, .unit = 2 },
  { "tracker-int8-few-classes",
    "int8, 1,024 channels of one pixel, fewer than 8 classes: the first only (esp-nn #34)",
    .when = int8_few_classes, .after = zero_channels_past, .unit = 1 },
  { "tracker-one-filter", "one filter of 8 channels: grad_weight is transposed (nntrainer #705)",
    .when = one_filter, .after = transpose_grad_weight },
  { .name = NULL }
};
