/* numbers.h: elements in memory, and the type that they are added up in. */

#ifndef CUDA_NUMBERS_H
#define CUDA_NUMBERS_H

#include <cuda_bf16.h>
#include <cuda_fp16.h>

template <typename T> struct sum_of { using type = float; };
template <> struct sum_of<double> { using type = double; };

static inline __host__ __device__ float load (float x) {
  return x;
}

static inline __host__ __device__ double load (double x) {
  return x;
}

static inline __host__ __device__ float load (__half x) {
  return __half2float(x);
}

static inline __host__ __device__ float load (__nv_bfloat16 x) {
  return __bfloat162float(x);
}

static inline __host__ __device__ void store (float *p, float x) {
  *p = x;
}

static inline __host__ __device__ void store (double *p, double x) {
  *p = x;
}

static inline __host__ __device__ void store (__half *p, float x) {
  *p = __float2half_rn(x);
}

static inline __host__ __device__ void store (__nv_bfloat16 *p, float x) {
  *p = __float2bfloat16_rn(x);
}

template <typename T> inline __host__ __device__ T stored (typename sum_of<T>::type x) {
  T t;
  store(&t, x);
  return t;
}

#endif
