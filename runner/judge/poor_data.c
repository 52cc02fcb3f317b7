/* poor_data.c: whether the data of a case make a wrong answer differ from the right one (JUDGE-7).
   This is looked at only where poor data have no excuse: where the recipe has no pattern, and all
   windows differ. */

#include "parts.h"

enum {
  ENOUGH = 16,     /* sums, and elements of the input */
  PRODUCTS = 4,    /* of a sum; of fewer small integers many are equal by chance */
  LOOKED_AT = 4096 /* outputs, at most */
};

static bool has_pattern_free_data (const test_case *c) {
  for (int i = 0; i < 3; i++)
    if (!recipes[c->recipe[i]].patternless)
      return false;
  return !has_literals(c) && c->layout != BROADCAST;
}

/* Sums that saturate are two numbers. */
static bool has_different_windows (const trial *t) {
  const DLDataType type = t->j->tensor[t->x->truth[0].tensor].dtype;
  const bool saturates = is_integer(type) && contract_for(&t->s->numerics, type)->saturate;
  return !saturates && t->c->direction == FORWARD && t->c->params.padding_mode == CONV2D_ZEROS
         && place_count(&t->j->tensor[JOB_INPUT]) >= ENOUGH;
}

static bool is_sum (const trial *t, const truth *of, int64_t i) {
  return of->detail.terms[i] >= PRODUCTS + (t->c->params.bias != 0);
}

static bool same_value (const truth *of, int64_t i, int64_t k) {
  const size_t size = (size_t) number_size(dtype_of(of->want.dtype));
  const unsigned char *data = of->want.data;
  return same_bits(data + (size_t) i * size, data + (size_t) k * size, size);
}

/* The sum that more than half of the sums equal, if there is one (Boyer and Moore's vote). */
static int64_t candidate (const trial *t, const truth *of, int64_t count) {
  int64_t chosen = 0, votes = 0;
  for (int64_t i = 0; i < count; i++) {
    if (!is_sum(t, of, i))
      continue;
    if (votes == 0)
      chosen = i;
    votes += same_value(of, i, chosen) ? 1 : -1;
  }
  return chosen;
}

verdict judge_data (const trial *t) {
  if (t->x->truths != 1 || !has_different_windows(t) || !has_pattern_free_data(t->c))
    return V_PASS;
  if (place_numbers(&t->j->tensor[t->x->truth[0].tensor]) == 0)
    return V_PASS;
  const truth *of = truth_from(t->x, 0, 0);
  if (!of)
    return say_uncomputed(t);
  const int64_t all = truth_end(of), count = all < LOOKED_AT ? all : LOOKED_AT;
  int64_t sums = 0, equal = 0;
  const int64_t chosen = candidate(t, of, count);
  for (int64_t i = 0; i < count; i++)
    if (is_sum(t, of, i)) {
      sums++;
      equal += same_value(of, i, chosen);
    }
  if (sums < ENOUGH || 2 * equal <= sums)
    return V_PASS;
  return say(t, V_MISTRUSTED, "the data are poor: %lld of %lld sums of the right answer are equal",
             (long long) equal, (long long) sums);
}
