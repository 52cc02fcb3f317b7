/* mylib.h: the library that README's adapter wraps: dense float32 convolution with zero padding. */

#ifndef MYLIB_H
#define MYLIB_H

#include <stdint.h>

/* Input row or column of tap r of output i, or -1 in the padding. */
static inline int64_t mylib_tap (int64_t i, int64_t r, int64_t s, int64_t p, int64_t d, int64_t n) {
  int64_t h = i * s + r * d - p;
  return h < n ? h : -1;
}

static inline void mylib_conv2d (const float *x, const int64_t *xs, const float *w,
                                 const int64_t *ws, const float *b, const int64_t *stride,
                                 const int64_t *padding, const int64_t *dilation, float *y,
                                 const int64_t *ys) {
  for (int64_t e = 0; e < ys[0] * ys[1] * ys[2] * ys[3]; e++) {
    int64_t j = e % ys[3], i = e / ys[3] % ys[2], k = e / ys[3] / ys[2] % ys[1];
    int64_t n = e / ys[3] / ys[2] / ys[1];
    float sum = 0;
    for (int64_t t = 0; t < ws[1] * ws[2] * ws[3]; t++) {
      int64_t s = t % ws[3], r = t / ws[3] % ws[2], c = t / ws[3] / ws[2];
      int64_t h = mylib_tap(i, r, stride[0], padding[0], dilation[0], xs[2]);
      int64_t v = mylib_tap(j, s, stride[1], padding[1], dilation[1], xs[3]);
      if (h >= 0 && v >= 0)
        sum += w[k * ws[1] * ws[2] * ws[3] + t] * x[((n * xs[1] + c) * xs[2] + h) * xs[3] + v];
    }
    y[e] = sum + (b ? b[k] : 0);
  }
}

#endif
