/* prepare.h: case -> what specs/ require, the data, and a job in the arena. */

#ifndef PREPARE_H
#define PREPARE_H

#include "expect/truth.h"
#include "item.h"
#include "suite/spec.h"

/* What preparing needs besides the case. */
typedef struct workplace {
  const spec *spec;
  const subject_info *info;
  unsigned char *arena;
  size_t arena_size, arena_used; /* used: by the data of this batch */
  int32_t jobs, max_jobs;        /* so far, and how many stand at the arena's start */
  scratch scratch;
} workplace;

/* Allocates the scratch memory; false if out of memory. */
bool workplace_open (workplace *w, const spec *sp, const subject_info *info, unsigned char *arena,
                     size_t arena_size, int32_t max_jobs);
void workplace_close (workplace *w);

/* Forgets the batch. */
void workplace_reset (workplace *w);

/* Makes the item's expectation, and its job unless it is decided without a call (its verdict is
   then set). False if the batch is full: run it, reset, and try again. An item that does not fit
   an empty workplace is decided as mistrusted. */
bool prepare (workplace *w, item *it);

#endif
