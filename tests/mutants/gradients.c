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
  { .name = NULL }
};
