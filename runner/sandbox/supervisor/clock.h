/* clock.h: how long the calls of a worker go on.
   A call is late if it has computed, slept or been blocked for longer than its limit. The time for
   which the machine had no processor for it does not count, but for a multiple of the limit; so a
   busy machine makes nobody late. All is measured by the supervisor: of the journal only whether it
   changes is of interest, since the subject can write there. */

#ifndef CLOCK_H
#define CLOCK_H

#include "spawn.h"

/* A call as it was seen first. */
typedef struct sighting {
  int64_t job;
  uint64_t call;   /* what the journal says of it */
  uint64_t at;     /* CLOCK_MONOTONIC in ns */
  uint64_t waited; /* worker_waited () */
  uint64_t job_at; /* when the first call for this job was seen */
} sighting;

typedef struct stopwatch {
  const process *process;
  const orders *orders;
  const wire *wire;
  double seconds; /* that a call may take besides its products */
  sighting seen[MAX_CONCURRENT];
} stopwatch;

/* How the calls in progress stand. */
typedef struct lateness {
  bool late;
  bool starved;  /* ... and for half of the time it had no processor */
  uint64_t left; /* ns until the next can be late, at least */
} lateness;

lateness stopwatch_look (stopwatch *s);

/* ns that a job may take in all, and that opening a subject may. */
uint64_t job_limit (const job *j, double seconds);

/* ns for which the worker was ready to run and no processor was free, as far as the kernel says. */
uint64_t worker_waited (const process *p);

#endif
