/* byte_sums.c: copies of all operands as int64, in which no sum of products of 16 bits wraps. */

#include "byte_sums.h"

#include "call/dtype.h"
#include "call/tensor.h"

#include <stdlib.h>
#include <string.h>

static const DLDataType int64 = { kDLInt, 64, 1 };

/* ---- which calls */

bool byte_sums_wanted (const test_case *c, bool saturates) {
  const DLDataType t = c->params.dtype;
  return c->direction == FORWARD
         && (c->result_dtype.bits || (saturates && is_integer(t) && t.bits <= 16));
}

/* ---- operands */

/* A compact tensor of int64 with the shape of a place, in memory that is to be freed; its data are
   NULL if there is none. */
static DLTensor tensor_like (place *p) {
  return (DLTensor){ .data =
                         p->present ? malloc((size_t) place_count(p) * sizeof(int64_t) + 1) : NULL,
                     .device = { kDLCPU, 0 },
                     .ndim = p->ndim,
                     .dtype = int64,
                     .shape = p->shape };
}

static DLTensor widened (const unsigned char *arena, place *p) {
  const DLTensor t = tensor_like(p);
  const dtype *d = dtype_of(p->dtype);
  int64_t *to = t.data;
  for (int64_t i = 0, n = to ? place_count(p) : 0; i < n; i++)
    to[i] = (int64_t) d->load(arena + p->offset + place_at(p, i)); /* exact: at most 32 bits */
  return t;
}

/* ---- results */

static int64_t clamped (int64_t v, DLDataType t) {
  const int64_t span = (int64_t) 1 << t.bits, least = t.code == kDLUInt ? 0 : -span / 2;
  const int64_t most = least + span - 1;
  return v < least ? least : v > most ? most : v;
}

/* Little-endian: the low bytes are what is left of a number that wraps. */
static void store_sums (const int64_t *sum, bool saturates, truth *made) {
  const DLDataType t = made->want.dtype;
  const size_t size = t.bits / 8;
  char *want = made->want.data;
  for (int64_t i = 0, n = tensor_count(&made->want); i < n; i++) {
    const int64_t v = saturates ? clamped(sum[i], t) : sum[i];
    memcpy(want + (size_t) i * size, &v, size);
    made->detail.exact[i] = dtype_of(t)->load(want + (size_t) i * size);
  }
}

bool byte_sums_make (const question *q, job *j, truth *made) {
  place *bias = &j->tensor[JOB_BIAS];
  conv2d_params p = j->params;
  p.dtype = int64;
  DLTensor x = widened(q->arena, &j->tensor[JOB_INPUT]);
  DLTensor w = widened(q->arena, &j->tensor[JOB_WEIGHT]);
  DLTensor b = widened(q->arena, bias), y = tensor_like(&j->tensor[JOB_OUTPUT]);
  const bool good =
      x.data && w.data && y.data && (b.data || !bias->present)
      && conv2d_oracle_forward(&p, &x, &w, bias->present ? &b : NULL, &y, &made->detail, NULL)
             == CONV2D_OK;
  if (good)
    store_sums(y.data, q->saturates, made);
  free(x.data);
  free(w.data);
  free(b.data);
  free(y.data);
  return good;
}
