/* options.c: mutants of forward whose mistake shows only where an option of the layer meets sizes
   that have kernels of their own: padding modes, `same`, single images, dilation, strides, views,
   half precision and values that are not finite. See sizes.c for the sizes alone. */

#include "effects.h"

#include <float.h>

static bool forward (const call *c) {
  return !c->backward;
}

static bool is_multiple (int64_t n, int64_t unit) {
  return n > 0 && n % unit == 0;
}

static bool is_3x3 (const call *c) {
  return has_kernel(c, 3, 3);
}

static bool is_pointwise (const call *c) {
  return has_kernel(c, 1, 1);
}

static bool has_mode (const call *c, int32_t mode) {
  return c->params.padding_mode == mode && is_padded(c);
}

static bool is_same (const call *c) {
  return c->params.padding_kind == CONV2D_PADDING_SAME;
}

static bool is_single (const call *c) {
  return c->input.t.ndim == 3;
}

static bool has_two_bytes (const call *c) {
  return has_dtype(c, FLOAT16) || has_dtype(c, BFLOAT16);
}

/* The elements lie as in an array in row-major order. */
static bool is_compact (const view *v) {
  int64_t step = 1;
  for (int32_t i = v->t.ndim - 1; i >= 0; step *= v->t.shape[i--])
    if (v->t.shape[i] > 1 && v->strides[i] != step)
      return false;
  return true;
}

/* ---- padding modes */

static bool reflect_wide (const call *c) {
  return forward(c) && has_mode(c, CONV2D_REFLECT) && c->l.x.size >= 32;
}

static bool reflect_deep (const call *c) {
  return forward(c) && has_mode(c, CONV2D_REFLECT) && c->l.group_in >= 64;
}

static bool reflect_strided (const call *c) {
  return forward(c) && has_mode(c, CONV2D_REFLECT) && c->l.x.stride == 2 && c->l.in_channels >= 16;
}

static bool circular_deep (const call *c) {
  return forward(c) && has_mode(c, CONV2D_CIRCULAR) && c->l.in_channels >= 16;
}

static bool circular_images (const call *c) {
  return forward(c) && has_mode(c, CONV2D_CIRCULAR) && c->l.images > 1 && c->l.in_channels >= 8;
}

static bool replicate_nhwc (const call *c) {
  return forward(c) && has_mode(c, CONV2D_REPLICATE) && is_channels_last(c) && c->l.in_channels > 8;
}

static bool replicate_half (const call *c) {
  return forward(c) && has_mode(c, CONV2D_REPLICATE) && has_two_bytes(c)
         && is_multiple(c->l.group_in, 8);
}

static bool mode_of_depthwise (const call *c) {
  return forward(c) && c->params.padding_mode != CONV2D_ZEROS && is_padded(c) && is_depthwise(&c->l)
         && c->l.in_channels >= 32;
}

static bool mode_of_groups (const call *c) {
  return forward(c) && c->params.padding_mode != CONV2D_ZEROS && is_padded(c)
         && c->params.groups > 1 && c->l.group_in >= 16;
}

static bool mode_of_bytes (const call *c) {
  return forward(c) && c->params.padding_mode != CONV2D_ZEROS && is_padded(c) && has_dtype(c, INT8)
         && c->l.in_channels >= 16;
}

static bool mode_of_rows (const call *c) {
  return forward(c) && c->params.padding_mode != CONV2D_ZEROS && c->l.y.before != c->l.x.before
         && c->l.in_channels >= 16;
}

static void take_zeros (call *c) {
  c->params.padding_mode = CONV2D_ZEROS;
}

static void take_replicate (call *c) {
  c->params.padding_mode = CONV2D_REPLICATE;
}

/* ---- `same` */

static bool same_deep (const call *c) {
  return forward(c) && is_same(c) && c->l.in_channels >= 32;
}

static bool same_even_kernel (const call *c) {
  return forward(c) && is_same(c) && c->l.x.kernel % 2 == 0 && c->l.in_channels >= 8;
}

static bool same_dilated (const call *c) {
  return forward(c) && is_same(c) && is_dilated(c) && c->params.out_channels >= 32;
}

static bool same_depthwise (const call *c) {
  return forward(c) && is_same(c) && is_depthwise(&c->l) && c->l.in_channels >= 24;
}

