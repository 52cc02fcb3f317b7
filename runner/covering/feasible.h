/* feasible.h: whether a row with free factors can be completed under the constraints of a covering
   model: an exact decision. A factor is free where its value is the number of its levels. */

#ifndef FEASIBLE_H
#define FEASIBLE_H

#include "covering.h"

typedef struct feasible feasible;

/* NULL: out of memory. A constraint takes product (levels + 1) bits over its factors. */
feasible *feasible_new (const covering_model *m);
void feasible_free (feasible *s);

/* Whether each constraint that `factor` takes part in (-1: each constraint) can be met by itself.
   If the row has no free factors, this says whether they are met. */
bool feasible_locally (const feasible *s, const uint16_t *row, int factor);

/* Puts an allowed row that agrees with `partial` into `whole`; false if there is none. Of several
   such rows one is drawn at random, but the same one in every run. */
bool feasible_complete (feasible *s, const uint16_t *partial, uint16_t *whole);

/* The same, if `whole` completes `partial` except for one factor that has just been set: only what
   depends on that factor is searched again. If there is no such row, `whole` stays as it is. */
bool feasible_set (feasible *s, const uint16_t *partial, int factor, uint16_t *whole);

#endif
