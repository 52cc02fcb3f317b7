/* plants.c: subjects of which it is known how they compute; probe must name it.
   PLANT is one of the names below. Zero padding and float32 only: the numerics are the point. */

#include "../../include/conv2d_abi.h"

#include <complex.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <xmmintrin.h>

#define float_sum 1
#define double_sum 2
#define bfloat16_inside 3
#define pairwise 4
#define flush_to_zero 5
#define winograd 6
#define fourier 7

/* ---- elements */

static float at (const DLTensor *t, int64_t n, int64_t c, int64_t h, int64_t w) {
  const int64_t index[4] = { n, c, h, w };
  int64_t offset = 0;
  for (int a = 0; a < t->ndim; a++)
    offset += index[a + 4 - t->ndim] * t->strides[a];
  return ((const float *) t->data)[offset];
}

static void put (DLTensor *t, int64_t n, int64_t c, int64_t h, int64_t w, float v) {
  const int64_t index[4] = { n, c, h, w };
  int64_t offset = 0;
  for (int a = 0; a < t->ndim; a++)
    offset += index[a + 4 - t->ndim] * t->strides[a];
  ((float *) t->data)[offset] = v;
}

static int64_t extent (const DLTensor *t, int axis) {
  return axis + t->ndim < 4 ? 1 : t->shape[axis + t->ndim - 4];
}

/* ---- the sum of n products */

static float rounded (float v) {
#if PLANT == bfloat16_inside
  uint32_t bits;
  memcpy(&bits, &v, 4);
  bits = (bits + 0x7fff + (bits >> 16 & 1)) & 0xffff0000;
  memcpy(&v, &bits, 4);
#endif
  return v;
}

static float sum (const float *x, const float *w, int64_t n) {
#if PLANT == pairwise
  if (n == 1)
    return x[0] * w[0];
  int64_t half = 1;
  while (half * 2 < n)
    half *= 2;
  return sum(x, w, half) + sum(x + half, w + half, n - half);
#elif PLANT == double_sum
  double total = 0;
  for (int64_t i = 0; i < n; i++)
    total += (double) x[i] * (double) w[i];
  return (float) total;
#else
  float total = 0;
  for (int64_t i = 0; i < n; i++)
    total += x[i] * w[i];
  return total;
#endif
}

/* Gathers the products of one output element; their number. */
static int64_t gather (const conv2d_params *p, const DLTensor *input, const DLTensor *weight,
                       const int64_t at_nkij[4], float *x, float *w) {
  const int64_t inside = p->in_channels / p->groups, block = p->out_channels / p->groups;
  int64_t count = 0;
  for (int64_t c = 0; c < inside; c++)
    for (int64_t r = 0; r < p->kernel_size[0]; r++)
      for (int64_t s = 0; s < p->kernel_size[1]; s++) {
        int64_t h = at_nkij[2] * p->stride[0] + r * p->dilation[0] - p->padding[0];
        int64_t v = at_nkij[3] * p->stride[1] + s * p->dilation[1] - p->padding[1];
        if (h < 0 || v < 0 || h >= extent(input, 2) || v >= extent(input, 3))
          continue;
        x[count] = rounded(at(input, at_nkij[0], at_nkij[1] / block * inside + c, h, v));
        w[count++] = rounded(at(weight, at_nkij[1], c, r, s));
      }
  return count;
}

static void direct (const conv2d_params *p, const DLTensor *input, const DLTensor *weight,
                    DLTensor *output) {
  const int64_t room = p->in_channels * p->kernel_size[0] * p->kernel_size[1] + 1;
  float *x = malloc((size_t) room * sizeof *x), *w = malloc((size_t) room * sizeof *w);
  int64_t i[4];
  for (i[0] = 0; x && w && i[0] < extent(output, 0); i[0]++)
    for (i[1] = 0; i[1] < extent(output, 1); i[1]++)
      for (i[2] = 0; i[2] < extent(output, 2); i[2]++)
        for (i[3] = 0; i[3] < extent(output, 3); i[3]++) {
          int64_t n = gather(p, input, weight, i, x, w);
          put(output, i[0], i[1], i[2], i[3], n ? sum(x, w, n) : 0);
        }
  free(x);
  free(w);
}

/* ---- 3x3 by Winograd's F(2x2,3x3), written as products with its matrices */

#if PLANT == winograd
static const float B[4][4] = { { 1, 0, -1, 0 }, { 0, 1, 1, 0 }, { 0, -1, 1, 0 }, { 0, 1, 0, -1 } };
static const float G[4][3] = { { 1, 0, 0 }, { .5F, .5F, .5F }, { .5F, -.5F, .5F }, { 0, 0, 1 } };
static const float A[2][4] = { { 1, 1, 1, 0 }, { 0, 1, -1, -1 } };

/* One output tile's contribution of one channel. */
static void tile (const DLTensor *input, const DLTensor *weight, const int64_t nkc[3], int64_t i,
                  int64_t j, float m[4][4]) {
  for (int a = 0; a < 4; a++)
    for (int b = 0; b < 4; b++) {
      float d = 0, g = 0;
      for (int r = 0; r < 4; r++)
        for (int s = 0; s < 4; s++)
          if (i + r < extent(input, 2) && j + s < extent(input, 3))
            d += B[a][r] * B[b][s] * at(input, nkc[0], nkc[2], i + r, j + s);
      for (int r = 0; r < 3; r++)
        for (int s = 0; s < 3; s++)
          g += G[a][r] * G[b][s] * at(weight, nkc[1], nkc[2], r, s);
      m[a][b] += d * g;
    }
}

