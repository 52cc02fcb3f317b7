/* tiny-dnn.cpp: tiny-dnn's convolutional layer (Debian: tiny-dnn libcereal-dev libstb-dev
   libgemmlowp-dev). A layer is made for each call. The library keeps samples and weights in vectors
   of its own, so that elements are copied in and out. */

#include "adapter.h"

#include <algorithm>
#include <cstdint>
#include <tiny_dnn/tiny_dnn.h>

using conv_layer = tiny_dnn::convolutional_layer<tiny_dnn::activation::identity>;

static bool is_valid (const conv2d_params *p) {
  return padding_before(p, 0) == 0 && padding_before(p, 1) == 0 && padding_after(p, 0) == 0
         && padding_after(p, 1) == 0;
}

static int32_t check_offer (const conv2d_params *p) {
  int32_t status = check_features(p, GROUPS | UNEQUAL_SIDES);
  if (status == CONV2D_OK && p->padding_kind != CONV2D_PADDING_SAME && !is_valid(p))
    status = unsupported("padding in numbers");
  return status;
}

static int32_t output_shape (const conv2d_params *p, int32_t ndim, const int64_t *input,
                             int64_t *output) {
  int32_t status = check_offer(p);
  return status == CONV2D_OK ? shape_of_output(p, ndim, input, output) : status;
}

static conv_layer make_layer (const conv2d_params *p, const DLTensor *input) {
  auto size = [] (int64_t x) { return static_cast<tiny_dnn::serial_size_t>(x); };
  auto table = p->groups == 1 ? tiny_dnn::core::connection_table()
                              : tiny_dnn::core::connection_table(
                                  size(p->groups), size(p->in_channels), size(p->out_channels));
  return conv_layer(size(extent(input, 1)), size(extent(input, 2)), size(p->kernel_size[1]),
                    size(p->kernel_size[0]), size(p->in_channels), size(p->out_channels), table,
                    is_valid(p) ? tiny_dnn::padding::valid : tiny_dnn::padding::same, p->bias != 0,
                    size(p->stride[1]), size(p->stride[0]));
}

/* The library's weight has a kernel for every pair of channels, also where they are not
   connected. */
static void copy_weight (const conv2d_params *p, const DLTensor *weight, tiny_dnn::vec_t &to) {
  const int64_t kernel = p->kernel_size[0] * p->kernel_size[1];
  const int64_t in = p->in_channels / p->groups, out = p->out_channels / p->groups;
  for (int64_t k = 0; k < p->out_channels; k++)
    std::copy_n(floats(weight) + k * in * kernel, in * kernel,
                to.begin() + (k * p->in_channels + k / out * in) * kernel);
}

static void compute (const conv2d_params *p, const DLTensor *input, const DLTensor *weight,
                     const DLTensor *bias, DLTensor *output) {
  conv_layer layer = make_layer(p, input);
  layer.setup(false);
  copy_weight(p, weight, *layer.weights()[0]);
  if (bias != nullptr)
    std::copy_n(floats(bias), p->out_channels, layer.weights()[1]->begin());
  const int64_t image = extent(input, 3) * extent(input, 2) * extent(input, 1);
  tiny_dnn::tensor_t samples;
  for (int64_t n = 0; n < extent(input, 4); n++)
    samples.emplace_back(floats(input) + n * image, floats(input) + (n + 1) * image);
  float *y = floats(output);
  const tiny_dnn::tensor_t results = layer.forward({ samples })[0];
  for (const tiny_dnn::vec_t &sample : results)
    y = std::copy(sample.begin(), sample.end(), y);
}

static int32_t forward (const conv2d_params *p, const DLTensor *input, const DLTensor *weight,
                        const DLTensor *bias, DLTensor *output) {
  if (check_offer(p) != CONV2D_OK)
    return CONV2D_UNSUPPORTED;
  if (!are_row_major(input, weight, bias, output))
    return unsupported("tensors that are not compact NCHW");
  if (is_empty(input))
    return unsupported("empty tensors");
  try {
    compute(p, input, weight, bias, output);
    return CONV2D_OK;
  } catch (const tiny_dnn::nn_error &e) {
    return refuse(CONV2D_FAILED, e.what());
  }
}

static const conv2d_capabilities capabilities = {
  CONV2D_F32,
  CONV2D_NCHW | CONV2D_ODD,
  1 << CONV2D_ZEROS,
  CONV2D_FORWARD,
};

CONV2D_IMPLEMENT("tiny-dnn", "1.0.0a3", output_shape, forward,
                 "convolutional layer, internal backend; tensors are copied",
                 "https://github.com/tiny-dnn/tiny-dnn", 0, 0, &capabilities, nullptr, nullptr,
                 last_error);
