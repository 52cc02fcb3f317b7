/* adapter.h: what adapters of other people's libraries share, for C and C++.
   If a library computes shapes itself, the adapter asks it; if not, the adapter contributes
   `output_shape` from here. These subjects do not check parameters: they get valid calls only. */

#ifndef ADAPTER_H
#define ADAPTER_H

#include "../include/conv2d_abi.h"
#include <stdbool.h>
#include <stdio.h>

#ifdef __cplusplus
#define ADAPTER_THREAD_LOCAL thread_local
#else
#define ADAPTER_THREAD_LOCAL _Thread_local
#endif

static ADAPTER_THREAD_LOCAL char adapter_message[160];

static inline const char *last_error (void) {
  return adapter_message;
}

/* Ends a call with a status that is not CONV2D_OK, and its reason, made one line. */
static inline int32_t refuse (int32_t status, const char *reason) {
  snprintf(adapter_message, sizeof adapter_message, "%s", reason);
  for (char *c = adapter_message; *c != '\0'; c++)
    if (*c == '\n')
      *c = ' ';
  return status;
}

static inline int32_t unsupported (const char *reason) {
  return refuse(CONV2D_UNSUPPORTED, reason);
}

static inline bool is_float32 (const conv2d_params *p) {
  return p->dtype.code == kDLFloat && p->dtype.bits == 32;
}

/* Padding before and after the rows (axis 0) or columns (axis 1). For 'same' it is computed by
   PAD-4. */
static inline int64_t padding_before (const conv2d_params *p, int axis) {
  int64_t total = p->dilation[axis] * (p->kernel_size[axis] - 1);
  return p->padding_kind == CONV2D_PADDING_SAME ? total / 2 : p->padding[axis];
}

static inline int64_t padding_after (const conv2d_params *p, int axis) {
  int64_t total = p->dilation[axis] * (p->kernel_size[axis] - 1);
  return p->padding_kind == CONV2D_PADDING_SAME ? total - total / 2 : p->padding[axis];
}

static inline int64_t output_size (const conv2d_params *p, int axis, int64_t size) {
  int64_t dilated = p->dilation[axis] * (p->kernel_size[axis] - 1) + 1;
  int64_t padded = size + padding_before(p, axis) + padding_after(p, axis);
  return (padded - dilated) / p->stride[axis] + 1;
}

/* For libraries whose parameters are 32 bits wide. They would cut off the bits of larger ones. */
static inline bool fits_32_bits (const conv2d_params *p) {
  for (int axis = 0; axis < 2; axis++)
    if (p->kernel_size[axis] > INT32_MAX || p->stride[axis] > INT32_MAX
        || p->padding[axis] > INT32_MAX || p->dilation[axis] > INT32_MAX)
      return false;
  return p->groups <= INT32_MAX && p->in_channels <= INT32_MAX && p->out_channels <= INT32_MAX;
}

/* What some libraries have, and others have no parameter for. */
enum feature { GROUPS = 1 << 0, DILATION = 1 << 1, UNEQUAL_SIDES = 1 << 2 };

/* Refuses what a library with these features does not offer. It is for libraries that know float32
   and zeros only, and whose parameters are 32 bits wide. */
static inline int32_t check_features (const conv2d_params *p, unsigned features) {
  if (p->padding_mode != CONV2D_ZEROS)
    return unsupported("padding modes other than zeros");
  if (!is_float32(p))
    return unsupported("dtypes other than float32");
  if (!fits_32_bits(p))
    return unsupported("parameters beyond 32 bits");
  if (p->groups != 1 && !(features & GROUPS))
    return unsupported("groups");
  if ((p->dilation[0] != 1 || p->dilation[1] != 1) && !(features & DILATION))
    return unsupported("dilation");
  for (int axis = 0; axis < 2; axis++)
    if (padding_before(p, axis) != padding_after(p, axis) && !(features & UNEQUAL_SIDES))
      return unsupported("padding that differs before and after");
  return CONV2D_OK;
}

/* For libraries that compute no shapes (SHAPE-1, SHAPE-3). */
static inline int32_t shape_of_output (const conv2d_params *p, int32_t ndim, const int64_t *input,
                                       int64_t *output) {
  const int64_t *hw = input + ndim - 2;
  if (ndim != 3 && ndim != 4)
    return refuse(CONV2D_INVALID, "the input has neither 3 nor 4 axes");
  if (p->in_channels == 0)
    return unsupported("no input channels"); /* torch gives no output channels (SHAPE-10) */
  if (ndim == 4)
    *output++ = input[0];
  output[0] = p->out_channels;
  output[1] = output_size(p, 0, hw[0]);
  output[2] = output_size(p, 1, hw[1]);
  return CONV2D_OK;
}

/* The extent or stride of an axis of an input or output. Axes are counted from the last: 1 columns,
   2 rows, 3 channels, 4 images. A tensor without a batch counts as a batch of one. */
static inline int64_t extent (const DLTensor *t, int from_last) {
  return from_last <= t->ndim ? t->shape[t->ndim - from_last] : 1;
}

static inline int64_t stride_of (const DLTensor *t, int from_last) {
  return from_last <= t->ndim ? t->strides[t->ndim - from_last] : t->strides[0] * t->shape[0];
}

static inline bool is_empty (const DLTensor *t) {
  for (int axis = 0; axis < t->ndim; axis++)
    if (t->shape[axis] == 0)
      return true;
  return false;
}

/* Whether the elements follow each other without gaps with the axes in this order, the outermost
   first; axes of one element may have any stride. */
static inline bool is_compact (const DLTensor *t, const int *order) {
  int64_t step = 1;
  if (is_empty(t))
    return true;
  for (int i = t->ndim - 1; i >= 0; i--) {
    int axis = order[i];
    if (t->shape[axis] != 1 && t->strides[axis] != step)
      return false;
    step *= t->shape[axis];
  }
  return true;
}

static inline bool is_row_major (const DLTensor *t) {
  static const int order[] = { 0, 1, 2, 3 };
  return is_compact(t, order);
}

/* Whether all the tensors are compact and row-major. NULL counts as such. */
static inline bool are_row_major (const DLTensor *a, const DLTensor *b, const DLTensor *c,
                                  const DLTensor *d) {
  return (a == NULL || is_row_major(a)) && (b == NULL || is_row_major(b))
         && (c == NULL || is_row_major(c)) && (d == NULL || is_row_major(d));
}

/* Refuses what a library of compact NCHW tensors can't take, forward or backward; NULL passes. */
static inline int32_t check_row_major (const DLTensor *a, const DLTensor *b, const DLTensor *c,
                                       const DLTensor *d) {
  return are_row_major(a, b, c, d) ? CONV2D_OK : unsupported("tensors that are not compact NCHW");
}

static inline int32_t check_gradients (const DLTensor *input, const DLTensor *weight,
                                       const DLTensor *grad_output, const DLTensor *grad_input,
                                       const DLTensor *grad_weight, const DLTensor *grad_bias) {
  int32_t status = check_row_major(input, weight, grad_output, grad_input);
  return status == CONV2D_OK ? check_row_major(grad_weight, grad_bias, NULL, NULL) : status;
}

static inline float *floats (const DLTensor *t) {
  return (float *) t->data;
}

/* N, H, W, C in memory, or H, W, C. */
static inline bool is_channels_last (const DLTensor *t) {
  static const int batched[] = { 0, 2, 3, 1 }, unbatched[] = { 1, 2, 0 };
  return is_compact(t, t->ndim == 4 ? batched : unbatched);
}

#endif
