/* truth.c: the oracle's answer to a job, with what it knows of each element. */

#include "truth.h"

#include "byte_sums.h"

#include "conv2d_dtypes.h"
#include "data/data.h"

#include <float.h>
#include <stdlib.h>

/* ---- scratch memory */

void *scratch_take (scratch *s, size_t bytes) {
  bytes = (bytes + 63) & ~(size_t) 63;
  if (bytes > s->size - s->used)
    return NULL;
  s->used += bytes;
  return s->block + s->used - bytes;
}

bool scratch_resize (scratch *s, size_t bytes) {
  char *block = malloc(bytes);
  if (!block)
    return false;
  free(s->block);
  *s = (scratch){ .block = block, .size = bytes };
  return true;
}

/* ---- truths */

/* The truth about output tensor t, with room for all of it. */
static bool start_truth (scratch *s, place *p, int t, truth *out) {
  size_t n = (size_t) place_numbers(p);
  *out = (truth){ .tensor = (enum job_tensor) t,
                  .want = { .data = scratch_take(s, (size_t) place_count(p) * place_element(p)),
                            .device = { kDLCPU, 0 },
                            .ndim = p->ndim,
                            .dtype = p->dtype,
                            .shape = p->shape },
                  .detail = { .exact = scratch_take(s, n * sizeof(double)),
                              .scale = scratch_take(s, n * sizeof(double)),
                              .terms = scratch_take(s, n * sizeof(int64_t)),
                              .flags = scratch_take(s, n) } };
  return out->want.data && out->detail.exact && out->detail.scale && out->detail.terms
         && out->detail.flags;
}

size_t truth_bytes (const test_case *c, bool saturates, const place p[JOB_TENSORS]) {
  size_t bytes = byte_sums_wanted(c, saturates) ? byte_sums_bytes(p) : 0;
  for (int t = JOB_OUTPUT; t < JOB_TENSORS; t++)
    if (p[t].present)
      bytes += (size_t) place_count(&p[t]) * place_element(&p[t])
               + (size_t) place_numbers(&p[t]) * (8 + 8 + 8 + 1) + 5 * 64;
  return bytes;
}

/* The tensors of a call to the oracle: those that are read in the arena, and the truths. */
typedef struct oracle_call {
  job *j;
  DLTensor view[JOB_TENSORS], *tensor[JOB_TENSORS]; /* NULL: there is none */
  conv2d_detail detail[MAX_TRUTHS];                 /* of the written tensors, in their order */
} oracle_call;

static bool enter (scratch *s, unsigned char *arena, oracle_call *o, expectation *x) {
  const operation *op = operation_of(o->j->direction);
  int written = 0;
  for (int t = 0; t < JOB_TENSORS; t++) {
    place *p = &o->j->tensor[t];
    const bool writes = op->writes >> t & 1, present = p->present;
    o->view[t] = place_tensor(arena, p);
    o->tensor[t] = present ? &o->view[t] : NULL;
    if (writes && present) {
      truth *made = &x->truth[x->truths++];
      if (!start_truth(s, p, t, made))
        return false;
      o->tensor[t] = &made->want;
      o->detail[written] = made->detail;
    }
    written += writes;
  }
  return true;
}

static int32_t ask (oracle_call *o) {
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

void truth_share_scale (const DLTensor *result, double *scale) {
  const int64_t n = result->dtype.code == kDLComplex ? tensor_numbers(result) : 0;
  for (int64_t i = 0; i < n; i += 2)
    scale[i] = scale[i + 1] = scale[i] + scale[i + 1];
}

/* The largest finite S of all outputs. */
static double largest_scale (const expectation *x) {
  double largest = 0;
  for (int k = 0; k < x->truths; k++) {
    const truth *t = &x->truth[k];
    for (int64_t i = 0, n = tensor_numbers(&t->want); i < n; i++)
      if (t->detail.scale[i] > largest && t->detail.scale[i] <= DBL_MAX)
        largest = t->detail.scale[i];
  }
  return largest;
}

/* Whether the author's own output is the oracle's. */
static bool author_agrees (const test_case *c, const expectation *x) {
  const literal *want = c->meta ? &c->meta->want : NULL;
  for (int64_t i = 0; want && x->truths && i < want->count; i++) {
    double is = tensor_get(&x->truth[0].want, i), says = want->value[i];
    bool agrees =
        is != is ? says != says
                 : is == says || (is - says <= c->meta->within && says - is <= c->meta->within);
    if (!agrees)
      return false;
  }
  return true;
}

static bool ask_oracle (scratch *s, unsigned char *arena, const test_case *c, job *j,
                        bool saturates, expectation *x) {
  oracle_call o = { .j = j };
  if (x->status != CONV2D_OK || !operation_of((int32_t) c->direction)->has_truth)
    return true;
  if (!enter(s, arena, &o, x))
    return false;
  if (byte_sums_wanted(c, saturates))
    return byte_sums_make(s, arena, j, saturates, &x->truth[0]);
  return ask(&o) == CONV2D_OK;
}

bool truth_make (scratch *s, unsigned char *arena, const test_case *c, job *j, bool saturates,
                 expectation *x) {
  if (!ask_oracle(s, arena, c, j, saturates, x))
    return false;
  for (int k = 0; k < x->truths; k++)
    truth_share_scale(&x->truth[k].want, x->truth[k].detail.scale);
  const double parts = CONV2D_PARTS(c->params.dtype.code); /* three products: up to twice S */
  x->exact =
      data_exact(c, 0) && data_exact(c, parts * largest_scale(x)); /* the larger, the less exact */
  if (!saturates && !author_agrees(c, x)) /* who writes an answer lets it wrap */
    expect_defect(x, "the case's own output is not what the oracle computes");
  return true;
}
