/* cudnn.cpp: cuDNN's convolutions, on tensors in CUDA's memory.
   The library's own heuristics choose the algorithm, so a call may compute by a transform, and says
   so (CONV2D_TRANSFORM). By default it may round float32 to TF32; with -DFMA it may not. */

#include "../adapter.h"
#include "conv2d_cuda.h"

#include <cudnn.h>
#include <optional>

/* Its functions for single convolutions are deprecated in favour of graphs, and go on working. */
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

namespace {

struct failure {
  cudnnStatus_t status;
};

void check (cudnnStatus_t status) {
  if (status != CUDNN_STATUS_SUCCESS)
    throw failure{ status };
}

thread_local uint32_t claims;

/* One of each thread, made at its first call. */
cudnnHandle_t handle () {
  thread_local cudnnHandle_t h = [] {
    cudnnHandle_t made;
    check(cudnnCreate(&made));
    return made;
  }();
  check(cudnnSetStream(h, conv2d_cuda_stream()));
  return h;
}

/* ---- descriptors */

template <typename T, cudnnStatus_t make(T *), cudnnStatus_t drop(T)> struct descriptor {
  T d;
  descriptor() {
    check(make(&d));
  }
  ~descriptor() {
    drop(d);
  }
  descriptor(const descriptor &) = delete;
  descriptor &operator=(const descriptor &) = delete;
};

using tensor_base =
    descriptor<cudnnTensorDescriptor_t, cudnnCreateTensorDescriptor, cudnnDestroyTensorDescriptor>;
using filter_base =
    descriptor<cudnnFilterDescriptor_t, cudnnCreateFilterDescriptor, cudnnDestroyFilterDescriptor>;
using convolution_base = descriptor<cudnnConvolutionDescriptor_t, cudnnCreateConvolutionDescriptor,
                                    cudnnDestroyConvolutionDescriptor>;

cudnnDataType_t type_of (const conv2d_params *p) {
  return p->dtype.bits == 64          ? CUDNN_DATA_DOUBLE
         : p->dtype.bits == 32        ? CUDNN_DATA_FLOAT
         : p->dtype.code == kDLBfloat ? CUDNN_DATA_BFLOAT16
                                      : CUDNN_DATA_HALF;
}

cudnnDataType_t sum_type_of (const conv2d_params *p) {
  return p->dtype.bits == 64 ? CUDNN_DATA_DOUBLE : CUDNN_DATA_FLOAT;
}

struct tensor : tensor_base {
  tensor(const conv2d_params *p, const DLTensor *t) {
    int shape[4], strides[4];
    for (int i = 0; i < 4; i++) {
      shape[i] = static_cast<int>(extent(t, 4 - i));
      strides[i] = static_cast<int>(stride_of(t, 4 - i));
    }
    check(cudnnSetTensorNdDescriptor(d, type_of(p), 4, shape, strides));
  }
  /* a bias, as [1, channels, 1, 1] */
  explicit tensor(const conv2d_params *p) {
    check(cudnnSetTensor4dDescriptor(d, CUDNN_TENSOR_NCHW, type_of(p), 1,
                                     static_cast<int>(p->out_channels), 1, 1));
  }
};

struct filter : filter_base {
  filter(const conv2d_params *p, const DLTensor *t) {
    check(cudnnSetFilter4dDescriptor(d, type_of(p), CUDNN_TENSOR_NCHW,
                                     static_cast<int>(t->shape[0]), static_cast<int>(t->shape[1]),
                                     static_cast<int>(t->shape[2]), static_cast<int>(t->shape[3])));
  }
};

struct convolution : convolution_base {
  explicit convolution(const conv2d_params *p) {
    check(cudnnSetConvolution2dDescriptor(
        d, static_cast<int>(padding_before(p, 0)), static_cast<int>(padding_before(p, 1)),
        static_cast<int>(p->stride[0]), static_cast<int>(p->stride[1]),
        static_cast<int>(p->dilation[0]), static_cast<int>(p->dilation[1]), CUDNN_CROSS_CORRELATION,
        sum_type_of(p)));
    check(cudnnSetConvolutionGroupCount(d, static_cast<int>(p->groups)));
#ifdef FMA
    check(cudnnSetConvolutionMathType(d, CUDNN_FMA_MATH));
#endif
  }
};

/* Memory of the device that a call needs; it is given back when its kernels have ended. */
struct workspace {
  void *memory = nullptr;
  size_t bytes = 0;
  explicit workspace(size_t n) : bytes(n) {
    if (n > 0 && cudaMalloc(&memory, n) != cudaSuccess)
      throw failure{ CUDNN_STATUS_ALLOC_FAILED };
  }
  ~workspace() {
    cudaFree(memory);
  }
  workspace(const workspace &) = delete;
  workspace &operator=(const workspace &) = delete;
};

/* The factors of a result and of what it is added to, in the type that the library wants. */
struct factors {
  double wide[2] = { 1, 0 };
  float narrow[2] = { 1, 0 };
  bool is_wide;
  explicit factors(const conv2d_params *p) : is_wide(p->dtype.bits == 64) {
  }
  const void *at (int i) const {
    return is_wide ? static_cast<const void *>(&wide[i]) : static_cast<const void *>(&narrow[i]);
  }
};

/* ---- the calls */

bool has_elements (const DLTensor *t) {
  return t && !is_empty(t);
}

void clear (const DLTensor *t) {
  size_t bytes = t->dtype.bits / 8;
  for (int i = 0; i < t->ndim; i++)
    bytes *= static_cast<size_t>(t->shape[i]);
  cudaMemsetAsync(t->data, 0, bytes, conv2d_cuda_stream());
}

void run_forward (const conv2d_params *p, const DLTensor *input, const DLTensor *weight,
                  const DLTensor *bias, DLTensor *output) {
  const tensor x(p, input), y(p, output);
  const filter w(p, weight);
  const convolution c(p);
  const factors one(p);
  cudnnConvolutionFwdAlgoPerf_t best;
  int found = 0;
  check(cudnnGetConvolutionForwardAlgorithm_v7(handle(), x.d, w.d, c.d, y.d, 1, &found, &best));
  check(cudnnSetConvolutionMathType(c.d, best.mathType));
  const workspace space(best.memory);
  if (best.algo >= CUDNN_CONVOLUTION_FWD_ALGO_FFT)
    claims = CONV2D_TRANSFORM;
  check(cudnnConvolutionForward(handle(), one.at(0), x.d, input->data, w.d, weight->data, c.d,
                                best.algo, space.memory, space.bytes, one.at(1), y.d,
                                output->data));
  if (bias)
    check(
        cudnnAddTensor(handle(), one.at(0), tensor(p).d, bias->data, one.at(0), y.d, output->data));
}

/* A gradient is asked for before it is computed: asking may be refused, and writes nothing. */
struct grad_input_plan {
  tensor dx, dy;
  filter w;
  convolution c;
  cudnnConvolutionBwdDataAlgoPerf_t best;
  grad_input_plan(const conv2d_params *p, const DLTensor *weight, const DLTensor *grad_output,
                  const DLTensor *grad_input)
      : dx(p, grad_input), dy(p, grad_output), w(p, weight), c(p) {
    int found = 0;
    check(cudnnGetConvolutionBackwardDataAlgorithm_v7(handle(), w.d, dy.d, c.d, dx.d, 1, &found,
                                                      &best));
    check(cudnnSetConvolutionMathType(c.d, best.mathType));
  }
  void run (const factors &one, const void *weight, const void *grad_output,
            void *grad_input) const {
    const workspace space(best.memory);
    if (best.algo >= CUDNN_CONVOLUTION_BWD_DATA_ALGO_FFT)
      claims = CONV2D_TRANSFORM;
    check(cudnnConvolutionBackwardData(handle(), one.at(0), w.d, weight, dy.d, grad_output, c.d,
                                       best.algo, space.memory, space.bytes, one.at(1), dx.d,
                                       grad_input));
  }
};

struct grad_weight_plan {
  tensor x, dy;
  filter dw;
  convolution c;
  cudnnConvolutionBwdFilterAlgoPerf_t best;
  grad_weight_plan(const conv2d_params *p, const DLTensor *input, const DLTensor *grad_output,
                   const DLTensor *grad_weight)
      : x(p, input), dy(p, grad_output), dw(p, grad_weight), c(p) {
    int found = 0;
    check(cudnnGetConvolutionBackwardFilterAlgorithm_v7(handle(), x.d, dy.d, c.d, dw.d, 1, &found,
                                                        &best));
    check(cudnnSetConvolutionMathType(c.d, best.mathType));
  }
  void run (const factors &one, const void *input, const void *grad_output,
            void *grad_weight) const {
    const workspace space(best.memory);
    if (best.algo == CUDNN_CONVOLUTION_BWD_FILTER_ALGO_FFT
        || best.algo >= CUDNN_CONVOLUTION_BWD_FILTER_ALGO_WINOGRAD)
      claims = CONV2D_TRANSFORM;
    check(cudnnConvolutionBackwardFilter(handle(), one.at(0), x.d, input, dy.d, grad_output, c.d,
                                         best.algo, space.memory, space.bytes, one.at(1), dw.d,
                                         grad_weight));
  }
};

void run_grad_bias (const conv2d_params *p, const DLTensor *grad_output, DLTensor *grad_bias) {
  const factors one(p);
  check(cudnnConvolutionBackwardBias(handle(), one.at(0), tensor(p, grad_output).d,
                                     grad_output->data, one.at(1), tensor(p).d, grad_bias->data));
}

/* ---- the functions of the interface */

/* What `work` throws, as a status. */
template <typename F> int32_t answer (F work) {
  claims = 0;
  try {
    work();
    return CONV2D_OK;
  } catch (const failure &f) {
    return refuse(f.status == CUDNN_STATUS_NOT_SUPPORTED ? CONV2D_UNSUPPORTED : CONV2D_FAILED,
                  cudnnGetErrorString(f.status));
  }
}

bool fits (int64_t n) {
  return n <= INT32_MAX;
}

int32_t output_shape (const conv2d_params *p, int32_t ndim, const int64_t *input, int64_t *output) {
  if (!fits_32_bits(p))
    return unsupported("parameters beyond 32 bits");
  if (p->padding_mode != CONV2D_ZEROS)
    return unsupported("padding modes other than zeros");
  for (int axis = 0; axis < 2; axis++)
    if (padding_before(p, axis) != padding_after(p, axis))
      return unsupported("padding that differs before and after");
  for (int i = 0; i < ndim; i++)
    if (input[i] == 0 || !fits(input[i]))
      return unsupported("a tensor without elements, or a size beyond 32 bits");
  return shape_of_output(p, ndim, input, output);
}

int32_t forward (const conv2d_params *p, const DLTensor *input, const DLTensor *weight,
                 const DLTensor *bias, DLTensor *output) {
  return answer([=] {
    if (has_elements(output))
      run_forward(p, input, weight, bias, output);
  });
}

int32_t backward (const conv2d_params *p, const DLTensor *input, const DLTensor *weight,
                  const DLTensor *grad_output, DLTensor *grad_input, DLTensor *grad_weight,
                  DLTensor *grad_bias) {
  return answer([=] {
    for (DLTensor *t : { grad_input, grad_weight, grad_bias })
      if (has_elements(t) && !has_elements(grad_output))
        clear(t);
    if (!has_elements(grad_output))
      return;
    const factors one(p);
    std::optional<grad_weight_plan> for_weight;
    std::optional<grad_input_plan> for_input;
    if (has_elements(grad_weight))
      for_weight.emplace(p, input, grad_output, grad_weight);
    if (has_elements(grad_input))
      for_input.emplace(p, weight, grad_output, grad_input);
    /* The bias cannot be asked for: in bfloat16 its gradient is refused. */
    if (has_elements(grad_bias))
      run_grad_bias(p, grad_output, grad_bias);
    if (for_weight)
      for_weight->run(one, input->data, grad_output->data, grad_weight->data);
    if (for_input)
      for_input->run(one, weight->data, grad_output->data, grad_input->data);
  });
}

uint32_t call_claims () {
  return claims;
}

const conv2d_capabilities capabilities = { CONV2D_F32 | CONV2D_F64 | CONV2D_F16 | CONV2D_BF16,
                                           CONV2D_NCHW | CONV2D_ODD, 1 << CONV2D_ZEROS,
                                           CONV2D_FORWARD | CONV2D_BACKWARD };

} // namespace

/* The bias is added to a result that has been rounded to the tensor's type. */
#define HALF(type) #type ": tensor-core, store=" #type ", store-every=1000000000"
#ifdef FMA
#define NUMERICS HALF(float16) "; " HALF(bfloat16)
#else
#define NUMERICS "tf32-tensor-core; " HALF(float16) "; " HALF(bfloat16)
#endif
#define TEXT(x) #x
#define VERSION(a, b, c) TEXT(a) "." TEXT(b) "." TEXT(c)

CONV2D_IMPLEMENT("cuDNN", VERSION(CUDNN_MAJOR, CUDNN_MINOR, CUDNN_PATCHLEVEL), output_shape,
                 forward, "convolutions by its own heuristics", "https://docs.nvidia.com/cudnn", 0,
                 0, &capabilities, backward, nullptr, last_error, 0, nullptr, call_claims, NUMERICS,
                 &conv2d_cuda_memory);
