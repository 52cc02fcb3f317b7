/* lane.c: a worker seen from outside: starting it, and waiting while it runs a range of jobs.
   The wait looks at the journal now and then, and gives no call more than the time limit. */

#include "lane.h"
#include "sandbox/wire/tool.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

enum {
  GLANCE = 100, /* ms between looks at the journal */
  VALGRIND_SLOWDOWN = 50
};

static const uint64_t LOAD_NANOSECONDS = 5000000000u; /* besides the time limit of a call */

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

/* Nanoseconds that a call may take. */
static uint64_t time_limit (const lane *l) {
  double seconds = l->options->time_limit * (l->options->valgrind ? VALGRIND_SLOWDOWN : 1);
  return (uint64_t) (seconds * 1e9);
}

static ending await_loaded (lane *l) {
  ending d = { .kind = LATE };
  uint64_t now = monotonic();
  uint64_t until = now + LOAD_NANOSECONDS + time_limit(l);
  for (; now < until; now = monotonic()) {
    if (!process_hear(&l->process, GLANCE, &d.message))
      continue;
    d.kind = d.message.kind == M_LOADED ? DONE : d.message.kind == M_STOPPED ? STOPPED : DIED;
    break;
  }
  return d;
}

static bool check_loaded (lane *l, const ending *d, error *e) {
  char how[80], said[300] = "";
  wire *w = l->wire;
  w->load_error[sizeof w->load_error - 1] = '\0';
  if (d->kind == DONE && !w->load_error[0])
    return true;
  if (d->kind == DONE)
    return fail(e, BAD_INPUT, "%.400s: %s", w->path, w->load_error);
  if (d->kind == DIED && d->message.status == NO_TOOL && w->valgrind)
    return fail(e, HARNESS, "valgrind cannot be executed: is it installed?");
  ending_describe(d, how, sizeof how);
  if (w->printed_end < PRINTED_BYTES && l->backing.text[w->printed_end])
    snprintf(said, sizeof said, "; it printed: %.250s", l->backing.text + w->printed_end);
  return fail(e, BAD_INPUT, "%.400s: the subject %s while it is being loaded%s", w->path, how,
              said);
}

bool lane_start (lane *l, error *e) {
  memset(&l->wire->last, 0, sizeof l->wire->last);
  memset(l->wire->at, 0, sizeof l->wire->at);
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
typedef struct sight {
  int64_t job;
  uint64_t since, at;
} sight;

/* Nanoseconds for which the serial call in progress has gone on. */
static uint64_t look (const progress *p, sight *s, uint64_t now) {
  int64_t i = atomic_load_explicit(&p->job, memory_order_acquire);
  uint64_t since = atomic_load_explicit(&p->since, memory_order_acquire);
  if (i != s->job || since != s->since || s->at == 0)
    *s = (sight){ i, since, now };
  return now - (since && since < s->at ? since : s->at);
}

/* The longest that any call has gone on. */
static uint64_t longest (const lane *l, sight *s) {
  const wire *w = l->wire;
  uint64_t now = monotonic(), most = 0;
  if (!atomic_load(&w->crowded))
    return look(&w->at[0], s, now);
  s->at = 0;
  for (int t = 1; t < MAX_CONCURRENT; t++) {
    uint64_t since = atomic_load_explicit(&w->at[t].since, memory_order_acquire);
    if (since && now > since && now - since > most)
      most = now - since;
  }
  return most;
}

static ending await_range (lane *l, const atomic_int *cancel) {
  uint64_t limit = time_limit(l), gone = 0;
  sight seen = { 0 };
  ending d = { .kind = DONE };
  for (;;) {
    uint64_t left = (limit - gone) / 1000000 + 1;
    if (process_hear(&l->process, left < GLANCE ? (int) left : GLANCE, &d.message)) {
      d.kind = d.message.kind == M_DONE ? DONE : d.message.kind == M_STOPPED ? STOPPED : DIED;
      return d;
    }
    gone = longest(l, &seen);
    if (gone >= limit || (cancel && *cancel)) {
      d.kind = gone >= limit ? LATE : CANCELLED;
      return d;
    }
  }
}

ending lane_range (lane *l, purpose what, int64_t first, int64_t count, const atomic_int *cancel) {
  wire *w = l->wire;
  ending d = { .kind = DIED, .message = { .kind = M_LOST } };
  w->first = first;
  w->count = count;
  w->purpose = (int32_t) what;
  atomic_store(&w->at[0].job, first);
  atomic_store(&w->at[0].since, 0);
  atomic_store(&w->checked, first);
  atomic_store(&w->done, first);
  atomic_store(&w->crowded, 0);
  atomic_store(&w->finish, NOT_FINISHED);
  w->suspected = 0;
  l->fresh = false;
  if (process_tell(&l->process))
    d = await_range(l, cancel);
  d.finish = (finish) atomic_load(&w->finish);
  if (d.kind == DIED && d.finish != NOT_FINISHED)
    d.kind = DONE; /* it could only not say so */
  if (d.kind != DONE || d.finish != SOUND)
    process_stop(&l->process);
  return d;
}

int64_t lane_in_progress (const lane *l) {
  const wire *w = l->wire;
  int64_t i = atomic_load(&w->at[0].job);
  return i < w->first ? w->first : i >= w->first + w->count ? w->first + w->count - 1 : i;
}
