/* pipeline.c: lanes as threads, batches as a ring.
   A batch keeps its place in the ring from when it is filled until it is released, so that nothing
   has to be sorted: a lane takes the oldest batch that waits, and the caller waits until the oldest
   is done. */

#include "pipeline.h"

#include "confirm.h"
#include "prepare.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { MAX_LANES = 64 };

static const double LAST_SECONDS = 0.3; /* for judging, after the run has been interrupted */

atomic_int run_cancelled;

typedef enum state { EMPTY, FILLING, WAITING, RUNNING, DONE } state;

typedef struct slot {
  state state;
  batch batch;
} slot;

typedef struct lane_thread {
  pthread_t thread;
  struct run *run;
  lane *lane;
  workplace place;
} lane_thread;

struct run {
  pthread_mutex_t mutex;
  pthread_cond_t changed;
  const subject_info *info;
  const subject_options *options;
  bool closing;
  int lanes;
  size_t slots, oldest, next_filled, next_run;
  slot *slot;
  lane_thread lane[MAX_LANES];
};

static void forget_texts (item *it) {
  free(it->printed);
  free(it->after);
  it->printed = it->after = NULL;
}

/* ---- one batch in a lane */

static void judge_item (lane_thread *t, item *it) {
  it->after = NULL;
  if (it->job < 0)
    return;
  const job *j = &t->place.job[it->job];
  judge_answers(&t->place, it, j, &it->j);
  it->nanoseconds = j->nanoseconds;
  const char *printed = lane_output(t->lane, (size_t) it->job);
  if (printed)
    it->printed = strdup(printed);
}

/* Prepares items from `from` on until the workplace is full, or an item wants another number of
   threads. Returns the index after the last one. */
static size_t prepare_some (lane_thread *t, batch *b, size_t from) {
  int64_t threads = b->item[from].c.threads;
  workplace_reset(&t->place);
  lane_set_threads(t->lane, (int) threads);
  while (from < b->count && !run_cancelled && b->item[from].c.threads == threads
         && prepare(&t->place, &b->item[from]))
    from++;
  return from;
}

static double seconds_now (void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double) t.tv_sec + 1e-9 * (double) t.tv_nsec;
}

static void mark_not_run (batch *b, size_t from) {
  for (size_t i = from; i < b->count; i++) {
    b->item[i].j = (judgement){ .verdict = V_NOT_RUN, .first = { .ndim = -1 } };
    strcpy(b->item[i].j.words, verdict_sentence(V_NOT_RUN));
  }
}

/* Judges what has run. False if the run was interrupted and the time for judging is over; the items
   that remain, because large cases took it, then count as not run. */
static bool judge_items (lane_thread *t, batch *b, size_t from, size_t to) {
  double until = 0;
  for (size_t i = from; i < to; i++) {
    if (run_cancelled && until == 0)
      until = seconds_now() + LAST_SECONDS;
    if (until > 0 && seconds_now() > until) {
      mark_not_run(b, i);
      return false;
    }
    judge_item(t, &b->item[i]);
  }
  return true;
}

static void run_batch (lane_thread *t, batch *b) {
  for (size_t from = 0, to; from < b->count; from = to) {
    to = run_cancelled ? from : prepare_some(t, b, from);
    bool good =
        to > from
        && (!t->place.jobs
            || lane_run(t->lane, t->place.job, (size_t) t->place.jobs, &run_cancelled, &b->error));
    if (!good && !run_cancelled)
      b->failed = true;
    if (!good && (b->failed || to == from)) {
      mark_not_run(b, from);
      return;
    }
    if (!judge_items(t, b, from, to))
      return;
    const court c = { t->lane, &t->place, t->run->options, b->item,
                      from,    to,        &run_cancelled,  &b->error };
    if (good && !confirm_failures(&c) && !run_cancelled) {
      b->failed = true;
      mark_not_run(b, to);
      return;
    }
  }
}

/* ---- threads */

static slot *take_waiting (run *r) {
  slot *s = &r->slot[r->next_run % r->slots];
  if (s->state != WAITING)
    return NULL;
  s->state = RUNNING;
  r->next_run++;
  return s;
}

