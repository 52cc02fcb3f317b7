/* effects.h: what goes wrong in mutants whose mistake depends on sizes, and functions for those
   sizes. Such a mutant is a condition (`when`), one of these effects, and a number (`unit`). */

#ifndef EFFECTS_H
#define EFFECTS_H

#include "engine.h"

/* ---- hooks `after`, of forward: which elements of the output are 0 */

void zero_output (call *c);
void zero_first_column (call *c);
void zero_last_column (call *c);
void zero_last_row (call *c);
void zero_last_tile (call *c);             /* the last square of 4x4 pixels of an image */
void zero_later_groups (call *c);          /* all groups but the first */
void zero_last_rows_and_columns (call *c); /* `unit` of each */
void zero_columns_past (call *c);          /* from column `unit` on */
void zero_pixel_tail (call *c);            /* beyond the last whole `unit` pixels of an image */
void zero_pixels_past (call *c);           /* from pixel `unit` of a channel on */
void zero_channel_tail (call *c);          /* beyond the last whole `unit` channels */
void zero_channels_past (call *c);         /* from channel `unit` on */
void zero_images_past (call *c);           /* from image `unit` on */
void zero_image_tail (call *c);            /* beyond the last whole `unit` images */
void nan_first_row (call *c);
void zero_unpadded_edges (
    call *c); /* the columns whose windows are the first and last without padding */

/* ---- hooks `after`, of backward: which gradients are 0 */

void zero_grad_input (call *c);
void zero_grad_weight (call *c);
void zero_grad_input_tail (call *c);         /* beyond the last whole `unit` pixels of an image */
void zero_grad_input_columns_past (call *c); /* from column `unit` on */
void zero_grad_input_but_first (call *c);    /* all channels but the first */
void zero_grad_input_of_later_groups (call *c);
void zero_grad_input_of_later_half (call *c); /* of the images */
void zero_grad_weight_tail (call *c);         /* beyond the last whole `unit` input channels */
void zero_grad_weight_of_later_groups (call *c);

/* ---- hooks `before` */

void drop_channel_tail (call *c);  /* input channels of a group beyond the last whole `unit` */
void drop_channels_past (call *c); /* input channels of a group from `unit` on */
void drop_rows_past (call *c);     /* kernel rows from `unit` on */
void drop_columns_past (call *c);  /* kernel columns from `unit` on */
void drop_images_past (call *c);   /* inputs from image `unit` on: in backward, from grad_weight */
void swap_axes_of_padding (call *c);
void swap_axes_of_stride (call *c);

/* ---- sizes */

static inline int64_t taps (const call *c) {
  return c->l.y.kernel * c->l.x.kernel;
}

/* Products of one window, as if nothing were padding. */
static inline int64_t window_length (const call *c) {
  return c->l.group_in * taps(c);
}

static inline int64_t pixels (const call *c) {
  return c->height * c->width;
}

static inline bool is_dense (const call *c) {
  return c->params.groups == 1;
}

static inline bool has_kernel (const call *c, int64_t h, int64_t w) {
  return c->l.y.kernel == h && c->l.x.kernel == w;
}

static inline bool has_stride (const call *c, int64_t h, int64_t w) {
  return c->l.y.stride == h && c->l.x.stride == w;
}

static inline bool is_padded (const call *c) {
  return c->l.y.before > 0 || c->l.x.before > 0;
}

static inline bool is_dilated (const call *c) {
  return c->l.y.dilation > 1 || c->l.x.dilation > 1;
}

/* Neighbouring channels are neighbours in memory. */
static inline bool is_channels_last (const call *c) {
  return c->l.in_channels > 1 && c->input.strides[c->input.t.ndim - 3] == 1;
}

#endif
