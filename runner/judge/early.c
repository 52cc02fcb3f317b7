/* early.c: the verdicts that need no call. */

#include "call/offer.h"
#include "judge.h"

#include <stdio.h>
#include <string.h>

static bool decide (judgement *j, verdict v, const char *words) {
  *j = (judgement){ .verdict = v, .first = { .ndim = -1 } };
  snprintf(j->words, sizeof j->words, "%s", words);
  return true;
}

bool judge_early (const test_case *c, const expectation *x, const subject_info *s, judgement *j) {
  const operation *o = operation_of((int32_t) c->direction);
  char words[200];
  if (x->status == CONV2D_INVALID && !(s->claims & CONV2D_CHECKS_PARAMETERS))
    return decide(j, V_UNCHECKED, "the subject does not claim to check parameters");
  if (x->freedom == QUIRK && !(s->claims & CONV2D_TORCH_QUIRKS)) {
    snprintf(words, sizeof words, "the subject does not claim to follow torch's quirk %s",
             x->clause);
    return decide(j, V_UNCHECKED, words);
  }
  const char *what = subject_leaves_out(s, c);
  if (!what)
    return false;
  if (!strcmp(what, "function"))
    snprintf(words, sizeof words, "the subject has no %s", o->function);
  else
    snprintf(words, sizeof words, "the subject does not declare this %s", what);
  return decide(j, V_UNDECLARED, words);
}
