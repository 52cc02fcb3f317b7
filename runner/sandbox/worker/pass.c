/* pass.c: bringing tensors on stage, calling, and reading the traces. */

#include "pass.h"

#include "contents.h"
#include "death.h"
#include "floats.h"
#include "shadow.h"

#include <string.h>

static bool refused (int32_t status) {
  return status == CONV2D_INVALID || status == CONV2D_UNSUPPORTED;
}

/* ---- on stage */

enum { SHADOW_SLACK = 64 }; /* Valgrind tells a step in here without the worker dying of it */

static alignment alignment_of (const caller *c, const job *j, int tensor) {
  uint32_t layouts = c->wire->info.capabilities.layouts;
  size_t element = place_element(&j->tensor[tensor]);
  alignment f = { .align = element, .odd = j->layout == ODD };
  if (layouts && !(layouts & CONV2D_ODD))
    f.align = 64; /* it said that it cannot do with less */
  if (!tensor_is_output(j, tensor))
    f.slack = c->wire->info.read_slack;
  if (c->wire->valgrind)
    f.slack += SHADOW_SLACK;
  return f;
}

/* What the subject gets for the tensor, its storage being at `start`. */
static void show (pass *p, int tensor, unsigned char *start) {
  const place *q = &p->question->tensor[tensor];
  memcpy(p->shape[tensor], q->shape, sizeof q->shape);
  memcpy(p->strides[tensor], q->strides, sizeof q->strides);
  p->view[tensor] = (DLTensor){ .data = q->bytes ? start + q->origin : NULL,
                                .device = p->params.device,
                                .ndim = q->ndim,
                                .dtype = q->dtype,
                                .shape = p->shape[tensor],
                                .strides = p->strides[tensor] };
}

static bool enter (caller *c, pass *p, int tensor, buffer_side side) {
  const place *q = &p->question->tensor[tensor];
  alignment f = alignment_of(c, p->question, tensor);
  placed *t = &p->on[tensor];
  if (!stage_enter(&c->stages, side, tensor, q->bytes, &f, t))
    return false;
  if (!tensor_is_output(p->question, tensor))
    contents_put(t, q, c->arena + q->offset);
  show(p, tensor, stage_address(t));
  return true;
}

static void begin (pass *p, const job *j) {
  p->question = j;
  p->params = j->params;
  p->status = CONV2D_FAILED;
  memset(p->on, 0, sizeof p->on);
}

bool pass_enter (caller *c, pass *p, const job *j, buffer_side side) {
  begin(p, j);
  for (int t = 0; t < JOB_TENSORS; t++)
    if (j->tensor[t].present && !enter(c, p, t, side))
      return false;
  return true;
}

void pass_bare (caller *c, pass *p, const job *j) {
  begin(p, j);
  for (int t = 0; t < JOB_TENSORS; t++)
    if (j->tensor[t].present)
      show(p, t, c->arena + j->tensor[t].offset);
}

void pass_refill (caller *c, pass *p, buffer_side fill) {
  for (int t = 0; t < JOB_TENSORS; t++) {
    const place *q = &p->question->tensor[t];
    placed *on = &p->on[t];
    if (!on->start)
      continue;
    stage_refill(on, fill);
    if (!tensor_is_output(p->question, t))
      contents_put(on, q, c->arena + q->offset);
  }
}

/* ---- the call */

static DLTensor *tensor (pass *p, int i) {
  return p->question->tensor[i].present ? &p->view[i] : NULL;
}

static int32_t perform (const conv2d_implementation *s, pass *p) {
  switch (p->question->direction) {
#define PARAMS &p->params
#define SEED p->question->seed
#define T(name) tensor(p, JOB_##name)
#define X(constant, word, function, capability, reads, writes, result, clause, arguments)          \
  case constant: return s->function arguments;
    OPERATIONS_WITH_RESULT(X)
#undef X
  default: return CONV2D_FAILED;
  }
}

uint64_t call_begin (caller *c, const pass *p) {
  death_expect(c, p);
  c->start = monotonic();
  atomic_store_explicit(&c->at->since, c->start, memory_order_release);
  return ++c->turn;
}

