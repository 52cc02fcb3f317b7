/* oneDNN divides by zero while it plans Winograd's backward pass for an empty batch.
   g++ -std=c++17 winograd-empty-batch.cpp -ldnnl
   Proof: SIGFPE */

#include <cstdio>
#include <oneapi/dnnl/dnnl.hpp>

using namespace dnnl;

static memory::desc any (const memory::dims &dims) {
  return { dims, memory::data_type::f32, memory::format_tag::any };
}

int main () {
  if (get_effective_cpu_isa() < cpu_isa::avx512_core) {
    puts("not here"); /* there is no Winograd */
    return 0;
  }
  engine cpu(engine::kind::cpu, 0);
  auto in = any({ 0, 4, 6, 7 }), weight = any({ 6, 4, 3, 3 }), out = any({ 0, 6, 4, 5 });
  const memory::dims one = { 1, 1 }, none = { 0, 0 };
  auto winograd = algorithm::convolution_winograd;
  convolution_forward::desc forward(prop_kind::forward_training, winograd, in, weight, out, one,
                                    none, none, none);
  convolution_forward::primitive_desc hint(forward, cpu);
  convolution_backward_data::desc data(winograd, in, weight, out, one, none, none, none);
  convolution_backward_data::primitive_desc data_plan(data, cpu, hint);
  convolution_backward_weights::desc weights(winograd, in, weight, out, one, none, none, none);
  convolution_backward_weights::primitive_desc weights_plan(weights, cpu, hint);
  convolution_backward_data made(data_plan);
  convolution_backward_weights made_too(weights_plan);
}
