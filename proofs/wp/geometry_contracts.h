/* geometry_contracts.h: what oracle/geometry.h promises of an axis that check.c has resolved, for
   Frama-C's WP. */

/*@ // What stands at place q of a padded axis of n elements: specs/padding.md, clause by clause.
    logic integer stands_at(integer mode, integer n, integer q) =
      0 <= q < n ? q
      : mode == CONV2D_REFLECT ? (q < 0 ? -q : 2 * (n - 1) - q)     // PAD-6
      : mode == CONV2D_REPLICATE ? (q < 0 ? 0 : n - 1)              // PAD-8
      : mode == CONV2D_CIRCULAR ? (q < 0 ? q + n : q - n)           // PAD-10
      : -1;                                                         // PAD-2

    // The widest padding of a side: PAD-7, PAD-11.
    predicate allows(integer mode, integer n, integer side) =
      (mode == CONV2D_REFLECT ==> side <= n - 1) && (mode == CONV2D_CIRCULAR ==> side <= n)
      && (mode == CONV2D_REPLICATE ==> 1 <= n);                     // PAD-13

    // The last tap of the last place lies within the padded axis.
    logic integer reach(axis *a) = (a->output - 1) * a->stride + (a->kernel - 1) * a->dilation;

    predicate resolved(axis *a, integer after) =
      0 <= a->size && 1 <= a->stride && 1 <= a->dilation && 0 <= after - a->before <= 1
      && a->size + a->before + after <= INT64_MAX && reach(a) < a->size + a->before + after
      && allows(a->mode, a->size, a->before) && allows(a->mode, a->size, after);
*/

/*@ predicate stays(integer place, integer tap, integer output, integer stride, integer kernel, integer dilation) =
      0 <= place < output && 1 <= stride && 0 <= tap < kernel && 1 <= dilation;

    axiomatic axes {
    // coq/Geometry.v proves it under its name.
    lemma inside: \forall integer place, tap, output, stride, kernel, dilation;
      stays(place, tap, output, stride, kernel, dilation) ==> 0 <= place * stride && 0 <= tap * dilation
      && place * stride + tap * dilation <= (output - 1) * stride + (kernel - 1) * dilation;
    } */

/*@ requires \valid_read(a) && 0 <= a->size && -a->before <= q;
    requires \exists integer after; q < a->size + after && 0 <= after - a->before <= 1
      && a->size + a->before + after <= INT64_MAX
      && allows(a->mode, a->size, a->before) && allows(a->mode, a->size, after);
    assigns \nothing;
    ensures \result == stands_at(a->mode, a->size, q) && -1 <= \result < a->size; */
static inline int64_t padded (const axis *a, int64_t q);

/*@ requires \valid_read(a) && 0 <= place < a->output && 0 <= tap < a->kernel;
    requires \exists integer after; resolved(a, after);
    assigns \nothing;
    ensures \result == stands_at(a->mode, a->size, place * a->stride + tap * a->dilation - a->before);
    ensures -1 <= \result < a->size; */
static inline int64_t source (const axis *a, int64_t place, int64_t tap);
