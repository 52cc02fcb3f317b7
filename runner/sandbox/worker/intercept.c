/* intercept.c: signal handlers and exit handlers on their way to the C library.
   A subject may have a SIGSEGV handler during a call, for pages of its own. But the fault at a
   guard page is ours to see: a handler that repairs or skips it would hide a step too far. */

#include "intercept.h"

#include <dlfcn.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* Finds the C library's own function of a name that is defined here.
   known      keeps it from one call to the next
   function   receives it: a pointer to a pointer to a function, as C converts none to void * */
static void next (const char *name, void **known, void *function) {
  if (!*known)
    *known = dlsym(RTLD_NEXT, name);
  memcpy(function, known, sizeof *known);
}

/* ---- signals */

typedef int sigaction_fn (int, const struct sigaction *, struct sigaction *);

static fault_fn *first;
static bool (*is_ours)(const void *address);
static struct sigaction theirs;      /* what the subject has set for SIGSEGV ... */
static volatile sig_atomic_t is_set; /* ... if it has */

static int set_action (int number, const struct sigaction *to, struct sigaction *before) {
  static void *known;
  sigaction_fn *real;
  next("sigaction", &known, &real);
  return real ? real(number, to, before) : -1;
}

static void hand_over (int number, siginfo_t *info, void *context) {
  const struct sigaction action = theirs;
  if (action.sa_flags & (int) SA_RESETHAND)
    signal(number, SIG_DFL);
  if (action.sa_flags & SA_SIGINFO)
    action.sa_sigaction(number, info, context);
  else
    action.sa_handler(number);
}

static void look_first (int number, siginfo_t *info, void *context) {
  const bool is_fault = info->si_code == SEGV_ACCERR || info->si_code == SEGV_MAPERR;
  if (is_fault && is_ours(info->si_addr))
    first(number, info, context);
  else
    hand_over(number, info, context);
}

static bool is_foreign (const struct sigaction *a) {
  return first && a->sa_handler != SIG_DFL && a->sa_handler != SIG_IGN && a->sa_sigaction != first;
}

int sigaction (int number, const struct sigaction *restrict to, struct sigaction *restrict before) {
  if (number != SIGSEGV)
    return set_action(number, to, before);
  const struct sigaction wanted = to ? *to : theirs;
  if (before && is_set)
    *before = theirs;
  else if (before && set_action(number, NULL, before))
    return -1;
  if (!to)
    return 0;
  is_set = 0; /* look_first is not called before theirs is whole */
  struct sigaction real = wanted;
  if (is_foreign(&wanted)) {
    real.sa_sigaction = look_first;
    real.sa_flags = (wanted.sa_flags & ~(int) SA_RESETHAND) | SA_SIGINFO | SA_ONSTACK;
    theirs = wanted;
    is_set = 1;
  }
  return set_action(number, &real, NULL);
}

/* As the C library has it, but by way of the function above. */
__sighandler_t signal (int number, __sighandler_t handler) {
  struct sigaction to = { .sa_handler = handler, .sa_flags = SA_RESTART }, before;
  sigaddset(&to.sa_mask, number);
  return sigaction(number, &to, &before) ? SIG_ERR : before.sa_handler;
}

void intercept_faults (fault_fn *mine, bool (*claims)(const void *address)) {
  is_ours = claims;
  first = mine;
}

/* ---- the end of the process */

typedef void exit_fn (void *);
typedef int register_fn (exit_fn *, void *, void *);

static atomic_int registered;

/* What `atexit` of every shared object comes to, and C++ for its static objects. */
int __cxa_atexit (exit_fn *function, void *argument, void *object);

int __cxa_atexit (exit_fn *function, void *argument, void *object) {
  static void *known;
  register_fn *real;
  next("__cxa_atexit", &known, &real);
  atomic_fetch_add(&registered, 1);
  return real ? real(function, argument, object) : -1;
}

int on_exit (void (*function)(int, void *), void *argument) {
  static void *known;
  int (*real)(void (*)(int, void *), void *);
  next("on_exit", &known, &real);
  atomic_fetch_add(&registered, 1);
  return real ? real(function, argument) : -1;
}

/* What `at_quick_exit` of every shared object comes to. */
int __cxa_at_quick_exit (exit_fn *function, void *object);

int __cxa_at_quick_exit (exit_fn *function, void *object) {
  static void *known;
  int (*real)(exit_fn *, void *);
  next("__cxa_at_quick_exit", &known, &real);
  atomic_fetch_add(&registered, 1);
  return real ? real(function, object) : -1;
}

int intercepted_exit_handlers (void) {
  return atomic_load(&registered);
}
