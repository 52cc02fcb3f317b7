/* multiply.c: the inner loops, for each kind of processor, and the choice among them. */

#include "multiply.h"
#include <math.h>
#include <string.h>

enum { ABREAST = 4 }; /* vectors of a row that are summed together, at most */

#define BLOCK "multiply_block.h"
#include "processors.h"

/* Integers wrap. Vectors of 64-bit products would not be faster, so these are plain loops. */
static void multiply_integers (int64_t depth, const cell *left, const cell *const *right, int rows,
                               int lanes, bool first, sums *total) {
  if (first)
    memset(total, 0, sizeof *total);
  for (int64_t k = 0; k < depth; k++)
    for (int r = 0; r < rows; r++)
      for (int l = 0; l < lanes; l++) {
        int64_t w = left[k * ROWS + r].integer, x = right[k][l].integer;
        int64_t *sum = &total->sum[r][l].integer;
        *sum = (int64_t) ((uint64_t) *sum + (uint64_t) w * (uint64_t) x);
        total->scale[r][l] += fabs((double) w * (double) x);
      }
}

/* Of the narrow types' loop (0) or float64's (1). */
static multiply_fn *fastest (int wide) {
  static multiply_fn *const plain[] = { multiply_narrow_16, multiply_wide_16 };
#ifdef __x86_64__
  static multiply_fn *const avx2[] = { multiply_narrow_32, multiply_wide_32 };
  static multiply_fn *const avx512[] = { multiply_narrow_64, multiply_wide_64 };

  switch (widest()) {
  case 64: return avx512[wide];
  case 32: return avx2[wide];
  default: break;
  }
#endif
  return plain[wide];
}

multiply_fn *multiply_for (const type *t) {
  return is_integer(t) ? multiply_integers : fastest(t->fraction == 52);
}

sum_rows_fn *sum_rows_for (int64_t columns) {
#ifdef __x86_64__
  if (columns >= 8 && widest() >= 64)
    return sum_rows_64;
  if (columns >= 4 && widest() >= 32)
    return sum_rows_32;
#endif
  (void) columns;
  return sum_rows_16;
}
