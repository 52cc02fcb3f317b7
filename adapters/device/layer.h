/* layer.h: from the arguments of a call to a direct_layer, and the number of elements of a result.
   The host's side of direct.h. */

#ifndef DEVICE_LAYER_H
#define DEVICE_LAYER_H

#include "../adapter.h"

/* The strides of [N, C, H, W]; a tensor without a batch has none that counts. */
static inline void direct_strides (int64_t to[4], const DLTensor *t) {
  for (int axis = 0; axis < 4; axis++)
    to[axis] = t ? stride_of(t, 4 - axis) : 0;
}

static inline direct_layer direct_layer_of (const conv2d_params *p, const DLTensor *input,
                                            const DLTensor *weight, const DLTensor *output,
                                            const DLTensor *bias) {
  direct_layer l;
  l.images = extent(input, 4);
  l.in_channels = p->in_channels;
  l.out_channels = p->out_channels;
  l.groups = p->groups;
  l.mode = p->padding_mode;
  l.has_bias = bias && p->out_channels > 0;
  for (int axis = 0; axis < 2; axis++) {
    l.input[axis] = extent(input, 2 - axis);
    l.output[axis] = extent(output, 2 - axis);
    l.kernel_size[axis] = p->kernel_size[axis];
    l.stride[axis] = p->stride[axis];
    l.padding[axis] = padding_before(p, axis);
    l.dilation[axis] = p->dilation[axis];
  }
  direct_strides(l.x, input);
  direct_strides(l.w, weight);
  direct_strides(l.y, output);
  l.b = bias ? bias->strides[0] : 0;
  return l;
}

static inline int64_t direct_count (const DLTensor *t) {
  int64_t n = 1;
  for (int axis = 0; t && axis < t->ndim; axis++)
    n *= t->shape[axis];
  return t ? n : 0;
}

#endif
