/* effects.c: zeros where results should be. */

#include "effects.h"

/* ---- of forward */

/* Sets the elements of the output that `is_wrong` picks. */
static void spoil (call *c, bool (*is_wrong)(const call *c, place at), double value) {
  int64_t channels = c->output.t.shape[c->output.t.ndim - 3];
  number *y = c->y;
  place at;
  for (at.n = 0; at.n < c->l.images; at.n++)
    for (at.k = 0; at.k < channels; at.k++)
      for (at.i = 0; at.i < c->height; at.i++)
        for (at.j = 0; at.j < c->width; at.j++, y++)
          if (is_wrong(c, at))
            *y = c->real ? of_real(value) : of_integer(0);
}

static int64_t whole (int64_t count, int64_t unit) {
  return count / unit * unit;
}

static int64_t pixel (const call *c, place at) {
  return at.i * c->width + at.j;
}

static bool everywhere (const call *c, place at) {
  (void) c, (void) at;
  return true;
}

static bool first_column (const call *c, place at) {
  (void) c;
  return at.j == 0;
}

static bool last_column (const call *c, place at) {
  return at.j == c->width - 1;
}

static bool last_row (const call *c, place at) {
  return at.i == c->height - 1;
}

static bool last_tile (const call *c, place at) {
  return at.i / 4 == (c->height - 1) / 4 && at.j / 4 == (c->width - 1) / 4;
}

static bool later_groups (const call *c, place at) {
  return at.k >= c->l.group_out;
}

static bool last_rows_and_columns (const call *c, place at) {
  return at.i >= c->height - c->m->unit || at.j >= c->width - c->m->unit;
}

static bool columns_past (const call *c, place at) {
  return at.j >= c->m->unit;
}

static bool pixel_tail (const call *c, place at) {
  return pixel(c, at) >= whole(pixels(c), c->m->unit);
}

static bool pixels_past (const call *c, place at) {
  return pixel(c, at) >= c->m->unit;
}

static bool channel_tail (const call *c, place at) {
  return at.k >= whole(c->params.out_channels, c->m->unit);
}

static bool channels_past (const call *c, place at) {
  return at.k >= c->m->unit;
}

static bool images_past (const call *c, place at) {
  return at.n >= c->m->unit;
}

static bool image_tail (const call *c, place at) {
  return at.n >= whole(c->l.images, c->m->unit);
}

static bool first_row (const call *c, place at) {
  (void) c;
  return at.i == 0;
}

static bool unpadded_edges (const call *c, place at) {
  const axis *x = &c->l.x;
  int64_t first = (x->before + x->stride - 1) / x->stride;
  int64_t last = (x->size + x->before - x->dilated) / x->stride;
  return at.j == first || at.j == last;
}

void zero_output (call *c) {
  spoil(c, everywhere, 0);
}

void zero_first_column (call *c) {
  spoil(c, first_column, 0);
}

void zero_last_column (call *c) {
  spoil(c, last_column, 0);
}

void zero_last_row (call *c) {
  spoil(c, last_row, 0);
}

void zero_last_tile (call *c) {
  spoil(c, last_tile, 0);
}

void zero_later_groups (call *c) {
  spoil(c, later_groups, 0);
}

void zero_last_rows_and_columns (call *c) {
  spoil(c, last_rows_and_columns, 0);
}

void zero_columns_past (call *c) {
  spoil(c, columns_past, 0);
}

void zero_pixel_tail (call *c) {
  spoil(c, pixel_tail, 0);
}

void zero_pixels_past (call *c) {
  spoil(c, pixels_past, 0);
}

void zero_channel_tail (call *c) {
  spoil(c, channel_tail, 0);
}

void zero_channels_past (call *c) {
  spoil(c, channels_past, 0);
}

void zero_images_past (call *c) {
  spoil(c, images_past, 0);
}

void zero_image_tail (call *c) {
  spoil(c, image_tail, 0);
}

void nan_first_row (call *c) {
  spoil(c, first_row, (double) NAN);
}

