/* covering.c: covering arrays against all rows of many small random models: every row is allowed,
   every combination that any allowed row contains is covered, and no other is called possible. */

#include "covering/covering.h"
#include "../tap.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MAX_FACTORS = 7, MAX_LEVELS = 5, MAX_CONSTRAINTS = 6, MAX_ARITY = 4, TABLE = 1024 / 64 };

/* A model with its memory. */
typedef struct model {
  covering_model m;
  int levels[MAX_FACTORS];
  constraint constraint[MAX_CONSTRAINTS];
  int factor[MAX_CONSTRAINTS][MAX_ARITY];
  uint64_t allowed[MAX_CONSTRAINTS][TABLE];
} model;

static uint64_t random_state = 1;

static int random_below (int n) {
  random_state = random_state * 6364136223846793005u + 1442695040888963407u;
  return (int) ((random_state >> 33) % (uint64_t) n);
}

/* A constraint on some ascending factors that allows `percent` of their combinations. */
static void add_random_constraint (model *x, int percent) {
  const int k = x->m.constraints++;
  const int arity = 1 + random_below(x->m.factors < MAX_ARITY ? x->m.factors : MAX_ARITY);
  int size = 1, count = 0;
  for (int f = 0; f < x->m.factors && count < arity; f++)
    if (random_below(x->m.factors - f) < arity - count) {
      x->factor[k][count++] = f;
      size *= x->levels[f];
    }
  memset(x->allowed[k], 0, sizeof x->allowed[k]);
  for (int i = 0; i < size; i++)
    x->allowed[k][i / 64] |= (uint64_t) (random_below(100) < percent) << i % 64;
  x->constraint[k] = (constraint){ count, x->factor[k], x->allowed[k] };
}

static void make_random (model *x) {
  x->m = (covering_model){ 1 + random_below(MAX_FACTORS), x->levels, 0, x->constraint };
  for (int f = 0; f < x->m.factors; f++)
    x->levels[f] = 1 + random_below(x->m.factors > 5 ? 3 : MAX_LEVELS);
  for (int k = random_below(MAX_CONSTRAINTS); k > 0; k--)
    add_random_constraint(x, 20 + random_below(80));
}

/* ---- the truth, by listing all rows */

static bool is_allowed (const covering_model *m, const uint16_t *row) {
  for (int k = 0; k < m->constraints; k++) {
    const constraint *c = &m->constraint[k];
    size_t index = 0;
    for (int i = 0; i < c->count; i++)
      index = index * (size_t) m->levels[c->factor[i]] + row[c->factor[i]];
    if (!(c->allowed[index / 64] >> index % 64 & 1))
      return false;
  }
  return true;
}

static bool next_row (const covering_model *m, uint16_t *row) {
  for (int f = m->factors - 1; f >= 0; f--) {
    if (++row[f] < m->levels[f])
      return true;
    row[f] = 0;
  }
  return false;
}

/* The number of a tuple: the factors as a mask, and the values of those factors. */
static size_t tuple_of (int factors, int mask, const uint16_t *row) {
  size_t index = 0;
  for (int f = 0; f < factors; f++)
    index = index * MAX_LEVELS + (mask >> f & 1 ? row[f] : 0);
  return index;
}

enum { ALL_TUPLES = 78125 }; /* MAX_LEVELS to the power of MAX_FACTORS */
static unsigned char possible[1 << MAX_FACTORS][ALL_TUPLES], covered[1 << MAX_FACTORS][ALL_TUPLES];

/* Adds a row's tuples of t factors to a set; how many are new. */
static uint64_t add_tuples (const covering_model *m, int t, const uint16_t *row,
                            unsigned char set[][ALL_TUPLES]) {
  uint64_t added = 0;
  for (int mask = 0; mask < 1 << m->factors; mask++)
    if (__builtin_popcount((unsigned) mask) == t) {
      unsigned char *seen = &set[mask][tuple_of(m->factors, mask, row)];
      added += !*seen;
      *seen = 1;
    }
  return added;
}

