/* answers.c: values are hashed as doubles, in row-major order, so that the number depends on
   neither layout nor dtype of the storage. */

#include "answers.h"

#include "call/dtype.h"
#include "call/tensor.h"

#define XXH_STATIC_LINKING_ONLY
#include <xxhash.h>

enum { CHUNK = 512 };

static void add_values (XXH3_state_t *h, double *value, int64_t n) {
  for (int64_t i = 0; i < n; i++)
    if (value[i] != value[i])
      value[i] = __builtin_nan("");
  XXH3_64bits_update(h, value, (size_t) n * sizeof *value);
}

static void add_tensor (XXH3_state_t *h, const DLTensor *t) {
  const dtype *d = dtype_of(t->dtype);
  const bool compact = tensor_is_compact(t);
  const int64_t count = tensor_numbers(t);
  double value[CHUNK];
  for (int64_t from = 0; from < count; from += CHUNK) {
    const int64_t n = count - from < CHUNK ? count - from : CHUNK;
    if (compact)
      d->load_row((const char *) t->data + from * number_size(d), 1, n, value);
    else
      for (int64_t i = 0; i < n; i++)
        value[i] = tensor_get(t, from + i);
    add_values(h, value, n);
  }
}

uint64_t answers_digest (const job *j, unsigned char *arena) {
  XXH3_state_t h;
  bool any = false;
  XXH3_64bits_reset(&h);
  for (int t = 0; t < JOB_TENSORS; t++) {
    place p = j->tensor[t];
    if (!tensor_is_output(j, t) || !p.present || !p.bytes)
      continue;
    const DLTensor got = place_tensor(arena, &p);
    add_tensor(&h, &got);
    any = true;
  }
  return any ? XXH3_64bits_digest(&h) : 0;
}

uint64_t truths_digest (const expectation *x, const job *j) {
  XXH3_state_t h;
  XXH3_64bits_reset(&h);
  for (int k = 0; k < x->truths; k++) {
    const int64_t numbers = place_numbers(&j->tensor[x->truth[k].tensor]);
    for (int64_t from = 0; from < numbers;) {
      const truth *t = truth_from(x, k, from);
      if (!t)
        return 0;
      add_tensor(&h, &t->want);
      from = truth_end(t);
    }
  }
  return x->truths ? XXH3_64bits_digest(&h) : 0;
}
