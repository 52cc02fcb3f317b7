/* load.h: opening the shared object of a subject, in the worker. */

#ifndef LOAD_H
#define LOAD_H

#include "sandbox/wire/wire.h"

/* Sets what the bridge to processes finds in the environment. False, and the wire has the reason:
   the supervisor is of another build. */
bool load_prepare (wire *w);

/* Opens wire.path and returns its handle: `s` then holds the descriptor, its missing fields 0, and
   the wire has what it says. On failure NULL, and the wire has the reason. */
void *load_subject (wire *w, conv2d_implementation *s);

#endif
