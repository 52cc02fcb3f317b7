/* exact_contracts.h: what oracle/exact.c and the rounding of oracle/type.c promise, for Frama-C's WP.

   WP has no integers of 128 bits: translate.lua writes each expression of theirs as a call of a
   function here, whose contract is what the expression means. It has no induction either: what needs
   one is a lemma here, and a theorem of the same name in coq/Digits.v. */

#define WORD 4294967296

/*@ axiomatic numbers {
      // two(n) is 2^n, and 1 where n is negative. value(d, n) is the sum of d[k] * 2^(32 k) over k < n.
      // What is known of both are the lemmas below, no more, lest provers unfold them without end.
      logic integer two(integer n);
      logic integer value{L}(int64_t *d, integer n) reads d[0 .. n - 1];
      // x * 2^n, and the j-th 32 bits of x.
      logic integer scaled(integer x, integer n);
      logic integer part(integer x, integer j);
      // 64 bits of x from a position up.
      logic integer part64(integer x, integer position);
      // The 64 bits of all digits' value from a position up, the value taken as two's complement; and
      // whether any bit below is set.
      logic integer bits_of(integer v, integer position);
      logic boolean any_of(integer v, integer position);
      // The exponent of the highest bit; below all others where the value is 0.
      logic integer top_of(integer v);
    }

    logic integer bits{L}(int64_t *d, integer position) = bits_of(value{L}(d, EXACT_DIGITS), position);
    predicate any{L}(int64_t *d, integer position) = any_of(value{L}(d, EXACT_DIGITS), position) == \true;

    // 2^b is the highest power of two in x.
    predicate leads(integer x, integer b) = two(b) <= x < two(b + 1);

    logic integer sum_of{L}(exact *s) = value{L}(&s->digit[0], EXACT_DIGITS);

    // How large a sum may become: a quarter of what the digits hold below the top one.
    logic integer limit = two(32 * EXACT_DIGITS - 34);

    predicate carried{L}(int64_t *d, integer n) =
      \forall integer k; 0 <= k < n ==> 0 <= d[k] < WORD;

    // What additions may leave in a digit: each adds two parts of 32 bits at most.
    predicate room{L}(int64_t *d, integer n, integer additions) =
      \forall integer k; 0 <= k < n ==>
        -2 * WORD * additions <= d[k] <= WORD + 2 * WORD * additions;

    predicate top{L}(int64_t *d) = -1 <= d[EXACT_DIGITS - 1] <= 1;

    predicate ok{L}(exact *s) =
      0 <= s->deferred < CARRY_AFTER && room(&s->digit[0], EXACT_DIGITS - 1, s->deferred)
      && top(&s->digit[0]);
*/

/*@ // From A to B the digits above i took what digit i could not hold.
    predicate moves{A,B}(int64_t *d, integer i) =
      0 <= i < EXACT_DIGITS - 1
      && (\forall integer k; 0 <= k < EXACT_DIGITS ==> k != i ==> k != i + 1 ==>
          \at(d[k],B) == \at(d[k],A))
      && \at(d[i],B) + WORD * \at(d[i + 1],B) == \at(d[i],A) + WORD * \at(d[i + 1],A);
*/

/*@ logic integer signed_by(integer signum, integer x) = signum < 0 ? -x : x;

    // What add_scaled has added, after i steps, to the j-th digit above position p.
    logic integer step(integer p, integer i, integer m, integer j) =
      (j < i ? part(scaled(m % (WORD * WORD), p % 32), j) : 0)
      + (2 <= j < i + 2 ? part(scaled(m / (WORD * WORD), p % 32), j - 2) : 0);

    predicate adding{A,B}(int64_t *d, integer p, integer i, integer signum, integer m) =
      0 <= i <= 3 && 0 <= p / 32 <= EXACT_DIGITS - 5 && 0 <= p
      && (\forall integer k; 0 <= k < EXACT_DIGITS ==> !(p / 32 <= k < p / 32 + 5) ==>
          \at(d[k],B) == \at(d[k],A))
      && (\forall integer k; p / 32 <= k < p / 32 + 5 ==>
          \at(d[k],B) - \at(d[k],A)
            == signed_by(signum, step(p, i, m, k - p / 32)));
*/

