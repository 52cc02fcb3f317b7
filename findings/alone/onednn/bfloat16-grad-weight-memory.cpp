/* oneDNN's bfloat16 gradient of a weight depends on what its scratch memory held before: sixteen
   images of 1x1, 128 channels, a kernel of 3x3 with stride 2 and padding 1. The eight weights that
   only ever see padding must get 0.
   g++ -std=c++17 bfloat16-grad-weight-memory.cpp -ldnnl
   Proof: confirmed */

#include <cstdio>
#include <cstring>
#include <oneapi/dnnl/dnnl.hpp>
#include <vector>

using namespace dnnl;

static memory::desc any (const memory::dims &dims) {
  return { dims, memory::data_type::bf16, memory::format_tag::any };
}

static void fill (const memory &m, int byte) {
  memset(m.get_data_handle(), byte, m.get_desc().get_size());
}

/* The gradient where all inputs are 0x0101, about 2.4e-38, and the scratch memory holds a byte. */
static std::vector<char> gradient (int byte) {
  engine cpu(engine::kind::cpu, 0);
  stream s(cpu);
  auto in = any({ 16, 128, 1, 1 }), weight = any({ 8, 128, 3, 3 }), out = any({ 16, 8, 1, 1 });
  const memory::dims two = { 2, 2 }, none = { 0, 0 }, padding = { 1, 1 };
  auto direct = algorithm::convolution_direct;
  primitive_attr attr;
  attr.set_scratchpad_mode(scratchpad_mode::user);
  convolution_forward::desc forward(prop_kind::forward_training, direct, in, weight, out, two, none,
                                    padding, padding);
  convolution_forward::primitive_desc hint(forward, cpu);
  convolution_backward_weights::desc d(direct, in, weight, out, two, none, padding, padding);
  convolution_backward_weights::primitive_desc plan(d, attr, cpu, hint);
  memory x(plan.src_desc(), cpu), w(plan.diff_weights_desc(), cpu), y(plan.diff_dst_desc(), cpu);
  memory scratch(plan.scratchpad_desc(), cpu);
  fill(x, 0x3f), fill(y, 0x3f), fill(w, 0), fill(scratch, byte);
  convolution_backward_weights(plan).execute(s, { { DNNL_ARG_SRC, x },
                                                  { DNNL_ARG_DIFF_WEIGHTS, w },
                                                  { DNNL_ARG_DIFF_DST, y },
                                                  { DNNL_ARG_SCRATCHPAD, scratch } });
  s.wait();
  const char *bytes = static_cast<char *>(w.get_data_handle());
  return { bytes, bytes + w.get_desc().get_size() };
}

int main () {
  if (get_effective_cpu_isa() < cpu_isa::avx512_core) {
    puts("not here");
    return 0;
  }
  const bool same = gradient(0) == gradient(0x42);
  puts(same ? "not reproduced" : "confirmed");
}
