/* truth.c: the oracle's answer to a job, with what it knows of each element. */

#include "truth.h"

#include "call/dtype.h"
#include "call/tensor.h"

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

enum { KNOWN = 8 + 8 + 8 + 1, ARRAYS = 5, ALIGNED = 64 }; /* bytes of a number; of arrays */

/* The memory for n numbers of a result. */
static bool take_room (scratch *s, const place *p, int64_t n, truth *t) {
  const size_t count = (size_t) n;
  t->want.data = scratch_take(s, count * (size_t) number_size(dtype_of(p->dtype)));
  t->detail = (conv2d_detail){ .exact = scratch_take(s, count * sizeof(double)),
                               .scale = scratch_take(s, count * sizeof(double)),
                               .terms = scratch_take(s, count * sizeof(int64_t)),
                               .flags = scratch_take(s, count) };
  return t->want.data && t->detail.exact && t->detail.scale && t->detail.terms && t->detail.flags;
}

static truth truth_about (int t, place *p) {
  return (truth){
    .tensor = (enum job_tensor) t,
    .want = { .device = { kDLCPU, 0 }, .ndim = p->ndim, .dtype = p->dtype, .shape = p->shape }
  };
}

static bool is_result (const job *j, int t) {
  return tensor_is_output(j, t) && j->tensor[t].present;
}

/* Whether anything is right for the results of the call. */
static bool has_truth (const expectation *x, const job *j) {
  return x->status == CONV2D_OK && operation_of(j->direction)->has_truth;
}

static size_t bytes_each (const place *p) {
  return KNOWN + (size_t) number_size(dtype_of(p->dtype));
}

static size_t bytes_for (const place *p, int64_t numbers) {
  return (size_t) numbers * bytes_each(p) + ARRAYS * ALIGNED;
}

size_t truth_bytes (const place p[JOB_TENSORS]) {
  size_t bytes = 0;
  for (int t = JOB_OUTPUT; t < JOB_TENSORS; t++)
    if (p[t].present)
      bytes += bytes_for(&p[t], place_numbers(&p[t]));
  return bytes;
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

bool truth_make (scratch *s, const question *q, job *j, expectation *x) {
  for (int t = 0; has_truth(x, j) && t < JOB_TENSORS; t++)
    if (is_result(j, t)) {
      truth *made = &x->truth[x->truths++];
      *made = truth_about(t, &j->tensor[t]);
      if (!take_room(s, &j->tensor[t], place_numbers(&j->tensor[t]), made))
        return false;
    }
  if (x->truths && !ask_oracle(q, j, x->truth))
    return false;
  x->exact = data_are_exact(q->c, x);
  if (!q->saturates && !author_agrees(q->c, x)) /* who writes an answer lets it wrap */
    expect_defect(x, "the case's own output is not what the oracle computes");
  return true;
}

/* ---- in stretches */

size_t truth_bytes_apart (const place p[JOB_TENSORS], int64_t planes) {
  size_t most = 0;
  for (int t = JOB_OUTPUT; t < JOB_TENSORS; t++)
    if (p[t].present) {
      const size_t own = bytes_for(&p[t], stretch_of((enum job_tensor) t, &p[t], planes));
      most = own > most ? own : most;
    }
  return most;
}

bool truth_make_apart (scratch *s, const question *q, const job *j, expectation *x, stretches *to) {
  const place *any = NULL;
  *to = (stretches){ .asked = *q, .whole = j };
  for (int t = 0; has_truth(x, j) && t < JOB_TENSORS; t++)
    if (is_result(j, t)) {
      any = &j->tensor[t]; /* all have one dtype */
      x->truth[x->truths++] = (truth){ .tensor = (enum job_tensor) t };
    }
  if (!any)
    return false;
  x->apart = to;
  to->now.want = (DLTensor){ .device = { kDLCPU, 0 }, .dtype = any->dtype };
  to->room = (int64_t) ((s->size - s->used - ARRAYS * ALIGNED) / bytes_each(any));
  return take_room(s, any, to->room, &to->now);
}
