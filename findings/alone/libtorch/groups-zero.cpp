/* The constructor of torch::nn::Conv2d in libtorch 1.13 divides by groups before it looks whether
   they are positive. The Python constructor raises ValueError.
   T=/usr/include/torch/csrc/api/include
   g++ -std=c++17 -isystem $T groups-zero.cpp -ltorch_cpu -lc10
   Proof: SIGFPE */

#include <torch/torch.h>

int main () {
  torch::nn::Conv2d module(torch::nn::Conv2dOptions(4, 6, 3).groups(0));
}
