/* tensors.h: cases and tensors for the tests of data: the types that cases have, a case with one
   recipe for all its tensors, and storage for a few tensors at a time. */

#ifndef TENSORS_H
#define TENSORS_H

#include "data/data.h"
#include "call/dtype.h"
#include "../tap.h"

#include <string.h>

static const DLDataType types[] = {
  { kDLFloat, 32, 1 },  { kDLFloat, 64, 1 }, { kDLFloat, 16, 1 },
  { kDLBfloat, 16, 1 }, { kDLInt, 8, 1 },    { kDLUInt, 8, 1 },
  { kDLInt, 16, 1 },    { kDLInt, 32, 1 },   { kDLInt, 64, 1 },
};

enum { FLOATS = 4, TYPES = sizeof types / sizeof *types, MAX_COUNT = 1 << 17 };

static const char *const type_names[] = { "f32", "f64", "f16", "bf16", "i8",
                                          "u8",  "i16", "i32", "i64" };

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
