/* batch.c: runs a batch of jobs to its end, whatever becomes of the workers.
   A worker that dies or is late costs one job. That job is then tried alone in a new worker, which
   goes on with the rest. Jobs that may have changed the process unseen are run again in a new
   worker too, and looked at one by one. Once a worker has reported something that cannot be true,
   the answer of each job is taken over before the next job is asked for. */

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
  bool careful;                 /* one job at a time */
  const atomic_int *cancel;
  error *error;
} batch;

static bool interrupted (batch *b) {
  return fail(b->error, HARNESS, "interrupted");
}

/* Provides a worker that has the subject open; a fresh one if each case has a worker of its own. If
   the subject cannot be opened again, the next job bears it, a few times. */
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
  b->watch_to = b->watch_from; /* nothing is left to watch */
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

/* Runs a job that ended badly once more, in a worker of its own. Only how this second run ends is
   kept. For a job that was late while the machine was busy, the second answer counts as well. */
static bool try_alone (batch *b, int64_t i, bool starved) {
  lane *l = b->lane;
  const job first = b->jobs[i];
  account before = lane_account(l);
  if (!lane_start(l, b->error))
    return b->error->status != HARNESS;
  ending d = lane_range(l, ANSWER, i, 1, b->cancel);
  lane_drop_output(l, before);
  if (starved && d.kind == DONE && report_receive(l, i, &b->jobs[i]))
    return true;
  b->jobs[i] = first;
  b->jobs[i].alone = d.kind != DONE;
  return d.kind != CANCELLED || interrupted(b);
}

/* A job that somebody else may have struck is asked once more, even where it was alone. */
static bool blame_one (batch *b, const ending *d, int64_t i, bool was_alone) {
  job *j = &b->jobs[i];
  report_receive_conduct(b->lane, i, j);
  blame(b->lane, j, d);
  lane_claim_output(b->lane, i);
  j->alone = was_alone;
  const bool starved = d->kind == LATE && d->starved;
  return (was_alone && !starved && !job_may_be_struck(j)) || try_alone(b, i, starved);
}

static void blame_concurrent (batch *b, int64_t i, const ending *d) {
  job *j = &b->jobs[i];
  char how[80];
  ending_describe(d, how, sizeof how);
  note(j, NOT_THREAD_SAFE, -1, 0, 0);
  snprintf(j->message, sizeof j->message, "called concurrently, the subject %s", how);
}

/* The worker died while jobs were called from several threads. The jobs in progress are then not
   thread-safe; if the threads were ending, it is the last job. The answers that were given one by
   one stand. */
static void blame_crowd (batch *b, const ending *d) {
  const wire *w = b->lane->wire;
  const int64_t first = b->lane->orders->first, end = first + b->lane->orders->count;
  const int64_t last = atomic_load(&w->done) - 1;
  int charged = 0;
  for (int t = 1; t < MAX_CONCURRENT; t++) {
    int64_t i = atomic_load(&w->at[t].job);
    if (!atomic_load(&w->at[t].since) || i < first || i >= end)
      continue;
    blame_concurrent(b, i, d);
    charged++;
  }
  if (!charged && last >= first && last < end)
    blame_concurrent(b, last, d);
}

/* ---- jobs that change the process */

/* Each change that was seen must be found at one of the jobs. If only all of them together make it,
   the last one bears it. */
static void settle_suspicion (batch *b) {
  uint32_t found = b->lane->orders->excused;
  for (int64_t i = b->suspects; i < b->watch_to; i++)
    found |= b->jobs[i].conduct;
  if (b->suspected & ~found)
    note(&b->jobs[b->watch_to - 1], b->suspected & ~found, -1, 0, 0);
  b->suspected = 0;
}

