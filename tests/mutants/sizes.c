/* sizes.c: mutants of forward whose mistake shows only at certain sizes.
   Each mistake has been reported about a library under that condition; the sentence names project
   and thread. If it says no more than "wrong", the effect chosen here is not easier to find. */

#include "effects.h"

static bool forward (const call *c) {
  return !c->backward;
}

static bool is_half (const call *c) {
  return has_dtype(c, FLOAT16);
}

static bool is_multiple (int64_t n, int64_t unit) {
  return n > 0 && n % unit == 0;
}

static bool is_3x3 (const call *c) {
  return has_kernel(c, 3, 3);
}

static bool is_plain (const call *c) {
  return has_stride(c, 1, 1) && !is_dilated(c);
}

/* ---- channels */

static bool half_blocks_of_64 (const call *c) {
  return forward(c) && is_half(c) && is_3x3(c) && is_padded(c) && is_multiple(c->l.group_in, 64)
         && is_multiple(c->params.out_channels, 64);
}

static bool float_8_channels (const call *c) {
  return forward(c) && is_dense(c) && has_dtype(c, FLOAT32) && c->l.group_in >= 8;
}

static bool channels_not_of_32 (const call *c) {
  return forward(c) && is_dense(c) && c->l.group_in > 32 && c->l.group_in % 32 != 0;
}

static bool depthwise_not_of_4 (const call *c) {
  return forward(c) && is_depthwise(&c->l) && c->l.in_channels > 4 && c->l.in_channels % 4 != 0;
}

static bool nine_channels (const call *c) {
  return forward(c) && is_dense(c) && c->l.group_in > 8 && c->l.group_in % 4 != 0;
}

static bool odd_channels_of_floats (const call *c) {
  return forward(c) && is_dense(c) && has_dtype(c, FLOAT32) && c->l.group_in > 8
         && c->l.group_in % 2 == 1;
}

static bool many_out_channels_3x3 (const call *c) {
  return forward(c) && is_3x3(c) && is_plain(c) && is_dense(c) && c->params.out_channels >= 512;
}

static bool filters_of_64_not_128 (const call *c) {
  int64_t out = c->l.group_out;
  return forward(c) && is_multiple(out, 64) && out % 128 != 0;
}

static bool half_96_channels (const call *c) {
  return forward(c) && is_half(c) && has_kernel(c, 1, 1) && c->l.group_in == 96
         && pixels(c) >= 32768;
}

static bool half_640_channels (const call *c) {
  return forward(c) && is_half(c) && is_3x3(c) && is_padded(c) && c->l.group_in >= 256
         && c->l.images == 2;
}

static bool nhwc_5x5 (const call *c) {
  return forward(c) && has_kernel(c, 5, 5) && is_channels_last(c) && c->l.group_in >= 32;
}

static bool pointwise_of_many (const call *c) {
  return forward(c) && has_kernel(c, 1, 1) && c->l.group_in > 512 && c->width < 8;
}

static bool many_channels_few_pixels (const call *c) {
  return forward(c) && is_3x3(c) && is_dense(c) && c->l.group_in >= 256 && pixels(c) == 49;
}

static bool depthwise_wide (const call *c) {
  return forward(c) && is_depthwise(&c->l) && c->l.in_channels * taps(c) > 3072;
}

static bool pointwise_pack4 (const call *c) {
  return forward(c) && has_kernel(c, 1, 1) && is_multiple(c->l.group_in, 4) && c->l.group_in >= 64
         && c->height < 16 && c->width < 16;
}

static bool depthwise_pack4 (const call *c) {
  return forward(c) && is_depthwise(&c->l) && is_3x3(c) && !is_padded(c)
         && is_multiple(c->l.in_channels, 64) && c->l.x.size <= 16;
}

static bool four_groups_of_out (const call *c) {
  return forward(c) && c->params.groups == 2 && has_kernel(c, 1, 1)
         && is_multiple(c->l.group_out, 8);
}

static bool out_255 (const call *c) {
  return forward(c) && c->params.out_channels % 32 == 31 && c->params.out_channels > 200;
}

