/* large.c: free memory, from /proc and from the control group's files. */

#include "large.h"

#include <limits.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* The number after `name` in a file of lines "NAME NUMBER", or the first one if name is "". False
   if there is none: "max" is no number. */
static bool read_number (const char *path, const char *name, unsigned long long *number) {
  char line[200];
  bool found = false;
  FILE *f = fopen(path, "r");
  while (f && !found && fgets(line, sizeof line, f))
    found = !strncmp(line, name, strlen(name)) && sscanf(line + strlen(name), "%llu", number) == 1;
  if (f)
    fclose(f);
  return found;
}

/* What the control group may still take; file pages that nobody uses it gives back by itself. */
static unsigned long long left_to_group (void) {
  unsigned long long max, current, idle = 0;
  if (!read_number("/sys/fs/cgroup/memory.max", "", &max)
      || !read_number("/sys/fs/cgroup/memory.current", "", &current))
    return ULLONG_MAX;
  read_number("/sys/fs/cgroup/memory.stat", "inactive_file ", &idle);
  current -= idle < current ? idle : current;
  return current < max ? max - current : 0;
}

size_t memory_available (void) {
  unsigned long long kib, all = ULLONG_MAX, group = left_to_group();
  if (read_number("/proc/meminfo", "MemAvailable:", &kib))
    all = kib << 10;
  all = all < group ? all : group;
  return (size_t) all;
}

/* ---- one at a time */

static sem_t turn;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void make_turn (void) {
  sem_init(&turn, 0, 1);
}

bool large_take_turn (const atomic_int *cancel) {
  pthread_once(&once, make_turn);
  for (;;) {
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec++;
    if (!sem_timedwait(&turn, &until))
      return true;
    if (*cancel)
      return false;
  }
}

void large_end_turn (void) {
  sem_post(&turn);
}
