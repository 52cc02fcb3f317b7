/* layer.h: one call taken apart: its sizes, and what is wrong with it.
   The rules stand in the order of specs/validity.md, so the first fault found is to be reported. */

#ifndef LAYER_H
#define LAYER_H

#include "number.h"

/* Height (0) or width (1) of a call. */
typedef struct axis {
  int64_t size; /* of the input */
  int64_t kernel, stride, dilation;
  int64_t before, after; /* padding */
  int64_t dilated;       /* size of the kernel with dilation */
  int64_t padded;        /* size of the input with padding */
  int64_t room;          /* how far a window can move; negative: it does not fit */
} axis;

/* Computes the rest of x from size, kernel and dilation; false if a number does not fit. */
static inline bool measure (const conv2d_params *p, int index, axis *x) {
  int64_t total; /* padding 'same' */
  bool huge = __builtin_mul_overflow(x->dilation, x->kernel - 1, &total);
  x->before = x->after = p->padding[index];
  if (p->padding_kind == CONV2D_PADDING_SAME) {
    x->before = total / 2; /* the smaller half comes first (PAD-4) */
    x->after = total - x->before;
  }
  huge |= __builtin_add_overflow(total, 1, &x->dilated);
  huge |= __builtin_add_overflow(x->size, x->before, &x->padded);
  huge |= __builtin_add_overflow(x->padded, x->after, &x->padded);
  huge |= __builtin_sub_overflow(x->padded, x->dilated, &x->room);
  return !huge;
}

static inline int64_t output_size (const axis *x) {
  return x->room / x->stride + 1;
}

/* Which row or column of the input a tap of the window at `position` reads; -1 if it reads a zero
   of the padding. */
static inline int64_t source (const axis *x, int32_t padding_mode, int64_t position, int64_t tap) {
  int64_t q = position * x->stride + tap * x->dilation - x->before;
  if (0 <= q && q < x->size)
    return q;
  switch (padding_mode) {
  case CONV2D_REFLECT: return q < 0 ? -q : 2 * (x->size - 1) - q;
  case CONV2D_REPLICATE: return q < 0 ? 0 : x->size - 1;
  case CONV2D_CIRCULAR: return q < 0 ? q + x->size : q - x->size;
  default: return -1;
  }
}

/* One call and its sizes, by the letters of specs/. Tensors that the call lacks are NULL. */
typedef struct layer {
  const conv2d_params *p;
  const DLTensor *weight, *bias, *output;
  bool fits;                   /* every extent is a 64-bit integer */
  int64_t images, in_channels; /* of the input */
  axis y, x;
  int64_t group_in, group_out; /* channels of a group */
  int32_t ndim;
  const int64_t *input_shape;
  int64_t weight_shape[4], output_shape[4];
} layer;

static inline const char *fault_of_params (const conv2d_params *p) {
  if (p->groups < 1)
    return "VALID-1: groups is less than 1";
  if (p->in_channels % p->groups != 0)
    return "VALID-2: in_channels is not a multiple of groups";
  if (p->out_channels % p->groups != 0)
    return "VALID-3: out_channels is not a multiple of groups";
  if (p->padding_kind < CONV2D_PADDING_EXPLICIT || p->padding_kind > CONV2D_PADDING_SAME)
    return "VALID-4: padding is neither numbers nor 'valid' nor 'same'";
  if (p->padding_kind == CONV2D_PADDING_SAME && (p->stride[0] != 1 || p->stride[1] != 1))
    return "VALID-5: padding 'same' with a stride";
  if (p->padding_mode < CONV2D_ZEROS || p->padding_mode > CONV2D_CIRCULAR)
    return "VALID-6: padding_mode is unknown";
  if (p->in_channels < 0 || p->out_channels < 0 || p->kernel_size[0] < 0 || p->kernel_size[1] < 0)
    return "VALID-7: in_channels, out_channels or kernel_size is negative";
  return NULL;
}

