/* LIBXSMM 1.17 creates a layer for an empty batch, and then no tensor of it.
   gcc empty-batch.c -lxsmm -lxsmmnoblas -ldl -lpthread -lm
   Proof: confirmed */

#include <libxsmm.h>
#include <stdio.h>

int main (void) {
  libxsmm_dnn_conv_desc d = {
    .N = 0, .C = 3, .H = 3, .W = 3, .K = 3, .R = 3, .S = 3, .u = 1, .v = 1
  };
  libxsmm_dnn_err_t made, laid_out, linked = LIBXSMM_DNN_SUCCESS;
  d.threads = 1;
  d.datatype_in = d.datatype_out = LIBXSMM_DNN_DATATYPE_F32;
  d.buffer_format = d.filter_format = LIBXSMM_DNN_TENSOR_FORMAT_LIBXSMM;
  d.algo = LIBXSMM_DNN_CONV_ALGO_DIRECT;
  d.options = LIBXSMM_DNN_CONV_OPTION_OVERWRITE;
  libxsmm_dnn_layer *layer = libxsmm_dnn_create_conv_layer(d, &made);
  libxsmm_dnn_tensor_datalayout *layout =
      libxsmm_dnn_create_tensor_datalayout(layer, LIBXSMM_DNN_REGULAR_INPUT, &laid_out);
  void *data = libxsmm_aligned_malloc(libxsmm_dnn_get_tensor_size(layout, &laid_out), 64);
  libxsmm_dnn_tensor *tensor = libxsmm_dnn_link_tensor(layout, data, &linked);
  printf("layer: %s; tensor: %s\n", libxsmm_dnn_get_error(made), libxsmm_dnn_get_error(linked));
  puts(made == LIBXSMM_DNN_SUCCESS && tensor == NULL ? "confirmed" : "not reproduced");
}
