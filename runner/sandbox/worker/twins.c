/* twins.c: the second pass of a call, and what a difference means.
   When the two sides give different answers, a third and a fourth call distinguish an unsteady
   subject from one that reads what it must not. Whether a call is cheap enough for all this depends
   on the case alone, so a verdict does not depend on how fast the machine is. */

#include "twins.h"

#include "contents.h"

enum {
  CHEAP_ELEMENTS = 1 << 12, /* of all tensors together */
  CHEAP_PRODUCTS = 1 << 11
};

bool job_is_small (const job *j) {
  return job_elements(j) <= CHEAP_ELEMENTS && job_products(j) <= CHEAP_PRODUCTS;
}

/* True if elements of an output look as if they had not been written in this pass. */
static bool any_unwritten (const pass *p) {
  for (int t = 0; t < JOB_TENSORS; t++)
    if (tensor_is_output(p->question, t) && contents_unwritten(&p->on[t], &p->question->tensor[t]))
      return true;
  return false;
}

bool pass_is_cheap (const caller *c, const pass *p) {
  return (!c->orders->valgrind && job_is_small(p->question)) || any_unwritten(p);
}

/* Elements that were fill in pass `a`, whose result lies in the arena, and are so in pass `b`,
   which is still on stage. */
static void note_unwritten (caller *c, const pass *a, const pass *b, job *j, int tensor) {
  const place *q = &j->tensor[tensor];
  const occurrences left =
      contents_never_written(&b->on[tensor], &a->on[tensor], q, c->arena + q->offset);
  if (left.count)
    note(j, LEFT_UNWRITTEN, tensor, left.first, left.count);
}

/* No guard has stopped what a call wrote beside a tensor on a device: it is not to be charged to
   the next call. */
static void mend_damage (caller *c, pass *p) {
  job ignored = *p->question;
  if (memory_is_apart(c->stages.memory))
    pass_inspect(c, p, &ignored);
}

bool pass_repeats (caller *c, job *j, refilled what) {
  pass p;
  if (!pass_enter(c, &p, j, HIGH))
    return true;
  if (what == ALL_REFILLED)
    pass_refill(c, &p, LOW);
  else if (what == OUTPUTS_REFILLED)
    pass_refill_outputs(&p, LOW);
  pass_call(c, &p, j);
  if (c->faulted)
    return false;
  mend_damage(c, &p);
  bool same = p.status == j->status && pass_agrees(c, &p);
  pass_leave(c, &p, j, false);
  return same;
}

/* A subject that is wrong in every other call seems to read whatever is refilled, unless it is
   asked twice in a row. */
static bool differs_again (caller *c, job *j, refilled what) {
  return !pass_repeats(c, j, what);
}

/* The two sides gave different answers. If the first side does not repeat its own, the subject is
   unsteady. If it repeats it in the same fill only, the subject reads the fill, around the tensors
   or in the outputs. Otherwise the alignment alone makes the difference. That is allowed as long as
   both answers are right, so both are judged. */
static void explain_difference (caller *c, job *j) {
  if (!pass_repeats(c, j, NOTHING_REFILLED))
    note(j, VARIES, -1, 0, 0);
  else if (!pass_repeats(c, j, OUTPUTS_REFILLED))
    note(j, differs_again(c, j, OUTPUTS_REFILLED) ? READ_OUTPUT : VARIES, -1, 0, 0);
  else if (!pass_repeats(c, j, ALL_REFILLED))
    note(j, differs_again(c, j, ALL_REFILLED) ? READ_OUTSIDE : VARIES, -1, 0, 0);
  else
    j->second = 1;
}

void pass_twin (caller *c, job *j, const pass *a) {
  pass b;
  if (!pass_enter(c, &b, j, LOW)) {
    pass_look_late(c, a, j);
    return;
  }
  b.again = true;
  pass_call(c, &b, j);
  if (!c->faulted)
    pass_inspect(c, &b, j);
  if (!c->faulted)
    pass_revisit(c, a, j);
  if (c->faulted)
    return;
  bool agrees = b.status == j->status && pass_agrees(c, &b);
  for (int t = 0; !agrees && t < JOB_TENSORS; t++)
    if (tensor_is_output(j, t))
      note_unwritten(c, a, &b, j, t);
  if (!agrees)
    pass_take_second(c, &b);
  pass_leave(c, &b, j, false);
  if (b.status != j->status)
    note(j, VARIES, -1, 0, 0);
  else if (!agrees && !(j->conduct & LEFT_UNWRITTEN))
    explain_difference(c, j);
}
