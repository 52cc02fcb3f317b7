/* fourier.c: convolution by fast Fourier transforms passes under the bound for transforms. */

#include "tile.h"

#include <complex.h>

enum { MOST = 64 };

static const double PI = 3.14159265358979323846;

/* Of n values that lie `step` apart; n is a power of two. */
static void transform (float complex *x, int n, int step, int way) {
  float complex part[MOST];
  if (n == 1)
    return;
  transform(x, n / 2, 2 * step, way);
  transform(x + step, n / 2, 2 * step, way);
  for (int i = 0; i < n / 2; i++) {
    const double angle = way * 2 * PI * i / n;
    const float complex w = (float) cos(angle) + (float) sin(angle) * I;
    const float complex even = x[2 * i * step], odd = w * x[(2 * i + 1) * step];
    part[i] = even + odd;
    part[i + n / 2] = even - odd;
  }
  for (int i = 0; i < n; i++)
    x[i * step] = part[i];
}

static void transform_both (float complex x[MOST][MOST], int n, int way) {
  for (int i = 0; i < n; i++)
    transform(x[i], n, 1, way);
  for (int j = 0; j < n; j++)
    transform(&x[0][j], n, MOST, way);
}

static void load (const call *k, int tensor, int64_t plane, int n, float complex x[MOST][MOST]) {
  memset(x, 0, sizeof(float complex[MOST][MOST]));
  for (int i = 0; i < n; i++)
    for (int j = 0; j < n; j++)
      x[i][j] = data(k, tensor, (plane * n + i) * n + j);
}

static void convolve (call *k, tile s, int64_t o) {
  static float complex sum[MOST][MOST], d[MOST][MOST], g[MOST][MOST];
  memset(sum, 0, sizeof sum);
  for (int64_t c = 0; c < k->channels; c++) {
    load(k, JOB_INPUT, c, s.in, d);
    load(k, JOB_WEIGHT, o * k->channels + c, s.kernel, g);
    transform_both(d, s.in, -1);
    transform_both(g, s.in, -1);
    for (int i = 0; i < s.in; i++)
      for (int j = 0; j < s.in; j++)
        sum[i][j] += d[i][j] * conjf(g[i][j]);
  }
  transform_both(sum, s.in, 1);
  for (int i = 0; i < s.out; i++)
    for (int j = 0; j < s.out; j++)
      set(k, JOB_OUTPUT, (o * s.out + i) * s.out + j, crealf(sum[i][j]) / (float) (s.in * s.in));
}

/* kind: 0 uniform, 1 positive, 2 kernels of a single 1; area: of a kernel */
static void fill_tile (call *k, int64_t area, int kind) {
  for (int t = JOB_INPUT; t <= JOB_WEIGHT; t++)
    for (int64_t i = 0; i < volume(&k->j.tensor[t]); i++) {
      const double u = signed_chance();
      set(k, t, i, kind == 1 ? fabs(u) : kind == 2 && t == JOB_WEIGHT ? i % area == area / 2 : u);
    }
}

static void test_tile (int in, int kernel, int64_t channels) {
  static const char *const kinds[] = { "uniform", "positive", "impulse" };
  const tile s = { in - kernel + 1, kernel, in };
  for (int kind = 0; kind < 3; kind++) {
    call *k = open_tile(s, channels, 4);
    if (kind == 0)
      memset(k->c.recipe, recipe_find("uniform"), sizeof k->c.recipe);
    fill_tile(k, kernel * kernel, kind);
    set_tile_truths(k, s);
    for (int64_t o = 0; o < 4; o++)
      convolve(k, s, o);
    const bool passes = verdict_of(k) == V_PASS;
    ok(passes, "%dx%d, kernel %d, %d channels, %s data: %.3g of the bound", in, in, kernel,
       (int) channels, kinds[kind], k->out.max_error);
    close_call(k);
  }
}

int main (void) {
  test_tile(16, 3, 1);
  test_tile(16, 3, 16);
  test_tile(32, 5, 4);
  test_tile(64, 1, 1);
  test_tile(64, 3, 2);
  return done_testing();
}
