/* LIBXSMM 1.17 computes wrong sums over 4,100 channels, all of small integers, also over 1,025 and
   2,050; 4,096, 4,104 and 3,000 are right.
   gcc channels-4100.c -lxsmm -lxsmmnoblas -ldl -lpthread -lm (beside layer.h)
   Proof: confirmed */

#include "layer.h"

enum { N = 1, C = 4100, H = 1, W = 1, K = 2, R = 1, P = 1, Q = 1 };

static float x[N * C * H * W], w[K * C * R * R], y[N * K * P * Q];

int main (void) {
  libxsmm_dnn_layer *layer = make_layer((libxsmm_dnn_conv_desc){
      .N = N, .C = C, .H = H, .W = W, .K = K, .R = R, .S = R, .u = 1, .v = 1 });
  libxsmm_dnn_tensor *in = bind(layer, LIBXSMM_DNN_REGULAR_INPUT);
  libxsmm_dnn_tensor *weight = bind(layer, LIBXSMM_DNN_REGULAR_FILTER);
  libxsmm_dnn_tensor *out = bind(layer, LIBXSMM_DNN_REGULAR_OUTPUT);
  for (int i = 0; i < N * C * H * W; i++)
    x[i] = (float) (i % 7 - 3);
  for (int i = 0; i < K * C * R * R; i++)
    w[i] = (float) (i % C % 5 - 2);
  libxsmm_dnn_copyin_tensor(in, x, LIBXSMM_DNN_TENSOR_FORMAT_NCHW);
  libxsmm_dnn_copyin_tensor(weight, w, LIBXSMM_DNN_TENSOR_FORMAT_KCRS);
  libxsmm_dnn_execute_st(layer, LIBXSMM_DNN_COMPUTE_KIND_FWD, 0, 0);
  libxsmm_dnn_copyout_tensor(out, y, LIBXSMM_DNN_TENSOR_FORMAT_NCHW);
  float want = 0;
  for (int c = 0; c < C; c++)
    want += x[c] * w[c];
  printf("got %g, want %g\n", (double) y[0], (double) want);
  puts(y[0] != want ? "confirmed" : "not reproduced");
}
