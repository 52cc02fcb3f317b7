/* lane.c: running batches, whatever becomes of the worker.
   A worker that dies or is late costs one job, which is then tried alone in a new worker; that
   worker goes on with the rest. */

#include "lane.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

enum { LOAD_SECONDS = 5, GLANCE = 100 /* ms between looks at the journal */ };

/* How a range ended. */
typedef enum ending_kind { DONE, DIED, LATE, STOPPED, CANCELLED } ending_kind;

typedef struct ending {
  ending_kind kind;
  message message; /* DIED */
} ending;

/* ---- starting */

/* How the worker died, as words. */
static void
describe_death (const ending *d, char *text, size_t room)
{
  if (d->kind == LATE)
    snprintf(text, room, "does not return");
  else if (d->kind == STOPPED)
    snprintf(text, room, "stops itself");
  else if (d->message.kind == M_LOST)
    snprintf(text, room, "ends the process");
  else if (d->message.killed)
    snprintf(text, room, "dies by SIG%s", sigabbrev_np(d->message.status));
  else
    snprintf(text, room, "ends the process with status %d", d->message.status);
}

static ending
await_loaded (lane *l)
{
  ending d = { .kind = LATE };
  uint64_t now = monotonic();
  uint64_t until = now + (uint64_t) ((LOAD_SECONDS + l->options->time_limit) * 1e9);
  for (; now < until; now = monotonic()) {
    if (!process_hear(&l->process, GLANCE, &d.message))
      continue;
    d.kind = d.message.kind == M_LOADED ? DONE : d.message.kind == M_STOPPED ? STOPPED : DIED;
    break;
  }
  return d;
}

static bool
check_loaded (lane *l, const ending *d, error *e)
{
  char how[80], said[300] = "";
  wire *w = l->wire;
  w->load_error[sizeof w->load_error - 1] = '\0';
  if (d->kind == DONE && !w->load_error[0])
    return true;
  if (d->kind == DONE)
    return fail(e, BAD_INPUT, "%s", w->load_error);
  describe_death(d, how, sizeof how);
  if (l->backing.text[0])
    snprintf(said, sizeof said, "; it printed: %.250s", l->backing.text);
  return fail(e, BAD_INPUT, "%.500s %s while it is being loaded%s", w->path, how, said);
}

bool
lane_start (lane *l, error *e)
{
  memset(&l->wire->last, 0, sizeof l->wire->last);
  if (!process_start(&l->process, &l->backing, e))
    return false;
  ending d = await_loaded(l);
  l->fresh = check_loaded(l, &d, e);
  if (!l->fresh)
    process_stop(&l->process);
  return l->fresh;
}

/* ---- one range of jobs */

/* The journal as it was seen last, so that a call is late also by our own clock. */
typedef struct glance {
  int64_t job;
  uint64_t since, at;
} glance;

/* Nanoseconds for which the call in progress has gone on. */
static uint64_t
look (const lane *l, glance *g)
{
  int64_t current = atomic_load_explicit(&l->wire->job, memory_order_acquire);
  uint64_t since = atomic_load_explicit(&l->wire->since, memory_order_acquire);
  uint64_t now = monotonic();
  if (current != g->job || since != g->since || g->at == 0)
    *g = (glance) { current, since, now };
  return now - (since && since < g->at ? since : g->at);
}

static ending
await_range (lane *l, const volatile int *cancel)
{
  uint64_t limit = (uint64_t) (l->options->time_limit * 1e9), gone = 0;
  glance seen = { 0 };
  ending d = { .kind = DONE };
  for (;;) {
    uint64_t left = (limit - gone) / 1000000 + 1;
    if (process_hear(&l->process, left < GLANCE ? (int) left : GLANCE, &d.message)) {
      d.kind = d.message.kind == M_DONE ? DONE : d.message.kind == M_STOPPED ? STOPPED : DIED;
      return d;
    }
    gone = look(l, &seen);
    if (gone >= limit || (cancel && *cancel)) {
      d.kind = gone >= limit ? LATE : CANCELLED;
      return d;
    }
  }
}

/* Runs jobs [first, first + count) in the present worker; ends it unless all went well. */
static ending
run_range (lane *l, int64_t first, int64_t count, const volatile int *cancel)
{
  wire *w = l->wire;
  ending d = { .kind = DIED, .message = { .kind = M_LOST } };
  w->first = first;
  w->count = count;
  w->errand = ANSWER;
  atomic_store(&w->job, first);
  atomic_store(&w->since, 0);
  l->fresh = false;
  if (process_tell(&l->process))
    d = await_range(l, cancel);
  if (d.kind != DONE)
    process_stop(&l->process);
  return d;
}