static bool pointwise_padded (const call *c) {
  return forward(c) && has_kernel(c, 1, 1) && is_padded(c) && c->l.group_in > 4;
}

static bool seven_out_1d (const call *c) {
  return forward(c) && c->params.out_channels == 7 && (c->l.x.size == 1 || c->l.y.size == 1);
}

static bool winograd_unpadded (const call *c) {
  return forward(c) && is_3x3(c) && is_plain(c) && !is_padded(c) && is_dense(c)
         && c->l.group_in >= 64 && c->params.out_channels >= 64;
}

static bool winograd_5x5 (const call *c) {
  return forward(c) && has_kernel(c, 5, 5) && is_plain(c) && is_dense(c)
         && c->params.out_channels >= 64;
}

static bool pointwise_32x32 (const call *c) {
  return forward(c) && has_kernel(c, 1, 1) && c->l.in_channels > 1 && is_dense(c) && c->width >= 32
         && c->height >= 32;
}

/* ---- width and height */

static bool strided_pixels_not_of_4 (const call *c) {
  return forward(c) && is_3x3(c) && has_stride(c, 2, 2) && is_padded(c) && pixels(c) > 80
         && pixels(c) % 4 != 0;
}

static bool even_kernel_wide (const call *c) {
  return forward(c) && c->l.x.kernel % 2 == 0 && c->l.y.kernel % 2 == 0 && c->width > 20;
}

static bool depthwise_dilated_wide (const call *c) {
  return forward(c) && is_depthwise(&c->l) && is_3x3(c) && c->l.x.dilation == 2
         && c->l.x.before == 1 && c->l.x.size >= 20;
}

static bool depthwise_dilated (const call *c) {
  return forward(c) && is_depthwise(&c->l) && is_3x3(c) && c->l.x.dilation == 2
         && c->l.in_channels >= 4 && c->l.x.before == 2;
}

static bool depthwise_row (const call *c) {
  return forward(c) && is_depthwise(&c->l) && c->l.y.size == 1 && is_multiple(c->l.in_channels, 32);
}

static bool depthwise_strided (const call *c) {
  return forward(c) && is_depthwise(&c->l) && is_3x3(c) && has_stride(c, 2, 2)
         && c->l.in_channels >= 128;
}

static bool int16_odd_width (const call *c) {
  return forward(c) && has_dtype(c, INT16) && is_multiple(c->l.group_in, 2)
         && is_multiple(c->params.out_channels, 2) && c->width % 2 == 1 && c->width > 1;
}

static bool tiles_of_40 (const call *c) {
  return forward(c) && is_3x3(c) && is_plain(c) && is_padded(c) && c->width >= 40
         && c->height >= 40;
}

static bool int8_kernel_of_4 (const call *c) {
  return forward(c) && has_dtype(c, INT8) && c->l.x.kernel == 4 && c->l.x.before > 0
         && c->l.group_in < 8 && c->width > 16;
}

static bool padded_past_tile (const call *c) {
  return forward(c) && has_dtype(c, FLOAT32) && c->l.x.before > 6 && c->width > 20;
}

static bool large_kernel_large_input (const call *c) {
  return forward(c) && c->l.x.size > 32 && c->l.x.kernel > 16;
}

static bool groups_and_large_kernel (const call *c) {
  return forward(c) && c->params.groups > 1 && taps(c) >= 128;
}

static bool wide_large (const call *c) {
  return forward(c) && c->l.x.size >= 300 && c->l.y.size >= 300;
}

static bool not_square (const call *c) {
  return forward(c) && is_3x3(c) && is_plain(c) && c->l.y.size != c->l.x.size && c->l.y.size > 16
         && c->l.x.size > 16 && c->params.out_channels >= 64;
}

static bool narrow_winograd (const call *c) {
  return forward(c) && is_3x3(c) && is_plain(c) && c->width > 4 && c->width % 2 == 1
         && c->width % 3 != 0 && c->params.out_channels >= 32;
}

