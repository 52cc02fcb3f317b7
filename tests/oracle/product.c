/* product.c: a row of float32 is packed as its elements are, one by one, by the code for all kinds
   of processors that this one can run. */

#include "../../oracle/product.c"
#include "sample.h"
#include "../tap.h"

enum { COUNT = 40 };

typedef void pack_fn (const char *first, int64_t n, cell *out, content *seen);

static float draw (uint64_t *state) {
  static const float special[] = { 0,         -0.0f,          INFINITY,       NAN,
                                   0x1p-149f, 0x1.000002p22f, -0x1.000002p22f };

  if (random_below(state, 20) == 0)
    return special[random_below(state, sizeof special / sizeof special[0])];
  return (float) ((random_below(state, 2) ? 1 : -1) * random_below(state, 1000))
         * (random_below(state, 30) ? 1 : 0.5f);
}

static bool row_is_same (pack_fn *pack_floats, uint64_t *state) {
  const type float32 = { kDLFloat, 32, 23, 127, false };
  int64_t n = 8 + random_below(state, COUNT - 8);
  float x[COUNT];
  cell got[COUNT + 1], want[COUNT];
  content seen = { false, false }, known = { false, false };

  got[n].real = 77;
  for (int64_t i = 0; i < n; i++) {
    x[i] = draw(state);
    pack(&float32, (const char *) &x[i], &known);
    want[i].real = double_from_bits(&float32, load_bits(&float32, &x[i])); /* in integer code */
  }
  pack_floats((const char *) x, n, got, &seen);
  bool same =
      got[n].real == 77 && seen.fractional == known.fractional && seen.nonfinite == known.nonfinite;
  for (int64_t i = 0; i < n; i++)
    same &= got[i].integer == want[i].integer || (isnan(got[i].real) && isnan(want[i].real));
  return same;
}

static void try_rows (const char *name, pack_fn *pack_floats) {
  uint64_t state = 1;
  int wrong = 0;

  for (int i = 0; i < 20000; i++)
    wrong += !row_is_same(pack_floats, &state);
  ok(wrong == 0, "%s", name);
}

int main (void) {
  try_rows("portable", pack_floats_16);
#ifdef __x86_64__
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
    try_rows("AVX2", pack_floats_32);
  if (__builtin_cpu_supports("avx512f"))
    try_rows("AVX-512", pack_floats_64);
#endif
  return done_testing();
}
