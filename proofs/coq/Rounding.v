(* Rounding.v: the bits that exact.c and type.c make of an exact sum are those of the nearest number of
   the type, ties to even.

   v is the magnitude of the sum as an integer, in units of 2^lo: the value of the digits, of which
   wp/exact_contracts.h proves that the code takes `kept`, `half` and `more`. *)

From Coq Require Import ZArith Reals Lra Lia Psatz.
From Flocq Require Import Core.
From Conv2d Require Import Constants.

Open Scope bool_scope.
Open Scope Z_scope.

Section Format.

Variables f bias lo : Z.
Hypothesis f_pos : 1 <= f.
Definition lowest := 1 - bias.
Hypothesis room_below : lo + 1 <= lowest - f.

Notation fexp := (FLT_exp (lowest - f) (f + 1)).
Notation rnd := (round radix2 fexp ZnearestE).

#[local] Instance prec_pos : Prec_gt_0 (f + 1).
Proof. unfold Prec_gt_0. lia. Qed.

(* The highest bit of v; for 0, whatever lies below `lowest`. *)
Definition top_of (v top : Z) :=
  (v = 0 /\ top <= lowest) \/ (0 <= top - lo /\ 2 ^ (top - lo) <= v < 2 ^ (top - lo + 1)).

Definition exponent (top : Z) := Z.max top lowest.
Definition last (top : Z) := exponent top - f - lo.
Definition kept (v top : Z) := v / 2 ^ last top.
Definition half (v top : Z) := (v / 2 ^ (last top - 1)) mod 2.
Definition more (v top : Z) := negb (v mod 2 ^ (last top - 1) =? 0).
Definition up (v top : Z) :=
  if (half v top =? 1) && (more v top || Z.odd (kept v top)) then 1 else 0.

Lemma last_pos : forall top, 1 <= last top.
Proof. intros. unfold last, exponent. lia. Qed.

(* Rounding an integer over a power of two to the nearest integer. *)
Lemma nearest_quotient : forall v n, 1 <= n ->
  ZnearestE (IZR v / IZR (2 ^ n))
  = v / 2 ^ n + (if ((v / 2 ^ (n - 1)) mod 2 =? 1)
                    && (negb (v mod 2 ^ (n - 1) =? 0) || Z.odd (v / 2 ^ n)) then 1 else 0).
Proof.
intros v n Hn.
assert (P : 0 < 2 ^ (n - 1)) by (apply Z.pow_pos_nonneg; lia).
assert (E : 2 ^ n = 2 * 2 ^ (n - 1)) by (rewrite <- Z.pow_succ_r by lia; f_equal; lia).
set (t := 2 ^ (n - 1)) in *.
assert (A := Z_div_mod_eq_full v t). assert (B := Z.mod_pos_bound v t P).
assert (C := Z_div_mod_eq_full (v / t) 2). assert (D := Z.mod_pos_bound (v / t) 2 eq_refl).
assert (Q : v / 2 ^ n = v / t / 2) by (rewrite E, Z.mul_comm, Z.div_div by lia; reflexivity).
rewrite Q.
set (k := v / t / 2) in *. set (h := (v / t) mod 2) in *. set (s := v mod t) in *.
assert (V : v = 2 * t * k + (t * h + s)) by (rewrite A, C; ring).
assert (X : (IZR v / IZR (2 ^ n) = IZR k + IZR (t * h + s) / IZR (2 * t))%R).
{ rewrite E, V, plus_IZR, mult_IZR. field. apply IZR_neq. lia. }
assert (T0 : (0 < IZR (2 * t))%R) by (apply IZR_lt; lia).
assert (F : Zfloor (IZR v / IZR (2 ^ n)) = k).
{ rewrite Zfloor_div by lia. exact Q. }
unfold Znearest. rewrite F, X.
replace (IZR k + IZR (t * h + s) / IZR (2 * t) - IZR k)%R
  with (IZR (t * h + s) / IZR (2 * t))%R by ring.
assert (Ceil : t * h + s <> 0 -> Zceil (IZR k + IZR (t * h + s) / IZR (2 * t)) = k + 1).
{ intros N. apply Zceil_imp. replace (k + 1 - 1) with k by ring.
  assert (0 < IZR (t * h + s) / IZR (2 * t) <= 1)%R.
  { split. apply Rdiv_lt_0_compat; trivial. apply IZR_lt. nia.
    apply (Rmult_le_reg_r (IZR (2 * t))); trivial. unfold Rdiv.
    rewrite Rmult_assoc, Rinv_l, Rmult_1_r, Rmult_1_l by lra. apply IZR_le. nia. }
  rewrite (plus_IZR k 1). lra. }
