/* oracle.c: what correct rounding costs, in ns per multiply-add, beside what one might use instead:
   on one core, float32, the best of several runs. Standard input: PyTorch's figures for the layers,
   one a line, or nothing. With --layers: prints them for torch_conv2d.py. With --plain and layers
   as that takes them: what each takes in plain double by rows, one a line. */

#include "oracle.h"
#include "../oracle/multiply.h"
#include <mpfr.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const layer layers[] = {
  { "K = 9", 1, 16, 3, 1, 0, 1, 58 },
  { "K = 64", 64, 16, 1, 1, 0, 1, 56 },
  { "K = 576", 64, 16, 3, 1, 0, 1, 58 },
  { "K = 4608", 512, 16, 3, 1, 0, 1, 30 },
  { "3x3 64->64, 56x56", 64, 64, 3, 1, 1, 1, 56 },
  { "1x1 256->64, 56x56", 256, 64, 1, 1, 0, 1, 56 },
  { "3x3 depthwise 144, 56x56", 144, 144, 3, 1, 1, 144, 56 },
  { "3x3 depthwise 32, 112x112", 32, 32, 3, 1, 1, 32, 112 },
  { "3x3/2 depthwise 144, 56x56", 144, 144, 3, 2, 1, 144, 56 },
  { "5x5 depthwise 480, 14x14", 480, 480, 5, 1, 2, 480, 14 },
  { "7x7 depthwise 768, 7x7", 768, 768, 7, 1, 3, 768, 7 },
  { "7x7/2 3->64, 224x224", 3, 64, 7, 2, 3, 1, 224 },
};
enum { LAYERS = sizeof layers / sizeof layers[0] };

static void fast (work *w) {
  conv2d_oracle_forward(&w->p, &w->tensor[0], &w->tensor[1], NULL, &w->tensor[2], NULL, NULL);
}

static void fast_with_detail (work *w) {
  conv2d_oracle_forward(&w->p, &w->tensor[0], &w->tensor[1], NULL, &w->tensor[2], &w->detail, NULL);
}

/* Without the sums before rounding. */
static void fast_with_scale (work *w) {
  conv2d_detail d = { .scale = w->detail.scale,
                      .terms = w->detail.terms,
                      .flags = w->detail.flags };
  conv2d_oracle_forward(&w->p, &w->tensor[0], &w->tensor[1], NULL, &w->tensor[2], &d, NULL);
}

static void definition (work *w) {
  conv2d_oracle_forward_definition(&w->p, &w->tensor[0], &w->tensor[1], NULL, &w->tensor[2], NULL,
                                   NULL);
}

/* ns per multiply-add, the best of a few runs. */
static double measure (void run(work *), work *w, int runs) {
  double best = 1e9;
  for (int i = 0; i < runs; i++) {
    double start = seconds(), took;
    run(w);
    if ((took = seconds() - start) < best)
      best = took;
  }
  return best / (double) w->products * 1e9;
}

/* mpfr_dot on `depth` terms of the layer's data, as if they were one window. */
static double measure_mpfr (const work *w) {
  size_t n = (size_t) w->depth;
  mpfr_t *a = calloc(n, sizeof *a), *b = calloc(n, sizeof *b), sum;
  mpfr_ptr *pa = calloc(n, sizeof *pa), *pb = calloc(n, sizeof *pb);
  int runs = 1 + 20000 / (int) n;

  mpfr_init2(sum, 24);
  for (size_t i = 0; i < n; i++) {
    mpfr_inits2(24, pa[i] = a[i], pb[i] = b[i], NULL);
    mpfr_set_flt(a[i], w->data[0][i % (size_t) w->count[0]], MPFR_RNDN);
    mpfr_set_flt(b[i], w->data[1][i], MPFR_RNDN);
  }
  double start = seconds();
  for (int i = 0; i < runs; i++)
    mpfr_dot(sum, pa, pb, n, MPFR_RNDN);
  double took = (seconds() - start) / runs / (double) n * 1e9;
  for (size_t i = 0; i < n; i++)
    mpfr_clears(a[i], b[i], NULL);
  mpfr_clear(sum);
  free(a), free(b), free(pa), free(pb);
  return took;
}

/* PyTorch's next figure, or 0. */
static double next_figure (void) {
  double figure;
  return scanf("%lf", &figure) == 1 ? figure : 0;
}

