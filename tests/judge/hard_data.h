/* hard_data.h: factors whose sums are as inaccurate as can be. */

#ifndef HARD_DATA_H
#define HARD_DATA_H

#include "answers.h"

typedef enum kind { UNIFORM, POSITIVE, EQUAL, WIDE, CANCELLING, HALFWAY, TINY, HUGE_, KINDS } kind;

static const char *const kind_names[KINDS] = {
  "uniform", "positive", "equal", "wide", "cancelling", "halfway", "subnormal", "overflowing"
};

static inline double sign (void) {
  return chance() >> 63 ? -1 : 1;
}

/* A factor of the i-th product of n; `side` 0 input, 1 weight. */
static inline double draw (kind k, const dtype *d, int64_t i, int64_t n, int side) {
  const double u = signed_chance();
  switch (k) {
  case UNIFORM: return u;
  case POSITIVE: return fabs(u);
  case EQUAL: return side ? 1.0 / 3 : 0.7;
  case WIDE: return ldexp(u, (int) below(d->max_exponent) - d->max_exponent / 2);
  case CANCELLING: /* w, -w' against x, x' that are nearly equal */
    return side ? (i % 2 ? -1 : 1) * (1.5 + ldexp(u, -d->precision + 2))
                : 1 + ldexp(u, 3 - d->precision);
  case HALFWAY: return side && i == 0 ? ldexp(1, d->precision) : sign() * (1 + (double) below(3));
  case TINY: return side ? u : ldexp(u, d->min_exponent - (int) below(d->precision));
  default:
    return side ? sign() : u * ldexp(1, d->max_exponent) * (n < 4 ? 1 : 2.0 / sqrt((double) n));
  }
}

#endif
