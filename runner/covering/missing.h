/* missing.h: the tuples that the rows of a covering array do not contain yet. They are kept so that
   it takes few steps to find what each value of a factor would cover. */

#ifndef MISSING_H
#define MISSING_H

#include "tuples.h"

typedef struct missing missing;

/* All of `possible`; NULL: out of memory. Takes t bits a tuple. */
missing *missing_new (const tuples *u, const uint64_t *possible);
void missing_free (missing *m);

uint64_t missing_count (const missing *m);

/* How many of them a whole row contains. */
uint64_t missing_in (const missing *m, const uint16_t *row);

/* Takes out those of a whole row. */
void missing_cover (missing *m, const uint16_t *row);

/* Sets the factors of one missing tuple, which `random` chooses. There must be one. */
void missing_pick (const missing *m, uint64_t random, uint16_t *row);

/* gain[v]: how many more of them a row would contain if f had value v. Among the other factors only
   those count whose bit in `assigned` is set. */
void missing_gains (const missing *m, const uint16_t *row, uint64_t assigned, int f,
                    uint32_t *gain);

#endif
