/* data.c: the data of a case are a function of its id, and the same in every layout. */

#include "call/layout.h"
#include "tensors.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <xxhash.h>

static uint64_t hash_of (const DLTensor *t) {
  return XXH3_64bits(t->data, (size_t) tensor_count(t) * t->dtype.bits / 8);
}

/* One tensor of the case in this role: input 2x4x9x11, weight 6x4x3x3. */
static uint64_t fill_and_hash (const test_case *c, uint64_t key, role r) {
  int64_t input[] = { 2, 4, 9, 11 }, weight[] = { 6, 4, 3, 3 }, bias[] = { 6 };
  int64_t *dim[ROLES] = { input, weight, bias, input };
  const DLTensor t = filled(c, key, r, r == BIAS ? 1 : 4, dim[r]);
  return hash_of(&t);
}

/* ---- what the data were when this was written: an id has the same data for ever */

static const char *const id = "conv2d:in=2x4x9x11,out=6,k=3";

static const struct {
  const char *name;
  uint64_t hash;
} pinned[] = {
  { "integers", 0xdbb49c0247692ea5 },     { "arange", 0xc02ab50bb2f79927 },
  { "ones", 0xecb131104a08e5ef },         { "zeros", 0x8625574546ea80b6 },
  { "impulse", 0x21e36f3d7f2c774f },      { "uniform", 0x1e616875c21a811a },
  { "normal", 0xd56b37c38fa6ff97 },       { "wide", 0xb0958e56e8bc4f05 },
  { "cancellation", 0x26a97ec9229f9ef6 }, { "halfway", 0x27ed138af4769cf3 },
  { "subnormal", 0x39a360aa1a6c5683 },    { "special", 0xf92b3300478b1713 },
  { "nan", 0xe9bced390104c8e8 },          { "infinity", 0x8b2fc4eb56aa70a2 },
  { "tosa", 0xc5db67a620c518 },
};

/* The types that there were then; those that came later have ids of their own. */
enum { PINNED_TYPES = 9 };

/* One hash over the four tensors in these types. */
static uint64_t recipe_hash (const char *name) {
  uint64_t all[PINNED_TYPES][ROLES];
  for (int i = 0; i < PINNED_TYPES; i++)
    for (role r = INPUT; r < ROLES; r++) {
      const test_case c = case_of(name, types[i]);
      all[i][r] = fill_and_hash(&c, data_key(id), r);
    }
  return XXH3_64bits(all, sizeof all);
}

static void test_pinned (void) {
  size_t i = 0;
  ok(data_key(id) == 0x9e04b48263fa0c4, "the key of an id is what it was: %" PRIx64, data_key(id));
  for (; i < sizeof pinned / sizeof *pinned; i++)
    ok(recipe_hash(pinned[i].name) == pinned[i].hash, "%s is what it was: %" PRIx64, pinned[i].name,
       recipe_hash(pinned[i].name));
  ok(!recipes[i].name, "every recipe is pinned");
}

/* ---- purity */

static bool is_random (const char *name) {
  return strcmp(name, "arange") && strcmp(name, "ones") && strcmp(name, "zeros");
}

/* Whether the same key and role give the same bits, and another key others. */
static bool is_pure (const test_case *c, bool random) {
  bool right = true;
  for (role r = INPUT; r < ROLES; r++) {
    const bool one_event = !strcmp(recipes[c->recipe[r % 3]].name, "impulse");
    int others = 0;
    for (uint64_t key = 1; key <= 8; key++)
      others += fill_and_hash(c, key, r) != fill_and_hash(c, 0, r);
    right &= fill_and_hash(c, 0, r) == fill_and_hash(c, 0, r);
    right &= random ? others >= (one_event ? 4 : 8) : others == 0;
  }
  return right;
}

static void test_purity (void) {
  for (int k = 0; recipes[k].name; k++) {
    int pure = 0, distinct = 0;
    for (int i = 0; i < TYPES; i++) {
      const test_case c = case_of(recipes[k].name, types[i]);
      pure += is_pure(&c, is_random(recipes[k].name));
      distinct += fill_and_hash(&c, 7, INPUT) != fill_and_hash(&c, 7, GRAD_OUTPUT);
    }
    ok(pure == TYPES, "%s: a function of the key", recipes[k].name);
    ok(distinct == (is_random(recipes[k].name) ? TYPES : 0),
       "%s: input and grad_output of one shape are two streams", recipes[k].name);
  }
}

/* ---- layouts */

/* The same tensor in a layout, in the upper half of the storage of its role. */
static DLTensor laid_out (const test_case *c, uint64_t key, layout l, int32_t ndim, int64_t *dim,
                          place *p) {
  layout_place(l, false, c->params.dtype, ndim, dim, p);
  memset(storage[BIAS], 0xa5, sizeof storage[BIAS]);
  DLTensor t = { .data = (char *) storage[BIAS] + p->origin,
                 .ndim = ndim,
                 .dtype = c->params.dtype,
                 .shape = dim,
                 .strides = p->strides };
  data_fill(c, key, INPUT, &t);
  return t;
}