static void forget (const covering_model *m, unsigned char set[][ALL_TUPLES]) {
  memset(set, 0, ((size_t) 1 << m->factors) * ALL_TUPLES);
}

static uint64_t count_possible (const covering_model *m, int t) {
  uint16_t row[MAX_FACTORS] = { 0 };
  uint64_t count = 0;
  forget(m, possible);
  do
    if (is_allowed(m, row))
      count += add_tuples(m, t, row, possible);
  while (next_row(m, row));
  return count;
}

/* The tuples of all rows, allowed or not. */
static uint64_t count_all (const covering_model *m, int t) {
  uint64_t all = 0;
  for (int mask = 0; mask < 1 << m->factors; mask++)
    if (__builtin_popcount((unsigned) mask) == t) {
      uint64_t tuples = 1;
      for (int f = 0; f < m->factors; f++)
        tuples *= mask >> f & 1 ? (uint64_t) m->levels[f] : 1;
      all += tuples;
    }
  return all;
}

/* ---- random models */

typedef struct tally {
  int models, none, rows_wrong, counts_wrong, uncovered, other_bits, measured_wrong;
} tally;

static void check_array (const covering_model *m, int t, const covering_array *a, tally *to) {
  const uint64_t valid = count_possible(m, t);
  uint64_t found = 0;
  bool allowed = true;
  forget(m, covered);
  for (size_t r = 0; r < a->rows; r++) {
    const uint16_t *row = a->value + r * (size_t) m->factors;
    for (int f = 0; f < m->factors; f++)
      allowed &= row[f] < m->levels[f];
    allowed &= is_allowed(m, row);
    found += add_tuples(m, t, row, covered);
  }
  to->rows_wrong += !allowed;
  to->uncovered += found != valid;
  to->counts_wrong += a->valid != valid || a->impossible != count_all(m, t) - valid;
}

static bool same (const covering_model *m, const covering_array *a, const covering_array *b) {
  return a->rows == b->rows
         && !memcmp(a->value, b->value, a->rows * (size_t) m->factors * sizeof *a->value);
}

/* Measures a random half of all rows, allowed or not, against counting. */
static void check_measure (const covering_model *m, int t, tally *to) {
  static uint16_t some[ALL_TUPLES * MAX_FACTORS];
  uint16_t row[MAX_FACTORS] = { 0 };
  uint64_t valid, got, want = 0;
  size_t rows = 0;
  forget(m, covered);
  do
    if (random_below(100) < 5) {
      memcpy(some + rows++ * (size_t) m->factors, row, (size_t) m->factors * sizeof *row);
      want += is_allowed(m, row) ? add_tuples(m, t, row, covered) : 0;
    }
  while (next_row(m, row));
  to->measured_wrong += !covering_measure(m, t, some, rows, &valid, &got) || got != want
                        || valid != count_possible(m, t);
}

static void check_model (const covering_model *m, int t, tally *to) {
  covering_array a, again;
  to->models++;
  if (!covering_build(m, t, &a)) {
    to->none++;
    to->counts_wrong += count_possible(m, t) != 0 || a.value;
    return;
  }
  check_array(m, t, &a, to);
  to->other_bits += !covering_build(m, t, &again) || !same(m, &a, &again);
  check_measure(m, t, to);
  covering_free(&a);
  covering_free(&again);
}

static void test_random_models (void) {
  tally n = { 0 };
  for (int i = 0; i < 400; i++) {
    static model x;
    make_random(&x);
    for (int t = 1; t <= x.m.factors && t <= 6; t++)
      check_model(&x.m, t, &n);
  }
  ok(n.models > 1000 && n.none > 20, "%d models and strengths, %d without any row", n.models,
     n.none);
  ok(n.rows_wrong == 0, "every row satisfies the constraints, wrong in %d", n.rows_wrong);
  ok(n.uncovered == 0, "every possible combination is covered, not in %d", n.uncovered);
  ok(n.counts_wrong == 0, "possible and impossible are told apart exactly, not in %d",
     n.counts_wrong);
  ok(n.other_bits == 0, "the same model gives the same rows, not in %d", n.other_bits);
  ok(n.measured_wrong == 0, "coverage of any rows is measured exactly, not in %d",
     n.measured_wrong);
}

