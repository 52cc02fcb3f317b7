/* XNNPACK's float32 convolution clamps to the limits that it was given, here none: of -infinity
   and NaN the processor's maxps takes the second operand, so that a NaN comes out as -infinity.
   gcc nan-becomes-infinity.c -lXNNPACK -lpthreadpool -lm
   Proof: confirmed */

#include <math.h>
#include <stdio.h>
#include <xnnpack.h>

int main (void) {
  float x[32] = { 1, 1, NAN, 1 }, y[32] = { 0 };
  const float w[1] = { 1 }, b[1] = { 0 };
  xnn_operator_t op = NULL;
  xnn_initialize(NULL);
  xnn_create_convolution2d_nhwc_f32(0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, w, b, -INFINITY,
                                    INFINITY, 0, &op);
  xnn_setup_convolution2d_nhwc_f32(op, 1, 1, 4, x, y, NULL);
  xnn_run_operator(op, NULL);
  printf("1 1 nan 1 times 1 gives %g %g %g %g\n", y[0], y[1], y[2], y[3]);
  puts(isinf(y[2]) && y[2] < 0 ? "confirmed" : "not reproduced");
}
