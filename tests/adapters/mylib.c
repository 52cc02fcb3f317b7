/* mylib.c: the library that adapters/README.md wraps: compact float32 tensors, no padding. */

#include <stdint.h>

void mylib_conv2d (const float *x, const int64_t *x_shape, const float *w, const int64_t *w_shape,
                   const int64_t *stride, float *y);

void mylib_conv2d (const float *x, const int64_t *x_shape, const float *w, const int64_t *w_shape,
                   const int64_t *stride, float *y) {
  const int64_t channels = x_shape[1], height = x_shape[2], width = x_shape[3];
  for (int64_t n = 0; n < x_shape[0]; n++)
    for (int64_t k = 0; k < w_shape[0]; k++)
      for (int64_t i = 0; i + w_shape[2] <= height; i += stride[0])
        for (int64_t j = 0; j + w_shape[3] <= width; j += stride[1]) {
          float sum = 0;
          for (int64_t c = 0; c < channels; c++)
            for (int64_t r = 0; r < w_shape[2]; r++)
              for (int64_t s = 0; s < w_shape[3]; s++)
                sum += x[((n * channels + c) * height + i + r) * width + j + s]
                       * w[((k * channels + c) * w_shape[2] + r) * w_shape[3] + s];
          *y++ = sum;
        }
}
