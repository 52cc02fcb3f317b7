/* sweep.c: axes of a sweep -> cases.
   A case is decoded from its index in the product, or from a row of a covering array. So a product
   is never held in memory. Constraints are tables of bits over the few axes that they name
   (where.h). They are checked before a case is made. */

#include "sweep.h"

#include "axis.h"
#include "call/doing.h"
#include "casefile.h"
#include "kept.h"
#include "offered.h"
#include "where.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NOTHING = -1, PRODUCT = 0, MAX_STRENGTH = 6, MAX_SLICE = 10000 };

/* Larger products are a mistake, not a test plan. */
static const uint64_t max_product = (uint64_t) 1 << 40;

struct sweep {
  const char *path;
  test_case base;
  int axes;
  axis axis[MAX_AXES];
  int levels[MAX_AXES];
  int strength[TIERS];
  int64_t budget[TIERS]; /* 0: none */
  where *where;
  covering_model model;   /* with `where` and the validity of the geometry */
  covering_array array;   /* of built_for */
  int built_for, current; /* strengths */
  int64_t allowed;        /* the budget that `where` holds */
  offered offered;        /* of `audience` */
  audience audience;      /* all NULL: not looked at */
  subject_info subject;   /* its own copy */
  uint64_t product;
  uint64_t shard, step; /* index of the first combination, and how far to the next */
};

/* ---- reading */

static bool read_strength (const sweep *s, const node *n, int *strength, error *e) {
  int64_t t;
  if (n->kind == SCALAR && !strcmp(n->text, "all"))
    *strength = PRODUCT;
  else if (node_integer(n, &t) && t >= 1 && t <= MAX_STRENGTH && t <= s->axes)
    *strength = (int) t;
  else
    return fail_at(e, s->path, n,
                   "strength: `all`, or a number from 1 to %d and at most the number of axes",
                   MAX_STRENGTH);
  return true;
}

/* Either one strength for the file's tier and above, or a map from tiers to strengths. */
static bool read_strengths (sweep *s, const node *n, tier first, error *e) {
  int t, value = PRODUCT;
  for (t = 0; t < TIERS; t++)
    s->strength[t] = NOTHING;
  if (n && n->kind == MAP) {
    for (int i = 0; i < n->count; i++)
      if (!casefile_word(s->path, n->item[2 * i], tier_words, &t, e)
          || !read_strength(s, n->item[2 * i + 1], &s->strength[t], e))
        return false;
  } else {
    if (n && !read_strength(s, n, &value, e))
      return false;
    s->strength[first] = value;
  }
  for (t = 1; t < MODELS; t++)
    if (s->strength[t] == NOTHING)
      s->strength[t] = s->strength[t - 1];
  return true;
}

static bool read_amount (const sweep *s, const node *n, int64_t *amount, error *e) {
  return (node_integer(n, amount) && *amount > 0)
         || fail_at(e, s->path, n, "budget: a positive number is expected");
}

/* Either one budget, or a map from tiers to budgets. */
static bool read_budgets (sweep *s, const node *n, error *e) {
  int t;
  int64_t value = 0;
  if (n && n->kind == MAP) {
    for (int i = 0; i < n->count; i++)
      if (!casefile_word(s->path, n->item[2 * i], tier_words, &t, e)
          || !read_amount(s, n->item[2 * i + 1], &s->budget[t], e))
        return false;
  } else if (n && !read_amount(s, n, &value, e))
    return false;
  s->budget[0] = s->budget[0] ? s->budget[0] : value;
  for (t = 1; t < TIERS; t++)
    s->budget[t] = s->budget[t] ? s->budget[t] : s->budget[t - 1];
  return !n || s->budget[0]
         || fail_at(e, s->path, n, "budget: must be given for the first tier, too");
}

static bool count_product (sweep *s, const node *n, error *e) {
  s->product = 1;
  for (int a = 0; a < s->axes; a++) {
    s->levels[a] = s->axis[a].count;
    s->product *= (uint64_t) s->axis[a].count;
    if (s->product > max_product)
      return fail_at(e, s->path, n, "sweep: more than 2^40 combinations");
  }
  return true;
}

static bool read_axes (sweep *s, const node *n, error *e) {
  if (n->kind != MAP || !n->count)
    return fail_at(e, s->path, n, "axes: a map of lists is expected");
  if (n->count > MAX_AXES)
    return fail_at(e, s->path, n, "axes: more than %d", MAX_AXES);
  for (int i = 0; i < n->count; i++)
    if (!axis_read(s->path, n->item[2 * i], n->item[2 * i + 1], &s->axis[s->axes++], e))
      return false;
  return count_product(s, n, e);
}

