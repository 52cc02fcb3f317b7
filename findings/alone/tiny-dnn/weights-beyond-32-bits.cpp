/* tiny-dnn 1.0.0a3 crashes on a depthwise layer of 65,537 channels: its table of connections, of as
   many rows and columns, gets the square of that number modulo 2^32 as its size. The program needs
   a folder that has third_party, a link to /usr/include (make adapters makes one).
   g++ -std=c++17 -isystem build/adapters/tiny-dnn weights-beyond-32-bits.cpp -lpthread
   Proof: SIGSEGV */

#include <cstdint>
#include <cstdio>
#include <tiny_dnn/tiny_dnn.h>

int main () {
  const unsigned channels = 65537;
  tiny_dnn::convolutional_layer<tiny_dnn::activation::identity> layer(
      2, 1, 1, 1, channels, channels,
      tiny_dnn::core::connection_table(channels, channels, channels), tiny_dnn::padding::valid);
  puts("not reproduced");
}
