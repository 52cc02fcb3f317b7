/* rounding.h: numbers as narrower arithmetic keeps them, for tests and subjects that imitate it. */

#ifndef TESTS_ROUNDING_H
#define TESTS_ROUNDING_H

#include <math.h>
#include <stdbool.h>

enum { NO_LOWEST = -2000 }; /* below the lowest bit of any double */

/* The value of v with at most so many bits, none of them below 2^lowest: the nearest, halfway to
   even, or cut toward zero. Infinities and NaN stay. */
static inline double keep (double v, int bits, int lowest, bool cut) {
  int e;
  if (v == 0 || !isfinite(v))
    return v;
  frexp(v, &e);
  const int unit = e - bits > lowest ? e - bits : lowest;
  const double scaled = ldexp(v, -unit);
  return ldexp(cut ? trunc(scaled) : nearbyint(scaled), unit);
}

#endif
