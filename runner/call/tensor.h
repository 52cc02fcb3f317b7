/* tensor.h: the numbers of a tensor, as doubles, counted in row-major order of its indices. An
   element has one; a complex one has two, its real part first. */

#ifndef TENSOR_H
#define TENSOR_H

#include "shape.h"

#include <dlpack/dlpack.h>
#include <stdbool.h>

/* How many elements; 0 if any extent is not positive. The caller knows that the product fits. */
int64_t tensor_count (const DLTensor *t);

/* How many numbers. */
int64_t tensor_numbers (const DLTensor *t);

/* Whether the elements lie one after the other in row-major order. */
bool tensor_is_compact (const DLTensor *t);

/* Number i of the tensor, rounded to its dtype, as a double. (int64 beyond 2^53 do not occur.) */
double tensor_get (const DLTensor *t, int64_t i);
void tensor_set (DLTensor *t, int64_t i, double value);

/* A tensor whose shape and strides are its own. */
typedef struct parts_tensor {
  DLTensor tensor;
  int64_t shape[MAX_NDIM + 1], strides[MAX_NDIM + 1];
} parts_tensor;

/* A complex tensor as one of real numbers, with a last axis of two: the real and the imaginary
   part. Any other tensor as it is. */
DLTensor *tensor_parts (DLTensor *t, parts_tensor *p);

#endif
