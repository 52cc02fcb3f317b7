/* oracle.h: what the oracle's benchmarks share: layers, and plain convolutions as a measure. */

#ifndef BENCH_ORACLE_H
#define BENCH_ORACLE_H

#include "conv2d_oracle.h"

/* A square layer without bias, float32, one image. */
typedef struct layer {
  const char *name;
  int64_t in_channels, out_channels, kernel, stride, padding, groups, size;
} layer;

/* A layer with its tensors: input, weight, output. */
typedef struct work {
  const layer *l;
  conv2d_params p;
  int64_t shape[3][4], count[3];
  float *data[3];
  DLTensor tensor[3];
  conv2d_detail detail;
  double *wide[2];         /* the input, padded, and the weight, as doubles */
  int64_t padded, out;     /* rows and columns of the padded input, and of the output */
  int64_t depth, products; /* multiply-adds of an element, and of all */
} work;

void work_make (work *w, const layer *l);
void work_free (work *w);

/* The formula as it stands, in double, from float32. */
void plain_nest (work *w);

/* The usual way to make it fast: row by row, so that compilers make vectors, from doubles that were
   padded before; nothing but the sum. */
void plain_rows (work *w);

/* One block of the oracle's inner loop, without the scale. */
void plain_block (int64_t depth, const double *left, const double *right, double *sum);

/* Which instructions all of these and the oracle use here. */
const char *instruction_set (void);

/* Processor time, as other programs may be at work on the machine. */
double seconds (void);

#endif
