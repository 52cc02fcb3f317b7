/* feasible.c: backtracking with forward checking over tables.
   In each table every factor gets one more value, "any". So one look-up shows whether a constraint
   can still be met, however many of its factors are free. */

#include "feasible.h"

#include <stdlib.h>
#include <string.h>

/* One constraint that a factor takes part in. */
typedef struct part {
  int constraint;
  size_t stride; /* of the factor's digit in the widened table */
} part;

struct feasible {
  const covering_model *model;
  uint64_t **table; /* of each constraint, widened */
  size_t *index;    /* of each constraint: where the row being searched is in its table */
  part *part;       /* by factor: those of f are first_part[f] ... first_part[f + 1] - 1 */
  int *first_part;
  int *group; /* of each factor: factors that no chain of constraints links are in different ones */
  uint16_t *row;
  uint64_t random;
};

static bool test_bit (const uint64_t *bits, size_t i) {
  return bits[i / 64] >> i % 64 & 1;
}

static int next_random (feasible *s, int below) {
  s->random = s->random * 6364136223846793005u + 1442695040888963407u;
  return (int) ((s->random >> 33) % (uint64_t) below);
}

/* ---- widened tables */

static size_t widened_size (const covering_model *m, const constraint *c) {
  size_t size = 1;
  for (int i = 0; i < c->count; i++)
    if (__builtin_mul_overflow(size, (size_t) m->levels[c->factor[i]] + 1, &size))
      return SIZE_MAX;
  return size;
}

/* The digits of a widened index, and whether one of them is "any". */
static bool split_index (const covering_model *m, const constraint *c, size_t index, int *digit) {
  bool any = false;
  for (int i = c->count - 1; i >= 0; i--) {
    const int levels = m->levels[c->factor[i]];
    digit[i] = (int) (index % (size_t) (levels + 1));
    index /= (size_t) (levels + 1);
    any |= digit[i] == levels;
  }
  return any;
}

static void copy_table (const covering_model *m, const constraint *c, size_t size,
                        uint64_t *table) {
  int digit[64];
  for (size_t w = 0; w < size; w++) {
    size_t index = 0;
    if (split_index(m, c, w, digit))
      continue;
    for (int i = 0; i < c->count; i++)
      index = index * (size_t) m->levels[c->factor[i]] + (size_t) digit[i];
    table[w / 64] |= (uint64_t) test_bit(c->allowed, index) << w % 64;
  }
}

/* Fills in "any" for one digit: it is allowed where at least one of the digit's values is. */
static void widen_digit (size_t size, size_t stride, int levels, uint64_t *table) {
  const size_t block = stride * (size_t) (levels + 1);
  for (size_t base = 0; base < size; base += block)
    for (size_t i = base; i < base + stride; i++) {
      bool some = false;
      for (int v = 0; v < levels && !some; v++)
        some = test_bit(table, i + (size_t) v * stride);
      const size_t any = i + (size_t) levels * stride;
      table[any / 64] |= (uint64_t) some << any % 64;
    }
}

static uint64_t *widened_table (const covering_model *m, const constraint *c) {
  const size_t size = widened_size(m, c);
  uint64_t *table = size < SIZE_MAX ? calloc(size / 64 + 1, sizeof *table) : NULL;
  if (!table)
    return NULL;
  copy_table(m, c, size, table);
  size_t stride = 1;
  for (int i = c->count - 1; i >= 0; i--) {
    widen_digit(size, stride, m->levels[c->factor[i]], table);
    stride *= (size_t) m->levels[c->factor[i]] + 1;
  }
  return table;
}

/* ---- construction */

static size_t stride_in (const covering_model *m, const constraint *c, int position) {
  size_t stride = 1;
  for (int i = c->count - 1; i > position; i--)
    stride *= (size_t) m->levels[c->factor[i]] + 1;
  return stride;
}

static void collect_parts (feasible *s) {
  const covering_model *m = s->model;
  int count = 0;
  for (int f = 0; f < m->factors; f++) {
    s->first_part[f] = count;
    for (int k = 0; k < m->constraints; k++)
      for (int i = 0; i < m->constraint[k].count; i++)
        if (m->constraint[k].factor[i] == f)
          s->part[count++] = (part){ k, stride_in(m, &m->constraint[k], i) };
  }
  s->first_part[m->factors] = count;
}

static void join_groups (feasible *s) {
  const covering_model *m = s->model;
  for (int f = 0; f < m->factors; f++)
    s->group[f] = f;
  for (int k = 0; k < m->constraints; k++)
    for (int i = 1; i < m->constraint[k].count; i++) {
      const int from = s->group[m->constraint[k].factor[i]];
      const int to = s->group[m->constraint[k].factor[0]];
      for (int f = 0; f < m->factors; f++)
        s->group[f] = s->group[f] == from ? to : s->group[f];
    }
}

