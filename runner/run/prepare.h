/* prepare.h: case -> what specs/ require, a job, and its data in the arena. */

#ifndef PREPARE_H
#define PREPARE_H

#include "expect/truth.h"
#include "item.h"
#include "sandbox/supervisor/subject.h"
#include "suite/spec.h"

/* Bytes of tensors in the two parts of an arena. */
typedef struct tensor_bytes {
  size_t inputs, outputs;
} tensor_bytes;

/* What preparing needs besides the case. */
typedef struct workplace {
  const spec *spec;
  const subject_info *info;
  arena_parts arena;
  tensor_bytes used;      /* in the arena, by this batch */
  job *job;               /* of this batch; no worker can reach them */
  int32_t jobs, max_jobs; /* so far, and how many there may be */
  scratch scratch;
  stretches stretches;      /* of the only case of a batch whose truths do not fit in there */
  bool whole;               /* no truth is made in stretches: a caller looks at all of it */
  bool large;               /* the batch is one case that others must wait for (memory.h), ... */
  bool shared;              /* ... if there are others at the same time */
  const atomic_int *cancel; /* waiting ends if this becomes true */
} workplace;

/* Allocates the jobs and the scratch memory; false if out of memory. */
bool workplace_open (workplace *w, const spec *sp, const subject_info *info, arena_parts a,
                     int32_t max_jobs);
void workplace_close (workplace *w);

/* Gives back the memory of a large case: the arena is another one, the scratch memory has its first
   size again. False if out of memory. */
bool workplace_shrink (workplace *w, arena_parts a);

/* Forgets the batch, and lets others have their large case. */
void workplace_reset (workplace *w);

/* Makes the item's expectation, and its job unless it is decided without a call (its verdict is
   then set). False if the batch is full: run it, reset, and try again. An item that does not fit
   an empty workplace is decided as mistrusted. */
bool prepare (workplace *w, item *it);

#endif
