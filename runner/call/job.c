/* job.c: what supervisor and worker both ask of a job. */

#include "job.h"

bool tensor_is_output (const job *j, int tensor) {
  return tensor >= JOB_OUTPUT || (j->direction == INIT && tensor != JOB_INPUT);
}

void note (job *j, uint32_t conduct, int tensor, int64_t element, int64_t count) {
  if (j->conduct == 0) {
    j->conduct_tensor = tensor;
    j->conduct_element = element;
    j->conduct_count = count;
  }
  j->conduct |= conduct;
}

const char *job_tensor_name (int tensor) {
  static const char *const names[JOB_TENSORS] = { "input",       "weight",   "bias",
                                                  "grad_output", "output",   "grad_input",
                                                  "grad_weight", "grad_bias" };
  return names[tensor];
}
