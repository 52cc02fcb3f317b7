/* answer.c: which passes a job gets, and what their differences mean.
   A cheap call is made twice, on either side; when the two answers differ, a third and a fourth
   tell an unsteady subject from one that reads what it must not. Any other call is made once, and
   the stage of a long one is closed behind it. What is cheap hangs on the case alone, so that a
   verdict does not hang on the machine's mood. */

#include "answer.h"

#include "lattice.h"
#include "printed.h"

#include <stdio.h>
#include <string.h>

enum {
  CHEAP_ELEMENTS = 1 << 12, /* of all tensors together */
  CHEAP_PRODUCTS = 1 << 11,
  DEAR_NANOSECONDS = 500000 /* from here on, closing a stage costs nothing beside */
};

/* ---- the questions */

static void blank_answer (job *j) {
  j->end = JOB_NOT_RUN;
  j->end_code = j->alone = 0;
  j->shape_status = j->status = CONV2D_FAILED;
  j->output_ndim = 0;
  j->nanoseconds = 0;
  j->conduct = 0;
  j->conduct_tensor = j->address_tensor = -1;
  j->conduct_element = j->conduct_count = 0;
  j->address = 0;
  j->message[0] = '\0';
}

/* The subject's own words for a status other than OK. */
static void ask_why (caller *c, job *j) {
  const char *why = c->subject->last_error ? c->subject->last_error() : NULL;
  size_t n = why ? strnlen(why, sizeof j->message - 1) : 0;
  if (n)
    memcpy(j->message, why, n);
  j->message[n] = '\0';
}

/* output_shape, with room behind its answer that must stay as it is. */
static void ask_shape (caller *c, job *j) {
  int64_t got[2 * MAX_NDIM], input[MAX_NDIM];
  conv2d_params params = j->params;
  int32_t ndim = j->tensor[JOB_INPUT].ndim;
  memcpy(input, j->tensor[JOB_INPUT].shape, sizeof input);
  fill_lay(LEFT, (unsigned char *) got, sizeof got);
  uint64_t turn = call_begin(c, NULL);
  j->shape_status = c->subject->output_shape(&params, ndim, input, got);
  call_end(c, turn, j);
  if (j->shape_status == CONV2D_OK) {
    j->output_ndim = ndim;
    memcpy(j->output_shape, got, sizeof j->output_shape);
  }
  for (int i = ndim; i < 2 * MAX_NDIM; i++) {
    const unsigned char *at = (unsigned char *) &got[i];
    if (!fill_is(LEFT, at, at, sizeof *got))
      note(j, WROTE_OUTSIDE, -1, i, 1);
  }
}

/* The place whose shape output_shape must have named, or NULL. */
static const place *promised (const job *j) {
  const place *p = &j->tensor[j->direction == BACKWARD ? JOB_GRAD_OUTPUT : JOB_OUTPUT];
  return p->present && j->direction != INIT ? p : NULL;
}

static bool shape_differs (const job *j) {
  const place *p = promised(j);
  if (!p || j->shape_status != CONV2D_OK)
    return false;
  return p->ndim != j->output_ndim
         || memcmp(p->shape, j->output_shape, (size_t) p->ndim * sizeof *p->shape) != 0;
}

static bool has_output (const job *j) {
  for (int t = 0; t < JOB_TENSORS; t++)
    if (j->tensor[t].present && tensor_is_output(j, t))
      return true;
  return false;
}

/* Whether the call itself is made; else the answer about the shape is all of it. */
static bool worth_calling (const job *j) {
  if (j->direction == INIT)
    return true;
  return j->direction != SHAPE_ONLY && has_output(j) && !shape_differs(j)
         && (j->shape_status == CONV2D_OK || j->shape_status == CONV2D_INVALID);
}

static const char *not_offered (const caller *c, const job *j) {
  if (j->direction == BACKWARD && !c->subject->backward)
    return "the subject has no backward";
  if (j->direction == INIT && !c->subject->init_parameters)
    return "the subject has no init_parameters";
  return NULL;
}

/* ---- what two passes say */

/* Elements that stand in memory: a call that must be rejected may describe more. */
static int64_t stored (const place *p) {
  return p->present && p->bytes ? place_count(p) : 0;
}

static bool cheap (const job *j) {
  int64_t elements = 0, taps = 1;
  const place *out = promised(j), *weight = &j->tensor[JOB_WEIGHT];
  for (int t = 0; t < JOB_TENSORS; t++)
    elements += stored(&j->tensor[t]);
  if (stored(weight))
    taps = stored(weight) / weight->shape[0];
  return elements <= CHEAP_ELEMENTS && (!out || stored(out) * taps <= CHEAP_PRODUCTS);
}

/* Elements of an output that look as if they had not been written in this pass. */
static int64_t suspects (const pass *p, int tensor) {
  const place *q = &p->question->tensor[tensor];
  const standing *t = &p->on[tensor];
  size_t element = place_element(q);
  int64_t n = 0;
  if (!t->start || !tensor_is_output(p->question, tensor))
    return 0;
  if (place_compact(q))
    return fill_count(t->fill, t->start, t->bytes, element);
  for (int64_t i = 0; i < place_count(q); i++) {
    const unsigned char *at = t->start + place_at(q, i);
    n += fill_is(t->fill, at, at, element);
  }
  return n;
}

static bool any_suspects (const pass *p) {
  for (int t = 0; t < JOB_TENSORS; t++)
    if (suspects(p, t))
      return true;
  return false;
}

