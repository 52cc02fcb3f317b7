/* data.h: the numbers that a case is run on, a pure function of the case's id.
   Element i of a tensor, counted in row-major order of its indices whatever its strides, is a
   function of (key, role, i): Philox4x32-10 with the id's hash as key. The same everywhere. */

#ifndef DATA_H
#define DATA_H

#include "case.h"

typedef struct recipe {
  const char *name;
  const char *about;
  bool exact;  /* every partial sum is representable: judged bitwise */
  bool finite; /* no NaN and no infinity among the values */
  bool joint;  /* must be given for all tensors at once: it relates them to each other */
} recipe;

extern const recipe recipes[]; /* name NULL at the end */

/* The index of a recipe, or -1. */
int recipe_find (const char *name);

/* XXH3 of the id, which keys the generator. */
uint64_t data_key (const char *id);

/* Fills t, whose dtype, shape and strides say where, as the recipe of that role of the case says. */
void data_fill (const test_case *c, uint64_t key, role r, DLTensor *t);

/* Element i of the tensor, rounded to its dtype, as a double. (int64 beyond 2^53 do not occur.) */
double tensor_get (const DLTensor *t, int64_t i);
void tensor_set (DLTensor *t, int64_t i, double value);

#endif
