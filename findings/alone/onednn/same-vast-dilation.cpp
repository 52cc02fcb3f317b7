/* oneDNN accepts a dilation of 2^31, for which 'same' pads 2^33 on both sides, and then reads far
   outside the input. A primitive that can't be computed should not be created. Kernels for AVX-512
   do; that for AVX2 ends.
   g++ -std=c++17 same-vast-dilation.cpp -ldnnl
   Proof: SIGSEGV */

#include <cstdio>
#include <cstring>
#include <oneapi/dnnl/dnnl.hpp>

using namespace dnnl;

static memory::desc any (const memory::dims &dims) {
  return { dims, memory::data_type::f32, memory::format_tag::any };
}

int main () {
  engine cpu(engine::kind::cpu, 0);
  stream s(cpu);
  const memory::dim dilation = INT64_C(1) << 31, half = dilation * 8 / 2;
  convolution_forward::desc d(prop_kind::forward_inference, algorithm::convolution_auto,
                              any({ 10, 10, 1, 9 }), any({ 2, 10, 1, 9 }), any({ 10, 2, 1, 9 }),
                              { 1, 1 }, { 0, dilation - 1 }, { 0, half }, { 0, half });
  convolution_forward::primitive_desc plan(d, cpu);
  memory x(plan.src_desc(), cpu), w(plan.weights_desc(), cpu), y(plan.dst_desc(), cpu);
  memset(x.get_data_handle(), 0, plan.src_desc().get_size());
  memset(w.get_data_handle(), 0, plan.weights_desc().get_size());
  if (!strstr(plan.impl_info_str(), "avx512")) {
    puts("not here");
    return 0;
  }
  convolution_forward(plan).execute(
      s, { { DNNL_ARG_SRC, x }, { DNNL_ARG_WEIGHTS, w }, { DNNL_ARG_DST, y } });
  s.wait();
}
