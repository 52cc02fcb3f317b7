/* load.h: opening the shared object of a subject, in the worker. */

#ifndef LOAD_H
#define LOAD_H

#include "memory.h"
#include "sandbox/wire/wire.h"

/* Sets what the bridge to processes finds in the environment. False, and the wire has the reason:
   the supervisor is of another build. */
bool load_prepare (const orders *o, wire *w);

/* Opens orders.path and returns its handle: `s` then holds the descriptor, its missing fields 0,
   and the wire has what it says; *m becomes the memory of its device, if it has one. On failure
   NULL, and the wire has the reason: it cannot be loaded, or its descriptor says what cannot be
   meant. */
void *load_subject (const orders *o, wire *w, conv2d_implementation *s, const memory **m);

#endif
