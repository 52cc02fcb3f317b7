/* pass.c: bringing tensors on stage, calling, and reading the traces. */

#include "pass.h"

#include "compute.h"
#include "contents.h"
#include "death.h"
#include "floats.h"
#include "shadow.h"
#include "twins.h"
#include "watch.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static bool refused (int32_t status) {
  return status == CONV2D_INVALID || status == CONV2D_UNSUPPORTED;
}

/* ---- on stage */

enum {
  ALIGNED = 64,
  SHADOW_SLACK = 64 /* Valgrind reports a step in here, and the worker survives it */
};

static alignment alignment_of (const caller *c, const pass *p, int tensor) {
  const job *j = p->question;
  uint32_t layouts = c->info->capabilities.layouts;
  size_t element = place_element(&j->tensor[tensor]);
  alignment f = { .align = element, .odd = j->layout == ODD };
  if (p->aligned || (layouts && !(layouts & CONV2D_ODD)))
    f.align = ALIGNED; /* or it said that it cannot do with less */
  if (!tensor_is_output(j, tensor))
    f.slack = c->info->read_slack;
  if (c->orders->valgrind)
    f.slack += SHADOW_SLACK;
  return f;
}

conv2d_params params_to_show (const caller *c, const job *j) {
  conv2d_params p = j->params;
  p.device = c->stages.memory->device;
  return p;
}

/* What the subject gets for the tensor, its storage being at `start`. */
static void show (pass *p, int tensor, unsigned char *start) {
  const place *q = &p->question->tensor[tensor];
  memcpy(p->shape[tensor], q->shape, sizeof q->shape);
  memcpy(p->strides[tensor], q->strides, sizeof q->strides);
  p->data[tensor] = q->bytes ? start + q->origin : NULL;
  p->view[tensor] = (DLTensor){ .data = p->data[tensor],
                                .device = p->params.device,
                                .ndim = q->ndim,
                                .dtype = q->dtype,
                                .shape = p->shape[tensor],
                                .strides = p->strides[tensor] };
}

/* The same by a handle. */
static void show_handle (pass *p, int tensor) {
  const place *q = &p->question->tensor[tensor];
  size_t offset;
  void *handle = stage_handle(&p->on[tensor], &offset);
  show(p, tensor, NULL);
  if (!handle)
    return;
  p->view[tensor].data = p->data[tensor] = handle;
  p->view[tensor].byte_offset = p->offset[tensor] = offset + q->origin;
}

static bool enter (caller *c, pass *p, int tensor, buffer_side side) {
  const place *q = &p->question->tensor[tensor];
  alignment f = alignment_of(c, p, tensor);
  placed *t = &p->on[tensor];
  if (!stage_enter(&c->stages, side, tensor, q->bytes, &f, t))
    return false;
  if (!tensor_is_output(p->question, tensor))
    contents_put(t, q, c->arena + q->offset);
  if (t->memory && t->memory->handles)
    show_handle(p, tensor);
  else
    show(p, tensor, stage_address(t));
  return true;
}

/* A number that two questions are unlikely to share. */
static uint64_t number_of (const job *j) {
  const unsigned char *p = (const unsigned char *) &j->params;
  uint64_t n = (uint64_t) job_elements(j) + j->seed;
  for (size_t i = 0; i < offsetof(conv2d_params, bias); i++)
    n = (n ^ p[i]) * UINT64_C(0x100000001b3);
  return n ^ n >> 32;
}

/* Small calls are made on both sides, and on the low one all tensors are aligned. Of the others,
   which are made once, half get them aligned, and half as close to the guard as can be. */
static bool wants_alignment (const job *j) {
  return j->layout != ODD && !job_is_small(j) && number_of(j) % 2;
}

static void begin (const caller *c, pass *p, const job *j) {
  p->question = j;
  p->aligned = wants_alignment(j);
  p->params = p->shown = params_to_show(c, j);
  p->status = CONV2D_FAILED;
  p->again = false;
  memset(p->on, 0, sizeof p->on);
  memset(p->offset, 0, sizeof p->offset);
}

