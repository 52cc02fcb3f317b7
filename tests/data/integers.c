/* integers.c: every flip, transposition or swap of a tensor of `integers` changes it, and every sum
   of products of them is exact in any order. */

#include "tensors.h"

#include <math.h>
#include <stdlib.h>

/* A mistake: which element is read instead of another. */
typedef void mistake_fn (int64_t index[4], const int64_t *dim);

static void flip_batch (int64_t index[4], const int64_t *dim) {
  index[0] = dim[0] - 1 - index[0];
}
static void flip_channels (int64_t index[4], const int64_t *dim) {
  index[1] = dim[1] - 1 - index[1];
}
static void flip_rows (int64_t index[4], const int64_t *dim) {
  index[2] = dim[2] - 1 - index[2];
}
static void flip_columns (int64_t index[4], const int64_t *dim) {
  index[3] = dim[3] - 1 - index[3];
}
static void shift_channels (int64_t index[4], const int64_t *dim) {
  index[1] = (index[1] + 1) % dim[1];
}
static void shift_rows (int64_t index[4], const int64_t *dim) {
  index[2] = (index[2] + 1) % dim[2];
}
static void shift_columns (int64_t index[4], const int64_t *dim) {
  index[3] = (index[3] + 1) % dim[3];
}

static void turn (int64_t index[4], const int64_t *dim) {
  flip_rows(index, dim);
  flip_columns(index, dim);
}

static void transpose (int64_t index[4], const int64_t *dim) {
  if (dim[2] != dim[3])
    return;
  const int64_t row = index[2];
  index[2] = index[3];
  index[3] = row;
}

static void swap_channels_and_batch (int64_t index[4], const int64_t *dim) {
  if (dim[0] != dim[1])
    return;
  const int64_t n = index[0];
  index[0] = index[1];
  index[1] = n;
}

/* The row-major index of where the element lies that is at `index` in NHWC. */
static void read_as_nhwc (int64_t index[4], const int64_t *dim) {
  int64_t at = ((index[0] * dim[2] + index[2]) * dim[3] + index[3]) * dim[1] + index[1];
  for (int a = 3; a >= 0; a--) {
    index[a] = at % dim[a];
    at /= dim[a];
  }
}

static const struct {
  const char *name;
  mistake_fn *apply;
} mistakes[] = {
  { "flipped batch", flip_batch },
  { "flipped channels", flip_channels },
  { "flipped rows", flip_rows },
  { "flipped columns", flip_columns },
  { "half a turn", turn },
  { "transposition", transpose },
  { "shifted channels", shift_channels },
  { "shifted rows", shift_rows },
  { "shifted columns", shift_columns },
  { "channels and batch swapped", swap_channels_and_batch },
  { "read as NHWC", read_as_nhwc },
};

/* 1 if the mistake moves elements onto equal ones only, 0 if it is seen, -1 if it moves none. */
static int unseen (const DLTensor *t, mistake_fn *apply) {
  bool moves = false;
  for (int64_t i = 0; i < tensor_count(t); i++) {
    int64_t index[4], rest = i, at = 0;
    for (int a = 3; a >= 0; a--) {
      index[a] = rest % t->shape[a];
      rest /= t->shape[a];
    }
    apply(index, t->shape);
    for (int a = 0; a < 4; a++)
      at = at * t->shape[a] + index[a];
    moves |= at != i;
    if (tensor_get(t, at) != tensor_get(t, i))
      return 0;
  }
  return moves ? 1 : -1;
}

static bool is_constant (const DLTensor *t) {
  for (int64_t i = 1; i < tensor_count(t); i++)
    if (tensor_get(t, i) != tensor_get(t, 0))
      return false;
  return true;
}

/* Every shape up to 3x4x8x8 in one type. */
static void test_symmetry (int type) {
  const test_case c = case_of("integers", types[type]);
  int hidden[sizeof mistakes / sizeof *mistakes] = { 0 }, constant = 0, tried = 0;
  for (int64_t nth = 0; nth < 3 * 4 * 8 * 8; nth++) {
    int64_t dim[4] = { 1 + nth % 3, 1 + nth / 3 % 4, 1 + nth / 12 % 8, 1 + nth / 96 };
    for (uint64_t key = 0; key < 8 && dim[0] * dim[1] * dim[2] * dim[3] >= 4; key++, tried++) {
      const DLTensor t = filled(&c, key * 0x9e3779b97f4a7c15, (role) (key % 4), 4, dim);
      constant += is_constant(&t);
      for (size_t m = 0; m < sizeof mistakes / sizeof *mistakes; m++)
        hidden[m] += unseen(&t, mistakes[m].apply) == 1;
    }
  }
  ok(constant == 0, "%s: none of %d tensors is constant", type_names[type], tried);
  for (size_t m = 0; m < sizeof mistakes / sizeof *mistakes; m++)
    ok(hidden[m] == 0, "%s: %s is seen in all, not in %d", type_names[type], mistakes[m].name,
       hidden[m]);
}