static inline const char *fault_of_padding (const layer *l) {
  const axis *y = &l->y, *x = &l->x;
  int32_t mode = l->p->padding_mode;
  bool gone = (y->before < 0 && y->padded < 1) || (x->before < 0 && x->padded < 1);
  bool empty = y->size == 0 || x->size == 0 || l->in_channels == 0;
  if (empty && (mode == CONV2D_REFLECT || mode == CONV2D_REPLICATE))
    return "PAD-13: an axis of the input is empty";
  if (mode == CONV2D_REFLECT && (y->after >= y->size || x->after >= x->size))
    return "PAD-7: reflect needs a padding smaller than the input";
  if (mode == CONV2D_CIRCULAR && (y->after > y->size || x->after > x->size))
    return "PAD-11: circular padding would wrap more than once";
  if (mode != CONV2D_ZEROS && gone)
    return "PAD-15: negative padding leaves nothing";
  return NULL;
}

static inline bool has_shape (const DLTensor *t, int32_t ndim, const int64_t *shape) {
  return t->ndim == ndim && memcmp(t->shape, shape, (size_t) ndim * sizeof *shape) == 0;
}

static inline bool is_byte (DLDataType t) {
  return !is_real(t) && t.bits == 8;
}

/* Whether the call is of sums of bytes, whose results are int32 (DTYPE-11). */
static inline bool is_of_sums (const layer *l) {
  const DLDataType sum = { kDLInt, 32, 1 };
  return l->output != NULL && is_byte(l->p->dtype) && same_dtype(l->output->dtype, sum)
         && (l->bias == NULL || same_dtype(l->bias->dtype, sum));
}

static inline const char *fault_of_shapes (const layer *l) {
  const conv2d_params *p = l->p;
  if (l->bias != NULL && !same_dtype(l->bias->dtype, p->dtype) && !is_of_sums(l))
    return "DTYPE-3: the bias has not the input's dtype";
  if (l->fits && p->padding_mode == CONV2D_ZEROS && (l->y.before < 0 || l->x.before < 0))
    return "PAD-5: padding is negative";
  if (p->stride[0] < 1 || p->stride[1] < 1)
    return "VALID-8: stride is less than 1";
  if (p->dilation[0] < 1 || p->dilation[1] < 1)
    return "VALID-9: dilation is less than 1";
  if (p->out_channels == 0)
    return "VALID-10: out_channels is 0";
  if (l->in_channels != p->in_channels)
    return "SHAPE-4: the input has not in_channels channels";
  if (l->weight != NULL && !has_shape(l->weight, 4, l->weight_shape))
    return "SHAPE-5: the weight has not the shape that the parameters imply";
  if (l->bias != NULL && !has_shape(l->bias, 1, &p->out_channels))
    return "SHAPE-6: the bias is not a list of out_channels elements";
  return NULL;
}

/* Whether the bytes of a tensor of this shape are too many to count. */
static inline bool is_huge (int32_t ndim, const int64_t *shape, DLDataType dtype) {
  int64_t bytes = dtype.bits / 8;
  bool huge = false;
  for (int i = 0; i < ndim; i++)
    if (shape[i] == 0)
      return false;
    else
      huge |= __builtin_mul_overflow(bytes, shape[i], &bytes);
  return huge;
}

/* What is wrong with the sizes, or NULL. Also sets output_shape. */
static inline const char *fault_of_sizes (layer *l) {
  const conv2d_params *p = l->p;
  const int64_t chw[] = { p->in_channels == 0 ? 0 : p->out_channels, /* SHAPE-10 */
                          l->fits ? output_size(&l->y) : 0, l->fits ? output_size(&l->x) : 0 };
  l->output_shape[0] = l->images;
  memcpy(l->output_shape + l->ndim - 3, chw, sizeof chw);
  if (!l->fits || is_huge(l->ndim, l->input_shape, p->dtype)
      || is_huge(4, l->weight_shape, p->dtype) || is_huge(l->ndim, l->output_shape, p->dtype))
    return "VALID-12: a size does not fit 64 bits";
  if (l->y.room < 0 || l->x.room < 0)
    return "SHAPE-7: the kernel is larger than the padded input";
  if (l->images > 0 && l->in_channels > 0 && (l->y.size == 0 || l->x.size == 0))
    return "SHAPE-8: the input has no rows or no columns";
  if (l->y.kernel == 0 || l->x.kernel == 0)
    return "VALID-11: kernel_size is 0";
  if (l->weight != NULL && !same_dtype(l->weight->dtype, p->dtype)
      && !(is_of_sums(l) && is_byte(l->weight->dtype)))
    return "DTYPE-2: the weight has not the input's dtype";
  if (l->output != NULL
      && !((same_dtype(l->output->dtype, p->dtype) || is_of_sums(l))
           && has_shape(l->output, l->ndim, l->output_shape)))
    return "SHAPE-11: the output has not the output's shape and dtype";
  return NULL;
}

