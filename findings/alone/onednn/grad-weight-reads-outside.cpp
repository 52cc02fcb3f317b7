/* oneDNN's gradient of a weight of 33x1 reads beyond the end of the input, an image of 10x18 that
   ends where its page ends. The memory formats of input and weight are the library's choice.
   g++ -std=c++17 grad-weight-reads-outside.cpp -ldnnl
   Proof: SIGSEGV */

#include <algorithm>
#include <cstdio>
#include <oneapi/dnnl/dnnl.hpp>
#include <sys/mman.h>

using namespace dnnl;

static memory::desc any (const memory::dims &dims) {
  return { dims, memory::data_type::f32, memory::format_tag::any };
}

/* Memory that ends with a page; the next page can't be read. */
static void *at_the_end (size_t bytes) {
  const size_t page = 4096, room = (bytes + page - 1) / page * page;
  char *start = static_cast<char *>(
      mmap(nullptr, room + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  mprotect(start + room, page, PROT_NONE);
  return start + room - bytes;
}

int main () {
  if (get_effective_cpu_isa() < cpu_isa::avx512_core) {
    puts("not here");
    return 0;
  }
  engine cpu(engine::kind::cpu, 0);
  stream s(cpu);
  auto in = any({ 1, 1, 10, 18 }), weight = any({ 1, 1, 33, 1 }), out = any({ 1, 1, 10, 18 });
  const memory::dims one = { 1, 1 }, none = { 0, 0 }, padding = { 16, 0 };
  auto direct = algorithm::convolution_direct;
  convolution_forward::desc forward(prop_kind::forward_training, direct, in, weight, out, one, none,
                                    padding, padding);
  convolution_forward::primitive_desc hint(forward, cpu);
  convolution_backward_weights::desc d(direct, in, weight, out, one, none, padding, padding);
  convolution_backward_weights::primitive_desc plan(d, cpu, hint);
  memory x(plan.src_desc(), cpu, at_the_end(plan.src_desc().get_size()));
  memory w(plan.diff_weights_desc(), cpu), y(plan.diff_dst_desc(), cpu);
  convolution_backward_weights(plan).execute(
      s, { { DNNL_ARG_SRC, x }, { DNNL_ARG_DIFF_WEIGHTS, w }, { DNNL_ARG_DIFF_DST, y } });
  s.wait();
  puts("not reproduced");
}