assert (Cmp : Rcompare (IZR (t * h + s) / IZR (2 * t)) (/ 2) = Z.compare (t * h + s) t).
{ rewrite <- Rcompare_IZR. rewrite <- (Rcompare_mult_r (IZR (2 * t))) by trivial.
  f_equal.
  - field. lra.
  - rewrite mult_IZR. field. }
rewrite Cmp.
destruct (Z.compare_spec (t * h + s) t) as [Hc|Hc|Hc].
- assert (h = 1) by nia. assert (s = 0) by nia.
  replace (h =? 1) with true by (symmetry; apply Z.eqb_eq; lia).
  replace (s =? 0) with true by (symmetry; apply Z.eqb_eq; lia).
  simpl. rewrite <- Z.negb_even. destruct (negb (Z.even k)); [|lia].
  apply Ceil. lia.
- assert (h = 0) by nia.
  replace (h =? 1) with false by (symmetry; apply Z.eqb_neq; lia). simpl. lia.
- assert (h = 1) by nia. assert (s <> 0) by nia.
  replace (h =? 1) with true by (symmetry; apply Z.eqb_eq; lia).
  replace (s =? 0) with false by (symmetry; apply Z.eqb_neq; lia). simpl.
  apply Ceil. lia.
Qed.

Theorem rounded_is_nearest : forall v top, 0 <= v -> top_of v top ->
  rnd (IZR v * bpow radix2 lo) = (IZR (kept v top + up v top) * bpow radix2 (exponent top - f))%R.
Proof.
intros v top Hv Ht.
assert (L := last_pos top).
destruct (Z.eq_dec v 0) as [->|Nv].
{ rewrite Rmult_0_l, round_0 by apply valid_rnd_N.
  unfold kept, up, half, more. rewrite !Z.div_0_l, !Z.mod_0_l by (try apply Z.pow_nonzero; lia).
  simpl. ring. }
destruct Ht as [(-> & _)|(Ht & H1 & H2)]. lia.
assert (M : mag radix2 (IZR v * bpow radix2 lo) = (top + 1) :> Z).
{ apply mag_unique. rewrite Rabs_pos_eq.
  2: { apply Rmult_le_pos. now apply IZR_le. apply bpow_ge_0. }
  replace (top + 1 - 1) with (top - lo + lo) by ring.
  replace (top + 1) with (top - lo + 1 + lo) by ring.
  rewrite !(bpow_plus radix2 _ lo), <- (IZR_Zpower radix2 (top - lo)),
    <- (IZR_Zpower radix2 (top - lo + 1)) by lia.
  split.
  - apply Rmult_le_compat_r. apply bpow_ge_0. now apply IZR_le.
  - apply Rmult_lt_compat_r. apply bpow_gt_0. now apply IZR_lt. }
unfold round, F2R, scaled_mantissa, cexp. simpl. rewrite M.
replace (FLT_exp (lowest - f) (f + 1) (top + 1)) with (exponent top - f)
  by (unfold FLT_exp, exponent; lia).
f_equal. f_equal.
rewrite Rmult_assoc, <- bpow_plus.
replace (lo + - (exponent top - f)) with (- last top) by (unfold last; ring).
rewrite bpow_opp, <- (IZR_Zpower radix2) by lia.
change (radix2 : Z) with 2.
apply nearest_quotient. exact L.
Qed.

(* ---- the bits: a carry of the significand runs into the exponent, where it belongs *)

Definition encoded (v top : Z) := (exponent top - lowest) * 2 ^ f + kept v top + up v top.

