/* hostile.h: a subject that is right but for one deed, done in one case.
   The name of the shared object says which deed; the second dilation of a call says which case it
   is (cases.yaml), so every other case must come out as it does for the sample. */

#ifndef HOSTILE_H
#define HOSTILE_H

#include "../../../include/conv2d_abi.h"

/* The tensors of a call of any function; NULL where it has none. */
typedef struct call {
  const conv2d_params *params;
  const DLTensor *input, *weight, *bias;
  DLTensor *output;
  int32_t (*right)(const struct call *c); /* does what the subject must */
} call;

typedef int32_t deed_fn (const call *c);

/* The second dilation of the cases in which deeds are done. */
enum scene {
  NOWHERE = -1000, /* no case has that */
  EVERYWHERE = 0,
  PLAIN = 3,
  STRIDED,
  INTEGERS,
  GRADIENTS,
  PARAMETERS,
  LATE,
  REFUSED,
  NANS
};

/* When a deed is done. */
typedef enum moment { AT_FORWARD, AT_SHAPE, AT_BACKWARD, AT_INIT } moment;

typedef struct deed {
  const char *name;
  deed_fn *act;
  enum scene scene;
  moment moment;
} deed;

/* Tables of deeds, name NULL at the end. */
extern const deed ends[], memory_deeds[], process_deeds[], answer_deeds[], forge_deeds[],
    alignment_deeds[], late_deeds[], hidden_deeds[], guard_deeds[];

deed_fn throw_exception, run_out_of_memory_throwing;

static inline int64_t count (const DLTensor *t) {
  int64_t n = 1;
  for (int32_t i = 0; i < t->ndim; i++)
    n *= t->shape[i];
  return n;
}

#endif