static bool equal (double a, double b) {
  return !memcmp(&a, &b, sizeof a) || (isnan(a) && isnan(b));
}

/* The number that lies where number i lies, with the lowest index. */
static int64_t original (const DLTensor *t, int64_t number) {
  const int parts = CONV2D_PARTS(t->dtype.code);
  int64_t i = number / parts, first = 0, factor = 1;
  for (int a = t->ndim - 1; a >= 0; a--) {
    first += t->strides[a] ? i % t->shape[a] * factor : 0;
    factor *= t->shape[a];
    i /= t->shape[a];
  }
  return first * parts + number % parts;
}

static bool same_in_layout (const test_case *c, uint64_t key, layout l, int32_t ndim,
                            int64_t *dim) {
  place p;
  const DLTensor want = filled(c, key, INPUT, ndim, dim);
  const DLTensor got = laid_out(c, key, l, ndim, dim, &p);
  const bool one_event =
      !recipes[c->recipe[0]].finite || !strcmp(recipes[c->recipe[0]].name, "impulse");
  if (l == BROADCAST && one_event)
    return true; /* the special value moves to an element that is not a copy */
  for (int64_t i = 0; i < tensor_numbers(&want); i++)
    if (!equal(tensor_get(&got, i), tensor_get(&want, original(&got, i))))
      return false;
  return true;
}

static void test_layouts (void) {
  static int64_t dims[][4] = { { 2, 3, 5, 7 }, { 1, 4, 6, 33 }, { 3, 1, 1, 130 }, { 2, 2, 70, 1 } };
  for (layout l = NCHW; l < LAYOUTS; l++) {
    int same = 0, all = 0;
    for (int k = 0; recipes[k].name; k++)
      for (int i = 0; i < TYPES; i++)
        for (int d = 0; d < 8; d++, all++) {
          const test_case c = case_of(recipes[k].name, types[i]);
          same += same_in_layout(&c, (uint64_t) d, l, 4 - d / 4, dims[d % 4] + d / 4);
        }
    ok(same == all, "layout %d: the same elements as compact, %d of %d tensors", (int) l, same,
       all);
  }
}

/* Where strides are 0, an impulse is still there, once. */
static void test_broadcast_event (void) {
  int right = 0;
  for (uint64_t key = 0; key < 100; key++) {
    const test_case c = case_of("impulse", types[0]);
    int64_t dim[] = { 3, 2, 4, 5 };
    place p;
    double sum = 0;
    const DLTensor t = laid_out(&c, key, BROADCAST, 4, dim, &p);
    for (int64_t i = 0; i < tensor_count(&t); i++)
      sum += original(&t, i) == i ? tensor_get(&t, i) : 0;
    right += sum == 1;
  }
  ok(right == 100, "an impulse among copies is where it is seen");
}

/* Checks that nothing but the elements is written. */
static void test_gaps (void) {
  const test_case c = case_of("integers", types[4]);
  int64_t dim[] = { 2, 3, 4, 5 };
  place p;
  laid_out(&c, 1, GAPS, 4, dim, &p);
  const unsigned char *byte = (const unsigned char *) storage[BIAS];
  int untouched = 0;
  for (uint64_t i = 0; i < p.bytes; i++)
    untouched += byte[i] == 0xa5;
  ok(untouched >= (int) p.bytes - 120 && byte[5] == 0xa5 && byte[p.bytes] == 0xa5,
     "gaps are not written");
}

static void test_literal (void) {
  double value[] = { 1.5, -2, INFINITY, 4, 5, 6 };
  const case_meta meta = { .value = { [WEIGHT] = { 6, value } } };
  test_case c = case_of("integers", types[0]);
  c.meta = &meta;
  int64_t dim[] = { 1, 2, 1, 3 };
  const DLTensor t = filled(&c, 1, WEIGHT, 4, dim);
  int right = 0;
  for (int i = 0; i < 6; i++)
    right += tensor_get(&t, i) == value[i];
  ok(right == 6, "literal values come before the recipe");
}

static void test_events (void) {
  test_case c = case_of("nan", types[0]);
  int64_t dim[] = { 2, 3, 4, 5 }, bias[] = { 6 };
  int nans[ROLES] = { 0 };
  c.recipe[INPUT] = (uint8_t) recipe_find("integers");
  for (role r = INPUT; r < ROLES; r++) {
    const DLTensor t = filled(&c, 5, r, r == BIAS ? 1 : 4, r == BIAS ? bias : dim);
    for (int64_t i = 0; i < tensor_count(&t); i++)
      nans[r] += isnan(tensor_get(&t, i));
  }
  ok(nans[INPUT] == 0 && nans[WEIGHT] == 1 && nans[BIAS] == 0,
     "a NaN is in the first tensor with the recipe only");
}

int main (void) {
  ok(recipe_find("integers") == 0 && recipe_find("tosa") > 0 && recipe_find("toast") == -1,
     "recipes are found by name; integers is the default");
  test_pinned();
  test_purity();
  test_layouts();
  test_broadcast_event();
  test_gaps();
  test_literal();
  test_events();
  return done_testing();
}
