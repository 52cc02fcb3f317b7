/* exact.c: the superaccumulator. A digit holds 32 bits in an int64, so that 2^29 additions of
   either sign fit before carries must be moved on. The top digit alone has the sign of the sum. */

#include "exact.h"
#include <string.h>

__extension__ typedef unsigned __int128 uint128;

enum { CARRY_AFTER = 1 << 29 };

/* Leaves every digit but the top one within 0 .. 2^32 - 1. */
static void carry (int64_t digit[static EXACT_DIGITS]) {
  /*@ loop invariant carrying{Pre,Here}(digit, i) && same_value{Pre,Here}(digit);
      loop assigns i, digit[0 .. EXACT_DIGITS - 1]; loop variant EXACT_DIGITS - i; */
  for (int i = 0; i < EXACT_DIGITS - 1; i++) {
    digit[i + 1] += digit[i] >> 32;
    digit[i] &= UINT32_MAX;
    //@ assert moves{LoopCurrent,Here}(digit, i);
  }
}

/* Adds sign * m * 2^exponent. */
static void add_scaled (exact *sum, uint128 m, int exponent, int sign) {
  unsigned position = (unsigned) (exponent - EXACT_LOWEST);
  int64_t *digit = sum->digit + position / 32;
  uint128 low = (uint128) (uint64_t) m << position % 32;
  uint128 high = (m >> 64) << position % 32;

  /*@ loop invariant adding{Pre,Here}(&sum->digit[0], position, i, sign, wide(m));
      loop assigns i, sum->digit[0 .. EXACT_DIGITS - 1]; loop variant 3 - i; */
  for (int i = 0; i < 3; i++) {
    digit[i] += sign * (int64_t) (uint32_t) (low >> 32 * i);
    digit[i + 2] += sign * (int64_t) (uint32_t) (high >> 32 * i);
  }
  //@ assert adding{Pre,Here}(&sum->digit[0], exponent - EXACT_LOWEST, 3, sign, wide(m));
  if (++sum->deferred == CARRY_AFTER) {
    carry(sum->digit);
    sum->deferred = 0;
  }
}

static bool is_zero (number a) {
  return a.kind == FINITE && a.magnitude == 0;
}

void exact_add_product (exact *sum, number a, number b) {
  bool negative = a.negative != b.negative;

  if (a.kind == FINITE && b.kind == FINITE)
    add_scaled(sum, (uint128) a.magnitude * b.magnitude, a.exponent + b.exponent,
               negative ? -1 : 1);
  else if (a.kind == NOT_A_NUMBER || b.kind == NOT_A_NUMBER || is_zero(a) || is_zero(b))
    sum->nan = true;
  else
    sum->infinite[negative] = true;
}

/* The magnitude of the sum in digits of 32 bits; returns whether it is negative. */
static bool take_magnitude (const exact *sum, int64_t digit[static EXACT_DIGITS]) {
  memcpy(digit, sum->digit, sizeof sum->digit);
  //@ assert copied{Pre,Here}(&sum->digit[0], digit);
  carry(digit);
  if (digit[EXACT_DIGITS - 1] >= 0)
    return false;
  /*@ loop invariant negating{LoopEntry,Here}(digit, i);
      loop assigns i, digit[0 .. EXACT_DIGITS - 1]; loop variant EXACT_DIGITS - i; */
  for (int i = 0; i < EXACT_DIGITS; i++)
    digit[i] = -digit[i];
  carry(digit);
  return true;
}

/* The position of the highest bit that is set, or -1. */
static int highest_bit (const int64_t digit[static EXACT_DIGITS]) {
  /*@ loop invariant -1 <= i < EXACT_DIGITS;
      loop invariant \forall integer k; i < k < EXACT_DIGITS ==> digit[k] == 0;
      loop assigns i; loop variant i; */
  for (int i = EXACT_DIGITS - 1; i >= 0; i--)
    if (digit[i] != 0)
      return 32 * i + 63 - __builtin_clzll((unsigned long long) digit[i]);
  return -1;
}

/* The 64 bits from `position` up. */
static uint64_t bits_from (const int64_t digit[static EXACT_DIGITS], int position) {
  uint128 window = 0;
  /*@ loop invariant seen(digit, position / 32, i, wide(window));
      loop assigns i, window; loop variant i; */
  for (int i = 2; i >= 0; i--) {
    int at = position / 32 + i;
    window = window << 32 | (at < EXACT_DIGITS ? (uint64_t) digit[at] : 0);
  }
  //@ assert sees(digit, position, wide(window));
  return (uint64_t) (window >> position % 32);
}

static bool any_below (const int64_t digit[static EXACT_DIGITS], int position) {
  /*@ loop invariant 0 <= i <= position / 32;
      loop invariant \forall integer k; 0 <= k < i ==> digit[k] == 0;
      loop assigns i; loop variant position / 32 - i; */
  for (int i = 0; i < position / 32; i++)
    if (digit[i] != 0)
      return true;
  return (digit[position / 32] & ((INT64_C(1) << position % 32) - 1)) != 0;
}

static uint64_t round_magnitude (const int64_t digit[static EXACT_DIGITS], const type *t) {
  int top = highest_bit(digit) + EXACT_LOWEST;
  int exponent = top > lowest_exponent(t) ? top : lowest_exponent(t);
  int last = exponent - t->fraction - EXACT_LOWEST; /* position of the last bit that is kept */

  return round_bits(t, exponent, bits_from(digit, last), bits_from(digit, last - 1) & 1,
                    any_below(digit, last - 1));
}

/* The sum modulo 2^64, in two's complement. */
static uint64_t low_bits (const exact *sum) {
  int64_t digit[EXACT_DIGITS];
  memcpy(digit, sum->digit, sizeof digit);
  //@ assert copied{Pre,Here}(&sum->digit[0], &digit[0]);
  carry(digit);
  return bits_from(digit, -EXACT_LOWEST);
}

uint64_t exact_round (const exact *sum, const type *t) {
  int64_t digit[EXACT_DIGITS];

  if (is_integer(t))
    return low_bits(sum);
  if (sum->nan || (sum->infinite[0] && sum->infinite[1]))
    return nan_bits(t);
  if (sum->infinite[0] || sum->infinite[1])
    return infinity_bits(t) | (sum->infinite[1] ? sign_bit(t) : 0);
  bool negative = take_magnitude(sum, digit);
  return round_magnitude(digit, t) | (negative ? sign_bit(t) : 0);
}

double exact_double (const exact *sum) {
  uint64_t bits = exact_round(sum, &binary64);
  double value;
  memcpy(&value, &bits, sizeof value);
  return value;
}
