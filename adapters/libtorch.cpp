/* libtorch.cpp: PyTorch's C++ library (Debian: libtorch-dev).
   One source makes two subjects: at::conv2d, and with -DMODULE torch::nn::Conv2d, which has padding
   modes and draws its own parameters. An exception of the library is its answer: an error of its
   checks becomes CONV2D_INVALID. */

#include "adapter.h"

#include <cstring>
#include <torch/torch.h>

using at::Tensor;

/* Thrown where the library has no way to express something. */
struct not_offered {
  const char *what;
};

static at::ScalarType scalar_type (DLDataType t) {
  switch (t.code << 8 | t.bits) {
  case kDLFloat << 8 | 16: return at::kHalf;
  case kDLFloat << 8 | 32: return at::kFloat;
  case kDLFloat << 8 | 64: return at::kDouble;
  case kDLBfloat << 8 | 16: return at::kBFloat16;
  case kDLInt << 8 | 8: return at::kChar;
  case kDLInt << 8 | 16: return at::kShort;
  case kDLInt << 8 | 32: return at::kInt;
  case kDLInt << 8 | 64: return at::kLong;
  case kDLUInt << 8 | 8: return at::kByte;
  case kDLComplex << 8 | 64: return at::kComplexFloat;
  case kDLComplex << 8 | 128: return at::kComplexDouble;
  default: throw not_offered{ "dtypes that the library does not have" };
  }
}

/* The caller's memory; undefined for NULL. */
static Tensor wrap (const DLTensor *t) {
  if (t == nullptr)
    return {};
  at::IntArrayRef shape(t->shape, static_cast<size_t>(t->ndim));
  at::IntArrayRef strides(t->strides, static_cast<size_t>(t->ndim));
  for (int64_t stride : strides)
    if (stride < 0)
      throw not_offered{ "negative strides" };
  return at::from_blob(t->data, shape, strides, scalar_type(t->dtype));
}

static at::IntArrayRef pair (const int64_t *values) {
  return { values, 2 };
}

/* ---- the two ways to call it */

#ifdef MODULE

static torch::nn::Conv2dOptions options_of (const conv2d_params *p) {
  torch::nn::Conv2dOptions o(p->in_channels, p->out_channels, pair(p->kernel_size));
  o.stride(pair(p->stride)).dilation(pair(p->dilation)).groups(p->groups).bias(p->bias != 0);
  switch (p->padding_kind) {
  case CONV2D_PADDING_EXPLICIT: o.padding(pair(p->padding)); break;
  case CONV2D_PADDING_VALID: o.padding(torch::kValid); break;
  case CONV2D_PADDING_SAME: o.padding(torch::kSame); break;
  default: throw not_offered{ "an unknown kind of padding" };
  }
  switch (p->padding_mode) {
  case CONV2D_ZEROS: return o.padding_mode(torch::kZeros);
  case CONV2D_REFLECT: return o.padding_mode(torch::kReflect);
  case CONV2D_REPLICATE: return o.padding_mode(torch::kReplicate);
  case CONV2D_CIRCULAR: return o.padding_mode(torch::kCircular);
  default: throw not_offered{ "an unknown padding mode" };
  }
}

static Tensor convolve (const conv2d_params *p, const Tensor &input, const Tensor &weight,
                        const Tensor &bias) {
  torch::nn::Conv2d module(options_of(p));
  module->weight = weight;
  module->bias = bias;
  return module->forward(input);
}

#else

static Tensor convolve (const conv2d_params *p, const Tensor &input, const Tensor &weight,
                        const Tensor &bias) {
  if (p->padding_mode != CONV2D_ZEROS)
    throw not_offered{ "padding modes other than zeros" };
  if (p->padding_kind == CONV2D_PADDING_EXPLICIT)
    return at::conv2d(input, weight, bias, pair(p->stride), pair(p->padding), pair(p->dilation),
                      p->groups);
  return at::conv2d(input, weight, bias, pair(p->stride),
                    p->padding_kind == CONV2D_PADDING_SAME ? "same" : "valid", pair(p->dilation),
                    p->groups);
}

#endif

/* ---- the subject */

/* The library says itself what it does not have. Every other complaint is about the call, even if
   it comes from a library below (those of oneDNN are no c10::Error). */
static int32_t refusal (const char *text) {
  bool missing = strstr(text, "not implemented") != nullptr
                 || strstr(text, "can't allocate memory") != nullptr;
  return refuse(missing ? CONV2D_UNSUPPORTED : CONV2D_INVALID, text);
}

/* Does the work; what is thrown becomes a status. */
template <typename work_fn> static int32_t guarded (work_fn work) {
  try {
    work();
    return CONV2D_OK;
  } catch (const not_offered &e) {
    return unsupported(e.what);
  } catch (const c10::Error &e) {
    return refusal(e.what_without_backtrace());
  } catch (const std::exception &e) {
    return refusal(e.what());
  }
}

