/* tensor.h: single elements of a tensor, as doubles, counted in row-major order of its indices. */

#ifndef TENSOR_H
#define TENSOR_H

#include <dlpack/dlpack.h>
#include <stdbool.h>

/* How many elements; 0 if any extent is not positive. The caller knows that the product fits. */
int64_t tensor_count (const DLTensor *t);

/* Whether they lie one after the other in row-major order. */
bool tensor_is_compact (const DLTensor *t);

/* Element i of the tensor, rounded to its dtype, as a double. (int64 beyond 2^53 do not occur.) */
double tensor_get (const DLTensor *t, int64_t i);
void tensor_set (DLTensor *t, int64_t i, double value);

#endif
