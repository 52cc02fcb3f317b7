/* answer.c: a job's whole answer.
   The shape is asked for first. If a call can follow, it is made on the high side, and on the low
   side too if it is cheap. After a long call the stage is closed instead. */

#include "answer.h"

#include "coverage.h"
#include "floats.h"
#include "printed.h"
#include "sandbox/wire/seal.h"
#include "twins.h"

#include <stdio.h>
#include <string.h>

enum { LONG_NANOSECONDS = 500000 }; /* closing a stage costs next to nothing beside that */

/* ---- the questions */

static void blank_answer (job *j) {
  j->end = JOB_NOT_RUN;
  j->end_code = j->alone = 0;
  j->called = 0;
  j->shape_status = j->status = CONV2D_FAILED;
  j->output_ndim = 0;
  j->nanoseconds = 0;
  j->conduct = 0;
  j->conduct_tensor = j->address_tensor = -1;
  j->conduct_element = j->conduct_count = 0;
  j->address = 0;
  j->second = 0;
  j->claims = 0;
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

/* What the subject says of the call that it made: nothing, or why it did not. */
static void ask_about_call (caller *c, job *j) {
  if (j->status != CONV2D_OK)
    ask_why(c, j);
  else if (c->subject->call_claims)
    j->claims = c->subject->call_claims() & CONV2D_TRANSFORM;
}

/* output_shape, with room behind its answer that must stay as it is. */
static void ask_shape (caller *c, job *j) {
  int64_t got[2 * MAX_NDIM], input[MAX_NDIM];
  conv2d_params params = params_to_show(c, j), shown = params;
  int32_t ndim = j->tensor[JOB_INPUT].ndim;
  memcpy(input, j->tensor[JOB_INPUT].shape, sizeof input);
  fill_lay(LOW, (unsigned char *) got, sizeof got);
  uint64_t turn = call_begin(c, NULL);
  j->shape_status = c->subject->output_shape(&params, ndim, input, got);
  c->downwards = direction_reset();
  call_end(c, turn, j);
  if (j->shape_status == CONV2D_OK) {
    j->output_ndim = ndim;
    memcpy(j->output_shape, got, sizeof j->output_shape);
  }
  if (memcmp(&params, &shown, sizeof params) != 0
      || memcmp(input, j->tensor[JOB_INPUT].shape, sizeof input) != 0)
    note(j, WROTE_DESCRIPTOR, -1, 0, 0);
  for (int i = ndim; i < 2 * MAX_NDIM; i++) {
    const unsigned char *at = (unsigned char *) &got[i];
    if (!fill_covers(LOW, at, sizeof *got))
      note(j, WROTE_OUTSIDE, -1, i, 1);
  }
}

/* Whether output_shape gave another shape than the tensors have. */
static bool shape_differs (const job *j, const operation *o) {
  const place *p = &j->tensor[o->result];
  if (j->offered || j->shape_status != CONV2D_OK)
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
  const operation *o = operation_of(j->direction);
  if (!operation_asks_shape(o))
    return true;
  return has_output(j) && !shape_differs(j, o)
         && (j->shape_status == CONV2D_OK || j->shape_status == CONV2D_INVALID);
}

static bool is_offered (const caller *c, const job *j) {
  return c->info->functions >> j->direction & 1;
}

/* ---- the answer */

static void call_on_stage (caller *c, job *j, pass *p) {
  pass_call(c, p, j);
  if (c->faulted)
    return;
  j->status = p->status;
  j->nanoseconds = p->nanoseconds;
  ask_about_call(c, j);
  pass_inspect(c, p, j);
  pass_take(c, p);
  bool again = p->status == CONV2D_OK && (c->stages.paranoid || pass_is_cheap(c, p));
  c->left = again ? p : NULL;
  pass_leave(c, p, j, c->stages.paranoid || (!again && p->nanoseconds > LONG_NANOSECONDS));
  if (!again || c->faulted)
    return;
  printed_keep(c->wire, j - c->wire->job);
  pass_twin(c, j, p);
  printed_drop(c->wire);
}

/* Fresh parameters of another seed whose low bits are the same. */
static void try_other_seed (caller *c, job *j) {
  job other = *j;
  pass p;
  other.seed ^= UINT64_C(0x9e3779b97f4a0000);
  if (!pass_enter(c, &p, &other, HIGH))
    return;
  printed_keep(c->wire, j - c->wire->job);
  pass_call(c, &p, j);
  printed_drop(c->wire);
  if (!c->faulted && p.status == CONV2D_OK && pass_agrees(c, &p))
    note(j, IGNORED_SEED, -1, 0, 0);
  pass_leave(c, &p, j, false);
}

static void call_bare (caller *c, job *j, pass *p) {
  pass_bare(c, p, j);
  pass_call(c, p, j);
  j->status = p->status;
  j->nanoseconds = p->nanoseconds;
  ask_about_call(c, j);
}

static void call (caller *c, job *j) {
  pass p;
  if (c->orders->isolation == ISOLATE_NONE && !memory_is_apart(c->stages.memory)) {
    call_bare(c, j, &p);
    return;
  }
  if (!pass_enter(c, &p, j, HIGH))
    return;
  call_on_stage(c, j, &p);
  if (j->direction == INIT && j->status == CONV2D_OK && !j->conduct)
    try_other_seed(c, j);
}

static void ask (caller *c, job *j) {
  const operation *o = operation_of(j->direction);
  if (!is_offered(c, j)) {
    j->status = CONV2D_UNSUPPORTED;
    snprintf(j->message, sizeof j->message, "the subject has no %s", o->function);
    return;
  }
  if (operation_asks_shape(o))
    ask_shape(c, j);
  if (worth_calling(j)) {
    j->called = 1;
    call(c, j);
    return;
  }
  j->status = j->shape_status;
  if (j->status != CONV2D_OK)
    ask_why(c, j);
}

void job_renew (caller *c) {
  c->lost = !c->stages.memory->renew();
  stages_close(&c->stages);
}

job *job_start (caller *c, int64_t i) {
  job *j = &c->wire->job[i];
  memcpy(j, &c->orders->job[i], offsetof(job, end));
  return j;
}

void job_seal (const caller *c, job *j) {
  const job *question = &c->orders->job[j - c->wire->job];
  j->seal = seal_of(question, j, c->arena, SECOND_AWAY);
}

void answer_job (caller *c, int64_t i) {
  job *j = job_start(c, i);
  blank_answer(j);
  c->unstaged = c->faulted = false;
  ask(c, j);
  c->left = NULL;
  j->end = c->unstaged ? JOB_NOT_STAGED : c->faulted ? JOB_FAULTED : JOB_RETURNED;
  if (c->faulted)
    job_renew(c);
  coverage_take(&j->novelty);
  job_seal(c, j);
}

/* The call once more, without judging it. */
static bool call_once_more (caller *c, job *j) {
  if (!is_offered(c, j))
    return true;
  if (operation_asks_shape(operation_of(j->direction)))
    ask_shape(c, j);
  return !worth_calling(j) || pass_repeats(c, j, NOTHING_REFILLED);
}

bool job_repeats (caller *c, const job *j) {
  job copy = *j; /* what is noted on the way doesn't count */
  c->faulted = false;
  return call_once_more(c, &copy);
}
