/* confirm.h: whether a failure is the case's own. */

#ifndef CONFIRM_H
#define CONFIRM_H

#include "item.h"
#include "prepare.h"
#include "sandbox/supervisor/subject.h"

/* What confirming needs: a lane whose batch has just been judged. */
typedef struct court {
  lane *lane;
  const workplace *place;
  const subject_options *options;
  item *item; /* of the batch */
  size_t from, to;
  const atomic_int *cancel;
  error *error;
} court;

/* Judges a job's answer. A subject may have given two answers that differ, because the tensors had
   other addresses. Then the first of them that is wrong decides. */
void judge_answers (const workplace *w, const item *it, const job *j, judgement *out);

/* Runs failed cases once more, each alone in a worker of its own. If a case fails alone, too, that
   decides its verdict. If it passes alone, it is wrong only after other calls, and running fewer
   and fewer of the calls before it shows after which. If the fault was not a wrong answer but
   damage around a tensor, then that other call is to blame. After eight cases with the same verdict
   have been confirmed in a row, the rest of the batch with that verdict is believed. False if the
   harness failed, or the run was cancelled. */
bool confirm_failures (const court *c);

#endif
