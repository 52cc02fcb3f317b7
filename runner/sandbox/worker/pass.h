/* pass.h: one pass of a call: its tensors brought on stage, the call made, the traces read.
   A job is answered in one pass or more; each has its own copy of everything that the subject
   gets a pointer to. */

#ifndef PASS_H
#define PASS_H

#include "stage.h"
#include "sandbox/wire/wire.h"

typedef struct pass {
  const job *question;
  bool aligned; /* every tensor to ALIGNED bytes, as allocators do it */
  placed on[JOB_TENSORS];
  DLTensor view[JOB_TENSORS];
  int64_t shape[JOB_TENSORS][MAX_NDIM], strides[JOB_TENSORS][MAX_NDIM];
  void *data[JOB_TENSORS];      /* as in view */
  uint64_t offset[JOB_TENSORS]; /* likewise */
  conv2d_params params, shown;  /* what the subject gets, and as it was */
  bool again;                   /* the call is repeated: how long it takes is not asked */
  int32_t status;
  uint64_t nanoseconds;
} pass;

/* A thread that calls the subject. */
typedef struct caller {
  const orders *orders;
  wire *wire;
  unsigned char *arena;     /* from which the offsets of tensors count */
  const subject_info *info; /* as the subject said when it was opened */
  const conv2d_implementation *subject;
  progress *at;    /* where it says what it is at */
  uint64_t floats; /* how it computes: float_control () */
  bool downwards;  /* the last call left the processor copying downwards */
  uint64_t turn;   /* number of the call in progress */
  uint64_t start;  /* of that call */
  stages stages;
  int tasks,
      threads;   /* the descriptor for watch_threads, and what it gave last; tasks -1: not asked */
  bool unstaged; /* a call of this job was not made: there was no memory for its stage */
  bool faulted;  /* the device has reported an error during a call of this job */
  bool lost;     /* and could not be reset: this worker can make no more calls */
  const pass *left; /* of a device: a pass that is looked at for late writes with the next one */
} caller;

/* The parameters of a job as its subject gets them: its tensors lie where its memory is. */
conv2d_params params_to_show (const caller *c, const job *j);

/* Around each call of a function of the subject. The turn that call_begin gives must be that
   which call_end gets: else a jump has led out of a later call into this one. */
uint64_t call_begin (caller *c, const pass *p);
void call_end (caller *c, uint64_t turn, job *j);

/* Brings the tensors on stage, inputs filled, outputs bare. False if there is no memory, which the
   caller then remembers: a call is never made with less protection. */
bool pass_enter (caller *c, pass *p, const job *j, buffer_side side);

/* Surrounds the tensors with another fill than that of their side, outputs holding it too. */
void pass_refill (caller *c, pass *p, buffer_side fill);

/* Gives another fill to the elements of the outputs alone. */
void pass_refill_outputs (const pass *p, buffer_side fill);

/* The tensors where they lie in the arena, without a stage. */
void pass_bare (caller *c, pass *p, const job *j);

/* Makes the call; what it does to the thread is noted in the job. If the device reports an error,
   the caller remembers that, and the job has the words: nothing more can be learnt of this job. */
void pass_call (caller *c, pass *p, job *j);

/* Looks for damage: to inputs, around tensors, between elements, and to outputs if the call was
   refused. Notes it in the job's conduct. */
void pass_inspect (caller *c, pass *p, job *j);

/* Copies the outputs into the arena; as the first answer or the second. */
void pass_take (caller *c, const pass *p);
void pass_take_second (caller *c, const pass *p);

/* True if every output equals that in the arena; of two NaNs the bits may differ. */
bool pass_agrees (caller *c, const pass *p);

/* Clears the stage, and looks between the elements of strided tensors; `closed` takes the access
   away too. On a device it waits for what still runs, and looks whether that wrote to the stage,
   and to that of `left`. So does a thread that the call has left: what it touches then is seen. */
void pass_leave (caller *c, const pass *p, job *j, bool closed);

/* What was still under way when the stage was cleared has ended now; if it has written there, or to
   the stage of `left`, it came too late. There is nothing to do where the memory is the host's. */
void pass_look_late (caller *c, const pass *p, job *j);

/* Looks at a stage of the host that was left: something written there since is a kept pointer. */
void pass_revisit (caller *c, const pass *p, job *j);

#endif
