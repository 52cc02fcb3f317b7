/* oneDNN 3 without VNNI, sums of bytes as int32: of uint8 pixels, two products at a time are added
   up in 16 bits, which saturate; for int8 pixels the library halves the weights, and odd ones lose
   a half. The numbers fit int32 easily. (Its page "Nuances of int8 computations" tells of both.)
   g++ -std=c++17 bytes-without-vnni.cpp -ldnnl
   Proof: confirmed */

#include <cstdint>
#include <cstdio>
#include <oneapi/dnnl/dnnl.hpp>
#include <vector>

using namespace dnnl;

/* One pixel of four channels, each x, under a weight of four numbers w. */
template <typename byte>
static int32_t four_products (memory::data_type of_pixel, byte x, int8_t w) {
  engine cpu(engine::kind::cpu, 0);
  stream s(cpu);
  const memory::dims four = { 1, 4, 1, 1 }, one = { 1, 1, 1, 1 }, none = { 0, 0 };
  const auto nchw = memory::format_tag::nchw, any = memory::format_tag::any;
  const auto s8 = memory::data_type::s8, s32 = memory::data_type::s32;
  std::vector<byte> input(4, x);
  std::vector<int8_t> weight(4, w);
  int32_t output = 0;

  convolution_forward::primitive_desc plan(
      cpu, prop_kind::forward_inference, algorithm::convolution_auto, { four, of_pixel, any },
      { four, s8, any }, { one, s32, any }, { 1, 1 }, none, none);
  memory mine({ four, of_pixel, nchw }, cpu, input.data()), pixel(plan.src_desc(), cpu);
  memory plain({ four, s8, nchw }, cpu, weight.data()), packed(plan.weights_desc(), cpu);
  memory result({ one, s32, nchw }, cpu, &output), sums(plan.dst_desc(), cpu);
  reorder(mine, pixel).execute(s, mine, pixel);
  reorder(plain, packed).execute(s, plain, packed);
  convolution_forward(plan).execute(
      s, { { DNNL_ARG_SRC, pixel }, { DNNL_ARG_WEIGHTS, packed }, { DNNL_ARG_DST, sums } });
  reorder(sums, result).execute(s, sums, result);
  s.wait();
  return output;
}

int main () {
  set_max_cpu_isa(cpu_isa::avx2);
  const int32_t saturated = four_products<uint8_t>(memory::data_type::u8, 255, 127);
  const int32_t halved = four_products<int8_t>(memory::data_type::s8, 100, 1);
  printf("255 times 127, four times: %d, not 129540\n", saturated);
  printf("100 times 1, four times: %d, not 400\n", halved);
  puts(saturated != 129540 && halved != 400 ? "confirmed" : "not reproduced");
}
