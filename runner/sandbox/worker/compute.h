/* compute.h: what compute-sanitizer reports of a call on a device. */

#ifndef COMPUTE_H
#define COMPUTE_H

#include "pass.h"

/* The first error in a text of compute-sanitizer: `said` gets a line about it: what it is, where in
   the code, which thread and which address. The bit of conduct that it stands for; 0: there is
   none. What follows from an error before it, such as a call of the runtime that fails, is no
   error. */
uint32_t compute_read (const char *text, char *said, size_t size);

/* After the device has been waited for: waits for the tool, and notes what it has found. */
void compute_look (const caller *c, job *j);

#endif
