/* XNNPACK's float32 convolution takes subnormals as zero: it runs operators with pthreadpool's flag
   PTHREADPOOL_FLAG_DISABLE_DENORMALS, and restores the processor's mode afterwards. So its adapter
   claims it (CONV2D_FLUSHES_SUBNORMALS).
   gcc subnormals.c -lXNNPACK -lpthreadpool -lm
   Proof: confirmed */

#include <math.h>
#include <stdio.h>
#include <xmmintrin.h>
#include <xnnpack.h>

int main (void) {
  float x[32] = { 0x1p-130f, 0x1p-120f, 1, 1 }, y[32] = { 0 };
  const float w[1] = { 0x1p20f }, b[1] = { 0 };
  xnn_operator_t op = NULL;
  const unsigned mode = _mm_getcsr();
  xnn_initialize(NULL);
  xnn_create_convolution2d_nhwc_f32(0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, w, b, -INFINITY,
                                    INFINITY, 0, &op);
  xnn_setup_convolution2d_nhwc_f32(op, 1, 1, 4, x, y, NULL);
  xnn_run_operator(op, NULL);
  printf("2^-130 and 2^-120 times 2^20 give %a and %a\n", (double) y[0], (double) y[1]);
  printf("the processor's mode %s\n", _mm_getcsr() == mode ? "is restored" : "has changed");
  puts(y[0] == 0 && y[1] == 0x1p-100f ? "confirmed" : "not reproduced");
}
