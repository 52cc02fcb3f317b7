/* plants.cu: the plain CUDA subject with a fault planted. PLANT says which; it is done in the case
   whose second dilation is 3, `plain` of cases.yaml. `make check-cuda` tries them on a card, and
   tests/sandbox/device/cuda/cuda.t on the pretend CUDA. */

#define conv2d_subject sample
#include "../../../../adapters/cuda/direct.cu"
#undef conv2d_subject

extern "C" CONV2D_EXPORT const conv2d_implementation conv2d_subject;

enum { SCENE = 3, THIRD = 2, TOO_MANY = 4096, RACERS = 64 };
static const int64_t LONG_TIME = 20000000; /* turns of a loop */

struct call {
  const conv2d_params *p;
  const DLTensor *input, *weight, *bias;
  DLTensor *output;
};

static int32_t right (const call &c) {
  return sample.forward(c.p, c.input, c.weight, c.bias, c.output);
}

/* ---- kernels, of which no thread does what another does not */

[[maybe_unused]] static __global__ void set (float *y, int64_t at, float to) {
  y[at] = to;
}

[[maybe_unused]] static __global__ void add (const float *x, int64_t at, float *y) {
  y[0] += x[at];
}

[[maybe_unused]] static __global__ void set_later (float *y, int64_t turns, float to) {
  float sum = 0;
  for (int64_t i = 0; i < turns; i++)
    sum = sum * 0.5f + to;
  y[0] = sum;
}

/* Each reads what its neighbour writes, with nothing between. The answer is not used. */
[[maybe_unused]] static __global__ void race (float *y) {
  __shared__ float cell[RACERS];
  cell[threadIdx.x] = static_cast<float>(threadIdx.x);
  const float next = cell[(threadIdx.x + 1) % RACERS];
  if (next < 0)
    y[0] = next;
}

/* Each reads memory that nobody has written. The answer is not used. */
[[maybe_unused]] static __global__ void read_unset (const float *unset, float *y) {
  const float found = unset[threadIdx.x];
  if (found == 1.5f)
    y[0] = found;
}

/* Half of them wait for all. The pretend CUDA would wait for ever. */
[[maybe_unused]] static __global__ void half_barrier (float *y) {
  __shared__ float cell[RACERS];
  cell[threadIdx.x] = static_cast<float>(threadIdx.x);
#ifdef __CUDACC__
  if (threadIdx.x % 2 == 0)
    __syncthreads();
#endif
  if (cell[threadIdx.x] < 0)
    y[0] = 1.5f;
}

static cudaStream_t own_stream () {
  static cudaStream_t s;
  if (!s)
    cudaStreamCreateWithFlags(&s, cudaStreamNonBlocking);
  return s;
}

/* ---- the plants: each makes the call, and does its deed before or after it */

struct plants {
  static int32_t past (const call &c) {
    const int32_t status = right(c);
    launch(set, 1, RACERS, floats(c.output), direct_count(c.output), 1.5f);
    return status;
  }

  static int32_t before (const call &c) {
    const int32_t status = right(c);
    launch(add, 1, 1, floats(c.input), int64_t{ -1 }, floats(c.output));
    return status;
  }

  static int32_t beyond (const call &c) {
    const int32_t status = right(c);
    launch(add, 1, 1, floats(c.input), direct_count(c.input), floats(c.output));
    return status;
  }

  /* The third element is kept aside, and put back. */
  static int32_t unwritten (const call &c) {
    void *kept = nullptr;
    float *third = floats(c.output) + THIRD;
    cudaMalloc(&kept, sizeof *third);
    cudaMemcpyAsync(kept, third, sizeof *third, cudaMemcpyDeviceToDevice, conv2d_cuda_stream());
    const int32_t status = right(c);
    cudaMemcpyAsync(third, kept, sizeof *third, cudaMemcpyDeviceToDevice, conv2d_cuda_stream());
    cudaFree(kept);
    return status;
  }

  static int32_t late (const call &c) {
    const int32_t status = right(c);
    start_apart(set_later, floats(c.output), LONG_TIME, 1.5f);
    return status;
  }

  static int32_t stream (const call &c) {
    const cudaStream_t mine = conv2d_gpu_own;
    start_apart(set_later, floats(c.output), LONG_TIME, 1.5f);
    conv2d_gpu_own = own_stream();
    const int32_t status = right(c);
    conv2d_gpu_own = mine;
    return status;
  }

  static int32_t input (const call &c) {
    const int32_t status = right(c);
    launch(set, 1, 1, floats(c.input), int64_t{ THIRD }, 1.5f);
    return status;
  }

  static int32_t config (const call &c) {
    const int32_t status = right(c);
    launch(set, 1, TOO_MANY, floats(c.output), int64_t{ 0 }, 1.5f);
    return status;
  }

  static int32_t address (const call &c) {
    const int32_t status = right(c);
    launch(set, 1, 1, static_cast<float *>(nullptr), int64_t{ 0 }, 1.5f);
    return status;
  }

  static int32_t races (const call &c) {
    const int32_t status = right(c);
    launch(race, 1, RACERS, floats(c.output));
    return status;
  }

  static int32_t unset (const call &c) {
    void *mine = nullptr;
    const int32_t status = right(c);
    cudaMalloc(&mine, RACERS * sizeof(float));
    launch(read_unset, 1, RACERS, static_cast<const float *>(mine), floats(c.output));
    cudaFree(mine);
    return status;
  }

  static int32_t diverges (const call &c) {
    const int32_t status = right(c);
    launch(half_barrier, 1, RACERS, floats(c.output));
    return status;
  }

  static int32_t touch (const call &c) {
    const int32_t status = right(c);
    floats(c.output)[0] = 1.5f;
    return status;
  }

private:
  template <typename... A, typename... B>
  static void start_apart (void (*kernel)(A...), B... arguments) {
    const cudaStream_t mine = conv2d_gpu_own;
    conv2d_gpu_own = own_stream();
    launch(kernel, 1, 1, arguments...);
    conv2d_gpu_own = mine;
  }
};

static int32_t forward_or_plant (const conv2d_params *p, const DLTensor *input,
                                 const DLTensor *weight, const DLTensor *bias, DLTensor *output) {
  const call c = { p, input, weight, bias, output };
  return p->dilation[1] == SCENE ? plants::PLANT(c) : right(c);
}

CONV2D_IMPLEMENT("planted", "1", shape_of_output, forward_or_plant, nullptr, nullptr, 0, 0,
                 &capabilities, backward, nullptr, last_error, 0, nullptr, nullptr, nullptr,
                 &conv2d_cuda_memory);
