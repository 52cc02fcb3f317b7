/* multiply.h: the inner loop of the fast path: small blocks of a matrix product, with the sum of
   the absolute products beside each sum. The same bits on every machine. */

#ifndef MULTIPLY_H
#define MULTIPLY_H

#include "type.h"

/* A block of the result is ROWS x LANES. The left matrix is packed, ROWS numbers side by side. The
   right matrix is given by a pointer to each row of LANES, wherever that is. */
enum { ROWS = 4, LANES = 16 };

/* An element widened: a floating-point number as a double, an integer sign-extended. */
typedef union cell {
  double real;
  int64_t integer;
} cell;

/* What is known of the elements of a block. */
typedef struct sums {
  cell sum[ROWS][LANES];
  double rest[ROWS][LANES];  /* float64: sum + rest is nearer to the exact sum */
  double scale[ROWS][LANES]; /* of the absolute products */
} sums;

/* Sums the products of left[k][row] and right[k][lane] over k < depth, for the first `rows` rows
   and `lanes` lanes at least. `first`: this chunk begins the sum; else it is added to the total. */
typedef void multiply_fn (int64_t depth, const cell *left, const cell *const *right, int rows,
                          int lanes, bool first, sums *total);

/* The fastest one for a type that this processor has. */
multiply_fn *multiply_for (const type *t);

/* The same for rows of any length of the result, of types whose products are exact in double, and
   with a bias for each row. right[k][column] are neighbours; `columns` is at least 2. */
typedef void sum_rows_fn (int64_t depth, const cell *left, const cell *const *right, int rows,
                          int64_t columns, const double bias[static ROWS],
                          double *const sum[static ROWS], double *const scale[static ROWS]);

sum_rows_fn *sum_rows_for (int64_t columns);

#endif
