/* coverage.h: which edges of the subject's code a call reaches, and which numbers it compares with.
   Only a subject that was compiled to tell them does: with clang's
   -fsanitize-coverage=trace-pc-guard,trace-cmp or inline-8bit-counters, with gcc's
   -fsanitize-coverage=trace-pc,trace-cmp, or by a compiler that calls the same functions. They are
   defined here, so nothing else need be linked. */

#ifndef COVERAGE_H
#define COVERAGE_H

#include "sandbox/wire/wire.h"

/* Before the subject is opened: what has been reached is kept in the wire, also by later workers.
 */
void coverage_begin (wire *w);

/* What has been reached since it was asked last. */
void coverage_take (novelty *n);

#endif
