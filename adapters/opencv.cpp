/* opencv.cpp: OpenCV's dnn module (Debian: libopencv-dnn-dev).
   A network of one convolution layer is built for each call, 'same' and 'valid' by the library's
   own words. Tensors are compact NCHW; an unbatched one is passed as a batch of one. */

#include "adapter.h"

#include <algorithm>
#include <opencv2/core/utils/logger.hpp>
#include <opencv2/dnn.hpp>
#include <vector>

/* The axes of a tensor for the library, four of an image. */
static std::vector<int> sizes_of (const DLTensor *t) {
  std::vector<int> sizes(t->shape, t->shape + t->ndim);
  if (t->ndim == 3)
    sizes.insert(sizes.begin(), 1);
  return sizes;
}

/* The caller's memory; nothing is copied. */
static cv::Mat wrap (const DLTensor *t) {
  std::vector<int> sizes = sizes_of(t);
  return { static_cast<int>(sizes.size()), sizes.data(), CV_32F, t->data };
}

static cv::dnn::LayerParams layer_of (const conv2d_params *p) {
  auto number = [] (int64_t x) { return static_cast<int>(x); };
  cv::dnn::LayerParams l;
  l.set("num_output", number(p->out_channels));
  l.set("group", number(p->groups));
  l.set("kernel_h", number(p->kernel_size[0]));
  l.set("kernel_w", number(p->kernel_size[1]));
  l.set("stride_h", number(p->stride[0]));
  l.set("stride_w", number(p->stride[1]));
  l.set("dilation_h", number(p->dilation[0]));
  l.set("dilation_w", number(p->dilation[1]));
  if (p->padding_kind == CONV2D_PADDING_SAME)
    l.set("pad_mode", "SAME");
  else if (p->padding_kind == CONV2D_PADDING_VALID)
    l.set("pad_mode", "VALID");
  else {
    l.set("pad_h", number(p->padding[0]));
    l.set("pad_w", number(p->padding[1]));
  }
  return l;
}

static cv::dnn::Net network (cv::dnn::LayerParams l, const cv::Mat &weight, const cv::Mat *bias) {
  cv::dnn::Net net;
  l.set("bias_term", bias != nullptr);
  l.blobs.push_back(weight);
  if (bias != nullptr)
    l.blobs.push_back(*bias);
  net.addLayerToPrev("convolution", "Convolution", l);
  return net;
}

/* Does the work. What the library throws is its answer: "not implemented", or else a failure. */
template <typename work_fn> static int32_t guarded (const conv2d_params *p, work_fn work) {
  if (check_features(p, GROUPS | DILATION | UNEQUAL_SIDES) != CONV2D_OK)
    return CONV2D_UNSUPPORTED;
  cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
  try {
    return work();
  } catch (const cv::Exception &e) {
    return refuse(e.code == cv::Error::StsNotImplemented ? CONV2D_UNSUPPORTED : CONV2D_FAILED,
                  e.err.c_str());
  }
}

/* The shape that the library computes. */
static int32_t output_shape (const conv2d_params *p, int32_t ndim, const int64_t *input,
                             int64_t *output) {
  return guarded(p, [=] {
    int64_t shape[] = { p->out_channels, p->in_channels / p->groups, p->kernel_size[0],
                        p->kernel_size[1] };
    DLTensor w = {}, x = {};
    w.ndim = 4, w.shape = shape;
    x.ndim = ndim, x.shape = const_cast<int64_t *>(input);
    std::vector<int> weight_sizes = sizes_of(&w);
    cv::Mat weight = cv::Mat::zeros(4, weight_sizes.data(), CV_32F);
    std::vector<cv::dnn::MatShape> in, out;
    network(layer_of(p), weight, nullptr).getLayerShapes(sizes_of(&x), 1, in, out);
    std::copy(out.at(0).end() - ndim, out.at(0).end(), output);
    return CONV2D_OK;
  });
}

static int32_t forward (const conv2d_params *p, const DLTensor *input, const DLTensor *weight,
                        const DLTensor *bias, DLTensor *output) {
  return guarded(p, [=] () -> int32_t {
    if (check_row_major(input, weight, bias, output) != CONV2D_OK)
      return CONV2D_UNSUPPORTED;
    cv::Mat b = bias == nullptr ? cv::Mat() : wrap(bias);
    cv::dnn::Net net = network(layer_of(p), wrap(weight), bias == nullptr ? nullptr : &b);
    net.setInput(wrap(input));
    cv::Mat result = net.forward(), caller = wrap(output);
    if (result.size != caller.size)
      return refuse(CONV2D_FAILED, "the result has another shape than was foretold");
    result.copyTo(caller);
    return CONV2D_OK;
  });
}

static const conv2d_capabilities capabilities = {
  CONV2D_F32,
  CONV2D_NCHW | CONV2D_ODD,
  1 << CONV2D_ZEROS,
  CONV2D_FORWARD,
};

/* The module asks the processor to ignore subnormals while it computes. */
CONV2D_IMPLEMENT("OpenCV", CV_VERSION, output_shape, forward, "dnn module, a network of one layer",
                 "https://opencv.org", CONV2D_FLUSHES_SUBNORMALS, 0, &capabilities, nullptr,
                 nullptr, last_error);
