/* job.c: what supervisor and worker both ask of a job. */

#include "job.h"

bool tensor_is_output (const job *j, int tensor) {
  return operation_of(j->direction)->writes >> tensor & 1;
}

void note (job *j, uint32_t conduct, int tensor, int64_t element, int64_t count) {
  if (j->conduct == 0) {
    j->conduct_tensor = tensor;
    j->conduct_element = element;
    j->conduct_count = count;
  }
  j->conduct |= conduct;
}
