/* fast.h: the fast path: sums in double with a proof, and the definition where the proof fails. */

#ifndef FAST_H
#define FAST_H

#include "definition.h"

/* Computes a result; false: out of memory. */
typedef bool fast_fn (const operands *q, const result *r);

fast_fn fast_output, fast_grad_input, fast_grad_weight, fast_grad_bias;

#endif
