/* lane.c: a worker seen from outside: starting it, and waiting while it runs a range of jobs.
   How long a call may take: clock.h. */

#include "clock.h"
#include "lane.h"
#include "call/printable.h"
#include "sandbox/wire/tool.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

enum {
  GLANCE = 100, /* ms between looks at the journal, at most */
  VALGRIND_SLOWDOWN = 50
};

/* ---- starting */

void ending_describe (const ending *d, char *text, size_t room) {
  const message *m = &d->message;
  if (d->kind == LATE)
    snprintf(text, room, "does not return");
  else if (d->kind == STOPPED)
    snprintf(text, room, "stops the process");
  else if (m->kind == M_LOST)
    snprintf(text, room, "kills the process");
  else if (m->killed)
    snprintf(text, room, "dies by SIG%s", sigabbrev_np(m->status) ? sigabbrev_np(m->status) : "?");
  else
    snprintf(text, room, "ends the process with status %d", m->status);
}

static double slowdown (const lane *l) {
  return l->options->valgrind || l->options->compute ? VALGRIND_SLOWDOWN : 1;
}

/* Seconds that a call may take, whatever its work. */
static double seconds_a_call (const lane *l) {
  return l->options->time_limit * slowdown(l);
}

/* Opening is given a multiple of its limit too if the machine is busy. */
static ending await_loaded (lane *l) {
  static const job nothing;
  ending d = { .kind = LATE };
  const uint64_t start = monotonic(),
                 limit = job_limit(&nothing, l->options->load_limit * slowdown(l));
  for (uint64_t gone = 0; gone / 10 < limit; gone = monotonic() - start) {
    if (gone > limit && gone - limit > worker_waited(&l->process))
      break;
    if (l->hurry && *l->hurry) {
      d.kind = CANCELLED;
      break;
    }
    if (!process_hear(&l->process, GLANCE, &d.message))
      continue;
    d.kind = d.message.kind == M_LOADED ? DONE : d.message.kind == M_STOPPED ? STOPPED : DIED;
    break;
  }
  return d;
}

/* The worker ended before it came to open the subject, so it is not the subject's doing. */
static bool fail_to_begin (const lane *l, const message *m, error *e) {
  if (m->kind == M_NONE)
    return fail(e, HARNESS, "no worker can be made: %s", strerror(m->status));
  if (m->kind == M_LOST || m->killed)
    return fail(e, HARNESS, "the worker was killed before it opened the subject");
  switch (m->status) {
  case NO_TOOL:
    return fail(e, HARNESS, "%s cannot be executed: is it installed?",
                l->orders->valgrind  ? "valgrind"
                : l->orders->compute ? "compute-sanitizer"
                                     : "conv2d-worker");
  case NO_MEMORY: return fail(e, HARNESS, "no memory, or no address space, for a worker");
  case NO_DESCRIPTORS:
    return fail(e, HARNESS, "no file descriptors for a worker: `ulimit -n` must allow %d",
                HIDDEN_FD + 20);
  default: return fail(e, HARNESS, "the worker ended before it opened the subject");
  }
}

/* The error ends with what it printed last. */
static bool fail_to_open (lane *l, const ending *d, const char *name, error *e) {
  char how[80], limit[100] = "", said[8192];
  ending_describe(d, how, sizeof how);
  lane_last_output(l, said, sizeof said);
  if (d->kind == LATE)
    snprintf(limit, sizeof limit, ", for which it has %g s; --load-limit SECONDS gives it more",
             l->options->load_limit);
  make_lines_printable(said);
  return fail(e, BAD_INPUT, "%.250s: the subject %s while it is being loaded%s%s%s", name, how,
              limit, said[0] ? "; it printed:\n" : "", last_lines(said, 500));
}

static bool check_loaded (lane *l, const ending *d, error *e) {
  char why[sizeof l->wire->load_error];
  const char *command = l->options->command, *name = command ? command : l->orders->path;
  memcpy(why, l->wire->load_error, sizeof why);
  why[sizeof why - 1] = '\0';
  if (d->kind == DONE && !why[0]) {
    l->opened = true;
    return true;
  }
  if (d->kind == CANCELLED)
    return fail(e, HARNESS, "interrupted while the subject was being loaded");
  if (d->kind == DONE && l->opened && l->wire->no_device)
    return fail(e, HARNESS, "the device is gone, or works no more: %.400s", why);
  if (d->kind == DONE)
    return fail(e, BAD_INPUT, "%.400s: %s", name, why);
  if (d->kind != DONE && d->kind != LATE && !l->wire->opening)
    return fail_to_begin(l, &d->message, e);
  return fail_to_open(l, d, name, e);
}

