/* intercept.h: functions of the C library that the subject gets from the worker instead.
   The worker is the program, so a name that it defines comes before that of any library. A subject
   that makes the bare system call, or looks a function up in the library itself, passes by. */

#ifndef INTERCEPT_H
#define INTERCEPT_H

#include <signal.h>
#include <stdbool.h>

typedef void fault_fn (int number, siginfo_t *info, void *context);

/* From now on a SIGSEGV goes to `mine` first if `claims` says so of its address, whatever handler
   the subject sets; others go to the subject's. */
void intercept_faults (fault_fn *mine, bool (*claims)(const void *address));

/* How many functions have been registered to be called at the end of the process. */
int intercepted_exit_handlers (void);

#endif
