/* darknet's convolutional layer passes the input to GEMM as it is where the kernel is 1x1, whatever
   stride and padding: a stride of 2 gives the first pixels instead of every other one.
   gcc -isystem /usr/lib/darknet/include kernel-1x1.c -L/usr/lib/darknet -ldarknet
   Proof: confirmed */

#include <darknet.h>
#include <stdio.h>

layer make_convolutional_layer (int batch, int h, int w, int c, int n, int groups, int size,
                                int stride, int padding, ACTIVATION activation, int batch_normalize,
                                int binary, int xnor, int adam);

int main (void) {
  float x[5] = { 1, 2, 3, 4, 5 };
  layer l = make_convolutional_layer(1, 1, 5, 1, 1, 1, 1, 2, 0, LINEAR, 0, 0, 0, 0);
  network net = { .input = x, .workspace = malloc(l.workspace_size + 64) };
  l.weights[0] = 1;
  l.biases[0] = 0;
  l.forward(l, net);
  printf("every other of 1 2 3 4 5: %g %g %g\n", (double) l.output[0], (double) l.output[1],
         (double) l.output[2]);
  puts(l.output[1] == 2 && l.output[2] == 3 ? "confirmed" : "not reproduced");
}
