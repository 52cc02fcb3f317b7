/* batch.c: a batch of jobs to its end, whatever becomes of the workers.
   A worker that dies or is late costs one job, which is then tried alone in a new worker; that
   worker goes on with the rest. Jobs that may have changed the process unseen are watched again,
   one by one, in a new worker too. */

#include "lane.h"

#include <signal.h>
#include <stdio.h>

typedef struct batch {
  lane *lane;
  job *jobs;
  int64_t n, next;
  int64_t watch_from, watch_to; /* jobs yet to be watched */
  int64_t suspects;             /* from here on to watch_to, what is suspected ... */
  uint32_t suspected;           /* ... must turn up */
  int failures;                 /* of starts, in a row */
  const atomic_int *cancel;
  error *error;
} batch;

static bool interrupted (batch *b) {
  return fail(b->error, HARNESS, "interrupted");
}

/* A worker that has the subject open, and runs nothing else if each case has its own. A subject
   that cannot be opened again is charged to the next job, a few times. */
static bool ready (batch *b) {
  lane *l = b->lane;
  if (l->process.pid && !l->fresh && l->options->isolation == ISOLATE_CASE)
    process_stop(&l->process);
  if (l->process.pid || lane_start(l, b->error)) {
    b->failures = 0;
    return true;
  }
  if (b->error->status == HARNESS || ++b->failures == 3)
    return false;
  b->watch_to = b->watch_from; /* that must be left */
  if (b->next == b->n)
    return true;
  job *j = &b->jobs[b->next++];
  j->end = JOB_SIGNALLED;
  j->end_code = SIGKILL;
  j->alone = 1;
  snprintf(j->message, sizeof j->message, "%.190s", b->error->text);
  return true;
}

/* ---- jobs that end badly */

/* Runs a job that ended badly once more, in a worker of its own. Only how that ends is kept. */
static bool try_alone (batch *b, int64_t i) {
  lane *l = b->lane;
  job first = b->jobs[i];
  account before = lane_account(l);
  if (!lane_start(l, b->error))
    return b->error->status != HARNESS;
  ending d = lane_range(l, ANSWER, i, 1, b->cancel);
  lane_drop_output(l, before);
  b->jobs[i] = first;
  b->jobs[i].alone = d.kind != DONE;
  return d.kind != CANCELLED || interrupted(b);
}

static bool blame_one (batch *b, const ending *d, int64_t i, bool was_alone) {
  job *j = &b->jobs[i];
  lane_claim_output(b->lane, i);
  blame(b->lane, j, d);
  j->alone = was_alone;
  return was_alone || try_alone(b, i);
}

static void blame_concurrent (batch *b, int64_t i, const ending *d) {
  job *j = &b->jobs[i];
  char how[80];
  ending_describe(d, how, sizeof how);
  note(j, NOT_THREAD_SAFE, -1, 0, 0);
  snprintf(j->message, sizeof j->message, "called concurrently, the subject %s", how);
}

/* The worker died while jobs were called from several threads: those in progress are not
   thread-safe, or, if the threads were ending, the last; their serial answers stand. */
static void blame_crowd (batch *b, const ending *d) {
  const wire *w = b->lane->wire;
  int64_t last = atomic_load(&w->done) - 1;
  int charged = 0;
  for (int t = 1; t < MAX_CONCURRENT; t++) {
    int64_t i = atomic_load(&w->at[t].job);
    if (!atomic_load(&w->at[t].since) || i < w->first || i >= w->first + w->count)
      continue;
    blame_concurrent(b, i, d);
    charged++;
  }
  if (!charged && last >= w->first && last < w->first + w->count)
    blame_concurrent(b, last, d);
}

/* ---- jobs that change the process */

/* Whatever was seen to change must be found at one of the jobs; if only all of them together do
   it, the last bears it. */
static void settle_suspicion (batch *b) {
  uint32_t found = b->lane->wire->excused;
  for (int64_t i = b->suspects; i < b->watch_to; i++)
    found |= b->jobs[i].conduct;
  if (b->suspected & ~found)
    note(&b->jobs[b->watch_to - 1], b->suspected & ~found, -1, 0, 0);
  b->suspected = 0;
}

static bool watch_some (batch *b) {
  lane *l = b->lane;
  int64_t from = b->watch_from;
  ending d = lane_range(l, WATCH, from, b->watch_to - from, b->cancel);
  if (d.kind == CANCELLED)
    return interrupted(b);
  b->watch_from = d.kind == DONE ? atomic_load(&l->wire->done) : lane_in_progress(l) + 1;
  if (b->watch_from <= from)
    b->watch_from = from + 1;
  if (d.kind != DONE) { /* it had returned before: so this is the doing of other jobs too */
    blame(l, &b->jobs[b->watch_from - 1], &d);
    b->jobs[b->watch_from - 1].alone = 0;
  }
  if (b->watch_from >= b->watch_to)
    settle_suspicion(b);
  return true;
}

/* Remembers the jobs whose effect on the process nobody has seen. */
static void remember_unwatched (batch *b, int64_t upto) {
  const wire *w = b->lane->wire;
  int64_t from = atomic_load(&w->checked);
  if (b->lane->options->isolation == ISOLATE_NONE || from < w->first || from >= upto)
    return;
  b->watch_from = b->suspects = from;
  b->watch_to = upto;
  b->suspected = w->suspected;
}

/* ---- the batch */

/* The worker has told how far it came, or that has been read off after its death. */
static void go_on_after (batch *b, int64_t first, int64_t count) {
  int64_t done = atomic_load(&b->lane->wire->done);
  b->next = done > first && done <= first + count ? done : first + 1;
  remember_unwatched(b, b->next);
}

static bool go_on_after_death (batch *b, const ending *d, bool was_alone) {
  int64_t i = lane_in_progress(b->lane);
  b->next = i + 1;
  remember_unwatched(b, i);
  return blame_one(b, d, i, was_alone);
}

static bool answer_some (batch *b) {
  lane *l = b->lane;
  bool fresh = l->fresh;
  int64_t first = b->next, count = l->options->isolation == ISOLATE_CASE ? 1 : b->n - first;
  ending d = lane_range(l, ANSWER, first, count, b->cancel);
  if (d.kind == CANCELLED)
    return interrupted(b);
  bool crowded = d.kind != DONE && atomic_load(&l->wire->crowded);
  if (d.kind != DONE && !crowded)
    return go_on_after_death(b, &d, fresh && lane_in_progress(l) == first);
  if (crowded)
    blame_crowd(b, &d);
  go_on_after(b, first, count);
  return true;
}

static bool run_some (batch *b) {
  if (!ready(b))
    return false;
  if (!b->lane->process.pid)
    return true;
  return b->watch_from < b->watch_to ? watch_some(b) : answer_some(b);
}

bool lane_run (lane *l, size_t n, const atomic_int *cancel, error *e) {
  batch b = {
    .lane = l, .jobs = (job *) lane_arena(l), .n = (int64_t) n, .cancel = cancel, .error = e
  };
  bool ok = lane_reset_output(l, n) || fail(e, HARNESS, "out of memory");
  for (size_t i = 0; i < n; i++)
    b.jobs[i].end = JOB_NOT_RUN;
  while (ok && (b.next < b.n || b.watch_from < b.watch_to))
    ok = run_some(&b);
  lane_collect_output(l);
  return ok;
}