static bool watch_some (batch *b) {
  lane *l = b->lane;
  int64_t from = b->watch_from, last;
  ending d = lane_range(l, WATCH, from, b->careful ? 1 : b->watch_to - from, b->cancel);
  if (d.kind == CANCELLED)
    return interrupted(b);
  if (!lane_in_progress(l, &last) && d.kind != DONE && !b->careful) {
    b->careful = true;
    return true;
  }
  b->watch_from = d.kind == DONE ? atomic_load(&l->wire->done) : last + 1;
  if (b->watch_from <= from || b->watch_from > b->watch_to)
    b->watch_from = from + 1;
  for (int64_t i = from; i < b->watch_from; i++)
    report_receive_conduct(l, i, &b->jobs[i]);
  if (d.kind != DONE) { /* it had returned before: so this is the doing of other jobs too */
    blame(l, &b->jobs[b->watch_from - 1], &d);
    b->jobs[b->watch_from - 1].alone = 0;
  }
  if (b->watch_from >= b->watch_to)
    settle_suspicion(b);
  return true;
}

/* Remembers the jobs whose effect on the process nobody has seen. Only a worker that suspects one
   of them says of what. */
static void remember_unwatched (batch *b, int64_t first, int64_t upto, const ending *d) {
  const wire *w = b->lane->wire;
  int64_t from = atomic_load(&w->checked);
  if (b->lane->options->isolation == ISOLATE_NONE || from < first || from >= upto)
    return;
  b->watch_from = b->suspects = from;
  b->watch_to = upto;
  b->suspected = d->finish == SUSPECT ? w->suspected & CHANGES : 0;
}

/* ---- the batch */

/* Takes over the answers to the jobs that the worker says it has finished, up to the first that is
   no possible answer. Returns the index of that job. */
static int64_t receive (const batch *b, int64_t first, int64_t finished) {
  int64_t i = first;
  while (i < finished && report_receive(b->lane, i, &b->jobs[i]))
    i++;
  return i;
}

static void accuse (job *j) {
  j->end = JOB_GARBLED;
  j->alone = 1;
}

/* The worker says that it has given answers which are not there, so somebody has overwritten them.
   Running each job alone shows who. */
static void distrust (batch *b, bool was_alone) {
  process_stop(&b->lane->process);
  b->careful = true;
  if (was_alone)
    accuse(&b->jobs[b->next++]);
}

/* Asks once more, in a new worker, for an answer that another job has damaged. */
static bool redo (batch *b, int64_t i) {
  lane *l = b->lane;
  process_stop(&l->process);
  if (!lane_start(l, b->error))
    return false;
  report_expect(l, i, &b->jobs[i]);
  const ending d = lane_range(l, ANSWER, i, 1, b->cancel);
  if (d.kind == CANCELLED)
    return interrupted(b);
  if (!report_receive(l, i, &b->jobs[i]))
    accuse(&b->jobs[i]);
  return true;
}

/* For answers that are taken over one at a time. An answer that was taken over before, and has
   changed in the wire since, was damaged by the job that has just ended. */
static bool look_for_damage (batch *b, int64_t culprit) {
  bool found = false;
  for (int64_t i = 0; i < b->next; i++) {
    if (i == culprit || report_stands(b->lane, i, &b->jobs[i]))
      continue;
    found = true;
    if (!redo(b, i))
      return false;
  }
  if (found && b->jobs[culprit].end == JOB_RETURNED)
    accuse(&b->jobs[culprit]);
  if (found)
    process_stop(&b->lane->process);
  return true;
}

/* A call of the last job was not made, because there was no memory to guard its tensors. Earlier
   jobs may have used it up, or lowered a limit, so they are watched and a new worker tries. If that
   worker has none either, the first call of the job itself has done so. If not even that call was
   made, the machine lacks the memory. */