static bool read_sweep (sweep *s, const node *n, tier first, error *e) {
  static const char *const keys[] = { "axes", "where", "budget", "strength", NULL };
  int ignored;
  if (n->kind != MAP)
    return fail_at(e, s->path, n, "sweep: a map is expected");
  for (int i = 0; i < n->count; i++)
    if (!casefile_word(s->path, n->item[2 * i], keys, &ignored, e))
      return false;
  if (!node_get(n, "axes"))
    return fail_at(e, s->path, n, "axes: must be given");
  if (!read_axes(s, node_get(n, "axes"), e) || !read_strengths(s, node_get(n, "strength"), first, e)
      || !read_budgets(s, node_get(n, "budget"), e))
    return false;
  s->where = where_read(s->path, node_get(n, "where"), s->budget[0] > 0, s->axis, s->axes, e);
  s->model = (covering_model){ .factors = s->axes, .levels = s->levels };
  /* Values are tried here, so that an error in one has its line. */
  return s->where && axis_check(s->path, s->axis, s->axes, &s->base, e);
}

sweep *sweep_read (const char *path, const node *n, const test_case *base, tier first, error *e) {
  sweep *s = calloc(1, sizeof *s);
  if (!s) {
    fail(e, HARNESS, "out of memory");
    return NULL;
  }
  *s = (sweep){ .path = path, .base = *base, .built_for = NOTHING, .current = NOTHING, .step = 1 };
  if (read_sweep(s, n, first, e))
    return s;
  sweep_free(s);
  return NULL;
}

void sweep_free (sweep *s) {
  if (!s)
    return;
  for (int a = 0; a < s->axes; a++)
    axis_free(&s->axis[a]);
  covering_free(&s->array);
  offered_free(&s->offered);
  where_free(s->where);
  free(s);
}

/* ---- expanding */

/* Takes back what was added for one audience. */
static void forget_audience (sweep *s) {
  if (s->offered.end)
    where_forget(s->where, s->offered.first);
  offered_free(&s->offered);
  s->audience = (audience){ 0 };
}

static bool is_same_audience (const sweep *s, const audience *who) {
  const audience *old = &s->audience;
  if (!who->subject != !old->subject || who->context != old->context || who->passes != old->passes)
    return false;
  return !who->subject || !memcmp(who->subject, &s->subject, sizeof s->subject);
}

/* Adds to the array what the audience lacks. */
static bool build_offered (sweep *s, const audience *who, error *e) {
  if (is_same_audience(s, who))
    return true;
  forget_audience(s);
  s->audience = *who;
  if (who->subject)
    s->subject = *who->subject;
  offered_constrain(s->where, s->axis, s->axes, &s->base, who, &s->offered);
  s->model.constraint = where_constraints(s->where, &s->model.constraints);
  return offered_build(s->where, &s->model, s->current, &s->array, &s->offered)
         || fail(e, HARNESS, "%s: out of memory", s->path);
}

static bool build_array (sweep *s, int t, error *e) {
  if (s->built_for == t)
    return true;
  forget_audience(s);
  if (!where_add_validity(s->where, s->axis, s->axes, &s->base, e))
    return false;
  s->model.constraint = where_constraints(s->where, &s->model.constraints);
  covering_free(&s->array);
  s->array = (covering_array){ 0 };
  s->built_for = NOTHING;
  if (!kept_build(&s->model, t, &s->array))
    return fail(e, BAD_INPUT, "%s: sweep: no valid combination, or out of memory", s->path);
  s->built_for = t;
  return true;
}

/* Sets the budget of the tier. An array that was built under another budget is dropped. */
static void set_budget (sweep *s, int64_t limit) {
  if (limit == s->allowed)
    return;
  where_set_budget(s->where, s->axis, s->axes, &s->base, limit);
  s->allowed = limit;
  s->built_for = NOTHING;
}

bool sweep_begin (sweep *s, const selection *choice, error *e) {
  s->current = choice->network ? NOTHING : s->strength[choice->tier];
  if (s->current != NOTHING)
    set_budget(s, s->budget[choice->tier]);
  s->shard = choice->shard;
  s->step = choice->shards ? choice->shards : 1;
  doing("building the covering array of %s", s->path);
  bool good =
      s->current <= 0 || (build_array(s, s->current, e) && build_offered(s, &choice->audience, e));
  doing(NULL);
  return good;
}

