/* ways.h: right ways to add up products and a bias, of several outputs at once: lane l of every
   vector belongs to output l. Each is a function of (x, w, n, bias): n vectors of data, n numbers
   that all lanes share. Compilers make the lanes' arithmetic, so it is as exact as one output's. */

#ifndef WAYS_H
#define WAYS_H

#include "answers.h"

#include <math.h>
#include <stdint.h>

enum { LANES = 8, MOST_PARTS = 1 << 21 /* terms of a sum */ };

typedef float float_lanes __attribute__((vector_size(LANES * sizeof(float))));
typedef double double_lanes __attribute__((vector_size(LANES * sizeof(double))));

/* One fused operation a lane. */
static inline float_lanes float_fma (float_lanes x, float w, float_lanes s) {
  for (int l = 0; l < LANES; l++)
    s[l] = (float) ((double) x[l] * (double) w + (double) s[l]);
  return s;
}

static inline double_lanes double_fma (double_lanes x, double w, double_lanes s) {
  for (int l = 0; l < LANES; l++)
    s[l] = fma(x[l], w, s[l]);
  return s;
}

#define DEFINE_WAYS(T, V, WIDE)                                                                    \
  static V T##_plain(const V *x, const T *w, int64_t n, V sum) {                                   \
    for (int64_t i = 0; i < n; i++)                                                                \
      sum += x[i] * w[i];                                                                          \
    return sum;                                                                                    \
  }                                                                                                \
                                                                                                   \
  static V T##_bias_first(const V *x, const T *w, int64_t n, T bias) {                             \
    return T##_plain(x, w, n, (V){ 0 } + bias);                                                    \
  }                                                                                                \
                                                                                                   \
  static V T##_bias_last(const V *x, const T *w, int64_t n, T bias) {                              \
    return T##_plain(x, w, n, (V){ 0 }) + bias;                                                    \
  }                                                                                                \
                                                                                                   \
  static V T##_backward(const V *x, const T *w, int64_t n, T bias) {                               \
    V sum = { 0 };                                                                                 \
    for (int64_t i = n - 1; i >= 0; i--)                                                           \
      sum += x[i] * w[i];                                                                          \
    return sum + bias;                                                                             \
  }                                                                                                \
                                                                                                   \
  static V T##_fused_bias_first(const V *x, const T *w, int64_t n, T bias) {                       \
    V sum = (V){ 0 } + bias;                                                                       \
    for (int64_t i = 0; i < n; i++)                                                                \
      sum = T##_fma(x[i], w[i], sum);                                                              \
    return sum;                                                                                    \
  }                                                                                                \
                                                                                                   \
  static V T##_fused_bias_last(const V *x, const T *w, int64_t n, T bias) {                        \
    return T##_fused_bias_first(x, w, n, 0) + bias;                                                \
  }                                                                                                \
                                                                                                   \
  static V T##_half(const V *x, const T *w, int64_t n) {                                           \
    if (n <= 1)                                                                                    \
      return n ? x[0] * w[0] : (V){ 0 };                                                           \
    return T##_half(x, w, n / 2) + T##_half(x + n / 2, w + n / 2, n - n / 2);                      \
  }                                                                                                \
                                                                                                   \
  static V T##_pairwise(const V *x, const T *w, int64_t n, T bias) {                               \
    return T##_half(x, w, n) + bias;                                                               \
  }                                                                                                \
                                                                                                   \
  /* Any two of what is left are added, until one is left. */                                      \
  static V T##_in_a_random_tree(const V *x, const T *w, int64_t n, T bias) {                       \
    static V part[MOST_PARTS];                                                                     \
    int64_t left = n + 1;                                                                          \
    part[n] = (V){ 0 } + bias;                                                                     \
    for (int64_t i = 0; i < n; i++)                                                                \
      part[i] = x[i] * w[i];                                                                       \
    while (left > 1) {                                                                             \
      const int64_t a = below(left);                                                               \
      const V one = part[a];                                                                       \
      part[a] = part[--left];                                                                      \
      part[below(left)] += one;                                                                    \
    }                                                                                              \
    return part[0];                                                                                \
  }                                                                                                \
                                                                                                   \
  /* As vector code does: 8 sums, fused, then halved. */                                           \
  static V T##_in_eight(const V *x, const T *w, int64_t n, T bias) {                               \
    V part[8] = { { 0 } };                                                                         \
    for (int64_t i = 0; i < n; i++)                                                                \
      part[i % 8] = T##_fma(x[i], w[i], part[i % 8]);                                              \
    for (int half = 4; half; half /= 2)                                                            \
      for (int l = 0; l < half; l++)                                                               \
        part[l] += part[l + half];                                                                 \
    return part[0] + bias;                                                                         \
  }                                                                                                \
                                                                                                   \
  /* As matrix code does: blocks of products, added to what was stored before. */                  \
  static V T##_blocks(const V *x, const T *w, int64_t n, int64_t size, V sum) {                    \
    for (int64_t i = 0; i < n; i += size)                                                          \
      sum += T##_plain(x + i, w + i, n - i < size ? n - i : size, (V){ 0 });                       \
    return sum;                                                                                    \
  }                                                                                                \
                                                                                                   \
  static V T##_bias_and_rows(const V *x, const T *w, int64_t n, T bias) {                          \
    return T##_blocks(x, w, n, 3, (V){ 0 } + bias);                                                \
  }                                                                                                \
                                                                                                   \
  static V T##_bias_and_blocks(const V *x, const T *w, int64_t n, T bias) {                        \
    return T##_blocks(x, w, n, 16, (V){ 0 } + bias);                                               \
  }                                                                                                \
                                                                                                   \
  static V T##_blocks_and_bias(const V *x, const T *w, int64_t n, T bias) {                        \
    return T##_blocks(x, w, n, 64, (V){ 0 }) + bias;                                               \
  }                                                                                                \
                                                                                                   \
  static V T##_bias_between(const V *x, const T *w, int64_t n, T bias) {                           \
    const int64_t half = n / 2;                                                                    \
    const V first = T##_plain(x, w, half, (V){ 0 }) + bias;                                        \
    return first + T##_plain(x + half, w + half, n - half, (V){ 0 });                              \
  }                                                                                                \
                                                                                                   \
  /* Kahan's. */                                                                                   \
  static V T##_compensated(const V *x, const T *w, int64_t n, T bias) {                            \
    V sum = (V){ 0 } + bias, lost = { 0 };                                                         \
    for (int64_t i = 0; i < n; i++) {                                                              \
      const V term = x[i] * w[i] - lost;                                                           \
      const V next = sum + term;                                                                   \
      lost = (next - sum) - term;                                                                  \
      sum = next;                                                                                  \
    }                                                                                              \
    return sum;                                                                                    \
  }                                                                                                \
                                                                                                   \
  static V T##_in_a_wider_type(const V *x, const T *w, int64_t n, T bias) {                        \
    V sum;                                                                                         \
    WIDE wide[LANES];                                                                              \
    for (int l = 0; l < LANES; l++)                                                                \
      wide[l] = bias;                                                                              \
    for (int64_t i = 0; i < n; i++)                                                                \
      for (int l = 0; l < LANES; l++)                                                              \
        wide[l] += (WIDE) x[i][l] * w[i];                                                          \
    for (int l = 0; l < LANES; l++)                                                                \
      sum[l] = (T) wide[l];                                                                        \
    return sum;                                                                                    \
  }                                                                                                \
                                                                                                   \
  static V T##_wider_but_bias(const V *x, const T *w, int64_t n, T bias) {                         \
    return T##_in_a_wider_type(x, w, n, 0) + bias;                                                 \
  }                                                                                                \
                                                                                                   \
  typedef V T##_way(const V *, const T *, int64_t, T);                                             \
  static T##_way *const T##_ways[] = {                                                             \
    T##_bias_first,      T##_bias_last,       T##_backward,        T##_fused_bias_first,           \
    T##_fused_bias_last, T##_pairwise,        T##_in_eight,        T##_bias_and_rows,              \
    T##_bias_and_blocks, T##_blocks_and_bias, T##_bias_between,    T##_compensated,                \
    T##_in_a_wider_type, T##_wider_but_bias,  T##_in_a_random_tree                                 \
  };

static const char *const way_names[] = {
  "bias first",        "bias last",         "backward, bias last", "fused, bias first",
  "fused, bias last",  "pairwise",          "in eight sums",       "bias, then rows",
  "bias, then blocks", "blocks, then bias", "bias between halves", "compensated",
  "in a wider type",   "wider, bias last",  "in a random tree"
};

enum { WAYS = sizeof way_names / sizeof *way_names };

#endif
