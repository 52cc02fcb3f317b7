/* clblast.cpp: CLBlast's convolution as GEMM, on the first OpenCL device (Debian: libclblast-dev
   pocl-opencl-icd). Tensors are copied to the device and back; there is no bias: the adapter adds
   it afterwards. The first call compiles the library's kernels, which takes seconds. */

#include "adapter.h"

#define CL_TARGET_OPENCL_VERSION 120
#include <clblast.h>
#include <vector>

/* Thrown where the device or the library refuses. */
struct failure {
  int status;
};

static void check (int status) {
  if (status != 0)
    throw failure{ status };
}

/* The first device. */
struct machine {
  cl_platform_id platform;
  cl_device_id device;
  cl_context context;
  cl_command_queue queue;
  cl_int status;

  machine() {
    status = clGetPlatformIDs(1, &platform, nullptr);
    if (status == 0)
      status = clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, 1, &device, nullptr);
    if (status == 0)
      context = clCreateContext(nullptr, 1, &device, nullptr, nullptr, &status);
    if (status == 0)
      queue = clCreateCommandQueue(context, device, 0, &status);
  }
};

/* Opened while the subject is loaded: PoCL sets signal handlers then, which no call may. */
static machine the_machine;

static size_t bytes_of (const DLTensor *t) {
  size_t bytes = t->dtype.bits / 8;
  for (int axis = 0; axis < t->ndim; axis++)
    bytes *= static_cast<size_t>(t->shape[axis]);
  return bytes;
}

/* A tensor on the device. OpenCL has no buffer of 0 bytes: that of an empty tensor has 1. */
struct buffer {
  cl_mem memory;

  explicit buffer(const DLTensor *t) {
    cl_int status;
    const size_t bytes = bytes_of(t);
    memory = clCreateBuffer(the_machine.context,
                            CL_MEM_READ_WRITE | (bytes > 0 ? CL_MEM_COPY_HOST_PTR : 0),
                            bytes > 0 ? bytes : 1, bytes > 0 ? t->data : nullptr, &status);
    check(status);
  }
  ~buffer() {
    clReleaseMemObject(memory);
  }
  buffer(const buffer &) = delete;
};

template <typename T>
static void convolve (const conv2d_params *p, const DLTensor *input, const buffer &x,
                      const buffer &w, buffer &y) {
  auto size = [] (int64_t n) { return static_cast<size_t>(n); };
  check(static_cast<int>(clblast::Convgemm<T>(
      clblast::KernelMode::kCrossCorrelation, size(extent(input, 3)), size(extent(input, 2)),
      size(extent(input, 1)), size(p->kernel_size[0]), size(p->kernel_size[1]),
      size(padding_before(p, 0)), size(padding_before(p, 1)), size(p->stride[0]),
      size(p->stride[1]), size(p->dilation[0]), size(p->dilation[1]), size(p->out_channels),
      size(extent(input, 4)), x.memory, 0, w.memory, 0, y.memory, 0, &the_machine.queue)));
}

template <typename T> static void add_bias (DLTensor *output, const DLTensor *bias) {
  T *y = static_cast<T *>(output->data);
  const T *b = static_cast<const T *>(bias->data);
  int64_t plane = extent(output, 1) * extent(output, 2);
  for (int64_t n = 0; n < extent(output, 4); n++)
    for (int64_t k = 0; k < extent(output, 3); k++)
      for (int64_t i = 0; i < plane; i++)
        *y++ += b[k];
}

template <typename T>
static void compute (const conv2d_params *p, const DLTensor *input, const DLTensor *weight,
                     const DLTensor *bias, DLTensor *output) {
  buffer x(input), w(weight), y(output);
  convolve<T>(p, input, x, w, y);
  if (bytes_of(output) > 0)
    check(clEnqueueReadBuffer(the_machine.queue, y.memory, CL_TRUE, 0, bytes_of(output),
                              output->data, 0, nullptr, nullptr));
  if (bias != nullptr)
    add_bias<T>(output, bias);
}

static int32_t check_offer (const conv2d_params *p) {
  conv2d_params as_float = *p;
  if (p->dtype.code == kDLFloat && p->dtype.bits == 64)
    as_float.dtype.bits = 32;
  return check_features(&as_float, DILATION);
}

static int32_t output_shape (const conv2d_params *p, int32_t ndim, const int64_t *input,
                             int64_t *output) {
  int32_t status = check_offer(p);
  return status == CONV2D_OK ? shape_of_output(p, ndim, input, output) : status;
}

static int32_t forward (const conv2d_params *p, const DLTensor *input, const DLTensor *weight,
                        const DLTensor *bias, DLTensor *output) {
  if (check_offer(p) != CONV2D_OK)
    return CONV2D_UNSUPPORTED;
  if (check_row_major(input, weight, bias, output) != CONV2D_OK)
    return CONV2D_UNSUPPORTED;
  try {
    check(the_machine.status);
    auto work = p->dtype.bits == 64 ? compute<double> : compute<float>;
    work(p, input, weight, bias, output);
    return CONV2D_OK;
  } catch (const failure &f) {
    char text[64];
    snprintf(text, sizeof text, "CLBlast or OpenCL: status %d", f.status);
    return refuse(CONV2D_FAILED, text);
  }
}

static const conv2d_capabilities capabilities = {
  CONV2D_F32 | CONV2D_F64,
  CONV2D_NCHW | CONV2D_ODD,
  1 << CONV2D_ZEROS,
  CONV2D_FORWARD,
};

CONV2D_IMPLEMENT("CLBlast", "1.5.3", output_shape, forward,
                 "Convgemm on the first OpenCL device; the adapter copies, and adds the bias",
                 "https://github.com/CNugteren/CLBlast", 0, 0, &capabilities, nullptr, nullptr,
                 last_error, CONV2D_OWN_SHAPE | CONV2D_OWN_BIAS | CONV2D_OWN_SAME);
