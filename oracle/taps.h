/* taps.h: which elements meet which taps, along one axis, as a table.
   Backward is the forward computation with the table turned around. */

#ifndef TAPS_H
#define TAPS_H

#include "geometry.h"
#include "workspace.h"

/* An element of the result, at a place, sums over slots; each slot stands for one tap of the
   kernel, and reads one element of the source or none. */
typedef struct taps {
  int64_t slots, places;
  const int64_t *tap;    /* of each slot */
  const int64_t *index;  /* slots x places: into the source, or -1 */
  const int64_t *inside; /* of each place: how many slots read something */
} taps;

/* Makes the table of an axis; false: out of memory. */
typedef bool taps_fn (taps *t, const axis *a, workspace *w);

/* From places of the output into the input: a slot is a tap. */
taps_fn taps_forward;

/* From places of the input into the output. Where the padding repeats the input, several places of
   the output may read an element with the same tap. The tap then has several slots. */
taps_fn taps_backward;

#endif
