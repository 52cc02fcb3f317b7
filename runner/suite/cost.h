/* cost.h: what a case costs to run, for the budgets of sweeps. */

#ifndef COST_H
#define COST_H

#include "call/case.h"

/* What making, bounding and comparing an element costs, in products. */
enum { COST_OF_ELEMENT = 64 };

/* The products of the convolution, in backward twice, and COST_OF_ELEMENT for each element of
   input, weight and output. INT64_MAX where that is more; 0 where the call must be rejected. */
int64_t case_cost (const test_case *c);

#endif