/* ---- constraints that forbid something only together */

/* All pairs of n factors differ: the levels are pigeonholes. */
static void make_different (model *x, int factors, int levels) {
  x->m = (covering_model){ factors, x->levels, 0, x->constraint };
  for (int f = 0; f < factors; f++)
    x->levels[f] = levels;
  for (int a = 0; a < factors; a++)
    for (int b = a + 1; b < factors; b++) {
      const int k = x->m.constraints++;
      memset(x->allowed[k], 0, sizeof x->allowed[k]);
      for (int i = 0; i < levels * levels; i++)
        x->allowed[k][0] |= (uint64_t) (i / levels != i % levels) << i;
      x->factor[k][0] = a;
      x->factor[k][1] = b;
      x->constraint[k] = (constraint){ 2, x->factor[k], x->allowed[k] };
    }
}

static void test_pigeonholes (void) {
  static model x;
  covering_array a;
  make_different(&x, 4, 3);
  ok(!covering_build(&x.m, 2, &a), "4 different values out of 3: no row");
  make_different(&x, 4, 4);
  ok(covering_build(&x.m, 3, &a) && a.rows == 24 && a.valid == 96 && a.impossible == 160,
     "4 different values out of 4, strength 3: all 24 permutations");
  covering_free(&a);
}

/* ---- sizes; known: 24 (2, 4^10), 45 (3, 3^10), 9 and 15 (2, 3^4 and 3^13), 64 (3, 4^4) */

static size_t rows_of (int t, int factors, int levels) {
  int all[64];
  const covering_model m = { factors, all, 0, NULL };
  covering_array a;
  for (int f = 0; f < factors; f++)
    all[f] = levels;
  if (!covering_build(&m, t, &a))
    return 0;
  const size_t rows = a.rows;
  covering_free(&a);
  return rows;
}

static void test_sizes (void) {
  static const struct {
    int t, factors, levels;
    size_t known, most;
  } size[] = {
    { 1, 5, 7, 7, 7 },    { 2, 2, 5, 25, 25 },  { 2, 4, 3, 9, 11 },    { 2, 13, 3, 15, 20 },
    { 2, 10, 4, 24, 30 }, { 3, 10, 3, 45, 63 }, { 3, 6, 5, 125, 210 }, { 3, 4, 4, 64, 84 },
    { 5, 5, 2, 32, 32 },  { 6, 8, 2, 85, 130 },
  };
  for (size_t i = 0; i < sizeof size / sizeof *size; i++) {
    const size_t rows = rows_of(size[i].t, size[i].factors, size[i].levels);
    ok(rows >= size[i].known && rows <= size[i].most,
       "strength %d, %d^%d: %zu rows, best known %zu", size[i].t, size[i].levels, size[i].factors,
       rows, size[i].known);
  }
}

/* ---- a model as large as the suite's */

/* 15 factors, 7 levels on the average, one wide constraint of 5 factors and three narrow ones. */
static void test_large (int t) {
  static const int levels[15] = { 5, 6, 8, 8, 8, 8, 5, 2, 4, 9, 6, 14, 2, 3, 10 };
  static const int wide[] = { 2, 3, 4, 5, 6 }, narrow[3][2] = { { 7, 9 }, { 8, 11 }, { 10, 14 } };
  static uint64_t table[4][8 * 8 * 8 * 8 * 5 / 64 + 1];
  constraint c[4] = { { 5, wide, table[0] } };
  for (int i = 0; i < 8 * 8 * 8 * 8 * 5; i++)
    table[0][i / 64] |= (uint64_t) (i / 2560 + i / 320 % 8 >= i / 40 % 8 + i % 5) << i % 64;
  for (int k = 1; k < 4; k++) {
    c[k] = (constraint){ 2, narrow[k - 1], table[k] };
    for (int i = 0; i < levels[narrow[k - 1][0]] * levels[narrow[k - 1][1]]; i++)
      table[k][i / 64] |= (uint64_t) (i % 3 != 0) << i % 64;
  }
  const covering_model m = { 15, levels, 4, c };
  covering_array a;
  uint64_t valid, got;
  const clock_t start = clock();
  const bool built = covering_build(&m, t, &a);
  const double seconds = (double) (clock() - start) / CLOCKS_PER_SEC;
  ok(built && covering_measure(&m, t, a.value, a.rows, &valid, &got) && got == valid
         && valid == a.valid,
     "15 factors, strength %d: %zu rows cover all %llu, %llu are impossible", t, a.rows,
     (unsigned long long) a.valid, (unsigned long long) a.impossible);
  printf("# built in %.2f s\n", seconds);
  ok(covering_measure(&m, t, a.value, a.rows - 1, &valid, &got) && got < valid,
     "without the last row something is lacking");
  covering_free(&a);
}

