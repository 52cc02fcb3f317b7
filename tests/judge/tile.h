/* tile.h: a convolution of one image with real kernels, for transforms that compute a tile of its
   output at once. */

#ifndef TILE_H
#define TILE_H

#include "answers.h"

typedef struct tile {
  int out, kernel, in; /* extents; in = out + kernel - 1 */
} tile;

static inline float data (const call *k, int tensor, int64_t i) {
  return (float) get(k, tensor, i);
}

static inline call *open_tile (tile s, int64_t channels, int64_t outputs) {
  call *k = open_call(F32, 1, channels, outputs);
  drop_truths(k);
  k->s.claims = CONV2D_TRANSFORM;
  put_place(k, JOB_INPUT, F32, 4, (int64_t[]){ 1, channels, s.in, s.in });
  put_place(k, JOB_WEIGHT, F32, 4, (int64_t[]){ outputs, channels, s.kernel, s.kernel });
  put_place(k, JOB_OUTPUT, F32, 4, (int64_t[]){ 1, outputs, s.out, s.out });
  k->x.output = (shape){ 4, { 1, outputs, s.out, s.out } };
  memcpy(k->j.output_shape, k->x.output.dim, sizeof k->j.output_shape);
  put_truth(k, JOB_OUTPUT);
  return k;
}

static inline void set_tile_truth (call *k, tile s, int64_t o, int i, int j) {
  const int64_t n = k->channels, e = (o * s.out + i) * s.out + j;
  quad sum = 0, scale = 0;
  for (int64_t c = 0; c < n; c++)
    for (int r = 0; r < s.kernel; r++)
      for (int q = 0; q < s.kernel; q++) {
        const double w = data(k, JOB_WEIGHT, ((o * n + c) * s.kernel + r) * s.kernel + q);
        const quad p = w * (quad) data(k, JOB_INPUT, (c * s.in + i + r) * s.in + j + q);
        sum += p;
        scale += p < 0 ? -p : p;
      }
  k->x.truth[0].detail.exact[e] = (double) sum;
  k->x.truth[0].detail.scale[e] = (double) scale;
  k->x.truth[0].detail.terms[e] = n * s.kernel * s.kernel;
  set_want(k, e, (double) sum);
}

static inline void set_tile_truths (call *k, tile s) {
  for (int64_t o = 0; o < k->outputs; o++)
    for (int i = 0; i < s.out; i++)
      for (int j = 0; j < s.out; j++)
        set_tile_truth(k, s, o, i, j);
}

#endif
