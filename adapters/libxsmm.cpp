/* libxsmm.cpp: LIBXSMM's convolution layer, compiled at run time (Debian: libxsmm-dev).
   The layer computes in a blocked format of its own; the library's copies go there and back. It
   has no bias: the adapter adds it afterwards, and sums its gradient. */

#include "adapter.h"

#include <algorithm>
#include <libxsmm.h>
#include <vector>

/* Thrown where the library refuses. */
struct failure {
  libxsmm_dnn_err_t reason;

  /* The library has codes for what it does not implement. Any other is a failure. */
  int32_t status () const {
    bool missing = reason == LIBXSMM_DNN_ERR_NOT_IMPLEMENTED
                   || reason == LIBXSMM_DNN_ERR_UNSUPPORTED_DATATYPE
                   || reason == LIBXSMM_DNN_ERR_UNSUPPORTED_ARCH;
    return missing ? CONV2D_UNSUPPORTED : CONV2D_FAILED;
  }
};

static void check (libxsmm_dnn_err_t reason) {
  if (reason != LIBXSMM_DNN_SUCCESS && reason != LIBXSMM_DNN_WARN_FALLBACK)
    throw failure{ reason };
}

/* Memory aligned to a cache line. With a larger alignment (the library recommends 2 MiB) the heap
   would be full of holes after a thousand calls. */
struct block {
  void *data;
  explicit block(size_t bytes) : data(libxsmm_aligned_malloc(bytes, 64)) {
  }
  ~block() {
    libxsmm_free(data);
  }
  block(const block &) = delete;
};

struct layer {
  libxsmm_dnn_layer *handle;
  block scratch;

  static libxsmm_dnn_layer *create (const libxsmm_dnn_conv_desc &desc) {
    libxsmm_dnn_err_t status;
    libxsmm_dnn_layer *made = libxsmm_dnn_create_conv_layer(desc, &status);
    check(status);
    return made;
  }
  static size_t scratch_size (libxsmm_dnn_layer *handle) {
    libxsmm_dnn_err_t status;
    size_t size = libxsmm_dnn_get_scratch_size(handle, LIBXSMM_DNN_COMPUTE_KIND_ALL, &status);
    check(status);
    return size;
  }
  explicit layer(const libxsmm_dnn_conv_desc &desc)
      : handle(create(desc)), scratch(scratch_size(handle)) {
    check(libxsmm_dnn_bind_scratch(handle, LIBXSMM_DNN_COMPUTE_KIND_ALL, scratch.data));
  }
  ~layer() {
    libxsmm_dnn_destroy_conv_layer(handle);
  }
  layer(const layer &) = delete;
};

/* A tensor of the layer, in its own format. */
struct blocked {
  libxsmm_dnn_tensor_datalayout *layout;
  block memory;
  libxsmm_dnn_tensor *tensor;

  static libxsmm_dnn_tensor_datalayout *layout_of (const layer &l, libxsmm_dnn_tensor_type type) {
    libxsmm_dnn_err_t status;
    auto *made = libxsmm_dnn_create_tensor_datalayout(l.handle, type, &status);
    check(status);
    return made;
  }
  static size_t size_of (const libxsmm_dnn_tensor_datalayout *layout) {
    libxsmm_dnn_err_t status;
    size_t size = libxsmm_dnn_get_tensor_size(layout, &status);
    check(status);
    return size;
  }
  blocked(const layer &l, libxsmm_dnn_tensor_type type)
      : layout(layout_of(l, type)), memory(size_of(layout)) {
    libxsmm_dnn_err_t status;
    tensor = libxsmm_dnn_link_tensor(layout, memory.data, &status);
    check(status);
    check(libxsmm_dnn_zero_tensor(tensor));
    check(libxsmm_dnn_bind_tensor(l.handle, tensor, type));
  }
  ~blocked() {
    libxsmm_dnn_destroy_tensor(tensor);
    libxsmm_dnn_destroy_tensor_datalayout(layout);
  }
  blocked(const blocked &) = delete;
};

