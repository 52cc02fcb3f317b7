/* item.h: a case on its way through the program, from what is expected of it to its verdict. */

#ifndef ITEM_H
#define ITEM_H

#include "judge/judge.h"

/* A case on its way. */
typedef struct item {
  test_case c;
  uint64_t slice; /* of its sweep, 0: none (suite.h) */
  expectation x;  /* its truths live in the lane's scratch memory: valid until the next batch */
  judgement j;
  int32_t job;          /* index in the arena; -1: decided without a call */
  uint64_t nanoseconds; /* of the call */
  char *printed;        /* by the subject during the call; NULL or to be freed */
  char *frames;   /* of the subject's file in which it died, "0x1f 0x2a"; NULL or to be freed */
  char *after;    /* the ids of the calls without which it would pass; NULL or to be freed */
  bool unjudged;  /* no right answer is computed: what it is called with has none, or it costs
                     too much */
  bool overruled; /* a script has changed the verdict, which was ... */
  verdict judged; /* ... this */
  const char *expected; /* the reason for which this failure is expected, or NULL */
  bool control;         /* it is there to compare machines with each other, and is not counted */
  uint64_t answers;     /* answers.h, where they are wanted; 0: no answer */
  uint64_t truth;       /* likewise, of a control */
  novelty novelty;      /* of the call */
} item;

#endif
