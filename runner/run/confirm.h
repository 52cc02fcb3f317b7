/* confirm.h: whether a failure is the case's own. */

#ifndef CONFIRM_H
#define CONFIRM_H

#include "item.h"
#include "prepare.h"
#include "sandbox/supervisor/subject.h"

/* A lane whose batch has just been judged. */
typedef struct confirmation {
  lane *lane;
  const workplace *workplace;
  const subject_options *options;
  item *item; /* of the batch */
  size_t from, to;
  const atomic_int *cancel;
  error *error;
} confirmation;

/* Judges a job's answer. A subject may have given two answers that differ, because the tensors had
   other addresses. Then the first of them that is wrong decides. */
void judge_answers (const workplace *w, const item *it, const job *j, judgement *out);

/* Runs failed cases once more, each in a worker of its own. What it does alone is a case's verdict.
   A case that passes alone is wrong after others: which, is found by running ever fewer of the
   calls before it. If what it did was no answer, but damage around it, then the other call is to
   blame; if an earlier call left threads or child processes running, then these are. Once eight of
   a verdict have been confirmed in a row, the rest of the batch is believed. False if the harness
   failed, or the run was cancelled. */
bool confirm_failures (const confirmation *c);

#endif
