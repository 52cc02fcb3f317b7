/* lattice.h: the elements of a tensor as bytes in its storage, whatever its strides.
   The walk starts at the lowest byte of the storage, so a reversed axis is like any other. */

#ifndef LATTICE_H
#define LATTICE_H

#include "place.h"

/* Called for each run of elements that lie together: `bytes` bytes, `at` bytes from the storage's
   start. Returns false to end the walk. */
typedef bool lattice_visit (void *context, size_t at, size_t bytes);

/* Walks all elements and nothing between them; false if a visit ended it. */
bool lattice_walk (const place *p, lattice_visit *visit, void *context);

/* Copies the elements between two storages of the same place, and nothing between them. */
void lattice_copy (const place *p, unsigned char *to, const unsigned char *from);

/* True if the elements of the two storages are equal in bits. */
bool lattice_equal (const place *p, const unsigned char *a, const unsigned char *b);

#endif