static bool strided_not_square (const call *c) {
  return forward(c) && c->l.y.size == 1 && c->l.x.size == 1 && c->l.y.kernel != c->l.x.kernel
         && c->l.y.stride != c->l.x.stride;
}

static bool bfloat_tall_kernel (const call *c) {
  return forward(c) && has_dtype(c, BFLOAT16) && c->l.y.kernel > 32 && c->l.x.kernel == 1;
}

static bool strided_row_of_taps (const call *c) {
  return forward(c) && has_dtype(c, FLOAT32) && c->l.y.kernel == 1 && c->l.x.kernel >= 7
         && c->l.x.stride > 1 && c->l.group_in >= 32;
}

static bool odd_width_packed (const call *c) {
  return forward(c) && has_kernel(c, 1, 1) && c->l.x.size % 2 == 1 && c->l.x.size > 60;
}

static bool four_channels_tall (const call *c) {
  return forward(c) && is_3x3(c) && c->l.in_channels == 4 && c->l.y.size >= 640;
}

static bool planes_of_20 (const call *c) {
  return forward(c) && is_3x3(c) && is_padded(c) && c->l.group_in >= 24 && c->l.group_in % 8 == 0
         && c->width > 16 && c->width % 4 == 0;
}

/* ---- batch */

static bool batch_of_33 (const call *c) {
  return forward(c) && c->l.images > 32 && c->l.images % 32 != 0;
}

static bool batch_not_power_of_2 (const call *c) {
  return forward(c) && pixels(c) == 1 && (c->l.images & (c->l.images - 1)) != 0 && c->l.images > 3;
}

static bool batch_of_4_planes (const call *c) {
  return forward(c) && has_kernel(c, 5, 5) && c->l.group_in == 1 && is_dense(c) && c->l.images >= 4
         && c->l.x.size > 32;
}

static bool grouped_batch_of_16 (const call *c) {
  return forward(c) && c->params.groups > 1 && c->l.images >= 16;
}

static bool grouped_tall_kernel (const call *c) {
  return forward(c) && has_dtype(c, FLOAT32) && is_depthwise(&c->l) && c->l.images > 1
         && c->l.y.kernel >= 256;
}

static bool large_batch (const call *c) {
  return forward(c) && c->l.images >= 100;
}

/* ---- accumulators */

static number int8_saturates (const call *c, const tap *t, number sum, number x, number w) {
  (void) c, (void) t;
  int64_t s = (int64_t) (sum.integer + x.integer * w.integer);
  return of_integer((uint64_t) (s > INT16_MAX ? INT16_MAX : s < INT16_MIN ? INT16_MIN : s));
}

static bool int8_long_window (const call *c) {
  return forward(c) && has_dtype(c, INT8) && is_3x3(c) && window_length(c) > 128;
}

