/* gradients.c: mutants of backward whose mistake shows only at certain sizes; see sizes.c. */

#include "effects.h"

static bool is_even (int64_t n) {
  return n % 2 == 0;
}

/* ---- grad_weight */

static bool large_all_round (const call *c) {
  return c->backward && c->l.images >= 16 && c->l.in_channels >= 64
         && c->params.out_channels >= 256;
}

static bool pointwise_strided_nhwc (const call *c) {
  return c->backward && has_kernel(c, 1, 1) && c->l.x.stride > 1 && is_channels_last(c)
         && c->l.in_channels < 8;
}

static bool one_pixel_strided (const call *c) {
  return c->backward && has_kernel(c, 3, 3) && has_stride(c, 2, 2) && c->l.y.size == 1
         && c->l.x.size == 1;
}

static bool grouped_pointwise_even (const call *c) {
  return c->backward && c->params.groups > 1 && has_kernel(c, 1, 1) && has_stride(c, 1, 1)
         && !is_padded(c) && (is_even(c->l.group_in) || is_even(c->l.group_out));
}

static bool pointwise_8x8_strided (const call *c) {
  return c->backward && is_dense(c) && has_stride(c, 2, 2) && c->l.x.size == 8;
}

static bool direct_algorithm (const call *c) {
  return c->backward && has_kernel(c, 3, 3) && has_stride(c, 2, 2) && c->l.in_channels > 8
         && is_dense(c) && c->l.images > 1;
}

static bool half_channels_last (const call *c) {
  return c->backward && has_dtype(c, FLOAT16) && is_channels_last(c) && c->l.in_channels >= 8;
}

static bool kernel_past_256 (const call *c) {
  return c->backward && (c->l.y.kernel > 256 || c->l.x.kernel > 256);
}

static bool pointwise_images (const call *c) {
  return c->backward && has_kernel(c, 1, 1) && c->l.images > 8 && !is_even(c->l.images);
}

/* ---- grad_input */

static bool wide (const call *c) {
  return c->backward && c->l.x.size > 128;
}

static bool strided_narrow (const call *c) {
  return c->backward && c->l.x.stride > 1 && c->l.group_in > 16 && c->l.x.size < 17;
}

static bool pointwise (const call *c) {
  return c->backward && has_kernel(c, 1, 1) && is_dense(c) && c->l.in_channels > 1 && c->width == 3;
}

static bool pointwise_pixels (const call *c) {
  return c->backward && has_kernel(c, 1, 1) && has_stride(c, 1, 1) && c->l.in_channels >= 32;
}

static bool stride_of_3 (const call *c) {
  return c->backward && c->l.y.stride == 3 && c->l.y.kernel > 3 && c->l.in_channels > 4;
}

static bool half_3x3 (const call *c) {
  return c->backward && has_dtype(c, FLOAT16) && has_kernel(c, 3, 3) && c->l.in_channels >= 64;
}

static bool input_past_output (const call *c) {
  const axis *x = &c->l.x;
  return c->backward && x->stride > 1 && x->room % x->stride != 0 && c->l.in_channels >= 16;
}

static bool alexnet (const call *c) {
  return c->backward && has_kernel(c, 5, 5) && c->l.in_channels >= 64;
}

static bool depthwise_not_square (const call *c) {
  return c->backward && is_depthwise(&c->l) && c->l.y.kernel != c->l.x.kernel
         && c->l.in_channels >= 16;
}

/* ---- options of the layer at real numbers of channels */

static bool mode_deep (const call *c) {
  return c->backward && c->params.padding_mode != CONV2D_ZEROS && is_padded(c)
         && c->l.in_channels >= 16;
}

static bool circular_half (const call *c) {
  return c->backward && c->params.padding_mode == CONV2D_CIRCULAR && is_padded(c)
         && (has_dtype(c, FLOAT16) || has_dtype(c, BFLOAT16)) && c->l.in_channels >= 8;
}

static bool same_deep (const call *c) {
  return c->backward && c->params.padding_kind == CONV2D_PADDING_SAME && c->l.in_channels >= 16;
}

static bool single_deep (const call *c) {
  return c->backward && c->input.t.ndim == 3 && c->l.in_channels >= 16;
}

static bool dilated_far (const call *c) {
  return c->backward && c->l.x.dilation >= 3 && c->l.in_channels >= 16;
}

static bool column_of_four (const call *c) {
  return c->backward && is_dense(c) && c->l.x.kernel == 1 && c->l.y.kernel >= 4;
}

static bool thousand_classes (const call *c) {
  return c->backward && c->params.out_channels > 992;
}

static bool halving_2x2 (const call *c) {
  return c->backward && has_kernel(c, 2, 2) && has_stride(c, 2, 2) && c->l.in_channels >= 24;
}

static bool reversed_deep (const call *c) {
  return c->backward && c->input.t.ndim > 0 && c->input.strides[c->input.t.ndim - 1] < 0
         && c->l.in_channels >= 16;
}

