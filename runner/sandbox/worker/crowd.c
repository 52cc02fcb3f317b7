/* crowd.c: concurrent calls against the serial answers, bitwise.
   Every thread makes every call, starting at a different one, on stages of its own: at any time
   different cases are in progress. */

#include "crowd.h"

#include "answer.h"
#include "death.h"

#include <pthread.h>

typedef struct member {
  caller caller;
  pthread_t thread;
  bool faulted; /* the device has reported an error */
  int64_t first, count, start;
} member;

static void call_again (caller *c, job *j) {
  const uint32_t unsteady = VARIES | READ_OUTSIDE | READ_OUTPUT | LEFT_UNWRITTEN;
  if (j->end != JOB_RETURNED || j->status != CONV2D_OK || j->conduct & unsteady)
    return;
  if (!job_repeats(c, j))
    __atomic_fetch_or(&j->conduct, NOT_THREAD_SAFE, __ATOMIC_RELAXED);
}

static void *join_in (void *p) {
  member *m = p;
  death_prepare_thread();
  if (m->caller.stages.memory->join)
    m->caller.stages.memory->join((int) (m->caller.at - m->caller.wire->at));
  for (int64_t i = 0; i < m->count; i++) {
    int64_t at = m->first + (m->start + i) % m->count;
    progress_set(m->caller.at, at);
    call_again(&m->caller, &m->caller.wire->job[at]);
    m->faulted = m->faulted || m->caller.faulted;
  }
  stages_close(&m->caller.stages);
  return NULL;
}

bool crowd_run (const caller *c, int64_t first, int64_t count) {
  static member members[MAX_CONCURRENT];
  int n = c->orders->concurrent < MAX_CONCURRENT - 1 ? c->orders->concurrent : MAX_CONCURRENT - 1;
  int started = 0;
  atomic_store(&c->wire->crowded, 1);
  for (int t = 0; t < n; t++) {
    member *m = &members[t];
    *m = (member){ .caller = *c, .first = first, .count = count, .start = t * count / n };
    m->caller.at = &c->wire->at[1 + t];
    m->caller.tasks = -1;
    m->caller.stages = (stages){ .memory = c->stages.memory };
    if (pthread_create(&m->thread, NULL, join_in, m))
      break;
    started++;
  }
  for (int t = 0; t < started; t++)
    pthread_join(members[t].thread, NULL);
  bool sound = true;
  for (int t = 0; t < started; t++)
    sound = sound && !members[t].faulted;
  for (int64_t i = first; i < first + count; i++)
    job_seal(c, &c->wire->job[i]);
  atomic_store(&c->wire->crowded, 0);
  return sound;
}