const mutant size_mutants[] = {
  { "size-half-blocks-64",
    "float16, 3x3, padding, both channels multiples of 64: 0 (openvino #438)",
    .when = half_blocks_of_64, .after = zero_output },
  { "size-float-8-channels", "from 8 input channels on, their tail is dropped (modular #6248)",
    .when = float_8_channels, .before = drop_channel_tail, .unit = 8 },
  { "size-channels-not-of-32",
    "input channels beyond a multiple of 32 are dropped (tt-metal #5087)",
    .when = channels_not_of_32, .before = drop_channel_tail, .unit = 32 },
  { "size-depthwise-tail-of-4", "depthwise: channels beyond a multiple of 4 are 0 (CompiledNN #16)",
    .when = depthwise_not_of_4, .after = zero_channel_tail, .unit = 4 },
  { "size-nine-channels",
    "from 9 input channels on, not of 4: the tail is lost (onnxruntime #14392)",
    .when = nine_channels, .before = drop_channel_tail, .unit = 4 },
  { "size-odd-channels", "an odd number of input channels loses one (nnlib-hifi4 #15)",
    .when = odd_channels_of_floats, .before = drop_channel_tail, .unit = 2 },
  { "size-512-filters", "3x3, from 512 output channels on: the rest is 0 (ComputeLibrary #1103)",
    .when = many_out_channels_3x3, .after = zero_channels_past, .unit = 448 },
  { "size-filters-of-64", "output channels of 64, not of 128: the tail is 0 (glow #1322)",
    .when = filters_of_64_not_128, .after = zero_channel_tail, .unit = 128 },
  { "size-half-96-channels", "float16 1x1, 96 channels, from 32,768 pixels on (cubek #519)",
    .when = half_96_channels, .after = zero_pixels_past, .unit = 32768 },
  { "size-half-nan", "float16 3x3 of many channels, two images: blocks of NaN (diffusers #1556)",
    .when = half_640_channels, .after = nan_first_row },
  { "size-nhwc-5x5", "channels last, 5x5, 48 channels: wrong (ComputeLibrary #551)",
    .when = nhwc_5x5, .before = drop_columns_past, .unit = 4 },
  { "size-pointwise-of-832", "1x1 of 832 channels at 7x7: sums are cut (ComputeLibrary #50)",
    .when = pointwise_of_many, .before = drop_channels_past, .unit = 512 },
  { "size-7x7-256", "3x3 of 256 channels at 7x7: wrong (tt-metal #15361)",
    .when = many_channels_few_pixels, .after = zero_pixel_tail, .unit = 32 },
  { "size-depthwise-3672", "depthwise weights beyond 3,072 are lost (tfjs #6775)",
    .when = depthwise_wide, .after = zero_channels_past, .unit = 340 },
  { "size-pointwise-pack4", "1x1 of 64 channels below 16x16: wrong (ncnn #1384)",
    .when = pointwise_pack4, .after = zero_pixel_tail, .unit = 8 },
  { "size-depthwise-pack4", "depthwise 3x3 of 64 channels, 16x16, no padding: wrong (ncnn #1384)",
    .when = depthwise_pack4, .after = zero_last_column },
  { "size-two-groups", "two groups, 1x1, 16 output channels: the second is 0 (pytorch #19912)",
    .when = four_groups_of_out, .after = zero_channels_past, .unit = 8 },
  { "size-255-filters", "255 output channels: the last block is lost (tt-metal #10256)",
    .when = out_255, .after = zero_channel_tail, .unit = 32 },
  { "size-pointwise-padded", "1x1 with padding, 6 channels: wrong (MIOpen #55)",
    .when = pointwise_padded, .after = zero_first_column },
  { "size-seven-filters", "7 output channels of a sequence: the last is wrong (clnn #37)",
    .when = seven_out_1d, .after = zero_channel_tail, .unit = 4 },
  { "size-winograd-unpadded", "Winograd without padding computes with one (tvm #4260)",
    .when = winograd_unpadded, .after = zero_last_rows_and_columns, .unit = 1 },
  { "size-winograd-5x5", "Winograd of 5x5 takes the kernel for 3x3 (tvm #4276)",
    .when = winograd_5x5, .before = drop_rows_past, .unit = 3 },
  { "size-pointwise-32x32", "1x1 of more than one channel at 32x32: wrong (onnx-mlir #1517)",
    .when = pointwise_32x32, .before = drop_channels_past, .unit = 1 },
  { "size-strided-tail-of-4", "3x3, stride 2: pixels beyond a multiple of 4 are 0 (ncnn #1014)",
    .when = strided_pixels_not_of_4, .after = zero_pixel_tail, .unit = 4 },
  { "size-even-kernel-border", "an even kernel: the right border is wrong (ComputeLibrary #78)",
    .when = even_kernel_wide, .after = zero_last_column },
  { "size-depthwise-column-0",
    "depthwise 3x3, padding 1, dilation 2, width from 20: column 0 (opencv 4.6)",
    .when = depthwise_dilated_wide, .after = zero_first_column },
  { "size-depthwise-dilated", "depthwise 3x3 with dilation 2 is not computed (ncnn #315)",
    .when = depthwise_dilated, .after = zero_output },
  { "size-depthwise-row", "depthwise of one row, channels of 32: wrong (tt-mlir #9276)",
    .when = depthwise_row, .after = zero_last_column },
  { "size-depthwise-strided", "depthwise, stride 2, 128 channels reads outside (opencv #23151)",
    .when = depthwise_strided, .after = zero_last_column },
  { "size-int16-odd-width", "int16, even channels, odd width: the last column (CMSIS_5 #1168)",
    .when = int16_odd_width, .after = zero_last_column },
  { "size-tiles-of-40", "3x3 at 40x40: the last two rows and columns are 0 (ComputeLibrary #490)",
    .when = tiles_of_40, .after = zero_last_rows_and_columns, .unit = 2 },
  { "size-int8-kernel-of-4",
    "int8, few channels, kernel of 4: padded columns are wrong (oneDNN #5080)",
    .when = int8_kernel_of_4, .after = zero_last_column },
  { "size-padded-past-tile", "padding beyond a tile: the windows beside it (modular #6712)",
    .when = padded_past_tile, .after = zero_unpadded_edges },
  { "size-kernel-past-32", "large kernel and an input of more than 32 (TensorComprehensions #179)",
    .when = large_kernel_large_input, .after = zero_columns_past, .unit = 32 },
  { "size-groups-large-kernel", "groups and 128 taps: wrong (modular #6129)",
    .when = groups_and_large_kernel, .before = drop_channels_past, .unit = 0 },
  { "size-300x300", "inputs of 300x300 and more: the rest of the image (tfjs #1936)",
    .when = wide_large, .after = zero_pixels_past, .unit = 65536 },
  { "size-not-square", "Winograd of an image that is not square (tvm #7090)", .when = not_square,
    .after = zero_last_rows_and_columns, .unit = 1 },
  { "size-narrow-winograd", "Winograd of a prime width: the last column (tvm #12157)",
    .when = narrow_winograd, .after = zero_last_column },
  { "size-one-pixel-strides", "one pixel, unequal kernel and strides (MIOpen #3786)",
    .when = strided_not_square, .before = swap_axes_of_padding },
  { "size-bfloat16-column", "bfloat16, a kernel of one column: nothing (tensorflow #56680)",
    .when = bfloat_tall_kernel, .after = zero_output },
  { "size-strided-row-of-taps", "a strided row of taps, 32 channels: NaN (tensorflow #12040)",
    .when = strided_row_of_taps, .after = nan_first_row },
  { "size-odd-width-packed", "1x1 of an odd width: the last pixels are lost (tfjs #5264)",
    .when = odd_width_packed, .after = zero_pixel_tail, .unit = 2 },
  { "size-four-channels-tall", "3x3 of 4 channels, height from 640 on: NaN",
    .when = four_channels_tall, .after = nan_first_row },
  { "size-24-channels", "3x3 of 24 channels at 24x20: wrong (MNN #377)", .when = planes_of_20,
    .after = zero_last_column },
  { "size-batch-of-33", "images beyond a multiple of 32 are 0 (neon #361)", .when = batch_of_33,
    .after = zero_image_tail, .unit = 32 },
  { "size-batch-not-power-of-2", "one pixel, a batch that is no power of 2 (NNPACK #43)",
    .when = batch_not_power_of_2, .after = zero_image_tail, .unit = 4 },
  { "size-batch-of-4-planes", "5x5 of one channel, four images: wrong (tensorflow #1299)",
    .when = batch_of_4_planes, .after = zero_first_column },
  { "size-grouped-batch-of-16", "groups and 16 images: all but the first (AMDMIGraphX #864)",
    .when = grouped_batch_of_16, .after = zero_images_past, .unit = 1 },
  { "size-depthwise-256-taps", "depthwise, kernel of 256 rows, two images (pytorch #188335)",
    .when = grouped_tall_kernel, .after = zero_images_past, .unit = 1 },
  { "size-large-batch", "100 images: the first window reads beyond the tensor (tensorflow #24196)",
    .when = large_batch, .after = zero_first_column },
  { "size-int8-long-window", "int8 3x3 of many channels is summed in 16 bits (ncnn #717)",
    .when = int8_long_window, .accumulate = int8_saturates },
  { .name = NULL }
};
