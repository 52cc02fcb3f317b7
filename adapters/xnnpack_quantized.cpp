/* xnnpack_quantized.cpp: XNNPACK's convolutions of int8 and uint8 (Debian: libxnnpack-dev
   libpthreadpool-dev). They add up in int32 and scale the sum to bytes, which saturate. Scales of 1
   and zero points of 0 leave the sum as it is. The library knows channels-last tensors only; the
   adapter copies others. */

#include "adapter.h"

#include <pthreadpool.h>
#include <vector>
#include <xnnpack.h>

/* Copies a tensor of bytes, of four axes or three, to a compact array with the channels last, or
   back. */
static void transpose (const DLTensor *t, uint8_t *array, bool back) {
  int64_t step[4] = { stride_of(t, 4), stride_of(t, 3), stride_of(t, 2), stride_of(t, 1) };
  uint8_t *data = static_cast<uint8_t *>(t->data);
  for (int64_t n = 0; n < extent(t, 4); n++)
    for (int64_t h = 0; h < extent(t, 2); h++)
      for (int64_t w = 0; w < extent(t, 1); w++)
        for (int64_t c = 0; c < extent(t, 3); c++, array++) {
          uint8_t *element = data + n * step[0] + c * step[1] + h * step[2] + w * step[3];
          (back ? *element : *array) = back ? *array : *element;
        }
}

/* The tensor's elements with the channels last: its own, or those of a copy with room for what the
   library reads past the end. */
static uint8_t *channels_last (const DLTensor *t, bool copy, std::vector<uint8_t> &room) {
  if (is_channels_last(t))
    return static_cast<uint8_t *>(t->data);
  int64_t count = extent(t, 4) * extent(t, 3) * extent(t, 2) * extent(t, 1);
  room.resize(static_cast<size_t>(count) + XNN_EXTRA_BYTES);
  if (copy)
    transpose(t, room.data(), false);
  return room.data();
}

static bool is_signed (const conv2d_params *p) {
  return p->dtype.code == kDLInt;
}

/* The library's bias is one of sums. */
static std::vector<int32_t> bias_of (const conv2d_params *p, const DLTensor *bias) {
  std::vector<int32_t> list;
  for (int64_t k = 0; bias != nullptr && k < bias->shape[0]; k++) {
    uint8_t v = static_cast<uint8_t *>(bias->data)[k * bias->strides[0]];
    list.push_back(is_signed(p) ? static_cast<int8_t>(v) : v);
  }
  return list;
}

static xnn_status create (const conv2d_params *p, const void *weight, const int32_t *bias,
                          xnn_operator_t *op) {
  auto u = [] (int64_t x) { return static_cast<uint32_t>(x); };
  size_t in = static_cast<size_t>(p->in_channels), out = static_cast<size_t>(p->out_channels);
  size_t groups = static_cast<size_t>(p->groups);
  uint32_t top = u(padding_before(p, 0)), left = u(padding_before(p, 1));
  uint32_t bottom = u(padding_after(p, 0)), right = u(padding_after(p, 1));
  if (is_signed(p))
    return xnn_create_convolution2d_nhwc_qs8(
        top, right, bottom, left, u(p->kernel_size[0]), u(p->kernel_size[1]), u(p->stride[0]),
        u(p->stride[1]), u(p->dilation[0]), u(p->dilation[1]), u(p->groups), in / groups,
        out / groups, in, out, 0, 1, 1, static_cast<const int8_t *>(weight), bias, 0, 1, INT8_MIN,
        INT8_MAX, 0, op);
  return xnn_create_convolution2d_nhwc_qu8(
      top, right, bottom, left, u(p->kernel_size[0]), u(p->kernel_size[1]), u(p->stride[0]),
      u(p->stride[1]), u(p->dilation[0]), u(p->dilation[1]), u(p->groups), in / groups,
      out / groups, in, out, 0, 1, 0, 1, static_cast<const uint8_t *>(weight), bias, 0, 1, 0,
      UINT8_MAX, 0, op);
}

static xnn_status set_up (const conv2d_params *p, xnn_operator_t op, const DLTensor *input,
                          const uint8_t *x, uint8_t *y) {
  auto size = [=] (int from_last) { return static_cast<size_t>(extent(input, from_last)); };
  if (is_signed(p))
    return xnn_setup_convolution2d_nhwc_qs8(op, size(4), size(2), size(1),
                                            reinterpret_cast<const int8_t *>(x),
                                            reinterpret_cast<int8_t *>(y), nullptr);
  return xnn_setup_convolution2d_nhwc_qu8(op, size(4), size(2), size(1), x, y, nullptr);
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

static int32_t check (const conv2d_params *p) {
  if (p->padding_mode != CONV2D_ZEROS)
    return unsupported("padding modes other than zeros");
  if (p->dtype.bits != 8 || (p->dtype.code != kDLInt && p->dtype.code != kDLUInt))
    return unsupported("dtypes other than int8 and uint8");
  return fits_32_bits(p) ? CONV2D_OK : unsupported("parameters beyond 32 bits");
}

static int32_t output_shape (const conv2d_params *p, int32_t ndim, const int64_t *input,
                             int64_t *output) {
  int32_t status = check(p);
  return status == CONV2D_OK ? shape_of_output(p, ndim, input, output) : status;
}

static int32_t forward (const conv2d_params *p, const DLTensor *input, const DLTensor *weight,
                        const DLTensor *bias, DLTensor *output) {
  static const xnn_status ready = xnn_initialize(nullptr);
  std::vector<uint8_t> input_room, weight_room, output_room;
  xnn_operator_t op = nullptr;
  if (check(p) != CONV2D_OK)
    return CONV2D_UNSUPPORTED;
  std::vector<int32_t> b = bias_of(p, bias);
  const uint8_t *w = channels_last(weight, true, weight_room);
  xnn_status status =
      ready == xnn_status_success ? create(p, w, b.empty() ? nullptr : b.data(), &op) : ready;
  uint8_t *x = channels_last(input, true, input_room);
  uint8_t *y = channels_last(output, false, output_room);
  if (status == xnn_status_success)
    status = set_up(p, op, input, x, y);
  if (status == xnn_status_success)
    status = xnn_run_operator(op, nullptr);
  if (status == xnn_status_success && y == output_room.data())
    transpose(output, y, true);
  xnn_delete_operator(op);
  return answer(status);
}

static const conv2d_capabilities capabilities = {
  CONV2D_I8 | CONV2D_U8,
  CONV2D_NCHW | CONV2D_NHWC | CONV2D_ODD,
  1 << CONV2D_ZEROS,
  CONV2D_FORWARD,
};

CONV2D_IMPLEMENT(
    "XNNPACK quantized", "0.0~git20220216", output_shape, forward,
    "NHWC operators qs8 and qu8 with scales of 1; of other layouts the adapter makes copies",
    "https://github.com/google/XNNPACK", 0, XNN_EXTRA_BYTES, &capabilities, nullptr, nullptr,
    last_error, CONV2D_OWN_SHAPE | CONV2D_OWN_LAYOUT | CONV2D_OWN_SAME, nullptr, nullptr,
    "int8: saturate; uint8: saturate");
