/* geometry.c: mutants that look for their elements in the wrong place. */

#include "engine.h"

/* ---- pairs */

static void swap_stride (call *c) {
  SWAP(int64_t, c->l.y.stride, c->l.x.stride);
}

static void swap_dilation (call *c) {
  SWAP(int64_t, c->l.y.dilation, c->l.x.dilation);
}

static void swap_padding (call *c) {
  SWAP(int64_t, c->l.y.before, c->l.x.before);
}

static void swap_kernel (call *c) {
  SWAP(int64_t, c->l.y.kernel, c->l.x.kernel);
}

static void height_stride (call *c) {
  c->l.x.stride = c->l.y.stride;
}

static void height_dilation (call *c) {
  c->l.x.dilation = c->l.y.dilation;
}

static void height_padding (call *c) {
  c->l.x.before = c->l.y.before;
}

static void width_stride (call *c) {
  c->l.y.stride = c->l.x.stride;
}

static void width_dilation (call *c) {
  c->l.y.dilation = c->l.x.dilation;
}

static void width_padding (call *c) {
  c->l.y.before = c->l.x.before;
}

static void swap_kernel_in_params (conv2d_params *p) {
  SWAP(int64_t, p->kernel_size[0], p->kernel_size[1]);
}

static void swap_padding_in_params (conv2d_params *p) {
  SWAP(int64_t, p->padding[0], p->padding[1]);
}

/* ---- parameters forgotten */

static void forget_stride (call *c) {
  c->l.y.stride = c->l.x.stride = 1;
}

static void forget_dilation (call *c) {
  c->l.y.dilation = c->l.x.dilation = 1;
}

static void forget_padding (call *c) {
  c->l.y.before = c->l.x.before = 0;
}

static void forget_stride_pointwise (call *c) {
  if (c->l.y.kernel == 1 && c->l.x.kernel == 1)
    forget_stride(c);
}

static void forget_padding_pointwise (call *c) {
  if (c->l.y.kernel == 1 && c->l.x.kernel == 1)
    forget_padding(c);
}

static void forget_dilation_depthwise (call *c) {
  if (is_depthwise(&c->l))
    forget_dilation(c);
}

static void forget_dilation_strided (call *c) {
  if (c->l.y.stride > 1)
    forget_dilation(c);
}

static void forget_padding_grouped (call *c) {
  if (c->params.groups > 1)
    forget_padding(c);
}

static void forget_stride_dilated_groups (call *c) {
  if (c->params.groups > 1 && c->l.x.dilation > 1)
    c->l.x.stride = 1;
}

static void forget_padding_unbatched_strided (call *c) {
  if (c->l.ndim == 3 && c->l.y.stride > 1)
    c->l.y.before = 0;
}

static void forget_row_padding_of_batches (call *c) {
  if (c->l.images > 2)
    c->l.y.before = 0;
}

static void dilate_one_more (call *c) {
  if (c->l.y.dilation > 1)
    c->l.y.dilation++;
}

static void dilate_one_less (call *c) {
  if (c->l.x.dilation > 1)
    c->l.x.dilation--;
}

/* ---- where a window lies */

static int64_t centred (const layer *l, const axis *x, int64_t i, int64_t r) {
  axis moved = *x;
  moved.before = (x->dilated - 1) / 2;
  return source(&moved, l->p->padding_mode, i, r);
}

/* The last window ends at the last element, instead of the first beginning at the first. */
static int64_t from_the_end (const layer *l, const axis *x, int64_t i, int64_t r) {
  axis moved = *x;
  moved.before -= x->room % x->stride;
  return source(&moved, l->p->padding_mode, i, r);
}

static int64_t stride_taps (const layer *l, const axis *x, int64_t i, int64_t r) {
  axis moved = *x;
  moved.dilation = x->stride;
  return source(&moved, l->p->padding_mode, i, r);
}

static int64_t dilate_padding (const layer *l, const axis *x, int64_t i, int64_t r) {
  axis moved = *x;
  moved.before *= x->dilation;
  return source(&moved, l->p->padding_mode, i, r);
}

static int64_t later_by_one (const layer *l, const axis *x, int64_t i, int64_t r) {
  int64_t q = source(x, l->p->padding_mode, i, r);
  return q < 0 || i == 0 ? q : q + 1;
}

static int64_t without_first (const layer *l, const axis *x, int64_t i, int64_t r) {
  int64_t q = source(x, l->p->padding_mode, i, r);
  return x->before > 0 && q == 0 ? -1 : q;
}

static int64_t without_last (const layer *l, const axis *x, int64_t i, int64_t r) {
  int64_t q = source(x, l->p->padding_mode, i, r);
  return q == x->size - 1 ? -1 : q;
}

static int64_t bounded_by_height (const layer *l, const axis *x, int64_t i, int64_t r) {
  int64_t q = source(x, l->p->padding_mode, i, r);
  return q >= l->y.size ? -1 : q;
}

/* Reads on into the next row, as flat code does that checks only the end of the plane. */
static int64_t into_next_row (const call *c, const tap *t) {
  int64_t index = right_input_index(c, t);
  return t->at.j == c->output.t.shape[c->output.t.ndim - 1] - 1 && t->s > 0 ? index + 1 : index;
}

static int64_t transposed_input (const call *c, const tap *t) {
  tap turned = *t;
  if (c->l.y.size == c->l.x.size)
    SWAP(int64_t, turned.h, turned.w);
  return right_input_index(c, &turned);
}

