/* isolation.h: how much of what one call did to the process the next ones may see, and
   what tool looks on. */

#ifndef ISOLATION_H
#define ISOLATION_H

typedef enum isolation {
  ISOLATE_BATCH, /* a worker serves until it is unfit */
  ISOLATE_CASE,  /* each case has a worker of its own */
  ISOLATE_NONE   /* calls are made on the shared memory itself, and nothing is looked at */
} isolation;

/* Which tool of compute-sanitizer the worker runs under. */
typedef enum compute_tool { NO_COMPUTE, MEMCHECK, RACECHECK, INITCHECK, SYNCCHECK } compute_tool;

enum { HEAP_AS_IT_COMES = 255 }; /* a heap_fill that fills nothing */

enum { MAX_CONCURRENT = 64 }; /* threads that call: the worker's own, and those of --threads */

#endif
