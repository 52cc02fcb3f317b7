/* isolation.h: how much of what one call did to the process the next ones may see. */

#ifndef ISOLATION_H
#define ISOLATION_H

typedef enum isolation {
  ISOLATE_BATCH, /* a worker serves until it is unfit */
  ISOLATE_CASE,  /* each case has a worker of its own */
  ISOLATE_NONE   /* calls are made on the shared memory itself, and nothing is looked at */
} isolation;

#endif