void zero_unpadded_edges (call *c) {
  spoil(c, unpadded_edges, 0);
}

/* ---- of backward */

static void zero (number *values, int64_t count) {
  memset(values, 0, (size_t) count * sizeof *values);
}

void zero_grad_input (call *c) {
  zero(c->g.input, count_elements(&c->input.t));
}

void zero_grad_weight (call *c) {
  zero(c->g.weight, count_elements(&c->weight.t));
}

void zero_grad_input_tail (call *c) {
  int64_t image = c->l.y.size * c->l.x.size, from = whole(image, c->m->unit);
  for (int64_t i = 0; i < c->l.images * c->l.in_channels; i++)
    zero(c->g.input + i * image + from, image - from);
}

void zero_grad_input_columns_past (call *c) {
  int64_t width = c->l.x.size, rows = c->l.images * c->l.in_channels * c->l.y.size;
  for (int64_t i = 0; i < rows && width > c->m->unit; i++)
    zero(c->g.input + i * width + c->m->unit, width - c->m->unit);
}

void zero_grad_input_but_first (call *c) {
  int64_t image = c->l.y.size * c->l.x.size;
  for (int64_t i = 0; i < c->l.images * c->l.in_channels; i++)
    if (i % c->l.in_channels > 0)
      zero(c->g.input + i * image, image);
}

void zero_grad_input_of_later_groups (call *c) {
  const int64_t plane = c->l.y.size * c->l.x.size, first = c->l.group_in * plane;
  for (int64_t n = 0; n < c->l.images; n++)
    zero(c->g.input + n * c->l.in_channels * plane + first, c->l.in_channels * plane - first);
}

void zero_grad_input_of_later_half (call *c) {
  const int64_t image = c->l.in_channels * c->l.y.size * c->l.x.size;
  const int64_t first = c->l.images / 2;
  zero(c->g.input + first * image, (c->l.images - first) * image);
}

/* Zeroes the weights, or their gradients, of the input channels of a group from `from` on. */
static void zero_weights_from (const call *c, number *weights, int64_t from) {
  for (int64_t k = 0; k < c->params.out_channels && from < c->l.group_in; k++)
    zero(weights + (k * c->l.group_in + from) * taps(c), (c->l.group_in - from) * taps(c));
}

void zero_grad_weight_tail (call *c) {
  zero_weights_from(c, c->g.weight, whole(c->l.group_in, c->m->unit));
}

void zero_grad_weight_of_later_groups (call *c) {
  int64_t first = c->l.group_out * window_length(c);
  zero(c->g.weight + first, (c->params.groups - 1) * first);
}

/* ---- before */

void drop_channel_tail (call *c) {
  zero_weights_from(c, c->w, whole(c->l.group_in, c->m->unit));
}

void drop_channels_past (call *c) {
  zero_weights_from(c, c->w, c->m->unit);
}

void drop_rows_past (call *c) {
  int64_t rows = c->l.y.kernel, width = c->l.x.kernel;
  for (int64_t i = 0; i < c->params.out_channels * c->l.group_in && rows > c->m->unit; i++)
    zero(c->w + (i * rows + c->m->unit) * width, (rows - c->m->unit) * width);
}

void drop_columns_past (call *c) {
  int64_t width = c->l.x.kernel, rows = c->params.out_channels * c->l.group_in * c->l.y.kernel;
  for (int64_t i = 0; i < rows && width > c->m->unit; i++)
    zero(c->w + i * width + c->m->unit, width - c->m->unit);
}

void drop_images_past (call *c) {
  int64_t image = c->l.in_channels * c->l.y.size * c->l.x.size;
  if (c->l.images > c->m->unit)
    zero(c->x + c->m->unit * image, (c->l.images - c->m->unit) * image);
}

void swap_axes_of_padding (call *c) {
  SWAP(int64_t, c->l.y.before, c->l.x.before);
}

void swap_axes_of_stride (call *c) {
  SWAP(int64_t, c->l.y.stride, c->l.x.stride);
}