bool pass_enter (caller *c, pass *p, const job *j, buffer_side side) {
  begin(c, p, j);
  for (int t = 0; t < JOB_TENSORS; t++)
    if (j->tensor[t].present && !enter(c, p, t, side)) {
      c->unstaged = true;
      return false;
    }
  return true;
}

void pass_bare (caller *c, pass *p, const job *j) {
  begin(c, p, j);
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

void pass_refill_outputs (const pass *p, buffer_side fill) {
  for (int t = 0; t < JOB_TENSORS; t++)
    if (tensor_is_output(p->question, t))
      contents_clear(&p->on[t], &p->question->tensor[t], fill);
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
  if (c->orders->isolation == ISOLATE_NONE || (float_control() == c->floats && !c->downwards))
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

/* What the subject was shown must be as it was. */
static bool descriptors_stand (const pass *p) {
  bool stand = memcmp(&p->params, &p->shown, sizeof p->params) == 0;
  for (int t = 0; stand && t < JOB_TENSORS; t++) {
    const place *q = &p->question->tensor[t];
    const DLTensor *v = &p->view[t];
    if (q->present)
      stand = memcmp(p->shape[t], q->shape, sizeof q->shape) == 0
              && memcmp(p->strides[t], q->strides, sizeof q->strides) == 0 && v->data == p->data[t]
              && v->ndim == q->ndim && memcmp(&v->dtype, &q->dtype, sizeof v->dtype) == 0
              && v->shape == p->shape[t] && v->strides == p->strides[t]
              && v->byte_offset == p->offset[t]
              && memcmp(&v->device, &p->shown.device, sizeof v->device) == 0;
  }
  return stand;
}

/* ---- the device */

static bool is_apart (const caller *c) {
  return memory_is_apart(c->stages.memory);
}

static void send_all (const caller *c, const pass *p) {
  for (int t = 0; is_apart(c) && t < JOB_TENSORS; t++)
    stage_send(&p->on[t]);
}

static void begin_fetching (const caller *c, const pass *p) {
  for (int t = 0; is_apart(c) && t < JOB_TENSORS; t++)
    stage_fetch(&p->on[t]);
}

/* Waits for the device. An error of it is charged to the call in progress, since a kernel that
   failed reports it only now. */
static void await (caller *c, job *j, bool everything) {
  const char *wrong = is_apart(c) ? c->stages.memory->await(everything) : NULL;
  if (!wrong || c->faulted)
    return;
  c->faulted = true;
  j->status = CONV2D_FAILED;
  snprintf(j->message, sizeof j->message, "%s", wrong);
}

/* The tensors as the call has left them. */
static void fetch_all (caller *c, const pass *p, job *j) {
  begin_fetching(c, p);
  await(c, j, false);
}

static void mend_late (const pass *p, job *j) {
  for (int t = 0; t < JOB_TENSORS; t++) {
    placed left = p->on[t];
    left.fill = left.side;
    damage d = stage_mend(&left);
    if (d.count)
      note(j, KEPT_POINTER, t, d.first, d.count);
  }
}

void pass_look_late (caller *c, const pass *p, job *j) {
  const pass *before = c->left;
  c->left = NULL;
  if (!is_apart(c) || c->faulted)
    return;
  await(c, j, true);
  if (before)
    begin_fetching(c, before);
  fetch_all(c, p, j);
  if (!c->faulted && before)
    mend_late(before, j);
  if (!c->faulted)
    mend_late(p, j);
}

void pass_call (caller *c, pass *p, job *j) {
  bool shadow =
      (c->orders->valgrind || c->orders->asan) && c->at == &c->wire->at[0] && !is_apart(c);
  if (shadow)
    shadow_raise(c, p);
  send_all(c, p);
  for_inputs(c, p, stage_freeze);
  uint64_t turn = call_begin(c, p);
  p->status = perform(c->subject, p);
  c->downwards = direction_reset();
  if (p->again)
    begin_fetching(c, p); /* one wait for both: each costs more than many copies */
  await(c, j, false);
  p->nanoseconds = monotonic() - c->start;
  call_end(c, turn, j);
  if (c->orders->compute && c->at == &c->wire->at[0])
    compute_look(c, j);
  if (c->orders->isolation != ISOLATE_NONE && !descriptors_stand(p))
    note(j, WROTE_DESCRIPTOR, -1, 0, 0);
  for_inputs(c, p, stage_thaw);
  if (is_apart(c) && !c->faulted && !p->again)
    fetch_all(c, p, j);
  if (shadow)
    shadow_lower(c, p, j);
}

/* ---- the traces */

static void inspect_input (caller *c, const pass *p, int tensor, job *j) {
  const place *q = &p->question->tensor[tensor];
  const occurrences changed = contents_changed(&p->on[tensor], q, c->arena + q->offset);
  if (changed.count)
    note(j, WROTE_INPUT, tensor, changed.first, changed.count);
}

void pass_inspect (caller *c, pass *p, job *j) {
  for (int t = 0; t < JOB_TENSORS; t++) {
    if (!p->on[t].start)
      continue;
    damage d = stage_check(&p->on[t]);
    if (d.count)
      note(j, WROTE_OUTSIDE, t, d.first, d.count);
    if (!tensor_is_output(j, t))
      inspect_input(c, p, t, j);
    else if (refused(p->status) && !stage_untouched(&p->on[t]))
      note(j, WROTE_ON_INVALID, t, 0, 0);
  }
}

/* ---- off stage */

static void take_to (const pass *p, unsigned char *arena) {
  for (int t = 0; t < JOB_TENSORS; t++)
    if (tensor_is_output(p->question, t))
      contents_take(&p->on[t], &p->question->tensor[t], arena + p->question->tensor[t].offset);
}

void pass_take (caller *c, const pass *p) {
  take_to(p, c->arena);
}

void pass_take_second (caller *c, const pass *p) {
  take_to(p, c->arena + SECOND_AWAY);
}

bool pass_agrees (caller *c, const pass *p) {
  bool same = true;
  for (int t = 0; same && t < JOB_TENSORS; t++) {
    const place *q = &p->question->tensor[t];
    if (tensor_is_output(p->question, t))
      same = contents_same(&p->on[t], q, c->arena + q->offset);
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

enum {
  THREAD_NANOSECONDS = 5000, /* no thread is made in less */
  LATE_MICROSECONDS = 20000, /* that they are waited for: several turns of a busy machine */
  LOOK_MICROSECONDS = 500
};

/* Whether the call has left threads that were not there before. If they touch its tensors, they do
   so now, while the stage is closed. Threads that stay are asked about once. */
static bool left_threads (caller *c, const pass *p) {
  if (c->tasks < 0 || p->nanoseconds < THREAD_NANOSECONDS)
    return false;
  const int now = watch_threads(c->tasks);
  const bool more = now > c->threads;
  c->threads = now;
  return more;
}

/* Until there are no more than before. */
static void wait_for_threads (caller *c, int before) {
  death_expect(c, NULL);
  for (int waited = 0; waited < LATE_MICROSECONDS && watch_threads(c->tasks) > before;
       waited += LOOK_MICROSECONDS)
    usleep(LOOK_MICROSECONDS);
  c->threads = watch_threads(c->tasks);
}

void pass_leave (caller *c, const pass *p, job *j, bool closed) {
  const int before = c->threads;
  const bool late = left_threads(c, p);
  for (int t = 0; !c->faulted && t < JOB_TENSORS; t++) {
    if (!p->on[t].start)
      continue;
    if (!place_dense(&p->question->tensor[t]))
      clear_strided(p, t, j);
    stage_leave(&p->on[t]);
    if (closed || late)
      stage_close(&p->on[t]);
  }
  send_all(c, p);
  if (late)
    wait_for_threads(c, before);
  if (c->left != p)
    pass_look_late(c, p, j);
}

void pass_revisit (caller *c, const pass *p, job *j) {
  if (is_apart(c))
    return;
  for (int t = 0; !c->faulted && t < JOB_TENSORS; t++) {
    if (!p->on[t].start || p->on[t].stage->closed)
      continue;
    damage d = stage_mend(&p->on[t]);
    if (d.count)
      note(j, KEPT_POINTER, t, d.first, d.count);
  }
}
