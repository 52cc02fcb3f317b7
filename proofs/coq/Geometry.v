(* Geometry.v: what check.c and geometry.h compute along an axis: nothing overflows, the output has the
   places that fit, and every source is an element of the input or padding. *)

From Coq Require Import ZArith Zquot Lia Psatz.

Open Scope Z_scope.

Definition int64 (x : Z) := - 2 ^ 63 <= x < 2 ^ 63.
Definition int128 (x : Z) := - 2 ^ 127 <= x < 2 ^ 127.

(* ---- check.c: 128 bits hold whatever 64-bit arguments make *)

Definition reach (d k : Z) := d * (k - 1).

Lemma product_range : forall a b m, - m <= a <= m -> - m <= b <= m -> - (m * m) <= a * b <= m * m.
Proof. intros. nia. Qed.

Lemma reach_range : forall d k, int64 d -> int64 k -> - 2 ^ 126 - 2 ^ 64 <= reach d k <= 2 ^ 126 + 2 ^ 64.
Proof.
intros d k D K. unfold reach, int64 in *.
assert (- (2 ^ 63 * 2 ^ 63) <= d * k <= 2 ^ 63 * 2 ^ 63) by (apply product_range; lia).
replace (d * (k - 1)) with (d * k - d) by ring. lia.
Qed.

Theorem reach_fits : forall d k, int64 d -> int64 k -> int128 (reach d k).
Proof.
intros d k D K. assert (- 2 ^ 126 - 2 ^ 64 <= reach d k <= 2 ^ 126 + 2 ^ 64) by now apply reach_range.
unfold int128. lia.
Qed.

