/* tally.c: the errors of a result, together. Each is within its bound; this sees whether they
   are as small, and as even-handed, as rounding to nearest makes them (JUDGE-3). */

#include "parts.h"

#include "call/processors.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* Of the mean square of x = error / spread; rounding to nearest gives 1/3 at most. */
static const double MOST_SQUARE = 0.5;

/* Standard deviations: errors as likely to be positive as negative exceed them once in 4e13
   results. */
static const double MOST_LEANING = 8;

/* Pays for sums that are not spread as sums of many random products are. */
static const double UNEVEN = 2;

/* ---- what all errors of an output channel have in common: the bias's share */

bool tally_open (tally *n, int64_t channels) {
  *n = (tally){ .channels = channels };
  n->common = calloc((size_t) channels, sizeof *n->common);
  return n->common;
}

void tally_close (tally *n) {
  free(n->common);
}

/* What a number of so many steps of a grid loses if it is added to multiples of the grid, in steps.
   Halfway cases are rounded to either side, which depends on the other term. Only numbers below
   2^51 lose anything. */
INLINE double lost_on_grid (double steps) {
  const double rounder = 0x1.8p52, lost = fabs(steps + rounder - rounder - steps);
  const bool loses = (fabs(steps) < 0x1p51) & (lost < 0.5);
  return loses ? lost : 0;
}

/* Sums of what draws say, each in parts that are side by side. */
typedef struct parts_of_sums {
  double side[SIDE_BY_SIDE], leaning[TALLY_GRIDS][SIDE_BY_SIDE];
} parts_of_sums;

/* For x: half an ulp of S at most. For w * x: w is positive as often as negative, except for the
   share that the bias itself has in it. The sum that the bias is added to is not known, so several
   sizes are tried. */
INLINE void lean (parts_of_sums *to, double bias, const spacing *own, const double *exact,
                  const draws *d, int from, int n) {
  const double twice = UNEVEN * fabs(bias);
  for (int i = 0; i < n; i++) {
    const double share = twice * d->share[from + i];
    double grid = 4 * half_ulp(own, fabs(exact[from + i])), steps = bias / grid;
    to->side[i] += d->side[from + i];
    for (int k = 0; k < TALLY_GRIDS; k++, grid /= 2, steps *= 2)
      to->leaning[k][i] += share * (lost_on_grid(steps) * grid);
  }
}

INLINE double total_of (const double part[SIDE_BY_SIDE]) {
  double total = 0;
  for (int i = 0; i < SIDE_BY_SIDE; i++)
    total += part[i];
  return total;
}

INLINE void add_bias_text (common *c, double bias, const spacing *own, const double *exact,
                           const draws *d, int count) {
  const int whole = count / SIDE_BY_SIDE * SIDE_BY_SIDE;
  parts_of_sums all = { { 0 }, { { 0 } } };
  for (int i = 0; i < whole; i += SIDE_BY_SIDE)
    lean(&all, bias, own, exact, d, i, SIDE_BY_SIDE);
  lean(&all, bias, own, exact, d, whole, count - whole);
  c->side += total_of(all.side);
  for (int k = 0; k < TALLY_GRIDS; k++)
    c->leaning[k] += total_of(all.leaning[k]);
}

FOR_PROCESSORS(, void, add_bias,
               (common * c, double bias, const spacing *own, const double *exact, const draws *d,
                int count),
               (c, bias, own, exact, d, count))

void tally_add_bias (tally *n, int64_t channel, double bias, const spacing *own,
                     const double *exact, const draws *d, int count) {
  add_bias(&n->common[channel], bias, own, exact, d, count);
}

static double side_of (const common *c) {
  return c->side;
}

static double leaning_of (const common *c) {
  double most = 0;
  for (int k = 0; k < TALLY_GRIDS; k++)
    most = fmax(most, fabs(c->leaning[k]));
  return most;
}

/* How many standard deviations a sum is from 0, after what channels have in common: each has its
   share, and the shares are as likely to be positive as negative. */
static double deviations (const tally *n, double sum_of_all, double squares,
                          double share_of(const common *)) {
  double total = 0, square = 0;
  for (int64_t c = 0; c < n->channels; c++) {
    const double share = share_of(&n->common[c]);
    total += share;
    square += share * share;
  }
  if (squares == 0)
    return 0;
  return fmax((fabs(sum_of_all) - total) / sqrt(squares),
              fabs(sum_of_all) / sqrt(squares + square));
}

/* ---- all errors */

void tally_add (tally *n, const draws *d, int count) {
  n->count += count;
  for (int i = 0; i < count; i++) {
    const double x = d->x[i], wx = d->w[i] * x;
    n->x += x;
    n->xx += x * x;
    n->leaning += wx;
    n->weighed += wx * wx;
  }
}

bool tally_is_fair (const tally *n, bool transforms, char *text, size_t size) {
  const double count = (double) n->count, square = n->xx / count;
  const double side = deviations(n, n->x, n->xx, side_of);
  const double leaning = deviations(n, n->leaning, n->weighed, leaning_of);
  if (square > MOST_SQUARE)
    snprintf(text, size, "the root mean square of %.0f errors is %.3g times its limit", count,
             sqrt(square / MOST_SQUARE));
  else if (!transforms && side > MOST_LEANING)
    snprintf(text, size, "%.0f errors lean to the %s side: %.3g standard deviations, 8 allowed",
             count, n->x > 0 ? "positive" : "negative", side);
  else if (!transforms && leaning > MOST_LEANING)
    snprintf(text, size, "%.0f errors lean %s zero: %.3g standard deviations, 8 allowed", count,
             n->leaning > 0 ? "away from" : "toward", leaning);
  else
    return true;
  return false;
}
