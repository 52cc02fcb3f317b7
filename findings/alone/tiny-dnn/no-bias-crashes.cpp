/* tiny-dnn 1.0.0a3: a convolutional layer without bias reads a bias that is not there.
   Needs a folder that has third_party, a link to /usr/include (make adapters makes one).
   g++ -std=c++17 -isystem build/adapters/tiny-dnn no-bias-crashes.cpp -lpthread
   Proof: SIGSEGV */

#include <cstdint>
#include <tiny_dnn/tiny_dnn.h>

int main () {
  tiny_dnn::convolutional_layer<tiny_dnn::activation::identity> layer(
      5, 4, 2, 2, 3, 4, tiny_dnn::core::connection_table(), tiny_dnn::padding::valid, false);
  layer.setup(true);
  tiny_dnn::tensor_t sample(1, tiny_dnn::vec_t(3 * 4 * 5, 1));
  layer.forward({ sample });
}
