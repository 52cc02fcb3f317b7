/* opencl.c: plain loops as OpenCL kernels (device/direct.h), on tensors in the device's memory.
   Programs are built when the subject is loaded: PoCL runs a compiler then, and sets signal
   handlers, which no call may. */

#include <stdint.h>

#define LONG int64_t
#define DEVICE static inline
#define ELEMENT DEVICE
#define GLOBAL
#define REAL float
#define SUM float
#define LOAD(x) (x)
#define STORE(x) (x)
#include "device/direct.h" /* for direct_layer; what it computes is not called here */
#include "conv2d_opencl.h"
#include "device/layer.h"

static const char source[] =
#include "direct.cl.inc"
    ;

enum { FORWARD_KERNEL, GRAD_INPUT_KERNEL, GRAD_WEIGHT_KERNEL, GRAD_BIAS_KERNEL, KERNELS };
static const char *const names[KERNELS] = { "forward", "grad_input", "grad_weight", "grad_bias" };

static cl_program programs[2]; /* float32, float64 */

/* ---- getting ready */

static cl_program build (const char *options) {
  cl_int status;
  const char *text = source;
  cl_program p = clCreateProgramWithSource(conv2d_opencl_context, 1, &text, NULL, &status);
  if (status == CL_SUCCESS)
    status = clBuildProgram(p, 1, &conv2d_opencl_device, options, NULL, NULL);
  return status == CL_SUCCESS ? p : NULL;
}

static int32_t choose (DLDevice device) {
  int32_t status = conv2d_opencl_choose(device);
  if (status != CONV2D_OK)
    return status;
  programs[0] = build("-DREAL=float");
  programs[1] = build("-DREAL=double");
  return programs[0] ? CONV2D_OK : CONV2D_FAILED;
}

/* ---- launching */

/* A kernel on its way: kernels are not shared, as threads would share their arguments. */
typedef struct launch {
  cl_kernel kernel;
  cl_uint arguments;
  cl_int status;
} launch;

static void give (launch *l, const void *value, size_t bytes) {
  if (l->status == CL_SUCCESS)
    l->status = clSetKernelArg(l->kernel, l->arguments++, bytes, value);
}

/* A buffer and how far behind its start the tensor begins, in bytes. */
static void give_tensor (launch *l, const DLTensor *t) {
  cl_mem memory = t ? (cl_mem) t->data : NULL;
  cl_long offset = t ? (cl_long) t->byte_offset : 0;
  give(l, &memory, sizeof memory);
  give(l, &offset, sizeof offset);
}

static launch begin (const conv2d_params *p, int which, const direct_layer *layer) {
  launch l = { .status = CL_SUCCESS };
  l.kernel = clCreateKernel(programs[p->dtype.bits == 64], names[which], &l.status);
  give(&l, layer, sizeof *layer);
  return l;
}

/* One work item for each element of the result. */
static cl_int end (launch *l, const DLTensor *result) {
  const size_t count = (size_t) direct_count(result);
  if (l->status == CL_SUCCESS)
    l->status = clEnqueueNDRangeKernel(conv2d_opencl_queue(), l->kernel, 1, NULL, &count, NULL, 0,
                                       NULL, NULL);
  if (l->kernel)
    clReleaseKernel(l->kernel);
  return l->status;
}

static int32_t ended (cl_int status) {
  char words[60];
  snprintf(words, sizeof words, "OpenCL: status %d", (int) status);
  return status == CL_SUCCESS ? CONV2D_OK : refuse(CONV2D_FAILED, words);
}

/* ---- the functions of the interface */

static int32_t output_shape (const conv2d_params *p, int32_t ndim, const int64_t *input,
                             int64_t *output) {
  if (p->dtype.bits == 64 && !programs[1])
    return unsupported("float64: the device has none");
  return shape_of_output(p, ndim, input, output);
}

static int32_t forward (const conv2d_params *p, const DLTensor *input, const DLTensor *weight,
                        const DLTensor *bias, DLTensor *output) {
  const direct_layer layer = direct_layer_of(p, input, weight, output, bias);
  if (direct_count(output) == 0)
    return CONV2D_OK;
  launch l = begin(p, FORWARD_KERNEL, &layer);
  give_tensor(&l, input);
  give_tensor(&l, weight);
  give_tensor(&l, bias);
  give_tensor(&l, output);
  return ended(end(&l, output));
}

static cl_int gradient (const conv2d_params *p, int which, const direct_layer *layer,
                        const DLTensor *other, const DLTensor *grad_output, DLTensor *result) {
  if (direct_count(result) == 0)
    return CL_SUCCESS;
  launch l = begin(p, which, layer);
  if (other)
    give_tensor(&l, other);
  give_tensor(&l, grad_output);
  give_tensor(&l, result);
  return end(&l, result);
}

static int32_t backward (const conv2d_params *p, const DLTensor *input, const DLTensor *weight,
                         const DLTensor *grad_output, DLTensor *grad_input, DLTensor *grad_weight,
                         DLTensor *grad_bias) {
  direct_layer layer = direct_layer_of(p, input, weight, grad_output, grad_bias);
  direct_layer to_input = layer, to_weight = layer;
  direct_strides(to_input.x, grad_input);
  direct_strides(to_weight.w, grad_weight);
  cl_int status = gradient(p, GRAD_INPUT_KERNEL, &to_input, weight, grad_output, grad_input);
  if (status == CL_SUCCESS)
    status = gradient(p, GRAD_WEIGHT_KERNEL, &to_weight, input, grad_output, grad_weight);
  if (status == CL_SUCCESS)
    status = gradient(p, GRAD_BIAS_KERNEL, &layer, NULL, grad_output, grad_bias);
  return ended(status);
}

static const conv2d_capabilities capabilities = {
  .dtypes = CONV2D_F32 | CONV2D_F64,
  .padding_modes =
      1 << CONV2D_ZEROS | 1 << CONV2D_REFLECT | 1 << CONV2D_REPLICATE | 1 << CONV2D_CIRCULAR,
  .directions = CONV2D_FORWARD | CONV2D_BACKWARD,
};

static const conv2d_memory memory = { .size = sizeof memory,
                                      .features = CONV2D_MEMORY_HANDLES,
                                      .device = { kDLOpenCL, 0 },
                                      .granularity = 128,
                                      .choose = choose,
                                      .allocate = conv2d_opencl_allocate,
                                      .release = conv2d_opencl_release,
                                      .copy = conv2d_opencl_copy,
                                      .fill = conv2d_opencl_fill,
                                      .synchronize = conv2d_opencl_synchronize,
                                      .stream = conv2d_opencl_stream };

CONV2D_IMPLEMENT(.name = "direct OpenCL", .version = "1", .output_shape = output_shape,
                 .forward = forward, .backward = backward, .last_error = last_error,
                 .description = "plain loops, one work item an element, in the device's memory",
                 .capabilities = &capabilities, .memory = &memory);
