/* LIBXSMM 1.17 computes the gradient of a 3x3 weight wrongly for stride 2 and padding 1. Of one
   channel and an image of 8x8, some elements are wrong; which ones depends on the processor. With
   stride 1 all are right.
   gcc grad-weight-strided.c -lxsmm -lxsmmnoblas -ldl -lpthread -lm (beside layer.h)
   Proof: confirmed */

#include "layer.h"

enum { SIZE = 8, KERNEL = 3, PADDING = 1 };

static void compute (int stride, const float *x, const float *gy, float *gw) {
  libxsmm_dnn_conv_desc d = {
    .N = 1, .C = 1, .H = SIZE, .W = SIZE, .K = 1, .R = KERNEL, .S = KERNEL
  };
  d.u = d.v = stride;
  d.pad_h = d.pad_w = PADDING;
  libxsmm_dnn_layer *layer = make_layer(d);
  libxsmm_dnn_tensor *in = bind(layer, LIBXSMM_DNN_REGULAR_INPUT);
  bind(layer, LIBXSMM_DNN_REGULAR_FILTER);
  libxsmm_dnn_tensor *out = bind(layer, LIBXSMM_DNN_GRADIENT_OUTPUT);
  bind(layer, LIBXSMM_DNN_GRADIENT_INPUT);
  libxsmm_dnn_tensor *weight = bind(layer, LIBXSMM_DNN_GRADIENT_FILTER);
  libxsmm_dnn_copyin_tensor(in, x, LIBXSMM_DNN_TENSOR_FORMAT_NCHW);
  libxsmm_dnn_copyin_tensor(out, gy, LIBXSMM_DNN_TENSOR_FORMAT_NCHW);
  libxsmm_dnn_execute_st(layer, LIBXSMM_DNN_COMPUTE_KIND_UPD, 0, 0);
  libxsmm_dnn_copyout_tensor(weight, gw, LIBXSMM_DNN_TENSOR_FORMAT_KCRS);
}

static float right (int stride, int outputs, const float *x, const float *gy, int r, int s) {
  float sum = 0;
  for (int i = 0; i < outputs; i++)
    for (int j = 0; j < outputs; j++) {
      int h = i * stride + r - PADDING, w = j * stride + s - PADDING;
      if (h >= 0 && h < SIZE && w >= 0 && w < SIZE)
        sum += x[h * SIZE + w] * gy[i * outputs + j];
    }
  return sum;
}

/* How many of the nine are wrong. All numbers are small integers. */
static int count_wrong (int stride) {
  float x[SIZE * SIZE], gy[SIZE * SIZE], gw[KERNEL * KERNEL] = { 0 };
  const int outputs = (SIZE + 2 * PADDING - KERNEL) / stride + 1;
  int wrong = 0;
  for (int i = 0; i < SIZE * SIZE; i++) {
    x[i] = (float) (i * 7 % 23 - 11);
    gy[i] = (float) (i * 5 % 19 - 9);
  }
  compute(stride, x, gy, gw);
  for (int i = 0; i < KERNEL * KERNEL; i++) {
    const float want = right(stride, outputs, x, gy, i / KERNEL, i % KERNEL);
    printf("stride %d [%d,%d]: got %g, want %g\n", stride, i / KERNEL, i % KERNEL, (double) gw[i],
           (double) want);
    wrong += gw[i] != want;
  }
  return wrong;
}

int main (void) {
  const int one = count_wrong(1), two = count_wrong(2);
  puts(one == 0 && two > 0 ? "confirmed" : "not reproduced");
}
