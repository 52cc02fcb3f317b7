/* dlib computes no gradient of the bias from an empty batch, which is 0. It takes such a batch for
   the gradients of input and weight. (Its documentation asks for more than 0 elements.)
   g++ -std=c++17 empty-batch-backward.cpp -ldlib
   Proof: confirmed */

#include <cstdio>
#include <dlib/cuda/tensor_tools.h>

int main () {
  dlib::resizable_tensor gradient(1, 3, 1, 1), of_no_image(0, 3, 3, 2);
  try {
    dlib::tt::assign_conv_bias_gradient(gradient, of_no_image);
    puts("not reproduced");
  } catch (const dlib::fatal_error &e) {
    puts(e.what());
    puts("confirmed");
  }
}
