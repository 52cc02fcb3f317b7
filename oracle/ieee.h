/* ieee.h: what the oracle demands of the compiler: IEEE 754 arithmetic, to the letter.
   Included everywhere, so that a flag that breaks it doesn't compile. */

#ifndef IEEE_H
#define IEEE_H

#include <float.h>

#if defined __FAST_MATH__ || (defined __FINITE_MATH_ONLY__ && __FINITE_MATH_ONLY__)                \
    || defined __ASSOCIATIVE_MATH__
#error "-ffast-math and its parts delete tests for NaN and reorder sums: the oracle refuses them"
#endif

#if !defined FLT_EVAL_METHOD || FLT_EVAL_METHOD != 0
#error "floating-point expressions are evaluated in excess precision: with x87, use -mfpmath=sse"
#endif

#if DBL_MANT_DIG != 53 || DBL_MAX_EXP != 1024 || FLT_MANT_DIG != 24 || FLT_MAX_EXP != 128
#error "float and double are not binary32 and binary64 of IEEE 754"
#endif

#endif
