/* batch.c: a batch comes to its end whatever its workers do.
   The worker is a script, one letter for each job:
     .  answers                      x  dies of SIGSEGV
     o  dies unless it comes first   k  is killed, the first time
     t  never returns                b  the first time too, having no processor
     g  writes what is no answer     d  spoils the output of the job before
     q  cannot be staged after others;  Q  never;  m  never again after its first call
     j  damages the journal, and dies of SIGSEGV
     c  changes the directory        C  only all jobs together do */

#include "../tap.h"
#include "scene.h"

#include <signal.h>

static const char *script;
static int starts, may_start, calls, strikes, answers_until_cancel;
static atomic_int cancelled;

/* ---- the worker, and how it is started */

bool lane_start (lane *l, error *e) {
  process_stop(&l->process);
  if (may_start-- == 0)
    return fail(e, HARNESS, "no more");
  l->process.pid = 1;
  l->fresh = true;
  calls = 0;
  starts++;
  return true;
}

void process_stop (process *p) {
  p->pid = 0;
}

/* As lane.c has it: a journal without its proof is not believed. */
bool lane_in_progress (const lane *l, int64_t *which) {
  const progress *p = &l->wire->at[0];
  const bool good = atomic_load(&p->again) == progress_proof(atomic_load(&p->job));
  *which = good ? atomic_load(&p->job) : l->orders->first;
  return good;
}

void ending_describe (const ending *d, char *text, size_t room) {
  snprintf(text, room, "ends by %d", (int) d->kind);
}

static ending died (int signal) {
  return (ending){ .kind = DIED, .message = { .kind = M_ENDED, .killed = 1, .status = signal } };
}

static void reseal (int64_t i) {
  scene.wire->job[i].seal =
      seal_of(&scene.wire->job[i], &scene.wire->job[i], scene.backing.map, SECOND_AWAY);
}

static void leave_unstaged (int64_t i, uint64_t nanoseconds) {
  scene.wire->job[i].end = JOB_NOT_STAGED;
  scene.wire->job[i].nanoseconds = nanoseconds;
  reseal(i);
}

static void spoil_before (int64_t i) {
  scene.backing.map[scene.orders->job[i - 1].tensor[JOB_OUTPUT].offset] ^= 1;
}

static void damage_journal (void) {
  atomic_fetch_xor(&scene.wire->at[0].job, INT64_MIN);
}

/* One job; true if the worker goes on. */
static bool act (int64_t i, char what, ending *d) {
  const bool first = calls++ == 0;
  answer(i);
  switch (what) {
  case 'x': *d = died(SIGSEGV); return false;
  case 'j':
    damage_journal();
    *d = died(SIGSEGV);
    return false;
  case 'o': *d = died(SIGSEGV); return first;
  case 'k': *d = died(SIGKILL); return strikes++ > 0;
  case 't': *d = (ending){ .kind = LATE }; return false;
  case 'b': *d = (ending){ .kind = LATE, .starved = true }; return strikes++ > 0;
  case 'g': scene.wire->job[i].seal ^= 1; return true;
  case 'd': spoil_before(i); return true;
  case 'q':
    if (!first)
      leave_unstaged(i, 0);
    return first;
  case 'Q': leave_unstaged(i, 0); return false;
  case 'm': leave_unstaged(i, 1); return false;
  default: return true;
  }
}

static bool is_unstaged (int64_t i) {
  return scene.wire->job[i].end == JOB_NOT_STAGED;
}

static ending stop (lane *l, ending d) {
  process_stop(&l->process);
  return d;
}

static ending watch_jobs (lane *l, int64_t first, int64_t end) {
  for (int64_t i = first; i < end; i++)
    if (script[i] == 'c') {
      scene.wire->job[i].conduct = CHANGED_DIRECTORY;
      reseal(i);
    }
  atomic_store(&l->wire->done, end);
  return (ending){ .kind = DONE, .finish = SOUND };
}

static ending answer_jobs (lane *l, int64_t first, int64_t end) {
  ending d = { .kind = DONE, .finish = SOUND };
  for (int64_t i = first; i < end; i++) {
    progress_set(&l->wire->at[0], i);
    if (answers_until_cancel-- == 0)
      return stop(l, (ending){ .kind = CANCELLED });
    scene.wire->job[i].end = JOB_NOT_RUN;
    if (!act(i, script[i], &d) && !is_unstaged(i)) {
      scene.wire->job[i].end = JOB_NOT_RUN;
      return stop(l, d);
    }
    d = (ending){ .kind = DONE, .finish = is_unstaged(i) ? SPOILT : SOUND };
    atomic_store(&l->wire->done, i + 1);
    if (is_unstaged(i))
      return stop(l, d);
  }
  if (!strpbrk(script, "cC"))
    atomic_store(&l->wire->checked, end);
  else {
    l->wire->suspected = CHANGED_DIRECTORY;
    d.finish = SUSPECT;
    process_stop(&l->process);
  }
  return d;
}