/*@ predicate negating{A,B}(int64_t *d, integer i) = 0 <= i <= EXACT_DIGITS
      && (\forall integer k; 0 <= k < i ==> \at(d[k],B) == -\at(d[k],A))
      && (\forall integer k; i <= k < EXACT_DIGITS ==> \at(d[k],B) == \at(d[k],A));

    predicate copied{A,B}(int64_t *d, int64_t *e) =
      \forall integer k; 0 <= k < EXACT_DIGITS ==> \at(e[k],B) == \at(d[k],A);

    // What bits_from reads: the digit of a position and two more; there is a top digit of a negative
    // number where it does not reach.
    logic integer digit_or_none{L}(int64_t *d, integer k) = k < EXACT_DIGITS ? d[k] : 0;

    predicate seen{L}(int64_t *d, integer q, integer i, integer w) = -1 <= i <= 2
      && w == (i == 2 ? 0 : i == 1 ? digit_or_none(d, q + 2)
               : i == 0 ? digit_or_none(d, q + 1) + WORD * digit_or_none(d, q + 2)
               : digit_or_none(d, q) + WORD * (digit_or_none(d, q + 1) + WORD * digit_or_none(d, q + 2)));

    predicate sees{L}(int64_t *d, integer position, integer w) =
      0 <= position < 32 * EXACT_DIGITS && carried(d, EXACT_DIGITS - 1)
      && (position / 32 + 3 < EXACT_DIGITS || carried(d, EXACT_DIGITS))
      && w == digit_or_none(d, position / 32) + WORD * (digit_or_none(d, position / 32 + 1)
         + WORD * digit_or_none(d, position / 32 + 2));
*/

/* ---- lemmas: coq/Digits.v proves each under its name

   Where two states are compared, d is an array in the first and e one in the second. */

/*@ axiomatic lemmas {
    lemma shift_32: \forall integer x; (x >> 32) * WORD <= x < (x >> 32) * WORD + WORD;
    lemma split: \forall integer x;
      (x >> 32) * WORD + (x & 4294967295) == x && 0 <= (x & 4294967295) < WORD;

    lemma moved{A,B}: \forall int64_t *d, integer i; moves{A,B}(d, i) ==>
      value{B}(d, EXACT_DIGITS) == value{A}(d, EXACT_DIGITS);

    lemma part_range: \forall integer x, j; 0 <= x ==> 0 <= part(x, j) < WORD;
    lemma scaled_fits: \forall integer x, n; 0 <= x < WORD * WORD ==> 0 <= n <= 32 ==>
      0 <= scaled(x, n) < WORD * WORD * WORD * WORD;

    lemma added{A,B}: \forall int64_t *d, integer p, signum, m;
      0 <= m < WORD * WORD * WORD * WORD ==> adding{A,B}(d, p, 3, signum, m) ==>
      value{B}(d, EXACT_DIGITS) == value{A}(d, EXACT_DIGITS) + signed_by(signum, scaled(m, p));

    lemma top_digit{A}: \forall int64_t *d, integer n; 2 <= n ==> carried{A}(d, n - 1) ==>
      -two(32 * n - 34) <= value{A}(d, n) <= two(32 * n - 34) ==>
      (d[n - 1] == 0 && 0 <= value{A}(d, n)) || (d[n - 1] == -1 && value{A}(d, n) < 0);

    lemma highest{A}: \forall int64_t *d, integer i, b; 0 <= i < EXACT_DIGITS ==>
      carried{A}(d, EXACT_DIGITS) ==>
      (\forall integer k; i < k < EXACT_DIGITS ==> d[k] == 0) ==> 0 <= b < 32 ==> leads(d[i], b) ==>
      leads(value{A}(d, EXACT_DIGITS), 32 * i + b);

    lemma high{A}: \forall integer x, b; 0 <= b ==> leads(x, b) ==> x < WORD ==> b < 32;

    lemma nothing{A}: \forall int64_t *d; (\forall integer k; 0 <= k < EXACT_DIGITS ==> d[k] == 0) ==>
      value{A}(d, EXACT_DIGITS) == 0;

    lemma window{A}: \forall int64_t *d, integer position, w; sees{A}(d, position, w) ==>
      part64(w, position % 32) == bits{A}(d, position);

    lemma below{A}: \forall int64_t *d, integer position; 0 <= position < 32 * EXACT_DIGITS ==>
      carried{A}(d, EXACT_DIGITS) ==>
      (\forall integer k; 0 <= k < position / 32 ==> d[k] == 0) ==>
      (any{A}(d, position) <==> (d[position / 32] & ((1 << position % 32) - 1)) != 0);

    lemma top_of_number: \forall integer v, b; 0 <= b ==> leads(v, b) ==> top_of(v) == b + EXACT_LOWEST;

    lemma top_of_zero: top_of(0) == EXACT_LOWEST - 1;

    lemma any_digit{A}: \forall int64_t *d, integer position, k; 0 <= position < 32 * EXACT_DIGITS ==>
      carried{A}(d, EXACT_DIGITS) ==> 0 <= k < position / 32 ==> d[k] != 0 ==> any{A}(d, position);

    lemma mask_range: \forall integer n; 0 <= n < 32 ==> 1 <= (1 << n) < WORD;

    lemma few_bits{A}: \forall int64_t *d, integer b, position, n; 0 <= position ==> 0 <= n <= 53 ==>
      (value{A}(d, EXACT_DIGITS) == 0 || (0 <= b < position + n
        && leads(value{A}(d, EXACT_DIGITS), b))) ==> carried{A}(d, EXACT_DIGITS) ==>
      0 <= bits{A}(d, position) < two(n);

    lemma two_53: \forall integer n; 0 <= n <= 53 ==> two(n) <= 9007199254740992;

    lemma shift_room: \forall integer x, n; 0 <= x < 3400 ==> 0 <= n <= 52 ==>
      0 <= (x << n) < 3400 * 4503599627370496;

    lemma negative{A,B}: \forall int64_t *d; negating{A,B}(d, EXACT_DIGITS) ==>
      value{B}(d, EXACT_DIGITS) == -value{A}(d, EXACT_DIGITS);

    lemma copy{A,B}: \forall int64_t *d, *e; copied{A,B}(d, e) ==>
      value{B}(e, EXACT_DIGITS) == value{A}(d, EXACT_DIGITS);
    }
*/

