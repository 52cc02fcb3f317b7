/* seconds.h: the time that passes, whatever the clock on the wall is set to. */

#ifndef SECONDS_H
#define SECONDS_H

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <time.h>

/* Seconds of CLOCK_MONOTONIC. */
static inline double clock_seconds (void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double) t.tv_sec + 1e-9 * (double) t.tv_nsec;
}

/* ns for which a thread has computed, and for which it was ready to and had no processor, from its
   file schedstat in /proc. False, and both are 0, where the kernel does not say. */
static inline bool schedstat_read (const char *path, uint64_t *ran, uint64_t *waited) {
  FILE *f = fopen(path, "re");
  const bool good = f && fscanf(f, "%" SCNu64 " %" SCNu64, ran, waited) == 2;
  if (f)
    fclose(f);
  if (!good)
    *ran = *waited = 0;
  return good;
}

#endif
