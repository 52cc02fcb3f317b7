/* conv.c: plain loops. If it is compiled with -DMISTAKE, it uses the dilation of the rows for the
   columns, too, so that the gate has something to stop. */

#include "conv.h"

#ifdef MISTAKE
enum { DILATION_OF_COLUMNS = 0 };
#else
enum { DILATION_OF_COLUMNS = 1 };
#endif

size_t conv_extent (const conv_sizes *s, int axis) {
  const size_t window = s->dilation[axis] * (s->kernel[axis] - 1) + 1;
  return (s->input[axis] + 2 * s->padding[axis] - window) / s->stride[axis] + 1;
}

/* The products of one channel under the window at output (i, j); size_t wraps below zero. */
static double window_sum (const conv_sizes *s, const float *plane, const float *kernel, size_t i,
                          size_t j) {
  double sum = 0;
  for (size_t r = 0; r < s->kernel[0]; r++)
    for (size_t c = 0; c < s->kernel[1]; c++) {
      const size_t h = i * s->stride[0] + r * s->dilation[0] - s->padding[0];
      const size_t w = j * s->stride[1] + c * s->dilation[DILATION_OF_COLUMNS] - s->padding[1];
      if (h < s->input[0] && w < s->input[1])
        sum += (double) plane[h * s->input[1] + w] * kernel[r * s->kernel[1] + c];
    }
  return sum;
}

/* Channel k of image n, at (i, j). */
static double element (const conv_sizes *s, const float *image, const float *weight, size_t k,
                       size_t i, size_t j) {
  const size_t in = s->in_channels / s->groups, out = s->out_channels / s->groups;
  const size_t plane = s->input[0] * s->input[1], taps = s->kernel[0] * s->kernel[1];
  double sum = 0;
  for (size_t c = 0; c < in; c++)
    sum += window_sum(s, image + (k / out * in + c) * plane, weight + (k * in + c) * taps, i, j);
  return sum;
}

void conv_forward (const conv_sizes *s, const float *input, const float *weight, const float *bias,
                   float *output) {
  const size_t image = s->in_channels * s->input[0] * s->input[1];
  const size_t rows = conv_extent(s, 0), columns = conv_extent(s, 1);
  for (size_t n = 0; n < s->images; n++)
    for (size_t k = 0; k < s->out_channels; k++)
      for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < columns; j++)
          *output++ =
              (float) (element(s, input + n * image, weight, k, i, j) + (bias ? bias[k] : 0));
}
