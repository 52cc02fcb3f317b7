/* lattice.c: the elements of a strided storage as runs of bytes.
   Axes are sorted by the size of their stride and merged where one continues the other; an axis
   of stride 0 names elements twice and is left out. */

#include "lattice.h"

#include <stdlib.h>
#include <string.h>

typedef struct lattice {
  size_t run; /* bytes that lie together */
  int axes;   /* beyond the run, innermost first */
  int64_t extent[MAX_NDIM], step[MAX_NDIM];
} lattice;

size_t place_element (const place *p) {
  return ((size_t) p->dtype.bits * p->dtype.lanes + 7) / 8;
}

int64_t place_count (const place *p) {
  int64_t n = 1;
  for (int32_t d = 0; d < p->ndim; d++)
    n *= p->shape[d] > 0 ? p->shape[d] : 0;
  return n;
}

bool place_compact (const place *p) {
  return (uint64_t) place_count(p) * place_element(p) == p->bytes;
}

static void insert_axis (lattice *l, int64_t extent, int64_t step) {
  int k = l->axes++;
  for (; k > 0 && l->step[k - 1] > step; k--) {
    l->step[k] = l->step[k - 1];
    l->extent[k] = l->extent[k - 1];
  }
  l->step[k] = step;
  l->extent[k] = extent;
}

/* Takes the innermost axes into the run as long as they continue it. */
static void absorb (lattice *l) {
  int taken = 0;
  while (taken < l->axes && l->step[taken] == (int64_t) l->run)
    l->run *= (size_t) l->extent[taken++];
  l->axes -= taken;
  memmove(l->step, l->step + taken, (size_t) l->axes * sizeof *l->step);
  memmove(l->extent, l->extent + taken, (size_t) l->axes * sizeof *l->extent);
}

static lattice lattice_of (const place *p) {
  lattice l = { .run = place_element(p) };
  int64_t size = (int64_t) l.run;
  for (int32_t d = 0; d < p->ndim; d++)
    if (p->shape[d] > 1 && p->strides[d] != 0)
      insert_axis(&l, p->shape[d], llabs(p->strides[d]) * size);
  absorb(&l);
  return l;
}

/* Moves on to the next run; false after the last. */
static bool next_run (const lattice *l, int64_t index[static MAX_NDIM], int64_t *at) {
  for (int a = 0; a < l->axes; a++) {
    *at += l->step[a];
    if (++index[a] < l->extent[a])
      return true;
    *at -= l->step[a] * l->extent[a];
    index[a] = 0;
  }
  return false;
}

void lattice_copy (const place *p, unsigned char *to, const unsigned char *from) {
  int64_t index[MAX_NDIM] = { 0 }, at = 0;
  lattice l = lattice_of(p);
  if (p->bytes == 0)
    return;
  do
    memcpy(to + at, from + at, l.run);
  while (next_run(&l, index, &at));
}

void lattice_lay (const place *p, unsigned char *to, flank fill) {
  int64_t index[MAX_NDIM] = { 0 }, at = 0;
  lattice l = lattice_of(p);
  if (p->bytes == 0)
    return;
  do
    fill_lay(fill, to + at, l.run);
  while (next_run(&l, index, &at));
}

bool lattice_equal (const place *p, const unsigned char *a, const unsigned char *b) {
  int64_t index[MAX_NDIM] = { 0 }, at = 0;
  lattice l = lattice_of(p);
  if (p->bytes == 0)
    return true;
  do
    if (memcmp(a + at, b + at, l.run) != 0)
      return false;
  while (next_run(&l, index, &at));
  return true;
}

uint64_t place_at (const place *p, int64_t i) {
  int64_t at = 0;
  for (int32_t d = p->ndim; d-- > 0; i /= p->shape[d])
    at += i % p->shape[d] * p->strides[d];
  return p->origin + (uint64_t) (at * (int64_t) place_element(p));
}
