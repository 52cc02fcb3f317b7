/* LIBXSMM 1.17 crashes on 65,537 channels, forward.
   gcc channels-65537.c -lxsmm -lxsmmnoblas -ldl -lpthread -lm (beside layer.h)
   Proof: SIGSEGV */

#include "layer.h"

enum { N = 1, C = 65537, H = 1, W = 2, K = 2, R = 1, P = 1, Q = 2 };

static float x[N * C * H * W], w[K * C * R * R], y[N * K * P * Q];

int main (void) {
  libxsmm_dnn_layer *layer = make_layer((libxsmm_dnn_conv_desc){
      .N = N, .C = C, .H = H, .W = W, .K = K, .R = R, .S = R, .u = 1, .v = 1 });
  libxsmm_dnn_tensor *in = bind(layer, LIBXSMM_DNN_REGULAR_INPUT);
  libxsmm_dnn_tensor *weight = bind(layer, LIBXSMM_DNN_REGULAR_FILTER);
  libxsmm_dnn_tensor *out = bind(layer, LIBXSMM_DNN_REGULAR_OUTPUT);
  for (int i = 0; i < N * C * H * W; i++)
    x[i] = 1;
  for (int i = 0; i < K * C * R * R; i++)
    w[i] = 1;
  libxsmm_dnn_copyin_tensor(in, x, LIBXSMM_DNN_TENSOR_FORMAT_NCHW);
  libxsmm_dnn_copyin_tensor(weight, w, LIBXSMM_DNN_TENSOR_FORMAT_KCRS);
  libxsmm_dnn_execute_st(layer, LIBXSMM_DNN_COMPUTE_KIND_FWD, 0, 0);
  libxsmm_dnn_copyout_tensor(out, y, LIBXSMM_DNN_TENSOR_FORMAT_NCHW);
  printf("got %g, want %d\n", (double) y[0], C);
  puts("not reproduced");
}