/* ---- which weight */

static int64_t flipped (const call *c, const tap *t) {
  tap turned = *t;
  turned.r = c->l.y.kernel - 1 - t->r;
  turned.s = c->l.x.kernel - 1 - t->s;
  return right_weight_index(c, &turned);
}

static int64_t flipped_rows (const call *c, const tap *t) {
  tap turned = *t;
  turned.r = c->l.y.kernel - 1 - t->r;
  return right_weight_index(c, &turned);
}

static int64_t flipped_columns (const call *c, const tap *t) {
  tap turned = *t;
  turned.s = c->l.x.kernel - 1 - t->s;
  return right_weight_index(c, &turned);
}

/* Kernel rows as columns, in the memory order of a kernel that is turned. */
static int64_t transposed_kernel (const call *c, const tap *t) {
  const layer *l = &c->l;
  return ((t->at.k * l->group_in + t->c) * l->x.kernel + t->s) * l->y.kernel + t->r;
}

/* The weight read as in_channels x out_channels. */
static int64_t transposed_channels (const call *c, const tap *t) {
  const layer *l = &c->l;
  int64_t inside = t->at.k % l->group_out, block = t->at.k / l->group_out;
  return (((block * l->group_in + t->c) * l->group_out + inside) * l->y.kernel + t->r) * l->x.kernel
         + t->s;
}

const mutant geometry_mutants[] = {
  { "stride-swapped", "the strides of rows and columns are exchanged", .before = swap_stride },
  { "dilation-swapped", "the dilations are exchanged", .before = swap_dilation },
  { "padding-swapped", "the paddings are exchanged, the shape is right", .before = swap_padding },
  { "padding-swapped-in-shape", "the paddings are exchanged, in the shape too",
    .params = swap_padding_in_params },
  { "kernel-swapped", "kernel height and width are exchanged, the shape is right",
    .before = swap_kernel },
  { "kernel-swapped-in-shape", "kernel height and width are exchanged, in the shape too",
    .params = swap_kernel_in_params },
  { "stride-of-height", "the stride of rows serves columns too", .before = height_stride },
  { "dilation-of-height", "the dilation of rows serves columns too", .before = height_dilation },
  { "padding-of-height", "the padding of rows serves columns too", .before = height_padding },
  { "stride-of-width", "the stride of columns serves rows too", .before = width_stride },
  { "dilation-of-width", "the dilation of columns serves rows too", .before = width_dilation },
  { "padding-of-width", "the padding of columns serves rows too", .before = width_padding },
  { "stride-forgotten", "windows move by one", .before = forget_stride },
  { "dilation-forgotten", "taps lie side by side", .before = forget_dilation },
  { "padding-forgotten", "the first window starts in the input", .before = forget_padding },
  { "pointwise-stride-forgotten", "the fast path of 1x1 kernels knows no stride",
    .before = forget_stride_pointwise },
  { "pointwise-padding-forgotten", "the fast path of 1x1 kernels knows no padding",
    .before = forget_padding_pointwise },
  { "depthwise-dilation-forgotten", "the depthwise path knows no dilation",
    .before = forget_dilation_depthwise },
  { "strided-dilation-forgotten", "with a stride there is no dilation",
    .before = forget_dilation_strided },
  { "grouped-padding-forgotten", "with groups there is no padding",
    .before = forget_padding_grouped },
  { "grouped-dilated-stride-forgotten", "groups and dilation together lose the stride of columns",
    .before = forget_stride_dilated_groups },
  { "unbatched-strided-padding-forgotten", "unbatched and strided, the padding above is lost",
    .before = forget_padding_unbatched_strided },
  { "batch-row-padding-forgotten", "from three images on the padding above is lost",
    .before = forget_row_padding_of_batches },
  { "dilation-one-more", "a dilation counts the gap and the tap twice", .before = dilate_one_more },
  { "dilation-one-less", "a dilation is taken for the gap between taps",
    .before = dilate_one_less },
  { "window-centred", "windows are centred on their position, whatever the padding",
    .source = centred },
  { "window-from-the-end", "what the stride leaves over is skipped at the beginning",
    .source = from_the_end },
  { "stride-on-taps", "taps lie a stride apart", .source = stride_taps },
  { "dilation-on-padding", "padding is multiplied by dilation", .source = dilate_padding },
  { "later-by-one", "all windows but the first read one element further", .source = later_by_one },
  { "first-element-skipped", "beside padding the first element is taken for padding",
    .source = without_first },
  { "last-element-skipped", "the last element is taken for padding", .source = without_last },
  { "bounded-by-height", "columns beyond the height are taken for padding",
    .source = bounded_by_height },
  { "into-next-row", "the last window of a row reads on", .input_index = into_next_row },
  { "input-transposed", "square images are transposed", .input_index = transposed_input },
  { "kernel-flipped", "a true convolution: the kernel is flipped", .weight_index = flipped },
  { "kernel-rows-flipped", "the kernel is upside down", .weight_index = flipped_rows },
  { "kernel-columns-flipped", "the kernel is mirrored", .weight_index = flipped_columns },
  { "kernel-transposed", "kernels are stored column by column", .weight_index = transposed_kernel },
  { "weight-transposed", "input and output channels of the weight are exchanged",
    .weight_index = transposed_channels },
  { .name = NULL }
};
