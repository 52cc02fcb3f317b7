/* shadow.h: shows Valgrind or AddressSanitizer which bytes a call may touch.
   They then see, with its stack, a step of one element that guard pages would let pass. */

#ifndef SHADOW_H
#define SHADOW_H

#include "pass.h"

/* Before the call: of the stages only the elements may be touched, and outputs hold nothing. */
void shadow_raise (const caller *c, const pass *p);

/* After it: all may be touched again; what was found is noted in the job. */
void shadow_lower (const caller *c, const pass *p, job *j);

/* True once Valgrind has found anything at all in this process: it prints each error only once. */
bool shadow_found (void);

/* Finds AddressSanitizer's runtime; before the first call. */
void shadow_prepare (void);

#endif
