/* opencl_plants.c: the plain OpenCL subject with a fault planted by a kernel or a copy more. PLANT
   says which; it is done in the case whose second dilation is 3, `plain` of cases.yaml. */

#define conv2d_subject sample
#include "../../../adapters/opencl.c" /* NOLINT: under another name */
#undef conv2d_subject

extern CONV2D_EXPORT const conv2d_implementation conv2d_subject;

enum { SCENE = 3, LATE_STREAM = CONV2D_OPENCL_STREAMS - 1 };

static const char plant_source[] =
    "kernel void past (global char *y, long at, long count) { *((global float *) (y + at) + count) "
    "= 1.5f; }\n"
    "kernel void before (global char *x, long x_at, global char *y, long y_at) {\n"
    "  *(global float *) (y + y_at) += *((global float *) (x + x_at) - 1); }\n"
    "kernel void late (global char *y, long at, long turns) {\n"
    "  float sum = 0;\n"
    "  for (long i = 0; i < turns; i++) sum = sum * 0.5f + 1.5f;\n"
    "  *(global float *) (y + at) = sum; }\n";

static cl_program plants;

static int32_t choose_plants (DLDevice device) {
  const char *text = plant_source;
  const int32_t status = choose(device);
  if (status != CONV2D_OK || conv2d_opencl_stream(LATE_STREAM) != CONV2D_OK
      || conv2d_opencl_stream(0) != CONV2D_OK)
    return CONV2D_FAILED;
  plants = clCreateProgramWithSource(conv2d_opencl_context, 1, &text, NULL, NULL);
  return conv2d_opencl_status(clBuildProgram(plants, 1, &conv2d_opencl_device, "", NULL, NULL));
}

/* ---- the plants: each makes the call, and does its deed before or after it */

typedef struct call {
  const conv2d_params *p;
  const DLTensor *input, *weight, *bias;
  DLTensor *output;
} call;

static int32_t right (const call *c) {
  return sample.forward(c->p, c->input, c->weight, c->bias, c->output);
}

static launch prepare (const char *name) {
  launch l = { .status = CL_SUCCESS };
  l.kernel = clCreateKernel(plants, name, &l.status);
  return l;
}

static void start (launch *l, cl_command_queue q) {
  const size_t one = 1;
  clEnqueueNDRangeKernel(q, l->kernel, 1, NULL, &one, NULL, 0, NULL, NULL);
  clReleaseKernel(l->kernel);
}

static inline int32_t past (const call *c) {
  const int32_t status = right(c);
  const cl_long count = direct_count(c->output);
  launch l = prepare("past");
  give_tensor(&l, c->output);
  give(&l, &count, sizeof count);
  start(&l, conv2d_opencl_queue());
  return status;
}

static inline int32_t before (const call *c) {
  const int32_t status = right(c);
  launch l = prepare("before");
  give_tensor(&l, c->input);
  give_tensor(&l, c->output);
  start(&l, conv2d_opencl_queue());
  return status;
}

/* The third element is kept aside, and put back. */
static inline int32_t unwritten (const call *c) {
  cl_command_queue q = conv2d_opencl_queue();
  cl_mem y = (cl_mem) c->output->data;
  const size_t third = c->output->byte_offset + 2 * sizeof(float);
  cl_mem kept = clCreateBuffer(conv2d_opencl_context, CL_MEM_READ_WRITE, sizeof(float), NULL, NULL);
  clEnqueueCopyBuffer(q, y, kept, third, 0, sizeof(float), 0, NULL, NULL);
  const int32_t status = right(c);
  clEnqueueCopyBuffer(q, kept, y, 0, third, sizeof(float), 0, NULL, NULL);
  clReleaseMemObject(kept);
  return status;
}

/* In another queue than that of the thread. */
static inline int32_t late (const call *c) {
  const int32_t status = right(c);
  const cl_long turns = 10000000;
  launch l = prepare("late");
  give_tensor(&l, c->output);
  give(&l, &turns, sizeof turns);
  start(&l, conv2d_opencl_queues[LATE_STREAM]);
  clFlush(conv2d_opencl_queues[LATE_STREAM]);
  return status;
}

static int32_t forward_or_plant (const conv2d_params *p, const DLTensor *input,
                                 const DLTensor *weight, const DLTensor *bias, DLTensor *output) {
  const call c = { p, input, weight, bias, output };
  return p->dilation[1] == SCENE ? PLANT(&c) : right(&c);
}

static const conv2d_memory planted_memory = { .size = sizeof planted_memory,
                                              .features = CONV2D_MEMORY_HANDLES,
                                              .device = { kDLOpenCL, 0 },
                                              .granularity = 128,
                                              .choose = choose_plants,
                                              .allocate = conv2d_opencl_allocate,
                                              .release = conv2d_opencl_release,
                                              .copy = conv2d_opencl_copy,
                                              .fill = conv2d_opencl_fill,
                                              .synchronize = conv2d_opencl_synchronize,
                                              .stream = conv2d_opencl_stream };

CONV2D_IMPLEMENT(.name = "planted", .version = "1", .output_shape = output_shape,
                 .forward = forward_or_plant, .backward = backward, .last_error = last_error,
                 .capabilities = &capabilities, .memory = &planted_memory);