/* Somebody else may have killed it. */
static bool was_killed (const ending *d) {
  return d->kind == DIED && d->message.kind == M_ENDED && d->message.killed
         && anybody_sends(d->message.status);
}

static bool start_worker (lane *l, ending *d, error *e) {
  memset(&l->wire->last, 0, sizeof l->wire->last);
  memset(l->wire->at, 0, sizeof l->wire->at);
  l->wire->suspected = l->wire->excused = 0;
  l->wire->opening = 0;
  l->wire->load_error[0] = '\0';
  lane_mend_output(l);
  if (!process_start(&l->process, &l->backing, e))
    return false;
  *d = await_loaded(l);
  l->fresh = check_loaded(l, d, e);
  if (!l->fresh)
    process_stop(&l->process);
  return l->fresh;
}

bool lane_start (lane *l, error *e) {
  ending d = { .kind = DONE };
  return start_worker(l, &d, e) || (was_killed(&d) && start_worker(l, &d, e));
}

bool lane_warm (lane *l, const atomic_int *hurry, error *e) {
  l->hurry = hurry;
  const bool good = l->process.pid || lane_start(l, e);
  l->hurry = NULL;
  return good;
}

/* ---- one range of jobs */

static ending await_range (lane *l, const atomic_int *cancel) {
  stopwatch s = { &l->process, l->orders, l->wire, seconds_a_call(l), { { .job = -1 } } };
  ending d = { .kind = DONE };
  lateness now = { .left = 0 };
  for (;;) {
    const uint64_t left = now.left / 1000000 + 1;
    if (process_hear(&l->process, left < GLANCE ? (int) left : GLANCE, &d.message)) {
      d.kind = d.message.kind == M_DONE ? DONE : d.message.kind == M_STOPPED ? STOPPED : DIED;
      return d;
    }
    now = stopwatch_look(&s);
    if (now.late || (cancel && *cancel)) {
      d.kind = now.late ? LATE : CANCELLED;
      d.starved = now.starved;
      return d;
    }
  }
}

/* A value that the worker never writes is no finish. */
static finish finish_of (int32_t number) {
  return number == SOUND || number == SPOILT || number == SUSPECT ? (finish) number : NOT_FINISHED;
}

ending lane_range (lane *l, purpose what, int64_t first, int64_t count, const atomic_int *cancel) {
  wire *w = l->wire;
  ending d = { .kind = DIED, .message = { .kind = M_LOST } };
  l->orders->first = first;
  l->orders->count = count;
  l->orders->purpose = (int32_t) what;
  progress_set(&w->at[0], first);
  atomic_store(&w->at[0].since, 0);
  atomic_store(&w->checked, first);
  atomic_store(&w->done, first);
  atomic_store(&w->crowded, 0);
  atomic_store(&w->finish, NOT_FINISHED);
  w->suspected = 0;
  l->fresh = false;
  if (process_tell(&l->process))
    d = await_range(l, cancel);
  l->orders->excused |= w->excused & CHANGES;
  d.finish = finish_of(atomic_load(&w->finish));
  const bool died = d.kind == DIED;
  if (died && d.finish != NOT_FINISHED)
    d.kind = DONE; /* it could only not say so */
  if (d.kind == DONE && (d.finish == NOT_FINISHED || (died && d.finish == SOUND)))
    d.finish = SPOILT; /* who wrote that was not the worker, or it is no more */
  if (d.kind != DONE || d.finish != SOUND)
    process_stop(&l->process);
  return d;
}

bool lane_in_progress (const lane *l, int64_t *which) {
  const orders *o = l->orders;
  const progress *p = &l->wire->at[0];
  const int64_t i = atomic_load(&p->job);
  const bool good =
      i >= o->first && i < o->first + o->count && atomic_load(&p->again) == progress_proof(i);
  *which = good ? i : o->first;
  return good;
}
