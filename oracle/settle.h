/* settle.h: from a sum in double to the correctly rounded element, where that can be proven.

   `error` bounds what rounding may have done to the sum in double, so the exact sum lies between
   sum - error and sum + error. If both ends round to the same number, so does everything between
   them, and with it the exact sum. */

#ifndef SETTLE_H
#define SETTLE_H

#include "multiply.h"

/* What the sums of a result are known to obey. */
typedef struct proof {
  const type *type;
  double exact_below; /* a sum of a smaller scale is exact, as all products are integers; or 0 */
  double relative;    /* else the error is at most relative * scale + absolute */
  double absolute;
} proof;

/* For sums of `depth` products each, in chunks of `chunk`, and a bias. */
proof proof_of (const type *t, bool integral, int64_t depth, int64_t chunk);

/* Adds a bias to all lanes of a row of sums. */
void settle_bias (const type *t, cell bias, sums *s, int row);

/* Rounds the sums of a row. Floating-point: returns a bit for each lane that remains in doubt. */
uint32_t settle (const proof *p, const sums *s, int row, uint64_t bits[static LANES]);

/* Rounds a row of sums to float32: out[column], side by side. Lists the columns that remain in
   doubt, some of them perhaps twice, and returns the length of the list, which has room for
   columns + 8. `columns` is at least 2. */
typedef int64_t settle_row_fn (const proof *p, const double *sum, const double *scale,
                               int64_t columns, char *out, int64_t *list);

settle_row_fn *settle_row_for (int64_t columns);

#endif
