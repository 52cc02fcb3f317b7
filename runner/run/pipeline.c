/* pipeline.c: lanes as threads, portions as a ring.
   Portions keep their place in the ring from filling to release, so that order costs nothing: a
   lane takes the oldest that waits, the caller waits for the oldest to be done. */

#include "pipeline.h"

#include "answers.h"
#include "confirm.h"
#include "prepare.h"
#include "call/seconds.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const double LAST_SECONDS = 0.3; /* for judging, after the run has been interrupted */

atomic_int run_cancelled;

typedef enum state { EMPTY, FILLING, WAITING, RUNNING, DONE } state;

typedef struct slot {
  state state;
  portion portion;
} slot;

typedef struct lane_thread {
  pthread_t thread;
  struct run *run;
  lane *lane;
  workplace workplace;
} lane_thread;

struct run {
  pthread_mutex_t mutex;
  pthread_cond_t changed;
  const subject_info *info;
  const subject_options *options;
  atomic_int closing;
  bool digests;
  bool broken; /* a lane could not open the subject: see error */
  error error;
  int lanes;
  size_t slots, oldest, next_filled, next_run;
  slot *slot;
  lane_thread lane[MAX_LANES];
};

static void forget_texts (item *it) {
  free(it->printed);
  free(it->frames);
  free(it->after);
  it->printed = it->frames = it->after = NULL;
}

/* ---- one portion in a lane */

static void digest_answers (const lane_thread *t, item *it, const job *j) {
  if (j->end == JOB_RETURNED && j->status == CONV2D_OK && j->called)
    it->answers = answers_digest(j, t->workplace.arena.base);
  if (it->control)
    it->truth = truths_digest(&it->x, j);
}

/* A path that can stand in a list of words. */
static bool is_word (const char *path) {
  for (const char *p = path; *p; p++)
    if (*p <= ' ' || *p > '~')
      return false;
  return *path;
}

/* "0x1f /usr/lib/libm.so+0x2a": places in the subject's file, and in others. */
static char *list_frames (const lane *l, const job *j) {
  char text[MAX_FRAMES * (LOADED_PATH + 20)] = "", path[LOADED_PATH];
  for (int32_t i = 0, used = 0; i < j->frames; i++) {
    lane_file(l, j->frame[i].file, path);
    const bool other = j->frame[i].file != 0;
    if (!other || is_word(path))
      used += snprintf(text + used, sizeof text - (size_t) used, "%s%s%s0x%" PRIx64,
                       used ? " " : "", path, other ? "+" : "", j->frame[i].at);
  }
  return *text ? strdup(text) : NULL;
}

static void judge_item (lane_thread *t, item *it) {
  it->after = NULL;
  it->answers = it->truth = 0;
  it->novelty = (novelty){ 0 };
  if (it->job < 0)
    return;
  const job *j = &t->workplace.job[it->job];
  judge_answers(&t->workplace, it, j, &it->j);
  if (t->run->digests)
    digest_answers(t, it, j);
  it->nanoseconds = j->nanoseconds;
  it->novelty = j->novelty;
  const char *printed = lane_output(t->lane, (size_t) it->job);
  if (printed)
    it->printed = strdup(printed);
  if (j->end == JOB_SIGNALLED && j->frames)
    it->frames = list_frames(t->lane, j);
}

/* After a large case: a new arena and a new worker, which hold no memory. */
static bool end_large (lane_thread *t, error *e) {
  const bool good = !t->workplace.large
                    || (lane_renew(t->lane, e)
                        && (workplace_shrink(&t->workplace, lane_arena(t->lane))
                            || fail(e, HARNESS, "out of memory")));
  workplace_reset(&t->workplace);
  return good;
}

/* Prepares items from `from` on until the workplace is full, or one wants another number of
   threads; the index after the last. */
static size_t prepare_some (lane_thread *t, portion *b, size_t from) {
  int64_t threads = b->item[from].c.threads;
  lane_set_threads(t->lane, (int) threads);
  while (from < b->count && !run_cancelled && b->item[from].c.threads == threads
         && prepare(&t->workplace, &b->item[from]))
    from++;
  return from;
}

static judgement not_run (void) {
  judgement j = { .verdict = V_NOT_RUN, .first = { .ndim = -1 } };
  strcpy(j.words, verdict_sentence(V_NOT_RUN));
  return j;
}

static void mark_not_run (portion *b, size_t from) {
  for (size_t i = from; i < b->count; i++)
    b->item[i].j = not_run();
}

/* Failures that could not be run once more are nobody's yet. */
static void withdraw_failures (portion *b, size_t from, size_t to) {
  for (size_t i = from; i < to; i++)
    if (verdict_class_of(b->item[i].j.verdict) == FAILED)
      b->item[i].j = not_run();
}

/* Judges what has run; false if the run was interrupted and has no more time for it: what large
   cases have left is then not run. */
static bool judge_items (lane_thread *t, portion *b, size_t from, size_t to) {
  double until = 0;
  for (size_t i = from; i < to; i++) {
    if (run_cancelled && until == 0)
      until = clock_seconds() + LAST_SECONDS;
    if (until > 0 && clock_seconds() > until) {
      mark_not_run(b, i);
      return false;
    }
    judge_item(t, &b->item[i]);
  }
  return true;
}