static void compare_layers (void) {
  printf("instructions: %s\n\n", instruction_set());
  puts("ns per multiply-add          plain    plain     the     fast   with S,   with    mpfr_  "
       "PyTorch"
       "   with S\n"
       "                             double   double   defini-  path   terms,     all     dot   "
       "float64"
       "   / rows\n"
       "                              nest     rows     tion            flags   detail");
  for (int i = 0; i < LAYERS; i++) {
    work w;
    work_make(&w, &layers[i]);
    double rows = measure(plain_rows, &w, 15), scaled = measure(fast_with_scale, &w, 15);
    printf("%-26s %7.3f  %7.3f  %7.2f  %7.3f  %7.3f  %7.3f  %6.1f", layers[i].name,
           measure(plain_nest, &w, 2), rows, measure(definition, &w, 1), measure(fast, &w, 7),
           scaled, measure(fast_with_detail, &w, 7), measure_mpfr(&w));
    double torch = next_figure();
    if (torch > 0)
      printf("  %7.3f", torch);
    else
      printf("        -");
    printf("  %6.2f\n", scaled / rows);
    work_free(&w);
  }
}

/* What the scale costs in the inner loop itself, on a chunk in the nearest cache. */
static void compare_blocks (void) {
  enum { DEPTH = 128, RUNS = 20000 };
  static cell left[DEPTH * ROWS], right[DEPTH][LANES];
  static const cell *rows[DEPTH];
  static sums total;
  static double plain[ROWS * LANES];
  const DLDataType kinds[] = { { kDLFloat, 32, 1 }, { kDLFloat, 64, 1 } };
  double took[3] = { 1e9, 1e9, 1e9 };

  for (int k = 0; k < DEPTH; k++) {
    rows[k] = right[k];
    for (int i = 0; i < LANES; i++)
      right[k][i].real = left[k * ROWS + i % ROWS].real = (k - 60) * 0.37 + i;
  }
  for (int repeat = 0; repeat < 7; repeat++)
    for (int kind = 0; kind < 3; kind++) {
      multiply_fn *multiply = kind < 2 ? multiply_for(type_of(kinds[kind])) : NULL;
      double start = seconds(), now;
      for (int i = 0; i < RUNS; i++)
        if (kind < 2)
          multiply(DEPTH, left, rows, ROWS, LANES, true, &total);
        else
          plain_block(DEPTH, &left[0].real, &right[0][0].real, plain);
      now = (seconds() - start) / RUNS / (DEPTH * ROWS * LANES) * 1e9;
      took[kind] = now < took[kind] ? now : took[kind];
    }
  printf("\ninner loop alone: sum %.4f, sum and scale %.4f (%.2f times), float64 %.4f\n", took[2],
         took[0], took[0] / took[2], took[1]);
}

/* One image of 5x5, a 3x3 kernel: ns a call. */
static void measure_tiny (void) {
  static const layer tiny = { "tiny", 1, 1, 3, 1, 0, 1, 5 };
  enum { RUNS = 20000 };
  float gradient[3][25];
  double took[2] = { 1e9, 1e9 };
  work w;

  work_make(&w, &tiny);
  DLTensor input = w.tensor[0], weight = w.tensor[1];
  input.data = gradient[0];
  weight.data = gradient[1];
  for (int repeat = 0; repeat < 7; repeat++)
    for (int back = 0; back < 2; back++) {
      double start = seconds(), now;
      for (int i = 0; i < RUNS; i++)
        if (back)
          conv2d_oracle_backward(&w.p, &w.tensor[0], &w.tensor[1], &w.tensor[2], &input, &weight,
                                 NULL, NULL, NULL);
        else
          fast_with_detail(&w);
      now = (seconds() - start) / RUNS * 1e9;
      took[back] = now < took[back] ? now : took[back];
    }
  printf("a call with an output of 1x1x3x3: forward with detail %.0f ns, backward %.0f ns\n",
         took[0], took[1]);
  work_free(&w);
}

/* Each argument is a layer. False if one is not. */
static bool print_plain (int count, char **arg) {
  for (int i = 0; i < count; i++) {
    long n[7];
    work w;
    if (sscanf(arg[i], "%ld,%ld,%ld,%ld,%ld,%ld,%ld", &n[0], &n[1], &n[2], &n[3], &n[4], &n[5],
               &n[6])
        != 7)
      return false;
    const layer l = { arg[i], n[0], n[1], n[2], n[3], n[4], n[5], n[6] };
    work_make(&w, &l);
    printf("%g\n", measure(plain_rows, &w, 3));
    work_free(&w);
  }
  return true;
}

int main (int argc, char **argv) {
  if (argc > 1 && strcmp(argv[1], "--plain") == 0)
    return !print_plain(argc - 2, argv + 2);
  if (argc > 1 && strcmp(argv[1], "--layers") == 0) {
    for (int i = 0; i < LAYERS; i++)
      printf("%d,%d,%d,%d,%d,%d,%d\n", (int) layers[i].in_channels, (int) layers[i].out_channels,
             (int) layers[i].kernel, (int) layers[i].stride, (int) layers[i].padding,
             (int) layers[i].groups, (int) layers[i].size);
    return 0;
  }
  compare_layers();
  compare_blocks();
  measure_tiny();
  return 0;
}
