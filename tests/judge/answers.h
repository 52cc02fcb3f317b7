/* answers.h: calls whose answers are made up, for the tests of the judge.
   A call is a 1x1 convolution of 1x1 images, so that output[n,o] is a plain dot product of length
   in_channels plus bias; its truth is computed here in binary128. */

#ifndef ANSWERS_H
#define ANSWERS_H

#include "call/dtype.h"
#include "judge/judge.h"
#include "../tap.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const DLDataType F32 = { kDLFloat, 32, 1 }, F64 = { kDLFloat, 64, 1 },
                        F16 = { kDLFloat, 16, 1 }, BF16 = { kDLBfloat, 16, 1 },
                        E4M3 = { kDLFloat8_e4m3fn, 8, 1 }, E5M2 = { kDLFloat8_e5m2, 8, 1 },
                        I8 = { kDLInt, 8, 1 }, I64 = { kDLInt, 64, 1 }, C64 = { kDLComplex, 64, 1 },
                        C128 = { kDLComplex, 128, 1 };

typedef __float128 quad;

typedef struct call {
  test_case c;
  expectation x;
  subject_info s;
  job j;
  judgement out;
  int64_t images, channels, outputs; /* outputs: channels of the output */
  unsigned char *arena;
  size_t used;
} call;

enum { ARENA = 64 << 20 };

/* ---- tensors */

static inline int64_t volume (const place *p) {
  int64_t n = 1;
  for (int a = 0; a < p->ndim; a++)
    n *= p->shape[a];
  return n;
}

/* A compact tensor, after those that stand. */
static inline void put_bytes (call *k, int tensor, DLDataType t, int ndim, const int64_t *dim) {
  place *p = &k->j.tensor[tensor];
  *p = (place){ .present = 1, .ndim = ndim, .dtype = t, .offset = k->used };
  int64_t step = 1;
  for (int a = ndim - 1; a >= 0; a--) {
    p->shape[a] = dim[a];
    p->strides[a] = step;
    step *= dim[a];
  }
  p->bytes = (uint64_t) step * (t.bits / 8);
  k->used += (p->bytes + 127) & ~(uint64_t) 63;
}

/* The same in an arena of ARENA bytes. */
static inline void put_place (call *k, int tensor, DLDataType t, int ndim, const int64_t *dim) {
  put_bytes(k, tensor, t, ndim, dim);
  if (k->used > ARENA)
    abort();
}

/* Number i; a complex element has two. */
static inline unsigned char *at (const call *k, int tensor, int64_t i) {
  const place *p = &k->j.tensor[tensor];
  return k->arena + p->offset + p->origin + i * number_size(dtype_of(p->dtype));
}

static inline double get (const call *k, int tensor, int64_t i) {
  return dtype_of(k->j.tensor[tensor].dtype)->load(at(k, tensor, i));
}

static inline void set (call *k, int tensor, int64_t i, double value) {
  dtype_of(k->j.tensor[tensor].dtype)->store(at(k, tensor, i), 1, 1, &value);
}

/* ---- calls */

static inline void put_truth (call *k, int tensor) {
  const place *p = &k->j.tensor[tensor];
  const size_t n = (size_t) volume(p) * (size_t) dtype_of(p->dtype)->parts;
  truth *t = &k->x.truth[k->x.truths++];
  t->tensor = (enum job_tensor) tensor;
  t->want = (DLTensor){
    .data = calloc(n + 1, 8), .ndim = p->ndim, .dtype = p->dtype, .shape = k->j.tensor[tensor].shape
  };
  t->detail = (conv2d_detail){ .exact = calloc(n + 1, 8),
                               .scale = calloc(n + 1, 8),
                               .terms = calloc(n + 1, 8),
                               .flags = calloc(n + 1, 1) };
}

/* images x channels times outputs x channels, and a bias. Data are zeros, the answer OK. */
static inline call *open_call (DLDataType t, int64_t images, int64_t channels, int64_t outputs) {
  call *k = calloc(1, sizeof *k);
  k->images = images;
  k->channels = channels;
  k->outputs = outputs;
  k->arena = calloc(1, ARENA);
  k->c = (test_case){ .input = { 4, { images, channels, 1, 1 } },
                      .weight.ndim = -1,
                      .bias.ndim = -1,
                      .offered.ndim = -1 };
  k->c.params = (conv2d_params){ .in_channels = channels,
                                 .out_channels = outputs,
                                 .groups = 1,
                                 .kernel_size = { 1, 1 },
                                 .stride = { 1, 1 },
                                 .dilation = { 1, 1 },
                                 .bias = 1,
                                 .dtype = t };
  memset(k->c.recipe, recipe_find("arange"), sizeof k->c.recipe); /* no statistics on it */
  k->j.params = k->c.params;
  put_place(k, JOB_INPUT, t, 4, (int64_t[]){ images, channels, 1, 1 });
  put_place(k, JOB_WEIGHT, t, 4, (int64_t[]){ outputs, channels, 1, 1 });
  put_place(k, JOB_BIAS, t, 1, &outputs);
  put_place(k, JOB_OUTPUT, t, 4, (int64_t[]){ images, outputs, 1, 1 });
  k->x.output = (shape){ 4, { images, outputs, 1, 1 } };
  k->j.output_ndim = 4;
  memcpy(k->j.output_shape, k->x.output.dim, sizeof k->j.output_shape);
  k->j.end = JOB_RETURNED;
  k->s.functions = (1u << DIRECTIONS) - 1;
  k->j.called = 1;
  put_truth(k, JOB_OUTPUT);
  return k;
}

