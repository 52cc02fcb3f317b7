/* lattice.h: the elements of a tensor as bytes in its storage, whatever its strides.
   A storage is walked from its lowest byte, so a reversed axis is like any other. */

#ifndef LATTICE_H
#define LATTICE_H

#include "stage.h"

/* Bytes of one element. */
size_t place_element (const place *p);

int64_t place_count (const place *p);

/* True if the storage holds nothing but elements. */
bool place_compact (const place *p);

/* Copies the elements between two storages of the same place, and nothing between them. */
void lattice_copy (const place *p, unsigned char *to, const unsigned char *from);

/* Lays fill over the elements, and over nothing between them. */
void lattice_lay (const place *p, unsigned char *to, flank fill);

/* True if the elements of the two storages are equal in bits. */
bool lattice_equal (const place *p, const unsigned char *a, const unsigned char *b);

/* Bytes from the storage's start to the element with the row-major index `i`. */
uint64_t place_at (const place *p, int64_t i);

#endif
