/* tensors.h: cases and tensors for the tests of data: the types that cases have, a case with one
   recipe for all its tensors, and storage for a few tensors at a time. */

#ifndef TENSORS_H
#define TENSORS_H

#include "data/data.h"
#include "call/dtype.h"
#include "conv2d_dtypes.h"
#include "../tap.h"

#include <string.h>

#define X(name, brief, abi, code, bits, ...) { code, bits, 1 },
static const DLDataType types[] = { CONV2D_DTYPES(X) };
#undef X

enum { TYPES = sizeof types / sizeof *types, MAX_COUNT = 1 << 17 };

#define X(name, brief, ...) #brief,
static const char *const type_names[] = { CONV2D_DTYPES(X) };
#undef X

static double storage[ROLES][MAX_COUNT];

/* A 3x3 convolution of 4 into 6 channels with one recipe for all tensors. */
static inline test_case case_of (const char *recipe_name, DLDataType t) {
  test_case c = { .params = { .in_channels = 4,
                              .out_channels = 6,
                              .kernel_size = { 3, 3 },
                              .groups = 1,
                              .bias = 1,
                              .dtype = t } };
  memset(c.recipe, recipe_find(recipe_name), sizeof c.recipe);
  return c;
}

/* A compact tensor in the storage of its role, filled. */
static inline DLTensor filled (const test_case *c, uint64_t key, role r, int32_t ndim,
                               int64_t *dim) {
  DLTensor t = { .data = storage[r], .ndim = ndim, .dtype = c->params.dtype, .shape = dim };
  data_fill(c, key, r, &t);
  return t;
}

#endif
