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

Lemma two_pos : forall n, two n >= 1.
Proof.
intros n. unfold two. destruct (Z.leb_spec n 0). lia.
assert (0 < 2 ^ n) by (apply Z.pow_pos_nonneg; lia). lia.
Qed.

Lemma two_plus : forall a b, 0 <= a -> 0 <= b -> two (a + b) = two a * two b.
Proof. intros. rewrite !two_is by lia. apply Z.pow_add_r; lia. Qed.

Lemma two_32 : two 32 = word.
Proof. reflexivity. Qed.

Lemma two_64 : two 64 = word * word.
Proof. reflexivity. Qed.

(* C's and ACSL's / and % round toward zero; here they meet no negative number. *)
Definition quotient := Z.quot.
Definition remainder := Z.rem.

Lemma quotient_is : forall a b, 0 <= a -> 0 < b -> quotient a b = a / b.
Proof. intros. apply Z.quot_div_nonneg; lia. Qed.

Lemma remainder_is : forall a b, 0 <= a -> 0 < b -> remainder a b = a mod b.
Proof. intros. apply Z.rem_mod_nonneg; lia. Qed.

Lemma shift_left : forall x n, 0 <= n -> Z.shiftl x n = x * two n.
Proof. intros. rewrite two_is by lia. apply Z.shiftl_mul_pow2. lia. Qed.

Lemma shift_right : forall x n, 0 <= x -> 0 <= n -> Z.shiftr x n = quotient x (two n).
Proof.
intros. assert (two n >= 1) by apply two_pos.
rewrite quotient_is by lia. rewrite two_is by lia. apply Z.shiftr_div_pow2. lia.
Qed.

Lemma mask : forall x n, 0 <= x -> 0 <= n -> Z.land x (two n - 1) = remainder x (two n).
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

Lemma same : forall d e n, (forall k, 0 <= k < n -> d k = e k) -> value d n = value e n.
Proof.
intros d e n. pattern n. apply value_ind; clear n; intros n Hn.
- now rewrite !value_0 by lia.
- intros IH H. rewrite !value_next by lia. rewrite IH, H; trivial. lia. intros; apply H; lia.
Qed.

Lemma negated : forall d e n, (forall k, 0 <= k < n -> e k = - d k) -> value e n = - value d n.
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

Section Digits.

(* How many digits there are: EXACT_DIGITS in ACSL, and here any number. *)
Variable N : Z.
Hypothesis several_digits : 1 <= N - 1.

Definition moves (a b : Z -> Z) (i : Z) :=
  0 <= i < N - 1
  /\ (forall k, 0 <= k < N -> k <> i -> k <> i + 1 -> b k = a k)
  /\ b i + word * b (i + 1) = a i + word * a (i + 1).

Theorem moved : forall a b i, moves a b i -> value b N = value a N.
Proof.
intros a b i (Hi & E & M).
cut (value b N - value a N = 0). lia.
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
  0 <= i <= 3 /\ 0 <= quotient p 32 <= N - 5 /\ 0 <= p
  /\ (forall k, 0 <= k < N -> ~ quotient p 32 <= k < quotient p 32 + 5 -> b k = a k)
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
  value b N = value a N + sign * scaled m p.
Proof.
intros a b p sign m Hm (_ & Hq & Hp & E & M).
rewrite quotient_is in Hq, E, M by lia.
assert (Hr : 0 <= p mod 32 < 32) by (apply Z.mod_pos_bound; lia).
assert (Ep := Z_div_mod_eq_full p 32).
set (q := p / 32) in *.
cut (value b N - value a N = sign * scaled m p). lia.
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

Definition carried (d : Z -> Z) (n : Z) := forall k, 0 <= k < n -> 0 <= d k < word.
Definition all (d : Z -> Z) := value d N.

Lemma two_word : forall n, 0 <= n -> two (32 * n) = word ^ n.
Proof. intros. rewrite two_is by lia. rewrite Z.pow_mul_r by lia. reflexivity. Qed.

Lemma carried_range : forall d n, carried d n -> 0 <= value d n < two (32 * n).
Proof.
intros d n. pattern n. apply value_ind; clear n; intros n Hn.
- intros _. rewrite value_0 by lia. generalize (two_pos (32 * n)). lia.
- intros IH H. rewrite value_next by lia. rewrite two_next by lia.
  assert (0 <= value d n < two (32 * n)) by (apply IH; intros k Hk; apply H; lia).
  assert (0 <= d n < word) by (apply H; lia). nia.
Qed.

