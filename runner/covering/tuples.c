/* tuples.c: the t-way combinations of a covering model, and which of them are possible.
   A tuple is impossible if a smaller one inside it is, so strengths are decided from 1 upwards.
   Each allowed row that the search finds proves at once that all the tuples in it are possible, so
   that few searches suffice. */

#include "tuples.h"

#include <stdlib.h>
#include <string.h>

/* ---- numbering */

static uint64_t binomial (int n, int k) {
  uint64_t b = 1;
  for (int i = 0; i < k; i++)
    b = b * (uint64_t) (n - i) / (uint64_t) (i + 1);
  return n < k ? 0 : b;
}

/* Which choice in lexicographic order these ascending factors are. */
static size_t rank_of (int factors, int t, const uint8_t *factor) {
  uint64_t after = 0;
  for (int i = 0; i < t; i++)
    after += binomial(factors - 1 - factor[i], t - i);
  return (size_t) (binomial(factors, t) - 1 - after);
}

static void next_choice (int factors, int t, uint8_t *factor) {
  int i = t - 1;
  while (i > 0 && factor[i] == factors - t + i)
    i--;
  factor[i]++;
  for (i++; i < t; i++)
    factor[i] = (uint8_t) (factor[i - 1] + 1);
}

static uint64_t tuples_of (const tuples *u, size_t choice) {
  uint64_t count = 1;
  for (int i = 0; i < u->t; i++)
    count *= (uint64_t) u->model->levels[u->factor[choice * (size_t) u->t + (size_t) i]];
  return count;
}

static bool number (tuples *u) {
  uint8_t factor[MAX_STRENGTH];
  for (int i = 0; i < u->t; i++)
    factor[i] = (uint8_t) i;
  for (size_t c = 0; c < u->choices; c++) {
    memcpy(u->factor + c * (size_t) u->t, factor, (size_t) u->t);
    u->first[c + 1] = u->first[c] + tuples_of(u, c);
    if (u->first[c + 1] > ((uint64_t) 1 << 34) / (uint64_t) u->t)
      return false;
    next_choice(u->model->factors, u->t, factor);
  }
  return true;
}

bool tuples_init (tuples *u, const covering_model *m, int t) {
  *u = (tuples){ .model = m, .t = t };
  if (t < 1 || t > MAX_STRENGTH || t > m->factors || m->factors > MAX_FACTORS)
    return false;
  u->choices = (size_t) binomial(m->factors, t);
  if (u->choices > 1 << 20)
    return false;
  u->factor = calloc(u->choices * (size_t) t + 1, sizeof *u->factor);
  u->first = calloc(u->choices + 1, sizeof *u->first);
  if (u->factor && u->first && number(u))
    return true;
  tuples_free(u);
  return false;
}

void tuples_free (tuples *u) {
  free(u->factor);
  free(u->first);
  *u = (tuples){ 0 };
}

uint64_t tuples_at (const tuples *u, size_t choice, const uint16_t *row) {
  const uint8_t *factor = u->factor + choice * (size_t) u->t;
  uint64_t index = 0;
  for (int i = 0; i < u->t; i++)
    index = index * (uint64_t) u->model->levels[factor[i]] + row[factor[i]];
  return u->first[choice] + index;
}

void tuples_set (const tuples *u, size_t choice, uint64_t tuple, uint16_t *row) {
  const uint8_t *factor = u->factor + choice * (size_t) u->t;
  uint64_t index = tuple - u->first[choice];
  for (int i = u->t - 1; i >= 0; i--) {
    row[factor[i]] = (uint16_t) (index % (uint64_t) u->model->levels[factor[i]]);
    index /= (uint64_t) u->model->levels[factor[i]];
  }
}

void tuples_clear (const tuples *u, uint16_t *row) {
  for (int f = 0; f < u->model->factors; f++)
    row[f] = (uint16_t) u->model->levels[f];
}

/* ---- sets */

uint64_t *tuples_none (uint64_t count) {
  return calloc(count / 64 + 2, sizeof(uint64_t));
}

uint64_t tuples_count (const uint64_t *set, uint64_t first, uint64_t end) {
  uint64_t count = 0;
  for (uint64_t i = first; i < end;)
    if (i % 64 == 0 && end - i >= 64) {
      count += (uint64_t) __builtin_popcountll(set[i / 64]);
      i += 64;
    } else
      count += tuples_has(set, i++);
  return count;
}

/* ---- possibility */

/* A strength, the one below, and what is known of both. */
typedef struct decision {
  const tuples *u, *below;
  const uint64_t *possible_below; /* NULL at strength 1 */
  uint64_t *possible;
  feasible *search;
} decision;

/* Whether a tuple contains an impossible one of one factor less. `part` has the ranks of the
   choices that result when each of the choice's factors is left out in turn. */
static bool contains_impossible (const decision *d, const size_t part[MAX_STRENGTH],
                                 const uint16_t *row) {
  for (int i = 0; d->possible_below && i < d->u->t; i++)
    if (!tuples_has(d->possible_below, tuples_at(d->below, part[i], row)))
      return true;
  return false;
}

static void find_parts (const decision *d, size_t choice, size_t part[MAX_STRENGTH]) {
  const int t = d->u->t;
  const uint8_t *factor = d->u->factor + choice * (size_t) t;
  for (int out = 0; out < t; out++) {
    uint8_t left[MAX_STRENGTH];
    for (int i = 0; i < t - 1; i++)
      left[i] = factor[i + (i >= out)];
    part[out] = rank_of(d->u->model->factors, t - 1, left);
  }
}

/* Every tuple of an allowed row is possible. */
static void add_row (const tuples *u, uint64_t *set, const uint16_t *row) {
  for (size_t c = 0; c < u->choices; c++)
    tuples_add(set, tuples_at(u, c, row));
}

static void decide_choice (const decision *d, size_t choice) {
  size_t part[MAX_STRENGTH] = { 0 };
  uint16_t row[MAX_FACTORS], whole[MAX_FACTORS];
  if (d->possible_below)
    find_parts(d, choice, part);
  tuples_clear(d->u, row);
  for (uint64_t i = d->u->first[choice]; i < d->u->first[choice + 1]; i++) {
    if (tuples_has(d->possible, i))
      continue;
    tuples_set(d->u, choice, i, row);
    if (!contains_impossible(d, part, row) && feasible_complete(d->search, row, whole))
      add_row(d->u, d->possible, whole);
  }
}

static uint64_t *decide (const tuples *u, const tuples *below, const uint64_t *possible_below,
                         feasible *s) {
  const decision d = { .u = u,
                       .below = below,
                       .possible_below = possible_below,
                       .possible = tuples_none(u->first[u->choices]),
                       .search = s };
  for (size_t c = 0; d.possible && c < u->choices; c++)
    decide_choice(&d, c);
  return d.possible;
}

uint64_t *tuples_possible (const tuples *u, feasible *s) {
  tuples below;
  if (u->t == 1)
    return decide(u, NULL, NULL, s);
  if (!tuples_init(&below, u->model, u->t - 1))
    return NULL;
  uint64_t *possible_below = tuples_possible(&below, s);
  uint64_t *possible = possible_below ? decide(u, &below, possible_below, s) : NULL;
  free(possible_below);
  tuples_free(&below);
  return possible;
}
