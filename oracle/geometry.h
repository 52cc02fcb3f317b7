/* geometry.h: a valid call, resolved: every size, and which element each tap reads.
   check.c makes it, and does all the rejecting, so that nothing overflows in code that has one. */

#ifndef GEOMETRY_H
#define GEOMETRY_H

#include "type.h"
#include "../include/conv2d_oracle.h"
#include "../include/conv2d_padding_modes.h"

/* One of the two axes of an image: rows and columns are alike in everything. */
typedef struct axis {
  int64_t size;   /* of the input */
  int64_t kernel; /* taps */
  int64_t output; /* places of the kernel */
  int64_t stride, dilation;
  int64_t before; /* padding, negative where it crops */
  int32_t mode;   /* enum conv2d_padding_mode */
} axis;

typedef struct geometry {
  const type *type;
  int64_t images;
  int64_t in_channels;  /* of the input */
  int64_t out_channels; /* of the output: none where there are no in_channels (SHAPE-10) */
  int64_t groups;
  int64_t group_in, group_out; /* channels of one group */
  axis axis[2];                /* height, width */
  bool bias;
  int32_t output_ndim;
  int64_t output_shape[4];
} geometry;

/* Checks whether a call is valid, and resolves it if it is valid and has an input. Returns, and
   sets `clause`, as conv2d_oracle_check_call does. */
int32_t geometry_check (const conv2d_call *c, geometry *g, const char **clause);

/* Which element of the input is read at place q of the padded input, along an axis. The input
   itself starts at q = 0. Returns an index into the input, or -1 in zero padding. */
static inline int64_t padded (const axis *a, int64_t q) {
  const int64_t n = a->size;
  if (0 <= q && q < n)
    return q;
  switch (a->mode) {
#define X(name, abi, before, after, most, clause, empty)                                           \
  case abi: return q < 0 ? (before) : (after);
    CONV2D_PADDING_MODES(X)
#undef X
  default: return -1;
  }
}

/* Where, along its axis, a tap reads the input when the kernel stands at a place of the output:
   an index, or -1 in zero padding. */
static inline int64_t source (const axis *a, int64_t place, int64_t tap) {
  return padded(a, place * a->stride + tap * a->dilation - a->before);
}

#endif
