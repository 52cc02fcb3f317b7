/* dlib.cpp: dlib's tensor tools (Debian: libdlib-dev).
   The library works on tensors of its own, so that elements are copied in and out. Its assertions
   end the process, so the adapter first refuses what they exclude. */

#include "adapter.h"

#include <algorithm>
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

static int32_t check_offer (const conv2d_params *p, int64_t images) {
  int32_t status = check_features(p, 0);
  for (int axis = 0; axis < 2 && status == CONV2D_OK; axis++)
    if (padding_before(p, axis) >= p->kernel_size[axis])
      status = unsupported("padding of a kernel or more");
  return status == CONV2D_OK && images == 0 ? unsupported("an empty batch") : status;
}

static void set_up (dlib::tt::tensor_conv &conv, const conv2d_params *p,
                    const resizable_tensor &data, const resizable_tensor &filters) {
  conv.setup(data, filters, static_cast<int>(p->stride[0]), static_cast<int>(p->stride[1]),
             static_cast<int>(padding_before(p, 0)), static_cast<int>(padding_before(p, 1)));
}

static int32_t output_shape (const conv2d_params *p, int32_t ndim, const int64_t *input,
                             int64_t *output) {
  int32_t status = check_offer(p, ndim == 4 ? input[0] : 1);
  return status == CONV2D_OK ? shape_of_output(p, ndim, input, output) : status;
}

static int32_t forward (const conv2d_params *p, const DLTensor *input, const DLTensor *weight,
                        const DLTensor *bias, DLTensor *output) {
  if (check_offer(p, extent(input, 4)) != CONV2D_OK)
    return CONV2D_UNSUPPORTED;
  if (check_row_major(input, weight, bias, output) != CONV2D_OK)
    return CONV2D_UNSUPPORTED;
  resizable_tensor x = copy_in(input), w = copy_in(weight), y;
  dlib::tt::tensor_conv conv;
  set_up(conv, p, x, w);
  conv(false, y, x, w);
  if (bias != nullptr)
    dlib::tt::add(1, y, 1, copy_bias(bias));
  copy_out(y, output);
  return CONV2D_OK;
}

static int32_t backward (const conv2d_params *p, const DLTensor *input, const DLTensor *weight,
                         const DLTensor *grad_output, DLTensor *grad_input, DLTensor *grad_weight,
                         DLTensor *grad_bias) {
  if (check_offer(p, extent(input, 4)) != CONV2D_OK)
    return CONV2D_UNSUPPORTED;
  if (check_gradients(input, weight, grad_output, grad_input, grad_weight, grad_bias) != CONV2D_OK)
    return CONV2D_UNSUPPORTED;
  resizable_tensor x = copy_in(input), w = copy_in(weight), gy = copy_in(grad_output);
  resizable_tensor gx = like(input), gw = like(weight), gb(1, w.num_samples(), 1, 1);
  dlib::tt::tensor_conv conv;
  set_up(conv, p, x, w);
  conv.get_gradient_for_data(false, gy, w, gx);
  conv.get_gradient_for_filters(false, gy, x, gw);
  dlib::tt::assign_conv_bias_gradient(gb, gy);
  if (grad_input != nullptr)
    copy_out(gx, grad_input);
  if (grad_weight != nullptr)
    copy_out(gw, grad_weight);
  if (grad_bias != nullptr)
    copy_out(gb, grad_bias);
  return CONV2D_OK;
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
                 "http://dlib.net", 0, 0, &capabilities, backward, nullptr, last_error);
