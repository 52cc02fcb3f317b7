/* Arm NN's reference backend rounds float16 results that lie halfway between two numbers away from
   zero, where IEEE 754 prefers the even one:
   2048 + 1 gives 2050 instead of 2048.
   g++ -std=c++17 float16-ties.cpp -larmnn
   Proof: confirmed */

#include <armnn/ArmNN.hpp>
#include <cstdint>
#include <cstdio>

using namespace armnn;

int main () {
  const uint16_t x[2] = { 0x6800, 0x3c00 }, w[2] = { 0x3c00, 0x3c00 }; /* 2048, 1; 1, 1 */
  uint16_t y = 0;
  const unsigned shape[] = { 1, 1, 1, 2 }, one[] = { 1, 1, 1, 1 };
  const TensorInfo two_info(4, shape, DataType::Float16), one_info(4, one, DataType::Float16);
  Convolution2dDescriptor d;
  d.m_StrideX = d.m_StrideY = 1;
  d.m_DataLayout = DataLayout::NCHW;
  INetworkPtr network = INetwork::Create();
  IConnectableLayer *in = network->AddInputLayer(0), *out = network->AddOutputLayer(0);
  IConnectableLayer *conv =
      network->AddConvolution2dLayer(d, ConstTensor(two_info, w), Optional<ConstTensor>());
  in->GetOutputSlot(0).Connect(conv->GetInputSlot(0));
  in->GetOutputSlot(0).SetTensorInfo(two_info);
  conv->GetOutputSlot(0).Connect(out->GetInputSlot(0));
  conv->GetOutputSlot(0).SetTensorInfo(one_info);
  IRuntimePtr runtime = IRuntime::Create(IRuntime::CreationOptions());
  NetworkId id;
  runtime->LoadNetwork(id, Optimize(*network, { Compute::CpuRef }, runtime->GetDeviceSpec()));
  runtime->EnqueueWorkload(id, { { 0, ConstTensor(two_info, x) } },
                           { { 0, Tensor(one_info, &y) } });
  printf("2048 + 1 gives the float16 %#x: 0x6800 is 2048, 0x6801 is 2050\n", y);
  puts(y == 0x6801 ? "confirmed" : "not reproduced");
}
