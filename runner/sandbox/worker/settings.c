/* settings.c: comparing and restoring timers, variables, limits and scheduling.
   A timer that is still armed strikes a later call, and a limit that is lowered starves it: so they
   are found before that call is blamed. */

#include "settings.h"

#include "sandbox/wire/wire.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

/* ---- timers */

static uint32_t armed_timers (void) {
  uint32_t armed = 0;
  for (int i = 0; i < INTERVAL_TIMERS; i++) {
    struct itimerval t;
    if (getitimer((__itimer_which_t) i, &t) == 0 && (t.it_value.tv_sec || t.it_value.tv_usec))
      armed |= 1u << i;
  }
  return armed;
}

/* The highest id that timer_create has given. `delete`: those above `after` are deleted. */
static int64_t newest_timer (const settings *s, int64_t after, bool delete) {
  char text[4096];
  int64_t newest = -1;
  ssize_t n = s->timers < 0 ? 0 : pread(s->timers, text, sizeof text - 1, 0);
  text[n > 0 ? n : 0] = '\0';
  for (const char *at = text; (at = strstr(at, "ID: ")); at++) {
    int64_t id = strtoll(at + 4, NULL, 10);
    if (delete &&id > after)
      syscall(SYS_timer_delete, (int) id);
    newest = id > newest ? id : newest;
  }
  return newest;
}

static void stop_timers (const settings *s) {
  const struct itimerval never = { 0 };
  for (int i = 0; i < INTERVAL_TIMERS; i++)
    if (!(s->armed & 1u << i))
      setitimer((__itimer_which_t) i, &never, NULL);
  newest_timer(s, s->newest, true);
}

/* ---- environment variables */

static bool same_variables (char *const *a, char *const *b) {
  if (!a || !b)
    return a == b;
  while (*a && *b && !strcmp(*a, *b))
    a++, b++;
  return !*a && !*b;
}

/* A list and its texts in one piece; NULL without memory, and of none. */
static char **copy_variables (char *const *list) {
  size_t n = 0, bytes = 0;
  for (; list && list[n]; n++)
    bytes += strlen(list[n]) + 1;
  char **copy = list ? malloc((n + 1) * sizeof *copy + bytes) : NULL;
  if (!copy)
    return NULL;
  char *text = (char *) (copy + n + 1);
  for (size_t i = 0; i < n; i++) {
    copy[i] = text;
    text = stpcpy(text, list[i]) + 1;
  }
  copy[n] = NULL;
  return copy;
}

/* ---- limits */

static mode_t file_mask (void) {
  mode_t mask = umask(077);
  umask(mask);
  return mask;
}

static bool limits_changed (const settings *s) {
  struct rlimit now;
  for (int i = 0; i < (int) RLIM_NLIMITS; i++)
    if (getrlimit((__rlimit_resource_t) i, &now) == 0
        && (now.rlim_cur != s->limit[i].rlim_cur || now.rlim_max != s->limit[i].rlim_max))
      return true;
  return file_mask() != s->mask;
}

static void restore_limits (const settings *s) {
  for (int i = 0; i < (int) RLIM_NLIMITS; i++)
    setrlimit((__rlimit_resource_t) i, &s->limit[i]);
  umask(s->mask);
}

/* ---- scheduling, of this thread */

static void read_scheduling (settings *s) {
  s->nice = getpriority(PRIO_PROCESS, 0);
  s->policy = sched_getscheduler(0);
  CPU_ZERO(&s->processors);
  sched_getaffinity(0, sizeof s->processors, &s->processors);
}

static bool scheduling_changed (const settings *s) {
  settings now;
  read_scheduling(&now);
  return now.nice != s->nice || now.policy != s->policy
         || !CPU_EQUAL(&now.processors, &s->processors);
}

static void restore_scheduling (const settings *s) {
  const struct sched_param usual = { 0 };
  sched_setscheduler(0, s->policy, &usual);
  setpriority(PRIO_PROCESS, 0, s->nice);
  sched_setaffinity(0, sizeof s->processors, &s->processors);
}

/* ---- all of them */

void settings_open (settings *s) {
  int low = open("/proc/self/timers", O_RDONLY | O_CLOEXEC);
  s->timers = low < 0 ? -1 : fcntl(low, F_DUPFD_CLOEXEC, HIDDEN_FD);
  if (low >= 0)
    close(low);
}

void settings_accept (settings *s) {
  s->armed = armed_timers();
  s->newest = newest_timer(s, 0, false);
  if (!same_variables(environ, s->variables)) {
    free(s->variables);
    s->variables = copy_variables(environ);
  }
  for (int i = 0; i < (int) RLIM_NLIMITS; i++)
    getrlimit((__rlimit_resource_t) i, &s->limit[i]);
  s->mask = file_mask();
  read_scheduling(s);
}

uint32_t settings_changed (const settings *s) {
  uint32_t changed = 0;
  if (armed_timers() & ~s->armed || newest_timer(s, 0, false) > s->newest)
    changed |= CHANGED_TIMERS;
  if (!same_variables(environ, s->variables))
    changed |= CHANGED_VARIABLES;
  if (limits_changed(s))
    changed |= CHANGED_LIMITS;
  if (scheduling_changed(s))
    changed |= CHANGED_SCHEDULING;
  return changed;
}

void settings_restore (const settings *s, uint32_t changed) {
  if (changed & CHANGED_TIMERS)
    stop_timers(s);
  if (changed & CHANGED_VARIABLES)
    environ = copy_variables(s->variables); /* for good: the subject may point into it */
  if (changed & CHANGED_LIMITS)
    restore_limits(s);
  if (changed & CHANGED_SCHEDULING)
    restore_scheduling(s);
}
