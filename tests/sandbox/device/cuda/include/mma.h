/* mma.h: tensor cores as the adapters use them. The first lane of a warp holds whole matrices and
   does the work, in float. */

#ifndef PRETEND_MMA_H
#define PRETEND_MMA_H

#include "cuda_bf16.h"
#include "cuda_fp16.h"
#include "cuda_runtime.h"

namespace nvcuda::wmma {

struct matrix_a {};
struct matrix_b {};
struct accumulator {};
struct row_major {};
enum layout_t { mem_row_major };

namespace precision {
struct tf32 {};
} // namespace precision

/* Rows and columns by what the matrix is for. */
template <typename Use, int M, int N, int K> struct shape {
  enum { rows = M, columns = N };
};
template <int M, int N, int K> struct shape<matrix_a, M, N, K> {
  enum { rows = M, columns = K };
};
template <int M, int N, int K> struct shape<matrix_b, M, N, K> {
  enum { rows = K, columns = N };
};

template <typename Use, int M, int N, int K, typename T, typename Layout = void> struct fragment {
  enum { rows = shape<Use, M, N, K>::rows, columns = shape<Use, M, N, K>::columns };
  enum { num_elements = rows * columns };
  float x[num_elements] = {};
};

inline bool first_lane () {
  return threadIdx.x % 32 == 0;
}

inline float number (float f) {
  return f;
}
inline float number (__half h) {
  return __half2float(h);
}
inline float number (__nv_bfloat16 b) {
  return __bfloat162float(b);
}

/* 11 bits of significand, to nearest, ties away from zero. */
inline float __float_to_tf32 (float f) {
  uint32_t word;
  memcpy(&word, &f, sizeof word);
  if (isfinite(f))
    word = (word + 0x1000) & ~UINT32_C(0x1fff);
  memcpy(&f, &word, sizeof word);
  return f;
}

template <typename F> void fill_fragment (F &f, float value) {
  for (float &x : f.x)
    x = value;
}

template <typename F, typename T> void load_matrix_sync (F &f, const T *p, unsigned stride) {
  if (first_lane())
    for (unsigned i = 0; i < F::rows; i++)
      for (unsigned j = 0; j < F::columns; j++)
        f.x[i * F::columns + j] = number(p[i * stride + j]);
}

template <typename F> void store_matrix_sync (float *p, const F &f, unsigned stride, layout_t) {
  if (first_lane())
    for (unsigned i = 0; i < F::rows; i++)
      for (unsigned j = 0; j < F::columns; j++)
        p[i * stride + j] = f.x[i * F::columns + j];
}

template <typename D, typename A, typename B>
void mma_sync (D &d, const A &a, const B &b, const D &c) {
  if (!first_lane())
    return;
  for (unsigned i = 0; i < D::rows; i++)
    for (unsigned j = 0; j < D::columns; j++) {
      float sum = c.x[i * D::columns + j];
      for (unsigned k = 0; k < A::columns; k++)
        sum += a.x[i * A::columns + k] * b.x[k * B::columns + j];
      d.x[i * D::columns + j] = sum;
    }
}

} // namespace nvcuda::wmma

#endif