static void *lane_main (void *argument) {
  lane_thread *t = argument;
  run *r = t->run;
  pthread_mutex_lock(&r->mutex);
  while (!r->closing) {
    slot *s = take_waiting(r);
    if (!s) {
      pthread_cond_wait(&r->changed, &r->mutex);
      continue;
    }
    pthread_mutex_unlock(&r->mutex);
    run_batch(t, &s->batch);
    pthread_mutex_lock(&r->mutex);
    s->state = DONE;
    pthread_cond_broadcast(&r->changed);
  }
  pthread_mutex_unlock(&r->mutex);
  return NULL;
}

static bool start_lane (run *r, subject *s, const spec *sp, error *e) {
  lane_thread *t = &r->lane[r->lanes];
  t->run = r;
  t->lane = lane_open(s, e);
  if (!t->lane)
    return false;
  if (!workplace_open(&t->place, sp, r->info, lane_arena(t->lane), BATCH_CASES)
      || pthread_create(&t->thread, NULL, lane_main, t)) {
    workplace_close(&t->place);
    lane_close(t->lane);
    return fail(e, HARNESS, "no memory for a lane");
  }
  r->lanes++;
  return true;
}

run *run_open (subject *s, const spec *sp, int lanes, error *e) {
  long processors = sysconf(_SC_NPROCESSORS_ONLN);
  lanes = lanes > 0 ? lanes : processors > 0 ? (int) processors : 1;
  lanes = lanes < MAX_LANES ? lanes : MAX_LANES;
  run *r = calloc(1, sizeof *r);
  slot *slots = calloc((size_t) lanes * 2 + 1, sizeof *slots);
  if (!r || !slots) {
    free(r);
    free(slots);
    fail(e, HARNESS, "out of memory");
    return NULL;
  }
  r->slot = slots;
  r->slots = (size_t) lanes * 2 + 1;
  r->info = subject_describe(s);
  r->options = subject_settings(s);
  pthread_mutex_init(&r->mutex, NULL);
  pthread_cond_init(&r->changed, NULL);
  while (r->lanes < lanes)
    if (!start_lane(r, s, sp, e)) {
      run_close(r);
      return NULL;
    }
  return r;
}

void run_close (run *r) {
  if (!r)
    return;
  pthread_mutex_lock(&r->mutex);
  r->closing = true;
  pthread_cond_broadcast(&r->changed);
  pthread_mutex_unlock(&r->mutex);
  for (int i = 0; i < r->lanes; i++) {
    pthread_join(r->lane[i].thread, NULL);
    lane_close(r->lane[i].lane);
    workplace_close(&r->lane[i].place);
  }
  pthread_cond_destroy(&r->changed);
  pthread_mutex_destroy(&r->mutex);
  for (size_t i = 0; i < r->slots; i++)
    for (size_t k = 0; k < r->slot[i].batch.count; k++)
      forget_texts(&r->slot[i].batch.item[k]);
  free(r->slot);
  free(r);
}

/* ---- the caller's side */

batch *run_empty (run *r) {
  slot *s = &r->slot[r->next_filled % r->slots];
  pthread_mutex_lock(&r->mutex);
  bool empty = s->state == EMPTY;
  if (empty)
    s->state = FILLING;
  pthread_mutex_unlock(&r->mutex);
  if (!empty)
    return NULL;
  r->next_filled++;
  s->batch.count = 0;
  s->batch.failed = false;
  return &s->batch;
}

static slot *slot_of (batch *b) {
  return (slot *) (void *) ((char *) b - offsetof(slot, batch));
}

void run_submit (run *r, batch *b) {
  pthread_mutex_lock(&r->mutex);
  slot_of(b)->state = WAITING;
  pthread_cond_broadcast(&r->changed);
  pthread_mutex_unlock(&r->mutex);
}

batch *run_collect (run *r) {
  if (r->oldest == r->next_filled)
    return NULL;
  slot *s = &r->slot[r->oldest % r->slots];
  pthread_mutex_lock(&r->mutex);
  while (s->state != DONE)
    pthread_cond_wait(&r->changed, &r->mutex);
  pthread_mutex_unlock(&r->mutex);
  r->oldest++;
  return &s->batch;
}

job *run_job (run *r, unsigned char **arena) {
  *arena = r->lane[0].place.arena.base;
  return r->lane[0].place.job;
}

void run_release (run *r, batch *b) {
  for (size_t i = 0; i < b->count; i++)
    forget_texts(&b->item[i]);
  b->count = 0;
  pthread_mutex_lock(&r->mutex);
  slot_of(b)->state = EMPTY;
  pthread_mutex_unlock(&r->mutex);
}
