/* tool.h: a worker under Valgrind, or with AddressSanitizer's runtime. */

#ifndef TOOL_H
#define TOOL_H

#include "wire.h"

enum { NO_TOOL = 127 }; /* exit status of a worker that cannot have its tool */

/* In the worker, before it begins: executes this program again as the settings want it. Returns
   only if they want nothing. */
void tool_become (const wire *w);

/* In the supervisor: writes into the wire which runtime a subject built with AddressSanitizer
   needs; false if it needs none. */
bool tool_find_runtime (wire *w, const char *path);

#endif