/* ---- integers of 128 bits; coq/Digits.v has nothing to say of these: they are the compiler's */

typedef struct uint128 {
  uint64_t high, low;
} uint128;

/*@ axiomatic wide_numbers {
      logic integer wide(uint128 x);
      axiom wide_range: \forall uint128 x; 0 <= wide(x) < WORD * WORD * WORD * WORD;
    } */

/*@ assigns \nothing; ensures wide(\result) == a * b; */
uint128 wide_product (uint64_t a, uint64_t b);

/*@ requires n < 128 && scaled(wide(x), n) < WORD * WORD * WORD * WORD; assigns \nothing;
    ensures wide(\result) == scaled(wide(x), n); */
uint128 wide_left (uint128 x, unsigned n);

/*@ assigns \nothing; ensures wide(\result) == wide(x) / (WORD * WORD); */
uint128 wide_high (uint128 x);

/*@ requires n < 128; assigns \nothing; ensures \result == part64(wide(x), n); */
uint64_t wide_part (uint128 x, unsigned n);

/*@ assigns \nothing; ensures wide(\result) == x; */
uint128 wide_of (uint64_t x);

/*@ requires wide(x) < WORD * WORD * WORD && d < WORD; assigns \nothing;
    ensures wide(\result) == WORD * wide(x) + d; */
uint128 wide_append (uint128 x, uint64_t d);

/*@ assigns \nothing; ensures \result == wide(x) % (WORD * WORD); */
uint64_t wide_low (uint128 x);

/*@ requires j < 4; assigns \nothing; ensures \result == part(wide(x), j); */
uint32_t wide_digit (uint128 x, unsigned j);

/* ---- memcpy, which WP knows of bytes alone, and the compiler's built-in function */

/*@ requires \valid_read(from + (0 .. EXACT_DIGITS - 1)) && \valid(to + (0 .. EXACT_DIGITS - 1));
    requires \separated(from + (0 .. EXACT_DIGITS - 1), to + (0 .. EXACT_DIGITS - 1));
    assigns to[0 .. EXACT_DIGITS - 1];
    ensures \forall integer k; 0 <= k < EXACT_DIGITS ==> to[k] == from[k]; */
void copy_digits (int64_t *to, const int64_t *from);

/*@ requires x != 0; assigns \nothing;
    ensures 0 <= \result <= 63 && leads(x, 63 - \result); */
int __builtin_clzll (unsigned long long x);

/* ---- loops */

/*@ predicate carrying{Before,Now}(int64_t *d, integer i) =
      0 <= i < EXACT_DIGITS && carried{Now}(d, i)
      && (\forall integer k; i < k < EXACT_DIGITS ==> \at(d[k],Now) == \at(d[k],Before))
      && -WORD <= \at(d[i],Now) - \at(d[i],Before) <= WORD;
    predicate same_value{Before,Now}(int64_t *d) =
      value{Now}(d, EXACT_DIGITS) == value{Before}(d, EXACT_DIGITS);
*/

/* ---- contracts */

