/* xnnpack.cpp: XNNPACK's float32 convolution (Debian: libxnnpack-dev libpthreadpool-dev).
   The library knows channels-last tensors only, with the weight as O, H, W, I. Tensors that lie so
   are passed as they are; the adapter copies others. */

#include "adapter.h"

#include <cmath>
#include <pthreadpool.h>
#include <vector>
#include <xnnpack.h>

/* Copies a tensor of four axes, or three, to a compact array with the channels last, or back. */
static void transpose (const DLTensor *t, float *array, bool back) {
  int64_t step[4] = { stride_of(t, 4), stride_of(t, 3), stride_of(t, 2), stride_of(t, 1) };
  float *data = floats(t);
  for (int64_t n = 0; n < extent(t, 4); n++)
    for (int64_t h = 0; h < extent(t, 2); h++)
      for (int64_t w = 0; w < extent(t, 1); w++)
        for (int64_t c = 0; c < extent(t, 3); c++, array++) {
          float *element = data + n * step[0] + c * step[1] + h * step[2] + w * step[3];
          (back ? *element : *array) = back ? *array : *element;
        }
}

/* The tensor's elements with the channels last: its own, or those of a copy with room for what the
   library reads past the end. */
static float *channels_last (const DLTensor *t, bool copy, std::vector<float> &room) {
  if (is_channels_last(t))
    return floats(t);
  int64_t count = extent(t, 4) * extent(t, 3) * extent(t, 2) * extent(t, 1);
  room.resize(static_cast<size_t>(count) + XNN_EXTRA_BYTES / sizeof(float));
  if (copy)
    transpose(t, room.data(), false);
  return room.data();
}

static xnn_status create (const conv2d_params *p, const float *weight, const float *bias,
                          xnn_operator_t *op) {
  auto u = [] (int64_t x) { return static_cast<uint32_t>(x); };
  size_t in = static_cast<size_t>(p->in_channels), out = static_cast<size_t>(p->out_channels);
  size_t groups = static_cast<size_t>(p->groups);
  return xnn_create_convolution2d_nhwc_f32(
      u(padding_before(p, 0)), u(padding_after(p, 1)), u(padding_after(p, 0)),
      u(padding_before(p, 1)), u(p->kernel_size[0]), u(p->kernel_size[1]), u(p->stride[0]),
      u(p->stride[1]), u(p->dilation[0]), u(p->dilation[1]), u(p->groups), in / groups,
      out / groups, in, out, weight, bias, -INFINITY, INFINITY, 0, op);
}

static int32_t answer (xnn_status status) {
  switch (status) {
  case xnn_status_success: return CONV2D_OK;
  case xnn_status_unsupported_parameter: return unsupported("XNNPACK: unsupported parameter");
  case xnn_status_unsupported_hardware: return unsupported("XNNPACK: unsupported hardware");
  case xnn_status_invalid_parameter: return refuse(CONV2D_FAILED, "XNNPACK: invalid parameter");
  default: return refuse(CONV2D_FAILED, "XNNPACK failed");
  }
}

static int32_t output_shape (const conv2d_params *p, int32_t ndim, const int64_t *input,
                             int64_t *output) {
  int32_t status = check_features(p, GROUPS | DILATION | UNEQUAL_SIDES);
  return status == CONV2D_OK ? shape_of_output(p, ndim, input, output) : status;
}

static int32_t forward (const conv2d_params *p, const DLTensor *input, const DLTensor *weight,
                        const DLTensor *bias, DLTensor *output) {
  static const xnn_status ready = xnn_initialize(nullptr);
  std::vector<float> input_room, weight_room, output_room;
  xnn_operator_t op = nullptr;
  if (check_features(p, GROUPS | DILATION | UNEQUAL_SIDES) != CONV2D_OK)
    return CONV2D_UNSUPPORTED;
  if (bias != nullptr && !is_row_major(bias))
    return unsupported("a bias with gaps");
  const float *w = channels_last(weight, true, weight_room);
  const float *b = bias == nullptr ? nullptr : floats(bias);
  xnn_status status = ready == xnn_status_success ? create(p, w, b, &op) : ready;
  float *x = channels_last(input, true, input_room), *y = channels_last(output, false, output_room);
  auto size = [=] (int from_last) { return static_cast<size_t>(extent(input, from_last)); };
  if (status == xnn_status_success)
    status = xnn_setup_convolution2d_nhwc_f32(op, size(4), size(2), size(1), x, y, nullptr);
  if (status == xnn_status_success)
    status = xnn_run_operator(op, nullptr);
  if (status == xnn_status_success && y == output_room.data())
    transpose(output, y, true);
  xnn_delete_operator(op);
  return answer(status);
}

static const conv2d_capabilities capabilities = {
  CONV2D_F32,
  CONV2D_NCHW | CONV2D_NHWC | CONV2D_ODD,
  1 << CONV2D_ZEROS,
  CONV2D_FORWARD,
};

/* Operators run with subnormals disabled: PTHREADPOOL_FLAG_DISABLE_DENORMALS. */
CONV2D_IMPLEMENT("XNNPACK", "0.0~git20220216", output_shape, forward,
                 "NHWC operator; of other layouts the adapter makes copies",
                 "https://github.com/google/XNNPACK", CONV2D_FLUSHES_SUBNORMALS, XNN_EXTRA_BYTES,
                 &capabilities, nullptr, nullptr, last_error,
                 CONV2D_OWN_SHAPE | CONV2D_OWN_LAYOUT | CONV2D_OWN_SAME);
