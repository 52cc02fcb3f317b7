/* answer.h: a job's whole answer: the shape asked for, then as many passes as it takes. */

#ifndef ANSWER_H
#define ANSWER_H

#include "pass.h"

/* Asks the subject and fills in the answer; the result lies in the arena afterwards. */
void answer_job (caller *c, job *j);

/* Makes the call once more; false if the result is not that in the arena. */
bool job_repeats (caller *c, const job *j);

#endif
