/* data.h: the numbers that a case is run on, a pure function of the case's id.
   Element i of a tensor, counted in row-major order of its indices whatever its strides, is a
   function of (key, role, i): Philox4x32-10 with the id's hash as key. The same everywhere. */

#ifndef DATA_H
#define DATA_H

#include "call/case.h"
#include "call/tensor.h"

/* XXH3 of the id, which keys the generator. */
uint64_t data_key (const char *id);

/* Fills t, whose dtype, shape and strides say where, as the recipe of that role of the case says,
   or with the case's literal values. Along an axis of stride 0 the values are those of index 0. */
void data_fill (const test_case *c, uint64_t key, role r, DLTensor *t);

/* Whether no order of summation rounds: all data are multiples of a power of 2, of which the sum
   of |products| holds at most 2^24 (float64: 2^53); `scale` is the largest finite such sum; no
   datum and no product is subnormal. Then a result may be judged bitwise. Integer types: always. */
bool data_exact (const test_case *c, double scale);

#endif
