/* subject.h: the implementation under test, seen from the supervisor, which never opens it.
   A lane is one worker process with its arena; lanes are independent, one thread may drive each. */

#ifndef SUBJECT_H
#define SUBJECT_H

#include "call/error.h"
#include "call/job.h"
#include "call/subject_info.h"
#include "sandbox/wire/isolation.h"

#include <stdatomic.h>

typedef struct subject_options {
  const char *path;    /* of the shared object */
  const char *command; /* or: of a process that speaks the protocol of specs/pipe.md */
  isolation isolation;
  double time_limit;   /* seconds a case, wall clock */
  size_t memory_limit; /* bytes of data of a worker; 0: none */
  int subject_threads; /* OMP_NUM_THREADS of the worker */
  int concurrent;      /* calls at once on different cases (--threads); 1: none */
  bool paranoid;       /* every check, whatever it costs */
  bool valgrind, asan;
  bool strict; /* what is declared must be offered */
} subject_options;

extern const subject_options subject_defaults;

typedef struct subject subject;
typedef struct lane lane;

/* Starts a worker to read the descriptor. Errors, all BAD_INPUT: no such file, not loadable (with
   the loader's words), no symbol `conv2d_subject`, wrong `abi`, required function missing, died or
   hung while being loaded. Strings of `o` must outlive the subject. */
subject *subject_open (const subject_options *o, error *e);
const subject_info *subject_describe (const subject *s);
const subject_options *subject_settings (const subject *s);
void subject_close (subject *s);

/* A worker of its own with an arena of `lane_arena_size` bytes; pages cost only once touched. */
lane *lane_open (subject *s, error *e);
void lane_close (lane *l);
unsigned char *lane_arena (lane *l);
size_t lane_arena_size (const lane *l);

/* How many threads the subject may use from now on; 1: as many as its options say. */
void lane_set_threads (lane *l, int threads);

/* Runs the n jobs that stand at the start of the arena, to the end, whatever the subject does: a
   worker that dies is charged to the job in progress, that job is tried alone, the rest goes on in
   a new worker. Every job has its answer afterwards. False only if the harness failed (no process
   can be started), or `*cancel` became true: jobs without an answer are JOB_NOT_RUN. */
bool lane_run (lane *l, size_t n, const atomic_int *cancel, error *e);

/* What the subject printed during job i of the last batch, capped; NULL if nothing. */
const char *lane_output (lane *l, size_t i);

#endif
