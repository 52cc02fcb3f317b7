/* sweep.h: a product of axes, or a covering array of it, expanded one case at a time. */

#ifndef SWEEP_H
#define SWEEP_H

#include "covering/covering.h"
#include "suite.h"
#include "yamltree.h"

typedef struct sweep sweep;

/* Reads the value of the key `sweep`. base: the case that the axes are applied to.
   tier: the first tier that has the sweep, if `strength` is not given by tier. */
sweep *sweep_read (const char *path, const node *n, const test_case *base, tier tier, error *e);
void sweep_free (sweep *s);

/* Prepares for the tier; no cases at all if the sweep begins in a later one. */
bool sweep_begin (sweep *s, const selection *choice, error *e);

/* The next case. *at is the reader's place, 0 at first; several readers may go through a sweep at
   once. */
bool sweep_next (const sweep *s, uint64_t *at, test_case *c);
uint64_t sweep_count (const sweep *s);

/* A slice of a product is the cases with the same values of its leading axes: consecutive cases, at
   most 10,000. Returns the number, from 1, of the slice of the case that sweep_next gave last, when
   it left *at at `at`. In a covering array it returns 0. */
uint64_t sweep_slice (const sweep *s, uint64_t at);
/* "batch=1 channels=dense", "" if the whole product is one slice. */
void sweep_slice_name (const sweep *s, uint64_t slice, char *text, size_t size);

/* What the cases of the tier begun cover. */
typedef struct coverage {
  uint64_t cases;
  uint64_t valid;   /* t-way combinations of values that occur in some valid call */
  uint64_t covered; /* those that occur in a valid case of the tier */
} coverage;

/* Measures after sweep_begin; t at most the number of axes. */
bool sweep_measure (sweep *s, int t, coverage *out, error *e);

/* What was added for an audience that the sweep's array is too wide for; NULL: nothing. */
const struct offered *sweep_offered (const sweep *s);

int sweep_axes (const sweep *s);
const char *sweep_axis (const sweep *s, int axis, int *values);

#endif