void call_end (caller *c, uint64_t turn, job *j) {
  if (turn != c->turn)
    death_by_jump();
  death_of_copies();
  death_expect(c, NULL);
  atomic_store_explicit(&c->at->since, 0, memory_order_release);
  if (c->wire->isolation == ISOLATE_NONE || float_control() == c->floats)
    return;
  float_control_set(c->floats);
  note(j, CHANGED_ROUNDING, -1, 0, 0);
}

/* With every check on, inputs are read-only while the call lasts. */
static void for_inputs (const caller *c, const pass *p, void (*change)(const placed *)) {
  for (int t = 0; c->stages.paranoid && t < JOB_TENSORS; t++)
    if (!tensor_is_output(p->question, t))
      change(&p->on[t]);
}

static void for_all (const pass *p, void (*change)(const placed *)) {
  for (int t = 0; t < JOB_TENSORS; t++)
    change(&p->on[t]);
}

void pass_call (caller *c, pass *p, job *j) {
  bool shadow = (c->wire->valgrind || c->wire->asan) && c->at == &c->wire->at[0];
  if (shadow)
    shadow_raise(c, p);
  for_all(p, stage_send);
  for_inputs(c, p, stage_freeze);
  uint64_t turn = call_begin(c, p);
  p->status = perform(c->subject, p);
  p->nanoseconds = monotonic() - c->start;
  call_end(c, turn, j);
  for_inputs(c, p, stage_thaw);
  for_all(p, stage_fetch);
  if (shadow)
    shadow_lower(c, p, j);
}

/* ---- the traces */

static void inspect_input (caller *c, const pass *p, int tensor, job *j) {
  const place *q = &p->question->tensor[tensor];
  const census changed = contents_changed(&p->on[tensor], q, c->arena + q->offset);
  if (changed.count)
    note(j, WROTE_INPUT, tensor, changed.first, changed.count);
}

void pass_inspect (caller *c, pass *p, job *j) {
  for (int t = 0; t < JOB_TENSORS; t++) {
    if (!p->on[t].start)
      continue;
    damage d = stage_check(&c->stages, &p->on[t]);
    if (d.count)
      note(j, WROTE_OUTSIDE, t, d.first, d.count);
    if (!tensor_is_output(j, t))
      inspect_input(c, p, t, j);
    else if (refused(p->status) && !stage_untouched(&p->on[t]))
      note(j, WROTE_ON_INVALID, t, 0, 0);
  }
}

/* ---- off stage */

void pass_take (caller *c, const pass *p) {
  for (int t = 0; t < JOB_TENSORS; t++)
    if (tensor_is_output(p->question, t))
      contents_take(&p->on[t], &p->question->tensor[t], c->arena + p->question->tensor[t].offset);
}

bool pass_agrees (caller *c, const pass *p) {
  bool same = true;
  for (int t = 0; same && t < JOB_TENSORS; t++) {
    const place *q = &p->question->tensor[t];
    if (tensor_is_output(p->question, t))
      same = contents_equal(&p->on[t], q, c->arena + q->offset);
  }
  return same;
}

/* Takes the elements off the stage: what then is not fill was written between them. */
static void clear_strided (const pass *p, int tensor, job *j) {
  const placed *t = &p->on[tensor];
  contents_clear(t, &p->question->tensor[tensor], t->fill);
  damage d = stage_mend(t);
  if (d.count)
    note(j, WROTE_OUTSIDE, tensor, d.first, d.count);
}

void pass_leave (const pass *p, job *j, bool closed) {
  for (int t = 0; t < JOB_TENSORS; t++) {
    if (!p->on[t].start)
      continue;
    if (!place_dense(&p->question->tensor[t]))
      clear_strided(p, t, j);
    stage_leave(&p->on[t]);
    if (closed)
      stage_close(&p->on[t]);
  }
}

void pass_revisit (const pass *p, job *j) {
  for (int t = 0; t < JOB_TENSORS; t++) {
    if (!p->on[t].start || p->on[t].stage->closed)
      continue;
    stage_fetch(&p->on[t]);
    damage d = stage_mend(&p->on[t]);
    if (d.count)
      note(j, KEPT_POINTER, t, d.first, d.count);
  }
}
