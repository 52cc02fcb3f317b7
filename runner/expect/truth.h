/* truth.h: the right answer to a job whose tensors are filled. */

#ifndef TRUTH_H
#define TRUTH_H

#include "expectation.h"

/* Memory that is given back as a whole. */
typedef struct scratch {
  char *block;
  size_t used, size;
} scratch;

/* An empty scratch of `bytes`, instead of what it was before; false, and nothing has changed, if
   there is no memory. */
bool scratch_resize (scratch *s, size_t bytes);

/* The memory that the truths of a job with these tensors take. */
size_t truth_bytes (const place p[JOB_TENSORS]);

/* Makes the truths of a valid call, and what hangs on them: whether the data are exact, and whether
   the author's own output holds. x: as `expect` has made it. False: the oracle could not. */
bool truth_make (scratch *s, unsigned char *arena, const test_case *c, job *j, expectation *x);

#endif
