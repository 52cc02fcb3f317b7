/* expectation.h: what specs/ require of a case, and the right answer, as values. */

#ifndef EXPECTATION_H
#define EXPECTATION_H

#include "call/freedom.h"
#include "call/job.h"
#include "conv2d_oracle.h"

/* The truth about one result tensor: the oracle's values, and what it knows about each element, in
   the arrays of `detail` (all present for floats), which have an entry for each number. All are
   compact and in row-major order. Of a stretch of the result, they are its numbers from `first` on,
   and `want` has a single axis. */
typedef struct truth {
  enum job_tensor tensor; /* which of the job's outputs it judges */
  DLTensor want;          /* compact */
  conv2d_detail detail;
  int64_t first; /* 0 where they are all there */
} truth;

typedef struct stretches stretches;

enum { MAX_TRUTHS = 3 }; /* of the written tensors of a call: backward's */

/* What specs/ require of a case. */
typedef struct expectation {
  int32_t status;     /* CONV2D_OK or CONV2D_INVALID */
  const char *clause; /* broken by an invalid call; or the quirk that a valid call relies on */
  freedom freedom;    /* of that clause; MUST where there is none */
  shape output;       /* of a valid call */
  bool exact;         /* data whose partial sums are all representable: judged bitwise; of truths
                         in stretches see is_exact */
  stretches *apart;   /* NULL, or what makes the truths (stretch.h); they know their tensors only */
  int truths;         /* one for each tensor that is asked for; 0 where none has a truth */
  truth truth[MAX_TRUTHS];
  char defect[240]; /* of the case itself (own expectation wrong, data poor), "" for none */
} expectation;

/* Says what is wrong with the case; false, as there is nothing to expect of it. */
__attribute__((format(printf, 2, 3))) bool expect_defect (expectation *x, const char *format, ...);

#endif
