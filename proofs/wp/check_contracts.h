/* check_contracts.h: what oracle/check.c promises, for Frama-C's WP. It is included twice: before the functions
   that speak of margins, and before those that speak of a batch. */

#ifndef MARGINS
#define MARGINS

/* ---- lemmas: coq/Geometry.v proves each under its name */

/*@ axiomatic products {
    lemma span_range: \forall integer d, k; INT64_MIN <= d <= INT64_MAX ==> INT64_MIN <= k <= INT64_MAX ==>
      -two_126 - 2 * INT64_MAX <= d * (k - 1) <= two_126 + 2 * INT64_MAX;
    lemma fewer: \forall integer a, b; 0 <= a ==> 1 <= b ==> 0 <= a / b <= a;
    lemma last_place: \forall integer a, b; 0 <= a ==> 1 <= b ==> 0 <= (a / b) * b <= a;
    lemma next_place: \forall integer a, b; 0 <= a ==> 1 <= b ==> a < (a / b + 1) * b;
    }

    logic integer span(conv2d_params *p, integer i) = p->dilation[i] * (p->kernel_size[i] - 1);

    // PAD-1, PAD-3, PAD-4.
    predicate padded_by(conv2d_params *p, integer i, integer before, integer after) =
      p->padding_kind == CONV2D_PADDING_SAME
        ? before + after == span(p, i) && 0 <= after - before <= 1
        : before == after && before == (p->padding_kind == CONV2D_PADDING_VALID ? 0 : p->padding[i]);

    predicate is_margin(margin m) =
      -two_126 <= whole(m.before) <= two_126 && 0 <= whole(m.after) - whole(m.before) <= 1;
*/

/*@ requires -two_126 - 2 * INT64_MAX <= whole(total) <= two_126 + 2 * INT64_MAX; assigns \nothing;
    ensures is_margin(\result) && whole(\result.before) + whole(\result.after) == whole(total); */
static margin same_margin (wide total);

/*@ requires \valid_read(p) && 0 <= i < 2; assigns \nothing; ensures whole(\result) == span(p, i); */
static wide kernel_span (const conv2d_params *p, int i);

/*@ requires \valid_read(p) && 0 <= i < 2;
    ensures is_margin(\result) && padded_by(p, i, whole(\result.before), whole(\result.after)); */
static margin margin_of (const conv2d_params *p, int i);

/*@ assigns \nothing; ensures \result <==> INT64_MIN <= whole(x) <= INT64_MAX; */
static bool fits (wide x);

/*@ requires \valid_read(p); assigns \nothing;
    ensures \result == \null ==> 1 <= p->groups && 0 <= p->in_channels && 0 <= p->out_channels
      && 0 <= p->kernel_size[0] && 0 <= p->kernel_size[1]
      && CONV2D_PADDING_EXPLICIT <= p->padding_kind <= CONV2D_PADDING_SAME
      && CONV2D_ZEROS <= p->padding_mode <= CONV2D_CIRCULAR
      && p->in_channels % p->groups == 0 && p->out_channels % p->groups == 0; */
static const char *check_parameters (const conv2d_params *p);

#else

/*@ logic integer padded_size(batch *b, integer i, margin m) =
      b->shape[2 + i] + whole(m.before) + whole(m.after);

    predicate axis_fits(conv2d_params *p, batch *b, integer i, margin m) =
      padded_size(b, i, m) <= INT64_MAX && span(p, i) + 1 <= padded_size(b, i, m);

    // SHAPE-1
    logic integer places_of(conv2d_params *p, batch *b, integer i, margin m) =
      (padded_size(b, i, m) - span(p, i) - 1) / p->stride[i] + 1;

    predicate sized(batch *b) = \forall integer i; 0 <= i < 4 ==> 0 <= b->shape[i];
*/

/*@ requires 0 <= n && CONV2D_ZEROS <= mode <= CONV2D_CIRCULAR; assigns \nothing;
    ensures mode == CONV2D_REFLECT ==> \result == n - 1;
    ensures mode == CONV2D_CIRCULAR ==> \result == n;
    ensures mode == CONV2D_ZEROS || mode == CONV2D_REPLICATE ==> \result == INT64_MAX; */
static int64_t widest (int32_t mode, int64_t n);

/*@ requires \valid_read(p) && 1 <= p->groups && \valid(shape + (0 .. 3)) && \separated(p, shape + (0 .. 3));
    assigns shape[0 .. 3];
    ensures shape[0] == p->out_channels && shape[1] == p->in_channels / p->groups;
    ensures shape[2] == p->kernel_size[0] && shape[3] == p->kernel_size[1]; */
static void weight_shape (const conv2d_params *p, int64_t shape[4]);

/*@ requires \valid_read(p) && \valid_read(b) && 0 <= i < 2 && sized(b) && is_margin(m) && 1 <= p->stride[i];
    requires axis_fits(p, b, i, m);
    assigns \nothing;
    ensures whole(\result) == places_of(p, b, i, m); */
static wide places (const conv2d_params *p, const batch *b, margin m, int i);

/*@ requires \valid_read(p) && \valid_read(b) && 0 <= i < 2 && sized(b) && is_margin(m);
    requires 1 <= p->stride[i] && 1 <= p->dilation[i] && 0 <= p->kernel_size[i];
    requires axis_fits(p, b, i, m) && places_of(p, b, i, m) <= INT64_MAX;
    requires INT64_MIN <= whole(m.before) <= INT64_MAX;
    assigns \nothing;
    ensures \result.output == places_of(p, b, i, m);
    ensures \result.size == b->shape[2 + i] && \result.kernel == p->kernel_size[i];
    ensures \result.stride == p->stride[i] && \result.dilation == p->dilation[i];
    ensures \result.before == whole(m.before) && \result.mode == p->padding_mode;
    ensures (\result.output - 1) * \result.stride + (\result.kernel - 1) * \result.dilation
      < \result.size + whole(m.before) + whole(m.after);
    // and no place more
    ensures padded_size(b, i, m) - span(p, i) - 1 < places_of(p, b, i, m) * p->stride[i]; */
static axis resolve_axis (const conv2d_params *p, const batch *b, margin m, int i);

#endif
