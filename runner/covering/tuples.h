/* tuples.h: the t-way combinations of a covering model, numbered; sets of them are bit sets.
   The tuples of one choice of t factors lie together, the last factor's values side by side. */

#ifndef TUPLES_H
#define TUPLES_H

#include "feasible.h"

enum { MAX_STRENGTH = 6, MAX_FACTORS = 64 };

typedef struct tuples {
  const covering_model *model;
  int t;
  size_t choices;  /* of t factors */
  uint8_t *factor; /* choices x t, ascending */
  uint64_t *first; /* of each choice its first tuple; first[choices]: how many there are */
} tuples;

/* False: out of memory, no such t, more than 64 factors, 2^20 choices or 2^34 / t tuples. */
bool tuples_init (tuples *u, const covering_model *m, int t);
void tuples_free (tuples *u);

/* The tuple of a choice that a row contains. */
uint64_t tuples_at (const tuples *u, size_t choice, const uint16_t *row);

/* Sets the factors of a choice to the values of one of its tuples. */
void tuples_set (const tuples *u, size_t choice, uint64_t tuple, uint16_t *row);

/* Makes all factors free. */
void tuples_clear (const tuples *u, uint16_t *row);

/* The set of tuples that some allowed row contains, each decided exactly; NULL: out of memory. */
uint64_t *tuples_possible (const tuples *u, feasible *s);

/* An empty set. A few words past its end may be read. */
uint64_t *tuples_none (uint64_t count);

uint64_t tuples_count (const uint64_t *set, uint64_t first, uint64_t end);

static inline bool tuples_has (const uint64_t *set, uint64_t i) {
  return set[i / 64] >> i % 64 & 1;
}

static inline void tuples_add (uint64_t *set, uint64_t i) {
  set[i / 64] |= (uint64_t) 1 << i % 64;
}

#endif
