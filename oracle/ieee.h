/* ieee.h: what the oracle demands of the compiler: IEEE 754 arithmetic, to the letter.
   Every file that computes with numbers includes it, so that a flag which breaks this arithmetic is
   an error of compilation. */

#ifndef IEEE_H
#define IEEE_H

#include <float.h>

#if defined __FAST_MATH__ || (defined __FINITE_MATH_ONLY__ && __FINITE_MATH_ONLY__)                \
    || defined __ASSOCIATIVE_MATH__
#error "-ffast-math and its parts delete tests for NaN and reorder sums: the oracle refuses them"
#endif

_Static_assert(FLT_EVAL_METHOD == 0, "excess precision (x87?) rounds twice: use -mfpmath=sse");
_Static_assert(FLT_MANT_DIG == 24 && FLT_MAX_EXP == 128, "float is not IEEE 754's binary32");
_Static_assert(DBL_MANT_DIG == 53 && DBL_MAX_EXP == 1024, "double is not IEEE 754's binary64");

#endif
