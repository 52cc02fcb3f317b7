/* settle.c: rows are rounded as blocks are: the same bits, and the same elements in doubt. This is
   tried for all kinds of processors whose code this one can run. */

#include "../../oracle/settle.c"
#include "sample.h"
#include "../tap.h"

enum { COLUMNS = 60 };

/* Sums at and beside ties, of all sizes, and what is not finite. */
static double draw_sum (uint64_t *state) {
  static const double special[] = { 0, -0.0, INFINITY, -INFINITY, NAN, 0x1p-149, 0x1.ffffffp127 };
  double x =
      ldexp(1 + (double) (random_bits(state) >> 40) * 0x1p-24, random_below(state, 300) - 160);

  if (random_below(state, 8) == 0)
    return special[random_below(state, sizeof special / sizeof special[0])];
  return random_below(state, 2) ? x : -x * (1 + ldexp(1, -random_below(state, 60)));
}

static bool row_is_same (settle_row_fn *settle_row, uint64_t *state) {
  double sum[COLUMNS] = { 0 }, scale[COLUMNS] = { 0 };
  float out[COLUMNS];
  int64_t list[COLUMNS + 8], columns = 8 + random_below(state, COLUMNS - 8), count;
  const type float32 = { kDLFloat, 32, 23, 127, false };
  proof p = proof_of(&float32, random_below(state, 2), 1 + random_below(state, 128), 128);
  bool listed[COLUMNS] = { false }, same = true;

  for (int64_t i = 0; i < columns; i++) {
    sum[i] = draw_sum(state);
    scale[i] = fabs(sum[i]) * (double) (1 + random_below(state, 3));
  }
  count = settle_row(&p, sum, scale, columns, (char *) out, list);
  for (int64_t i = 0; i < count; i++)
    listed[list[i]] = true;
  for (int64_t i = 0; i < columns; i++) {
    sums block = { .sum = { { { sum[i] } } }, .scale = { { scale[i] } } };
    uint64_t bits[LANES];
    uint32_t got, doubt = settle(&p, &block, 0, bits) & 1;
    memcpy(&got, &out[i], sizeof got);
    same &= listed[i] == (doubt != 0) && (doubt || got == bits[0]);
  }
  return same;
}

static void try_rows (const char *name, settle_row_fn *settle_row) {
  uint64_t state = 1;
  int wrong = 0;

  for (int i = 0; i < 3000; i++)
    wrong += !row_is_same(settle_row, &state);
  ok(wrong == 0, "%s", name);
}

int main (void) {
  try_rows("portable", settle_row_16);
#ifdef __x86_64__
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
    try_rows("AVX2", settle_row_32);
  if (__builtin_cpu_supports("avx512f"))
    try_rows("AVX-512", settle_row_64);
#endif
  return done_testing();
}