/*@ requires \valid(digit + (0 .. EXACT_DIGITS - 1));
    requires room(digit, EXACT_DIGITS - 1, CARRY_AFTER) && top(digit);
    requires -limit <= value(digit, EXACT_DIGITS) <= limit;
    assigns digit[0 .. EXACT_DIGITS - 1];
    ensures value(digit, EXACT_DIGITS) == \old(value(digit, EXACT_DIGITS));
    ensures carried(digit, EXACT_DIGITS - 1);
    ensures digit[EXACT_DIGITS - 1] == (value(digit, EXACT_DIGITS) < 0 ? -1 : 0); */
static void carry (int64_t digit[static EXACT_DIGITS]);

/*@ requires \valid(sum) && ok(sum);
    requires signum == 1 || signum == -1;
    requires EXACT_LOWEST <= exponent <= EXACT_LOWEST + 32 * (EXACT_DIGITS - 5) - 1;
    requires -limit <= sum_of(sum) <= limit;
    requires -limit <= sum_of(sum) + signed_by(signum, scaled(wide(m), exponent - EXACT_LOWEST)) <= limit;
    assigns sum->digit[0 .. EXACT_DIGITS - 1], sum->deferred;
    ensures ok(sum);
    ensures sum_of(sum) == \old(sum_of(sum)) + signed_by(signum, scaled(wide(m), exponent - EXACT_LOWEST)); */
static void add_scaled (exact *sum, uint128 m, int exponent, int signum);

/*@ requires \valid_read(sum) && ok(sum) && -limit <= sum_of(sum) <= limit;
    requires \valid(digit + (0 .. EXACT_DIGITS - 1));
    requires \separated(sum, digit + (0 .. EXACT_DIGITS - 1));
    assigns digit[0 .. EXACT_DIGITS - 1];
    ensures carried(digit, EXACT_DIGITS);
    ensures value(digit, EXACT_DIGITS) == \old(sum_of(sum) < 0 ? -sum_of(sum) : sum_of(sum));
    ensures \result <==> \old(sum_of(sum) < 0); */
static bool take_magnitude (const exact *sum, int64_t digit[static EXACT_DIGITS]);

/*@ requires \valid_read(digit + (0 .. EXACT_DIGITS - 1)) && carried(digit, EXACT_DIGITS);
    assigns \nothing;
    ensures -1 <= \result < 32 * EXACT_DIGITS;
    ensures \result == -1 ? value(digit, EXACT_DIGITS) == 0 : leads(value(digit, EXACT_DIGITS), \result); */
static int highest_bit (const int64_t digit[static EXACT_DIGITS]);

/*@ requires \valid_read(digit + (0 .. EXACT_DIGITS - 1)) && carried(digit, EXACT_DIGITS - 1);
    requires 0 <= position < 32 * EXACT_DIGITS;
    requires position / 32 + 3 < EXACT_DIGITS || carried(digit, EXACT_DIGITS);
    assigns \nothing;
    ensures \result == bits(digit, position); */
static uint64_t bits_from (const int64_t digit[static EXACT_DIGITS], int position);

/*@ requires \valid_read(digit + (0 .. EXACT_DIGITS - 1)) && carried(digit, EXACT_DIGITS);
    requires 0 <= position < 32 * EXACT_DIGITS;
    assigns \nothing;
    ensures \result <==> any(digit, position); */
static bool any_below (const int64_t digit[static EXACT_DIGITS], int position);

/* ---- rounding

   What a type is: one of the oracle's floating-point types, or a float8. */

/*@ predicate floating(type *t) =
      (t->bits == 64 && t->fraction == 52 && t->bias == 1023)
      || (t->bits == 32 && t->fraction == 23 && t->bias == 127)
      || (t->bits == 16 && t->fraction == 10 && t->bias == 15)
      || (t->bits == 16 && t->fraction == 7 && t->bias == 127)
      || (t->bits == 8 && t->fraction == 3 && t->bias == 7)
      || (t->bits == 8 && t->fraction == 2 && t->bias == 15);

    logic integer sign_of(type *t) = 1 << (t->bits - 1);
    logic integer infinity_of(type *t) =
      (1 << (t->bits - 1)) - (t->finite_only != 0 ? 1 : (1 << t->fraction));

    // coq/Rounding.v: that these are the bits of the nearest number, ties to even.
    logic integer encoded(type *t, integer exponent, integer kept, integer up) =
      ((exponent - (1 - t->bias)) << t->fraction) + kept + up;
    logic integer nearest(type *t, integer exponent, integer kept, integer half, boolean more) =
      \let b = encoded(t, exponent, kept, half == 1 && (more || kept % 2 == 1) ? 1 : 0);
      b < infinity_of(t) ? b : infinity_of(t);

    logic integer exponent_of(type *t, integer top) = top > 1 - t->bias ? top : 1 - t->bias;
    logic integer last_of(type *t, integer top) = exponent_of(t, top) - t->fraction - EXACT_LOWEST;

    logic integer nearest_of(type *t, integer v) =
      nearest(t, exponent_of(t, top_of(v)), bits_of(v, last_of(t, top_of(v))),
              bits_of(v, last_of(t, top_of(v)) - 1) % 2, any_of(v, last_of(t, top_of(v)) - 1));

    lemma bit: \forall integer x; 0 <= x ==> (x & 1) == x % 2;
    lemma infinity_values:
      (1 << 63) - (1 << 52) == 9218868437227405312 && (1 << 31) - (1 << 23) == 2139095040
      && (1 << 15) - (1 << 10) == 31744 && (1 << 15) - (1 << 7) == 32640
      && (1 << 7) - (1 << 3) == 120 && (1 << 7) - 1 == 127 && (1 << 7) - (1 << 2) == 124;
*/

