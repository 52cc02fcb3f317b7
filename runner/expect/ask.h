/* ask.h: the oracle's answer to a job, with what it knows of each element. */

#ifndef ASK_H
#define ASK_H

#include "expectation.h"

/* What an answer depends on besides the job and its tensors. */
typedef struct question {
  const test_case *c;
  unsigned char *arena; /* of the job's tensors, which are filled */
  bool saturates;       /* integers do, as the subject states */
} question;

/* Computes the truths about the results that the job has, in their order. made: with the memory
   that they go to. False: the oracle could not compute them. */
bool ask_oracle (const question *q, job *j, truth *made);

/* The scale of both parts of each element, where the oracle gives each its own: three products of
   the sums of parts may stand for four, and that scale bounds them all (JUDGE-9). Changes nothing
   where the result is not complex. */
void share_scale (const DLTensor *result, double *scale);

#endif
