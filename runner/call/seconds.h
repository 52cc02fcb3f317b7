/* seconds.h: the time that passes, whatever the clock on the wall is set to. */

#ifndef SECONDS_H
#define SECONDS_H

#include <time.h>

/* Seconds of CLOCK_MONOTONIC. */
static inline double clock_seconds (void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double) t.tv_sec + 1e-9 * (double) t.tv_nsec;
}

#endif
