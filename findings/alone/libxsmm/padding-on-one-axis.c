/* LIBXSMM 1.17 ignores padding on one axis if there is none on the other: its layer asks for
   pad_h > 0 && pad_w > 0 where it means ||. The output has its 3 rows, but each is that of the
   next window, and the last is 0.
   gcc padding-on-one-axis.c -lxsmm -lxsmmnoblas -ldl -lpthread -lm (beside layer.h)
   Proof: confirmed */

#include "layer.h"

/* The top element of the output's column that begins at the image's first pixel. The image is
   1 2, 30 40, and the kernel 100, 1. */
static float first_element (int pad_h, int pad_w) {
  libxsmm_dnn_conv_desc d = {
    .N = 1, .C = 1, .H = 2, .W = 2, .K = 1, .R = 2, .S = 1, .u = 1, .v = 1
  };
  float x[4] = { 1, 2, 30, 40 }, w[2] = { 100, 1 }, y[64] = { 0 };
  d.pad_h = pad_h;
  d.pad_w = pad_w;
  libxsmm_dnn_layer *layer = make_layer(d);
  libxsmm_dnn_tensor *in = bind(layer, LIBXSMM_DNN_REGULAR_INPUT);
  libxsmm_dnn_tensor *weight = bind(layer, LIBXSMM_DNN_REGULAR_FILTER);
  libxsmm_dnn_tensor *out = bind(layer, LIBXSMM_DNN_REGULAR_OUTPUT);
  libxsmm_dnn_copyin_tensor(in, x, LIBXSMM_DNN_TENSOR_FORMAT_NCHW);
  libxsmm_dnn_copyin_tensor(weight, w, LIBXSMM_DNN_TENSOR_FORMAT_KCRS);
  libxsmm_dnn_execute_st(layer, LIBXSMM_DNN_COMPUTE_KIND_FWD, 0, 0);
  libxsmm_dnn_copyout_tensor(out, y, LIBXSMM_DNN_TENSOR_FORMAT_NCHW);
  int columns = 2 + 2 * pad_w;
  printf("padding %d,%d:", pad_h, pad_w);
  for (int i = 0; i < (1 + 2 * pad_h) * columns; i++)
    printf(" %g", (double) y[i]);
  puts("");
  return y[pad_w];
}

int main (void) {
  /* The window of the first row holds a row of padding and the image's first row: 100*0 + 1*1. */
  const float both = first_element(1, 1), one = first_element(1, 0);
  puts(both == 1 && one != 1 ? "confirmed" : "not reproduced");
}
