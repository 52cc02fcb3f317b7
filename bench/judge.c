/* judge.c: what making data and judging cost, in nanoseconds of processor time for each output. The
   convolution itself in plain float32 is shown beside it. All answers are an ulp or so off, so that
   the judge cannot save work where values are equal. */

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

/* Row by row, so that compilers make vectors; without padding and bias. */
static double plain_float32 (const layer *l) {
  const int64_t rows = out_extent(l, 0), columns = out_extent(l, 1), depth = depth_of(l);
  const int64_t width = l->size[1] + 2 * l->padding[1];
  float *x = numbers(l->in_channels * (l->size[0] + 2 * l->padding[0]) * width);
  float *w = numbers(depth * l->out_channels), *y = numbers(columns);
  const double start = seconds();
  float used = 0;
  for (int64_t o = 0; o < l->out_channels; o++)
    for (int64_t i = 0; i < rows; i++) {
      memset(y, 0, (size_t) columns * sizeof *y);
      for (int64_t n = 0; n < depth; n++) {
        const int64_t area = l->kernel[0] * l->kernel[1], r = n % area / l->kernel[1];
        const float *from =
            x + ((n / area) * (l->size[0] + 2 * l->padding[0]) + i + r) * width + n % l->kernel[1];
        for (int64_t j = 0; j < columns; j++)
          y[j] += from[j] * w[o * depth + n];
      }
      used += y[0];
    }
  const double took = seconds() - start;
  free(x);
  free(w);
  free(y);
  return used > 1 ? 0 : took;
}

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

static void measure (const char *name, const layer *l, setting s) {
  static const char *const results[] = {
    [JOB_OUTPUT] = "output", [JOB_GRAD_INPUT] = "grad_input", [JOB_GRAD_WEIGHT] = "grad_weight"
  };
  call *k = open_layer(l, &s);
  const double outputs = (double) volume(&k->j.tensor[s.result]);
  const double inputs = (double) volume(&k->j.tensor[JOB_INPUT]);
  answer(k, s.result);
  const double fill = time_of(fill_input, k), direct = time_of(judge_it, k);
  k->s.claims = CONV2D_TRANSFORM;
  const double transform = time_of(judge_it, k);
  printf("%-16s %-12s %s%-3d %-8s %9.0f %9.1f %9.1f %9.1f", name, results[s.result],
         s.type.code == kDLBfloat ? "bf" : "f", s.type.bits, s.recipe, outputs / 1000,
         1e9 * fill / inputs, 1e9 * direct / outputs, 1e9 * transform / outputs);
  printf(s.result == JOB_OUTPUT && s.type.bits == 32 ? " %9.1f\n" : "\n",
         1e9 * plain_float32(l) / outputs);
  close_call(k);
}

int main (void) {
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
  printf("%-16s %-12s %-4s  %-8s %9s %9s %9s %9s %9s\n", "nanoseconds", "result", "type", "data",
         "thousands", "a datum", "judged", "transform", "plain f32");
  for (size_t i = 0; i < sizeof layers / sizeof *layers; i++)
    for (size_t k = 0; k < sizeof settings / sizeof *settings; k++)
      measure(layers[i].name, &layers[i].l, settings[k]);
  return 0;
}
