/* ONNX Runtime 1.29, C API: Conv with auto_pad SAME_UPPER refuses dilations, though the shape is
   inferred, and though the same padding in numbers is taken. Where ORT is the folder of header and
   library: g++ -std=c++17 -isystem $ORT/include same-dilation.cpp -L$ORT/lib -Wl,-rpath,$ORT/lib
   -lonnxruntime

   Proof: confirmed */

#include "one_node.h"

static void convolve (int64_t dilation, bool same) {
  std::vector<Ort::OpAttr> attributes;
  attributes.push_back(ints("dilations", { dilation, dilation }));
  if (same)
    attributes.push_back(string("auto_pad", "SAME_UPPER"));
  else
    attributes.push_back(ints("pads", { dilation, dilation, dilation, dilation }));
  shape_t y = run("Conv",
                  { { "x", { 1, 1, 5, 5 }, std::vector<float>(25, 1.0F) },
                    { "w", { 1, 1, 3, 3 }, std::vector<float>(9, 1.0F) } },
                  {}, std::move(attributes));
  printf("dilation %ld: %ld rows\n", static_cast<long>(dilation), static_cast<long>(y[2]));
}

int main () {
  convolve(1, true);
  convolve(2, false);
  try {
    convolve(2, true);
    puts("not reproduced");
  } catch (const Ort::Exception &e) {
    printf("dilation 2, status %d: %s\nconfirmed\n", e.GetOrtErrorCode(), e.what());
  }
}
