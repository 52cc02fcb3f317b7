/* tiny-dnn.cpp: tiny-dnn's convolutional layer (Debian: tiny-dnn libcereal-dev libstb-dev
   libgemmlowp-dev). A layer is made for each call. The library keeps samples and weights in vectors
   of its own, so that elements are copied in and out. */

#include "adapter.h"

#include <algorithm>
#include <cstdint>
#include <functional>
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

/* A tensor as the library wants it: a vector for each image. */
static tiny_dnn::tensor_t images_of (const DLTensor *t) {
  const int64_t image = extent(t, 3) * extent(t, 2) * extent(t, 1);
  tiny_dnn::tensor_t images;
  for (int64_t n = 0; n < extent(t, 4); n++)
    images.emplace_back(floats(t) + n * image, floats(t) + (n + 1) * image);
  return images;
}

static void copy_out (const tiny_dnn::tensor_t &images, DLTensor *t) {
  float *to = floats(t);
  for (const tiny_dnn::vec_t &image : images)
    to = std::copy(image.begin(), image.end(), to);
}

/* The layer's output, with its weight and bias set. */
static tiny_dnn::tensor_t run (const conv2d_params *p, conv_layer &layer, const DLTensor *input,
                               const DLTensor *weight, const float *bias) {
  layer.setup(false);
  copy_weight(p, weight, *layer.weights()[0]);
  if (bias != nullptr)
    std::copy_n(bias, p->out_channels, layer.weights()[1]->begin());
  return layer.forward({ images_of(input) })[0];
}

/* The library has a gradient of so many numbers for each image. This is their sum. */
static tiny_dnn::vec_t sum_of (const tiny_dnn::tensor_t &images, size_t size) {
  tiny_dnn::vec_t sum(size, 0.0f);
  for (const tiny_dnn::vec_t &image : images)
    std::transform(image.begin(), image.end(), sum.begin(), sum.begin(), std::plus<float>());
  return sum;
}

/* Copies the kernels of connected pairs of channels back, as copy_weight copies them. */
static void copy_weight_back (const conv2d_params *p, const tiny_dnn::vec_t &from,
                              DLTensor *weight) {
  const int64_t kernel = p->kernel_size[0] * p->kernel_size[1];
  const int64_t in = p->in_channels / p->groups, out = p->out_channels / p->groups;
  for (int64_t k = 0; k < p->out_channels; k++)
    std::copy_n(from.begin() + (k * p->in_channels + k / out * in) * kernel, in * kernel,
                floats(weight) + k * in * kernel);
}

static void compute_gradients (const conv2d_params *p, const DLTensor *input,
                               const DLTensor *weight, const DLTensor *grad_output,
                               DLTensor *grad_input, DLTensor *grad_weight, DLTensor *grad_bias) {
  conv_layer layer = make_layer(p, input);
  run(p, layer, input, weight, nullptr);
  const std::vector<tiny_dnn::tensor_t> grad = layer.backward({ images_of(grad_output) });
  if (grad_input != nullptr)
    copy_out(grad[0], grad_input);
  if (grad_weight != nullptr)
    copy_weight_back(p, sum_of(grad[1], layer.weights()[0]->size()), grad_weight);
  if (grad_bias != nullptr)
    copy_out({ sum_of(grad[2], static_cast<size_t>(p->out_channels)) }, grad_bias);
}

/* Does the work; what is thrown becomes a status. */
template <typename work_fn> static int32_t guarded (const conv2d_params *p, work_fn work) {
  if (check_offer(p) != CONV2D_OK)
    return CONV2D_UNSUPPORTED;
  try {
    work();
    return CONV2D_OK;
  } catch (const std::exception &e) {
    return refuse(CONV2D_FAILED, e.what());
  }
}

static int32_t forward (const conv2d_params *p, const DLTensor *input, const DLTensor *weight,
                        const DLTensor *bias, DLTensor *output) {
  if (check_row_major(input, weight, bias, output) != CONV2D_OK)
    return CONV2D_UNSUPPORTED;
  return guarded(p, [=] {
    conv_layer layer = make_layer(p, input);
    copy_out(run(p, layer, input, weight, bias == nullptr ? nullptr : floats(bias)), output);
  });
}

static int32_t backward (const conv2d_params *p, const DLTensor *input, const DLTensor *weight,
                         const DLTensor *grad_output, DLTensor *grad_input, DLTensor *grad_weight,
                         DLTensor *grad_bias) {
  if (check_gradients(input, weight, grad_output, grad_input, grad_weight, grad_bias) != CONV2D_OK)
    return CONV2D_UNSUPPORTED;
  return guarded(p, [=] {
    compute_gradients(p, input, weight, grad_output, grad_input, grad_weight, grad_bias);
  });
}

static const conv2d_capabilities capabilities = {
  CONV2D_F32,
  CONV2D_NCHW | CONV2D_ODD,
  1 << CONV2D_ZEROS,
  CONV2D_FORWARD | CONV2D_BACKWARD,
};

CONV2D_IMPLEMENT(
    "tiny-dnn", "1.0.0a3", output_shape, forward,
    "convolutional layer, internal backend; tensors are copied, images' gradients summed",
    "https://github.com/tiny-dnn/tiny-dnn", 0, 0, &capabilities, backward, nullptr, last_error,
    CONV2D_OWN_SHAPE | CONV2D_OWN_SUMS);
