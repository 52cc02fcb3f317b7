/* dlib takes no padding as large as the kernel: 1 for a 1x1 kernel. Its documentation asks for
   less.
   g++ -std=c++17 padding-beyond-kernel.cpp -ldlib
   Proof: confirmed */

#include <cstdio>
#include <dlib/cuda/tensor_tools.h>

int main () {
  dlib::resizable_tensor x(1, 1, 4, 5), w(1, 1, 1, 1), y;
  x = 1;
  w = 1;
  dlib::tt::tensor_conv conv;
  try {
    conv.setup(x, w, 1, 1, 1, 1);
    conv(false, y, x, w);
    puts("not reproduced");
  } catch (const dlib::fatal_error &e) {
    puts(e.what());
    puts("confirmed");
  }
}