static bool stage_anew (batch *b, int64_t first, bool was_alone, const ending *d) {
  job *j = &b->jobs[b->next - 1];
  process_stop(&b->lane->process);
  if (!was_alone) {
    remember_unwatched(b, first, --b->next, d);
    b->suspected = 0; /* it may be the doing of the last job, which is not among them */
  } else if (j->nanoseconds) {
    j->end = JOB_OUT_OF_MEMORY;
    j->alone = 1;
    if (d->finish == SUSPECT)
      remember_unwatched(b, first, b->next, d);
  } else
    return fail(b->error, HARNESS, "no memory, or no address space, to guard a case's tensors");
  return true;
}

/* How far the worker has come, by its own account; false if that can't be true. */
static bool finished_jobs (const lane *l, const ending *d, bool crowded, int64_t *finished) {
  const int64_t first = l->orders->first, end = first + l->orders->count;
  const int64_t done = atomic_load(&l->wire->done);
  if (d->kind != DONE && !crowded)
    return lane_in_progress(l, finished);
  *finished = done > first && done <= end ? done : first + 1;
  return true;
}

static bool go_on_after_death (batch *b, const ending *d, bool was_alone) {
  const int64_t i = b->next++;
  remember_unwatched(b, b->lane->orders->first, i, d);
  return blame_one(b, d, i, was_alone);
}

static bool answer_some (batch *b) {
  lane *l = b->lane;
  const bool fresh = l->fresh, single = b->careful || l->options->isolation == ISOLATE_CASE;
  const int64_t first = b->next, count = single ? 1 : b->n - first;
  const ending d = lane_range(l, ANSWER, first, count, b->cancel);
  const bool crowded =
      d.kind != DONE && l->orders->concurrent > 1 && atomic_load(&l->wire->crowded);
  int64_t finished;
  const bool clear = finished_jobs(l, &d, crowded, &finished);
  b->next = receive(b, first, finished);
  b->jobs[first].fresh = fresh;
  if (d.kind == CANCELLED)
    return interrupted(b);
  if (b->next < finished || !clear) {
    distrust(b, fresh && count == 1);
    return true;
  }
  if (b->next > first && b->jobs[b->next - 1].end == JOB_NOT_STAGED)
    return stage_anew(b, first, fresh && b->next == first + 1, &d);
  if (d.kind != DONE && !crowded)
    return go_on_after_death(b, &d, fresh && b->next == first);
  if (crowded)
    blame_crowd(b, &d);
  remember_unwatched(b, first, b->next, &d);
  return true;
}

static bool run_some (batch *b) {
  if (!ready(b))
    return false;
  if (!b->lane->process.pid)
    return true;
  const bool watching = b->watch_from < b->watch_to;
  const int64_t *at = watching ? &b->watch_from : &b->next, before = *at;
  if (!(watching ? watch_some(b) : answer_some(b)))
    return false;
  return !b->careful || *at == before || look_for_damage(b, *at - 1);
}

static void expect_all (const batch *b) {
  for (int64_t i = 0; i < b->n; i++) {
    b->jobs[i].end = JOB_NOT_RUN;
    report_expect(b->lane, i, &b->jobs[i]);
  }
}

static bool run_all (batch *b) {
  bool ok = lane_reset_output(b->lane, (size_t) b->n) || fail(b->error, HARNESS, "out of memory");
  expect_all(b);
  b->next = b->watch_from = b->watch_to = 0;
  while (ok && (b->next < b->n || b->watch_from < b->watch_to))
    ok = run_some(b);
  return ok;
}

static bool all_stand (const batch *b) {
  for (int64_t i = 0; i < b->n; i++)
    if (!report_stands(b->lane, i, &b->jobs[i]))
      return false;
  return true;
}

bool lane_run (lane *l, job *jobs, size_t n, const atomic_int *cancel, error *e) {
  batch b = { .lane = l, .jobs = jobs, .n = (int64_t) n, .cancel = cancel, .error = e };
  bool ok = run_all(&b);
  if (ok && !all_stand(&b)) {
    process_stop(&l->process);
    b.careful = true;
    ok = run_all(&b);
  }
  lane_collect_output(l);
  return ok;
}
