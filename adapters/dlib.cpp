/* dlib.cpp: dlib's tensor tools (Debian: libdlib-dev).
   The library works on tensors of its own, so that elements are copied in and out. It throws
   fatal_error where an assertion fails, and aborts at the second one; here it aborts at once. */

#include "adapter.h"

#include <algorithm>
#include <cstdlib>
#include <dlib/cuda/tensor_tools.h>
#include <dlib/revision.h>

using dlib::resizable_tensor;

/* The library's tensor with the shape of the caller's. */
static resizable_tensor like (const DLTensor *t) {
  resizable_tensor r;
  r.set_size(extent(t, 4), extent(t, 3), extent(t, 2), extent(t, 1));
  return r;
}

static resizable_tensor copy_in (const DLTensor *t) {
  resizable_tensor r = like(t);
  std::copy_n(floats(t), r.size(), r.host_write_only());
  return r;
}

/* One value a channel. */
static resizable_tensor copy_bias (const DLTensor *bias) {
  resizable_tensor r(1, bias->shape[0], 1, 1);
  std::copy_n(floats(bias), r.size(), r.host_write_only());
  return r;
}

static void copy_out (const resizable_tensor &r, DLTensor *t) {
  std::copy_n(r.host(), r.size(), floats(t));
}

/* Does the work; what is thrown is the library's answer. */
template <typename work_fn> static int32_t guarded (const conv2d_params *p, work_fn work) {
  if (check_features(p, 0) != CONV2D_OK)
    return CONV2D_UNSUPPORTED;
  try {
    work();
    return CONV2D_OK;
  } catch (const dlib::fatal_error &e) {
    fputs(e.what(), stderr);
    abort();
  } catch (const std::exception &e) {
    return refuse(CONV2D_FAILED, e.what());
  }
}

static void set_up (dlib::tt::tensor_conv &conv, const conv2d_params *p,
                    const resizable_tensor &data, const resizable_tensor &filters) {
  conv.setup(data, filters, static_cast<int>(p->stride[0]), static_cast<int>(p->stride[1]),
             static_cast<int>(padding_before(p, 0)), static_cast<int>(padding_before(p, 1)));
}

static int32_t output_shape (const conv2d_params *p, int32_t ndim, const int64_t *input,
                             int64_t *output) {
  int32_t status = check_features(p, 0);
  return status == CONV2D_OK ? shape_of_output(p, ndim, input, output) : status;
}

static int32_t forward (const conv2d_params *p, const DLTensor *input, const DLTensor *weight,
                        const DLTensor *bias, DLTensor *output) {
  if (check_row_major(input, weight, bias, output) != CONV2D_OK)
    return CONV2D_UNSUPPORTED;
  return guarded(p, [=] {
    resizable_tensor x = copy_in(input), w = copy_in(weight), y;
    dlib::tt::tensor_conv conv;
    set_up(conv, p, x, w);
    conv(false, y, x, w);
    if (bias != nullptr)
      dlib::tt::add(1, y, 1, copy_bias(bias));
    copy_out(y, output);
  });
}

static int32_t backward (const conv2d_params *p, const DLTensor *input, const DLTensor *weight,
                         const DLTensor *grad_output, DLTensor *grad_input, DLTensor *grad_weight,
                         DLTensor *grad_bias) {
  if (check_gradients(input, weight, grad_output, grad_input, grad_weight, grad_bias) != CONV2D_OK)
    return CONV2D_UNSUPPORTED;
  return guarded(p, [=] {
    resizable_tensor x = copy_in(input), w = copy_in(weight), gy = copy_in(grad_output);
    resizable_tensor gx = like(input), gw = like(weight), gb(1, w.num_samples(), 1, 1);
    dlib::tt::tensor_conv conv;
    set_up(conv, p, x, w);
    if (grad_input != nullptr) {
      conv.get_gradient_for_data(false, gy, w, gx);
      copy_out(gx, grad_input);
    }
    if (grad_weight != nullptr) {
      conv.get_gradient_for_filters(false, gy, x, gw);
      copy_out(gw, grad_weight);
    }
    if (grad_bias != nullptr) {
      dlib::tt::assign_conv_bias_gradient(gb, gy);
      copy_out(gb, grad_bias);
    }
  });
}

static const conv2d_capabilities capabilities = {
  CONV2D_F32,
  CONV2D_NCHW | CONV2D_ODD,
  1 << CONV2D_ZEROS,
  CONV2D_FORWARD | CONV2D_BACKWARD,
};

#define TEXT(token) #token
#define TEXT_OF(macro) TEXT(macro)
#define VERSION TEXT_OF(DLIB_MAJOR_VERSION) "." TEXT_OF(DLIB_MINOR_VERSION)

CONV2D_IMPLEMENT("dlib", VERSION, output_shape, forward, "tt::tensor_conv; tensors are copied",
                 "http://dlib.net", 0, 0, &capabilities, backward, nullptr, last_error,
                 CONV2D_OWN_SHAPE | CONV2D_OWN_SAME);
