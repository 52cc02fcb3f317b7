/* exact.c: the superaccumulator by itself: carries in mid-stream, of sums of either sign, change
   nothing; the extremes of its range. */

#include "../../oracle/exact.c"
#include "sample.h"
#include "../tap.h"
#include <math.h>

static number number_of (double x) {
  uint64_t bits;
  memcpy(&bits, &x, sizeof bits);
  return number_from_bits(&binary64, bits);
}

/* A number of any size, as often negative as not. */
static number draw (uint64_t *state, int spread) {
  double fraction = (double) (random_bits(state) >> 11) * 0x1p-53 - 0.5;
  return number_of(ldexp(fraction, random_below(state, 2 * spread) - spread));
}

/* One sum carries when it has to, the other is made to carry every few additions. */
static bool carries_silently (uint64_t seed, int spread) {
  exact usual = { .deferred = 0 }, often = { .deferred = 0 };
  uint64_t state = seed;

  for (int i = 0; i < 200; i++) {
    number a = draw(&state, spread), b = draw(&state, spread);
    if (random_below(&state, 4) == 0)
      often.deferred = CARRY_AFTER - 1;
    exact_add_product(&usual, a, b);
    exact_add_product(&often, a, b);
    double x = exact_double(&usual), y = exact_double(&often);
    if (memcmp(&x, &y, sizeof x) != 0)
      return false;
  }
  return often.deferred < 200;
}

static void carries (void) {
  static const int spreads[] = { 1, 20, 200, 500 };

  for (int i = 0; i < 4; i++) {
    int wrong = 0;
    for (uint64_t seed = 0; seed < 500; seed++)
      wrong += !carries_silently(seed, spreads[i]);
    ok(wrong == 0, "carries in mid-stream change nothing: products of 2^%d to 2^%d",
       -2 * spreads[i], 2 * spreads[i]);
  }
}

static void sum_of (const char *what, double want, int count, const double (*factor)[2]) {
  exact sum = { .deferred = 0 };
  for (int i = 0; i < count; i++)
    exact_add_product(&sum, number_of(factor[i][0]), number_of(factor[i][1]));
  double got = exact_double(&sum);
  if (!ok(memcmp(&got, &want, sizeof got) == 0, "%s", what))
    printf("# it is %a, not %a\n", got, want);
}

static void extremes (void) {
  const double largest = 0x1.fffffffffffffp1023, least = 0x1p-1074;

  sum_of("a square of the largest number is infinite", INFINITY, 1,
         (const double[][2]){ { largest, largest } });
  sum_of("but not if it is taken away again", 1, 3,
         (const double[][2]){ { largest, largest }, { 1, 1 }, { largest, -largest } });
  sum_of("the square of the least number is lost", 0, 1, (const double[][2]){ { least, least } });
  sum_of("with its sign", -0.0, 1, (const double[][2]){ { least, -least } });
  sum_of("but it breaks a tie", 0x1.0000000000001p0, 3,
         (const double[][2]){ { 1, 1 }, { 0x1p-53, 1 }, { least, least } });
  sum_of("downwards too", 1, 3, (const double[][2]){ { 1, 1 }, { 0x1p-53, 1 }, { least, -least } });
  sum_of("half of the least number is a tie", 0, 1, (const double[][2]){ { least, 0.5 } });
  sum_of("what is above it is not", least, 2,
         (const double[][2]){ { least, 0.5 }, { least, least } });
  sum_of("infinities of both signs are NaN", NAN, 2,
         (const double[][2]){ { INFINITY, 1 }, { INFINITY, -1 } });
}

int main (void) {
  carries();
  extremes();
  return done_testing();
}