static void take_zeros (call *c) {
  c->params.padding_mode = CONV2D_ZEROS;
}

const mutant gradient_mutants[] = {
  { "grad-size-16-64-256", "N from 16, C from 64, O from 256 on: grad_weight (MIOpen #77)",
    .when = large_all_round, .before = drop_images_past, .unit = 15 },
  { "grad-size-pointwise-nhwc",
    "1x1, stride, channels last, fewer than 8: grad_weight (oneDNN #6035)",
    .when = pointwise_strided_nhwc, .after = zero_grad_weight },
  { "grad-size-one-pixel", "3x3, stride 2, one pixel: grad_weight (MIOpen #2867)",
    .when = one_pixel_strided, .after = zero_grad_weight },
  { "grad-size-grouped-pointwise",
    "groups, 1x1, even channels: grad_weight (composable_kernel #2478)",
    .when = grouped_pointwise_even, .after = zero_grad_weight_of_later_groups },
  { "grad-size-8x8-strided", "8x8 with stride 2: grad_weight (LIBXSMM)",
    .when = pointwise_8x8_strided, .after = zero_grad_weight_tail, .unit = 2 },
  { "grad-size-direct", "3x3, stride 2, several images: grad_weight of the first (MIOpen #97)",
    .when = direct_algorithm, .before = drop_images_past, .unit = 1 },
  { "grad-size-half-nhwc",
    "float16, channels last: grad_weight beyond a multiple of 8 (oneflow #3000)",
    .when = half_channels_last, .after = zero_grad_weight_tail, .unit = 8 },
  { "grad-size-401-taps", "a kernel of 401 rows: no grad_weight (tensorflow #11327)",
    .when = kernel_past_256, .after = zero_grad_weight },
  { "grad-size-split-batch",
    "1x1, a batch that is split unevenly: grad_weight (rocm-libraries #11188)",
    .when = pointwise_images, .before = drop_images_past, .unit = 8 },
  { "grad-size-wide", "width from 129 on: grad_input (burn #4445)", .when = wide,
    .after = zero_grad_input_columns_past, .unit = 128 },
  { "grad-size-strided-narrow", "stride, C from 17, width to 16: grad_input (fujitsu/oneDNN #43)",
    .when = strided_narrow, .after = zero_grad_input_columns_past, .unit = 4 },
  { "grad-size-pointwise", "1x1: grad_input of the first channel only (cudnn.torch #28)",
    .when = pointwise, .after = zero_grad_input_but_first },
  { "grad-size-pointwise-pixels", "1x1: grad_input beyond a multiple of 64 pixels (MIOpen #1672)",
    .when = pointwise_pixels, .after = zero_grad_input_tail, .unit = 64 },
  { "grad-size-stride-3", "stride 3 and a larger kernel: grad_input (MIOpen #575)",
    .when = stride_of_3, .after = zero_grad_input_but_first },
  { "grad-size-half-3x3", "float16 3x3 of many channels: grad_input (Theano #6435)",
    .when = half_3x3, .after = zero_grad_input },
  { "grad-size-past-output", "a stride that leaves a rest: grad_input at the end (FlagGems #1576)",
    .when = input_past_output, .after = zero_grad_input_tail, .unit = 16 },
  { "grad-size-5x5", "5x5 of 64 channels: both gradients (Odyssey #2949)", .when = alexnet,
    .after = zero_grad_weight_tail, .unit = 48 },
  { "grad-size-depthwise-axes", "depthwise: height and width are mixed up (cunn #470)",
    .when = depthwise_not_square, .after = zero_grad_weight_of_later_groups },
  { "grad-size-mode", "a padding mode, 16 channels: pads with zeros", .when = mode_deep,
    .before = take_zeros },
  { "grad-size-circular-half", "circular, half precision: grad_input of the first channel only",
    .when = circular_half, .after = zero_grad_input_but_first },
  { "grad-size-same", "same, 16 channels: grad_input beyond a multiple of 16 pixels",
    .when = same_deep, .after = zero_grad_input_tail, .unit = 16 },
  { "grad-size-single", "one image without batch, 16 channels: no grad_weight", .when = single_deep,
    .after = zero_grad_weight },
  { "grad-size-dilated", "dilation from 3 on, 16 channels: grad_weight beyond a multiple of 16",
    .when = dilated_far, .after = zero_grad_weight_tail, .unit = 16 },
  { "grad-size-thousand", "more than 992 filters: no grad_input", .when = thousand_classes,
    .after = zero_grad_input },
  { "grad-size-column", "columns of 4 taps and more: grad_weight beyond a multiple of 2",
    .when = column_of_four, .after = zero_grad_weight_tail, .unit = 2 },
  { "grad-size-halving", "2x2 by 2, 24 channels: grad_input of the first channel only",
    .when = halving_2x2, .after = zero_grad_input_but_first },
  { "grad-size-reversed", "a reversed input of 16 channels: no grad_weight", .when = reversed_deep,
    .after = zero_grad_weight },
  { .name = NULL }
};
