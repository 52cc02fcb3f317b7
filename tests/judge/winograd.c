/* winograd.c: Winograd's algorithm passes under the bound for transforms, on random data and on the
   worst. The points are 0, +-1, +-2 (and +-1/2), and infinity. */

#include "tile.h"

enum { MOST = 8 };

typedef struct winograd {
  tile tile;
  float a[MOST][MOST], b[MOST][MOST], g[MOST][3]; /* A^T, B^T and G of the literature */
} winograd;

static const winograd f4 = {
  { 4, 3, 6 },
  { { 1, 1, 1, 1, 1, 0 }, { 0, 1, -1, 2, -2, 0 }, { 0, 1, 1, 4, 4, 0 }, { 0, 1, -1, 8, -8, 1 } },
  { { 4, 0, -5, 0, 1, 0 },
    { 0, -4, -4, 1, 1, 0 },
    { 0, 4, -4, -1, 1, 0 },
    { 0, -2, -1, 2, 1, 0 },
    { 0, 2, -1, -2, 1, 0 },
    { 0, 4, 0, -5, 0, 1 } },
  { { 1 / 4.f, 0, 0 },
    { -1 / 6.f, -1 / 6.f, -1 / 6.f },
    { -1 / 6.f, 1 / 6.f, -1 / 6.f },
    { 1 / 24.f, 1 / 12.f, 1 / 6.f },
    { 1 / 24.f, -1 / 12.f, 1 / 6.f },
    { 0, 0, 1 } },
};

static const winograd f6 = {
  { 6, 3, 8 },
  { { 1, 1, 1, 1, 1, 1, 1, 0 },
    { 0, 1, -1, 2, -2, .5f, -.5f, 0 },
    { 0, 1, 1, 4, 4, .25f, .25f, 0 },
    { 0, 1, -1, 8, -8, .125f, -.125f, 0 },
    { 0, 1, 1, 16, 16, .0625f, .0625f, 0 },
    { 0, 1, -1, 32, -32, .03125f, -.03125f, 1 } },
  { { 1, 0, -5.25f, 0, 5.25f, 0, -1, 0 },
    { 0, 1, 1, -4.25f, -4.25f, 1, 1, 0 },
    { 0, -1, 1, 4.25f, -4.25f, -1, 1, 0 },
    { 0, .5f, .25f, -2.5f, -1.25f, 2, 1, 0 },
    { 0, -.5f, .25f, 2.5f, -1.25f, -2, 1, 0 },
    { 0, 2, 4, -2.5f, -5, .5f, 1, 0 },
    { 0, -2, 4, 2.5f, -5, -.5f, 1, 0 },
    { 0, -1, 0, 5.25f, 0, -5.25f, 0, 1 } },
  { { 1, 0, 0 },
    { -2 / 9.f, -2 / 9.f, -2 / 9.f },
    { -2 / 9.f, 2 / 9.f, -2 / 9.f },
    { 1 / 90.f, 1 / 45.f, 2 / 45.f },
    { 1 / 90.f, -1 / 45.f, 2 / 45.f },
    { 32 / 45.f, 16 / 45.f, 8 / 45.f },
    { 32 / 45.f, -16 / 45.f, 8 / 45.f },
    { 0, 0, 1 } },
};

/* y = m x m^T, m being rows x n, of rows that lie `pitch` apart */
static void sandwich (const float *m, int pitch, int rows, int n, float x[MOST][MOST],
                      float y[MOST][MOST]) {
  float half[MOST][MOST] = { { 0 } };
  for (int i = 0; i < rows; i++)
    for (int j = 0; j < n; j++)
      for (int l = 0; l < n; l++)
        half[i][j] += m[i * pitch + l] * x[l][j];
  for (int i = 0; i < rows; i++)
    for (int j = 0; j < rows; j++) {
      y[i][j] = 0;
      for (int l = 0; l < n; l++)
        y[i][j] += half[i][l] * m[j * pitch + l];
    }
}

/* One output channel of the tile. */
static void transform_back_and_forth (call *k, const winograd *f, int64_t o) {
  const tile s = f->tile;
  float product[MOST][MOST] = { { 0 } }, d[MOST][MOST], g[MOST][MOST], u[MOST][MOST], v[MOST][MOST];
  for (int64_t c = 0; c < k->channels; c++) {
    for (int i = 0; i < s.in; i++)
      for (int j = 0; j < s.in; j++)
        d[i][j] = data(k, JOB_INPUT, (c * s.in + i) * s.in + j);
    for (int i = 0; i < 3; i++)
      for (int j = 0; j < 3; j++)
        g[i][j] = data(k, JOB_WEIGHT, ((o * k->channels + c) * 3 + i) * 3 + j);
    sandwich(f->b[0], MOST, s.in, s.in, d, v);
    sandwich(f->g[0], 3, s.in, 3, g, u);
    for (int i = 0; i < s.in; i++)
      for (int j = 0; j < s.in; j++)
        product[i][j] += u[i][j] * v[i][j];
  }
  sandwich(f->a[0], MOST, s.out, s.in, product, d);
  for (int i = 0; i < s.out; i++)
    for (int j = 0; j < s.out; j++)
      set(k, JOB_OUTPUT, (o * s.out + i) * s.out + j, d[i][j]);
}

/* Signs and sizes that make the largest product of the transforms as large as can be. */
static double worst (const winograd *f, int tensor, int64_t i) {
  const int last = f->tile.in - 1, n = tensor == JOB_INPUT ? f->tile.in : 3;
  const int row = f == &f4 ? 3 : last - 5;
  const int a = (int) (i / n % n), b = (int) (i % n);
  const float p = tensor == JOB_INPUT ? f->b[row][a] : f->g[row][a];
  const float q = tensor == JOB_INPUT ? f->b[row][b] : f->g[row][b];
  return ((p < 0) == (q < 0) ? 1 : -1) * (1 - fabs(signed_chance()) / 16);
}

static void fill_tile (call *k, const winograd *f, int kind) {
  for (int t = JOB_INPUT; t <= JOB_WEIGHT; t++)
    for (int64_t i = 0; i < volume(&k->j.tensor[t]); i++) {
      const double u = signed_chance();
      set(k, t, i, kind == 0 ? u : kind == 1 ? fabs(u) : worst(f, t, i));
    }
}

static void test_winograd (const winograd *f, const char *name) {
  static const char *const kinds[] = { "uniform", "positive", "worst" };
  double most[3] = { 0 };
  bool right[3] = { true, true, true };
  for (int64_t channels = 1; channels <= 64; channels *= 4)
    for (int kind = 0; kind < 3; kind++) {
      call *k = open_tile(f->tile, channels, 64);
      if (kind == 0)
        memset(k->c.recipe, recipe_find("uniform"), sizeof k->c.recipe);
      fill_tile(k, f, kind);
      set_tile_truths(k, f->tile);
      for (int64_t o = 0; o < 64; o++)
        transform_back_and_forth(k, f, o);
      right[kind] = verdict_of(k) == V_PASS && right[kind];
      most[kind] = fmax(most[kind], k->out.max_error);
      close_call(k);
    }
  for (int kind = 0; kind < 3; kind++)
    ok(right[kind], "%s on %s data passes: %.3g of the bound at most", name, kinds[kind],
       most[kind]);
}

int main (void) {
  test_winograd(&f4, "F(4x4,3x3)");
  test_winograd(&f6, "F(6x6,3x3)");
  return done_testing();
}
