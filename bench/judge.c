/* judge.c: what data and judging cost, in nanoseconds of processor time an output, beside the
   convolution itself: in plain loops, and by PyTorch, whose figures are read from standard input,
   one a layer, or none. The answers are each an ulp or so off, so that nothing is spared by
   equality. With --layers: prints them for torch_conv2d.py. */

#include "../tests/judge/sized.h"

#include <time.h>

static double seconds (void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double) t.tv_sec + 1e-9 * (double) t.tv_nsec;
}

/* Moves each number by some of its ulps. */
static void answer (call *k, enum job_tensor result) {
  const truth *t = &k->x.truth[0];
  const int64_t n = volume(&k->j.tensor[result]);
  const dtype *d = dtype_of(t->want.dtype);
  double *v = numbers(n);
  for (int64_t i = 0; i < n; i++)
    v[i] =
        t->detail.exact[i]
        + signed_chance() * t->detail.scale[i] * ldexp(1, d->precision < 24 ? -24 : -d->precision);
  d->store(at(k, (int) result, 0), 1, n, v);
  free(v);
}

/* The convolution itself, row by row, so that compilers make vectors; without padding and bias. */
#define PLAIN(T)                                                                                   \
  static double plain_##T(const layer *l) {                                                        \
    const int64_t rows = out_extent(l, 0), columns = out_extent(l, 1), depth = depth_of(l);        \
    const int64_t width = l->size[1] + 2 * l->padding[1];                                          \
    const int64_t area = l->kernel[0] * l->kernel[1];                                              \
    T *x = numbers(l->in_channels * (l->size[0] + 2 * l->padding[0]) * width);                     \
    T *w = numbers(depth * l->out_channels), *y = numbers(columns), used = 0;                      \
    const double start = seconds();                                                                \
    for (int64_t o = 0; o < l->out_channels; o++)                                                  \
      for (int64_t i = 0; i < rows; i++) {                                                         \
        memset(y, 0, (size_t) columns * sizeof *y);                                                \
        for (int64_t n = 0; n < depth; n++) {                                                      \
          const int64_t row =                                                                      \
              n / area * (l->size[0] + 2 * l->padding[0]) + i + n % area / l->kernel[1];           \
          const T *from = x + row * width + n % l->kernel[1], weight = w[o * depth + n];           \
          for (int64_t j = 0; j < columns; j++)                                                    \
            y[j] += from[j] * weight;                                                              \
        }                                                                                          \
        used += y[0];                                                                              \
      }                                                                                            \
    const double took = seconds() - start;                                                         \
    free(x);                                                                                       \
    free(w);                                                                                       \
    free(y);                                                                                       \
    return used > 1 ? 0 : took;                                                                    \
  }
PLAIN(float)
PLAIN(double)

/* The shortest of several. */
static double time_of (void work(call *), call *k) {
  double least = 1e9;
  for (int i = 0; i < 3; i++) {
    const double start = seconds();
    work(k);
    least = fmin(least, seconds() - start);
  }
  return least;
}

static void fill_input (call *k) {
  DLTensor t = tensor_in(k, JOB_INPUT);
  data_fill(&k->c, 7, INPUT, &t);
}

static void judge_it (call *k) {
  if (verdict_of(k) != V_PASS)
    printf("%s\n", k->out.words);
}

/* How many numbers go into a result. */
static double data_of (const call *k, enum job_tensor result) {
  static const enum job_tensor from[][2] = { [JOB_OUTPUT] = { JOB_INPUT, JOB_WEIGHT },
                                             [JOB_GRAD_INPUT] = { JOB_GRAD_OUTPUT, JOB_WEIGHT },
                                             [JOB_GRAD_WEIGHT] = { JOB_GRAD_OUTPUT, JOB_INPUT } };
  return (double) volume(&k->j.tensor[from[result][0]])
         + (double) volume(&k->j.tensor[from[result][1]]);
}