(* C's division rounds toward zero: total / 2 - (total % 2 < 0) rounds down. *)
Definition same_before (total : Z) := Z.quot total 2 - (if Z.rem total 2 <? 0 then 1 else 0).

Theorem same_before_is_half : forall total, same_before total = total / 2.
Proof.
intros t. unfold same_before.
assert (A := Z.quot_rem' t 2). assert (B := Z_div_mod_eq_full t 2). assert (C := Z.mod_pos_bound t 2 eq_refl).
destruct (Z.le_gt_cases 0 t) as [P|P].
- assert (D := Z.rem_bound_pos t 2 P eq_refl).
  revert A B C D. generalize (Z.quot t 2) (Z.rem t 2) (t / 2) (t mod 2). intros q r h m A B C D.
  destruct (Z.ltb_spec r 0); lia.
- assert (D : - (2) < Z.rem t 2 <= 0).
  { apply Zquot.Zrem_lt_neg_pos; lia. }
  revert A B C D. generalize (Z.quot t 2) (Z.rem t 2) (t / 2) (t mod 2). intros q r h m A B C D.
  destruct (Z.ltb_spec r 0); lia.
Qed.

(* Both sides of padding="same" add up to d * (k - 1), the input and any two sides fit too, and so does
   what is left for strides. *)
Theorem padded_fits : forall n d k, int64 n -> 0 <= n -> int64 d -> int64 k ->
  let total := reach d k in let before := same_before total in let after := total - before in
  int128 before /\ int128 after /\ int128 (n + before) /\ int128 (n + before + after).
Proof.
intros n d k Hn N Hd Hk total before after.
assert (T : - 2 ^ 126 - 2 ^ 64 <= total <= 2 ^ 126 + 2 ^ 64) by now apply reach_range.
assert (B : before = total / 2) by apply same_before_is_half.
assert (Q := Z_div_mod_eq_full total 2). assert (M := Z.mod_pos_bound total 2 eq_refl).
unfold after, int64, int128 in *. rewrite <- B in Q. repeat split; lia.
Qed.

Theorem explicit_fits : forall n p d k, int64 n -> int64 p -> int64 d -> int64 k ->
  int128 (n + p) /\ int128 (n + p + p) /\ int128 (n + p + p - reach d k) /\ int128 (n + p + p - reach d k - 1).
Proof.
intros. assert (- 2 ^ 126 - 2 ^ 64 <= reach d k <= 2 ^ 126 + 2 ^ 64) by now apply reach_range.
unfold int64, int128 in *. repeat split; lia.
Qed.

(* countable: a product that still fits 64 bits, times one more extent. *)
Theorem bytes_fit : forall bytes extent, int64 bytes -> int64 extent -> int128 (bytes * extent).
Proof.
unfold int64, int128. intros.
assert (- (2 ^ 63 * 2 ^ 63) <= bytes * extent <= 2 ^ 63 * 2 ^ 63) by (apply product_range; lia). lia.
Qed.

(* ---- SHAPE-1: the output has a place for each position of the kernel that fits, and no more *)

Definition output (room s : Z) := room / s + 1.

Theorem output_is_what_fits : forall padded d k s q, 1 <= s -> reach d k + 1 <= padded -> 0 <= q ->
  let room := padded - reach d k - 1 in
  q < output room s <-> q * s + reach d k + 1 <= padded.
Proof.
intros padded d k s q S R Q room. unfold output.
assert (D := Z_div_mod_eq_full room s). assert (M := Z.mod_pos_bound room s ltac:(lia)).
assert (E : room = padded - reach d k - 1) by reflexivity.
split; intros H.
- assert (q * s <= room / s * s) by (apply Z.mul_le_mono_nonneg_r; lia). lia.
- assert (q * s <= room) by lia. assert (q <= room / s); [|lia].
  apply Z.div_le_lower_bound; lia.
Qed.

(* ---- geometry.h: where a tap stands, in 64 bits *)

Section Axis.

Variables n k d s before after : Z.
Hypothesis size : 0 <= n < 2 ^ 63.
Hypothesis stride : 1 <= s.
Hypothesis dilation : 1 <= d.
Hypothesis kernel : 1 <= k.
(* check_sizes *)
Hypothesis fits : n + before + after < 2 ^ 63.
Hypothesis window : reach d k + 1 <= n + before + after.
(* Both sides are equal, or differ by one. *)
Hypothesis sides : 0 <= after - before <= 1.

Variables place tap : Z.
Hypothesis in_output : 0 <= place < output (n + before + after - reach d k - 1) s.
Hypothesis in_kernel : 0 <= tap < k.

Definition position := place * s + tap * d - before.

Lemma steps : 0 <= place * s /\ 0 <= tap * d /\ place * s + tap * d < n + before + after.
Proof.
assert (H := proj1 (output_is_what_fits (n + before + after) d k s place stride window (proj1 in_output))
  (proj2 in_output)).
unfold reach in *. nia.
Qed.

Theorem position_fits :
  int64 (place * s) /\ int64 (tap * d) /\ int64 (place * s + tap * d) /\ int64 position.
Proof. destruct steps as (A & B & C). unfold int64, position. repeat split; lia. Qed.

Theorem position_is_padded : - before <= position < n + after.
Proof. destruct steps as (A & B & C). unfold position. lia. Qed.

(* ---- the padding modes: within their limits (PAD-7, PAD-11, PAD-13) every source is an element *)

Definition element (i : Z) := 0 <= i < n.

Theorem reflect_is_inside : before <= n - 1 -> after <= n - 1 ->
  (position < 0 -> element (- position)) /\
  (n <= position -> element (n - 1 - (position - n + 1)) /\ int64 (position - n + 1)).
Proof. intros. generalize position_is_padded. unfold element, int64. lia. Qed.

(* What it is by torch's definition. *)
Theorem reflect_is : n - 1 - (position - n + 1) = 2 * (n - 1) - position.
Proof. ring. Qed.

Theorem replicate_is_inside : 1 <= n -> element 0 /\ element (n - 1).
Proof. unfold element. lia. Qed.

Theorem circular_is_inside : before <= n -> after <= n ->
  (position < 0 -> element (position + n)) /\ (n <= position -> element (position - n)).
Proof. intros. generalize position_is_padded. unfold element. lia. Qed.

End Axis.

(* ---- the lemmas of wp/check_contracts.h and wp/geometry_contracts.h *)

Theorem span_range : forall d k, int64 d -> int64 k ->
  - 2 ^ 126 - 2 * (2 ^ 63 - 1) <= d * (k - 1) <= 2 ^ 126 + 2 * (2 ^ 63 - 1).
Proof.
intros d k D K. unfold int64 in *.
assert (- (2 ^ 63 * 2 ^ 63) <= d * k <= 2 ^ 63 * 2 ^ 63) by (apply product_range; lia).
replace (d * (k - 1)) with (d * k - d) by ring. lia.
Qed.

(* C's division, of numbers that are not negative. *)
Theorem fewer : forall a b, 0 <= a -> 1 <= b -> 0 <= Z.quot a b <= a.
Proof.
intros. rewrite Z.quot_div_nonneg by lia. split. apply Z.div_pos; lia. apply Z.div_le_upper_bound; nia.
Qed.

Theorem last_place : forall a b, 0 <= a -> 1 <= b -> 0 <= Z.quot a b * b <= a.
Proof.
intros. rewrite Z.quot_div_nonneg by lia.
assert (A := Z_div_mod_eq_full a b). assert (B := Z.mod_pos_bound a b ltac:(lia)).
assert (0 <= a / b) by (apply Z.div_pos; lia). nia.
Qed.

Theorem next_place : forall a b, 0 <= a -> 1 <= b -> a < (Z.quot a b + 1) * b.
Proof.
intros. rewrite Z.quot_div_nonneg by lia.
assert (A := Z_div_mod_eq_full a b). assert (B := Z.mod_pos_bound a b ltac:(lia)). nia.
Qed.

Theorem inside : forall place tap output stride kernel dilation,
  0 <= place < output -> 1 <= stride -> 0 <= tap < kernel -> 1 <= dilation ->
  0 <= place * stride /\ 0 <= tap * dilation /\
  place * stride + tap * dilation <= (output - 1) * stride + (kernel - 1) * dilation.
Proof.
intros place tap output stride kernel dilation P S T D.
assert (place * stride <= (output - 1) * stride) by (apply Z.mul_le_mono_nonneg_r; lia).
assert (tap * dilation <= (kernel - 1) * dilation) by (apply Z.mul_le_mono_nonneg_r; lia).
nia.
Qed.