Theorem top_digit : forall d, carried d (N - 1) ->
  - two (32 * N - 34) <= all d <= two (32 * N - 34) ->
  d (N - 1) = (if all d <? 0 then -1 else 0).
Proof.
intros d C H. unfold all in *.
assert (R := carried_range _ _ C).
assert (N0 := several_digits).
destruct (Z.eq_dec N (N - 1 + 1)) as [E|]; [|lia].
revert C H R N0. rewrite E. replace (N - 1 + 1 - 1) with (N - 1) by ring.
generalize (N - 1) as n. intros n C H R N0.
replace (n + 1 - 1) with n in * by ring.
rewrite value_next in H |- * by lia.
assert (T : two (32 * n) = 4 * two (32 * (n + 1) - 34)).
{ change 4 with (two 2). rewrite <- two_plus by lia. f_equal. ring. }
generalize (two_pos (32 * (n + 1) - 34)). intros P.
set (t := two (32 * (n + 1) - 34)) in *. rewrite T in *. clearbody t.
set (v := value d n) in *. set (x := d n) in *. clearbody v x.
destruct (Z.ltb_spec (v + x * (4 * t)) 0).
- assert (x < 0) by nia. assert (-2 < x) by nia. lia.
- assert (-1 < x) by nia. assert (x < 1) by nia. lia.
Qed.

Definition leads (x b : Z) := two b <= x < two (b + 1).

Lemma zeros_above : forall d n0 n, 0 <= n0 <= n -> (forall k, n0 <= k < n -> d k = 0) ->
  value d n = value d n0.
Proof.
intros d n0 n Hn H.
assert (E := above d (fun k => if k <? n0 then d k else 0) n0 n Hn).
assert (F : forall m, value (fun k => if k <? n0 then d k else 0) (n0 + Z.of_nat m) = value d n0).
{ induction m.
  - rewrite Z.add_0_r. apply same. intros k Hk. destruct (Z.ltb_spec k n0); trivial. lia.
  - replace (n0 + Z.of_nat (S m)) with (n0 + Z.of_nat m + 1) by lia.
    rewrite value_next by lia. rewrite IHm.
    destruct (Z.ltb_spec (n0 + Z.of_nat m) n0); lia. }
assert (F1 := F (Z.to_nat (n - n0))). assert (F2 := F 0%nat).
rewrite Z2Nat.id in F1 by lia. replace (n0 + (n - n0)) with n in F1 by ring.
rewrite Z.add_0_r in F2. rewrite F1, F2 in E.
cut (value d n0 - value d n = 0). lia. rewrite E.
- ring.
- intros k Hk. destruct (Z.ltb_spec k n0). lia. now apply H.
Qed.

Theorem highest : forall d i b, 0 <= i < N -> carried d N ->
  (forall k, i < k < N -> d k = 0) -> 0 <= b < 32 -> leads (d i) b ->
  leads (all d) (32 * i + b).
Proof.
intros d i b Hi C H Hb (L1, L2). unfold all, leads.
rewrite (zeros_above d (i + 1)) by (trivial; try lia; intros; apply H; lia).
rewrite value_next by lia.
assert (R : 0 <= value d i < two (32 * i)).
{ apply carried_range. intros k Hk. apply C. lia. }
replace (32 * i + b + 1) with (32 * i + (b + 1)) by ring.
rewrite (two_plus (32 * i) b), (two_plus (32 * i) (b + 1)) by lia.
set (p := two (32 * i)) in *. set (x := d i) in *.
assert (p * two b <= p * x) by (apply Z.mul_le_mono_nonneg_l; lia).
assert (p * (x + 1) <= p * two (b + 1)) by (apply Z.mul_le_mono_nonneg_l; lia).
lia.
Qed.

Theorem high : forall x b, 0 <= b -> leads x b -> x < word -> b < 32.
Proof.
intros x b Hb (L1, _) H. destruct (Z_lt_ge_dec b 32); trivial.
assert (two 32 <= two b). { rewrite !two_is by lia. apply Z.pow_le_mono_r; lia. }
rewrite two_32 in *. lia.
Qed.

Theorem nothing : forall d, (forall k, 0 <= k < N -> d k = 0) -> all d = 0.
Proof.
intros d H. unfold all. assert (N0 := several_digits).
rewrite (zeros_above d 0) by (try lia; intros; now apply H).
now rewrite value_0.
Qed.

