/* view.h: a tensor of any dtype and strides, seen with four indices.
   A tensor with fewer axes has them last: the leading indices are 0. */

#ifndef VIEW_H
#define VIEW_H

#include "type.h"

typedef struct view {
  const type *type;
  char *origin;
  int64_t stride[4]; /* in bytes */
} view;

view view_of (const DLTensor *t);

/* The real or the imaginary parts of a complex tensor. Any other tensor has real parts. */
enum { REAL, IMAGINARY };
view view_of_part (const DLTensor *t, int part);

/* The four extents. */
void view_extent (const DLTensor *t, int64_t extent[4]);

static inline char *view_at (const view *v, int64_t a, int64_t b, int64_t c, int64_t d) {
  return v->origin + a * v->stride[0] + b * v->stride[1] + c * v->stride[2] + d * v->stride[3];
}

static inline number view_number (const view *v, int64_t a, int64_t b, int64_t c, int64_t d) {
  return number_from_bits(v->type, load_bits(v->type, view_at(v, a, b, c, d)));
}

#endif
