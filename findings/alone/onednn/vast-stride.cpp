/* oneDNN refuses a stride of 2^32+1 as an invalid argument, though its dimensions have 64 bits and
   the output, of one element, is well defined. It also refuses larger strides, and dilations of
   2^61 and more.
   g++ -std=c++17 vast-stride.cpp -ldnnl
   Proof: confirmed */

#include <cstdio>
#include <oneapi/dnnl/dnnl.hpp>

using namespace dnnl;

static memory::desc any (const memory::dims &dims) {
  return { dims, memory::data_type::f32, memory::format_tag::any };
}

static bool takes (memory::dim stride) {
  engine cpu(engine::kind::cpu, 0);
  const memory::dims none = { 0, 0 };
  try {
    convolution_forward::desc d(prop_kind::forward_inference, algorithm::convolution_direct,
                                any({ 1, 1, 5, 6 }), any({ 1, 1, 3, 3 }), any({ 1, 1, 1, 1 }),
                                { stride, stride }, none, none, none);
    convolution_forward::primitive_desc plan(d, cpu);
    return true;
  } catch (const error &e) {
    printf("stride %lld: status %d, %s\n", static_cast<long long>(stride), e.status, e.what());
    return false;
  }
}

int main () {
  puts(takes(100) && !takes((1LL << 32) + 1) ? "confirmed" : "not reproduced");
}
