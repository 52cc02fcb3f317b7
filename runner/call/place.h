/* place.h: a tensor in a block of bytes that supervisor and worker share. */

#ifndef PLACE_H
#define PLACE_H

#include "shape.h"

#include <dlpack/dlpack.h>
#include <stddef.h>

/* A tensor in the arena. The storage spans its lowest to its highest element. */
typedef struct place {
  int32_t present; /* 0: the subject gets NULL */
  int32_t ndim;
  DLDataType dtype;
  int64_t shape[MAX_NDIM];
  int64_t strides[MAX_NDIM]; /* in elements */
  uint64_t offset;           /* of the storage in the arena: a multiple of 64, plus one element in
                                the layout ODD */
  uint64_t bytes;            /* of the storage */
  uint64_t origin;           /* from the storage's start to the element with all indices 0 */
} place;

/* Bytes of one element. */
size_t place_element (const place *p);

/* How many elements, and how many numbers these have. */
int64_t place_count (const place *p);
int64_t place_numbers (const place *p);

/* True if the storage holds nothing but elements, in whatever order. */
bool place_dense (const place *p);

/* Bytes from the storage's start to the element with the row-major index `i`. */
uint64_t place_at (const place *p, int64_t i);

/* The tensor at that place. data is NULL if it has no elements; shape and strides point into *p. */
DLTensor place_tensor (unsigned char *arena, place *p);

#endif
