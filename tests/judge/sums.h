/* sums.h: right ways to add up products, in float and in double: every order, fused or not, in
   blocks, in trees, compensated, in a wider type. Each is a function of (x, w, n, bias). */

#ifndef SUMS_H
#define SUMS_H

#include "answers.h"

enum { MOST_TERMS = 1 << 13 };

#define SUMS(T, FMA, WIDE)                                                                         \
  static T T##_in_order(const T *x, const T *w, int64_t n, T bias) {                               \
    T sum = bias;                                                                                  \
    for (int64_t i = 0; i < n; i++)                                                                \
      sum += x[i] * w[i];                                                                          \
    return sum;                                                                                    \
  }                                                                                                \
                                                                                                   \
  static T T##_backward(const T *x, const T *w, int64_t n, T bias) {                               \
    T sum = 0;                                                                                     \
    for (int64_t i = n - 1; i >= 0; i--)                                                           \
      sum += x[i] * w[i];                                                                          \
    return sum + bias;                                                                             \
  }                                                                                                \
                                                                                                   \
  static T T##_fused(const T *x, const T *w, int64_t n, T bias) {                                  \
    T sum = bias;                                                                                  \
    for (int64_t i = 0; i < n; i++)                                                                \
      sum = FMA(x[i], w[i], sum);                                                                  \
    return sum;                                                                                    \
  }                                                                                                \
                                                                                                   \
  static T T##_pairwise(const T *x, const T *w, int64_t n, T bias) {                               \
    if (n == 0)                                                                                    \
      return bias;                                                                                 \
    if (n == 1)                                                                                    \
      return x[0] * w[0] + bias;                                                                   \
    return T##_pairwise(x, w, n / 2, 0) + T##_pairwise(x + n / 2, w + n / 2, n - n / 2, bias);     \
  }                                                                                                \
                                                                                                   \
  /* Any two of what is left are added, until one is left. */                                      \
  static T T##_in_a_random_tree(const T *x, const T *w, int64_t n, T bias) {                       \
    static T part[MOST_TERMS + 1];                                                                 \
    int64_t left = n + 1;                                                                          \
    part[n] = bias;                                                                                \
    for (int64_t i = 0; i < n; i++)                                                                \
      part[i] = x[i] * w[i];                                                                       \
    while (left > 1) {                                                                             \
      const int64_t a = below(left);                                                               \
      const T one = part[a];                                                                       \
      part[a] = part[--left];                                                                      \
      part[below(left)] += one;                                                                    \
    }                                                                                              \
    return part[0];                                                                                \
  }                                                                                                \
                                                                                                   \
  /* As vector code does: 8 lanes, fused, then halved. */                                          \
  static T T##_in_lanes(const T *x, const T *w, int64_t n, T bias) {                               \
    T part[8] = { 0 };                                                                             \
    for (int64_t i = 0; i < n; i++)                                                                \
      part[i % 8] = FMA(x[i], w[i], part[i % 8]);                                                  \
    for (int half = 4; half; half /= 2)                                                            \
      for (int l = 0; l < half; l++)                                                               \
        part[l] += part[l + half];                                                                 \
    return part[0] + bias;                                                                         \
  }                                                                                                \
                                                                                                   \
  /* As matrix code does: blocks of 16 products, added to what was stored before. */               \
  static T T##_in_blocks(const T *x, const T *w, int64_t n, T bias) {                              \
    T sum = bias;                                                                                  \
    for (int64_t from = 0; from < n; from += 16)                                                   \
      sum += T##_in_order(x + from, w + from, n - from < 16 ? n - from : 16, 0);                   \
    return sum;                                                                                    \
  }                                                                                                \
                                                                                                   \
  /* Kahan's. */                                                                                   \
  static T T##_compensated(const T *x, const T *w, int64_t n, T bias) {                            \
    volatile T sum = bias, lost = 0;                                                               \
    for (int64_t i = 0; i < n; i++) {                                                              \
      const volatile T term = x[i] * w[i] - lost;                                                  \
      const volatile T next = sum + term;                                                          \
      lost = (next - sum) - term;                                                                  \
      sum = next;                                                                                  \
    }                                                                                              \
    return sum;                                                                                    \
  }                                                                                                \
                                                                                                   \
  static T T##_in_a_wider_type(const T *x, const T *w, int64_t n, T bias) {                        \
    WIDE sum = bias;                                                                               \
    for (int64_t i = 0; i < n; i++)                                                                \
      sum += (WIDE) x[i] * w[i];                                                                   \
    return (T) sum;                                                                                \
  }                                                                                                \
                                                                                                   \
  typedef T T##_sum(const T *x, const T *w, int64_t n, T bias);                                    \
                                                                                                   \
  static T##_sum *const T##_sums[] = { T##_in_order,  T##_backward,         T##_fused,             \
                                       T##_pairwise,  T##_in_a_random_tree, T##_in_lanes,          \
                                       T##_in_blocks, T##_compensated,      T##_in_a_wider_type };

SUMS(float, fmaf, double)
SUMS(double, fma, long double)

enum { WAYS = sizeof float_sums / sizeof *float_sums };

static const char *const sum_names[WAYS] = {
  "in order",      "backward",        "fused",       "pairwise",       "in a random tree",
  "in lanes of 8", "in blocks of 16", "compensated", "in a wider type"
};

/* The answers of a call, all computed one way, in the accumulator of its dtype. */
static inline void compute (call *k, int way) {
  const bool wide = k->c.params.dtype.bits == 64;
  const int64_t n = k->channels;
  static float x[MOST_TERMS], w[MOST_TERMS];
  static double xx[MOST_TERMS], ww[MOST_TERMS];
  for (int64_t i = 0; i < k->images * k->outputs; i++) {
    const int64_t image = i / k->outputs, o = i % k->outputs;
    const double bias = get(k, JOB_BIAS, o);
    for (int64_t c = 0; c < n; c++) {
      x[c] = (float) (xx[c] = get(k, JOB_INPUT, image * n + c));
      w[c] = (float) (ww[c] = get(k, JOB_WEIGHT, o * n + c));
    }
    set(k, JOB_OUTPUT, i,
        wide ? double_sums[way](xx, ww, n, bias) : (double) float_sums[way](x, w, n, (float) bias));
  }
}

#endif
