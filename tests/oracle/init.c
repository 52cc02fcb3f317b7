/* init.c: fresh parameters of our own have the distribution that INIT-1 to INIT-4 require: all
   within the bound; mean, variance and Kolmogorov's statistic as of a uniform sample. One false
   alarm in a million runs, shared among all that is tested here. */

#include "conv2d_oracle.h"
#include "../tap.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
  OUT = 96,
  IN = 24,
  ROWS = 3,
  COLUMNS = 5,
  GROUPS = 2,
  COUNT = OUT * IN / GROUPS * ROWS * COLUMNS
};

/* Of a normal variable: exceeded with probability 2e-8 on either side. */
#define SIGMAS 5.6
/* Kolmogorov's sqrt (n) D: exceeded with probability 2 exp (-2 x^2) = 2e-8. */
#define KOLMOGOROV 3.04

static conv2d_params layer (DLDataType t) {
  return (conv2d_params){ .in_channels = IN,
                          .out_channels = OUT,
                          .kernel_size = { ROWS, COLUMNS },
                          .stride = { 1, 1 },
                          .dilation = { 1, 1 },
                          .groups = GROUPS,
                          .bias = 1,
                          .device = { kDLCPU, 0 },
                          .dtype = t };
}

/* Fills weight and bias of float64. */
static int32_t draw (uint64_t seed, double *weight, double *bias) {
  conv2d_params p = layer((DLDataType){ kDLFloat, 64, 1 });
  int64_t shape[] = { OUT, IN / GROUPS, ROWS, COLUMNS };
  DLTensor w = {
    .data = weight, .device = { kDLCPU, 0 }, .ndim = 4, .dtype = p.dtype, .shape = shape
  };
  DLTensor b = {
    .data = bias, .device = { kDLCPU, 0 }, .ndim = 1, .dtype = p.dtype, .shape = shape
  };
  return conv2d_oracle_init_parameters(&p, seed, &w, &b);
}

static int ascending (const void *a, const void *b) {
  double x = *(const double *) a, y = *(const double *) b;
  return (x > y) - (x < y);
}

/* Sorts x. */
static void is_uniform (const char *what, double *x, int n, double bound) {
  double mean = 0, square = 0, distance = 0, root = sqrt((double) n);

  qsort(x, (size_t) n, sizeof *x, ascending);
  for (int i = 0; i < n; i++) {
    double u = (x[i] / bound + 1) / 2;
    mean += x[i] / bound / n;
    square += x[i] / bound * x[i] / bound / n;
    distance = fmax(distance, fmax(fabs(u - (double) i / n), fabs(u - (double) (i + 1) / n)));
  }
  ok(x[0] >= -bound && x[n - 1] <= bound, "%s: within the bound %g", what, bound);
  ok(fabs(mean) < SIGMAS / (root * sqrt(3)), "%s: mean %g", what, mean);
  ok(fabs(square - 1.0 / 3) < SIGMAS * sqrt(4.0 / 45) / root, "%s: variance %g of 1/3", what,
     square);
  ok(distance * root < KOLMOGOROV, "%s: Kolmogorov's statistic %g", what, distance * root);
}

/* Rounding a number of the narrow types must not leave the bound. */
static void stays_in_bound (void) {
  conv2d_params p = layer((DLDataType){ kDLBfloat, 16, 1 });
  static uint16_t weight[COUNT];
  int64_t shape[] = { OUT, IN / GROUPS, ROWS, COLUMNS };
  DLTensor w = {
    .data = weight, .device = { kDLCPU, 0 }, .ndim = 4, .dtype = p.dtype, .shape = shape
  };
  double largest = 0;

  conv2d_oracle_init_parameters(&p, 1, &w, NULL);
  for (int i = 0; i < COUNT; i++) {
    uint32_t bits = (uint32_t) weight[i] << 16 & 0x7fffffff;
    float value;
    memcpy(&value, &bits, sizeof value);
    largest = fmax(largest, (double) value);
  }
  ok(largest <= conv2d_oracle_init_bound(&p), "bfloat16: the largest is %g", largest);
}

int main (void) {
  static double weight[COUNT], again[COUNT], bias[OUT], all_biases[OUT * 64];
  double bound = 1 / sqrt(IN / GROUPS * ROWS * COLUMNS);
  conv2d_params p = layer((DLDataType){ kDLFloat, 64, 1 });

  ok(conv2d_oracle_init_bound(&p) == bound, "the bound counts the channels of a group");
  ok(draw(1, weight, bias) == CONV2D_OK && draw(1, again, bias) == CONV2D_OK, "they are drawn");
  ok(memcmp(weight, again, sizeof weight) == 0, "a seed gives the same values again");
  draw(2, again, bias);
  ok(memcmp(weight, again, sizeof weight) != 0, "another seed gives others");
  for (uint64_t seed = 0; seed < 64; seed++)
    draw(seed, again, all_biases + OUT * seed);
  is_uniform("weight", weight, COUNT, bound);
  is_uniform("bias", all_biases, OUT * 64, bound);
  stays_in_bound();
  p.dtype = (DLDataType){ kDLInt, 8, 1 };
  p.in_channels = 0;
  ok(conv2d_oracle_init_bound(&p) == 0, "no channels have no bound");
  return done_testing();
}
