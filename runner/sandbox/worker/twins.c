/* twins.c: the second pass of a call, and what a difference means.
   When the two sides give different answers, a third and a fourth call tell an unsteady subject
   from one that reads what it must not. What is cheap enough for all this hangs on the case alone,
   so that a verdict does not hang on the machine's mood. */

#include "twins.h"

#include "contents.h"

enum {
  CHEAP_ELEMENTS = 1 << 12, /* of all tensors together */
  CHEAP_PRODUCTS = 1 << 11
};

/* Elements that stand in memory: a call that must be rejected may describe more. */
static int64_t stored (const place *p) {
  return p->present && p->bytes ? place_count(p) : 0;
}

static bool is_small (const job *j) {
  int64_t elements = 0, taps = 1;
  const place *weight = &j->tensor[JOB_WEIGHT];
  for (int t = 0; t < JOB_TENSORS; t++)
    elements += stored(&j->tensor[t]);
  if (stored(weight))
    taps = stored(weight) / weight->shape[0];
  int64_t outputs = stored(&j->tensor[JOB_OUTPUT]) + stored(&j->tensor[JOB_GRAD_OUTPUT]);
  return elements <= CHEAP_ELEMENTS && outputs * taps <= CHEAP_PRODUCTS;
}

/* True if elements of an output look as if they had not been written in this pass. */
static bool any_unwritten (const pass *p) {
  for (int t = 0; t < JOB_TENSORS; t++)
    if (tensor_is_output(p->question, t) && contents_unwritten(&p->on[t], &p->question->tensor[t]))
      return true;
  return false;
}

bool pass_is_cheap (const caller *c, const pass *p) {
  return (!c->wire->valgrind && is_small(p->question)) || any_unwritten(p);
}

/* Elements that were fill in pass `a`, whose result lies in the arena, and are so in pass `b`,
   which is still on stage. */
static void note_unwritten (caller *c, const pass *a, const pass *b, job *j, int tensor) {
  const place *q = &j->tensor[tensor];
  const census left =
      contents_never_written(&b->on[tensor], &a->on[tensor], q, c->arena + q->offset);
  if (left.count)
    note(j, LEFT_UNWRITTEN, tensor, left.first, left.count);
}

bool pass_repeats (caller *c, job *j, buffer_side fill) {
  pass p;
  if (!pass_enter(c, &p, j, HIGH))
    return true;
  if (fill != HIGH)
    pass_refill(c, &p, fill);
  pass_call(c, &p, j);
  bool same = p.status == j->status && pass_agrees(c, &p);
  pass_leave(&p, j, false);
  return same;
}

/* The two sides gave different answers. If the first side doesn't repeat its own, the subject is
   unsteady; if it does so in the same fill only, the subject reads the fill. Else the alignment
   alone makes the difference, which is its right. */
static void explain_difference (caller *c, job *j) {
  if (!pass_repeats(c, j, HIGH))
    note(j, VARIES, -1, 0, 0);
  else if (!pass_repeats(c, j, LOW))
    note(j, READ_OUTSIDE, -1, 0, 0);
}

void pass_twin (caller *c, job *j, const pass *a) {
  pass b;
  if (!pass_enter(c, &b, j, LOW))
    return;
  pass_call(c, &b, j);
  pass_inspect(c, &b, j);
  pass_revisit(a, j);
  bool agrees = b.status == j->status && pass_agrees(c, &b);
  for (int t = 0; !agrees && t < JOB_TENSORS; t++)
    if (tensor_is_output(j, t))
      note_unwritten(c, a, &b, j, t);
  pass_leave(&b, j, false);
  if (b.status != j->status)
    note(j, VARIES, -1, 0, 0);
  else if (!agrees && !(j->conduct & LEFT_UNWRITTEN))
    explain_difference(c, j);
}
