/* LIBXSMM 1.17 leaves columns of the input's gradient at zero for a 1x1 kernel on rows of 56: all
   ones give 2 for two filters, but 0 from column 28 of the second row on.
   gcc grad-input-pointwise.c -lxsmm -lxsmmnoblas -ldl -lpthread -lm (beside layer.h)
   Proof: confirmed */

#include "layer.h"

enum { N = 1, C = 96, H = 2, W = 56, K = 2, R = 1, P = 2, Q = 56 };

static float w[K * C * R * R], y[N * K * P * Q], gx[N * C * H * W];

int main (void) {
  libxsmm_dnn_layer *layer = make_layer((libxsmm_dnn_conv_desc){
      .N = N, .C = C, .H = H, .W = W, .K = K, .R = R, .S = R, .u = 1, .v = 1 });
  libxsmm_dnn_tensor *weight = bind(layer, LIBXSMM_DNN_REGULAR_FILTER);
  libxsmm_dnn_tensor *out = bind(layer, LIBXSMM_DNN_GRADIENT_OUTPUT);
  libxsmm_dnn_tensor *in = bind(layer, LIBXSMM_DNN_GRADIENT_INPUT);
  int wrong = 0;
  for (int i = 0; i < K * C * R * R; i++)
    w[i] = 1;
  for (int i = 0; i < N * K * P * Q; i++)
    y[i] = 1;
  libxsmm_dnn_copyin_tensor(weight, w, LIBXSMM_DNN_TENSOR_FORMAT_KCRS);
  libxsmm_dnn_copyin_tensor(out, y, LIBXSMM_DNN_TENSOR_FORMAT_NCHW);
  libxsmm_dnn_execute_st(layer, LIBXSMM_DNN_COMPUTE_KIND_BWD, 0, 0);
  libxsmm_dnn_copyout_tensor(in, gx, LIBXSMM_DNN_TENSOR_FORMAT_NCHW);
  for (int i = 0; i < N * C * H * W; i++)
    wrong += gx[i] != K;
  printf("%d of %d are not %d\n", wrong, N * C * H * W, K);
  puts(wrong > 0 ? "confirmed" : "not reproduced");
}
