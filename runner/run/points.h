/* points.h: the TAP of a run: a test point for each case, or, in a product of millions, for each
   slice (sweep.h). A case that fails always has a point of its own. */

#ifndef POINTS_H
#define POINTS_H

#include "suite/suite.h"
#include "tap.h"

typedef struct points {
  tap *tap;                               /* NULL: no TAP is wanted */
  const suite *suite;                     /* that has the slices; NULL: a point for each case */
  const char *invocation;                 /* of the subject */
  uint64_t slice;                         /* the one that is being counted, or 0 */
  uint64_t of[VERDICT_CLASSES], expected; /* its cases */
} points;

/* Adds a case, which is in order. */
void points_add (points *p, const item *it);

/* Ends the slice that the last cases were in. */
void points_end (points *p);

#endif
