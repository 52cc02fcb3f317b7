/* crowd.h: the same jobs called from several threads at once (--threads). */

#ifndef CROWD_H
#define CROWD_H

#include "pass.h"

/* Repeats jobs [first, first + count) from wire.concurrent threads, each beginning elsewhere, and
   notes those whose result differs from the one in the arena. False if the device has reported an
   error: this worker can make no more calls. */
bool crowd_run (const caller *c, int64_t first, int64_t count);

#endif