(* IEEE 754's reading of the bits of a magnitude. *)
Definition decoded (b : Z) : R :=
  if b <? 2 ^ f then (IZR b * bpow radix2 (lowest - f))%R
  else (IZR (2 ^ f + b mod 2 ^ f) * bpow radix2 (b / 2 ^ f - 1 + lowest - f))%R.

Lemma kept_range : forall v top, 0 <= v -> top_of v top ->
  0 <= kept v top < 2 * 2 ^ f /\ (lowest < top -> 2 ^ f <= kept v top).
Proof.
intros v top Hv Ht. unfold kept. assert (L := last_pos top).
assert (P : 0 < 2 ^ last top) by (apply Z.pow_pos_nonneg; lia).
assert (F : 0 < 2 ^ f) by (apply Z.pow_pos_nonneg; lia).
destruct Ht as [(-> & H)|(Ht & H1 & H2)].
- rewrite Z.div_0_l by lia. lia.
- assert (B : 2 ^ (top - lo + 1) <= 2 ^ last top * (2 * 2 ^ f)).
  { rewrite <- Z.pow_succ_r, <- Z.pow_add_r by lia. apply Z.pow_le_mono_r; unfold last, exponent; lia. }
  repeat split.
  + apply Z.div_pos; lia.
  + apply Z.div_lt_upper_bound; lia.
  + intros H. apply Z.div_le_lower_bound. lia.
    rewrite <- Z.pow_add_r by lia. replace (last top + f) with (top - lo); trivial.
    unfold last, exponent. lia.
Qed.

Theorem bits_are_nearest : forall v top, 0 <= v -> top_of v top ->
  decoded (encoded v top) = rnd (IZR v * bpow radix2 lo).
Proof.
intros v top Hv Ht. rewrite (rounded_is_nearest v top Hv Ht).
destruct (kept_range v top Hv Ht) as ((K0 & K1) & K2).
assert (U : 0 <= up v top <= 1) by (unfold up; destruct (_ && _); lia).
unfold encoded, decoded. set (e := exponent top). set (k := kept v top) in *.
set (m := k + up v top).
replace ((e - lowest) * 2 ^ f + k + up v top) with ((e - lowest) * 2 ^ f + m) by (unfold m; ring).
assert (F : 0 < 2 ^ f) by (apply Z.pow_pos_nonneg; lia).
assert (E0 : lowest <= e) by (unfold e, exponent; lia).
assert (Big : 2 ^ f <= m -> m <= 2 * 2 ^ f ->
  (IZR (2 ^ f + ((e - lowest) * 2 ^ f + m) mod 2 ^ f)
   * bpow radix2 (((e - lowest) * 2 ^ f + m) / 2 ^ f - 1 + lowest - f)
   = IZR m * bpow radix2 (e - f))%R).
{ intros M1 M2.
  rewrite (Z.add_comm ((e - lowest) * 2 ^ f) m), Z.mod_add, Z.div_add by lia.
  destruct (Z.eq_dec m (2 * 2 ^ f)) as [->|Nm].
  - rewrite Z.mod_mul, Z.div_mul by lia.
    replace (2 + (e - lowest) - 1 + lowest - f) with (e - f + 1) by ring.
    rewrite bpow_plus, Z.add_0_r, mult_IZR. change (bpow radix2 1) with 2%R. ring.
  - assert (D : m / 2 ^ f = 1).
    { symmetry. apply Z.div_unique with (m - 2 ^ f); lia. }
    rewrite D. replace (2 ^ f + m mod 2 ^ f) with m.
    + replace (1 + (e - lowest) - 1 + lowest - f) with (e - f) by ring. reflexivity.
    + rewrite Z.mod_eq, D by lia. ring. }
destruct (Z.ltb_spec ((e - lowest) * 2 ^ f + m) (2 ^ f)) as [S|S].
- assert (E : e = lowest).
  { destruct (Z.eq_dec e lowest) as [->|Ne]; trivial. assert (m < 0 \/ 0 <= m) by lia. nia. }
  rewrite E. f_equal. f_equal. ring.
- destruct (Z.le_gt_cases (2 ^ f) m) as [M|M].
  + apply Big; lia.
  + exfalso. assert (top <= lowest).
    { destruct (Z.le_gt_cases top lowest); trivial. specialize (K2 ltac:(lia)). unfold m in M. lia. }
    assert (e = lowest) by (unfold e, exponent; lia). rewrite H0 in S. lia.
Qed.

(* What does not fit is infinity: the bits reach those of infinity just where the number, rounded
   as if exponents had no end, reaches 2^(bias + 1). *)
Theorem overflow_is_infinity : forall v top width, 0 <= v -> top_of v top ->
  2 ^ width = 2 * bias + 2 -> 0 <= width -> 1 <= bias ->
  ((2 ^ (width + f) - 2 ^ f <= encoded v top)
   <-> (bpow radix2 (bias + 1) <= rnd (IZR v * bpow radix2 lo))%R).
Proof.
intros v top width Hv Ht Hw Hw0 Hb. rewrite (rounded_is_nearest v top Hv Ht).
destruct (kept_range v top Hv Ht) as ((K0 & K1) & K2).
assert (U : 0 <= up v top <= 1) by (unfold up; destruct (_ && _); lia).
unfold encoded. set (e := exponent top). set (k := kept v top) in *. set (m := k + up v top).
replace ((e - lowest) * 2 ^ f + k + up v top) with ((e - lowest) * 2 ^ f + m) by (unfold m; ring).
assert (F : 0 < 2 ^ f) by (apply Z.pow_pos_nonneg; lia).
assert (M2 : m <= 2 * 2 ^ f) by (unfold m; lia). assert (M0 : 0 <= m) by (unfold m; lia).
assert (M1 : lowest < top -> 2 ^ f <= m) by (intros H; specialize (K2 H); unfold m; lia).
assert (E0 : lowest <= e) by (unfold e, exponent; lia).
assert (Et : lowest < e -> lowest < top) by (unfold e, exponent; lia).
rewrite Z.pow_add_r, Hw by lia. unfold lowest in *.
(* in integers: e - f against bias + 1 *)
assert (G : (bpow radix2 (bias + 1) <= IZR m * bpow radix2 (e - f))%R
            <-> (bias < e \/ (e = bias /\ m = 2 * 2 ^ f))).
{ replace (bias + 1) with (f + 1 + (bias - e) + (e - f)) by ring.
  rewrite (bpow_plus radix2 _ (e - f)).
  assert (P := bpow_gt_0 radix2 (e - f)).
  split.
  - intros H. apply Rmult_le_reg_r in H; trivial.
    destruct (Z_lt_ge_dec bias e). left; lia. right.
    assert (H' : f + 1 + (bias - e) <= f + 1).
    { apply (le_bpow radix2). apply Rle_trans with (1 := H).
      replace (f + 1) with (1 + f) by ring. rewrite bpow_plus, <- (IZR_Zpower radix2 f) by lia.
      change (bpow radix2 1) with (IZR 2). rewrite <- mult_IZR. apply IZR_le. exact M2. }
    assert (e = bias) by lia. split; trivial. subst e. rewrite H0 in H.
    replace (f + 1 + (bias - bias)) with (1 + f) in H by ring.
    rewrite bpow_plus, <- (IZR_Zpower radix2 f) in H by lia.
    change (bpow radix2 1) with (IZR 2) in H. rewrite <- mult_IZR in H. apply le_IZR in H.
    change (radix2 : Z) with 2 in H. lia.
  - intros H. apply Rmult_le_compat_r. lra.
    destruct H as [H|(H & Hm)].
    + apply Rle_trans with (bpow radix2 f). apply bpow_le. lia.
      rewrite <- (IZR_Zpower radix2) by lia. apply IZR_le. apply M1. apply Et. lia.
    + rewrite H, Hm, mult_IZR. replace (f + 1 + (bias - bias)) with (1 + f) by ring.
      rewrite bpow_plus, <- (IZR_Zpower radix2 f) by lia. change (bpow radix2 1) with 2%R.
      apply Rle_refl. }
rewrite G. split.
- intros H. destruct (Z_lt_ge_dec bias e). left; lia. right.
  assert (e = bias) by nia. split; trivial. nia.
- intros [H|(H & Hm)].
  + specialize (M1 (Et ltac:(lia))). nia.
  + nia.
Qed.

(* What the code takes from the digits: 64 bits from a position up, and the lowest of them. *)
Theorem kept_is_bits : forall v top, 0 <= v -> top_of v top -> f <= 62 ->
  kept v top = (v / 2 ^ last top) mod 2 ^ 64.
Proof.
intros v top Hv Ht Hf. fold (kept v top). symmetry. apply Z.mod_small.
destruct (kept_range v top Hv Ht) as (K & _).
rewrite <- Z.pow_succ_r in K by lia.
assert (2 ^ Z.succ f <= 2 ^ 64) by (apply Z.pow_le_mono_r; lia). lia.
Qed.

Theorem half_is_bit : forall v top, half v top = ((v / 2 ^ (last top - 1)) mod 2 ^ 64) mod 2.
Proof.
intros v top. unfold half. apply Znumtheory.Zmod_div_mod; try easy. now exists (2 ^ 63).
Qed.

Theorem top_of_is : forall v, 0 <= v ->
  top_of v (if v =? 0 then lo - 1 else Z.log2 v + lo).
Proof.
intros v Hv. unfold top_of. destruct (Z.eqb_spec v 0) as [->|N].
- left. split; trivial. lia.
- right. replace (Z.log2 v + lo - lo) with (Z.log2 v) by ring.
  destruct (Z.log2_spec v ltac:(lia)). rewrite <- Z.add_1_r in *. split; auto using Z.log2_nonneg.
Qed.

End Format.

(* ---- the types of the oracle, and two of 8 bits, above EXACT_LOWEST *)

Theorem types_have_room : forall f bias,
  List.In (f, bias) ((float64_fraction, float64_bias) :: (float32_fraction, float32_bias)
    :: (float16_fraction, float16_bias) :: (bfloat16_fraction, bfloat16_bias)
    :: (3, 7) :: (2, 15) :: nil)%list ->
  1 <= f /\ EXACT_LOWEST + 1 <= lowest bias - f.
Proof.
intros f bias H.
repeat (destruct H as [H|H]; [injection H; intros <- <-; split; vm_compute; discriminate|]).
destruct H.
Qed.