(* The value as two's complement: a floor division and what remains. *)
Definition bits (d : Z -> Z) (position : Z) := (all d / 2 ^ position) mod 2 ^ 64.
Definition any (d : Z -> Z) (position : Z) := all d mod 2 ^ position <> 0.
Definition part64 (x position : Z) := (x / 2 ^ position) mod 2 ^ 64.

Definition digit_or_none (d : Z -> Z) (k : Z) := if k <? N then d k else 0.

Definition sees (d : Z -> Z) (position w : Z) :=
  0 <= position < 32 * N /\ carried d (N - 1)
  /\ (quotient position 32 + 3 < N \/ carried d N)
  /\ w = digit_or_none d (quotient position 32)
         + word * (digit_or_none d (quotient position 32 + 1)
                   + word * digit_or_none d (quotient position 32 + 2)).

(* A number cut at a digit: what is below, and what is above as a multiple. *)
Lemma cut : forall d q n, 0 <= q <= n ->
  exists high, value d n = value d q + two (32 * q) * high.
Proof.
intros d q n. pattern n. apply value_ind; clear n; intros n Hn.
- intros H. exists 0. replace n with q by lia. ring.
- intros IH H. destruct (Z.eq_dec q (n + 1)) as [->|Nq]. exists 0; ring.
  destruct IH as (high & E). lia.
  exists (high + d n * two (32 * (n - q))). rewrite value_next by lia. rewrite E.
  replace (32 * n) with (32 * q + 32 * (n - q)) by ring. rewrite two_plus by lia. ring.
Qed.

Lemma cut_3 : forall d q, 0 <= q < N -> exists high,
  all d = value d q + two (32 * q)
          * (digit_or_none d q + word * (digit_or_none d (q + 1) + word * digit_or_none d (q + 2))
             + word * word * word * high).
Proof.
intros d q Hq. unfold all.
set (e := digit_or_none d).
assert (E : forall n, n <= N -> value d n = value e n).
{ intros n Hn. apply same. intros k Hk. unfold e, digit_or_none.
  destruct (Z.ltb_spec k N); trivial. lia. }
assert (X : value e N = value e (N + 3)).
{ symmetry. apply zeros_above. lia. intros k Hk. unfold e, digit_or_none.
  destruct (Z.ltb_spec k N); trivial. lia. }
rewrite !E by lia. rewrite X.
destruct (cut e (q + 1 + 1 + 1) (N + 3)) as (high & ->). lia.
exists high. rewrite !value_next by lia. rewrite !two_next by lia.
replace (q + 1 + 1) with (q + 2) by ring. ring.
Qed.

Theorem window : forall d position w, sees d position w ->
  part64 w (remainder position 32) = bits d position.
Proof.
intros d position w (Hp & C & C' & ->). unfold part64, bits.
rewrite quotient_is in * by lia. rewrite remainder_is by lia.
assert (Hq : 0 <= position / 32 < N).
{ split. apply Z.div_pos; lia. apply Z.div_lt_upper_bound; lia. }
assert (Hr : 0 <= position mod 32 < 32) by (apply Z.mod_pos_bound; lia).
assert (Ep := Z_div_mod_eq_full position 32).
set (q := position / 32) in *. set (r := position mod 32) in *.
destruct (cut_3 d q Hq) as (high & E).
set (w := digit_or_none d q + word * (digit_or_none d (q + 1) + word * digit_or_none d (q + 2))) in *.
assert (R : 0 <= value d q < two (32 * q)).
{ apply carried_range. intros k Hk. apply C. lia. }
rewrite E, Ep. rewrite Z.pow_add_r by lia. rewrite <- Z.div_div by (apply Z.pow_nonzero || apply Z.pow_pos_nonneg; lia).
rewrite two_is in * by lia.
rewrite (Z.mul_comm (2 ^ (32 * q)) (w + _)), Z.div_add by (apply Z.pow_nonzero; lia).
rewrite (Z.div_small (value d q)) by lia. rewrite Z.add_0_l.
replace (word * word * word * high) with (2 ^ r * (2 ^ 64 * (2 ^ (32 - r) * high))).
2: { transitivity ((2 ^ r * 2 ^ (32 - r)) * 2 ^ 64 * high). ring.
     rewrite <- Z.pow_add_r by lia. replace (r + (32 - r)) with 32 by ring.
     change (2 ^ 32) with word. change (2 ^ 64) with (word * word). ring. }
rewrite (Z.mul_comm (2 ^ r)), Z.div_add by (apply Z.pow_nonzero; lia).
rewrite (Z.mul_comm (2 ^ 64)), Z.mod_add by easy. reflexivity.
Qed.

(* A position: the digit, and the bit in it. *)
Lemma position_parts : forall position, 0 <= position < 32 * N ->
  0 <= position / 32 < N /\ 0 <= position mod 32 < 32
  /\ position = 32 * (position / 32) + position mod 32.
Proof.
intros p Hp. repeat split.
- apply Z.div_pos; lia.
- apply Z.div_lt_upper_bound; lia.
- apply Z.mod_pos_bound; lia.
- apply Z.mod_pos_bound; lia.
- apply Z_div_mod_eq_full.
Qed.

Theorem below : forall d position, 0 <= position < 32 * N -> carried d N ->
  (forall k, 0 <= k < quotient position 32 -> d k = 0) ->
  (any d position <->
   Z.land (d (quotient position 32)) (Z.shiftl 1 (remainder position 32) - 1) <> 0).
Proof.
intros d position Hp C H. unfold any.
rewrite quotient_is in * by lia. rewrite remainder_is by lia.
destruct (position_parts position Hp) as (Hq & Hr & Ep).
set (q := position / 32) in *. set (r := position mod 32) in *.
destruct (cut_3 d q Hq) as (high & E).
rewrite (zeros_above d 0 q), value_0, Z.add_0_l in E by (trivial; lia).
rewrite E, Ep, Z.pow_add_r, two_is by lia.
rewrite Z.mul_mod_distr_l by (apply Z.pow_nonzero; lia).
assert (W : word = 2 ^ (32 - r) * 2 ^ r).
{ rewrite <- Z.pow_add_r by lia. replace (32 - r + r) with 32 by ring. reflexivity. }
assert (D : digit_or_none d q = d q).
{ unfold digit_or_none. destruct (Z.ltb_spec q N); trivial. lia. }
set (h := digit_or_none d (q + 1) + word * digit_or_none d (q + 2)).
replace (digit_or_none d q + word * h + word * word * word * high)
  with (d q + (2 ^ (32 - r) * (h + word * word * high)) * 2 ^ r).
2: { assert (V : forall x, 2 ^ (32 - r) * x * 2 ^ r = word * x) by (intros; rewrite W; ring).
     rewrite V, D. ring. }
rewrite Z.mod_add by (apply Z.pow_nonzero; lia).
rewrite Z.shiftl_1_l. replace (2 ^ r - 1) with (Z.ones r) by (rewrite Z.ones_equiv; lia).
rewrite Z.land_ones by lia.
assert (0 < 2 ^ (32 * q)) by (apply Z.pow_pos_nonneg; lia).
split; nia.
Qed.

Lemma value_positive : forall d q k, carried d q -> 0 <= k < q -> d k <> 0 -> 0 < value d q.
Proof.
intros d q k. pattern q. apply value_ind; clear q; intros q Hq.
- lia.
- intros IH C Hk Nz. rewrite value_next by lia.
  assert (Cq : carried d q) by (intros j Hj; apply C; lia).
  generalize (carried_range d q Cq) (two_pos (32 * q)). intros R T.
  assert (0 <= d q) by (apply C; lia).
  destruct (Z.eq_dec k q) as [->|Nk].
  + nia.
  + assert (0 < value d q) by (apply IH; trivial; lia). nia.
Qed.

Theorem any_digit : forall d position k, 0 <= position < 32 * N -> carried d N ->
  0 <= k < quotient position 32 -> d k <> 0 -> any d position.
Proof.
intros d position k Hp C Hk Nz. unfold any. intros Z0.
rewrite quotient_is in Hk by lia.
destruct (position_parts position Hp) as (Hq & Hr & Ep).
set (q := position / 32) in *. set (r := position mod 32) in *.
destruct (cut_3 d q Hq) as (high & E).
assert (Cq : carried d q) by (intros j Hj; apply C; lia).
assert (R := carried_range d q Cq). assert (P := value_positive d q k Cq Hk Nz).
apply Z_div_exact_full_2 in Z0; [|apply Z.pow_nonzero; lia].
rewrite Ep in Z0 at 1. rewrite Z.pow_add_r in Z0 by lia.
rewrite two_is in * by lia. rewrite E in Z0 at 1.
set (t := 2 ^ (32 * q)) in *. set (a := all d / 2 ^ position) in *. clearbody a.
assert (F : value d q = t * (2 ^ r * a - (digit_or_none d q + word * (digit_or_none d (q + 1)
  + word * digit_or_none d (q + 2)) + word * word * word * high))) by lia.
set (m := 2 ^ r * a - _) in F. assert (0 < m) by nia. nia.
Qed.

Theorem mask_range : forall n, 0 <= n < 32 -> 1 <= Z.shiftl 1 n < word.
Proof.
intros n Hn. rewrite Z.shiftl_1_l. split.
- assert (0 < 2 ^ n) by (apply Z.pow_pos_nonneg; lia). lia.
- change word with (2 ^ 32). apply Z.pow_lt_mono_r; lia.
Qed.

Theorem few_bits : forall d b position n, 0 <= position -> 0 <= n <= 53 ->
  (all d = 0 \/ (0 <= b < position + n /\ leads (all d) b)) -> carried d N ->
  0 <= bits d position < two n.
Proof.
intros d b position n Hp Hn H C. unfold bits.
assert (P : 0 < 2 ^ position) by (apply Z.pow_pos_nonneg; lia).
assert (R := carried_range d N C). change (value d N) with (all d) in R.
assert (L : all d < 2 ^ position * two n).
{ rewrite two_is, <- Z.pow_add_r by lia. destruct H as [->|(Hb & _ & L)].
  - apply Z.pow_pos_nonneg; lia.
  - apply Z.lt_le_trans with (1 := L). rewrite two_is by lia. apply Z.pow_le_mono_r; lia. }
assert (Q : 0 <= all d / 2 ^ position < two n).
{ split. apply Z.div_pos; lia. apply Z.div_lt_upper_bound; lia. }
assert (two n <= 2 ^ 64). { rewrite two_is by lia. apply Z.pow_le_mono_r; lia. }
rewrite Z.mod_small; lia.
Qed.

Theorem two_53 : forall n, 0 <= n <= 53 -> two n <= 9007199254740992.
Proof.
intros n Hn. rewrite two_is by lia. change 9007199254740992 with (2 ^ 53).
apply Z.pow_le_mono_r; lia.
Qed.

Theorem shift_room : forall x n, 0 <= x < 3400 -> 0 <= n <= 52 ->
  0 <= Z.shiftl x n < 3400 * 4503599627370496.
Proof.
intros x n Hx Hn. rewrite Z.shiftl_mul_pow2 by lia.
assert (0 < 2 ^ n <= 2 ^ 52) by (split; [apply Z.pow_pos_nonneg | apply Z.pow_le_mono_r]; lia).
change (2 ^ 52) with 4503599627370496 in *. nia.
Qed.

Definition negating (a b : Z -> Z) (i : Z) := 0 <= i <= N
  /\ (forall k, 0 <= k < i -> b k = - a k) /\ (forall k, i <= k < N -> b k = a k).

Theorem negative : forall a b, negating a b N -> all b = - all a.
Proof. intros a b (_ & H & _). apply negated. exact H. Qed.

Theorem copy : forall d e, (forall k, 0 <= k < N -> e k = d k) -> all e = all d.
Proof. intros d e H. unfold all. apply same. exact H. Qed.

End Digits.

(* ---- what rounding takes of the magnitude *)

(* By definition: bits and any of an array are those of its value. *)
Definition bits_of (v position : Z) := (v / 2 ^ position) mod 2 ^ 64.
Definition any_of (v position : Z) := v mod 2 ^ position <> 0.
Theorem bits_is : forall n d position, bits n d position = bits_of (all n d) position.
Proof. reflexivity. Qed.
Theorem any_is : forall n d position, any n d position <-> any_of (all n d) position.
Proof. reflexivity. Qed.

Definition top_of (v : Z) := if v =? 0 then EXACT_LOWEST - 1 else Z.log2 v + EXACT_LOWEST.

Theorem top_of_number : forall v b, 0 <= b -> leads v b -> top_of v = b + EXACT_LOWEST.
Proof.
intros v b Hb (L & H). rewrite !two_is in * by lia.
assert (0 < 2 ^ b) by (apply Z.pow_pos_nonneg; lia).
unfold top_of. destruct (Z.eqb_spec v 0). lia.
f_equal. apply Z.log2_unique; trivial. rewrite <- Z.add_1_r. now split.
Qed.

Theorem top_of_zero : top_of 0 = EXACT_LOWEST - 1.
Proof. reflexivity. Qed.

Theorem bit : forall x, 0 <= x -> Z.land x 1 = remainder x 2.
Proof. intros x H. exact (mask x 1 H ltac:(lia)). Qed.

Theorem infinity_values :
  Z.shiftl 1 63 - Z.shiftl 1 52 = 9218868437227405312 /\ Z.shiftl 1 31 - Z.shiftl 1 23 = 2139095040
  /\ Z.shiftl 1 15 - Z.shiftl 1 10 = 31744 /\ Z.shiftl 1 15 - Z.shiftl 1 7 = 32640
  /\ Z.shiftl 1 7 - Z.shiftl 1 3 = 120 /\ Z.shiftl 1 7 - Z.shiftl 1 2 = 124.
Proof. repeat split. Qed.