static inline axis make_axis (const conv2d_params *p, int index, int64_t size, bool *fits) {
  axis x = { .size = size,
             .kernel = p->kernel_size[index],
             .stride = p->stride[index],
             .dilation = p->dilation[index] };
  *fits &= measure(p, index, &x);
  return x;
}

/* Takes the call apart. l already has the parameters, and the tensors' shapes and dtypes. Returns
   what is wrong with the call. */
static inline const char *open_layer (layer *l, int32_t ndim, const int64_t *input) {
  const conv2d_params *p = l->p;
  const char *fault = fault_of_params(p);
  if (fault != NULL)
    return fault;
  if (ndim != 3 && ndim != 4)
    return "SHAPE-2: the input has neither 3 nor 4 axes";
  l->ndim = ndim;
  l->input_shape = input;
  l->images = ndim == 4 ? input[0] : 1;
  l->in_channels = input[ndim - 3];
  l->fits = true;
  l->y = make_axis(p, 0, input[ndim - 2], &l->fits);
  l->x = make_axis(p, 1, input[ndim - 1], &l->fits);
  l->group_in = p->in_channels / p->groups;
  l->group_out = p->out_channels / p->groups;
  memcpy(l->weight_shape,
         (int64_t[]){ p->out_channels, l->group_in, p->kernel_size[0], p->kernel_size[1] },
         sizeof l->weight_shape);
  if (l->fits)
    fault = fault_of_padding(l);
  if (fault == NULL)
    fault = fault_of_shapes(l);
  return fault != NULL ? fault : fault_of_sizes(l);
}

/* How many products the sum of a window has, without padding. */
static inline double fan_in (const conv2d_params *p) {
  int64_t group_in = p->in_channels / p->groups;
  return (double) group_in * (double) p->kernel_size[0] * (double) p->kernel_size[1];
}

/* Fresh parameters are uniform between -bound and bound (INIT-1). */
static inline double init_bound (const conv2d_params *p) {
  return fan_in(p) > 0 ? 1 / sqrt(fan_in(p)) : 0;
}

/* The indices of an element of the output. */
typedef struct place {
  int64_t n, k, i, j;
} place;

/* Where the input's element (n, c, h, w) is, c counted from the first channel of k's group. */
static inline int64_t input_index (const layer *l, place at, int64_t c, int64_t h, int64_t w) {
  int64_t channel = at.k / l->group_out * l->group_in + c; /* GROUP-1 */
  return ((at.n * l->in_channels + channel) * l->y.size + h) * l->x.size + w;
}

/* What the sample offers, but for complex numbers; so do the mutants, which are the sample with one
   mistake. */
#define ALL_BUT_DTYPES                                                                             \
  .layouts = CONV2D_NCHW | CONV2D_NHWC | CONV2D_GAPS | CONV2D_REVERSED | CONV2D_BROADCAST          \
             | CONV2D_ODD | CONV2D_SLICE | CONV2D_NHWC_SLICE | CONV2D_MIXED | CONV2D_CROSSED,      \
  .padding_modes =                                                                                 \
      1 << CONV2D_ZEROS | 1 << CONV2D_REFLECT | 1 << CONV2D_REPLICATE | 1 << CONV2D_CIRCULAR,      \
  .directions = CONV2D_FORWARD | CONV2D_BACKWARD | CONV2D_INIT

static const conv2d_capabilities all_capabilities = { .dtypes = REAL_DTYPES, ALL_BUT_DTYPES };

#endif
