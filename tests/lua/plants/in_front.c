/* in_front.c: passes calls on to the subject FAULTY_SUBJECT, and gets one of those wrong that have
   FAULTY_OUT_CHANNELS output channels in FAULTY_GROUPS groups, if these are given. */

#include "../../../include/conv2d_abi.h"

#include <dlfcn.h>
#include <stdlib.h>

static const conv2d_implementation *behind (void) {
  static const conv2d_implementation *subject;
  const char *path = getenv("FAULTY_SUBJECT");
  void *library = subject || !path ? NULL : dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (library)
    subject = dlsym(library, "conv2d_subject");
  return subject;
}

static int32_t output_shape (const conv2d_params *p, int32_t ndim, const int64_t *input,
                             int64_t *output) {
  return behind() ? behind()->output_shape(p, ndim, input, output) : CONV2D_FAILED;
}

static int is_faulty (const conv2d_params *p) {
  const char *channels = getenv("FAULTY_OUT_CHANNELS"), *groups = getenv("FAULTY_GROUPS");
  return channels && groups && p->out_channels == atoi(channels) && p->groups == atoi(groups);
}

static int32_t forward (const conv2d_params *p, const DLTensor *input, const DLTensor *weight,
                        const DLTensor *bias, DLTensor *output) {
  const int32_t status =
      behind() ? behind()->forward(p, input, weight, bias, output) : CONV2D_FAILED;
  if (status == CONV2D_OK && is_faulty(p) && output->dtype.bits == 32)
    *(float *) output->data += 1;
  return status;
}

CONV2D_IMPLEMENT(.name = "a fault in front of another subject", .version = "1",
                 .output_shape = output_shape, .forward = forward);
