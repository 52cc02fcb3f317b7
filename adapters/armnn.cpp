/* armnn.cpp: Arm NN's reference backend (Debian: libarmnn-dev libarmnn-cpuref-backend22).
   A network of input, convolution and output is optimised and loaded for each call. */

#include "adapter.h"

#include <armnn/ArmNN.hpp>
#include <vector>

using namespace armnn;

static TensorInfo info_of (const DLTensor *t) {
  std::vector<unsigned> shape;
  if (t->ndim == 3)
    shape.push_back(1);
  for (int axis = 0; axis < t->ndim; axis++)
    shape.push_back(static_cast<unsigned>(t->shape[axis]));
  return { static_cast<unsigned>(shape.size()), shape.data(), DataType::Float32 };
}

static Convolution2dDescriptor describe (const conv2d_params *p) {
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
  d.m_DataLayout = DataLayout::NCHW;
  return d;
}

static INetworkPtr make_network (const conv2d_params *p, const DLTensor *input,
                                 const DLTensor *weight, const DLTensor *bias,
                                 const DLTensor *output) {
  INetworkPtr network = INetwork::Create();
  Optional<ConstTensor> b;
  if (bias != nullptr)
    b = ConstTensor(info_of(bias), bias->data);
  IConnectableLayer *in = network->AddInputLayer(0), *out = network->AddOutputLayer(0);
  IConnectableLayer *conv =
      network->AddConvolution2dLayer(describe(p), ConstTensor(info_of(weight), weight->data), b);
  in->GetOutputSlot(0).Connect(conv->GetInputSlot(0));
  in->GetOutputSlot(0).SetTensorInfo(info_of(input));
  conv->GetOutputSlot(0).Connect(out->GetInputSlot(0));
  conv->GetOutputSlot(0).SetTensorInfo(info_of(output));
  return network;
}

static IRuntime &runtime () {
  static IRuntimePtr only = IRuntime::Create(IRuntime::CreationOptions());
  return *only;
}

static int32_t check_offer (const conv2d_params *p) {
  return check_features(p, DILATION | UNEQUAL_SIDES);
}

static int32_t output_shape (const conv2d_params *p, int32_t ndim, const int64_t *input,
                             int64_t *output) {
  int32_t status = check_offer(p);
  return status == CONV2D_OK ? shape_of_output(p, ndim, input, output) : status;
}

static Status compute (const INetwork &network, const DLTensor *input, DLTensor *output) {
  IOptimizedNetworkPtr optimised =
      Optimize(network, { Compute::CpuRef }, runtime().GetDeviceSpec());
  NetworkId id;
  Status status = runtime().LoadNetwork(id, std::move(optimised));
  if (status == Status::Success)
    status = runtime().EnqueueWorkload(id, { { 0, ConstTensor(info_of(input), input->data) } },
                                       { { 0, Tensor(info_of(output), output->data) } });
  runtime().UnloadNetwork(id);
  return status;
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
    INetworkPtr network = make_network(p, input, weight, bias, output);
    Status status = compute(*network, input, output);
    return status == Status::Success ? CONV2D_OK : refuse(CONV2D_FAILED, "Arm NN failed");
  } catch (const armnn::Exception &e) {
    return refuse(CONV2D_FAILED, e.what());
  }
}

static const conv2d_capabilities capabilities = {
  CONV2D_F32,
  CONV2D_NCHW | CONV2D_ODD,
  1 << CONV2D_ZEROS,
  CONV2D_FORWARD,
};

CONV2D_IMPLEMENT("Arm NN", ARMNN_VERSION, output_shape, forward, "backend CpuRef",
                 "https://github.com/ARM-software/armnn", 0, 0, &capabilities, nullptr, nullptr,
                 last_error);
