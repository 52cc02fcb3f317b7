/* answers.h: what a subject answered, as one number, so that two runs can be compared bit for bit
   without the tensors. */

#ifndef ANSWERS_H
#define ANSWERS_H

#include "expect/stretch.h"

/* XXH3 of the values of all outputs of a call, in the order of enum job_tensor. All NaNs are one;
   -0 is not 0. 0 where the call gave no output. */
uint64_t answers_digest (const job *j, unsigned char *arena);

/* The same of what is right; 0 where nothing is known to be. */
uint64_t truths_digest (const expectation *x, const job *j);

#endif
