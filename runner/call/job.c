/* job.c: questions about a job that supervisor and worker share. */

#include "job.h"

#include <signal.h>

bool tensor_is_output (const job *j, int tensor) {
  return operation_of(j->direction)->writes >> tensor & 1;
}

/* Elements that are in memory. A call that must be rejected may describe more. */
static int64_t stored (const place *p) {
  return p->present && p->bytes ? place_count(p) : 0;
}

int64_t job_products (const job *j) {
  const place *weight = &j->tensor[JOB_WEIGHT];
  const int64_t taps = stored(weight) ? stored(weight) / weight->shape[0] : 1;
  return (stored(&j->tensor[JOB_OUTPUT]) + stored(&j->tensor[JOB_GRAD_OUTPUT])) * taps;
}

int64_t job_elements (const job *j) {
  int64_t n = 0;
  for (int t = 0; t < JOB_TENSORS; t++)
    n += stored(&j->tensor[t]);
  return n;
}

bool anybody_sends (int signal) {
  return signal == SIGKILL || signal == SIGTERM || signal == SIGINT || signal == SIGHUP;
}

bool job_may_be_struck (const job *j) {
  return (j->end == JOB_SIGNALLED && anybody_sends(j->end_code))
         || (j->end == JOB_TIMED_OUT && j->end_code);
}

void note (job *j, uint32_t conduct, int tensor, int64_t element, int64_t count) {
  if (j->conduct == 0) {
    j->conduct_tensor = tensor;
    j->conduct_element = element;
    j->conduct_count = count;
  }
  j->conduct |= conduct;
}
