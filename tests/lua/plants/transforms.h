/* transforms.h: 3x3 layers by Winograd's and by Fourier's transforms, written as plain sums. */

/* An element of the padded plane. */
static float padded (const DLTensor *t, int64_t n, int64_t c, int64_t h, int64_t w, int64_t pad) {
  h -= pad;
  w -= pad;
  return h >= 0 && w >= 0 && h < extent(t, 2) && w < extent(t, 3) ? at(t, n, c, h, w) : 0;
}

/* ---- Winograd */

#if TILE == 4
enum { M = 4, T = 6 };
static const float B[T][T] = { { 4, 0, -5, 0, 1, 0 },  { 0, -4, -4, 1, 1, 0 },
                               { 0, 4, -4, -1, 1, 0 }, { 0, -2, -1, 2, 1, 0 },
                               { 0, 2, -1, -2, 1, 0 }, { 0, 4, 0, -5, 0, 1 } };
static const float G[T][3] = { { .25F, 0, 0 },
                               { -1 / 6.F, -1 / 6.F, -1 / 6.F },
                               { -1 / 6.F, 1 / 6.F, -1 / 6.F },
                               { 1 / 24.F, 1 / 12.F, 1 / 6.F },
                               { 1 / 24.F, -1 / 12.F, 1 / 6.F },
                               { 0, 0, 1 } };
static const float A[M][T] = {
  { 1, 1, 1, 1, 1, 0 }, { 0, 1, -1, 2, -2, 0 }, { 0, 1, 1, 4, 4, 0 }, { 0, 1, -1, 8, -8, 1 }
};
#else
enum { M = 2, T = 4 };
static const float B[T][T] = { { 1, 0, -1, 0 }, { 0, 1, 1, 0 }, { 0, -1, 1, 0 }, { 0, 1, 0, -1 } };
static const float G[T][3] = { { 1, 0, 0 }, { .5F, .5F, .5F }, { .5F, -.5F, .5F }, { 0, 0, 1 } };
static const float A[M][T] = { { 1, 1, 1, 0 }, { 0, 1, -1, -1 } };
#endif

/* Adds what one channel gives to the tile of outputs at (i, j), in the transform's domain. */
static void add_tile (const DLTensor *input, const DLTensor *weight, const int64_t nkc[3],
                      int64_t i, int64_t j, int64_t pad, float m[T][T]) {
  for (int a = 0; a < T; a++)
    for (int b = 0; b < T; b++) {
      float d = 0, g = 0;
      for (int r = 0; r < T; r++)
        for (int s = 0; s < T; s++)
          if (B[a][r] != 0 && B[b][s] != 0)
            d += B[a][r] * B[b][s] * padded(input, nkc[0], nkc[2], i + r, j + s, pad);
      for (int r = 0; r < 3; r++)
        for (int s = 0; s < 3; s++)
          g += G[a][r] * G[b][s] * at(weight, nkc[1], nkc[2], r, s);
      m[a][b] += d * g;
    }
}

static void put_tile (DLTensor *output, const int64_t nkc[3], int64_t i, int64_t j, float m[T][T]) {
  for (int r = 0; r < M && i + r < extent(output, 2); r++)
    for (int s = 0; s < M && j + s < extent(output, 3); s++) {
      float v = 0;
      for (int a = 0; a < T; a++)
        for (int b = 0; b < T; b++)
          v += A[r][a] * A[s][b] * m[a][b];
      put(output, nkc[0], nkc[1], i + r, j + s, v);
    }
}

static void by_winograd (const DLTensor *input, const DLTensor *weight, int64_t pad,
                         DLTensor *output) {
  int64_t nkc[3];
  for (nkc[0] = 0; nkc[0] < extent(output, 0); nkc[0]++)
    for (nkc[1] = 0; nkc[1] < extent(output, 1); nkc[1]++)
      for (int64_t i = 0; i < extent(output, 2); i += M)
        for (int64_t j = 0; j < extent(output, 3); j += M) {
          float m[T][T] = { { 0 } };
          for (nkc[2] = 0; nkc[2] < extent(input, 1); nkc[2]++)
            add_tile(input, weight, nkc, i, j, pad, m);
          put_tile(output, nkc, i, j, m);
        }
}

/* ---- Fourier: rows, then columns */

enum { MOST = 32 };

static void transform (float complex *v, int64_t n, int64_t step, int direction) {
  float complex out[MOST], turn[MOST];
  for (int64_t k = 0; k < n; k++)
    turn[k] = (float complex) cexp(direction * 2 * M_PI * I * (double) k / (double) n);
  for (int64_t k = 0; k < n; k++) {
    out[k] = 0;
    for (int64_t i = 0; i < n; i++)
      out[k] += v[i * step] * turn[k * i % n];
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

/* The spectrum of a plane in h x w points. */
static void load (float complex *to, const int64_t hw[2], const DLTensor *t, int64_t n, int64_t c,
                  int64_t pad) {
  for (int64_t i = 0; i < hw[0]; i++)
    for (int64_t j = 0; j < hw[1]; j++)
      to[i * hw[1] + j] = padded(t, n, c, i, j, pad);
  transform_plane(to, hw[0], hw[1], -1);
}

static void by_fourier (const DLTensor *input, const DLTensor *weight, int64_t pad,
                        DLTensor *output) {
  const int64_t hw[2] = { extent(input, 2) + 2 * pad, extent(input, 3) + 2 * pad };
  float complex total[MOST * MOST], x[MOST * MOST], g[MOST * MOST];
  for (int64_t n = 0; n < extent(output, 0); n++)
    for (int64_t k = 0; k < extent(output, 1); k++) {
      memset(total, 0, sizeof total);
      for (int64_t c = 0; c < extent(input, 1); c++) {
        load(x, hw, input, n, c, pad);
        load(g, hw, weight, k, c, 0);
        for (int64_t e = 0; e < hw[0] * hw[1]; e++)
          total[e] += x[e] * conjf(g[e]);
      }
      transform_plane(total, hw[0], hw[1], 1);
      for (int64_t i = 0; i < extent(output, 2); i++)
        for (int64_t j = 0; j < extent(output, 3); j++)
          put(output, n, k, i, j, crealf(total[i * hw[1] + j]) / (float) (hw[0] * hw[1]));
    }
}

/* Whether the plant transforms this layer; all others are direct. */
static int is_transformed (const conv2d_params *p, const DLTensor *input) {
  const int fits = p->stride[0] == 1 && p->stride[1] == 1 && p->groups == 1
                   && p->padding[0] == p->padding[1] && p->kernel_size[0] == 3
                   && p->kernel_size[1] == 3 && p->dilation[0] == 1 && p->dilation[1] == 1;
  const int small =
      extent(input, 2) + 2 * p->padding[0] <= MOST && extent(input, 3) + 2 * p->padding[1] <= MOST;
  switch (PLANT) {
  case winograd2:
  case winograd4: return fits;
  case winograd_by_batch: return fits && extent(input, 0) >= 16;
  case fourier: return fits && small && extent(input, 2) >= 3 && extent(input, 3) >= 3;
  default: return 0;
  }
}
