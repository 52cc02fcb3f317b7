/* death.h: what a worker still says when the subject brings it down. */

#ifndef DEATH_H
#define DEATH_H

#include "pass.h"

/* Installs handlers that write wire.last and then let the signal do its work. `library` is the
   handle of the subject, through which its C++ runtime is found. */
void death_watch (const orders *o, wire *w);
void death_know (void *library);

/* Of a thread that is to call the subject: a stack for its handlers. */
void death_prepare_thread (void);

/* The pass that this thread is about to make; NULL: none. */
void death_expect (const caller *c, const pass *p);

/* Ends this process if it is not the worker, but a copy that the subject has made by fork and that
   came back from the call too. */
void death_of_copies (void);

/* A call came back that was not the one in progress: a jump out of it. */
_Noreturn void death_by_jump (void);

#endif
