/* LIBXSMM 1.17 leaves columns of the input's gradient at zero for a 1x1 kernel on rows of 56: all
   ones give 2 for two filters, but 0 from column 28 of the second row on. gcc
   grad-input-pointwise.c -lxsmm -lxsmmnoblas -ldl -lpthread -lm Proof: confirmed */

#include <libxsmm.h>
#include <stdio.h>

enum { N = 1, C = 96, H = 2, W = 56, K = 2, R = 1, STRIDE = 1, PADDING = 0, P = 2, Q = 56 };

static libxsmm_dnn_tensor *bind (libxsmm_dnn_layer *layer, libxsmm_dnn_tensor_type type) {
  libxsmm_dnn_err_t e;
  libxsmm_dnn_tensor_datalayout *layout = libxsmm_dnn_create_tensor_datalayout(layer, type, &e);
  void *memory = libxsmm_aligned_malloc(libxsmm_dnn_get_tensor_size(layout, &e), 64);
  libxsmm_dnn_tensor *tensor = libxsmm_dnn_link_tensor(layout, memory, &e);
  libxsmm_dnn_zero_tensor(tensor);
  libxsmm_dnn_bind_tensor(layer, tensor, type);
  return tensor;
}

static libxsmm_dnn_layer *make_layer (void) {
  libxsmm_dnn_conv_desc d = { .N = N, .C = C, .H = H, .W = W, .K = K, .R = R, .S = R };
  libxsmm_dnn_err_t e;
  d.u = d.v = STRIDE;
  d.pad_h = d.pad_w = PADDING;
  d.threads = 1;
  d.datatype_in = d.datatype_out = LIBXSMM_DNN_DATATYPE_F32;
  d.buffer_format = d.filter_format = LIBXSMM_DNN_TENSOR_FORMAT_LIBXSMM;
  d.algo = LIBXSMM_DNN_CONV_ALGO_DIRECT;
  d.options = LIBXSMM_DNN_CONV_OPTION_OVERWRITE;
  libxsmm_dnn_layer *layer = libxsmm_dnn_create_conv_layer(d, &e);
  size_t scratch = libxsmm_dnn_get_scratch_size(layer, LIBXSMM_DNN_COMPUTE_KIND_ALL, &e);
  libxsmm_dnn_bind_scratch(layer, LIBXSMM_DNN_COMPUTE_KIND_ALL,
                           libxsmm_aligned_malloc(scratch, 2097152));
  return layer;
}

static float x[N * C * H * W], w[K * C * R * R], y[N * K * P * Q], gx[N * C * H * W];

int main (void) {
  libxsmm_dnn_layer *layer = make_layer();
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