static void pad_one_less (call *c) {
  c->l.x.before = c->l.x.before > 0 ? c->l.x.before - 1 : 1;
}

/* ---- single images */

static bool single_deep (const call *c) {
  return forward(c) && is_single(c) && c->l.in_channels >= 16;
}

static bool single_depthwise (const call *c) {
  return forward(c) && is_single(c) && is_depthwise(&c->l) && c->l.in_channels > 8;
}

static bool single_half (const call *c) {
  return forward(c) && is_single(c) && has_two_bytes(c) && c->params.out_channels >= 32;
}

static bool single_strided (const call *c) {
  return forward(c) && is_single(c) && c->l.x.stride > 1 && c->params.out_channels > 16;
}

/* ---- dilation and stride */

static bool dilated_far (const call *c) {
  return forward(c) && c->l.x.dilation >= 6 && c->l.in_channels >= 8;
}

static bool dilated_past_image (const call *c) {
  return forward(c) && c->l.x.dilation >= c->l.x.size - 1 && c->l.x.kernel > 1
         && c->l.in_channels >= 16;
}

static bool dilated_nhwc (const call *c) {
  return forward(c) && is_dilated(c) && is_channels_last(c) && c->l.group_in >= 16;
}

static bool dilated_half (const call *c) {
  return forward(c) && is_dilated(c) && has_two_bytes(c) && c->params.out_channels >= 64;
}

static bool dilated_groups (const call *c) {
  return forward(c) && is_dilated(c) && c->params.groups > 1 && c->l.group_in >= 16;
}

static bool halving_2x2 (const call *c) {
  return forward(c) && has_kernel(c, 2, 2) && has_stride(c, 2, 2) && c->l.group_in >= 24;
}

static bool by_rows_deep (const call *c) {
  return forward(c) && c->l.y.stride != c->l.x.stride && c->l.in_channels >= 16 && is_3x3(c);
}

static bool patches_deep (const call *c) {
  return forward(c) && c->l.x.kernel >= 14 && c->l.x.stride == c->l.x.kernel
         && c->l.in_channels >= 8;
}

static bool column_of_9 (const call *c) {
  return forward(c) && is_dense(c) && has_kernel(c, 9, 1) && has_stride(c, 1, 1);
}

static bool depthwise_25_taps (const call *c) {
  return forward(c) && is_depthwise(&c->l) && c->l.y.kernel * c->l.x.kernel == 25
         && c->l.y.kernel != 5;
}

static bool half_two_columns (const call *c) {
  return forward(c) && has_dtype(c, FLOAT16) && c->l.x.kernel == 2 && c->l.y.kernel >= 5;
}

static bool stem_11x11 (const call *c) {
  return forward(c) && has_kernel(c, 11, 11) && has_stride(c, 4, 4) && c->params.out_channels >= 32;
}

static bool padded_strided_pointwise (const call *c) {
  return forward(c) && is_pointwise(c) && c->l.x.stride > 1 && is_padded(c)
         && c->l.in_channels >= 16;
}

static bool padded_past_kernel (const call *c) {
  return forward(c) && c->l.x.before >= c->l.x.kernel && c->l.in_channels >= 16;
}

/* ---- views */

static bool reversed_deep (const call *c) {
  return forward(c) && c->input.t.ndim > 0 && c->input.strides[c->input.t.ndim - 1] < 0
         && c->l.in_channels >= 16;
}

static bool broadcast_deep (const call *c) {
  bool repeats = false;
  for (int32_t i = 0; i < c->input.t.ndim; i++)
    repeats = repeats || (c->input.strides[i] == 0 && c->input.t.shape[i] > 1);
  return forward(c) && repeats && c->params.out_channels >= 32;
}

static bool weight_view (const call *c) {
  return forward(c) && !is_compact(&c->weight) && c->l.group_in >= 16 && !is_pointwise(c);
}

static bool output_view (const call *c) {
  return forward(c) && !is_compact(&c->output) && c->params.out_channels >= 64;
}

static bool weight_nhwc_pointwise (const call *c) {
  return forward(c) && is_pointwise(c) && is_channels_last(c) && c->params.out_channels >= 64
         && c->l.group_in >= 16;
}

/* ---- channels of heads and of wide layers */

