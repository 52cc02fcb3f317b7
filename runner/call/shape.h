/* shape.h: the extents of a tensor, and the questions about them that many files have. */

#ifndef SHAPE_H
#define SHAPE_H

#include <stdbool.h>
#include <stdint.h>

enum { MAX_NDIM = 6 };

/* A list of extents; ndim is -1 where none was given. */
typedef struct shape {
  int32_t ndim;
  int64_t dim[MAX_NDIM];
} shape;

/* How many elements a tensor of these extents has; 0 if any extent is not positive. The caller
   knows that the product fits. */
int64_t extents_count (int32_t ndim, const int64_t *extent);

/* Whether elements in row-major order lie one after the other. strides: in elements, or NULL. */
bool extents_row_major (int32_t ndim, const int64_t *extent, const int64_t *strides);

/* The channels of an input shape: its third extent from the end. */
int64_t shape_channels (const shape *s);
bool shape_equal (const shape *a, const shape *b);

#endif