/* torch: seconds that PyTorch takes for the layer forward in float32, or 0 if that is not known. */
static void measure (const char *name, const layer *l, setting s, double torch) {
  static const char *const results[] = {
    [JOB_OUTPUT] = "output", [JOB_GRAD_INPUT] = "grad_input", [JOB_GRAD_WEIGHT] = "grad_weight"
  };
  call *k = open_layer(l, &s);
  const double outputs = (double) volume(&k->j.tensor[s.result]);
  const double inputs = (double) volume(&k->j.tensor[JOB_INPUT]);
  answer(k, s.result);
  const double fill = time_of(fill_input, k) / inputs, direct = time_of(judge_it, k) / outputs;
  const double together = fill * data_of(k, s.result) / outputs + direct;
  k->s.claims = CONV2D_TRANSFORM;
  const double transform = time_of(judge_it, k) / outputs;
  printf("%-14s %-11s %2s%-3d %-8s %6.0f %7.1f %7.1f %7.1f %8.1f", name, results[s.result],
         s.type.code == kDLBfloat ? "bf" : "f", s.type.bits, s.recipe, outputs / 1000, 1e9 * fill,
         1e9 * direct, 1e9 * together, 1e9 * transform);
  if (s.result == JOB_OUTPUT && s.type.bits == 32) {
    printf(" %8.1f %8.1f", 1e9 * plain_float(l) / outputs, 1e9 * plain_double(l) / outputs);
    printf(torch > 0 ? " %8.1f" : "        -", 1e9 * torch / outputs);
  }
  printf("\n");
  close_call(k);
}

static const char *instructions (void) {
#ifdef __x86_64__
  return __builtin_cpu_supports("avx512dq") ? "AVX-512"
         : __builtin_cpu_supports("avx2")   ? "AVX2"
                                            : "SSE2";
#else
  return "those that every processor of this architecture has";
#endif
}

/* As torch_conv2d.py takes it. */
static void print_layer (const layer *l) {
  printf("%d,%d,%d,%d,%d,%d,%d\n", (int) l->in_channels, (int) l->out_channels, (int) l->kernel[0],
         (int) l->stride[0], (int) l->padding[0], (int) l->groups, (int) l->size[0]);
}

int main (int count, char **arg) {
  static const struct {
    const char *name;
    layer l;
  } layers[] = {
    { "3x3 64 to 64", { 64, 64, 1, { 112, 112 }, { 3, 3 }, { 1, 1 }, { 1, 1 }, { 1, 1 } } },
    { "1x1 64 to 256", { 64, 256, 1, { 56, 56 }, { 1, 1 }, { 1, 1 }, { 0, 0 }, { 1, 1 } } },
    { "depthwise 3x3", { 96, 96, 96, { 112, 112 }, { 3, 3 }, { 1, 1 }, { 1, 1 }, { 1, 1 } } },
  };
  const setting settings[] = {
    { F32, "uniform", true, CONV2D_ZEROS, JOB_OUTPUT, 1 },
    { F32, "normal", true, CONV2D_ZEROS, JOB_OUTPUT, 1 },
    { F32, "uniform", false, CONV2D_ZEROS, JOB_GRAD_INPUT, 1 },
    { F32, "uniform", false, CONV2D_ZEROS, JOB_GRAD_WEIGHT, 1 },
    { F16, "uniform", true, CONV2D_ZEROS, JOB_OUTPUT, 1 },
    { BF16, "uniform", true, CONV2D_ZEROS, JOB_OUTPUT, 1 },
    { F64, "uniform", true, CONV2D_ZEROS, JOB_OUTPUT, 1 },
  };
  enum { LAYERS = sizeof layers / sizeof *layers };
  double torch[LAYERS] = { 0 };
  if (count > 1 && !strcmp(arg[1], "--layers")) {
    for (int i = 0; i < LAYERS; i++)
      print_layer(&layers[i].l);
    return 0;
  }
  printf("instructions: %s\n", instructions());
  for (int i = 0; i < LAYERS; i++)
    if (scanf("%lf", &torch[i]) == 1)
      torch[i] *= 1e-9 * (double) products_of(&layers[i].l);
  if (torch[0] == 0)
    printf("PyTorch: not installed\n");
  printf("\n%-40s %7s %7s %7s %7s %8s %8s %8s %8s\n", "nanoseconds, a datum or an output", "1000s",
         "datum", "judged", "both", "transf.", "plain 32", "plain 64", "PyTorch");
  for (size_t i = 0; i < LAYERS; i++)
    for (size_t k = 0; k < sizeof settings / sizeof *settings; k++)
      measure(layers[i].name, &layers[i].l, settings[k], torch[i]);
  return 0;
}
