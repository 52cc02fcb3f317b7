/* dlib leaves the gradient of the weight as it was where the batch is empty, though the call asks
   it not to add to what is there. The right gradient is 0.
   g++ -std=c++17 empty-batch-grad-weight.cpp -ldlib
   Proof: confirmed */

#include <cstdio>
#include <dlib/cuda/tensor_tools.h>

int main () {
  dlib::resizable_tensor x(0, 3, 5, 4), w(3, 3, 3, 3), gy(0, 3, 3, 2), gw(3, 3, 3, 3);
  w = 1;
  gw = 42;
  dlib::tt::tensor_conv conv;
  conv.setup(x, w, 1, 1, 0, 0);
  conv.get_gradient_for_filters(false, gy, x, gw);
  printf("got %g, want 0\n", static_cast<double>(gw.host()[0]));
  puts(gw.host()[0] == 42 ? "confirmed" : "not reproduced");
}
