/* ONNX Runtime 1.29, C API: Pad in the mode wrap fails on a tensor without elements, which the
   other modes take. Build as findings/alone/onnxruntime-c/same-dilation.cpp says.

   Proof: confirmed */

#include "one_node.h"

static void pad (const char *mode, int64_t images) {
  std::vector<Ort::OpAttr> attributes;
  attributes.push_back(string("mode", mode));
  shape_t y = run(
      "Pad", { { "x", { images, 1, 3, 3 }, std::vector<float>(9 * static_cast<size_t>(images)) } },
      { 0, 0, 1, 1, 0, 0, 1, 1 }, std::move(attributes));
  printf("%s, %ld images: %ld rows\n", mode, static_cast<long>(y[0]), static_cast<long>(y[2]));
}

int main () {
  pad("edge", 0);
  pad("reflect", 0);
  pad("wrap", 1);
  try {
    pad("wrap", 0);
    puts("not reproduced");
  } catch (const Ort::Exception &e) {
    printf("wrap, no image, status %d: %s\nconfirmed\n", e.GetOrtErrorCode(), e.what());
  }
}
