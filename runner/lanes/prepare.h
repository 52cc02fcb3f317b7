/* prepare.h: case -> what specs/ require, the data, and a job in the arena. */

#ifndef PREPARE_H
#define PREPARE_H

#include "judge/judge.h"
#include "cases/spec.h"

/* A case on its way. */
typedef struct item {
  test_case c;
  uint64_t slice; /* of its sweep, 0: none (suite.h) */
  expectation x;  /* its truths live in the lane's scratch memory: valid until the next batch */
  judgement j;
  int32_t job;          /* index in the arena; -1: decided without a call */
  uint64_t nanoseconds; /* of the call */
  char *printed;        /* by the subject during the call; NULL or to be freed */
  bool overruled;       /* a script has changed the verdict, which was ... */
  verdict judged;       /* ... this */
  const char *expected; /* the reason for which this failure is expected, or NULL */
} item;

/* Memory that is given back as a whole. */
typedef struct scratch {
  char *block;
  size_t used, size;
} scratch;

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

/* What specs/ require of a case, as far as its shapes and parameters say: no truths, not exact. */
void expect (const test_case *c, const spec *sp, expectation *x);

/* The tensor at a place of the arena; data is NULL if it has no elements. */
DLTensor tensor_at (unsigned char *arena, place *p);

/* Makes the item's expectation, and its job unless it is decided without a call (its verdict is
   then set). False if the batch is full: run it, reset, and try again. An item that does not fit
   an empty workplace is decided as mistrusted. */
bool prepare (workplace *w, item *it);

#endif