ending lane_range (lane *l, purpose what, int64_t first, int64_t count, const atomic_int *cancel) {
  (void) cancel;
  l->orders->first = first;
  l->orders->count = count;
  atomic_store(&l->wire->done, first);
  atomic_store(&l->wire->checked, first);
  l->fresh = false;
  return (what == WATCH ? watch_jobs : answer_jobs)(l, first, first + count);
}

/* ---- batches */

static job jobs[SCENE_JOBS];
static error e;

static bool run (const char *letters, int starts_allowed) {
  script = letters;
  may_start = starts_allowed;
  starts = calls = strikes = 0;
  process_stop(&scene.process);
  for (int64_t i = 0; i < SCENE_JOBS; i++)
    jobs[i] = question(i);
  return lane_run(&scene, jobs, SCENE_JOBS, &cancelled, &e);
}

/* Jobs with an answer, and the right output, but for job `but`. */
static int answered (int but) {
  int n = 0;
  for (int i = 0; i < SCENE_JOBS; i++) {
    const float *out = (float *) (void *) (scene.backing.map + jobs[i].tensor[JOB_OUTPUT].offset);
    n += i != but && jobs[i].end == JOB_RETURNED && !jobs[i].conduct && out[0] == (float) i;
  }
  return n;
}

enum { ENOUGH_STARTS = 100, NOBODY = -1 };

/* One job ends as told, and all others are answered. */
static void shows (const char *letters, int which, job_end end, int alone, const char *name) {
  const int others = which == NOBODY ? SCENE_JOBS : SCENE_JOBS - 1;
  const bool good = run(letters, ENOUGH_STARTS) && answered(which) == others;
  const job *j = &jobs[which == NOBODY ? 0 : which];
  ok(good && (int) j->end == (int) end && j->alone == alone, "%s: %s (end %d, alone %d)", letters,
     name, j->end, j->alone);
}

static void test_ends (void) {
  shows("......", NOBODY, JOB_RETURNED, 0, "all answer");
  ok(starts == 1, "in one worker");
  shows("..x...", 2, JOB_SIGNALLED, 1, "a job that dies does so again alone");
  shows("x.....", 0, JOB_SIGNALLED, 1, "the first is alone already");
  shows(".....x", 5, JOB_SIGNALLED, 1, "the last, too, is tried alone");
  shows("..o...", 2, JOB_SIGNALLED, 0, "it died of what others had done");
  shows("..k...", 2, JOB_SIGNALLED, 0, "a worker that was killed once");
  shows("k.....", 0, JOB_SIGNALLED, 0, "even in its first call");
  shows("..t...", 2, JOB_TIMED_OUT, 1, "a job that never returns");
  shows("..b...", 2, JOB_RETURNED, 0, "one that had no processor is asked again");
}

static void test_forgery (void) {
  shows("..g...", 2, JOB_GARBLED, 1, "what is no answer");
  shows("g.....", 0, JOB_GARBLED, 1, "nor at first");
  shows("..j...", 2, JOB_GARBLED, 1, "whose journal cannot be true");
  shows("..d...", 2, JOB_GARBLED, 1, "the job that spoils another's output is charged");
  ok(jobs[1].end == JOB_RETURNED, "and the other is asked again");
}

static void test_memory (void) {
  shows("..q...", 2, JOB_RETURNED, 0, "memory that others have eaten");
  shows("..m...", 2, JOB_OUT_OF_MEMORY, 1, "memory that its own call has eaten");
  ok(!run("..Q...", ENOUGH_STARTS) && e.status == HARNESS,
     "memory that the machine lacks ends the run");
}

/* What is seen after several jobs is watched again, one by one. */
static void test_watching (void) {
  ok(run("..c...", ENOUGH_STARTS) && answered(2) == SCENE_JOBS - 1
         && jobs[2].conduct == CHANGED_DIRECTORY,
     "the job that changes the process is found");
  ok(run("..C...", ENOUGH_STARTS) && answered(5) == SCENE_JOBS - 1
         && jobs[5].conduct == CHANGED_DIRECTORY,
     "what only all of them do, the last bears");
}

static int not_run (void) {
  int n = 0;
  for (int i = 0; i < SCENE_JOBS; i++)
    n += jobs[i].end == JOB_NOT_RUN;
  return n;
}

static void test_end_of_run (void) {
  ok(!run("..x...", 1) && e.status == HARNESS, "a worker that cannot be made ends the run");
  ok(not_run() == 3, "the jobs that are left did not run");
  answers_until_cancel = 4;
  ok(!run("......", ENOUGH_STARTS) && e.status == HARNESS && not_run() == SCENE_JOBS - 4,
     "so it is when the run is cancelled");
  answers_until_cancel = -1;
  options.isolation = ISOLATE_CASE;
  ok(run("......", ENOUGH_STARTS) && starts == SCENE_JOBS, "each job has a worker if so asked");
  options.isolation = ISOLATE_BATCH;
}

int main (void) {
  if (!ok(make_scene(), "there is memory"))
    return done_testing();
  answers_until_cancel = -1;
  test_ends();
  test_forgery();
  test_memory();
  test_watching();
  test_end_of_run();
  return done_testing();
}
