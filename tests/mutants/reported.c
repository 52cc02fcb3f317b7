/* reported.c: more mutants after threads of other libraries' trackers, each under the sizes that
   its thread reports; see trackers.c. */

#include "effects.h"

static bool is_half (const call *c) {
  return has_dtype(c, FLOAT16);
}

static bool is_plain (const call *c) {
  return has_stride(c, 1, 1) && !is_dilated(c);
}

static bool is_pointwise (const call *c) {
  return has_kernel(c, 1, 1) && is_dense(c);
}

static bool spans_image (const call *c) {
  return c->l.y.kernel == c->l.y.size && c->l.x.kernel == c->l.x.size;
}

/* ---- the output */

static bool strided_im2col (const call *c) {
  return !c->backward && is_dense(c) && has_kernel(c, 3, 3) && has_stride(c, 2, 2) && is_padded(c)
         && c->l.group_in >= 16 && c->params.out_channels >= 32 && pixels(c) > 40
         && pixels(c) % 8 == 1;
}

/* The first of the last eight, which are one vector. */
static void zero_last_block_begin (call *c) {
  const int64_t at = pixels(c) - 9;
  for (int64_t i = 0; i < c->l.images * c->params.out_channels; i++)
    c->y[i * pixels(c) + at] = of_integer(0);
}

static bool depthwise_of_two_pixels (const call *c) {
  return !c->backward && is_depthwise(&c->l) && has_kernel(c, 3, 3) && is_padded(c)
         && c->l.y.size == 2 && c->l.x.size == 1;
}

/* An odd number of stages of eight channels. */
static bool odd_stages (const call *c) {
  return !c->backward && is_pointwise(c) && is_plain(c) && c->l.group_in >= 104
         && c->l.group_in % 16 == 8 && pixels(c) >= 4096;
}

static bool kernel_of_image (const call *c) {
  return !c->backward && spans_image(c) && !is_padded(c) && is_dense(c) && c->l.in_channels > 1
         && c->l.y.kernel != c->l.x.kernel && c->l.y.kernel > 1;
}

static bool same_kernel_of_image (const call *c) {
  return !c->backward && spans_image(c) && c->params.padding_kind == CONV2D_PADDING_SAME
         && is_dense(c) && c->l.x.kernel > 1 && !is_channels_last(c);
}

static bool half_1251_images (const call *c) {
  return !c->backward && is_half(c) && c->l.y.size == 1 && c->l.x.size == 8 && c->l.group_in == 8;
}

static bool int8_row_strided (const call *c) {
  return !c->backward && has_dtype(c, INT8) && c->l.y.kernel == 1 && c->l.x.kernel > 1
         && c->l.x.before > 0 && c->l.x.stride == 4;
}

static bool depthwise_7x7_strided (const call *c) {
  return !c->backward && is_depthwise(&c->l) && has_kernel(c, 7, 7) && has_stride(c, 2, 2)
         && c->l.in_channels >= 16 && c->l.in_channels % 8 == 0;
}

static bool half_depthwise_7x7 (const call *c) {
  return !c->backward && is_half(c) && is_depthwise(&c->l) && has_kernel(c, 7, 7)
         && c->l.in_channels > 4 && c->l.in_channels % 4 != 0;
}

static bool depthwise_wide_nhwc (const call *c) {
  return !c->backward && is_channels_last(c) && is_depthwise(&c->l) && has_kernel(c, 3, 3)
         && is_plain(c) && is_padded(c) && c->l.x.size >= 150;
}

static bool bfloat_stride_past_kernel (const call *c) {
  return !c->backward && has_dtype(c, BFLOAT16) && is_dense(c) && c->l.y.stride > c->l.y.kernel
         && is_padded(c) && c->l.group_in >= 32;
}

static bool narrow_patches_of_16 (const call *c) {
  return !c->backward && (has_dtype(c, INT8) || has_dtype(c, BFLOAT16)) && has_kernel(c, 16, 16)
         && has_stride(c, 16, 16) && c->l.in_channels == 3 && c->l.x.size % 16 == 0;
}

/* As many taps as a square kernel, in one row or column. */
static bool nine_taps_in_line (const call *c) {
  return !c->backward && is_dense(c) && has_dtype(c, FLOAT32)
         && window_length(c) == 9 * c->l.group_in && c->l.y.kernel != c->l.x.kernel;
}

static bool planar_past_kernel (const call *c) {
  return !c->backward && c->l.in_channels == 1 && c->params.out_channels == 1 && is_plain(c)
         && c->l.x.before > c->l.x.kernel;
}

static bool wide_padding (const call *c) {
  return !c->backward && is_dense(c) && is_plain(c) && c->l.x.kernel >= 8 && c->l.x.before >= 7;
}

/* ---- gradients */

static bool narrow_strided (const call *c) {
  return c->backward && is_dense(c) && c->l.x.stride > 1 && c->l.in_channels > 16
         && c->l.x.size < 17;
}

