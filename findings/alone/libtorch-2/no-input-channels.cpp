/* libtorch 2.15: torch::nn::Conv2d refuses a layer without input channels, which torch.nn.Conv2d of
   the same version takes. Build as findings/alone/libtorch-2/same-exchanges-axes.cpp says.

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
