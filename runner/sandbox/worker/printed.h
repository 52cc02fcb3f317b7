/* printed.h: what the subject prints, in the worker. Its descriptors 1 and 2 are a file in memory
   of fixed size, so that printing costs nobody else anything and cannot go on for ever. */

#ifndef PRINTED_H
#define PRINTED_H

#include "sandbox/wire/wire.h"

/* Maps the file that stands for descriptor 1. */
bool printed_open (void);

/* Accounts to job i for the text that was printed since the last account. */
void printed_keep (wire *w, int64_t i);

/* That text as far as it goes without a NUL. */
const char *printed_since (const wire *w);

/* Throws that text away. */
void printed_drop (wire *w);

#endif
