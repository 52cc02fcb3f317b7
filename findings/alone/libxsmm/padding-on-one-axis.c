/* LIBXSMM 1.17 ignores padding on one axis if there is none on the other: its layer asks for
   pad_h > 0 && pad_w > 0 where it means ||. The output has its 3 rows, but each is that of the
   next window, and the last is 0.
   gcc padding-on-one-axis.c -lxsmm -lxsmmnoblas -ldl -lpthread -lm
   Proof: confirmed */

#include <libxsmm.h>
#include <stdio.h>

static libxsmm_dnn_tensor *bind (libxsmm_dnn_layer *layer, libxsmm_dnn_tensor_type type) {
  libxsmm_dnn_err_t e;
  libxsmm_dnn_tensor_datalayout *layout = libxsmm_dnn_create_tensor_datalayout(layer, type, &e);
  void *memory = libxsmm_aligned_malloc(libxsmm_dnn_get_tensor_size(layout, &e), 64);
  libxsmm_dnn_tensor *tensor = libxsmm_dnn_link_tensor(layout, memory, &e);
  libxsmm_dnn_zero_tensor(tensor);
  libxsmm_dnn_bind_tensor(layer, tensor, type);
  return tensor;
}

/* Of the output's column of the image's first pixel. The image is 1 2, 30 40, the kernel 100, 1. */
static float first_element (int pad_h, int pad_w) {
  libxsmm_dnn_conv_desc d = {
    .N = 1, .C = 1, .H = 2, .W = 2, .K = 1, .R = 2, .S = 1, .u = 1, .v = 1
  };
  libxsmm_dnn_err_t e;
  float x[4] = { 1, 2, 30, 40 }, w[2] = { 100, 1 }, y[64] = { 0 };
  d.pad_h = pad_h;
  d.pad_w = pad_w;
  d.threads = 1;
  d.datatype_in = d.datatype_out = LIBXSMM_DNN_DATATYPE_F32;
  d.buffer_format = d.filter_format = LIBXSMM_DNN_TENSOR_FORMAT_LIBXSMM;
  d.algo = LIBXSMM_DNN_CONV_ALGO_DIRECT;
  d.options = LIBXSMM_DNN_CONV_OPTION_OVERWRITE;
  libxsmm_dnn_layer *layer = libxsmm_dnn_create_conv_layer(d, &e);
  size_t scratch = libxsmm_dnn_get_scratch_size(layer, LIBXSMM_DNN_COMPUTE_KIND_ALL, &e);
  libxsmm_dnn_bind_scratch(layer, LIBXSMM_DNN_COMPUTE_KIND_ALL,
                           libxsmm_aligned_malloc(scratch, 2097152));
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
