/* death.c: last words of a worker.
   The handler runs on a stack of its own, so that a stack overflow can be told; it makes no call
   that takes a lock, and ends by giving the signal back its default effect. */

#include "death.h"

#include <signal.h>
#include <stdlib.h>

static wire *here;

static void
on_signal (int number, siginfo_t *info, void *context)
{
  struct sigaction standard = { .sa_handler = SIG_DFL };
  (void) info;
  (void) context;
  here->last.signal = number;
  sigaction(number, &standard, NULL);
}

void
death_watch (const caller *c)
{
  static const int fatal[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS };
  static unsigned char stack[64 << 10];
  stack_t alternate = { .ss_sp = stack, .ss_size = sizeof stack };
  struct sigaction action = { .sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | SA_ONSTACK };
  here = c->wire;
  sigaltstack(&alternate, NULL);
  for (size_t i = 0; i < sizeof fatal / sizeof *fatal; i++)
    sigaction(fatal[i], &action, NULL);
}
