/* tally.c: the errors of a result, together. Each is within its bound; this sees whether they
   are as small, and as even-handed, as rounding to nearest makes them (JUDGE-3). */

#include "parts.h"

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
static double lost_on_grid (double steps) {
  const double rounder = 0x1.8p52, lost = fabs(steps + rounder - rounder - steps);
  return fabs(steps) < 0x1p51 && lost < 0.5 ? lost : 0;
}

/* For x: half an ulp of S at most. For w * x: w is positive as often as negative, except for the
   share that the bias itself has in it. The sum that the bias is added to is not known, so several
   sizes are tried. */
void tally_add_bias (tally *n, int64_t channel, double bias, double ulp, const draw *d) {
  common *c = &n->common[channel];
  const double share = UNEVEN * fabs(bias) * d->share;
  double grid = 2 * ulp, steps = bias / grid;
  c->side += d->side;
  for (int k = 0; k < TALLY_GRIDS; k++, grid /= 2, steps *= 2)
    c->leaning[k] += share * (lost_on_grid(steps) * grid);
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

void tally_add (tally *n, const draw *d) {
  const double wx = d->w * d->x;
  n->count++;
  n->x += d->x;
  n->xx += d->x * d->x;
  n->leaning += wx;
  n->weighed += wx * wx;
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