/* Rows that are given, some of them not allowed, and those added: together all, in fewer than two
   arrays; without a limit, and with one. */
static void test_extending (void) {
  static const int levels[] = { 5, 4, 3, 3, 2 }, narrow[] = { 0, 2 };
  uint64_t table[1] = { 0 };
  for (int i = 0; i < 15; i++)
    table[0] |= (uint64_t) (i < 6) << i; /* two of the five values of the first factor */
  const constraint c = { 2, narrow, table };
  const covering_model all = { 5, levels, 0, NULL }, within = { 5, levels, 1, &c };
  covering_array given, added, few;
  uint64_t valid, before, after;
  const bool built = covering_build(&all, 2, &given)
                     && covering_measure(&within, 3, given.value, given.rows, &valid, &before);
  ok(built && before, "an array of pairs has some triples of the rows within");
  const bool good = covering_extend(&within, 3, given.value, given.rows, SIZE_MAX, &added);
  uint16_t *both = calloc((given.rows + added.rows) * 5, sizeof *both);
  memcpy(both, given.value, given.rows * 5 * sizeof *both);
  memcpy(both + given.rows * 5, added.value, added.rows * 5 * sizeof *both);
  covering_measure(&within, 3, both, given.rows + added.rows, &valid, &after);
  bool allowed = true;
  for (size_t r = 0; r < added.rows; r++)
    allowed &= is_allowed(&within, added.value + 5 * r);
  ok(good && before < valid && after == valid && added.valid == valid && !added.missing && allowed,
     "%zu rows more, all allowed, and none is lacking", added.rows);
  const bool limited = covering_extend(&within, 3, given.value, given.rows, 3, &few);
  ok(limited && few.rows == 3 && few.valid == valid && few.missing && few.missing < valid - before
         && !memcmp(few.value, added.value, 3 * 5 * sizeof *few.value),
     "with a limit of three, the first three of them, and %llu lack",
     (unsigned long long) few.missing);
  covering_free(&few);
  ok(covering_extend(&within, 3, both, given.rows + added.rows, SIZE_MAX, &few) && !few.rows,
     "where nothing lacks, nothing is added");
  table[0] = 0;
  ok(covering_extend(&within, 2, given.value, given.rows, SIZE_MAX, &few) && !few.rows
         && !few.valid,
     "where nothing is allowed, neither");
  ok(covering_size(&all, 2) == 20 + 15 + 15 + 10 + 12 + 12 + 8 + 9 + 6 + 6,
     "the number of pairs, valid or not");
  free(both);
  covering_free(&added);
  covering_free(&given);
}

static void test_limits (void) {
  static const int levels[] = { 70, 3, 2, 130 };
  const covering_model m = { 4, levels, 0, NULL };
  covering_array a;
  ok(covering_build(&m, 2, &a) && a.rows == 70 * 130, "factors of more than 64 levels");
  covering_free(&a);
  ok(!covering_build(&m, 0, &a) && !covering_build(&m, 5, &a) && !covering_build(&m, 7, &a),
     "a strength that there is not");
}

int main (void) {
  test_random_models();
  test_pigeonholes();
  test_sizes();
  test_large(2);
  test_large(3);
  test_extending();
  test_limits();
  return done_testing();
}
