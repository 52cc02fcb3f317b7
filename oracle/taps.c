/* taps.c: makes the tables. It needs nothing but the function `source` of geometry.h. */

#include "taps.h"
#include <string.h>

static const int64_t *count_inside (const taps *t, int64_t *inside) {
  memset(inside, 0, (size_t) t->places * sizeof *inside);
  for (int64_t s = 0; s < t->slots; s++)
    for (int64_t i = 0; i < t->places; i++)
      inside[i] += t->index[s * t->places + i] >= 0;
  return inside;
}

bool taps_forward (taps *t, const axis *a, workspace *w) {
  int64_t *tap = workspace_take(w, a->kernel, 1, 1, sizeof *tap);
  int64_t *index = workspace_take(w, a->kernel, a->output, 1, sizeof *index);
  int64_t *inside = workspace_take(w, a->output, 1, 1, sizeof *inside);

  if (w->exhausted)
    return false;
  for (int64_t r = 0; r < a->kernel; r++) {
    tap[r] = r;
    for (int64_t i = 0; i < a->output; i++)
      index[r * a->output + i] = source(a, i, r);
  }
  *t = (taps){ a->kernel, a->output, tap, index, NULL };
  t->inside = count_inside(t, inside);
  return true;
}

/* How many places of the output read the same element with tap r, at most. */
static int64_t most_readers (const axis *a, int64_t r, int64_t *readers) {
  int64_t most = 0;

  memset(readers, 0, (size_t) a->size * sizeof *readers);
  for (int64_t i = 0; i < a->output; i++) {
    int64_t h = source(a, i, r);
    if (h >= 0 && ++readers[h] > most)
      most = readers[h];
  }
  return most;
}

/* The readers of tap r: the first of each element in the first slot, and so on. */
static void list_readers (const axis *a, int64_t r, int64_t *readers, int64_t *index) {
  memset(readers, 0, (size_t) a->size * sizeof *readers);
  for (int64_t i = 0; i < a->output; i++) {
    int64_t h = source(a, i, r);
    if (h >= 0)
      index[readers[h]++ * a->size + h] = i;
  }
}

bool taps_backward (taps *t, const axis *a, workspace *w) {
  int64_t *readers = workspace_take(w, a->size, 1, 1, sizeof *readers);
  int64_t slots = 0, slot = 0;

  if (w->exhausted)
    return false;
  for (int64_t r = 0; r < a->kernel; r++)
    slots += most_readers(a, r, readers);
  int64_t *tap = workspace_take(w, slots, 1, 1, sizeof *tap);
  int64_t *index = workspace_take(w, slots, a->size, 1, sizeof *index);
  if (w->exhausted)
    return false;
  memset(index, -1, (size_t) (slots * a->size) * sizeof *index);
  for (int64_t r = 0; r < a->kernel; r++) {
    int64_t most = most_readers(a, r, readers);
    list_readers(a, r, readers, index + slot * a->size);
    for (; most > 0; most--)
      tap[slot++] = r;
  }
  *t = (taps){ slots, a->size, tap, index, NULL };
  t->inside = count_inside(t, readers);
  return true;
}