/* ---- charging a job */

static void
charge_death (job *j, const message *m, const last_words *last)
{
  j->end = m->killed ? JOB_SIGNALLED : JOB_EXITED;
  j->end_code = m->status;
  if (m->kind == M_LOST) {
    j->end = JOB_SIGNALLED;
    j->end_code = SIGKILL;
  }
  if (last->threw)
    j->end = JOB_THREW;
  else if (last->out_of_memory)
    j->end = JOB_OUT_OF_MEMORY;
  j->address = (uint64_t) last->address;
  j->address_tensor = last->signal && last->address_tensor < JOB_TENSORS ? last->address_tensor : -1;
  if (last->kept_pointer)
    j->conduct |= KEPT_POINTER;
  snprintf(j->message, sizeof j->message, "%.*s", (int) sizeof last->text - 1, last->text);
}

static void
charge (job *j, const ending *d, const last_words *last)
{
  j->end_code = 0;
  j->message[0] = '\0';
  j->address_tensor = -1;
  if (d->kind == DIED) {
    charge_death(j, &d->message, last);
    return;
  }
  j->end = JOB_TIMED_OUT;
  j->end_code = d->kind == STOPPED;
}

/* The job that the journal names, if it can be true. */
static int64_t
in_progress (const lane *l)
{
  int64_t i = atomic_load(&l->wire->job), first = l->wire->first;
  return i < first ? first : i >= first + l->wire->count ? first + l->wire->count - 1 : i;
}

/* ---- the batch */

typedef struct batch {
  lane *lane;
  job *jobs;
  int64_t n, next;
  int failures; /* of starts, in a row */
  const volatile int *cancel;
} batch;

/* A worker that has the subject open. A subject that cannot be opened again is charged to the
   next job, a few times. */
static bool
ready (batch *b, error *e)
{
  lane *l = b->lane;
  if (l->process.pid) {
    if (l->fresh || l->options->isolation != ISOLATE_CASE)
      return true;
    process_stop(&l->process);
  }
  if (lane_start(l, e)) {
    b->failures = 0;
    return true;
  }
  if (e->status == HARNESS || ++b->failures == 3)
    return false;
  job *j = &b->jobs[b->next];
  *j = (job) { .params = j->params, .end = JOB_SIGNALLED, .end_code = SIGKILL, .alone = 1 };
  snprintf(j->message, sizeof j->message, "%.190s", e->text);
  b->next++;
  return true;
}

/* Runs a job that ended badly once more, in a worker of its own. */
static bool
try_alone (batch *b, int64_t i, error *e)
{
  lane *l = b->lane;
  job first = b->jobs[i];
  if (!lane_start(l, e))
    return e->status != HARNESS;
  ending d = run_range(l, i, 1, b->cancel);
  if (d.kind == DIED)
    lane_claim_output(l, i);
  b->jobs[i] = first;
  b->jobs[i].alone = d.kind != DONE;
  return true;
}

static bool
charge_one (batch *b, const ending *d, bool was_alone, error *e)
{
  int64_t i = in_progress(b->lane);
  job *j = &b->jobs[i];
  lane_claim_output(b->lane, i);
  charge(j, d, &b->lane->wire->last);
  j->alone = 1;
  b->next = i + 1;
  return was_alone || try_alone(b, i, e);
}

static bool
run_some (batch *b, error *e)
{
  lane *l = b->lane;
  if (!ready(b, e))
    return false;
  if (!l->process.pid)
    return true;
  bool fresh = l->fresh;
  int64_t first = b->next, count = l->options->isolation == ISOLATE_CASE ? 1 : b->n - first;
  ending d = run_range(l, first, count, b->cancel);
  if (d.kind == CANCELLED)
    return fail(e, HARNESS, "interrupted");
  b->next = first + count;
  return d.kind == DONE || charge_one(b, &d, fresh && in_progress(l) == first, e);
}

bool
lane_run (lane *l, size_t n, const volatile int *cancel, error *e)
{
  batch b = { .lane = l, .jobs = (job *) lane_arena(l), .n = (int64_t) n, .cancel = cancel };
  bool ok = lane_reset_output(l, n) || fail(e, HARNESS, "out of memory");
  for (size_t i = 0; i < n; i++)
    b.jobs[i].end = JOB_NOT_RUN;
  while (ok && b.next < b.n)
    ok = run_some(&b, e);
  lane_collect_output(l);
  return ok;
}