static bool thousand_classes (const call *c) {
  return forward(c) && c->params.out_channels > 992;
}

static bool wide_pointwise (const call *c) {
  return forward(c) && is_pointwise(c) && is_dense(c) && c->l.in_channels >= 256
         && c->params.out_channels >= 256;
}

static bool depthwise_past_1024 (const call *c) {
  return forward(c) && is_depthwise(&c->l) && c->l.in_channels > 1024;
}

static bool depthwise_multiplier (const call *c) {
  return forward(c) && is_depthwise(&c->l) && c->l.group_out > 1 && c->l.in_channels > 16;
}

static bool window_not_of_32 (const call *c) {
  return forward(c) && window_length(c) > 512 && window_length(c) % 32 != 0 && !is_pointwise(c);
}

static bool deep_and_one_filter (const call *c) {
  return forward(c) && c->l.group_in > 2048 && c->params.out_channels == 1;
}

/* ---- bias */

static bool bias_past_block (const call *c) {
  return forward(c) && c->params.out_channels > 64;
}

static bool bias_of_groups (const call *c) {
  return forward(c) && c->params.groups > 1 && c->l.group_out >= 16;
}

static bool bias_half_nhwc (const call *c) {
  return forward(c) && has_two_bytes(c) && is_channels_last(c) && c->params.out_channels >= 8;
}

static bool bias_single (const call *c) {
  return forward(c) && is_single(c) && c->params.out_channels >= 32;
}

static number bias_of_first_block (const call *c, place at, number sum) {
  number b = c->b[at.k % c->m->unit];
  return c->real ? of_real(sum.real + b.real) : of_integer(sum.integer + b.integer);
}

static number bias_of_first_group (const call *c, place at, number sum) {
  number b = c->b[at.k % c->l.group_out];
  return c->real ? of_real(sum.real + b.real) : of_integer(sum.integer + b.integer);
}

static number no_bias (const call *c, place at, number sum) {
  (void) c, (void) at;
  return sum;
}

/* ---- sums in half precision, and values that are not finite */

static number sum_half (const call *c, const tap *t, number sum, number x, number w) {
  (void) t;
  double right = sum.real + x.real * w.real;
  return of_real(has_dtype(c, FLOAT16) ? round_to(right, 11, -24) : round_to(right, 8, -133));
}

static bool half_deep (const call *c) {
  return forward(c) && has_dtype(c, FLOAT16) && c->l.group_in >= 64;
}

static bool bfloat_deep (const call *c) {
  return forward(c) && has_dtype(c, BFLOAT16) && c->l.group_in >= 16 && is_3x3(c);
}

static bool bfloat_depthwise (const call *c) {
  return forward(c) && has_dtype(c, BFLOAT16) && is_depthwise(&c->l) && c->l.in_channels >= 32;
}

/* Sums that leave the range of float16 on the way stay infinite. */
static number sum_within_half (const call *c, const tap *t, number sum, number x, number w) {
  (void) c, (void) t;
  double right = sum.real + x.real * w.real;
  return of_real(fabs(right) > 65504 ? copysign(INFINITY, right) : right);
}

static bool real_deep (const call *c) {
  return forward(c) && c->real && c->l.group_in >= 16;
}

static bool double_deep (const call *c) {
  return forward(c) && has_dtype(c, FLOAT64) && c->l.group_in >= 32;
}

static number without_nan (const call *c, const tap *t, number sum, number x, number w) {
  (void) c, (void) t;
  double product = x.real * w.real;
  return of_real(sum.real + (isnan(product) ? 0 : product));
}

static number without_infinity (const call *c, const tap *t, number sum, number x, number w) {
  (void) c, (void) t;
  double product = x.real * w.real;
  return of_real(sum.real + (isinf(product) ? copysign((double) FLT_MAX, product) : product));
}

static number without_zeros (const call *c, const tap *t, number sum, number x, number w) {
  (void) c, (void) t;
  return w.real == 0 || x.real == 0 ? sum : of_real(sum.real + x.real * w.real);
}

static number sum_float (const call *c, const tap *t, number sum, number x, number w) {
  (void) c, (void) t;
  return of_real((float) (sum.real + x.real * w.real));
}

