/* tool.h: a worker under Valgrind or compute-sanitizer, or with AddressSanitizer's runtime. */

#ifndef TOOL_H
#define TOOL_H

#include "wire.h"

/* In the worker, before it begins: executes this program again as the settings want it. Returns
   only if they want nothing. */
void tool_become (const orders *o);

/* In the supervisor: writes into the orders which runtime a subject built with AddressSanitizer
   needs; false if it needs none. */
bool tool_find_runtime (orders *o, const char *path);

#endif
