/* wide.h: integers of 128 bits for Frama-C's WP, which has none: translate.lua writes each operation on them
   as a call of a function here. What those demand is that the result fits 128 bits. */

typedef struct wide {
  int64_t high;
  uint64_t low;
} wide;

/*@ axiomatic wide_numbers { logic integer whole(wide x); }

    logic integer two_126 = 85070591730234615865843651857942052864;
    predicate fits_128(integer x) = -2 * two_126 <= x < 2 * two_126;
*/

/*@ assigns \nothing; ensures whole(\result) == x; */
wide wide_of (int64_t x);
/*@ requires fits_128(whole(a) + whole(b)); assigns \nothing; ensures whole(\result) == whole(a) + whole(b); */
wide wide_plus (wide a, wide b);
/*@ requires fits_128(whole(a) - whole(b)); assigns \nothing; ensures whole(\result) == whole(a) - whole(b); */
wide wide_minus (wide a, wide b);
/*@ requires fits_128(whole(a) * whole(b)); assigns \nothing; ensures whole(\result) == whole(a) * whole(b); */
wide wide_times (wide a, wide b);
/*@ requires whole(b) > 0; assigns \nothing; ensures whole(\result) == whole(a) / whole(b); */
wide wide_over (wide a, wide b);
/*@ requires whole(b) > 0; assigns \nothing; ensures whole(\result) == whole(a) % whole(b); */
wide wide_rest (wide a, wide b);
/*@ assigns \nothing; ensures \result == (whole(a) < whole(b) ? 1 : 0); */
int wide_less (wide a, wide b);
/*@ requires INT64_MIN <= whole(a) <= INT64_MAX; assigns \nothing; ensures \result == whole(a); */
int64_t wide_narrowed (wide a);
