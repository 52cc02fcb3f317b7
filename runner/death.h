/* death.h: what a worker still says when the subject brings it down. */

#ifndef DEATH_H
#define DEATH_H

#include "pass.h"

/* Installs handlers that write wire.last and then let the signal do its work. */
void death_watch (const caller *c);

#endif
