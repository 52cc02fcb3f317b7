/* map.h: where a result is wrong: its first wrong elements, and a map of all of them.
   The map is coarse and of fixed size, so that a judgement stays a value. */

#ifndef JUDGE_MAP_H
#define JUDGE_MAP_H

#include "call/case.h"

enum { MAP_SIDE = 16, MAP_FIRST = 8 };

typedef struct mismatch_map {
  shape of;  /* the tensor's */
  int count; /* of the first wrong elements, in row-major order */
  struct {
    int64_t element;
    double got, want;
  } first[MAP_FIRST];
  uint32_t plane[MAP_SIDE][MAP_SIDE]; /* wrong ones by row and column, over all other axes */
  uint32_t channel[MAP_SIDE];         /* by the third axis from the end, over all other axes */
} mismatch_map;

/* Notes element i in row-major order; `of` is set before. */
void mismatch_add (mismatch_map *m, int64_t i, double got, double want);

/* A field of the map as text: a digit for each bin, from 0 (none is wrong) to 9 (all are). */
void mismatch_row (const mismatch_map *m, int row, char text[static MAP_SIDE + 1]);
void mismatch_channels (const mismatch_map *m, char text[static MAP_SIDE + 1]);

/* Rows of the map. */
int mismatch_rows (const mismatch_map *m);

#endif
