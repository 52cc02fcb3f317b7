/* round.h: rounding to narrow formats, of numbers that are held as doubles. */

#ifndef ROUND_H
#define ROUND_H

#include "evaluate.h"

/* a + b as a double whose last bit is set if it is not exact. What is then rounded to at most 51
   bits is a + b rounded once. */
double add_sticky (double a, double b);

/* A number of the format beside v, or v itself if it is one. FLOAT64: v. */
double round_to (format f, rounding how, double v);

/* v with so many bits of significand, to nearest, whatever its exponent. */
double round_bits (int bits, double v);

/* The sum of n terms, cut to multiples of the last place of the largest of them in a significand of
   so many bits, at most 52. */
double sum_aligned (int n, const double *term, int64_t apart, int bits);

int format_precision (format f);

#endif