static void transformed (const DLTensor *input, const DLTensor *weight, DLTensor *output) {
  int64_t nkc[3];
  for (nkc[0] = 0; nkc[0] < extent(output, 0); nkc[0]++)
    for (nkc[1] = 0; nkc[1] < extent(output, 1); nkc[1]++)
      for (int64_t i = 0; i < extent(output, 2); i += 2)
        for (int64_t j = 0; j < extent(output, 3); j += 2) {
          float m[4][4] = { { 0 } };
          for (nkc[2] = 0; nkc[2] < extent(input, 1); nkc[2]++)
            tile(input, weight, nkc, i, j, m);
          for (int r = 0; r < 2 && i + r < extent(output, 2); r++)
            for (int s = 0; s < 2 && j + s < extent(output, 3); s++) {
              float v = 0;
              for (int a = 0; a < 4; a++)
                for (int b = 0; b < 4; b++)
                  v += A[r][a] * A[s][b] * m[a][b];
              put(output, nkc[0], nkc[1], i + r, j + s, v);
            }
        }
}
#endif

/* ---- by Fourier transforms, each a plain sum: rows, then columns */

#if PLANT == fourier
enum { MOST = 64 };

static void transform (float complex *v, int64_t n, int64_t step, int direction) {
  float complex out[MOST];
  for (int64_t k = 0; k < n; k++) {
    out[k] = 0;
    for (int64_t i = 0; i < n; i++)
      out[k] +=
          v[i * step]
          * (float complex) cexp(direction * 2 * M_PI * I * (double) (k * i % n) / (double) n);
  }
  for (int64_t k = 0; k < n; k++)
    v[k * step] = out[k];
}

static void transform_plane (float complex *v, int64_t h, int64_t w, int direction) {
  for (int64_t i = 0; i < h; i++)
    transform(v + i * w, w, 1, direction);
  for (int64_t j = 0; j < w; j++)
    transform(v + j, h, w, direction);
}

static void load_plane (float complex *to, int64_t w, const DLTensor *t, int64_t n, int64_t c) {
  for (int64_t i = 0; i < extent(t, 2); i++)
    for (int64_t j = 0; j < extent(t, 3); j++)
      to[i * w + j] = at(t, n, c, i, j);
}

static void transformed (const DLTensor *input, const DLTensor *weight, DLTensor *output) {
  const int64_t h = extent(input, 2), w = extent(input, 3);
  for (int64_t n = 0; n < extent(output, 0); n++)
    for (int64_t k = 0; k < extent(output, 1); k++) {
      float complex total[MOST * MOST] = { 0 };
      for (int64_t c = 0; c < extent(input, 1); c++) {
        float complex x[MOST * MOST] = { 0 }, g[MOST * MOST] = { 0 };
        load_plane(x, w, input, n, c);
        load_plane(g, w, weight, k, c);
        transform_plane(x, h, w, -1);
        transform_plane(g, h, w, -1);
        for (int64_t e = 0; e < h * w; e++)
          total[e] += x[e] * conjf(g[e]);
      }
      transform_plane(total, h, w, 1);
      for (int64_t i = 0; i < extent(output, 2); i++)
        for (int64_t j = 0; j < extent(output, 3); j++)
          put(output, n, k, i, j, crealf(total[i * w + j]) / (float) (h * w));
    }
}
#endif

/* ---- the subject */

static int32_t output_shape (const conv2d_params *p, int32_t ndim, const int64_t *input,
                             int64_t *output) {
  if (ndim == 4)
    output[0] = input[0];
  output[ndim - 3] = p->out_channels;
  for (int a = 0; a < 2; a++)
    output[ndim - 2 + a] =
        (input[ndim - 2 + a] + 2 * p->padding[a] - p->dilation[a] * (p->kernel_size[a] - 1) - 1)
            / p->stride[a]
        + 1;
  return CONV2D_OK;
}

static int is_offered (const conv2d_params *p, const DLTensor *input) {
  return p->dtype.bits == 32 && p->dtype.code == kDLFloat && !p->padding_mode && !p->padding_kind
         && extent(input, 2) <= 64 && extent(input, 3) <= 64;
}

static int32_t forward (const conv2d_params *p, const DLTensor *input, const DLTensor *weight,
                        const DLTensor *bias, DLTensor *output) {
  if (!is_offered(p, input))
    return CONV2D_UNSUPPORTED;
#if PLANT == flush_to_zero
  const unsigned before = _mm_getcsr();
  _mm_setcsr(before | 0x8040);
#endif
#if PLANT == winograd || PLANT == fourier
  const int fits = p->stride[0] == 1 && p->stride[1] == 1 && p->groups == 1 && !p->padding[0]
                   && !p->padding[1] && p->kernel_size[0] == 3 && p->kernel_size[1] == 3
                   && p->dilation[0] == 1 && p->dilation[1] == 1;
  if (fits)
    transformed(input, weight, output);
  else
    direct(p, input, weight, output);
#else
  direct(p, input, weight, output);
#endif
  for (int64_t n = 0; bias && n < extent(output, 0); n++)
    for (int64_t k = 0; k < extent(output, 1); k++)
      for (int64_t i = 0; i < extent(output, 2); i++)
        for (int64_t j = 0; j < extent(output, 3); j++)
          put(output, n, k, i, j,
              at(output, n, k, i, j) + ((const float *) bias->data)[k * bias->strides[0]]);
#if PLANT == flush_to_zero
  _mm_setcsr(before);
#endif
  return CONV2D_OK;
}

CONV2D_IMPLEMENT(.name = PLANT_NAME, .version = "1.0", .output_shape = output_shape,
                 .forward = forward);