static inline void drop_truths (call *k) {
  while (k->x.truths) {
    truth *t = &k->x.truth[--k->x.truths];
    free(t->want.data);
    free(t->detail.exact);
    free(t->detail.scale);
    free(t->detail.terms);
    free(t->detail.flags);
  }
}

static inline void close_call (call *k) {
  drop_truths(k);
  free(k->arena);
  free(k);
}

/* ---- truths */

/* Number i of the want of the first truth, which becomes the subject's answer too. */
static inline void set_want (call *k, int64_t i, double value) {
  const dtype *d = dtype_of(k->x.truth[0].want.dtype);
  d->store((char *) k->x.truth[0].want.data + i * number_size(d), 1, 1, &value);
  set(k, (int) k->x.truth[0].tensor, i, value);
}

/* The dot product of one output element; finite numbers. */
static inline void set_truth (call *k, int64_t i) {
  const int64_t n = i / k->outputs, o = i % k->outputs;
  quad sum = get(k, JOB_BIAS, o), scale = fabs(get(k, JOB_BIAS, o));
  for (int64_t c = 0; c < k->channels; c++) {
    const quad p =
        (quad) get(k, JOB_INPUT, n * k->channels + c) * get(k, JOB_WEIGHT, o * k->channels + c);
    sum += p;
    scale += p < 0 ? -p : p;
  }
  const conv2d_detail *d = &k->x.truth[0].detail;
  d->exact[i] = (double) sum;
  d->scale[i] = (double) scale;
  d->terms[i] = k->channels + k->j.tensor[JOB_BIAS].present;
  set_want(k, i, (double) sum);
}

/* The truth from the data; the answer equals it. */
static inline void set_truths (call *k) {
  for (int64_t i = 0; i < k->images * k->outputs; i++)
    set_truth(k, i);
}

/* ---- verdicts */

static inline verdict verdict_of (call *k) {
  memset(&k->out, 0xa5, sizeof k->out); /* the judge must set everything itself */
  judge(&k->c, &k->x, &k->s, &k->j, k->arena, &k->out);
  return k->out.verdict;
}

/* Shows that the call gets that verdict. */
static inline void shows (call *k, verdict v, const char *what) {
  const verdict is = verdict_of(k);
  if (!ok(is == v, "%s: %s", what, verdict_word(v)))
    printf("# %s: %s\n", verdict_word(is), k->out.words);
}

/* ... with these words. */
static inline void says (call *k, verdict v, const char *words) {
  const verdict is = verdict_of(k);
  if (!ok(is == v && strcmp(k->out.words, words) == 0, "%s: %s", verdict_word(v), words))
    printf("# %s: %s\n", verdict_word(is), k->out.words);
}

/* ... and this clause. */
static inline void breaks (call *k, const char *clause) {
  verdict_of(k);
  if (!ok(k->out.clause && strcmp(k->out.clause, clause) == 0, "  and it breaks %s", clause))
    printf("# %s\n", k->out.clause ? k->out.clause : "none");
}

/* ---- single elements */

/* One output element, of n products and no bias, all of them 1. */
static inline call *sum_of_ones (DLDataType t, int64_t n) {
  call *k = open_call(t, 1, n, 1);
  for (int64_t c = 0; c < n; c++) {
    set(k, JOB_INPUT, c, 1);
    set(k, JOB_WEIGHT, c, 1);
  }
  set_truths(k);
  k->x.truth[0].detail.terms[0] = n;
  return k;
}

/* The truth about the only element, as it is stated. */
static inline void state (call *k, double exact, double scale, int64_t terms) {
  k->x.truth[0].detail.exact[0] = exact;
  k->x.truth[0].detail.scale[0] = scale;
  k->x.truth[0].detail.terms[0] = terms;
  set_want(k, 0, exact);
}

static inline void answers (call *k, double got, verdict v, const char *what) {
  set(k, JOB_OUTPUT, 0, got);
  shows(k, v, what);
}

/* ---- random numbers: xorshift64*, the same in every run */

static uint64_t chance_state = 88172645463325252u;

static inline uint64_t chance (void) {
  chance_state ^= chance_state >> 12;
  chance_state ^= chance_state << 25;
  chance_state ^= chance_state >> 27;
  return chance_state * UINT64_C(2685821657736338717);
}

static inline int64_t below (int64_t n) {
  return (int64_t) (chance() >> 33) % n;
}

/* In [-1, 1). */
static inline double signed_chance (void) {
  return (double) ((int64_t) chance() >> 11) * 0x1p-52;
}

#endif
