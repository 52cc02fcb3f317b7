(* Digits.v: the lemmas of wp/exact_contracts.h, each under its name, as WP has no induction and knows
   little of shifts. An array in one state is a function from index to digit; ACSL's x >> n, x << n and
   x & y are Z's. *)

From Coq Require Import ZArith Lia List Zquot.
From Conv2d Require Import Constants.

Open Scope Z_scope.

Definition two (n : Z) := if n <=? 0 then 1 else 2 ^ n.
Definition word := 4294967296.

Lemma two_is : forall n, 0 <= n -> two n = 2 ^ n.
Proof.
intros n H. unfold two. destruct (Z.leb_spec n 0); trivial.
replace n with 0 by lia. reflexivity.
Qed.

(* The equation that defines `two` in ACSL. *)
Lemma two_equation : forall n, two n = if n <=? 0 then 1 else 2 * two (n - 1).
Proof.
intros n. destruct (Z.leb_spec n 0).
- unfold two. destruct (Z.leb_spec n 0); trivial. lia.
- rewrite !two_is by lia. rewrite <- Z.pow_succ_r by lia. f_equal. lia.
Qed.

Theorem two_pos : forall n, two n >= 1.
Proof.
intros n. unfold two. destruct (Z.leb_spec n 0). lia.
assert (0 < 2 ^ n) by (apply Z.pow_pos_nonneg; lia). lia.
Qed.

Theorem two_plus : forall a b, 0 <= a -> 0 <= b -> two (a + b) = two a * two b.
Proof. intros. rewrite !two_is by lia. apply Z.pow_add_r; lia. Qed.

Theorem two_32 : two 32 = word.
Proof. reflexivity. Qed.

Theorem two_64 : two 64 = word * word.
Proof. reflexivity. Qed.

(* C's and ACSL's / and % round toward zero; here they meet no negative number. *)
Definition quotient := Z.quot.
Definition remainder := Z.rem.

Lemma quotient_is : forall a b, 0 <= a -> 0 < b -> quotient a b = a / b.
Proof. intros. apply Z.quot_div_nonneg; lia. Qed.

Lemma remainder_is : forall a b, 0 <= a -> 0 < b -> remainder a b = a mod b.
Proof. intros. apply Z.rem_mod_nonneg; lia. Qed.

Theorem shift_left : forall x n, 0 <= n -> Z.shiftl x n = x * two n.
Proof. intros. rewrite two_is by lia. apply Z.shiftl_mul_pow2. lia. Qed.

Theorem shift_right : forall x n, 0 <= x -> 0 <= n -> Z.shiftr x n = quotient x (two n).
Proof.
intros. assert (two n >= 1) by apply two_pos.
rewrite quotient_is by lia. rewrite two_is by lia. apply Z.shiftr_div_pow2. lia.
Qed.

Theorem mask : forall x n, 0 <= x -> 0 <= n -> Z.land x (two n - 1) = remainder x (two n).
Proof.
intros. assert (two n >= 1) by apply two_pos.
rewrite remainder_is by lia. rewrite two_is by lia.
replace (2 ^ n - 1) with (Z.ones n) by (rewrite Z.ones_equiv; lia).
apply Z.land_ones. lia.
Qed.

Theorem split : forall x,
  Z.shiftr x 32 * word + Z.land x 4294967295 = x /\ 0 <= Z.land x 4294967295 < word.
Proof.
intros x. change 4294967295 with (Z.ones 32).
rewrite Z.land_ones, Z.shiftr_div_pow2 by lia. change (2 ^ 32) with word.
assert (word > 0) by reflexivity.
generalize (Z_div_mod_eq_full x word) (Z_mod_lt x word). lia.
Qed.

Theorem shift_32 : forall x, Z.shiftr x 32 * word <= x < Z.shiftr x 32 * word + word.
Proof. intros x. generalize (split x). lia. Qed.

(* ---- arrays *)

Fixpoint sum (d : Z -> Z) (n : nat) : Z :=
  match n with
  | O => 0
  | S n => sum d n + d (Z.of_nat n) * two (32 * Z.of_nat n)
  end.

Definition value (d : Z -> Z) (n : Z) := sum d (Z.to_nat n).

(* The equation that defines `value` in ACSL. *)
Lemma value_equation : forall d n,
  value d n = if n <=? 0 then 0 else value d (n - 1) + d (n - 1) * two (32 * (n - 1)).
Proof.
intros d n. unfold value. destruct (Z.leb_spec n 0).
- replace (Z.to_nat n) with 0%nat by lia. reflexivity.
- replace (Z.to_nat n) with (S (Z.to_nat (n - 1))) by lia. simpl sum.
  now rewrite Z2Nat.id by lia.
Qed.

Lemma value_0 : forall d n, n <= 0 -> value d n = 0.
Proof. intros. rewrite value_equation. destruct (Z.leb_spec n 0); lia. Qed.

Lemma value_next : forall d n, 0 <= n -> value d (n + 1) = value d n + d n * two (32 * n).
Proof.
intros. rewrite value_equation. destruct (Z.leb_spec (n + 1) 0). lia.
replace (n + 1 - 1) with n by ring. reflexivity.
Qed.

Lemma value_ind : forall P : Z -> Prop,
  (forall n, n <= 0 -> P n) -> (forall n, 0 <= n -> P n -> P (n + 1)) -> forall n, P n.
Proof.
intros P H0 H n. destruct (Z_le_gt_dec n 0) as [L|G]. now apply H0.
pattern n. apply Zlt_lower_bound_ind with (z := 0); [|lia].
intros x IH Hx. destruct (Z.eq_dec x 0) as [->|N]. apply H0; lia.
replace x with (x - 1 + 1) by ring. apply H. lia. apply IH. lia.
Qed.

Theorem same : forall d e n, (forall k, 0 <= k < n -> d k = e k) -> value d n = value e n.
Proof.
intros d e n. pattern n. apply value_ind; clear n; intros n Hn.
- now rewrite !value_0 by lia.
- intros IH H. rewrite !value_next by lia. rewrite IH, H; trivial. lia. intros; apply H; lia.
Qed.

Theorem negated : forall d e n, (forall k, 0 <= k < n -> e k = - d k) -> value e n = - value d n.
Proof.
intros d e n. pattern n. apply value_ind; clear n; intros n Hn.
- now rewrite !value_0 by lia.
- intros IH H. rewrite !value_next by lia. rewrite IH, H; trivial. ring. lia. intros; apply H; lia.
Qed.

(* What lies above n0 in both adds the same. *)
Lemma above : forall d e n0 n, 0 <= n0 <= n -> (forall k, n0 <= k < n -> d k = e k) ->
  value e n - value d n = value e n0 - value d n0.
Proof.
intros d e n0 n. pattern n. apply value_ind; clear n; intros n Hn.
- intros H _. replace n with n0 by lia. reflexivity.
- intros IH H E. destruct (Z.eq_dec n0 (n + 1)) as [->|N]; trivial.
  rewrite !value_next by lia. rewrite (E n) by lia.
  rewrite <- IH; try lia. intros; apply E; lia.
Qed.

Lemma two_next : forall n, 0 <= n -> two (32 * (n + 1)) = word * two (32 * n).
Proof.
intros n H. replace (32 * (n + 1)) with (32 + 32 * n) by ring.
rewrite two_plus by lia. now rewrite two_32.
Qed.

Definition moves (a b : Z -> Z) (i : Z) :=
  0 <= i < EXACT_DIGITS - 1
  /\ (forall k, 0 <= k < EXACT_DIGITS -> k <> i -> k <> i + 1 -> b k = a k)
  /\ b i + word * b (i + 1) = a i + word * a (i + 1).

Theorem moved : forall a b i, moves a b i -> value b EXACT_DIGITS = value a EXACT_DIGITS.
Proof.
intros a b i (Hi & E & M).
cut (value b EXACT_DIGITS - value a EXACT_DIGITS = 0). lia.
rewrite (above a b (i + 1 + 1)); [|lia|intros; symmetry; apply E; lia].
rewrite !value_next by lia. rewrite two_next by lia.
rewrite (same b a i) by (intros; apply E; lia).
replace (b i) with (a i + word * a (i + 1) - word * b (i + 1)) by lia.
ring.
Qed.

Definition scaled (x n : Z) := x * two n.
Definition part (x j : Z) := remainder (quotient x (two (32 * j))) word.

Definition step (p i m j : Z) :=
  (if j <? i then part (scaled (remainder m (word * word)) (remainder p 32)) j else 0)
  + (if ((2 <=? j) && (j <? i + 2))%bool
     then part (scaled (quotient m (word * word)) (remainder p 32)) (j - 2) else 0).

Definition adding (a b : Z -> Z) (p i sign m : Z) :=
  0 <= i <= 3 /\ 0 <= quotient p 32 <= EXACT_DIGITS - 5 /\ 0 <= p
  /\ (forall k, 0 <= k < EXACT_DIGITS -> ~ quotient p 32 <= k < quotient p 32 + 5 -> b k = a k)
  /\ (forall k, quotient p 32 <= k < quotient p 32 + 5 ->
      b k = a k + sign * step p i m (k - quotient p 32)).

Theorem part_range : forall x j, 0 <= x -> 0 <= part x j < word.
Proof.
intros x j Hx. unfold part. assert (two (32 * j) >= 1) by apply two_pos.
rewrite quotient_is by lia.
assert (0 <= x / two (32 * j)) by (apply Z.div_pos; lia).
rewrite remainder_is by (trivial; reflexivity).
apply Z.mod_pos_bound. reflexivity.
Qed.

Theorem scaled_fits : forall x n, 0 <= x < word * word -> 0 <= n <= 32 ->
  0 <= scaled x n < two 128.
Proof.
intros x n Hx Hn. unfold scaled.
assert (1 <= two n <= word).
{ rewrite two_is by lia. split. assert (0 < 2 ^ n) by (apply Z.pow_pos_nonneg; lia). lia.
  change word with (2 ^ 32). apply Z.pow_le_mono_r; lia. }
change (two 128) with (word * word * (word * word)). unfold word in *. nia.
Qed.

(* Three parts of 32 bits. *)
Lemma parts : forall x, 0 <= x < word * word * word ->
  x = part x 0 + word * part x 1 + word * word * part x 2.
Proof.
intros x Hx. unfold part.
change (two (32 * 0)) with 1. change (two (32 * 1)) with word. change (two (32 * 2)) with (word * word).
assert (W : 0 < word) by reflexivity.
rewrite !quotient_is by (unfold word in *; lia).
assert (0 <= x / word) by (apply Z.div_pos; lia).
assert (0 <= x / (word * word)) by (apply Z.div_pos; unfold word in *; lia).
rewrite Z.div_1_r, !remainder_is by (trivial; lia).
rewrite <- (Z.div_div x word word) by (unfold word; lia).
rewrite (Z.mod_small (x / word / word) word).
2: { split. apply Z.div_pos; lia. repeat (apply Z.div_lt_upper_bound; try lia). }
generalize (Z_div_mod_eq_full x word) (Z_div_mod_eq_full (x / word) word). nia.
Qed.

Lemma scaled_96 : forall x n, 0 <= x < word * word -> 0 <= n < 32 ->
  0 <= scaled x n < word * word * word.
Proof.
intros x n Hx Hn. unfold scaled.
assert (1 <= two n <= word).
{ rewrite two_is by lia. split. assert (0 < 2 ^ n) by (apply Z.pow_pos_nonneg; lia). lia.
  change word with (2 ^ 32). apply Z.pow_le_mono_r; lia. }
unfold word in *. nia.
Qed.

Theorem added : forall a b p sign m, 0 <= m < two 128 -> adding a b p 3 sign m ->
  value b EXACT_DIGITS = value a EXACT_DIGITS + sign * scaled m p.
Proof.
intros a b p sign m Hm (_ & Hq & Hp & E & M).
rewrite quotient_is in Hq, E, M by lia.
assert (Hr : 0 <= p mod 32 < 32) by (apply Z.mod_pos_bound; lia).
assert (Ep := Z_div_mod_eq_full p 32).
set (q := p / 32) in *.
cut (value b EXACT_DIGITS - value a EXACT_DIGITS = sign * scaled m p). lia.
rewrite (above a b (q + 1 + 1 + 1 + 1 + 1)); [|lia|intros; symmetry; apply E; lia].
rewrite !value_next by lia. rewrite !two_next by lia.
rewrite (same b a q) by (intros; apply E; lia).
rewrite (M q), (M (q + 1)), (M (q + 1 + 1)), (M (q + 1 + 1 + 1)), (M (q + 1 + 1 + 1 + 1)) by lia.
replace (q - q) with 0 by ring. replace (q + 1 - q) with 1 by ring.
replace (q + 1 + 1 - q) with 2 by ring. replace (q + 1 + 1 + 1 - q) with 3 by ring.
replace (q + 1 + 1 + 1 + 1 - q) with 4 by ring.
unfold step.
repeat match goal with
| |- context [?x <? ?y] => let v := eval compute in (x <? y) in change (x <? y) with v
| |- context [?x <=? ?y] => let v := eval compute in (x <=? y) in change (x <=? y) with v
end.
cbv beta iota delta [andb].
change (2 - 2) with 0. change (3 - 2) with 1. change (4 - 2) with 2.
assert (W : word * word > 0) by reflexivity.
change (two 128) with (word * word * (word * word)) in Hm.
rewrite (remainder_is p 32), (remainder_is m), (quotient_is m) by lia.
set (l := scaled (m mod (word * word)) (p mod 32)).
set (h := scaled (m / (word * word)) (p mod 32)).
assert (L := parts l (scaled_96 _ _ (Z_mod_lt _ _ W) Hr)).
assert (Hh : 0 <= m / (word * word) < word * word).
{ split. apply Z.div_pos; lia. apply Z.div_lt_upper_bound; lia. }
assert (H := parts h (scaled_96 _ _ Hh Hr)).
transitivity (sign * (l + word * word * h) * two (32 * q)).
{ set (l0 := part l 0) in *. set (l1 := part l 1) in *. set (l2 := part l 2) in *.
  set (h0 := part h 0) in *. set (h1 := part h 1) in *. set (h2 := part h 2) in *.
  clearbody l0 l1 l2 h0 h1 h2. rewrite L, H. ring. }
unfold l, h, scaled.
transitivity (sign * (word * word * (m / (word * word)) + m mod (word * word))
              * (two (32 * q) * two (p mod 32))). ring.
rewrite <- Z_div_mod_eq_full, <- two_plus by lia. rewrite <- Ep. ring.
Qed.
