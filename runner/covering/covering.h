/* covering.h: covering arrays: few rows in which every valid combination of t values occurs. */

#ifndef COVERING_H
#define COVERING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A constraint allows some of the combinations of values of a few factors. */
typedef struct constraint {
  int count;         /* of factors */
  const int *factor; /* their indices, ascending */
  /* One bit a combination, set if it is allowed; the combination (v0, v1, ...) has index
     (v0 * levels[factor[1]] + v1) * levels[factor[2]] + v2 ... */
  const uint64_t *allowed;
} constraint;

typedef struct covering_model {
  int factors;
  const int *levels; /* how many values each factor has, at least 1 */
  int constraints;
  const constraint *constraint;
} covering_model;

typedef struct covering_array {
  size_t rows;
  uint16_t *value;     /* rows x factors: the index of the value */
  uint64_t valid;      /* how many t-way combinations some allowed row contains */
  uint64_t impossible; /* how many none does */
  uint64_t missing;    /* how many of the valid ones no row contains: 0 unless rows were limited */
} covering_array;

/* Builds a covering array of strength t, from 1 to 6 and at most `factors`. A model may have up to
   64 factors. The array is the same for the same model on every machine, and every row satisfies
   every constraint. False: no row is allowed, or memory ran out. It takes t bits for each t-way
   combination, and more than 2 GB are not tried. */
bool covering_build (const covering_model *m, int t, covering_array *out);
void covering_free (covering_array *a);

/* Rows to be added to `given` until every valid combination occurs, or there are `most` of them,
   the most useful first. Given rows that break a constraint don't count. No rows at all, and true,
   if no row is allowed. */
bool covering_extend (const covering_model *m, int t, const uint16_t *given, size_t count,
                      size_t most, covering_array *out);

/* How many t-way combinations there are, valid or not: what building an array takes depends on it.
   UINT64_MAX: more than are tried. */
uint64_t covering_size (const covering_model *m, int t);

/* Counts how many of the valid t-way combinations the rows contain. The rows may be any, not only
   those made here; rows that break a constraint don't count. */
bool covering_measure (const covering_model *m, int t, const uint16_t *value, size_t rows,
                       uint64_t *valid, uint64_t *covered);

#endif
