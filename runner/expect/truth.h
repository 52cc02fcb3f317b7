/* truth.h: the right answer to a job whose tensors are filled. */

#ifndef TRUTH_H
#define TRUTH_H

#include "expectation.h"

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

/* The memory that the truths of a job with these tensors take. */
size_t truth_bytes (const test_case *c, bool saturates, const place p[JOB_TENSORS]);

/* Makes the truths of a valid call, and sets in x what depends on them: whether the data are exact,
   and whether the author's own output is right. saturates: integers do, if the subject states it.
   x: as `expect` has made it. False: the oracle could not compute them. */
bool truth_make (scratch *s, unsigned char *arena, const test_case *c, job *j, bool saturates,
                 expectation *x);

/* The scale of both parts of each element, where the oracle gives each its own: three products of
   the sums of parts may stand for four, and that scale bounds them all (JUDGE-9). Changes nothing
   where the result is not complex. */
void truth_share_scale (const DLTensor *result, double *scale);

#endif
