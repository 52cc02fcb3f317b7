/* oracle_plain.c: plain convolutions in double, which are not correctly rounded. */

#include "oracle.h"

#include "../oracle/widest.h"
#include <stdlib.h>
#include <string.h>
#include <time.h>

const char *instruction_set (void) {
#ifdef __x86_64__
  int bytes = widest();
  return bytes == 64 ? "AVX-512" : bytes == 32 ? "AVX2 with FMA" : "SSE2";
#elif defined __aarch64__
  return "AArch64 Advanced SIMD";
#else
  return "unknown";
#endif
}

double seconds (void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double) t.tv_sec + 1e-9 * (double) t.tv_nsec;
}

/* The sum of four uniform numbers, roughly normal. */
static float draw (uint64_t *state) {
  float x = -2;
  for (int i = 0; i < 4; i++) {
    *state = *state * UINT64_C(6364136223846793005) + 1442695040888963407;
    x += (float) (*state >> 40) * 0x1p-24f;
  }
  return x;
}

static void *room (int64_t count, size_t element) {
  void *p = calloc((size_t) count, element);
  if (p == NULL)
    abort();
  return p;
}

static void make_tensor (work *w, int i, const int64_t shape[4], uint64_t *state) {
  memcpy(w->shape[i], shape, sizeof w->shape[i]);
  w->count[i] = shape[0] * shape[1] * shape[2] * shape[3];
  w->data[i] = room(w->count[i], sizeof(float));
  w->tensor[i] = (DLTensor){ .data = w->data[i],
                             .device = { kDLCPU, 0 },
                             .ndim = 4,
                             .dtype = w->p.dtype,
                             .shape = w->shape[i] };
  for (int64_t k = 0; k < w->count[i]; k++)
    w->data[i][k] = draw(state);
}

/* The same numbers as doubles, the input with its padding. */
static void widen (work *w) {
  const layer *l = w->l;

  w->wide[0] = room(l->in_channels * w->padded * w->padded, sizeof(double));
  w->wide[1] = room(w->count[1], sizeof(double));
  for (int64_t i = 0; i < w->count[1]; i++)
    w->wide[1][i] = (double) w->data[1][i];
  for (int64_t c = 0; c < l->in_channels; c++)
    for (int64_t h = 0; h < l->size; h++)
      for (int64_t x = 0; x < l->size; x++)
        w->wide[0][(c * w->padded + h + l->padding) * w->padded + x + l->padding] =
            (double) w->data[0][(c * l->size + h) * l->size + x];
}

void work_make (work *w, const layer *l) {
  uint64_t state = 1;
  int64_t per_group = l->in_channels / l->groups;

  *w = (work){ .l = l,
               .padded = l->size + 2 * l->padding,
               .depth = per_group * l->kernel * l->kernel };
  w->out = (w->padded - l->kernel) / l->stride + 1;
  w->p = (conv2d_params){ .in_channels = l->in_channels,
                          .out_channels = l->out_channels,
                          .kernel_size = { l->kernel, l->kernel },
                          .stride = { l->stride, l->stride },
                          .padding = { l->padding, l->padding },
                          .dilation = { 1, 1 },
                          .groups = l->groups,
                          .device = { kDLCPU, 0 },
                          .dtype = { kDLFloat, 32, 1 } };
  make_tensor(w, 0, (int64_t[]){ 1, l->in_channels, l->size, l->size }, &state);
  make_tensor(w, 1, (int64_t[]){ l->out_channels, per_group, l->kernel, l->kernel }, &state);
  make_tensor(w, 2, (int64_t[]){ 1, l->out_channels, w->out, w->out }, &state);
  w->products = w->count[2] * w->depth;
  w->detail = (conv2d_detail){ room(w->count[2], sizeof(double)), room(w->count[2], sizeof(double)),
                               room(w->count[2], sizeof(int64_t)), room(w->count[2], 1) };
  widen(w);
}

void work_free (work *w) {
  for (int i = 0; i < 3; i++)
    free(w->data[i]);
  free(w->wide[0]);
  free(w->wide[1]);
  free(w->detail.exact);
  free(w->detail.scale);
  free(w->detail.terms);
  free(w->detail.flags);
}

static double plain_element (const work *w, int64_t o, int64_t i, int64_t j) {
  const layer *l = w->l;
  int64_t per_group = l->in_channels / l->groups,
          first = o / (l->out_channels / l->groups) * per_group;
  double sum = 0;

  for (int64_t c = 0; c < per_group; c++)
    for (int64_t r = 0; r < l->kernel; r++)
      for (int64_t s = 0; s < l->kernel; s++) {
        int64_t h = i * l->stride + r - l->padding, x = j * l->stride + s - l->padding;
        if (0 <= h && h < l->size && 0 <= x && x < l->size)
          sum += (double) w->data[1][((o * per_group + c) * l->kernel + r) * l->kernel + s]
                 * (double) w->data[0][((first + c) * l->size + h) * l->size + x];
      }
  return sum;
}