/*@ requires \valid_read(t) && floating(t);
    requires 0 <= exponent - (1 - t->bias) < 3400 && 0 <= kept < 9007199254740992 * 2;
    assigns \nothing;
    ensures \result == nearest(t, exponent, kept, half ? 1 : 0, more ? \true : \false); */
uint64_t round_bits (const type *t, int exponent, uint64_t kept, bool half, bool more);

/*@ requires \valid_read(digit + (0 .. EXACT_DIGITS - 1)) && carried(digit, EXACT_DIGITS);
    requires \valid_read(t) && floating(t);
    assigns \nothing;
    ensures \result == nearest_of(t, value(digit, EXACT_DIGITS)); */
static uint64_t round_magnitude (const int64_t digit[static EXACT_DIGITS], const type *t);

/*@ logic integer word_of{L}(exact *s) = bits{L}(&s->digit[0], -EXACT_LOWEST); */

/*@ predicate finite(number a) = a.kind == FINITE && -1074 <= a.exponent <= 971;
    logic integer term(number a, number b) =
      signed_by(a.negative != b.negative ? -1 : 1,
                scaled(a.magnitude * b.magnitude, a.exponent + b.exponent - EXACT_LOWEST)); */

/*@ requires \valid(sum) && ok(sum) && -limit <= sum_of(sum) <= limit;
    behavior numbers:
      assumes a.kind == FINITE && b.kind == FINITE;
      requires finite(a) && finite(b) && -limit <= sum_of(sum) + term(a, b) <= limit;
      assigns sum->digit[0 .. EXACT_DIGITS - 1], sum->deferred;
      ensures ok(sum) && sum_of(sum) == \old(sum_of(sum)) + term(a, b);
    behavior others:
      assumes a.kind != FINITE || b.kind != FINITE;
      assigns sum->nan, sum->infinite[0 .. 1];
    complete behaviors; disjoint behaviors; */
void exact_add_product (exact *sum, number a, number b);

/*@ requires \valid_read(t) && floating(t); assigns \nothing; ensures \result == 1 - t->bias; */
static inline int lowest_exponent (const type *t);

/*@ assigns \nothing; ensures \result <==> (a.kind == FINITE && a.magnitude == 0); */
static bool is_zero (number a);

/*@ requires \valid_read(t) && floating(t); assigns \nothing; ensures \result == infinity_of(t); */
static inline uint64_t infinity_bits (const type *t);

/*@ requires \valid_read(t) && floating(t); assigns \nothing; ensures \result == sign_of(t); */
static inline uint64_t sign_bit (const type *t);

/*@ requires \valid_read(t) && floating(t); assigns \nothing; */
static inline uint64_t nan_bits (const type *t);

/*@ requires \valid_read(t); assigns \nothing; ensures \result <==> t->fraction == 0; */
static inline bool is_integer (const type *t);

/*@ requires \valid_read(sum) && ok(sum) && -limit <= sum_of(sum) <= limit;
    assigns \nothing;
    ensures \result == \old(word_of(sum)); */
static uint64_t low_bits (const exact *sum);

/*@ requires \valid_read(sum) && ok(sum) && -limit <= sum_of(sum) <= limit;
    requires \valid_read(t) && (t->fraction == 0 || floating(t));
    assigns \nothing;
    // Of floating-point types the last step, that a sign is put before the magnitude, is open here.
    ensures t->fraction == 0 ==> \result == \old(word_of(sum)); */
uint64_t exact_round (const exact *sum, const type *t);
