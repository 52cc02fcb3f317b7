/* limits.c: mutants whose counters, grids or buffers end somewhere; see sizes.c. */

#include "effects.h"

static bool forward (const call *c) {
  return !c->backward;
}

static bool is_long_kernel (const call *c) {
  return forward(c) && (c->l.y.kernel >= 256 || c->l.x.kernel >= 256);
}

static bool has_many_taps (const call *c) {
  return forward(c) && taps(c) > 32767;
}

static bool is_long_window (const call *c) {
  return forward(c) && window_length(c) > 32767;
}

static bool is_window_past_4096 (const call *c) {
  return forward(c) && window_length(c) > 4096;
}

static bool has_many_images (const call *c) {
  return forward(c) && c->l.images > 65535;
}

static bool has_9000_images (const call *c) {
  return forward(c) && c->l.images > 9000;
}

static bool has_many_pixels (const call *c) {
  return forward(c) && pixels(c) * c->l.images >= 65536 && !has_kernel(c, 1, 1);
}

/* Elements of the input as it is unfolded for a matrix product. */
static int64_t unfolded (const call *c) {
  return c->l.images * pixels(c) * window_length(c);
}

static bool is_unfolded_past_31_bits (const call *c) {
  return forward(c) && unfolded(c) > INT32_MAX;
}

static bool is_wide (const call *c, int64_t size) {
  return forward(c) && (c->l.x.size > size || c->l.y.size > size);
}

static bool is_wider_than_256 (const call *c) {
  return is_wide(c, 256);
}

static bool is_wider_than_2048 (const call *c) {
  return is_wide(c, 2048);
}

static bool is_wider_than_16384 (const call *c) {
  return is_wide(c, 16384);
}

/* Where an index in 16 bits ends, on the rows' side as on the columns'. */
static void zero_rows_past (call *c) {
  int64_t maps = c->l.images * c->params.out_channels;
  for (int64_t m = 0; m < maps && c->height > c->m->unit; m++)
    memset(c->y + m * pixels(c) + c->m->unit * c->width, 0,
           (size_t) ((c->height - c->m->unit) * c->width) * sizeof *c->y);
}

static void drop_last_channel (call *c) {
  for (int64_t k = 1; k <= c->params.out_channels; k++)
    memset(c->w + k * window_length(c) - taps(c), 0, (size_t) taps(c) * sizeof *c->w);
}

const mutant limit_mutants[] = {
  { "limit-filters", "output channels from 65,536 on are 0 (pytorch #129207)", .when = forward,
    .after = zero_channels_past, .unit = 65536 },
  { "limit-filters-16-bits", "output channels from 65,535 on are 0 (pytorch #142836)",
    .when = forward, .after = zero_channels_past, .unit = 65535 },
  { "limit-images", "images from 65,535 on are 0 (tensorflow #9870)", .when = has_many_images,
    .after = zero_images_past, .unit = 65535 },
  { "limit-images-9000", "9,000 images: those beyond are wrong (Theano #3971)",
    .when = has_9000_images, .after = zero_images_past, .unit = 9000 },
  { "limit-columns", "columns from 65,535 on are 0", .when = forward, .after = zero_columns_past,
    .unit = 65535 },
  { "limit-rows", "rows from 65,535 on are 0", .when = forward, .after = zero_rows_past,
    .unit = 65535 },
  { "limit-pixels", "from 65,536 output positions on nothing is launched (mlx #3893)",
    .when = has_many_pixels, .after = zero_pixels_past, .unit = 65535 },
  { "limit-kernel-256", "a kernel side of 256: rows from 255 on (pytorch #188359)",
    .when = is_long_kernel, .before = drop_rows_past, .unit = 255 },
  { "limit-kernel-256-columns", "a kernel side of 256: columns from 255 on (pytorch #188359)",
    .when = is_long_kernel, .before = drop_columns_past, .unit = 255 },
  { "limit-taps", "kernel height by width past 15 bits (XNNPACK #10709)", .when = has_many_taps,
    .before = drop_rows_past, .unit = 181 },
  { "limit-window", "channels by taps past 15 bits", .when = is_long_window,
    .before = drop_last_channel },
  { "limit-window-4096", "channels by taps past 4,096", .when = is_window_past_4096,
    .before = drop_last_channel },
  { "limit-unfolded", "an unfolded input past 2^31 elements (Samsung/ONE #11584)",
    .when = is_unfolded_past_31_bits, .after = zero_output },
  { "limit-width-256", "widths and heights past 8 bits: columns from 256 on",
    .when = is_wider_than_256, .after = zero_columns_past, .unit = 256 },
  { "limit-width-2048", "widths and heights past 2,048: a line buffer ends",
    .when = is_wider_than_2048, .after = zero_columns_past, .unit = 2048 },
  { "limit-height-2048", "widths and heights past 2,048: rows from 2,048 on",
    .when = is_wider_than_2048, .after = zero_rows_past, .unit = 2048 },
  { "limit-image-16384", "no image has more than 16,384 columns or rows (MNN #85)",
    .when = is_wider_than_16384, .after = zero_output },
  { .name = NULL }
};
