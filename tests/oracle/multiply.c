/* multiply.c: the inner loops for all kinds of processors give the same bits, as far as this one
   can run them. */

#include "../../oracle/multiply.c"
#include "sample.h"
#include "../tap.h"

enum { DEPTH = 150 };

/* A matrix product of random size and data. */
typedef struct problem {
  cell left[DEPTH][ROWS], right[DEPTH][LANES];
  const cell *rows[DEPTH];
  int depth, rows_used, lanes_used;
} problem;

/* Far apart, and of full precision only where `wide`. */
static double draw (uint64_t *state, bool wide) {
  double fraction = (double) (random_bits(state) >> (wide ? 11 : 40)) * (wide ? 0x1p-53 : 0x1p-24);
  return ldexp(fraction - 0.5, random_below(state, 60) - 30);
}

static void problem_make (problem *p, bool wide, uint64_t *state) {
  for (int k = 0; k < DEPTH; k++) {
    for (int r = 0; r < ROWS; r++)
      p->left[k][r].real = draw(state, wide);
    for (int l = 0; l < LANES; l++)
      p->right[k][l].real = draw(state, wide);
    p->rows[k] = p->right[k];
  }
  p->depth = random_below(state, DEPTH);
  p->rows_used = 1 + random_below(state, ROWS);
  p->lanes_used = 1 + random_below(state, LANES);
}

/* The product in two chunks, seen through the rows and lanes that are used. */
static sums solve (multiply_fn *multiply, const problem *p) {
  sums all = { 0 }, seen = { 0 };
  int half = p->depth / 2;

  multiply(half, p->left[0], p->rows, p->rows_used, p->lanes_used, true, &all);
  multiply(p->depth - half, p->left[half], p->rows + half, p->rows_used, p->lanes_used, false,
           &all);
  for (int r = 0; r < p->rows_used; r++)
    for (int l = 0; l < p->lanes_used; l++) {
      seen.sum[r][l] = all.sum[r][l];
      seen.rest[r][l] = all.rest[r][l];
      seen.scale[r][l] = all.scale[r][l];
    }
  return seen;
}

static void are_same (const char *name, multiply_fn *one, multiply_fn *other, bool wide) {
  uint64_t state = 1;
  int wrong = 0;

  for (int i = 0; i < 2000; i++) {
    problem p;
    problem_make(&p, wide, &state);
    sums a = solve(one, &p), b = solve(other, &p);
    wrong += memcmp(&a, &b, sizeof a) != 0;
  }
  ok(wrong == 0, "%s", name);
}

enum { COLUMNS = 70 };

/* Rows of a result: what sum_rows makes of every column must be what a block makes of it. */
static bool rows_are_same (sum_rows_fn *sum_rows, uint64_t *state) {
  static cell left[DEPTH][ROWS], right[DEPTH][COLUMNS];
  double sum[ROWS][COLUMNS], scale[ROWS][COLUMNS], bias[ROWS];
  int depth = 1 + random_below(state, DEPTH - 1), rows = 1 + random_below(state, ROWS);
  int columns = 8 + random_below(state, COLUMNS - 8);
  const cell *from[DEPTH];
  bool same = true;

  for (int k = 0; k < depth; k++) {
    from[k] = right[k];
    for (int r = 0; r < ROWS; r++)
      left[k][r].real = draw(state, false);
    for (int i = 0; i < columns; i++)
      right[k][i].real = draw(state, false);
  }
  for (int r = 0; r < ROWS; r++)
    bias[r] = draw(state, false);
  sum_rows(depth, left[0], from, rows, columns, bias,
           (double *[]){ sum[0], sum[1], sum[2], sum[3] },
           (double *[]){ scale[0], scale[1], scale[2], scale[3] });
  for (int i = 0; i < columns; i++) {
    const cell *one[DEPTH];
    sums block;
    cell cells[DEPTH][LANES] = { 0 };
    for (int k = 0; k < depth; k++) {
      cells[k][0] = right[k][i];
      one[k] = cells[k];
    }
    multiply_narrow_16(depth, left[0], one, rows, 1, true, &block);
    for (int r = 0; r < rows; r++)
      same &= sum[r][i] == block.sum[r][0].real + bias[r]
              && scale[r][i] == block.scale[r][0] + fabs(bias[r]);
  }
  return same;
}

static void try_rows (const char *name, sum_rows_fn *sum_rows) {
  uint64_t state = 1;
  int wrong = 0;

  for (int i = 0; i < 300; i++)
    wrong += !rows_are_same(sum_rows, &state);
  ok(wrong == 0, "%s", name);
}

int main (void) {
  try_rows("rows: portable", sum_rows_16);
#ifdef __x86_64__
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
    are_same("narrow types: AVX2", multiply_narrow_16, multiply_narrow_32, false);
    are_same("float64: AVX2", multiply_wide_16, multiply_wide_32, true);
    try_rows("rows: AVX2", sum_rows_32);
  }
  if (__builtin_cpu_supports("avx512f")) {
    are_same("narrow types: AVX-512", multiply_narrow_16, multiply_narrow_64, false);
    are_same("float64: AVX-512", multiply_wide_16, multiply_wide_64, true);
    try_rows("rows: AVX-512", sum_rows_64);
  }
#endif
  ok(multiply_for(type_of((DLDataType){ kDLFloat, 32, 1 })) == fastest(0), "float32 is narrow");
  return done_testing();
}
