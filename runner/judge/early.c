/* early.c: the verdicts that need no call. */

#include "call/dtype.h"
#include "call/padding_mode.h"
#include "judge.h"

#include <stdio.h>

/* What of the case the capabilities leave out, or NULL. */
static const char *left_out (const test_case *c, const conv2d_capabilities *has) {
  const uint32_t called = operation_of((int32_t) c->direction)->capability;
  if (has->dtypes && !(has->dtypes & dtype_of(c->params.dtype)->bit))
    return "dtype";
  if (has->layouts && !(has->layouts >> c->layout & 1))
    return "layout";
  if (has->padding_modes && padding_mode_of(c->params.padding_mode)
      && !(has->padding_modes >> c->params.padding_mode & 1))
    return "padding_mode";
  if (has->directions && called && !(has->directions & called))
    return "direction";
  return NULL;
}

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
  const char *what = left_out(c, &s->capabilities);
  if (what) {
    snprintf(words, sizeof words, "the subject does not declare this %s", what);
    return decide(j, V_UNDECLARED, words);
  }
  if (s->functions >> c->direction & 1)
    return false;
  snprintf(words, sizeof words, "the subject has no %s", o->function);
  return decide(j, V_UNDECLARED, words);
}
