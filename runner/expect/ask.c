/* ask.c: a job as a call to the oracle. */

#include "ask.h"

#include "byte_sums.h"
#include "call/tensor.h"
#include "conv2d_dtypes.h"

/* The tensors of a call to the oracle: those that are read in the arena, and the truths. */
typedef struct oracle_call {
  job *j;
  DLTensor view[JOB_TENSORS], *tensor[JOB_TENSORS]; /* NULL: there is none */
  conv2d_detail detail[MAX_TRUTHS];                 /* of the written tensors, in their order */
} oracle_call;

/* Returns how many results there are. */
static int enter (oracle_call *o, unsigned char *arena, truth *made) {
  const operation *op = operation_of(o->j->direction);
  int written = 0, results = 0;
  for (int t = 0; t < JOB_TENSORS; t++) {
    place *p = &o->j->tensor[t];
    const bool writes = op->writes >> t & 1, present = p->present;
    o->view[t] = place_tensor(arena, p);
    o->tensor[t] = present ? &o->view[t] : NULL;
    if (writes && present) {
      o->tensor[t] = &made[results].want;
      o->detail[written] = made[results++].detail;
    }
    written += writes;
  }
  return results;
}

static int32_t call_oracle (oracle_call *o) {
  switch (o->j->direction) {
#define UNPACKED(...) __VA_ARGS__
#define PARAMS &o->j->params
#define T(name) o->tensor[JOB_##name]
#define X(constant, word, function, capability, reads, writes, result, clause, arguments)          \
  case constant: return conv2d_oracle_##function(UNPACKED arguments, o->detail, NULL);
    OPERATIONS_WITH_TRUTH(X)
#undef X
  default: return CONV2D_UNSUPPORTED;
  }
}

void share_scale (const DLTensor *result, double *scale) {
  const int64_t n = result->dtype.code == kDLComplex ? tensor_numbers(result) : 0;
  for (int64_t i = 0; i < n; i += 2)
    scale[i] = scale[i + 1] = scale[i] + scale[i + 1];
}

bool ask_oracle (const question *q, job *j, truth *made) {
  oracle_call o = { .j = j };
  if (byte_sums_wanted(q->c, q->saturates))
    return byte_sums_make(q, j, made);
  const int results = enter(&o, q->arena, made);
  if (call_oracle(&o) != CONV2D_OK)
    return false;
  for (int k = 0; k < results; k++)
    share_scale(&made[k].want, made[k].detail.scale);
  return true;
}