static libxsmm_dnn_conv_desc describe (const conv2d_params *p, const DLTensor *input) {
  libxsmm_dnn_conv_desc d = {};
  d.N = static_cast<int>(extent(input, 4));
  d.C = static_cast<int>(extent(input, 3));
  d.H = static_cast<int>(extent(input, 2));
  d.W = static_cast<int>(extent(input, 1));
  d.K = static_cast<int>(p->out_channels);
  d.R = static_cast<int>(p->kernel_size[0]);
  d.S = static_cast<int>(p->kernel_size[1]);
  d.u = static_cast<int>(p->stride[0]);
  d.v = static_cast<int>(p->stride[1]);
  d.pad_h = static_cast<int>(padding_before(p, 0));
  d.pad_w = static_cast<int>(padding_before(p, 1));
  d.threads = 1;
  d.datatype_in = d.datatype_out = LIBXSMM_DNN_DATATYPE_F32;
  d.buffer_format = d.filter_format = LIBXSMM_DNN_TENSOR_FORMAT_LIBXSMM;
  d.algo = LIBXSMM_DNN_CONV_ALGO_DIRECT;
  d.options = LIBXSMM_DNN_CONV_OPTION_OVERWRITE;
  d.fuse_ops = LIBXSMM_DNN_CONV_FUSE_NONE;
  return d;
}

static void add_bias (DLTensor *output, const float *bias) {
  float *y = floats(output);
  int64_t plane = extent(output, 1) * extent(output, 2);
  for (int64_t n = 0; n < extent(output, 4); n++)
    for (int64_t k = 0; k < extent(output, 3); k++)
      for (int64_t i = 0; i < plane; i++)
        *y++ += bias[k];
}

/* grad[k]: the sum over images, rows and columns. */
static void sum_bias (const DLTensor *grad_output, float *grad) {
  const float *y = floats(grad_output);
  int64_t plane = extent(grad_output, 1) * extent(grad_output, 2);
  std::fill_n(grad, extent(grad_output, 3), 0.0f);
  for (int64_t n = 0; n < extent(grad_output, 4); n++)
    for (int64_t k = 0; k < extent(grad_output, 3); k++)
      for (int64_t i = 0; i < plane; i++)
        grad[k] += *y++;
}

static int32_t output_shape (const conv2d_params *p, int32_t ndim, const int64_t *input,
                             int64_t *output) {
  int32_t status = check_features(p, 0);
  return status == CONV2D_OK ? shape_of_output(p, ndim, input, output) : status;
}

static void copy_in (const blocked &to, const DLTensor *from, libxsmm_dnn_tensor_format format) {
  check(libxsmm_dnn_copyin_tensor(to.tensor, from->data, format));
}

static void copy_out (const blocked &from, DLTensor *to, libxsmm_dnn_tensor_format format) {
  check(libxsmm_dnn_copyout_tensor(from.tensor, to->data, format));
}

static void execute (const layer &l, libxsmm_dnn_compute_kind kind) {
  check(libxsmm_dnn_execute_st(l.handle, kind, 0, 0));
}

static void compute (const conv2d_params *p, const DLTensor *input, const DLTensor *weight,
                     DLTensor *output) {
  layer l(describe(p, input));
  blocked x(l, LIBXSMM_DNN_REGULAR_INPUT), w(l, LIBXSMM_DNN_REGULAR_FILTER);
  blocked y(l, LIBXSMM_DNN_REGULAR_OUTPUT);
  copy_in(x, input, LIBXSMM_DNN_TENSOR_FORMAT_NCHW);
  copy_in(w, weight, LIBXSMM_DNN_TENSOR_FORMAT_KCRS);
  execute(l, LIBXSMM_DNN_COMPUTE_KIND_FWD);
  copy_out(y, output, LIBXSMM_DNN_TENSOR_FORMAT_NCHW);
}

