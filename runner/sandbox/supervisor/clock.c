/* clock.c: the time of calls, without the time for which the machine was busy otherwise.
   The kernel counts for each thread how long it stood in the run queue. */

#include "clock.h"

#include "call/seconds.h"

#include <dirent.h>
#include <stdio.h>

static const double product_seconds = 20e-9; /* the slowest that honest code is believed to be */
static const double byte_seconds = 20e-9;    /* so often are tensors copied and compared */

enum {
  PATIENCE = 10,   /* limits, by the clock on the wall */
  MOST_CALLS = 24, /* for one job: the shape, the passes, and those that find out why they differ */
  MOST_CHILDREN = 16
};

/* ---- limits */

static uint64_t nanoseconds (double seconds) {
  return seconds < 1e9 ? (uint64_t) (seconds * 1e9) : UINT64_C(1000000000000000000);
}

static double tensor_bytes (const job *j) {
  double bytes = 0;
  for (int t = 0; t < JOB_TENSORS; t++)
    if (j->tensor[t].present)
      bytes += (double) j->tensor[t].bytes;
  return bytes;
}

uint64_t job_limit (const job *j, double seconds) {
  return nanoseconds(seconds + product_seconds * (double) job_products(j)
                     + byte_seconds * tensor_bytes(j));
}

/* ---- waiting for a processor */

/* The longest wait of any thread of a process. */
static uint64_t process_waited (int pid) {
  char path[80];
  uint64_t ran, waited, most = 0;
  snprintf(path, sizeof path, "/proc/%d/task", pid);
  DIR *d = opendir(path);
  for (struct dirent *t; d && (t = readdir(d));) {
    snprintf(path, sizeof path, "/proc/%d/task/%.20s/schedstat", pid, t->d_name);
    if (t->d_name[0] != '.' && schedstat_read(path, &ran, &waited) && waited > most)
      most = waited;
  }
  if (d)
    closedir(d);
  return most;
}

/* The children of the first thread of a process; how many. */
static int children_of (int pid, int child[static MOST_CHILDREN]) {
  char path[80];
  int n = 0;
  snprintf(path, sizeof path, "/proc/%d/task/%d/children", pid, pid);
  FILE *f = fopen(path, "re");
  while (f && n < MOST_CHILDREN && fscanf(f, "%d", &child[n]) == 1)
    n++;
  if (f)
    fclose(f);
  return n;
}

/* The worker is the keeper's first child. What it has started may compute in its stead. */
uint64_t worker_waited (const process *p) {
  int worker[MOST_CHILDREN], child[MOST_CHILDREN];
  if (!children_of(p->pid, worker))
    return 0;
  uint64_t most = process_waited(worker[0]);
  for (int n = children_of(worker[0], child); n > 0; n--) {
    const uint64_t waited = process_waited(child[n - 1]);
    most = waited > most ? waited : most;
  }
  return most;
}

/* ---- looking */

/* Jobs come one after the other: a number that goes back or too far is not believed. */
static int64_t believed (const stopwatch *s, int64_t i, int64_t before) {
  const int64_t end = s->orders->first + s->orders->count;
  return s->orders->concurrent > 1 || (i > before && i < end) ? i : before;
}

static const job *job_at (const stopwatch *s, int64_t i) {
  const int64_t first = s->orders->first, end = first + s->orders->count;
  return &s->orders->job[i >= first && i < end ? i : first];
}

static void see (stopwatch *s, sighting *seen, const progress *p, uint64_t now) {
  const uint64_t call = atomic_load_explicit(&p->since, memory_order_acquire);
  const int64_t i = believed(s, atomic_load_explicit(&p->job, memory_order_acquire), seen->job);
  if (seen->at && i == seen->job && call == seen->call)
    return;
  if (!seen->at || i != seen->job)
    seen->job_at = now;
  seen->job = i;
  seen->call = call;
  seen->at = now;
  seen->waited = worker_waited(s->process);
}

/* One thread of calls; an idle one is never late. */
static void time_call (stopwatch *s, int t, uint64_t now, lateness *all) {
  sighting *seen = &s->seen[t];
  see(s, seen, &s->wire->at[t], now);
  if (t > 0 && !seen->call)
    return;
  const uint64_t limit = job_limit(job_at(s, seen->job), s->seconds), gone = now - seen->at;
  if (now - seen->job_at >= MOST_CALLS * PATIENCE * (limit / 4))
    all->late = true;
  if (gone < limit) {
    all->left = limit - gone < all->left ? limit - gone : all->left;
    return;
  }
  const uint64_t all_waited = worker_waited(s->process);
  const uint64_t waited = all_waited > seen->waited ? all_waited - seen->waited : 0;
  const uint64_t own = gone > waited ? gone - waited : 0;
  if (own < limit && gone / PATIENCE < limit)
    return;
  all->late = true;
  all->starved = waited >= gone / 2;
}

lateness stopwatch_look (stopwatch *s) {
  lateness all = { .left = UINT64_MAX };
  const uint64_t now = monotonic();
  const bool crowd = s->orders->concurrent > 1 && atomic_load(&s->wire->crowded);
  if (!crowd)
    time_call(s, 0, now, &all);
  for (int t = 1; crowd && t < MAX_CONCURRENT; t++)
    time_call(s, t, now, &all);
  return all;
}
