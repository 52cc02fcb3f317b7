/* torch::nn::Conv2d of libtorch 2.15 with 'same' in a padding mode other than zeros pads rows by
   what belongs to columns, and columns by what belongs to rows: a kernel of 2x5 gives 10x5 for
   7x8, as in 1.13. The Python module gives 7x8.

     T=$(python3 -c 'import torch; print(torch.__path__[0])')
     g++ -std=c++20 -isystem $T/include -isystem $T/include/torch/csrc/api/include \
       same-exchanges-axes.cpp -L$T/lib -Wl,-rpath,$T/lib -ltorch_cpu -lc10

   Proof: confirmed */

#include <iostream>
#include <torch/torch.h>

int main () {
  torch::nn::Conv2dOptions o(2, 2, { 2, 5 });
  torch::nn::Conv2d module(o.padding(torch::kSame).padding_mode(torch::kReflect));
  auto y = module->forward(torch::zeros({ 1, 2, 7, 8 }));
  std::cout << "7x8 in, " << y.size(2) << "x" << y.size(3) << " out\n"
            << (y.size(2) == 10 && y.size(3) == 5 ? "confirmed" : "not reproduced") << '\n';
}