static void compute_gradients (const conv2d_params *p, const DLTensor *input,
                               const DLTensor *weight, const DLTensor *grad_output,
                               DLTensor *grad_input, DLTensor *grad_weight) {
  layer l(describe(p, input));
  blocked x(l, LIBXSMM_DNN_REGULAR_INPUT), w(l, LIBXSMM_DNN_REGULAR_FILTER);
  blocked gy(l, LIBXSMM_DNN_GRADIENT_OUTPUT), gx(l, LIBXSMM_DNN_GRADIENT_INPUT);
  blocked gw(l, LIBXSMM_DNN_GRADIENT_FILTER);
  copy_in(x, input, LIBXSMM_DNN_TENSOR_FORMAT_NCHW);
  copy_in(w, weight, LIBXSMM_DNN_TENSOR_FORMAT_KCRS);
  copy_in(gy, grad_output, LIBXSMM_DNN_TENSOR_FORMAT_NCHW);
  if (grad_input != nullptr) {
    execute(l, LIBXSMM_DNN_COMPUTE_KIND_BWD);
    copy_out(gx, grad_input, LIBXSMM_DNN_TENSOR_FORMAT_NCHW);
  }
  if (grad_weight != nullptr) {
    execute(l, LIBXSMM_DNN_COMPUTE_KIND_UPD);
    copy_out(gw, grad_weight, LIBXSMM_DNN_TENSOR_FORMAT_KCRS);
  }
}

/* Does the work; what is thrown becomes a status. */
template <typename work_fn> static int32_t guarded (work_fn work) {
  try {
    work();
    return CONV2D_OK;
  } catch (const failure &f) {
    return refuse(f.status(), libxsmm_dnn_get_error(f.reason));
  }
}

static int32_t forward (const conv2d_params *p, const DLTensor *input, const DLTensor *weight,
                        const DLTensor *bias, DLTensor *output) {
  if (check_features(p, 0) != CONV2D_OK)
    return CONV2D_UNSUPPORTED;
  if (check_row_major(input, weight, bias, output) != CONV2D_OK)
    return CONV2D_UNSUPPORTED;
  return guarded([=] {
    compute(p, input, weight, output);
    if (bias != nullptr)
      add_bias(output, floats(bias));
  });
}

static int32_t backward (const conv2d_params *p, const DLTensor *input, const DLTensor *weight,
                         const DLTensor *grad_output, DLTensor *grad_input, DLTensor *grad_weight,
                         DLTensor *grad_bias) {
  if (check_features(p, 0) != CONV2D_OK)
    return CONV2D_UNSUPPORTED;
  if (check_gradients(input, weight, grad_output, grad_input, grad_weight, grad_bias) != CONV2D_OK)
    return CONV2D_UNSUPPORTED;
  return guarded([=] {
    compute_gradients(p, input, weight, grad_output, grad_input, grad_weight);
    if (grad_bias != nullptr)
      sum_bias(grad_output, floats(grad_bias));
  });
}

/* The library sets environment variables when it starts, which is better done before any call. */
static const bool started = (libxsmm_init(), true);

static const conv2d_capabilities capabilities = {
  CONV2D_F32,
  CONV2D_NCHW | CONV2D_ODD,
  1 << CONV2D_ZEROS,
  CONV2D_FORWARD | CONV2D_BACKWARD,
};

CONV2D_IMPLEMENT("LIBXSMM", LIBXSMM_VERSION, output_shape, forward,
                 "direct layer in the library's blocked format; the adapter adds the bias "
                 "and sums its gradient",
                 "https://github.com/libxsmm/libxsmm", 0, 0, &capabilities, backward, nullptr,
                 last_error, CONV2D_OWN_SHAPE | CONV2D_OWN_BIAS | CONV2D_OWN_SAME,
                 libxsmm_get_target_arch());