static void run_portion (lane_thread *t, portion *b) {
  for (size_t from = 0, to; from < b->count; from = to) {
    b->failed |= !end_large(t, &b->error);
    to = run_cancelled || b->failed ? from : prepare_some(t, b, from);
    b->calls += to > from ? (size_t) t->workplace.jobs : 0;
    bool good = to > from
                && (!t->workplace.jobs
                    || lane_run(t->lane, t->workplace.job, (size_t) t->workplace.jobs,
                                &run_cancelled, &b->error));
    if (!good && !run_cancelled)
      b->failed = true;
    if (!good && (b->failed || to == from)) {
      mark_not_run(b, from);
      return;
    }
    const bool judged = judge_items(t, b, from, to);
    const confirmation c = { t->lane, &t->workplace,  t->run->options, b->item, from,
                             to,      &run_cancelled, &b->error };
    if (good && judged && confirm_failures(&c))
      continue;
    withdraw_failures(b, from, to);
    if (!judged)
      return;
    if (!run_cancelled) {
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

/* Each lane opens the subject in its own time, which frameworks take seconds for. */
static void warm (lane_thread *t) {
  run *r = t->run;
  error e;
  if (lane_warm(t->lane, &r->closing, &e))
    return;
  pthread_mutex_lock(&r->mutex);
  if (!r->closing && !r->broken) {
    r->broken = true;
    r->error = e;
  }
  pthread_mutex_unlock(&r->mutex);
}

static void *lane_main (void *argument) {
  lane_thread *t = argument;
  run *r = t->run;
  warm(t);
  pthread_mutex_lock(&r->mutex);
  while (!r->closing) {
    slot *s = take_waiting(r);
    if (!s) {
      pthread_cond_wait(&r->changed, &r->mutex);
      continue;
    }
    pthread_mutex_unlock(&r->mutex);
    const double begun = clock_seconds();
    run_portion(t, &s->portion);
    s->portion.seconds = clock_seconds() - begun;
    if (t->workplace.shared && !end_large(t, &s->portion.error))
      s->portion.failed = true;
    pthread_mutex_lock(&r->mutex);
    s->state = DONE;
    pthread_cond_broadcast(&r->changed);
  }
  pthread_mutex_unlock(&r->mutex);
  return NULL;
}

static bool start_lane (run *r, subject *s, const spec *sp, int lanes, error *e) {
  lane_thread *t = &r->lane[r->lanes];
  t->run = r;
  t->lane = lane_open(s, e);
  if (!t->lane)
    return false;
  const bool good = workplace_open(&t->workplace, sp, r->info, lane_arena(t->lane), PORTION_CASES);
  t->workplace.shared = lanes > 1;
  t->workplace.cancel = &run_cancelled;
  if (!good || pthread_create(&t->thread, NULL, lane_main, t)) {
    workplace_close(&t->workplace);
    lane_close(t->lane);
    return fail(e, HARNESS, "no memory for a lane");
  }
  r->lanes++;
  return true;
}

/* Processes on one device take turns there, and a turn costs more than a small case. */
static int usual_lanes (const subject_info *i) {
  const long processors = sysconf(_SC_NPROCESSORS_ONLN);
  if (i->jobs > 0)
    return i->jobs;
  return processors > 0 && i->device.device_type == kDLCPU ? (int) processors : DEVICE_LANES;
}

run *run_open (subject *s, const spec *sp, int lanes, error *e) {
  lanes = lanes > 0 ? lanes : usual_lanes(subject_describe(s));
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
    if (!start_lane(r, s, sp, lanes, e)) {
      run_close(r);
      return NULL;
    }
  return r;
}

void run_digest_answers (run *r) {
  r->digests = true;
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
    workplace_close(&r->lane[i].workplace);
  }
  pthread_cond_destroy(&r->changed);
  pthread_mutex_destroy(&r->mutex);
  for (size_t i = 0; i < r->slots; i++)
    for (size_t k = 0; k < r->slot[i].portion.count; k++)
      forget_texts(&r->slot[i].portion.item[k]);
  free(r->slot);
  free(r);
}

/* ---- the caller's side */

portion *run_empty (run *r) {
  slot *s = &r->slot[r->next_filled % r->slots];
  pthread_mutex_lock(&r->mutex);
  bool empty = s->state == EMPTY;
  if (empty)
    s->state = FILLING;
  pthread_mutex_unlock(&r->mutex);
  if (!empty)
    return NULL;
  r->next_filled++;
  s->portion.count = 0;
  s->portion.calls = 0;
  s->portion.failed = false;
  return &s->portion;
}

static slot *slot_of (portion *b) {
  return (slot *) (void *) ((char *) b - offsetof(slot, portion));
}

void run_submit (run *r, portion *b) {
  pthread_mutex_lock(&r->mutex);
  slot_of(b)->state = WAITING;
  pthread_cond_broadcast(&r->changed);
  pthread_mutex_unlock(&r->mutex);
}

portion *run_collect (run *r) {
  if (r->oldest == r->next_filled)
    return NULL;
  slot *s = &r->slot[r->oldest % r->slots];
  pthread_mutex_lock(&r->mutex);
  while (s->state != DONE)
    pthread_cond_wait(&r->changed, &r->mutex);
  if (r->broken && !s->portion.failed) {
    s->portion.failed = true;
    s->portion.error = r->error;
  }
  pthread_mutex_unlock(&r->mutex);
  r->oldest++;
  return &s->portion;
}

job *run_job (run *r, unsigned char **arena) {
  *arena = r->lane[0].workplace.arena.base;
  return r->lane[0].workplace.job;
}

void run_release (run *r, portion *b) {
  for (size_t i = 0; i < b->count; i++)
    forget_texts(&b->item[i]);
  b->count = 0;
  pthread_mutex_lock(&r->mutex);
  slot_of(b)->state = EMPTY;
  pthread_mutex_unlock(&r->mutex);
}
