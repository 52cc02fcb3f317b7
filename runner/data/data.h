/* data.h: the numbers that a case is run on, a pure function of the case's id.
   Element i of a tensor, counted in row-major order of its indices whatever its strides, is a
   function of (key, role, i): Philox4x32-10 with the id's hash as key. So the numbers are the same
   on every machine. */

#ifndef DATA_H
#define DATA_H

#include "call/case.h"
#include "call/tensor.h"

/* XXH3 of the id, which keys the generator. */
uint64_t data_key (const char *id);

/* Fills t, which has its dtype, shape and strides, with the numbers of the case's recipe for that
   role, or with the case's literal values. Along an axis of stride 0 the values are those of index
   0. */
void data_fill (const test_case *c, uint64_t key, role r, DLTensor *t);

/* Whether no order of summation rounds, so that a result may be judged bitwise. That is so where
   all products are multiples of a power of 2, the sum of |products| is at most 2^24 (float64: 2^53)
   times this power, and no datum and no product is subnormal. `scale` is the largest finite sum of
   |products|. For integer types it is always so. */
bool data_exact (const test_case *c, double scale);

/* The same for sums in a type of so many bits, whose smallest normal number is 2^min_exponent. */
bool data_exact_in (const test_case *c, double scale, int precision, int min_exponent);

#endif
