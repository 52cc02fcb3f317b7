/* operation.h: the functions of a subject, and the tensors that they read and write: a row each.
   Code that differs from one function to another is made from these rows. Other code does not ask
   which function it is, unless specs/ have a rule for one function alone. */

#ifndef OPERATION_H
#define OPERATION_H

#include "conv2d_abi.h"

#include <stdbool.h>

/* The tensors of a call. X (name, text, clause). The tensors that a subject only reads come first.
   clause   the clause that a wrong element breaks, unless the case names another; NULL: that of
            the operation */
/* clang-format off */
#define TENSORS(X)                                                                                 \
  X (INPUT,       "input",       NULL)                                                             \
  X (WEIGHT,      "weight",      NULL)                                                             \
  X (BIAS,        "bias",        NULL)                                                             \
  X (GRAD_OUTPUT, "grad_output", NULL)                                                             \
  X (OUTPUT,      "output",      NULL)                                                             \
  X (GRAD_INPUT,  "grad_input",  NULL)                                                             \
  X (GRAD_WEIGHT, "grad_weight", "BACK-2")                                                         \
  X (GRAD_BIAS,   "grad_bias",   "BACK-1")

/* The operations, in the order of enum direction.

   X (constant, word, function, capability, reads, writes, result, clause, arguments)

   word        in an id, and in the words of a subject about its capabilities
   function    of the ABI
   capability  enum conv2d_direction_bit; 0: every subject has it
   reads       BIT (tensor) of each that the subject reads, and is given filled
   writes      BIT (tensor) of each that it writes
   result      the tensor that has the shape of the output, or NO_RESULT
   clause      the clause that a fault breaks if neither the case nor the tensor names another
   arguments   of the function, and of the oracle's. The code that expands them defines PARAMS, SEED
               and T (tensor), a DLTensor *, which is NULL if the call has no such tensor */

/* Each element of the result has one right value. The oracle's function is conv2d_oracle_FUNCTION,
   with the arguments, a conv2d_detail for each written tensor, and a clause. */
#define OPERATIONS_WITH_TRUTH(X)                                                                   \
  X (FORWARD, "forward", forward, CONV2D_FORWARD,                                                  \
     BIT (INPUT) | BIT (WEIGHT) | BIT (BIAS), BIT (OUTPUT), JOB_OUTPUT, "FWD-1",                   \
     (PARAMS, T (INPUT), T (WEIGHT), T (BIAS), T (OUTPUT)))                                        \
  X (BACKWARD, "backward", backward, CONV2D_BACKWARD,                                              \
     BIT (INPUT) | BIT (WEIGHT) | BIT (GRAD_OUTPUT),                                               \
     BIT (GRAD_INPUT) | BIT (GRAD_WEIGHT) | BIT (GRAD_BIAS), JOB_GRAD_OUTPUT, "BACK-3",            \
     (PARAMS, T (INPUT), T (WEIGHT), T (GRAD_OUTPUT),                                              \
      T (GRAD_INPUT), T (GRAD_WEIGHT), T (GRAD_BIAS)))

/* Results are tensors. */
#define OPERATIONS_WITH_RESULT(X)                                                                  \
  OPERATIONS_WITH_TRUTH (X)                                                                        \
  X (INIT, "init", init_parameters, CONV2D_INIT,                                                   \
     0, BIT (WEIGHT) | BIT (BIAS), NO_RESULT, "INIT-1", (PARAMS, SEED, T (WEIGHT), T (BIAS)))

/* All of them, output_shape included, which is called before any function that reads an input. */
#define OPERATIONS(X)                                                                              \
  OPERATIONS_WITH_RESULT (X)                                                                       \
  X (SHAPE_ONLY, "shape", output_shape, 0, BIT (INPUT), 0, NO_RESULT, "SHAPE-1", ())
/* clang-format on */

enum job_tensor {
#define X(name, text, clause) JOB_##name,
  TENSORS(X)
#undef X
      JOB_TENSORS,
  NO_RESULT = JOB_TENSORS
};

typedef enum direction {
#define X(constant, ...) constant,
  OPERATIONS(X)
#undef X
      DIRECTIONS
} direction;

typedef struct operation {
  const char *word, *function;
  uint32_t capability;
  uint32_t reads, writes; /* 1 << enum job_tensor */
  enum job_tensor result; /* NO_RESULT: none has the shape of the output */
  const char *clause;
  bool has_truth; /* each element of the result has one right value */
} operation;

/* The row of an enum direction. Any other number, which a subject may have written into a job,
   gives the first row. */
const operation *operation_of (int32_t which);

/* Whether the function reads the tensor. */
bool operation_reads (const operation *o, enum job_tensor tensor);

/* Whether output_shape is called before the function. */
bool operation_asks_shape (const operation *o);

/* The direction whose rules say which calls are valid: enum conv2d_direction_bit. */
uint32_t operation_rules (const operation *o);

/* "grad_weight" */
const char *job_tensor_name (int tensor);
int job_tensor_named (const char *name); /* JOB_TENSORS: none has this name, or it is NULL */

/* The clause that a wrong element of the tensor breaks if the case names no other. */
const char *operation_clause (const operation *o, int tensor);

#endif
