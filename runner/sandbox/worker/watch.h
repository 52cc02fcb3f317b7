/* watch.h: the state of the worker process that a call must leave alone.
   A glance costs some microseconds, so it is taken after a group of jobs. Only when it shows a
   change are the jobs of the group called again, one by one, to find which of them makes it. */

#ifndef WATCH_H
#define WATCH_H

#include "settings.h"
#include "sandbox/wire/wire.h"

#include <signal.h>
#include <sys/types.h>

enum { SIGNALS = 65 };

/* How many there are of what a subject can leave behind. */
typedef struct snapshot {
  int descriptors, threads, children;
  int handlers; /* registered to be called at the end of the process */
} snapshot;

typedef struct watch {
  int tasks, directory; /* descriptors: /proc/self/task, the working directory */
  int socket;           /* our own, to be found open, and the same */
  int memory;           /* descriptor: /proc/self/statm */
  ino_t own[3];         /* what it and the descriptors 1 and 2 are */
  int free_descriptor;  /* the lowest */
  int threads_seen;
  snapshot snapshot;
  sigset_t mask;
  struct sigaction action[SIGNALS];
  stack_t stack;   /* on which handlers run */
  char path[4096]; /* of the working directory */
  settings settings;
} watch;

/* Before the subject is opened; false if /proc is not there. */
bool watch_begin (watch *w, int socket);

/* How many threads the process has; `tasks` as in watch. */
int watch_threads (int tasks);

/* Bytes of data that the process has allocated, as the kernel counts them; the rooms of stages are
   no data. */
uint64_t watch_data (const watch *w);

/* Waits a moment for threads that are about to end. */
void watch_settle (const watch *w);

/* Takes signals, settings and snapshot as they are now as the normal state of things. */
void watch_accept (watch *w);

/* Conduct bits, of all kinds, of what may have changed; nothing is put back. */
uint32_t watch_glance (const watch *w);

/* Conduct bits of changes that are no leaks; all is put back. */
uint32_t watch_restore (const watch *w);

/* Conduct bits of what there is more of than before, and the new snapshot. */
uint32_t watch_leaks (const watch *w, const snapshot *before, snapshot *now);

#endif
