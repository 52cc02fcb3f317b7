/* truth.c: the oracle's answer to a job, with what it knows of each element. */

#include "truth.h"

#include "data/data.h"

#include <float.h>
#include <stdlib.h>

/* ---- scratch memory */

static void *take (scratch *s, size_t bytes) {
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
  size_t n = (size_t) place_count(p), size = p->dtype.bits / 8;
  *out = (truth){ .tensor = (enum job_tensor) t,
                  .want = { .data = take(s, n * size),
                            .device = { kDLCPU, 0 },
                            .ndim = p->ndim,
                            .dtype = p->dtype,
                            .shape = p->shape },
                  .detail = { .exact = take(s, n * sizeof(double)),
                              .scale = take(s, n * sizeof(double)),
                              .terms = take(s, n * sizeof(int64_t)),
                              .flags = take(s, n) } };
  return out->want.data && out->detail.exact && out->detail.scale && out->detail.terms
         && out->detail.flags;
}

size_t truth_bytes (const place p[JOB_TENSORS]) {
  size_t bytes = 0;
  for (int t = JOB_OUTPUT; t < JOB_TENSORS; t++)
    if (p[t].present)
      bytes += (size_t) place_count(&p[t]) * (p[t].dtype.bits / 8U + 8 + 8 + 8 + 1) + 5 * 64;
  return bytes;
}

static bool forward_truth (scratch *s, unsigned char *arena, job *j, expectation *x) {
  DLTensor in[3];
  for (int t = JOB_INPUT; t <= JOB_BIAS; t++)
    in[t] = place_tensor(arena, &j->tensor[t]);
  x->truths = 1;
  return start_truth(s, &j->tensor[JOB_OUTPUT], JOB_OUTPUT, &x->truth[0])
         && conv2d_oracle_forward(&j->params, &in[JOB_INPUT], &in[JOB_WEIGHT],
                                  j->tensor[JOB_BIAS].present ? &in[JOB_BIAS] : NULL,
                                  &x->truth[0].want, &x->truth[0].detail, NULL)
                == CONV2D_OK;
}

static bool backward_truth (scratch *s, unsigned char *arena, job *j, expectation *x) {
  DLTensor input = place_tensor(arena, &j->tensor[JOB_INPUT]);
  DLTensor weight = place_tensor(arena, &j->tensor[JOB_WEIGHT]);
  DLTensor grad_output = place_tensor(arena, &j->tensor[JOB_GRAD_OUTPUT]);
  conv2d_detail detail[3];
  DLTensor *want[3] = { NULL, NULL, NULL };
  for (int i = 0; i < 3; i++) {
    truth *made = &x->truth[x->truths];
    if (!j->tensor[JOB_GRAD_INPUT + i].present)
      continue;
    if (!start_truth(s, &j->tensor[JOB_GRAD_INPUT + i], JOB_GRAD_INPUT + i, made))
      return false;
    want[i] = &made->want;
    detail[i] = made->detail;
    x->truths++;
  }
  return conv2d_oracle_backward(&j->params, &input, &weight, &grad_output, want[0], want[1],
                                want[2], detail, NULL)
         == CONV2D_OK;
}

/* The largest finite S of all outputs. */
static double largest_scale (const expectation *x) {
  double largest = 0;
  for (int k = 0; k < x->truths; k++) {
    const truth *t = &x->truth[k];
    for (int64_t i = 0, n = tensor_count(&t->want); i < n; i++)
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
                        expectation *x) {
  if (x->status != CONV2D_OK)
    return true;
  if (c->direction == FORWARD)
    return forward_truth(s, arena, j, x);
  return c->direction != BACKWARD || backward_truth(s, arena, j, x);
}

bool truth_make (scratch *s, unsigned char *arena, const test_case *c, job *j, expectation *x) {
  if (!ask_oracle(s, arena, c, j, x))
    return false;
  x->exact = data_exact(c, largest_scale(x));
  if (!author_agrees(c, x))
    x->defect = "the case's own output is not what the oracle computes";
  return true;
}
