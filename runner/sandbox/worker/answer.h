/* answer.h: a job's whole answer: the shape asked for, then as many passes as it takes. */

#ifndef ANSWER_H
#define ANSWER_H

#include "pass.h"

/* Job i in the wire, its question as the orders have it. */
job *job_start (caller *c, int64_t i);

/* Seals the answer as it stands now. */
void job_seal (const caller *c, job *j);

/* Asks the subject about job i and fills in the answer; the result lies in the arena afterwards. */
void answer_job (caller *c, int64_t i);

/* After an error of the device: what was on it is gone. If it cannot be made as new, the caller
   remembers that it is lost: the worker has to end with this job. */
void job_renew (caller *c);

/* Makes the call once more; false if the result is not that in the arena, or if the device reports
   an error, for which see job_renew. */
bool job_repeats (caller *c, const job *j);

#endif