/* The shape of the library's own result, on tensors of zeros that all share one element. */
static int32_t output_shape (const conv2d_params *p, int32_t ndim, const int64_t *input,
                             int64_t *output) {
  return guarded([=] {
    torch::NoGradGuard no_grad;
    Tensor zero = at::zeros({ 1 }, scalar_type(p->dtype));
    Tensor weight = zero.expand({ p->out_channels, p->groups > 0 ? p->in_channels / p->groups : 0,
                                  p->kernel_size[0], p->kernel_size[1] });
    Tensor x = zero.expand(at::IntArrayRef(input, static_cast<size_t>(ndim)));
    Tensor y = convolve(p, x, weight, {});
    std::copy(y.sizes().begin(), y.sizes().end(), output);
  });
}

/* The library would copy or broadcast the result to the offered tensor, so their shapes are
   compared here. */
static void check_offered (const Tensor &offered, const Tensor &result) {
  TORCH_CHECK(offered.sizes() == result.sizes() && offered.dtype() == result.dtype(), "offered ",
              offered.sizes(), " of ", offered.dtype(), " for ", result.sizes(), " of ",
              result.dtype());
}

static int32_t forward (const conv2d_params *p, const DLTensor *input, const DLTensor *weight,
                        const DLTensor *bias, DLTensor *output) {
  return guarded([=] {
    torch::NoGradGuard no_grad;
    Tensor result = convolve(p, wrap(input), wrap(weight), wrap(bias)), offered = wrap(output);
    check_offered(offered, result);
    offered.copy_(result);
  });
}

static int32_t backward (const conv2d_params *p, const DLTensor *input, const DLTensor *weight,
                         const DLTensor *grad_output, DLTensor *grad_input, DLTensor *grad_weight,
                         DLTensor *grad_bias) {
  return guarded([=] {
    Tensor x = wrap(input).requires_grad_(), w = wrap(weight).requires_grad_(), b;
    if (grad_bias != nullptr)
      b = at::zeros({ p->out_channels }, x.scalar_type()).requires_grad_();
    Tensor y = convolve(p, x, w, b), gradient = wrap(grad_output);
    check_offered(gradient, y);
    y.backward(gradient);
    if (grad_input != nullptr)
      wrap(grad_input).copy_(x.grad());
    if (grad_weight != nullptr)
      wrap(grad_weight).copy_(w.grad());
    if (grad_bias != nullptr)
      wrap(grad_bias).copy_(b.grad());
  });
}

#ifdef MODULE

static int32_t init_parameters (const conv2d_params *p, uint64_t seed, DLTensor *weight,
                                DLTensor *bias) {
  return guarded([=] {
    torch::nn::Conv2d module(options_of(p));
    module->to(scalar_type(p->dtype));
    torch::manual_seed(seed);
    module->reset_parameters();
    torch::NoGradGuard no_grad;
    wrap(weight).copy_(module->weight);
    if (bias != nullptr)
      wrap(bias).copy_(module->bias);
  });
}

static const uint32_t claims = CONV2D_CHECKS_PARAMETERS | CONV2D_TORCH_QUIRKS;
static const uint32_t modes =
    1 << CONV2D_ZEROS | 1 << CONV2D_REFLECT | 1 << CONV2D_REPLICATE | 1 << CONV2D_CIRCULAR;
static const uint32_t directions = CONV2D_FORWARD | CONV2D_BACKWARD | CONV2D_INIT;
#define DESCRIPTION "torch::nn::Conv2d"

#else

static conv2d_init_parameters_fn *const init_parameters = nullptr;
static const uint32_t claims = CONV2D_TORCH_QUIRKS;
static const uint32_t modes = 1 << CONV2D_ZEROS;
static const uint32_t directions = CONV2D_FORWARD | CONV2D_BACKWARD;
#define DESCRIPTION "at::conv2d"

#endif

static const conv2d_capabilities capabilities = {
  CONV2D_F32 | CONV2D_F64 | CONV2D_F16 | CONV2D_BF16 | CONV2D_I8 | CONV2D_U8 | CONV2D_I16
      | CONV2D_I32 | CONV2D_I64 | CONV2D_C64 | CONV2D_C128,
  CONV2D_NCHW | CONV2D_NHWC | CONV2D_GAPS | CONV2D_BROADCAST | CONV2D_ODD,
  modes,
  directions,
};

CONV2D_IMPLEMENT("libtorch", TORCH_VERSION, output_shape, forward, DESCRIPTION,
                 "https://pytorch.org", claims, 0, &capabilities, backward, init_parameters,
                 last_error);
