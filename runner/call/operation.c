/* operation.c: the tables of operation.h, looked up. */

#include "operation.h"

#include <string.h>

static const struct {
  const char *text, *clause;
} tensors[] = {
#define X(name, text, clause) { text, clause },
  TENSORS(X)
#undef X
};

#define BIT(tensor) (1u << JOB_##tensor)

enum {
#define X(constant, ...) | 1 << constant
  WITH_TRUTH = 0 OPERATIONS_WITH_TRUTH(X)
#undef X
};

static const operation operations[] = {
#define X(constant, word, function, capability, reads, writes, result, clause, arguments)          \
  { word, #function, capability, reads, writes, result, clause, WITH_TRUTH >> constant & 1 },
  OPERATIONS(X)
#undef X
};

const operation *operation_of (int32_t which) {
  return &operations[which >= 0 && which < DIRECTIONS ? which : 0];
}

bool operation_reads (const operation *o, enum job_tensor tensor) {
  return o->reads >> tensor & 1;
}

bool operation_asks_shape (const operation *o) {
  return operation_reads(o, JOB_INPUT);
}

uint32_t operation_rules (const operation *o) {
  return o->capability ? o->capability : CONV2D_FORWARD; /* output_shape has the rules of forward */
}

const char *job_tensor_name (int tensor) {
  return tensors[tensor].text;
}

int job_tensor_named (const char *name) {
  int t = 0;
  while (name && t < JOB_TENSORS && strcmp(tensors[t].text, name))
    t++;
  return name ? t : JOB_TENSORS;
}

const char *operation_clause (const operation *o, int tensor) {
  return tensors[tensor].clause ? tensors[tensor].clause : o->clause;
}
