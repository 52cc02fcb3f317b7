/* tiny-dnn 1.0.0a3 puts the larger half of the padding first where a kernel of even size makes
   halves that differ: 1 2 3 4 with a kernel 1 10 and `same` gives 10 21 32 43, where the smaller
   half first gives 21 32 43 4.
   Needs a folder that has third_party, a link to /usr/include (make adapters makes one).
   g++ -std=c++17 -isystem build/adapters/tiny-dnn same-even-kernel.cpp -lpthread
   Proof: confirmed */

#include <cstdint>
#include <cstdio>
#include <tiny_dnn/tiny_dnn.h>

int main () {
  tiny_dnn::convolutional_layer<tiny_dnn::activation::identity> layer(
      4, 1, 2, 1, 1, 1, tiny_dnn::core::connection_table(), tiny_dnn::padding::same, true);
  layer.setup(true);
  *layer.weights()[0] = { 1, 10 };
  *layer.weights()[1] = { 0 };
  tiny_dnn::tensor_t sample = { { 1, 2, 3, 4 } };
  const tiny_dnn::tensor_t result = layer.forward({ sample })[0];
  printf("1 2 3 4 gives");
  for (float y : result[0])
    printf(" %g", static_cast<double>(y));
  const tiny_dnn::vec_t larger_first = { 10, 21, 32, 43 };
  puts(result[0] == larger_first ? "\nconfirmed" : "\nnot reproduced");
}
