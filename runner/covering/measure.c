/* measure.c: how many of the valid t-way combinations some rows contain.
   It takes one choice of t factors at a time, so that its set of tuples stays in the cache. */

#include "covering.h"
#include "tuples.h"

#include <stdlib.h>
#include <string.h>

/* The tuples of one choice in all rows. */
static void collect (const tuples *u, size_t choice, const uint16_t *value, size_t rows,
                     uint64_t *seen) {
  const uint64_t first = u->first[choice];
  memset(seen, 0, (size_t) ((u->first[choice + 1] - first) / 8 + 1));
  for (size_t r = 0; r < rows; r++)
    tuples_add(seen, tuples_at(u, choice, value + r * (size_t) u->model->factors) - first);
}

static uint64_t count_both (const tuples *u, size_t choice, const uint64_t *possible,
                            const uint64_t *seen) {
  uint64_t count = 0;
  for (uint64_t i = u->first[choice]; i < u->first[choice + 1]; i++)
    count += tuples_has(possible, i) && tuples_has(seen, i - u->first[choice]);
  return count;
}

/* Copies the rows that satisfy the constraints. */
static uint16_t *allowed_rows (const covering_model *m, const feasible *s, const uint16_t *value,
                               size_t *rows) {
  const size_t size = (size_t) m->factors * sizeof *value;
  uint16_t *allowed = malloc(*rows * size + 1);
  size_t count = 0;
  for (size_t r = 0; allowed && r < *rows; r++) {
    const uint16_t *row = value + r * (size_t) m->factors;
    if (feasible_locally(s, row, -1))
      memcpy(allowed + count++ * (size_t) m->factors, row, size);
  }
  *rows = count;
  return allowed;
}

static uint64_t largest_choice (const tuples *u) {
  uint64_t most = 0;
  for (size_t c = 0; c < u->choices; c++)
    most = u->first[c + 1] - u->first[c] > most ? u->first[c + 1] - u->first[c] : most;
  return most;
}

static bool measure (const tuples *u, feasible *s, const uint16_t *value, size_t rows,
                     uint64_t *valid, uint64_t *covered) {
  uint64_t *possible = tuples_possible(u, s), *seen = tuples_none(largest_choice(u));
  uint16_t *allowed = allowed_rows(u->model, s, value, &rows);
  const bool good = possible && seen && allowed;
  *valid = good ? tuples_count(possible, 0, u->first[u->choices]) : 0;
  *covered = 0;
  for (size_t c = 0; good && c < u->choices; c++) {
    collect(u, c, allowed, rows, seen);
    *covered += count_both(u, c, possible, seen);
  }
  free(allowed);
  free(seen);
  free(possible);
  return good;
}

bool covering_measure (const covering_model *m, int t, const uint16_t *value, size_t rows,
                       uint64_t *valid, uint64_t *covered) {
  tuples u;
  if (!tuples_init(&u, m, t))
    return false;
  feasible *s = feasible_new(m);
  const bool good = s && measure(&u, s, value, rows, valid, covered);
  feasible_free(s);
  tuples_free(&u);
  return good;
}
