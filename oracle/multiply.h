/* multiply.h: the inner loop of the fast path: small blocks of a matrix product, with the sum of the
   absolute products beside each sum. The same bits on every machine: the order is fixed, and
   fusing changes nothing where a product is exact. */

#ifndef MULTIPLY_H
#define MULTIPLY_H

#include "type.h"

/* A block is ROWS x LANES; the left matrix is packed ROWS abreast, the right one LANES abreast. */
enum { ROWS = 4, LANES = 16 };

/* An element widened: a floating-point number as a double, an integer sign-extended. */
typedef union cell {
  double real;
  int64_t integer;
} cell;

/* What is known of the elements of a block. */
typedef struct sums {
  cell sum[ROWS][LANES];
  double rest[ROWS][LANES];  /* float64: the exact sum is nearer to sum + rest */
  double scale[ROWS][LANES]; /* of the absolute products */
} sums;

/* Adds, for each row and each of the first `lanes` lanes, or more, the products of left[k][row] and
   right[k][lane] over k < depth. */
typedef void multiply_fn (int64_t depth, const cell *left, const cell *right, int lanes,
                          sums *total);

/* The fastest one for a type that this processor has. */
multiply_fn *multiply_for (const type *t);

#endif
