/* oneDNN's direct bfloat16 convolution, in memory formats of its own choice: a NaN in the last
   column of the first row reaches the window at the beginning of the second one, which does not
   hold it: that kernel reads more pixels than it has taps, and multiplies them by zero.
   g++ -std=c++17 bfloat16-nan.cpp -ldnnl
   Proof: confirmed */

#include <cmath>
#include <cstdio>
#include <oneapi/dnnl/dnnl.hpp>
#include <vector>

using namespace dnnl;

static memory::desc plain (const memory::dims &dims) {
  return { dims, memory::data_type::f32, memory::format_tag::nchw };
}

static memory::desc chosen (const memory::dims &dims) {
  return { dims, memory::data_type::bf16, memory::format_tag::any };
}

int main () {
  if (get_effective_cpu_isa() < cpu_isa::avx512_core) {
    puts("not here");
    return 0;
  }
  engine cpu(engine::kind::cpu, 0);
  stream s(cpu);
  const memory::dims in = { 1, 1, 5, 5 }, weight = { 1, 1, 2, 2 }, out = { 1, 1, 4, 4 };
  convolution_forward::desc d(prop_kind::forward_inference, algorithm::convolution_direct,
                              chosen(in), chosen(weight), chosen(out), { 1, 1 }, { 0, 0 }, { 0, 0 },
                              { 0, 0 });
  convolution_forward::primitive_desc plan(d, cpu);
  memory x(plan.src_desc(), cpu), w(plan.weights_desc(), cpu), y(plan.dst_desc(), cpu);
  std::vector<float> ones(4, 1);
  memory kernel(plain(weight), cpu, ones.data());
  reorder(kernel, w).execute(s, kernel, w);
  int strays = 0;
  for (int at = 0; at < 25; at++) {
    std::vector<float> image(25, 1), result(16);
    image[static_cast<size_t>(at)] = NAN;
    memory source(plain(in), cpu, image.data()), target(plain(out), cpu, result.data());
    reorder(source, x).execute(s, source, x);
    convolution_forward(plan).execute(
        s, { { DNNL_ARG_SRC, x }, { DNNL_ARG_WEIGHTS, w }, { DNNL_ARG_DST, y } });
    reorder(y, target).execute(s, y, target);
    s.wait();
    for (int i = 0; i < 4; i++)
      for (int j = 0; j < 4; j++) {
        bool holds = at / 5 - i >= 0 && at / 5 - i < 2 && at % 5 - j >= 0 && at % 5 - j < 2;
        if (std::isnan(result[static_cast<size_t>(i * 4 + j)]) && !holds) {
          strays++;
          printf("a NaN at %d,%d reaches output %d,%d\n", at / 5, at % 5, i, j);
        }
      }
  }
  puts(strays > 0 ? "confirmed" : "not reproduced");
}
