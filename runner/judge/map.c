/* map.c: the map of wrong elements: each axis in at most MAP_SIDE bins of nearly equal width. */

#include "map.h"

/* The extent of the axis that is `back` from the end; 1 where there is none. */
static int64_t extent_of (const shape *s, int back) {
  return back <= s->ndim ? s->dim[s->ndim - back] : 1;
}

static int bins_of (int64_t extent) {
  return extent < MAP_SIDE ? (int) extent : MAP_SIDE;
}

static int bin_of (int64_t at, int64_t extent) {
  return (int) (extent <= MAP_SIDE ? at : at * MAP_SIDE / extent);
}

/* How many positions of the axis fall into a bin. */
static int64_t width_of (int bin, int64_t extent) {
  if (extent <= MAP_SIDE)
    return 1;
  return ((bin + 1) * extent + MAP_SIDE - 1) / MAP_SIDE - (bin * extent + MAP_SIDE - 1) / MAP_SIDE;
}

static int64_t count_of (const shape *s) {
  int64_t n = 1;
  for (int a = 0; a < s->ndim; a++)
    n *= s->dim[a];
  return n;
}

void mismatch_add (mismatch_map *m, int64_t i, double got, double want) {
  const int64_t columns = extent_of(&m->of, 1), rows = extent_of(&m->of, 2);
  const int64_t channels = extent_of(&m->of, 3);
  if (m->count < MAP_FIRST) {
    m->first[m->count].element = i;
    m->first[m->count].got = got;
    m->first[m->count].want = want;
    m->count++;
  }
  m->plane[bin_of(i / columns % rows, rows)][bin_of(i % columns, columns)]++;
  m->channel[bin_of(i / (columns * rows) % channels, channels)]++;
}

/* The digit is 1 for few but some, and 9 for all only. */
static char digit (uint32_t wrong, int64_t of) {
  if (wrong == 0)
    return '0';
  return (char) (wrong >= of ? '9' : '1' + 8 * (int64_t) wrong / of);
}

void mismatch_row (const mismatch_map *m, int row, char text[static MAP_SIDE + 1]) {
  const int64_t columns = extent_of(&m->of, 1), rows = extent_of(&m->of, 2);
  const int64_t planes = count_of(&m->of) / (columns * rows);
  const int n = bins_of(columns);
  for (int c = 0; c < n; c++)
    text[c] = digit(m->plane[row][c], planes * width_of(row, rows) * width_of(c, columns));
  text[n] = 0;
}

void mismatch_channels (const mismatch_map *m, char text[static MAP_SIDE + 1]) {
  const int64_t channels = extent_of(&m->of, 3);
  const int n = bins_of(channels);
  for (int c = 0; c < n; c++)
    text[c] = digit(m->channel[c], count_of(&m->of) / channels * width_of(c, channels));
  text[n] = 0;
}

int mismatch_rows (const mismatch_map *m) {
  return bins_of(extent_of(&m->of, 2));
}
