/* truth.h: the right answer to a job whose tensors are filled. */

#ifndef TRUTH_H
#define TRUTH_H

#include "stretch.h"

/* Memory that is given back as a whole. */
typedef struct scratch {
  char *block;
  size_t used, size;
} scratch;

/* Replaces the scratch by an empty one of `bytes`. If there is no memory, returns false and changes
   nothing. */
bool scratch_resize (scratch *s, size_t bytes);

/* Part of it; NULL if there is not so much left. */
void *scratch_take (scratch *s, size_t bytes);

/* The memory that the truths of a job with these tensors take: all of them, or in stretches of so
   many planes of a result. */
size_t truth_bytes (const place p[JOB_TENSORS]);
size_t truth_bytes_apart (const place p[JOB_TENSORS], int64_t planes);

/* Makes the truths of a valid call, and sets in x what depends on them: whether the data are exact,
   and whether the author's own output is right. x: as `expect` has made it. False: the oracle could
   not compute them. */
bool truth_make (scratch *s, const question *q, job *j, expectation *x);

/* Has them made in stretches, when they are asked for, in all that is left of the scratch:
   truth_bytes_apart of a plane at least. j and its inputs stay until then. For a call that has truths, and
   whose author gives no output. */
bool truth_make_apart (scratch *s, const question *q, const job *j, expectation *x, stretches *to);

#endif
