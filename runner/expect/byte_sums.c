/* byte_sums.c: copies of all operands as int64, in which no sum of products of 16 bits wraps. */

#include "byte_sums.h"

#include "call/dtype.h"
#include "call/tensor.h"

#include <string.h>

static const DLDataType int64 = { kDLInt, 64, 1 };

/* ---- which calls */

bool byte_sums_wanted (const test_case *c, bool saturates) {
  const DLDataType t = c->params.dtype;
  return c->direction == FORWARD
         && (c->result_dtype.bits || (saturates && is_integer(t) && t.bits <= 16));
}

static size_t bytes_of (const place *p) {
  return p->present ? (size_t) place_count(p) * sizeof(int64_t) + 64 : 0;
}

size_t byte_sums_bytes (const place p[JOB_TENSORS]) {
  size_t bytes = 0;
  for (int t = 0; t < JOB_TENSORS; t++)
    bytes += bytes_of(&p[t]);
  return bytes;
}

/* ---- operands */

/* A compact tensor of int64 with the shape of a place. */
static bool take_tensor (scratch *s, place *p, DLTensor *t) {
  *t = (DLTensor){ .data = scratch_take(s, bytes_of(p)),
                   .device = { kDLCPU, 0 },
                   .ndim = p->ndim,
                   .dtype = int64,
                   .shape = p->shape };
  return t->data;
}

static bool take_operand (scratch *s, const unsigned char *arena, place *p, DLTensor *t) {
  if (!take_tensor(s, p, t))
    return false;
  const dtype *d = dtype_of(p->dtype);
  int64_t *to = t->data;
  for (int64_t i = 0, n = place_count(p); i < n; i++)
    to[i] = (int64_t) d->load(arena + p->offset + place_at(p, i)); /* exact: at most 32 bits */
  return true;
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

bool byte_sums_make (scratch *s, unsigned char *arena, job *j, bool saturates, truth *made) {
  conv2d_params p = j->params;
  DLTensor x, w, b, y;
  place *bias = &j->tensor[JOB_BIAS];
  p.dtype = int64;
  if (!take_operand(s, arena, &j->tensor[JOB_INPUT], &x)
      || !take_operand(s, arena, &j->tensor[JOB_WEIGHT], &w)
      || (bias->present && !take_operand(s, arena, bias, &b))
      || !take_tensor(s, &j->tensor[JOB_OUTPUT], &y)
      || conv2d_oracle_forward(&p, &x, &w, bias->present ? &b : NULL, &y, &made->detail, NULL)
             != CONV2D_OK)
    return false;
  store_sums(y.data, saturates, made);
  return true;
}
