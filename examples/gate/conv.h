/* conv.h: the library of this example: 2-D convolution, float, compact NCHW, zero padding. */

#ifndef CONV_H
#define CONV_H

#include <stddef.h>

/* Sizes by pairs are {height, width}. */
typedef struct conv_sizes {
  size_t images, in_channels, out_channels, groups;
  size_t input[2], kernel[2], stride[2], padding[2], dilation[2];
} conv_sizes;

/* Rows (axis 0) or columns (1) of the output. */
size_t conv_extent (const conv_sizes *s, int axis);

/* bias may be NULL. */
void conv_forward (const conv_sizes *s, const float *input, const float *weight, const float *bias,
                   float *output);

#endif