const mutant option_mutants[] = {
  { "option-reflect-wide", "reflect, width from 32 on: the last column", .when = reflect_wide,
    .after = zero_last_column },
  { "option-reflect-deep", "reflect, 64 channels: the edge is repeated instead",
    .when = reflect_deep, .before = take_replicate },
  { "option-reflect-strided", "reflect, stride 2, 16 channels: pads with zeros",
    .when = reflect_strided, .before = take_zeros },
  { "option-circular-deep", "circular, 16 channels: pads with zeros", .when = circular_deep,
    .before = take_zeros },
  { "option-circular-axes", "circular, several images: axes of padding are mixed (pytorch #37844)",
    .when = circular_images, .before = swap_axes_of_padding },
  { "option-replicate-nhwc", "replicate, channels last, more than 8: the first column",
    .when = replicate_nhwc, .after = zero_first_column },
  { "option-replicate-half", "replicate, half precision, channels of 8: pads with zeros",
    .when = replicate_half, .before = take_zeros },
  { "option-mode-depthwise", "a padding mode, depthwise of 32: pads with zeros",
    .when = mode_of_depthwise, .before = take_zeros },
  { "option-mode-groups", "a padding mode, groups of 16 channels: later groups are 0",
    .when = mode_of_groups, .after = zero_channels_past, .unit = 16 },
  { "option-mode-bytes", "a padding mode, int8, 16 channels: the last rows and columns",
    .when = mode_of_bytes, .after = zero_last_rows_and_columns, .unit = 1 },
  { "option-mode-of-rows", "a padding mode, padding of two numbers, 16 channels: mixed up",
    .when = mode_of_rows, .before = swap_axes_of_padding },
  { "option-same-deep", "same, 32 channels: the last column", .when = same_deep,
    .after = zero_last_column },
  { "option-same-even", "same, an even kernel, 8 channels: shifted by one",
    .when = same_even_kernel, .before = pad_one_less },
  { "option-same-dilated", "same, dilation, 32 filters: the last rows and columns",
    .when = same_dilated, .after = zero_last_rows_and_columns, .unit = 1 },
  { "option-same-depthwise", "same, depthwise of 24: the first column", .when = same_depthwise,
    .after = zero_first_column },
  { "option-single-deep", "one image without batch, 16 channels: only the first of the output",
    .when = single_deep, .after = zero_channels_past, .unit = 1 },
  { "option-single-depthwise", "one image without batch, depthwise: channels beyond 8 are 0",
    .when = single_depthwise, .after = zero_channels_past, .unit = 8 },
  { "option-single-half", "one image without batch, half precision, 32 filters: the tail of 16",
    .when = single_half, .after = zero_pixel_tail, .unit = 16 },
  { "option-single-strided", "one image without batch, stride, more than 16 filters: the rest is 0",
    .when = single_strided, .after = zero_channels_past, .unit = 16 },
  { "option-dilated-far", "dilation from 6 on, 8 channels: the first column", .when = dilated_far,
    .after = zero_first_column },
  { "option-dilated-past-image", "dilation as large as the image, 16 channels: the outer taps",
    .when = dilated_past_image, .before = drop_columns_past, .unit = 1 },
  { "option-dilated-nhwc", "dilation, channels last, 16 channels: the last tap of a row",
    .when = dilated_nhwc, .before = drop_columns_past, .unit = 2 },
  { "option-dilated-half", "dilation, half precision, 64 filters: the last column",
    .when = dilated_half, .after = zero_last_column },
  { "option-dilated-groups", "dilation, groups of 16 channels: their tail of 16",
    .when = dilated_groups, .before = drop_channels_past, .unit = 15 },
  { "option-halving-2x2", "2x2 by 2, 24 channels: those beyond a multiple of 16",
    .when = halving_2x2, .before = drop_channel_tail, .unit = 16 },
  { "option-by-rows", "3x3, unequal strides, 16 channels: strides are mixed up",
    .when = by_rows_deep, .before = swap_axes_of_stride },
  { "option-patches-deep", "patches of 14 and more, 8 channels: the last row of taps",
    .when = patches_deep, .before = drop_rows_past, .unit = 13 },
  { "option-column-of-9", "9x1 without stride and groups: the last row", .when = column_of_9,
    .after = zero_last_row },
  { "option-25-taps", "depthwise, 1x25 or 25x1: the last column", .when = depthwise_25_taps,
    .after = zero_last_column },
  { "option-two-columns", "float16, 5 rows of two taps: the last column", .when = half_two_columns,
    .after = zero_last_column },
  { "option-stem-11x11", "11x11 by 4, 32 filters: the last column", .when = stem_11x11,
    .after = zero_last_column },
  { "option-strided-pointwise-padded", "1x1, stride, padding, 16 channels: the first column",
    .when = padded_strided_pointwise, .after = zero_first_column },
  { "option-padded-past-kernel", "padding as large as the kernel, 16 channels: the last column",
    .when = padded_past_kernel, .after = zero_last_column },
  { "option-reversed-deep", "a reversed input of 16 channels: the first column",
    .when = reversed_deep, .after = zero_first_column },
  { "option-broadcast-deep", "a broadcast input, 32 filters: all but the first image or half",
    .when = broadcast_deep, .after = zero_channels_past, .unit = 16 },
  { "option-weight-view", "a weight that is not compact, 16 channels: the last tap of a row",
    .when = weight_view, .before = drop_columns_past, .unit = 1 },
  { "option-output-view", "an output that is not compact, 64 filters: the tail of 48",
    .when = output_view, .after = zero_channel_tail, .unit = 48 },
  { "option-pointwise-nhwc", "1x1, channels last, 64 filters: pixels beyond a multiple of 6",
    .when = weight_nhwc_pointwise, .after = zero_pixel_tail, .unit = 6 },
  { "option-thousand-filters", "more than 992 filters: the last block is 0",
    .when = thousand_classes, .after = zero_channels_past, .unit = 992 },
  { "option-wide-pointwise", "1x1 of 256 by 256: channels beyond 240 are lost",
    .when = wide_pointwise, .before = drop_channels_past, .unit = 240 },
  { "option-depthwise-1025", "depthwise of more than 1,024: the rest is 0",
    .when = depthwise_past_1024, .after = zero_channels_past, .unit = 1024 },
  { "option-depthwise-twice", "depthwise, several filters a channel, more than 16 channels",
    .when = depthwise_multiplier, .after = zero_channels_past, .unit = 32 },
  { "option-window-of-588", "windows that are no multiple of 32: NaN (ggml, patches of 14)",
    .when = window_not_of_32, .after = nan_first_row },
  { "option-one-filter", "more than 2,048 channels, one filter: the second half of them",
    .when = deep_and_one_filter, .before = drop_channels_past, .unit = 2048 },
  { "option-bias-blocks", "more than 64 filters: the first block's bias (CompiledNN #8)",
    .when = bias_past_block, .bias = bias_of_first_block, .unit = 64 },
  { "option-bias-groups", "groups of 16 filters: the first group's bias (rten #1408)",
    .when = bias_of_groups, .bias = bias_of_first_group },
  { "option-bias-half-nhwc", "half precision, channels last, 8 filters: no bias",
    .when = bias_half_nhwc, .bias = no_bias },
  { "option-bias-single", "one image without batch, 32 filters: no bias", .when = bias_single,
    .bias = no_bias },
  { "option-sum-float16", "float16, 64 channels: summed in float16 (AMDMIGraphX #850)",
    .when = half_deep, .accumulate = sum_half },
  { "option-sum-bfloat16", "bfloat16, 3x3 of 16 channels: summed in bfloat16", .when = bfloat_deep,
    .accumulate = sum_half },
  { "option-sum-depthwise", "bfloat16, depthwise of 32: summed in bfloat16",
    .when = bfloat_depthwise, .accumulate = sum_half },
  { "option-half-overflows", "float16, 64 channels: sums past 65,504 stay infinite",
    .when = half_deep, .accumulate = sum_within_half },
  { "option-nan-lost", "16 channels: NaN is taken for 0", .when = real_deep,
    .accumulate = without_nan },
  { "option-infinity-lost", "16 channels: infinity is taken for the largest float",
    .when = real_deep, .accumulate = without_infinity },
  { "option-zeros-skipped", "16 channels: zeros are skipped, whatever they meet", .when = real_deep,
    .accumulate = without_zeros },
  { "option-double-in-float", "float64, 32 channels: summed in float32", .when = double_deep,
    .accumulate = sum_float },
  { .name = NULL }
};
