/* sums.h: the sums of products that the elements of one result are.
   Each element of an output or of a gradient is a sum of products a * b. Its terms are the leaves
   of a tree of additions, and every element of a result has the same leaves:

     output        c, r, s   channel of the group, row and column of the kernel
     grad_input    k, r, s   output channel of the group, row and column of the kernel
     grad_weight   n, i, j   image, row and column of the output
     grad_bias     n, i, j

   The last index runs fastest. Operand a is the weight, or of grad_weight and grad_bias the
   grad_output; no two leaves of an element share one. Operand b lies in a plane with padding, so
   that both are found by adding an offset of the leaf to one of the element. */

#ifndef SUMS_H
#define SUMS_H

#include "call/case.h"

typedef struct sums {
  enum job_tensor result;
  DLDataType dtype;
  shape shape;              /* of the result */
  int64_t extent[3];        /* of the leaves' indices */
  int64_t elements, leaves; /* leaves without the bias */
  int64_t *a_leaf, *b_leaf; /* [leaves] */
  int64_t *a_at, *b_at;     /* [elements] */
  int64_t *b_source;        /* [b_count]: the element of the tensor, or -1: a zero */
  int64_t a_count, b_count;
  int32_t *channel; /* [elements]: the bias that belongs to it; NULL where the result has none */
  enum job_tensor a, b; /* the tensors; b of grad_bias is JOB_TENSORS: ones */
} sums;

/* The sums of a result of a valid case. output: the shape of its output, with four axes or three.
   NULL, with a reason in `why`, where there are none of this kind: integers, cropping, a gradient
   of the input through padding that repeats it, no elements, more than 2^28 of anything, or no
   memory. */
sums *sums_make (const test_case *c, enum job_tensor result, const shape *output, const char **why);
void sums_free (sums *s);

/* Whether the leaf takes part in the element: its operand b is no zero of padding. */
static inline bool sums_inside (const sums *s, int64_t element, int64_t leaf) {
  return s->b_source[s->b_at[element] + s->b_leaf[leaf]] >= 0;
}

#endif
