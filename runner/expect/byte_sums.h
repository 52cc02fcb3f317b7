/* byte_sums.h: the right answer where sums of small integers are not simply wrapped to their own
   type: where they are given as int32 (DTYPE-11), or saturate (specs/numerics.md). */

#ifndef BYTE_SUMS_H
#define BYTE_SUMS_H

#include "ask.h"

/* Whether the sums of a call are wanted so; saturates: the subject states it of their type. */
bool byte_sums_wanted (const test_case *c, bool saturates);

/* Makes the values of `made`, the truth about the output of a valid call of forward. False: the
   oracle could not compute them. */
bool byte_sums_make (const question *q, job *j, truth *made);

#endif
