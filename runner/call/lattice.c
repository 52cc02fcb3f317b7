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

bool lattice_walk (const place *p, lattice_visit *visit, void *context) {
  int64_t index[MAX_NDIM] = { 0 }, at = 0;
  lattice l = lattice_of(p);
  if (p->bytes == 0)
    return true;
  do
    if (!visit(context, (size_t) at, l.run))
      return false;
  while (next_run(&l, index, &at));
  return true;
}

typedef struct storages {
  unsigned char *to;
  const unsigned char *from;
} storages;

static bool copy_run (void *context, size_t at, size_t bytes) {
  const storages *s = context;
  memcpy(s->to + at, s->from + at, bytes);
  return true;
}

static bool run_is_equal (void *context, size_t at, size_t bytes) {
  const storages *s = context;
  return memcmp(s->to + at, s->from + at, bytes) == 0;
}

void lattice_copy (const place *p, unsigned char *to, const unsigned char *from) {
  storages s = { to, from };
  lattice_walk(p, copy_run, &s);
}

bool lattice_equal (const place *p, const unsigned char *a, const unsigned char *b) {
  storages s = { (unsigned char *) a, b };
  return lattice_walk(p, run_is_equal, &s);
}