/* ---- exact sums: a filter of 512 channels of 3x3, the bias, and 4608 inputs */

enum { TERMS = 4608 };

static double product (const DLTensor *x, const DLTensor *w, int i) {
  return tensor_get(x, i) * tensor_get(w, i);
}

/* The sum in float in one of four orders: forwards, backwards, 8 lanes, and by halves. */
static float sum_in (const float *v, int n, int order) {
  float sum = 0, lane[8] = { 0 };
  if (order == 3)
    return n == 1 ? v[0] : sum_in(v, n / 2, 3) + sum_in(v + n / 2, n - n / 2, 3);
  for (int i = 0; i < n; i++)
    if (order == 2)
      lane[i % 8] += v[i];
    else
      sum += v[order ? n - 1 - i : i];
  for (int i = 0; i < 8; i++)
    sum += lane[i];
  return sum;
}

static void test_exactness (const char *recipe_name, int type) {
  const test_case c = case_of(recipe_name, types[type]);
  int exact = 0, same = 0;
  double largest = 0;
  for (uint64_t key = 0; key < 50; key++) {
    int64_t dim[] = { 1, 512, 3, 3 };
    float term[TERMS];
    double scale = 0, sum = 0;
    const DLTensor x = filled(&c, key, INPUT, 4, dim), w = filled(&c, key, WEIGHT, 4, dim);
    for (int i = 0; i < TERMS; i++) {
      const double p = isfinite(product(&x, &w, i)) ? product(&x, &w, i) : 0;
      term[i] = (float) p;
      scale += fabs(p);
      sum += p;
    }
    exact += data_exact(&c, scale);
    for (int order = 0; order < 4; order++)
      same += sum_in(term, TERMS, order) == sum;
    largest = fmax(largest, fabs(sum));
  }
  ok(exact == 50 && same == 200, "%s, %s: %d sums of %d products are the same in float in 4 orders",
     recipe_name, type_names[type], same, TERMS);
  ok(types[type].bits != 16 || types[type].code != kDLFloat || largest < 65504,
     "%s, %s: and within range, at most %g", recipe_name, type_names[type], largest);
}

static void test_not_exact (void) {
  const test_case real = case_of("uniform", types[0]), half = case_of("halfway", types[3]);
  test_case mixed = case_of("integers", types[0]), whole = case_of("uniform", types[4]);
  ok(!data_exact(&real, 1), "uniform numbers are not exact");
  ok(data_exact(&mixed, 0x1p24) && !data_exact(&mixed, 0x1p24 + 2), "integers are, up to 2^24");
  ok(data_exact(&half, 0x1p16) && !data_exact(&half, 0x1p16 + 1),
     "products of multiples of 2^-4 up to 2^16");
  ok(data_exact(&whole, 1e18), "integer types always");
  mixed.recipe[BIAS] = (uint8_t) recipe_find("uniform");
  ok(!data_exact(&mixed, 1), "a bias that is not exact spoils it");
  mixed.params.bias = 0;
  ok(data_exact(&mixed, 1), "unless there is none");
}

static void test_literals (void) {
  double x[] = { 0.5, -3, 0 }, w[] = { 0.25, 7, INFINITY }, b[] = { 0x1p-30 };
  case_meta meta = { .value = { { 3, x }, { 3, w }, { 1, b }, { 0, NULL } } };
  test_case c = case_of("integers", types[0]);
  c.meta = &meta;
  ok(!data_exact(&c, 1) && data_exact(&c, 0x1p-6), "literals count by their lowest bits");
  c.params.bias = 0;
  ok(data_exact(&c, 0x1p21) && !data_exact(&c, 0x1p21 + 1), "of products those of both");
}

int main (void) {
  for (int i = 0; i < TYPES; i++)
    test_symmetry(i);
  for (int i = 0; i < TYPES; i++)
    for (int k = 0; recipes[k].name; k++)
      if (recipes[k].exact && !is_integer(types[i]))
        test_exactness(recipes[k].name, i);
  test_not_exact();
  test_literals();
  return done_testing();
}
