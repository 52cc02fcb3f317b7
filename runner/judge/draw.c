/* draw.c: which elements of a result the statistics of JUDGE-3 are made of.
   They are spread evenly, at no fixed distance, so that they fall in step with no loop of the
   subject's; and of elements that sum the same numbers only one counts. */

#include "parts.h"

static uint64_t mix (uint64_t x) {
  x ^= x >> 31;
  x *= UINT64_C(0x9e3779b97f4a7c15);
  return x ^ x >> 29;
}

int64_t draw_at (int64_t n, int64_t k) {
  if (n <= DRAWS)
    return k;
  const int64_t from = n * k / DRAWS, to = n * (k + 1) / DRAWS;
  return from + (int64_t) ((mix((uint64_t) k + 1) >> 32) * (uint64_t) (to - from) >> 32);
}

/* The leading 40 bits of the significand are looked at: so the oracle may have added up equal sums
   in two orders, and one that is twice another, or its negative, has the same pattern of errors. */
bool draw_is_new (drawn *d, double exact) {
  uint64_t bits;
  memcpy(&bits, &exact, sizeof bits);
  const uint64_t significand = ((bits & (((uint64_t) 1 << 52) - 1)) + (1 << 11)) >> 12;
  const uint64_t at = mix(significand) * UINT64_C(0xbf58476d1ce4e5b9) >> 44;
  const uint64_t mark = (uint64_t) 1 << at % 64;
  const bool is_new = !(d->marks[at / 64] & mark);
  d->marks[at / 64] |= mark;
  return is_new;
}
