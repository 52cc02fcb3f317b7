/* data.h: the numbers that a case is run on, a pure function of the case's id.
   Element i of a tensor, counted in row-major order of its indices whatever its strides, is a
   function of (key, role, i): Philox4x32-10 with the id's hash as key. The same everywhere. */

#ifndef DATA_H
#define DATA_H

#include "cases/case.h"

struct source;

/* Makes values [first, first + n) of a tensor, n at most 64 and first a multiple of 64. */
typedef void recipe_fill (const struct source *s, int64_t first, int n, double *value);

typedef struct recipe {
  const char *name;
  const char *about;
  bool exact;  /* integers: no sum of up to 2^17 products is rounded, so judged bitwise */
  bool finite; /* no NaN and no infinity among the values */
  bool joint;  /* must be given for all tensors at once: it relates them to each other */
  int unit;    /* every value is a multiple of 2^unit; NO_UNIT: of nothing worth knowing */
  recipe_fill *fill;
  recipe_fill *fill_integers; /* for tensors of an integer type */
} recipe;

enum { NO_UNIT = -10000 };

extern const recipe recipes[]; /* name NULL at the end */

/* The index of a recipe, or -1. */
int recipe_find (const char *name);

/* XXH3 of the id, which keys the generator. */
uint64_t data_key (const char *id);

/* Fills t, whose dtype, shape and strides say where, as the recipe of that role of the case says,
   or with the case's literal values. Along an axis of stride 0 the values are those of index 0. */
void data_fill (const test_case *c, uint64_t key, role r, DLTensor *t);

/* Whether no order of summation rounds: all data are multiples of a power of 2, of which the sum
   of |products| holds at most 2^24 (float64: 2^53); `scale` is the largest finite such sum; no
   datum and no product is subnormal. Then a result may be judged bitwise. Integer types: always. */
bool data_exact (const test_case *c, double scale);

/* Element i of the tensor, rounded to its dtype, as a double. (int64 beyond 2^53 do not occur.) */
double tensor_get (const DLTensor *t, int64_t i);
void tensor_set (DLTensor *t, int64_t i, double value);

#endif
