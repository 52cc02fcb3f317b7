/* tally.c: the errors of a result, together. Each is within its bound; this sees whether they
   are as small, and as even-handed, as rounding to nearest makes them (JUDGE-3). */

#include "parts.h"

#include <math.h>
#include <stdio.h>

/* Of the mean square of x = error / spread; rounding to nearest gives 1/3 at most. */
static const double MOST_SQUARE = 0.5;

/* Of |sum of x| / sqrt (sum of x^2): errors as likely to be positive as negative exceed it once in
   4e13 results. */
static const double MOST_LEANING = 8;

void tally_add (tally *n, double away, double exact, double scale, const bound *b) {
  const double e = b->unit > 0 ? away / b->unit : 0;
  const double x = b->spread > 0 ? away / b->spread : 0;
  const double w = scale > 0 && isfinite(scale) ? exact / scale : 0;
  n->count++;
  n->error += e;
  n->square += e * e;
  n->x += x;
  n->xx += x * x;
  n->leaning += w * x;
  n->weighed += w * w * x * x;
}

bool tally_is_fair (const tally *n, bool transforms, char *text, size_t size) {
  const double count = (double) n->count, square = n->xx / count;
  const double side = fabs(n->x) / sqrt(n->xx), leaning = fabs(n->leaning) / sqrt(n->weighed);
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
