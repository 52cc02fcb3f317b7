/* product.h: a result as a matrix product, by blocks: the part of the fast path that output and
   gradients share. A row is a channel of the result, and a position is one of its elements. The
   depth is the number of products in a sum. */

#ifndef PRODUCT_H
#define PRODUCT_H

#include "definition.h"
#include "multiply.h"
#include "settle.h"
#include "workspace.h"

enum { CHUNK = 128 };

/* What the elements that were packed have in common. */
typedef struct content {
  bool fractional; /* not all are integers */
  bool nonfinite;
} content;

/* One element as a cell. `seen` is NULL where nothing more can be learned. */
cell pack (const type *t, const char *at, content *seen);

/* n elements, `step` bytes apart. */
void pack_row (const type *t, const char *first, int64_t step, int64_t n, cell *out, content *seen);

/* Sorts stride x each cells by the remainder of their place: 0, stride, 2 stride ..., 1 ... Floats
   only; row and out do not overlap. */
void sort_row (const cell *row, int64_t stride, int64_t each, cell *out);

/* Rows of a plane, one behind the other. */
void pack_rows (const view *v, const char *first, int64_t rows, int64_t columns, cell *out,
                content *seen);

/* LANES neighbouring positions, or fewer, of row 0 of the result. */
typedef struct lanes {
  int count;
  int64_t index;         /* of the first, in row-major order */
  int64_t at[LANES][4];  /* indices */
  int64_t offset[LANES]; /* in bytes: set by product_place */
  int64_t terms[LANES];  /* how many products each sums, without the bias */
} lanes;

/* A chunk of the right matrix: where each row of LANES cells is. */
typedef struct panel {
  const cell *right[CHUNK];
  cell cells[CHUNK][LANES]; /* room for rows that do not lie in memory as they are needed */
} panel;

/* Finds right[k0 .. k0 + n - 1] for the current lanes. */
typedef void gather_fn (const void *source, int64_t k0, int64_t n, panel *to);

/* A result in the making. */
typedef struct product {
  const operands *q;
  const result *r;
  int64_t rows, depth; /* of one group */
  int row_axis;        /* of the result */
  int64_t row_step;    /* elements from row to row, in row-major order */
  gather_fn *gather;
  const cell *bias; /* of each row of the result, or NULL */
  proof proof;
  multiply_fn *multiply;
  panel *panel;
  sums *total; /* a block for each ROWS rows */
} product;

/* Sets the last three. */
bool product_open (product *m, workspace *w);

/* Finds the lanes, whose indices are set, in the result. */
void product_place (const product *m, lanes *l);

/* Blocks of rows of a group. */
static inline int64_t product_blocks (const product *m) {
  return (m->rows + ROWS - 1) / ROWS;
}

/* Computes the lanes of all rows of a group, from row `first` on.
   left    blocks x depth x ROWS
   source  for `gather` */
void product_compute (product *m, const cell *left, const void *source, const lanes *l,
                      int64_t first);

#endif
