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
  const char *path;     /* of the shared object */
  const char *command;  /* or: of a process that speaks the protocol of specs/pipe.md */
  const char *numerics; /* instead of the descriptor's, specs/numerics.md; NULL: those */
  isolation isolation;
  double time_limit;   /* seconds a case, wall clock */
  double load_limit;   /* seconds for opening it */
  size_t memory_limit; /* bytes of data of a worker; 0: none */
  int subject_threads; /* OMP_NUM_THREADS of the worker */
  int heap_fill;       /* as in orders */
  int concurrent;      /* calls at once on different cases (--threads); 1: none */
  bool paranoid;       /* every check, whatever it costs */
  bool valgrind, asan;
  compute_tool compute;
  DLDevice device; /* of a subject with a memory table; of type 0: as it says itself */
  bool strict;     /* what is declared must be offered */
} subject_options;

extern const subject_options subject_defaults;

typedef struct subject subject;
typedef struct lane lane;

/* Starts a worker to read the descriptor. Errors, all BAD_INPUT: no such file, not loadable (with
   the loader's words), no symbol `conv2d_subject`, wrong `abi`, required function missing, died or
   hung while being loaded, a numeric contract that means nothing. The strings of `o` must outlive
   the subject. */
subject *subject_open (const subject_options *o, error *e);
const subject_info *subject_describe (const subject *s);
const subject_options *subject_settings (const subject *s);
void subject_close (subject *s);

/* The memory that a lane shares with its workers, in bytes from `base`; pages cost only once
   touched. A worker can read the inputs, and write the outputs. Where it gave two answers that
   differ, the second lies `second_away` bytes after the first. */
typedef struct arena_parts {
  unsigned char *base;
  size_t inputs, inputs_end, outputs, outputs_end, second_away;
} arena_parts;

/* An arena for a worker of its own, which starts with the first call, or when the lane is warmed. */
lane *lane_open (subject *s, error *e);

/* Starts the worker if there is none, and returns when it has the subject open, or when *hurry is
   set. The errors of subject_open. */
bool lane_warm (lane *l, const atomic_int *hurry, error *e);
void lane_close (lane *l);
arena_parts lane_arena (const lane *l);

/* Gives back the memory of the lane: its arena is a new one, empty, and so is its worker. False,
   and the lane can only be closed, if there is none. */
bool lane_renew (lane *l, error *e);

/* How many threads the subject may use from now on; 1: as many as its options say. */
void lane_set_threads (lane *l, int threads);

enum { LANE_JOBS = 256 }; /* a batch has no more */

/* Runs n jobs, whose tensors lie in the arena, to the end, whatever the subject does. If a worker
   dies, the job in progress bears it and is tried alone; the rest goes on in a new worker. Every
   job has its answer afterwards. The jobs are the caller's own: no worker can reach them, and only
   possible answers are copied into them. False only if the harness failed (no process can be
   started), or `*cancel` became true: jobs without an answer are JOB_NOT_RUN. */
bool lane_run (lane *l, job *jobs, size_t n, const atomic_int *cancel, error *e);

/* Runs some jobs of the last batch again, those with the indices `order`, in a worker that makes no
   other call. *j, the last of them, gets its answer; JOB_NOT_RUN if an earlier one ended the
   worker. The outputs of the last lie in the arena afterwards. False as of lane_run. */
bool lane_replay (lane *l, const size_t *order, size_t n, job *j, const atomic_int *cancel,
                  error *e);

/* The path of a file that frames name; "" if it is not known. */
void lane_file (const lane *l, int64_t file, char path[static LOADED_PATH]);

/* What the subject printed during job i of the last batch, capped; NULL if nothing. */
const char *lane_output (lane *l, size_t i);

#endif
