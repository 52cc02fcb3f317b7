/* covering.c: covering arrays by greedy choice, one row at a time.
   A row starts from a tuple that is still missing, and is filled factor by factor with the value
   that covers most. Then single values are exchanged as long as the row covers more by it. The best
   of several such rows is taken. */

#include "covering.h"
#include "missing.h"

#include <stdlib.h>
#include <string.h>

typedef struct builder {
  const covering_model *model;
  tuples u;
  feasible *search;
  missing *missing;
  uint32_t *gain; /* of each value of a factor */
  uint64_t random;
} builder;

static uint64_t next_random (builder *b) {
  b->random = b->random * 6364136223846793005u + 1442695040888963407u;
  return b->random >> 24; /* the low bits of this generator repeat soon */
}

/* All factors in any order. */
static void shuffle (builder *b, int order[MAX_FACTORS]) {
  for (int i = 0; i < MAX_FACTORS; i++)
    order[i] = i;
  for (int i = b->model->factors - 1; i > 0; i--) {
    const int k = (int) (next_random(b) % (uint64_t) (i + 1)), f = order[i];
    order[i] = order[k];
    order[k] = f;
  }
}

/* ---- one row */

/* The value with the largest gain; among equals any one. */
static int largest_gain (builder *b, int f) {
  const int levels = b->model->levels[f];
  const int start = (int) (next_random(b) % (uint64_t) levels);
  int best = start;
  for (int i = 1; i < levels; i++) {
    const int v = (start + i) % levels;
    best = b->gain[v] > b->gain[best] ? v : best;
  }
  return best;
}

static uint64_t assigned_factors (const builder *b, const uint16_t *row) {
  uint64_t assigned = 0;
  for (int f = 0; f < b->model->factors; f++)
    assigned |= (uint64_t) (row[f] < b->model->levels[f]) << f;
  return assigned;
}

/* Assigns f the value that covers most among those that leave the row completable. `whole` is then
   a completion of it. If no value covers anything, f stays free. */
static void assign (builder *b, uint16_t *row, int f, uint16_t *whole) {
  missing_gains(b->missing, row, assigned_factors(b, row), f, b->gain);
  for (int v = largest_gain(b, f); b->gain[v]; v = largest_gain(b, f)) {
    row[f] = (uint16_t) v;
    if (whole[f] == v || feasible_set(b->search, row, f, whole))
      return;
    b->gain[v] = 0;
  }
  row[f] = (uint16_t) b->model->levels[f];
}

/* Gives f the value that covers most together with the other values as they are. Returns whether f
   has changed. */
static bool exchange (builder *b, uint16_t *row, int f) {
  const uint16_t now = row[f];
  missing_gains(b->missing, row, ~((uint64_t) 1 << f), f, b->gain);
  for (int v = largest_gain(b, f); b->gain[v] > b->gain[now]; v = largest_gain(b, f)) {
    row[f] = (uint16_t) v;
    if (feasible_locally(b->search, row, f))
      return true;
    b->gain[v] = 0;
  }
  row[f] = now;
  return false;
}

/* Exchanges values until no single one brings more. */
static void improve (builder *b, uint16_t *row) {
  int order[MAX_FACTORS], unchanged = 0;
  shuffle(b, order);
  for (int i = 0; unchanged < b->model->factors; i++)
    unchanged = exchange(b, row, order[i % b->model->factors]) ? 0 : unchanged + 1;
}

/* Makes an allowed row that covers at least one missing tuple. */
static void make_row (builder *b, uint16_t *whole) {
  uint16_t row[MAX_FACTORS];
  int order[MAX_FACTORS];
  tuples_clear(&b->u, row);
  missing_pick(b->missing, next_random(b), row);
  feasible_complete(b->search, row, whole);
  shuffle(b, order);
  for (int i = 0; i < 2 * b->model->factors; i++) { /* twice: what gained nothing may gain later */
    const int f = order[i % b->model->factors];
    if (row[f] == b->model->levels[f])
      assign(b, row, f, whole);
  }
  improve(b, whole);
}

/* ---- the array */

static void best_row (builder *b, uint16_t *best) {
  uint16_t row[MAX_FACTORS];
  uint64_t most = 0;
  const int candidates = b->u.t <= 3 ? 20 : 4; /* ten times as many save 3 % of the rows */
  for (int i = 0; i < candidates; i++) {
    make_row(b, row);
    const uint64_t covered = missing_in(b->missing, row);
    if (covered > most) {
      most = covered;
      memcpy(best, row, sizeof row);
    }
  }
}

static bool append (covering_array *a, size_t *room, int factors, const uint16_t *row) {
  if (a->rows == *room) {
    const size_t more = *room ? *room * 2 : 64;
    uint16_t *value = realloc(a->value, more * (size_t) factors * sizeof *value);
    if (!value)
      return false;
    a->value = value;
    *room = more;
  }
  memcpy(a->value + a->rows++ * (size_t) factors, row, (size_t) factors * sizeof *row);
  return true;
}

static bool fill (builder *b, size_t most, covering_array *out) {
  size_t room = 0;
  while (missing_count(b->missing) && out->rows < most) {
    uint16_t row[MAX_FACTORS];
    best_row(b, row);
    missing_cover(b->missing, row);
    if (!append(out, &room, b->model->factors, row))
      return false;
  }
  out->missing = missing_count(b->missing);
  return true;
}

static bool prepare (builder *b, covering_array *out) {
  int levels = 1;
  for (int f = 0; f < b->model->factors; f++)
    levels = b->model->levels[f] > levels ? b->model->levels[f] : levels;
  b->gain = calloc((size_t) levels, sizeof *b->gain);
  b->search = feasible_new(b->model);
  uint64_t *possible = b->search ? tuples_possible(&b->u, b->search) : NULL;
  b->missing = possible ? missing_new(&b->u, possible) : NULL;
  free(possible);
  if (!b->gain || !b->missing)
    return false;
  out->valid = missing_count(b->missing);
  out->impossible = b->u.first[b->u.choices] - out->valid;
  return true;
}

static void cover_given (builder *b, const uint16_t *given, size_t count) {
  for (size_t r = 0; r < count; r++) {
    uint16_t row[MAX_FACTORS];
    memcpy(row, given + r * (size_t) b->model->factors, (size_t) b->model->factors * sizeof *row);
    if (feasible_locally(b->search, row, -1))
      missing_cover(b->missing, row);
  }
}

bool covering_extend (const covering_model *m, int t, const uint16_t *given, size_t count,
                      size_t most, covering_array *out) {
  builder b = { .model = m };
  *out = (covering_array){ 0 };
  bool good = tuples_init(&b.u, m, t) && prepare(&b, out);
  if (good) {
    cover_given(&b, given, count);
    good = fill(&b, most, out);
  }
  feasible_free(b.search);
  missing_free(b.missing);
  free(b.gain);
  tuples_free(&b.u);
  if (!good)
    covering_free(out);
  return good;
}

bool covering_build (const covering_model *m, int t, covering_array *out) {
  return covering_extend(m, t, NULL, 0, SIZE_MAX, out) && out->valid > 0;
}

uint64_t covering_size (const covering_model *m, int t) {
  tuples u;
  if (!tuples_init(&u, m, t))
    return UINT64_MAX;
  const uint64_t size = u.first[u.choices];
  tuples_free(&u);
  return size;
}

void covering_free (covering_array *a) {
  free(a->value);
  *a = (covering_array){ 0 };
}
