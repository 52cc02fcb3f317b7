/* feasible.h: whether a row with free factors can be completed under the constraints of a covering
   model: an exact decision. A factor is free where its value is the number of its levels. */

#ifndef FEASIBLE_H
#define FEASIBLE_H

#include "covering.h"

typedef struct feasible feasible;

/* NULL: out of memory. A constraint takes product (levels + 1) bits over its factors. */
feasible *feasible_new (const covering_model *m);
void feasible_free (feasible *s);

/* Whether every constraint that `factor` takes part in (-1: every constraint) can by itself be met;
   of a row without free factors: whether they are met. */
bool feasible_locally (const feasible *s, const uint16_t *row, int factor);

/* An allowed row that agrees with `partial`, in `whole`; false if there is none. Which of several
   is a matter of chance, but the same in every run. */
bool feasible_complete (feasible *s, const uint16_t *partial, uint16_t *whole);

/* The same where `whole` already completes `partial` but for one factor, which has just been set:
   only what depends on that factor is done again. `whole` is kept if there is none. */
bool feasible_set (feasible *s, const uint16_t *partial, int factor, uint16_t *whole);

#endif
