/* expect.h: what specs/ require of a case, from its parameters and shapes alone. */

#ifndef EXPECT_H
#define EXPECT_H

#include "expectation.h"
#include "suite/spec.h"

/* No truths yet, and not exact. */
void expect (const test_case *c, const spec *sp, expectation *x);

#endif
