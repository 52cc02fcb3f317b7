/* recipe.h: the recipes for the data of a case: their names, and what is true of their numbers.
   data/recipes.c makes the numbers. All other code asks this table, and never compares names.

   X (name, about, exact, finite, joint, random, patternless, unit, fill, fill for integer types)
   Where `about` says "the first", it means the first of input, weight and bias that has the recipe.
   The others are filled as by `integers`. */

#ifndef RECIPE_H
#define RECIPE_H

#include <stdbool.h>

/* clang-format off */
#define RECIPES(X)                                                                                 \
  X ("integers", "small integers without any symmetry; integer types sometimes wrap",              \
     true, true, false, false, true, 0, fill_integers, fill_wrapping)                              \
  X ("arange", "0, 1, 2 ... in row-major order",                                                   \
     false, true, false, false, false, 0, fill_arange, fill_arange)                                \
  X ("ones", "all 1",                                                                              \
     true, true, false, false, false, 0, fill_ones, fill_ones)                                     \
  X ("zeros", "all 0",                                                                             \
     true, true, false, false, false, 0, fill_zeros, fill_zeros)                                   \
  X ("impulse", "a single 1 among zeros in the first",                                             \
     true, true, false, false, false, 0, fill_impulse, fill_impulse_wrapping)                      \
  X ("uniform", "uniform in [-1, 1); integer types over their range",                              \
     false, true, false, true, true, NO_UNIT, fill_uniform, fill_range)                            \
  X ("normal", "bell-shaped with variance 1",                                                      \
     false, true, false, true, true, NO_UNIT, fill_normal, fill_range)                             \
  X ("wide", "exponents over all the range in which products are finite",                          \
     false, true, false, false, false, NO_UNIT, fill_wide, fill_range)                             \
  X ("cancellation", "large products that almost cancel",                                          \
     false, true, true, false, false, NO_UNIT, fill_cancellation, fill_wrapping)                   \
  X ("halfway", "sums on and next to the middle of two numbers of the type",                       \
     false, true, true, false, false, -4, fill_halfway, fill_wrapping)                             \
  X ("subnormal", "subnormal inputs, products and outputs",                                        \
     false, true, false, false, false, NO_UNIT, fill_subnormal, fill_wrapping)                     \
  X ("special", "NaN, infinities, largest and subnormal numbers, signed zeros here and there",     \
     false, false, false, false, false, NO_UNIT, fill_special, fill_extremes)                      \
  X ("nan", "one NaN among integers in the first",                                                 \
     true, false, false, false, false, 0, fill_one_nan, fill_wrapping)                             \
  X ("infinity", "one infinity among integers in the first",                                       \
     true, false, false, false, false, 0, fill_one_infinity, fill_wrapping)                        \
  X ("tosa", "one of five sets after the dot products of TOSA's conformance tests",                \
     false, true, true, false, false, NO_UNIT, fill_tosa, fill_wrapping)
/* clang-format on */

typedef struct recipe {
  const char *name;
  const char *about;
  bool exact;       /* integers: no sum of up to 2^17 products is rounded, so judged bitwise */
  bool finite;      /* no NaN and no infinity among the values */
  bool joint;       /* must be given for all tensors at once: it relates them to each other */
  bool random;      /* each element is drawn for itself, so that JUDGE-3 holds of its sums */
  bool patternless; /* sums of different windows differ, so that JUDGE-7 may expect it */
  int unit;         /* every value is a multiple of 2^unit; NO_UNIT: of nothing worth knowing */
} recipe;

enum { NO_UNIT = -10000 };

extern const recipe recipes[]; /* name NULL at the end */

/* The index of a recipe, or -1. */
int recipe_find (const char *name);

#endif