static bool half_few_filters (const call *c) {
  return c->backward && is_half(c) && is_pointwise(c) && is_plain(c) && c->l.in_channels >= 128
         && c->params.out_channels <= 16 && c->l.images >= 16;
}

static bool pixels_off_8 (const call *c) {
  return c->backward && is_channels_last(c) && is_dense(c) && has_kernel(c, 3, 3) && is_plain(c)
         && c->l.in_channels >= 128 && c->l.images * pixels(c) % 8 == 4;
}

static bool wide_5x5 (const call *c) {
  return c->backward && has_kernel(c, 5, 5) && is_plain(c) && !is_padded(c) && c->l.x.size >= 2048
         && c->params.out_channels == 1;
}

static bool one_grouped_image (const call *c) {
  return c->backward && c->input.t.ndim == 3 && is_channels_last(c) && c->params.groups > 1
         && c->l.group_in > 1 && has_dtype(c, FLOAT64);
}

const mutant reported_mutants[] = {
  { "reported-strided-im2col",
    "3x3, stride 2, 16 channels, pixels one past a multiple of 8: one of them (ncnn #1283)",
    .when = strided_im2col, .after = zero_last_block_begin },
  { "reported-two-pixels", "depthwise 3x3 of an image of 2x1 (MNN #2291)",
    .when = depthwise_of_two_pixels, .after = zero_output },
  { "reported-odd-stages",
    "1x1 of 104 channels, in an odd number of stages of 8, 4,096 pixels: the last (burn #5626)",
    .when = odd_stages, .before = drop_channel_tail, .unit = 16 },
  { "reported-kernel-of-image", "a kernel as large as the image, not square (ncnn #1717)",
    .when = kernel_of_image, .before = drop_channels_past, .unit = 1 },
  { "reported-same-kernel-of-image", "the same with padding 'same': a column is lost (tfjs #6308)",
    .when = same_kernel_of_image, .after = zero_last_column },
  { "reported-1251-images",
    "float16, rows of 8 pixels, 8 channels: images from 1,250 on are 0 (pytorch #59515)",
    .when = half_1251_images, .after = zero_images_past, .unit = 1250 },
  { "reported-int8-row-stride-4", "int8, a padded row of taps, stride 4 (CMSIS-NN #109)",
    .when = int8_row_strided, .after = zero_last_column },
  { "reported-depthwise-7x7-strided", "depthwise 7x7, stride 2, 8 channels at once (ncnn #3171)",
    .when = depthwise_7x7_strided, .after = zero_last_column },
  { "reported-half-depthwise-7x7",
    "float16, depthwise 7x7, channels not of 4: NaN (tensorflow #24430)",
    .when = half_depthwise_7x7, .after = nan_first_row },
  { "reported-depthwise-wide-nhwc",
    "depthwise 3x3, channels last, 150 columns: the first one (ComputeLibrary #608)",
    .when = depthwise_wide_nhwc, .after = zero_first_column },
  { "reported-stride-past-kernel",
    "bfloat16, 32 channels, padded, stride larger than the kernel: the last row (oneDNN #5494)",
    .when = bfloat_stride_past_kernel, .after = zero_last_row },
  { "reported-patches-of-16",
    "int8 or bfloat16, patches of 16 of three channels: the last column (oneDNN #4684)",
    .when = narrow_patches_of_16, .after = zero_last_column },
  { "reported-nine-taps", "float32, 1x9 or 9x1: taken for 3x3 (OpenCV 5)",
    .when = nine_taps_in_line, .after = zero_output },
  { "reported-planar-past-kernel",
    "one channel, one filter, padding past the kernel's width: the last column (OpenVINO)",
    .when = planar_past_kernel, .after = zero_last_column },
  { "reported-wide-padding", "8 columns of taps, padding of 7: the first column (modular #6712)",
    .when = wide_padding, .after = zero_first_column },
  { "reported-narrow-strided",
    "stride 2, more than 16 channels, width below 17: grad_input from column 4 on (oneDNN)",
    .when = narrow_strided, .after = zero_grad_input_columns_past, .unit = 4 },
  { "reported-half-few-filters",
    "float16 1x1, 128 channels, 16 filters, 16 images: the last of grad_input (MIOpen #1188)",
    .when = half_few_filters, .after = zero_grad_input_tail, .unit = 64 },
  { "reported-pixels-off-8",
    "3x3 nhwc, 128 channels, pixels not of 8: no grad_weight (composable_kernel #40)",
    .when = pixels_off_8, .after = zero_grad_weight },
  { "reported-one-grouped-image",
    "float64, no batch, nhwc, groups: grad_weight of the first group only (torch 2.15)",
    .when = one_grouped_image, .after = zero_grad_weight_of_later_groups },
  { "reported-wide-5x5", "5x5, one filter, 2,048 columns: no grad_weight (MIOpen #449)",
    .when = wide_5x5, .after = zero_grad_weight },
  { .name = NULL }
};
