/* settings.h: timers, environment variables, limits and scheduling of the worker process.
   They are what watch.c compares besides signals, directory and locale; reading them all costs some
   microseconds. */

#ifndef SETTINGS_H
#define SETTINGS_H

#include <sched.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

enum { INTERVAL_TIMERS = 3 };

typedef struct settings {
  int timers;       /* descriptor: /proc/self/timers; -1 where the kernel has none */
  uint32_t armed;   /* bits: interval timers */
  int64_t newest;   /* the highest id that timer_create has given; -1: none */
  char **variables; /* a copy, in one piece */
  struct rlimit limit[RLIM_NLIMITS];
  mode_t mask; /* of file modes */
  int nice, policy;
  cpu_set_t processors;
} settings;

/* Opens what is needed to look at them. */
void settings_open (settings *s);

/* Takes them as they are now as their normal state. */
void settings_accept (settings *s);

/* Conduct bits of what has changed. */
uint32_t settings_changed (const settings *s);

/* Puts back what `changed` names, so far as the kernel lets it. */
void settings_restore (const settings *s, uint32_t changed);

#endif
