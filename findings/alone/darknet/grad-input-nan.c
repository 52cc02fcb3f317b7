/* darknet's gradient of the input is NaN where the image holds an infinity: GEMM multiplies what
   the workspace held before, columns of the image, by 0 and adds the result to it.
   gcc -isystem /usr/lib/darknet/include grad-input-nan.c -L/usr/lib/darknet -ldarknet
   Proof: confirmed */

#include <darknet.h>
#include <math.h>
#include <stdio.h>

layer make_convolutional_layer (int batch, int h, int w, int c, int n, int groups, int size,
                                int stride, int padding, ACTIVATION activation, int batch_normalize,
                                int binary, int xnor, int adam);

/* The gradient of an image of one pixel under a kernel of ones. It does not depend on the pixel. */
static float gradient (float pixel) {
  float x[1] = { pixel }, gx[1] = { 0 };
  layer l = make_convolutional_layer(1, 1, 1, 1, 1, 1, 3, 1, 1, LINEAR, 0, 0, 0, 0);
  network net = { .input = x, .delta = gx, .workspace = malloc(l.workspace_size + 64) };
  for (int i = 0; i < 9; i++)
    l.weights[i] = 1;
  l.delta[0] = 1;
  l.backward(l, net);
  return gx[0];
}

int main (void) {
  const float of_one = gradient(1), of_infinity = gradient(INFINITY);
  printf("of pixel 1: %g, of pixel infinity: %g\n", (double) of_one, (double) of_infinity);
  puts(of_one == 1 && isnan(of_infinity) ? "confirmed" : "not reproduced");
}