/* Elements that were fill in pass `a`, whose result lies in the arena, and are so in pass `b`,
   which is still on stage. */
static void note_unwritten (caller *c, const pass *a, const pass *b, job *j, int tensor) {
  const place *q = &j->tensor[tensor];
  const standing *s = &a->on[tensor], *t = &b->on[tensor];
  const unsigned char *result = c->arena + q->offset;
  size_t element = place_element(q);
  int64_t first = -1, count = 0;
  for (int64_t i = 0; i < place_count(q); i++) {
    uint64_t at = place_at(q, i);
    if (fill_is(s->fill, s->start + at, result + at, element)
        && fill_is(t->fill, t->start + at, t->start + at, element) && count++ == 0)
      first = i;
  }
  if (count)
    note(j, LEFT_UNWRITTEN, tensor, first, count);
}

/* The first pass again, perhaps in the other fill; false if the result is another. */
static bool repeats (caller *c, job *j, flank fill) {
  pass p;
  if (!pass_enter(c, &p, j, RIGHT))
    return true;
  if (fill != RIGHT)
    pass_dye(c, &p, fill);
  pass_call(c, &p, j);
  bool same = p.status == j->status && pass_agrees(c, &p);
  pass_leave(&p, j, false);
  return same;
}

/* The two sides gave different answers. If the first side doesn't repeat its own, the subject is
   unsteady; if it does so in the same fill only, the subject reads the fill. Else the alignment
   alone makes the difference, which is its right. */
static void explain_difference (caller *c, job *j) {
  if (!repeats(c, j, RIGHT))
    note(j, VARIES, -1, 0, 0);
  else if (!repeats(c, j, LEFT))
    note(j, READ_OUTSIDE, -1, 0, 0);
}

/* The same call on the other side, against the pass `a` whose result lies in the arena. */
static void second_pass (caller *c, job *j, const pass *a) {
  pass b;
  if (!pass_enter(c, &b, j, LEFT))
    return;
  pass_call(c, &b, j);
  pass_inspect(c, &b, j);
  pass_revisit(a, j);
  bool agrees = b.status == j->status && pass_agrees(c, &b);
  for (int t = 0; !agrees && t < JOB_TENSORS; t++)
    if (suspects(&b, t))
      note_unwritten(c, a, &b, j, t);
  pass_leave(&b, j, false);
  if (b.status != j->status)
    note(j, VARIES, -1, 0, 0);
  else if (!agrees && !(j->conduct & LEFT_UNWRITTEN))
    explain_difference(c, j);
}

/* ---- the answer */

static void call_on_stage (caller *c, job *j, pass *p) {
  pass_call(c, p, j);
  j->status = p->status;
  j->nanoseconds = p->nanoseconds;
  if (p->status != CONV2D_OK)
    ask_why(c, j);
  pass_inspect(c, p, j);
  pass_take(c, p);
  bool small = !c->wire->valgrind && cheap(j);
  bool again = p->status == CONV2D_OK && (small || c->stages.paranoid || any_suspects(p));
  pass_leave(p, j, c->stages.paranoid || (!again && p->nanoseconds > DEAR_NANOSECONDS));
  if (!again)
    return;
  printed_keep(c->wire, j - (job *) c->arena);
  second_pass(c, j, p);
  printed_drop(c->wire);
}

/* Fresh parameters of another seed, of which the low bits are the same. */
static void try_other_seed (caller *c, job *j) {
  job other = *j;
  pass p;
  other.seed ^= UINT64_C(0x9e3779b97f4a0000);
  if (!pass_enter(c, &p, &other, RIGHT))
    return;
  printed_keep(c->wire, j - (job *) c->arena);
  pass_call(c, &p, j);
  printed_drop(c->wire);
  if (p.status == CONV2D_OK && pass_agrees(c, &p))
    note(j, IGNORED_SEED, -1, 0, 0);
  pass_leave(&p, j, false);
}

static void call_bare (caller *c, job *j, pass *p) {
  pass_bare(c, p, j);
  pass_call(c, p, j);
  j->status = p->status;
  j->nanoseconds = p->nanoseconds;
  if (p->status != CONV2D_OK)
    ask_why(c, j);
}

static void call (caller *c, job *j) {
  pass p;
  if (c->wire->isolation != ISOLATE_NONE && pass_enter(c, &p, j, RIGHT)) {
    call_on_stage(c, j, &p);
    if (j->direction == INIT && j->status == CONV2D_OK && !j->conduct)
      try_other_seed(c, j);
  } else
    call_bare(c, j, &p);
}

static void ask (caller *c, job *j) {
  const char *lacking = not_offered(c, j);
  if (lacking) {
    j->status = CONV2D_UNSUPPORTED;
    snprintf(j->message, sizeof j->message, "%s", lacking);
    return;
  }
  if (j->direction != INIT)
    ask_shape(c, j);
  if (worth_calling(j)) {
    call(c, j);
    return;
  }
  j->status = j->shape_status;
  if (j->status != CONV2D_OK)
    ask_why(c, j);
}

void answer_job (caller *c, job *j) {
  blank_answer(j);
  ask(c, j);
  j->end = JOB_RETURNED;
}

/* The call once more, without judging it. */
static bool call_once_more (caller *c, job *j) {
  if (not_offered(c, j))
    return true;
  if (j->direction != INIT)
    ask_shape(c, j);
  return !worth_calling(j) || repeats(c, j, RIGHT);
}

bool job_repeats (caller *c, const job *j) {
  job copy = *j; /* what is noted on the way doesn't count */
  return call_once_more(c, &copy);
}
