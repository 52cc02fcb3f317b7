/* offered.h: what is added to a covering array for a subject that offers less than all.
   Rows of an array that a subject leaves out take the combinations in their other columns with
   them. Those that it does offer get rows of their own here: first at the array's strength until
   none is missing, then at the next one, until as many are added as the subject has left out. The
   array itself stays as it is, so that every subject has its cases, and all ids stay. */

#ifndef OFFERED_H
#define OFFERED_H

#include "covering/covering.h"
#include "suite.h"
#include "where.h"

typedef struct offered {
  int first, filter, end;  /* constraints: of the subject, then of the filter */
  bool limited;            /* not all rows of the array can be judged; else nothing was added */
  int strength;            /* of the array */
  size_t rows, left_out;   /* of the array: that can be judged; that the subject leaves out */
  covering_array added[2]; /* at that strength, and at the next; valid is 0 where not tried */
} offered;

/* Adds the constraints of the subject and of the filter behind those that w has, as far as they
   depend on axes alone. */
void offered_constrain (where *w, const axis *a, int axes, const test_case *base,
                        const audience *who, offered *o);

/* After offered_constrain, with m of all constraints. False: out of memory. */
bool offered_build (const where *w, const covering_model *m, int strength,
                    const covering_array *array, offered *out);
void offered_free (offered *o);

/* The i-th added row. */
const uint16_t *offered_row (const offered *o, int factors, size_t i);
static inline size_t offered_rows (const offered *o) {
  return o->added[0].rows + o->added[1].rows;
}

#endif
