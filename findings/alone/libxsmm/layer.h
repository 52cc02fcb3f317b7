/* A layer of LIBXSMM with its memory, for the programs beside this file. */

#include <libxsmm.h>
#include <stdio.h>

/* A new tensor of the layer, all zeros, for the part that it has in it. */
static libxsmm_dnn_tensor *bind (libxsmm_dnn_layer *layer, libxsmm_dnn_tensor_type type) {
  libxsmm_dnn_err_t e;
  libxsmm_dnn_tensor_datalayout *layout = libxsmm_dnn_create_tensor_datalayout(layer, type, &e);
  void *memory = libxsmm_aligned_malloc(libxsmm_dnn_get_tensor_size(layout, &e), 64);
  libxsmm_dnn_tensor *tensor = libxsmm_dnn_link_tensor(layout, memory, &e);
  libxsmm_dnn_zero_tensor(tensor);
  libxsmm_dnn_bind_tensor(layer, tensor, type);
  return tensor;
}

/* The sizes, strides and paddings are set in d. The rest is float32, LIBXSMM's own formats, and one
   thread. */
static libxsmm_dnn_layer *make_layer (libxsmm_dnn_conv_desc d) {
  libxsmm_dnn_err_t e;
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
