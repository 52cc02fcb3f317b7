/* torch::nn::Conv2d of libtorch 1.13 can't be made without input channels: drawing its weight takes
   an element that is not there. The Python module can.
   T=/usr/include/torch/csrc/api/include
   g++ -std=c++17 -isystem $T no-input-channels.cpp -ltorch_cpu -lc10
   Proof: confirmed */

#include <cstdio>
#include <torch/torch.h>

int main () {
  try {
    torch::nn::Conv2d layer(torch::nn::Conv2dOptions(0, 6, 3));
    const auto y = layer->forward(torch::zeros({ 2, 0, 6, 7 }));
    printf("an output of %ld images\nnot reproduced\n", static_cast<long>(y.size(0)));
  } catch (const c10::Error &e) {
    puts(e.what_without_backtrace());
    puts("confirmed");
  }
}
