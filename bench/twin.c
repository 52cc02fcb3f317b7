/* twin.c: what evaluating a tree of additions costs, beside the same sums in plain float32 by rows.
   The layers are of common networks, with smaller planes. Each figure is the best of three. */

#include "twin/evaluate.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

typedef struct layer {
  int64_t channels, size, outs, kernel;
} layer;

static const layer layers[] = {
  { 3, 56, 64, 7 }, { 64, 28, 64, 1 }, { 64, 28, 64, 3 }, { 256, 14, 128, 1 }, { 512, 7, 64, 3 }
};

static double now (void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double) t.tv_sec + (double) t.tv_nsec * 1e-9;
}

static void plain (const layer *l, int64_t out, const float *x, const float *w, float *to) {
  for (int64_t k = 0; k < l->outs; k++)
    for (int64_t c = 0; c < l->channels; c++)
      for (int64_t r = 0; r < l->kernel; r++)
        for (int64_t s = 0; s < l->kernel; s++) {
          const float v = w[((k * l->channels + c) * l->kernel + r) * l->kernel + s];
          for (int64_t i = 0; i < out; i++)
            for (int64_t j = 0; j < out; j++)
              to[(k * out + i) * out + j] += v * x[(c * l->size + i + r) * l->size + j + s];
        }
}

static test_case case_of (const layer *l) {
  test_case c = { .input = { 4, { 1, l->channels, l->size, l->size } } };
  c.params = (conv2d_params){ .in_channels = l->channels,
                              .out_channels = l->outs,
                              .kernel_size = { l->kernel, l->kernel },
                              .stride = { 1, 1 },
                              .dilation = { 1, 1 },
                              .groups = 1,
                              .dtype = { kDLFloat, 32, 1 } };
  return c;
}

/* One chain, or partial sums of 8 products, added in order. */
static int64_t make_steps (step *to, int64_t leaves, int64_t block, bool fused) {
  int64_t n = 0;
  to[n++] = (step){ FORMAT, FLOAT32 };
  for (int32_t i = 0; i < leaves; i++) {
    const bool first = i == 0 || (block && i % block == 0);
    to[n++] = (step){ fused && !first ? FUSE : LEAF, i };
    if (!fused && !first)
      to[n++] = (step){ ADD, 0 };
    if (block && i >= block && (i % block == block - 1 || i == leaves - 1))
      to[n++] = (step){ ADD, 0 };
  }
  return n;
}

static double *doubles (const float *v, int64_t n) {
  double *to = calloc((size_t) n, sizeof *to);
  for (int64_t i = 0; to && i < n; i++)
    to[i] = (double) v[i];
  return to;
}

static float *randoms (int64_t n) {
  float *to = calloc((size_t) n, sizeof *to);
  for (int64_t i = 0; to && i < n; i++)
    to[i] = (float) rand() / (float) RAND_MAX - 0.5F;
  return to;
}

static double time_plain (const layer *l, int64_t out, const float *x, const float *w) {
  float *to = calloc((size_t) (l->outs * out * out), sizeof *to);
  double best = 1e9;
  for (int i = 0; to && i < 3; i++) {
    const double start = now();
    plain(l, out, x, w, to);
    best = now() - start < best ? now() - start : best;
  }
  free(to);
  return best;
}

static double time_twin (const sums *s, const twin_program *p, const float *x, int64_t count,
                         const float *w) {
  double *a = doubles(w, s->a_count), *b = doubles(x, count), best = 1e9;
  double *to = calloc((size_t) s->elements, sizeof *to);
  for (int i = 0; a && b && to && i < 3; i++) {
    const double start = now();
    if (!program_evaluate(s, p, a, b, NULL, (stretch){ 0, s->elements }, to))
      exit(1);
    best = now() - start < best ? now() - start : best;
  }
  free(a);
  free(b);
  free(to);
  return best;
}

static void measure (const layer *l, int64_t block, bool fused) {
  const int64_t out = l->size - l->kernel + 1, pixels = l->channels * l->size * l->size;
  const shape output = { 4, { 1, l->outs, out, out } };
  const test_case c = case_of(l);
  const char *why;
  sums *s = sums_make(&c, JOB_OUTPUT, &output, &why);
  if (!s)
    exit(1);
  float *x = randoms(pixels), *w = randoms(s->a_count);
  step *steps = calloc((size_t) (3 * s->leaves + 3), sizeof *steps);
  const twin_program p = { .step = steps, .steps = make_steps(steps, s->leaves, block, fused) };
  why = program_check(s, &p);
  if (why)
    exit(1);
  const double base = time_plain(l, out, x, w), twin = time_twin(s, &p, x, pixels, w);
  printf(
      "%4lld channels %3lldx%-3lld %4lld outputs %lldx%lld  %-28s %8.2f ms %8.2f ms  %5.1f times\n",
      (long long) l->channels, (long long) l->size, (long long) l->size, (long long) l->outs,
      (long long) l->kernel, (long long) l->kernel,
      fused   ? "chain, fused"
      : block ? "partial sums of 8, not fused"
              : "chain, not fused",
      base * 1e3, twin * 1e3, twin / base);
  free(steps);
  free(x);
  free(w);
  sums_free(s);
}

int main (void) {
  for (size_t i = 0; i < sizeof layers / sizeof *layers; i++) {
    measure(&layers[i], 0, true);
    measure(&layers[i], 0, false);
    measure(&layers[i], 8, false);
  }
  return 0;
}