static bool allocate (feasible *s) {
  const covering_model *m = s->model;
  const size_t factors = (size_t) m->factors, constraints = (size_t) m->constraints + 1;
  size_t parts = 1;
  for (int k = 0; k < m->constraints; k++)
    parts += (size_t) m->constraint[k].count;
  s->table = calloc(constraints, sizeof *s->table);
  s->index = calloc(constraints, sizeof *s->index);
  s->part = calloc(parts, sizeof *s->part);
  s->first_part = calloc(factors + 1, sizeof *s->first_part);
  s->group = calloc(factors + 1, sizeof *s->group);
  s->row = calloc(factors + 1, sizeof *s->row);
  bool good = s->table && s->index && s->part && s->first_part && s->group && s->row;
  for (int k = 0; good && k < m->constraints; k++)
    good = (s->table[k] = widened_table(m, &m->constraint[k]));
  return good;
}

feasible *feasible_new (const covering_model *m) {
  feasible *s = calloc(1, sizeof *s);
  if (!s)
    return NULL;
  s->model = m;
  if (!allocate(s)) {
    feasible_free(s);
    return NULL;
  }
  collect_parts(s);
  join_groups(s);
  return s;
}

void feasible_free (feasible *s) {
  if (!s)
    return;
  for (int k = 0; s->table && k < s->model->constraints; k++)
    free(s->table[k]);
  free(s->table);
  free(s->index);
  free(s->part);
  free(s->first_part);
  free(s->group);
  free(s->row);
  free(s);
}

/* ---- search */

static size_t index_of (const feasible *s, int k, const uint16_t *row) {
  const constraint *c = &s->model->constraint[k];
  size_t index = 0;
  for (int i = 0; i < c->count; i++)
    index = index * (size_t) (s->model->levels[c->factor[i]] + 1) + row[c->factor[i]];
  return index;
}

bool feasible_locally (const feasible *s, const uint16_t *row, int factor) {
  const int parts = factor < 0 ? s->model->constraints : s->first_part[factor + 1];
  for (int i = factor < 0 ? 0 : s->first_part[factor]; i < parts; i++) {
    const int k = factor < 0 ? i : s->part[i].constraint;
    if (!test_bit(s->table[k], index_of(s, k, row)))
      return false;
  }
  return true;
}

/* Whether a free factor of the row being searched may take a value. */
static bool may_take (const feasible *s, int f, int v) {
  const size_t back = (size_t) (s->model->levels[f] - v);
  for (int i = s->first_part[f]; i < s->first_part[f + 1]; i++)
    if (!test_bit(s->table[s->part[i].constraint],
                  s->index[s->part[i].constraint] - back * s->part[i].stride))
      return false;
  return true;
}

static void set (feasible *s, int f, int v) {
  for (int i = s->first_part[f]; i < s->first_part[f + 1]; i++)
    s->index[s->part[i].constraint] = s->index[s->part[i].constraint]
                                      + (size_t) v * s->part[i].stride
                                      - s->row[f] * s->part[i].stride;
  s->row[f] = (uint16_t) v;
}

/* How many values a factor may take, counted up to `enough`. */
static int choices (const feasible *s, int f, int enough) {
  int count = 0;
  for (int v = 0; v < s->model->levels[f] && count < enough; v++)
    count += may_take(s, f, v);
  return count;
}

/* The free factor of a group with the fewest choices: -1 if none is free, -2 if one has none. */
static int most_constrained (const feasible *s, int group) {
  int best = -1, fewest = INT32_MAX;
  for (int f = 0; f < s->model->factors; f++) {
    if (s->group[f] != group || s->row[f] != s->model->levels[f])
      continue;
    const int count = choices(s, f, fewest);
    if (count == 0)
      return -2;
    if (count < fewest) {
      best = f;
      fewest = count;
    }
  }
  return best;
}

static bool search (feasible *s, int group) {
  const int f = most_constrained(s, group);
  if (f < 0)
    return f == -1;
  const int levels = s->model->levels[f], start = next_random(s, levels);
  for (int i = 0; i < levels; i++) {
    const int v = (start + i) % levels;
    if (!may_take(s, f, v))
      continue;
    set(s, f, v);
    if (search(s, group))
      return true;
    set(s, f, levels);
  }
  return false;
}

/* Completes the part of a row that belongs to one group. */
static bool complete_group (feasible *s, const uint16_t *partial, int group, uint16_t *whole) {
  const covering_model *m = s->model;
  memcpy(s->row, partial, (size_t) m->factors * sizeof *partial);
  for (int f = 0; f < m->factors; f++)
    for (int i = s->first_part[f]; s->group[f] == group && i < s->first_part[f + 1]; i++) {
      const int k = s->part[i].constraint;
      if (m->constraint[k].factor[0] == f)
        s->index[k] = index_of(s, k, partial);
    }
  if (!search(s, group))
    return false;
  for (int f = 0; f < m->factors; f++)
    whole[f] = s->group[f] == group ? s->row[f] : whole[f];
  return true;
}

bool feasible_complete (feasible *s, const uint16_t *partial, uint16_t *whole) {
  if (!feasible_locally(s, partial, -1))
    return false;
  for (int f = 0; f < s->model->factors; f++)
    if (s->group[f] == f && !complete_group(s, partial, f, whole))
      return false;
  return true;
}

bool feasible_set (feasible *s, const uint16_t *partial, int factor, uint16_t *whole) {
  return feasible_locally(s, partial, factor)
         && complete_group(s, partial, s->group[factor], whole);
}