void plain_nest (work *w) {
  for (int64_t o = 0; o < w->l->out_channels; o++)
    for (int64_t i = 0; i < w->out; i++)
      for (int64_t j = 0; j < w->out; j++)
        w->data[2][(o * w->out + i) * w->out + j] = (float) plain_element(w, o, i, j);
}

/* sum[j] += weight * x[j * stride] */
typedef void add_row_fn (double *sum, const double *x, double weight, int64_t n, int64_t stride);

#define ADD_ROW(name, target)                                                                      \
  target static void name(double *restrict sum, const double *restrict x, double weight,           \
                          int64_t n, int64_t stride) {                                             \
    if (stride == 1)                                                                               \
      for (int64_t j = 0; j < n; j++)                                                              \
        sum[j] += weight * x[j];                                                                   \
    else                                                                                           \
      for (int64_t j = 0; j < n; j++)                                                              \
        sum[j] += weight * x[j * stride];                                                          \
  }

/* As the oracle's own loops: for each kind of processor. */
ADD_ROW(add_row_16, )
#ifdef __x86_64__
ADD_ROW(add_row_32, __attribute__((target("avx2,fma"))))
ADD_ROW(add_row_64, __attribute__((target("avx512f"))))
#endif

static add_row_fn *fastest_add_row (void) {
#ifdef __x86_64__
  if (widest() == 64)
    return add_row_64;
  if (widest() == 32)
    return add_row_32;
#endif
  return add_row_16;
}

static void plain_row (const work *w, add_row_fn *add_row, int64_t o, int64_t i, double *sum) {
  const layer *l = w->l;
  int64_t per_group = l->in_channels / l->groups,
          first = o / (l->out_channels / l->groups) * per_group;

  for (int64_t c = 0; c < per_group; c++)
    for (int64_t r = 0; r < l->kernel; r++)
      for (int64_t s = 0; s < l->kernel; s++)
        add_row(sum, w->wide[0] + ((first + c) * w->padded + i * l->stride + r) * w->padded + s,
                w->wide[1][((o * per_group + c) * l->kernel + r) * l->kernel + s], w->out,
                l->stride);
}

void plain_rows (work *w) {
  add_row_fn *add_row = fastest_add_row();
  double sum[512];

  for (int64_t o = 0; o < w->l->out_channels; o++)
    for (int64_t i = 0; i < w->out; i++) {
      memset(sum, 0, (size_t) w->out * sizeof *sum);
      plain_row(w, add_row, o, i, sum);
      for (int64_t j = 0; j < w->out; j++)
        w->data[2][(o * w->out + i) * w->out + j] = (float) sum[j];
    }
}

/* The oracle's inner loop for narrow types, without the scale. */
#define PLAIN_BLOCK(name, bytes, target)                                                           \
  target static void name(int64_t depth, const double *left, const double *right, double *sum) {   \
    typedef double lanes __attribute__((vector_size(bytes)));                                      \
    enum { WIDTH = bytes / 8 };                                                                    \
    for (int at = 0; at < 16; at += WIDTH) {                                                       \
      lanes s[4], x;                                                                               \
      _Pragma("GCC unroll 4") for (int r = 0; r < 4; r++) s[r] = (lanes){ 0 };                     \
      for (int64_t k = 0; k < depth; k++) {                                                        \
        memcpy(&x, right + k * 16 + at, sizeof x);                                                 \
        _Pragma("GCC unroll 4") for (int r = 0; r < 4; r++) s[r] += left[4 * k + r] * x;           \
      }                                                                                            \
      _Pragma("GCC unroll 4") for (int r = 0; r < 4; r++)                                          \
          memcpy(sum + 16 * r + at, &s[r], sizeof x);                                              \
    }                                                                                              \
  }

PLAIN_BLOCK(block_16, 16, )
#ifdef __x86_64__
PLAIN_BLOCK(block_32, 32, __attribute__((target("avx2,fma"))))
PLAIN_BLOCK(block_64, 64, __attribute__((target("avx512f"))))
#endif

void plain_block (int64_t depth, const double *left, const double *right, double *sum) {
#ifdef __x86_64__
  if (widest() == 64) {
    block_64(depth, left, right, sum);
    return;
  }
  if (widest() == 32) {
    block_32(depth, left, right, sum);
    return;
  }
#endif
  block_16(depth, left, right, sum);
}
