/* armnn.cpp: Arm NN's reference backend (Debian: libarmnn-dev libarmnn-cpuref-backend22).
   A network of input, convolution and output is optimised and loaded for each call. */

#include "adapter.h"

#include <algorithm>
#include <armnn/ArmNN.hpp>
#include <vector>

using namespace armnn;

/* The tensor's extents, in the order in which its axes lie in memory. */
static TensorInfo info_of (const DLTensor *t, bool channels_last) {
  std::vector<unsigned> shape;
  if (t->ndim == 3)
    shape.push_back(1);
  for (int axis = 0; axis < t->ndim; axis++)
    shape.push_back(static_cast<unsigned>(t->shape[axis]));
  if (channels_last && shape.size() == 4)
    std::rotate(shape.begin() + 1, shape.begin() + 2, shape.end());
  return { static_cast<unsigned>(shape.size()), shape.data(),
           t->dtype.bits == 16 ? DataType::Float16 : DataType::Float32 };
}

static Convolution2dDescriptor describe (const conv2d_params *p, bool channels_last) {
  auto number = [] (int64_t x) { return static_cast<uint32_t>(x); };
  Convolution2dDescriptor d;
  d.m_PadTop = number(padding_before(p, 0));
  d.m_PadBottom = number(padding_after(p, 0));
  d.m_PadLeft = number(padding_before(p, 1));
  d.m_PadRight = number(padding_after(p, 1));
  d.m_StrideY = number(p->stride[0]);
  d.m_StrideX = number(p->stride[1]);
  d.m_DilationY = number(p->dilation[0]);
  d.m_DilationX = number(p->dilation[1]);
  d.m_BiasEnabled = p->bias != 0;
  d.m_DataLayout = channels_last ? DataLayout::NHWC : DataLayout::NCHW;
  return d;
}

/* The tensors of a call. */
struct operands {
  const DLTensor *input, *weight, *bias;
  DLTensor *output;
  bool channels_last;

  TensorInfo info (const DLTensor *t) const {
    return info_of(t, channels_last);
  }
};

static INetworkPtr make_network (const conv2d_params *p, const operands &o) {
  INetworkPtr network = INetwork::Create();
  Optional<ConstTensor> b;
  if (o.bias != nullptr)
    b = ConstTensor(o.info(o.bias), o.bias->data);
  IConnectableLayer *in = network->AddInputLayer(0), *out = network->AddOutputLayer(0);
  IConnectableLayer *conv = network->AddConvolution2dLayer(
      describe(p, o.channels_last), ConstTensor(o.info(o.weight), o.weight->data), b);
  in->GetOutputSlot(0).Connect(conv->GetInputSlot(0));
  in->GetOutputSlot(0).SetTensorInfo(o.info(o.input));
  conv->GetOutputSlot(0).Connect(out->GetInputSlot(0));
  conv->GetOutputSlot(0).SetTensorInfo(o.info(o.output));
  return network;
}

static IRuntime &runtime () {
  static IRuntimePtr only = IRuntime::Create(IRuntime::CreationOptions());
  return *only;
}

/* What is refused in float32 is refused in float16, too. bfloat16 can be put into a network, but is
   not computed. */
static int32_t check_offer (const conv2d_params *p) {
  conv2d_params as_float32 = *p;
  if (p->dtype.bits == 16 && p->dtype.code == kDLFloat)
    as_float32.dtype = { kDLFloat, 32, 1 };
  return check_features(&as_float32, DILATION | UNEQUAL_SIDES);
}

static int32_t output_shape (const conv2d_params *p, int32_t ndim, const int64_t *input,
                             int64_t *output) {
  int32_t status = check_offer(p);
  return status == CONV2D_OK ? shape_of_output(p, ndim, input, output) : status;
}

static Status compute (const INetwork &network, const operands &o) {
  IOptimizedNetworkPtr optimised =
      Optimize(network, { Compute::CpuRef }, runtime().GetDeviceSpec());
  NetworkId id;
  Status status = runtime().LoadNetwork(id, std::move(optimised));
  if (status == Status::Success)
    status = runtime().EnqueueWorkload(id, { { 0, ConstTensor(o.info(o.input), o.input->data) } },
                                       { { 0, Tensor(o.info(o.output), o.output->data) } });
  runtime().UnloadNetwork(id);
  return status;
}

static int32_t forward (const conv2d_params *p, const DLTensor *input, const DLTensor *weight,
                        const DLTensor *bias, DLTensor *output) {
  if (check_offer(p) != CONV2D_OK)
    return CONV2D_UNSUPPORTED;
  const bool row_major = are_row_major(input, weight, bias, output);
  if (!row_major
      && !(is_channels_last(input) && is_channels_last(weight) && is_channels_last(output)))
    return unsupported("tensors that are neither compact NCHW nor compact NHWC");
  try {
    const operands o = { input, weight, bias, output, !row_major };
    INetworkPtr network = make_network(p, o);
    Status status = compute(*network, o);
    return status == Status::Success ? CONV2D_OK : refuse(CONV2D_FAILED, "Arm NN failed");
  } catch (const armnn::Exception &e) {
    return refuse(CONV2D_FAILED, e.what());
  }
}

static const conv2d_capabilities capabilities = {
  CONV2D_F32 | CONV2D_F16,
  CONV2D_NCHW | CONV2D_NHWC | CONV2D_ODD,
  1 << CONV2D_ZEROS,
  CONV2D_FORWARD,
};

CONV2D_IMPLEMENT("Arm NN", ARMNN_VERSION, output_shape, forward, "backend CpuRef",
                 "https://github.com/ARM-software/armnn", 0, 0, &capabilities, nullptr, nullptr,
                 last_error, CONV2D_OWN_SHAPE | CONV2D_OWN_SAME);
