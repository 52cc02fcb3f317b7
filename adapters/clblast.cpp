/* clblast.cpp: CLBlast's convolution as GEMM, on tensors in the memory of an OpenCL device (Debian:
   libclblast-dev pocl-opencl-icd). There is no bias: a kernel of the adapter adds it afterwards.
   The first call compiles the library's kernels, which takes seconds. */

#include "adapter.h"
#include "conv2d_opencl.h"

#include <clblast.h>

/* Thrown where the device or the library refuses. */
struct failure {
  int status;
};

static void check (int status) {
  if (status != 0)
    throw failure{ status };
}

static const char source[] = R"(
#pragma OPENCL EXTENSION cl_khr_fp64 : enable
kernel void add_bias (global REAL *y, long y_at, global const REAL *bias, long bias_at, long channels, long plane) {
  const long i = get_global_id(0);
  y[y_at + i] += bias[bias_at + i / plane % channels];
}
)";

static cl_program programs[2]; /* float32, float64 */
static cl_mem nothing;         /* in place of a tensor without elements: CLBlast takes no NULL */

static cl_program build (const char *options) {
  cl_int status;
  const char *text = source;
  cl_program p = clCreateProgramWithSource(conv2d_opencl_context, 1, &text, nullptr, &status);
  if (status == CL_SUCCESS)
    status = clBuildProgram(p, 1, &conv2d_opencl_device, options, nullptr, nullptr);
  return status == CL_SUCCESS ? p : nullptr;
}

/* While the subject is loaded: PoCL sets signal handlers then, which no call may. */
static int32_t choose (DLDevice device) {
  int32_t status = conv2d_opencl_choose(device);
  if (status != CONV2D_OK)
    return status;
  programs[0] = build("-DREAL=float");
  programs[1] = build("-DREAL=double");
  nothing = static_cast<cl_mem>(conv2d_opencl_allocate(conv2d_opencl_memory.granularity));
  return programs[0] != nullptr && nothing != nullptr ? CONV2D_OK : CONV2D_FAILED;
}

static cl_mem memory_of (const DLTensor *t) {
  return t->data != nullptr ? static_cast<cl_mem>(t->data) : nothing;
}

/* In elements, as CLBlast counts. */
static size_t offset_of (const DLTensor *t) {
  return t->byte_offset / (t->dtype.bits / 8);
}

template <typename T>
static void convolve (const conv2d_params *p, const DLTensor *input, const DLTensor *weight,
                      DLTensor *output) {
  cl_command_queue queue = conv2d_opencl_queue();
  auto size = [] (int64_t n) { return static_cast<size_t>(n); };
  check(static_cast<int>(clblast::Convgemm<T>(
      clblast::KernelMode::kCrossCorrelation, size(extent(input, 3)), size(extent(input, 2)),
      size(extent(input, 1)), size(p->kernel_size[0]), size(p->kernel_size[1]),
      size(padding_before(p, 0)), size(padding_before(p, 1)), size(p->stride[0]),
      size(p->stride[1]), size(p->dilation[0]), size(p->dilation[1]), size(p->out_channels),
      size(extent(input, 4)), memory_of(input), offset_of(input), memory_of(weight),
      offset_of(weight), memory_of(output), offset_of(output), &queue)));
}

static void add_bias (DLTensor *output, const DLTensor *bias) {
  cl_int status;
  cl_kernel k = clCreateKernel(programs[output->dtype.bits == 64], "add_bias", &status);
  check(status);
  const cl_mem y = memory_of(output), b = memory_of(bias);
  const cl_long y_at = static_cast<cl_long>(offset_of(output)),
                bias_at = static_cast<cl_long>(offset_of(bias)), channels = extent(output, 3),
                plane = extent(output, 1) * extent(output, 2);
  const size_t count = static_cast<size_t>(extent(output, 4) * channels * plane);
  clSetKernelArg(k, 0, sizeof y, &y);
  clSetKernelArg(k, 1, sizeof y_at, &y_at);
  clSetKernelArg(k, 2, sizeof b, &b);
  clSetKernelArg(k, 3, sizeof bias_at, &bias_at);
  clSetKernelArg(k, 4, sizeof channels, &channels);
  clSetKernelArg(k, 5, sizeof plane, &plane);
  status = clEnqueueNDRangeKernel(conv2d_opencl_queue(), k, 1, nullptr, &count, nullptr, 0, nullptr,
                                  nullptr);
  clReleaseKernel(k);
  check(status);
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
    (p->dtype.bits == 64 ? convolve<double> : convolve<float>) (p, input, weight, output);
    if (bias != nullptr && !is_empty(output))
      add_bias(output, bias);
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

static const conv2d_memory memory = { sizeof memory,
                                      CONV2D_MEMORY_HANDLES,
                                      { kDLOpenCL, 0 },
                                      128,
                                      choose,
                                      conv2d_opencl_allocate,
                                      conv2d_opencl_release,
                                      conv2d_opencl_copy,
                                      conv2d_opencl_fill,
                                      conv2d_opencl_synchronize,
                                      nullptr,
                                      conv2d_opencl_stream };

CONV2D_IMPLEMENT("CLBlast", "1.5.3", output_shape, forward,
                 "Convgemm in the memory of an OpenCL device; the adapter adds the bias",
                 "https://github.com/CNugteren/CLBlast", 0, 0, &capabilities, nullptr, nullptr,
                 last_error, CONV2D_OWN_SHAPE | CONV2D_OWN_BIAS | CONV2D_OWN_SAME, nullptr, nullptr,
                 nullptr, &memory);
