/* twins.h: the same call a second time, on the other side. */

#ifndef TWINS_H
#define TWINS_H

#include "pass.h"

/* True if the call is made on both sides whatever it does. */
bool job_is_small (const job *j);

/* True if a second pass costs little, or the first has left something that looks unwritten. */
bool pass_is_cheap (const caller *c, const pass *p);

/* Makes the call on the low side, against the pass `a` whose result lies in the arena, and notes
   what the two together show. */
void pass_twin (caller *c, job *j, const pass *a);

/* What holds the other fill than on the first pass. */
typedef enum refilled { NOTHING_REFILLED, OUTPUTS_REFILLED, ALL_REFILLED } refilled;

/* Makes the call on the high side again; false if the result is not the arena's. */
bool pass_repeats (caller *c, job *j, refilled what);

#endif
