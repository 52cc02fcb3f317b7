/* rows.h: one tap's part of a whole row of outputs, for the subjects of our own.
   Where the taps of a row lie is worked out once a call. After that a product costs one look at a
   list. The products of each output are still added up in the order of the channels and taps. */

#ifndef ROWS_H
#define ROWS_H

#include "number.h"

/* y[j] += x[column[j]] * w, where the column is not -1: a zero of the padding (PAD-2). */
static inline void add_row (number *y, const number *x, number w, const int64_t *column,
                            int64_t count, bool real) {
  if (real) {
    for (int64_t j = 0; j < count; j++)
      if (column[j] >= 0)
        y[j].real += x[column[j]].real * w.real;
  } else {
    for (int64_t j = 0; j < count; j++)
      if (column[j] >= 0)
        y[j].integer += x[column[j]].integer * w.integer;
  }
}

/* What a row of the output's gradient contributes through one tap. Adds w times the row to the
   gradient of the input. Returns grad_weight plus the products of the row with the input. */
static inline number spread_row (const number *grad, const number *x, number w, number *grad_input,
                                 number grad_weight, const int64_t *column, int64_t count) {
  for (int64_t j = 0; j < count; j++)
    if (column[j] >= 0) {
      grad_input[column[j]].real += grad[j].real * w.real;
      grad_weight.real += grad[j].real * x[column[j]].real;
    }
  return grad_weight;
}

#endif
