/* XNNPACK's float32 convolution refuses an image without rows as an invalid parameter, though
   padding makes rows of it. It accepts a batch without images.
   gcc empty-image.c -lXNNPACK -lpthreadpool -lm
   Proof: confirmed */

#include <math.h>
#include <stdio.h>
#include <xnnpack.h>

static enum xnn_status set_up (size_t images, size_t rows) {
  static float x[256], y[256], w[9] = { 1 }, b[1];
  xnn_operator_t op = NULL;
  xnn_create_convolution2d_nhwc_f32(2, 2, 2, 2, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1, w, b, -INFINITY,
                                    INFINITY, 0, &op);
  return xnn_setup_convolution2d_nhwc_f32(op, images, rows, 7, x, y, NULL);
}

int main (void) {
  xnn_initialize(NULL);
  const enum xnn_status rows = set_up(0, 4), none = set_up(0, 0);
  printf("0 images of 4 rows: status %d, 0 images of 0 rows: status %d\n", rows, none);
  puts(rows == xnn_status_success && none == xnn_status_invalid_parameter ? "confirmed"
                                                                          : "not reproduced");
}
