/* direct.cu: plain loops as CUDA kernels (device/direct.h), one thread an element of the result.
   Any layout, padding mode, groups and dilation; float16 and bfloat16 are added up in float. */

#include <cstdint>

#include "launch.h"
#include "numbers.h"

#define LONG int64_t
#define GLOBAL
#define DEVICE static inline __host__ __device__
#define ELEMENT template <typename REAL> DEVICE
#define SUM typename sum_of<REAL>::type
#define LOAD(x) load(x)
#define STORE(x) stored<REAL>(x)
#include "../device/direct.h"
#include "../device/layer.h"

enum { THREADS = 128 };

/* ---- kernels */

static __device__ int64_t own_element () {
  return static_cast<int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
}

template <typename REAL>
static __global__ void forward_kernel (direct_layer l, int64_t count, const REAL *x, const REAL *w,
                                       const REAL *bias, REAL *y) {
  if (own_element() < count)
    direct_forward(&l, own_element(), x, w, bias, y);
}

template <typename REAL>
static __global__ void grad_input_kernel (direct_layer l, int64_t count, const REAL *w,
                                          const REAL *dy, REAL *dx) {
  if (own_element() < count)
    direct_grad_input(&l, own_element(), w, dy, dx);
}

template <typename REAL>
static __global__ void grad_weight_kernel (direct_layer l, int64_t count, const REAL *x,
                                           const REAL *dy, REAL *dw) {
  if (own_element() < count)
    direct_grad_weight(&l, own_element(), x, dy, dw);
}

template <typename REAL>
static __global__ void grad_bias_kernel (direct_layer l, int64_t count, const REAL *dy, REAL *db) {
  if (own_element() < count)
    direct_grad_bias(&l, own_element(), dy, db);
}

/* ---- launching */

template <typename REAL> static REAL *data (const DLTensor *t) {
  return t ? static_cast<REAL *>(t->data) : nullptr;
}

/* One thread for each element of the result. */
template <typename... A, typename... B>
static void start (void (*kernel)(direct_layer, int64_t, A...), const direct_layer &l,
                   const DLTensor *result, B... tensors) {
  const int64_t count = direct_count(result);
  if (count > 0)
    launch(kernel, dim3(static_cast<unsigned>((count + THREADS - 1) / THREADS)), dim3(THREADS), l,
           count, tensors...);
}

template <typename REAL> struct direct {
  static void forward (const direct_layer &l, const DLTensor *input, const DLTensor *weight,
                       const DLTensor *bias, DLTensor *output) {
    start(forward_kernel<REAL>, l, output, data<REAL>(input), data<REAL>(weight), data<REAL>(bias),
          data<REAL>(output));
  }

  static void backward (const direct_layer &layer, const DLTensor *input, const DLTensor *weight,
                        const DLTensor *grad_output, DLTensor *grad_input, DLTensor *grad_weight,
                        DLTensor *grad_bias) {
    direct_layer to_input = layer, to_weight = layer;
    direct_strides(to_input.x, grad_input);
    direct_strides(to_weight.w, grad_weight);
    start(grad_input_kernel<REAL>, to_input, grad_input, data<REAL>(weight),
          data<REAL>(grad_output), data<REAL>(grad_input));
    start(grad_weight_kernel<REAL>, to_weight, grad_weight, data<REAL>(input),
          data<REAL>(grad_output), data<REAL>(grad_weight));
    start(grad_bias_kernel<REAL>, layer, grad_bias, data<REAL>(grad_output), data<REAL>(grad_bias));
  }
};

/* Does `what` for the type of the elements. */
#define FOR_TYPE(p, what)                                                                          \
  (p->dtype.bits == 64          ? direct<double>::what                                             \
   : p->dtype.bits == 32        ? direct<float>::what                                              \
   : p->dtype.code == kDLBfloat ? direct<__nv_bfloat16>::what                                      \
                                : direct<__half>::what)

/* ---- the functions of the interface */

/* Of what a launch left, cudaGetLastError is asked by conv2d_cuda.h. */
static int32_t forward (const conv2d_params *p, const DLTensor *input, const DLTensor *weight,
                        const DLTensor *bias, DLTensor *output) {
  FOR_TYPE(p, forward)
  (direct_layer_of(p, input, weight, output, bias), input, weight, bias, output);
  return CONV2D_OK;
}

static int32_t backward (const conv2d_params *p, const DLTensor *input, const DLTensor *weight,
                         const DLTensor *grad_output, DLTensor *grad_input, DLTensor *grad_weight,
                         DLTensor *grad_bias) {
  FOR_TYPE(p, backward)
  (direct_layer_of(p, input, weight, grad_output, grad_bias), input, weight, grad_output,
   grad_input, grad_weight, grad_bias);
  return CONV2D_OK;
}

static const conv2d_capabilities capabilities = {
  CONV2D_F32 | CONV2D_F64 | CONV2D_F16 | CONV2D_BF16, 0,
  1 << CONV2D_ZEROS | 1 << CONV2D_REFLECT | 1 << CONV2D_REPLICATE | 1 << CONV2D_CIRCULAR,
  CONV2D_FORWARD | CONV2D_BACKWARD
};

CONV2D_IMPLEMENT("direct CUDA", "1", shape_of_output, forward,
                 "plain loops, one thread an element, in the device's memory", nullptr, 0, 0,
                 &capabilities, backward, nullptr, last_error, 0, nullptr, nullptr, nullptr,
                 &conv2d_cuda_memory);