static uint64_t index_end (const sweep *s) {
  return s->current == NOTHING   ? 0
         : s->current == PRODUCT ? s->product
                                 : s->array.rows + offered_rows(&s->offered);
}

/* The values of the index-th combination; the last axis runs fastest. */
static void decode (const sweep *s, uint64_t index, uint16_t *row) {
  if (s->current > 0) {
    const uint16_t *from = index < s->array.rows
                               ? s->array.value + index * (size_t) s->axes
                               : offered_row(&s->offered, s->axes, index - s->array.rows);
    memcpy(row, from, (size_t) s->axes * sizeof *row);
    return;
  }
  for (int a = s->axes - 1; a >= 0; a--) {
    row[a] = (uint16_t) (index % (uint64_t) s->levels[a]);
    index /= (uint64_t) s->levels[a];
  }
}

/* The at-th combination of the shard. */
static uint64_t index_at (const sweep *s, uint64_t at) {
  return s->shard + at * s->step;
}

/* Finds the next combination that the constraints allow, and moves *at behind it. */
static bool advance (const sweep *s, uint64_t *at, uint16_t *row) {
  while (index_at(s, *at) < index_end(s)) {
    decode(s, index_at(s, (*at)++), row);
    if (s->current > 0 || where_allows(s->where, row))
      return true;
  }
  return false;
}

bool sweep_next (const sweep *s, uint64_t *at, test_case *c) {
  uint16_t row[MAX_AXES];
  if (!advance(s, at, row))
    return false;
  axis_make_case(s->axis, s->axes, row, &s->base, c);
  return true;
}

uint64_t sweep_count (const sweep *s) {
  uint16_t row[MAX_AXES];
  uint64_t at = 0, count = 0;
  while (advance(s, &at, row))
    count++;
  return count;
}

/* ---- slices */

/* How many combinations a slice has, and how many axes are the same in it. */
static uint64_t slice_length (const sweep *s, int *leading) {
  uint64_t length = 1;
  int a = s->axes;
  while (a > 0 && length * (uint64_t) s->levels[a - 1] <= MAX_SLICE)
    length *= (uint64_t) s->levels[--a];
  *leading = a;
  return length;
}

uint64_t sweep_slice (const sweep *s, uint64_t at) {
  int leading;
  return s->current == PRODUCT ? index_at(s, at - 1) / slice_length(s, &leading) + 1 : 0;
}

void sweep_slice_name (const sweep *s, uint64_t slice, char *text, size_t size) {
  uint16_t row[MAX_AXES];
  int leading;
  size_t used = 0;
  decode(s, (slice - 1) * slice_length(s, &leading), row);
  text[0] = 0;
  for (int a = 0; a < leading && used < size; a++)
    used += (size_t) snprintf(text + used, size - used, "%s%s=%s", a ? " " : "", s->axis[a].name,
                              s->axis[a].value[row[a]].name);
}

/* ---- measuring */

/* The rows of all cases of the tier, in one block. */
static uint16_t *collect_rows (const sweep *s, uint64_t count) {
  size_t width = (size_t) s->axes;
  uint16_t *rows = malloc((count ? count : 1) * width * sizeof *rows);
  uint64_t at = 0, k = 0;
  while (rows && k < count && advance(s, &at, rows + k * width))
    k++;
  return rows;
}

bool sweep_measure (sweep *s, int t, coverage *out, error *e) {
  if (!where_add_validity(s->where, s->axis, s->axes, &s->base, e))
    return false;
  s->model.constraint = where_constraints(s->where, &s->model.constraints);
  doing("measuring the %d-way coverage of %s", t, s->path);
  *out = (coverage){ .cases = sweep_count(s) };
  uint16_t *rows = collect_rows(s, out->cases);
  bool good = rows && covering_measure(&s->model, t, rows, out->cases, &out->valid, &out->covered);
  free(rows);
  doing(NULL);
  return good || fail(e, HARNESS, "%s: out of memory", s->path);
}

const struct offered *sweep_offered (const sweep *s) {
  return s->current > 0 && s->offered.limited ? &s->offered : NULL;
}

int sweep_axes (const sweep *s) {
  return s->axes;
}

const char *sweep_axis (const sweep *s, int a, int *values) {
  *values = s->axis[a].count;
  return s->axis[a].name;
}
