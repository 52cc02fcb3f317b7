(* Loose.v: sums whose operations take any number of numbers, and err by a part of them and by an amount: additions
   that cut (of many numbers at once, too), and subnormals that are flushed to zero. *)

From Coq Require Import ZArith Reals List Lra Lia Psatz.
From Flocq Require Import Core.
From Conv2d Require Import Sum.

Open Scope R_scope.

Section Loose.

Variable eps : R.
Hypothesis eps_pos : 0 <= eps.

(* adds d f s m c: at most d operations lie above a leaf, their amounts are f together, the exact sum is s, the sum of
   magnitudes m, and c is what is computed. parts is the same of several numbers, with the exact sum c of the computed
   ones, and the sum k of their magnitudes. *)
Inductive adds : nat -> R -> R -> R -> R -> Prop :=
| Leaf : forall d f x c, Rabs (c - x) <= f -> adds d f x (Rabs x) c
| Operation : forall d f g s m c k r, parts d f s m c k -> 0 <= g -> Rabs (r - c) <= eps * k + g ->
    adds (S d) (f + g) s m r
with parts : nat -> R -> R -> R -> R -> R -> Prop :=
| None : forall d, parts d 0 0 0 0 0
| More : forall d f s m c f' s' m' c' k', adds d f s m c -> parts d f' s' m' c' k' ->
    parts d (f + f') (s + s') (m + m') (c + c') (Rabs c + k').

Scheme adds_ind' := Minimality for adds Sort Prop
  with parts_ind' := Minimality for parts Sort Prop.
Combined Scheme both_ind from adds_ind', parts_ind'.

Theorem loose_sum :
  (forall d f s m c, adds d f s m c ->
    Rabs (c - s) <= growth eps d * m + (1 + growth eps d) * f /\ Rabs s <= m /\ 0 <= f) /\
  (forall d f s m c k, parts d f s m c k ->
    Rabs (c - s) <= growth eps d * m + (1 + growth eps d) * f /\ Rabs s <= m /\ 0 <= f
    /\ k <= m + (growth eps d * m + (1 + growth eps d) * f)).
Proof.
assert (G : forall d, 0 <= growth eps d) by (intros d; unfold growth; generalize (power_ge_1 eps d eps_pos); lra).
apply both_ind.
- intros d f x c H. assert (0 <= f) by (apply Rle_trans with (2 := H); apply Rabs_pos).
  repeat split; trivial; try apply Rle_refl.
  assert (0 <= growth eps d * Rabs x) by (apply Rmult_le_pos; [trivial|apply Rabs_pos]).
  assert (0 <= growth eps d * f) by (apply Rmult_le_pos; trivial). lra.
- intros d f g s m c k r _ (E & S & F & K) Pg H. repeat split; trivial; try lra.
  replace (r - s) with ((r - c) + (c - s)) by ring. eapply Rle_trans. apply Rabs_triang.
  assert (eps * k <= eps * (m + (growth eps d * m + (1 + growth eps d) * f))) by (apply Rmult_le_compat_l; trivial).
  replace (growth eps (Datatypes.S d)) with (eps + (1 + eps) * growth eps d) by (unfold growth; simpl; ring).
  assert (0 <= growth eps d * g) by (apply Rmult_le_pos; trivial).
  assert (0 <= eps * g) by (apply Rmult_le_pos; trivial).
  assert (0 <= eps * (growth eps d * g)) by (apply Rmult_le_pos; trivial).
  lra.
- intros d. rewrite Rminus_0_r, Rabs_R0. repeat split; lra.
- intros d f s m c f' s' m' c' k' _ (E & S & F) _ (E' & S' & F' & K'). repeat split.
  + replace (c + c' - (s + s')) with ((c - s) + (c' - s')) by ring. eapply Rle_trans. apply Rabs_triang. lra.
  + eapply Rle_trans. apply Rabs_triang. lra.
  + lra.
  + assert (Rabs c <= Rabs s + Rabs (c - s)).
    { replace c with (s + (c - s)) at 1 by ring. apply Rabs_triang. }
    lra.
Qed.

End Loose.

(* ---- additions of many numbers that cut *)

Definition sum_of (l : list R) := fold_right Rplus 0 l.
Definition sizes_of (l : list R) := sum_of (map Rabs l).

(* Numbers are cut, or rounded in any other way, to multiples of 2^e, and added up. *)
Theorem aligned_sum : forall e (rnd : R -> Z) (v : Valid_rnd rnd) l,
  Rabs (sum_of (map (round radix2 (FIX_exp e) rnd) l) - sum_of l) <= INR (length l) * bpow radix2 e.
Proof.
intros e rnd v. induction l as [|x l IH].
- simpl. rewrite Rminus_0_r, Rabs_R0. lra.
- change (length (x :: l)) with (S (length l)). rewrite S_INR. unfold sum_of in *. simpl map. cbn [fold_right].
  assert (H : Rabs (round radix2 (FIX_exp e) rnd x - x) <= bpow radix2 e).
  { rewrite <- (ulp_FIX radix2 e x). apply error_le_ulp; trivial. apply FIX_exp_valid. }
  match goal with |- Rabs (?a + ?b - (x + ?c)) <= _ => replace (a + b - (x + c)) with ((a - x) + (b - c)) by ring end.
  eapply Rle_trans. apply Rabs_triang. lra.
Qed.

(* So one that keeps q bits below the largest number, and then cuts or rounds the sum to prec bits, is an operation
   of Loose with this eps; the amount is what underflow costs. *)
Theorem cut_addition : forall e q emin prec (p : Prec_gt_0 prec) (rnd rnd' : R -> Z) (v : Valid_rnd rnd) (v' : Valid_rnd rnd') l,
  bpow radix2 e <= bpow radix2 (1 - q) * sizes_of l ->
  let aligned := sum_of (map (round radix2 (FIX_exp e) rnd) l) in
  let a := INR (length l) * bpow radix2 (1 - q) in
  Rabs (round radix2 (FLT_exp emin prec) rnd' aligned - sum_of l)
    <= (a + bpow radix2 (1 - prec) * (1 + a)) * sizes_of l + bpow radix2 emin.
Proof.
intros e q emin prec p rnd rnd' v v' l H aligned a.
assert (A := aligned_sum e rnd v l). fold aligned in A.
assert (L := pos_INR (length l)).
assert (B : Rabs (aligned - sum_of l) <= a * sizes_of l).
{ apply Rle_trans with (1 := A). unfold a. rewrite Rmult_assoc. apply Rmult_le_compat_l; trivial. }
assert (C : Rabs (sum_of l) <= sizes_of l).
{ clear. unfold sizes_of, sum_of. induction l; simpl. rewrite Rabs_R0. lra. eapply Rle_trans. apply Rabs_triang. lra. }
assert (D : Rabs (round radix2 (FLT_exp emin prec) rnd' aligned - aligned)
    <= bpow radix2 (1 - prec) * Rabs aligned + bpow radix2 emin).
{ eapply Rle_trans. apply error_le_ulp; trivial. apply FLT_exp_valid; trivial.
  destruct (Rle_or_lt (bpow radix2 (emin + prec - 1)) (Rabs aligned)) as [K|K].
  - generalize (ulp_FLT_le radix2 emin prec aligned K) (bpow_ge_0 radix2 emin). lra.
  - rewrite ulp_FLT_small; trivial.
    + generalize (Rmult_le_pos _ _ (bpow_ge_0 radix2 (1 - prec)) (Rabs_pos aligned)). lra.
    + apply Rlt_trans with (1 := K). apply bpow_lt. lia. }
assert (E : Rabs aligned <= sizes_of l + a * sizes_of l).
{ replace aligned with (sum_of l + (aligned - sum_of l)) by ring. eapply Rle_trans. apply Rabs_triang. lra. }
assert (F : bpow radix2 (1 - prec) * Rabs aligned <= bpow radix2 (1 - prec) * (sizes_of l + a * sizes_of l))
  by (apply Rmult_le_compat_l; [apply bpow_ge_0|trivial]).
replace (round radix2 (FLT_exp emin prec) rnd' aligned - sum_of l)
  with ((round radix2 (FLT_exp emin prec) rnd' aligned - aligned) + (aligned - sum_of l)) by ring.
eapply Rle_trans. apply Rabs_triang. lra.
Qed.

(* ---- flushed subnormals *)

Section Flushed.

Variables emin prec : Z.
Context {prec_gt_0 : Prec_gt_0 prec}.
Variable choice : Z -> bool.

(* normal: the smallest normal number of the accumulator. lowest: that of the operands; factor: the most that a product
   may lose if its factors are flushed. *)
Variables normal lowest factor : R.
Hypothesis normal_pos : 0 <= normal.
Hypothesis lowest_pos : 0 <= lowest.
Hypothesis factor_pos : 0 <= factor.

Notation rnd := (round radix2 (FLT_exp emin prec) (Znearest choice)).
Notation format := (generic_format radix2 (FLT_exp emin prec)).

(* The result of an operation, which may be flushed. *)
Definition result (x r : R) := r = rnd x \/ r = 0 /\ Rabs (rnd x) <= normal.

(* What a machine may compute. The factors of a product may be flushed, which costs `factor` at most, and so may the
   bias. To add a zero that is no term changes nothing. *)
Inductive flushes : tree -> R -> Prop :=
| FNothing : flushes Nothing 0
| FBias : forall b c, format c -> Rabs (c - b) <= lowest -> flushes (Bias b) c
| FProduct : forall x y v r, Rabs (v - x * y) <= factor -> result v r -> flushes (Product x y) r
| FFused : forall x y v t c r, Rabs (v - x * y) <= factor -> flushes t c -> result (v + c) r ->
    flushes (Fused x y t) r
| FAdd : forall l r c d s, terms l <> 0%nat -> terms r <> 0%nat -> flushes l c -> flushes r d -> result (c + d) s ->
    flushes (Add l r) s
| FZero : forall l r c, terms l = 0%nat -> flushes r c -> flushes (Add l r) c
| FZero' : forall l r c, terms r = 0%nat -> flushes l c -> flushes (Add l r) c.

(* How many of the terms are a bias. *)
Fixpoint bias_count (t : tree) : nat :=
  match t with
  | Nothing | Product _ _ => 0
  | Bias _ => 1
  | Fused _ _ t => bias_count t
  | Add l r => bias_count l + bias_count r
  end.

Lemma result_error : forall x r, result x r -> Rabs (r - x) <= unit prec * Rabs x + (half emin + normal).
Proof.
intros x r H. assert (E := rounding_error emin prec choice x).
destruct H as [->|(-> & N)]. lra.
replace (0 - x) with ((rnd x - x) + - rnd x) by ring. eapply Rle_trans. apply Rabs_triang. rewrite Rabs_Ropp. lra.
Qed.

Lemma sum_error : forall x y r, format x -> format y -> result (x + y) r ->
  Rabs (r - (x + y)) <= unit prec * Rabs (x + y) + normal.
Proof.
intros x y r Fx Fy H. assert (E := addition_error emin prec choice x y Fx Fy).
destruct H as [->|(-> & N)]. lra.
replace (0 - (x + y)) with ((rnd (x + y) - (x + y)) + - rnd (x + y)) by ring.
eapply Rle_trans. apply Rabs_triang. rewrite Rabs_Ropp. lra.
Qed.

Lemma result_format : forall x r, result x r -> format r.
Proof.
intros x r [->|(-> & _)]. apply generic_format_round. apply FLT_exp_valid; trivial. apply valid_rnd_N.
apply generic_format_0.
Qed.

Lemma flushes_format : forall t c, flushes t c -> format c.
Proof.
induction 1; trivial; try apply generic_format_0; try (eapply result_format; eassumption).
Qed.

Notation each := (half emin + 2 * normal + factor).

(* bound.c: (n * lost_each + lost_once) * (1 + g); lost_once has the result's own flushing besides. *)
Definition amount (t : tree) := INR (terms t) * each + INR (bias_count t) * lowest.

Lemma no_terms_no_sum : forall t, terms t = 0%nat -> exact t = 0 /\ scale t = 0 /\ bias_count t = 0%nat.
Proof.
induction t; simpl; intros H; try discriminate; try (repeat split; trivial; fail).
destruct IHt1 as (-> & -> & ->). lia. destruct IHt2 as (-> & -> & ->). lia. repeat split; lra.
Qed.

Theorem flushed_sum : forall t c, flushes t c ->
  Rabs (c - exact t) <= growth (unit prec) (terms t) * scale t
    + (1 + growth (unit prec) (terms t)) * amount t.
Proof.
assert (U := bpow_gt_0 radix2 (- prec)). change (bpow radix2 (- prec)) with (unit prec) in U.
assert (H0 := bpow_gt_0 radix2 (emin - 1)). change (bpow radix2 (emin - 1)) with (half emin) in H0.
assert (G : forall n, 0 <= growth (unit prec) n)
  by (intros n; unfold growth; generalize (power_ge_1 (unit prec) n (Rlt_le _ _ U)); lra).
(* one addition less, as the last has no operation after it *)
cut (forall t c, flushes t c -> terms t <> 0%nat -> Rabs (c - exact t) <= growth (unit prec) (terms t) * scale t
    + (1 + growth (unit prec) (terms t)) * (amount t - normal)).
{ intros T t c F. destruct (Nat.eq_dec (terms t) 0) as [Z|N].
  - assert (C : c = 0).
    { clear T. induction F; simpl in Z; trivial; try discriminate; try lia; apply IHF; lia. }
    destruct (no_terms_no_sum t Z) as (-> & -> & B). unfold amount. rewrite B, Z, C, Rminus_0_r, Rabs_R0. simpl. lra.
  - apply Rle_trans with (1 := T t c F N). apply Rplus_le_compat_l, Rmult_le_compat_l. generalize (G (terms t)). lra. lra. }
induction 1 as [|b c Fc Hb|x y v r Hv Hr|x y v t c r Hv Ht IH Hr|l r c d s Nl Nr Fl IHl Fr IHr Hs|l r c Z F IH|l r c Z F IH];
  intros N; unfold amount in *; cbn [terms scale exact bias_count] in *.
- congruence.
- change (INR 1) with 1. assert (P := Rabs_pos b). assert (G1 := G 1%nat).
  assert (0 <= growth (unit prec) 1 * Rabs b) by (apply Rmult_le_pos; trivial).
  assert (0 <= growth (unit prec) 1 * (half emin + normal + factor + lowest)) by (apply Rmult_le_pos; lra). lra.
- change (INR 1) with 1. change (INR 0) with 0. assert (E := result_error v r Hr).
  replace (growth (unit prec) 1) with (unit prec) by (unfold growth; simpl; ring).
  assert (P := Rabs_pos (x * y)).
  assert (V : Rabs v <= Rabs (x * y) + factor).
  { replace v with (x * y + (v - x * y)) by ring. eapply Rle_trans. apply Rabs_triang. lra. }
  assert (unit prec * Rabs v <= unit prec * (Rabs (x * y) + factor)) by (apply Rmult_le_compat_l; lra).
  assert (0 <= unit prec * (half emin + normal)) by (apply Rmult_le_pos; lra).
  replace (r - x * y) with ((r - v) + (v - x * y)) by ring. eapply Rle_trans. apply Rabs_triang. lra.
- assert (E := result_error (v + c) r Hr). rewrite S_INR. assert (P := Rabs_pos (x * y)). assert (S0 := scale_pos t).
  assert (B : Rabs (c - exact t) <= growth (unit prec) (terms t) * scale t
      + (1 + growth (unit prec) (terms t)) * (INR (terms t) * each + INR (bias_count t) * lowest)).
  { destruct (Nat.eq_dec (terms t) 0) as [Z|M].
    - assert (C : c = 0).
      { clear - Ht Z. induction Ht; simpl in Z; trivial; try discriminate; try lia; apply IHHt; lia. }
      destruct (no_terms_no_sum t Z) as (-> & -> & B). rewrite B, Z, C, Rminus_0_r, Rabs_R0. simpl. lra.
    - apply Rle_trans with (1 := IH M). apply Rplus_le_compat_l, Rmult_le_compat_l. generalize (G (terms t)). lra. lra. }
  assert (X := exact_le_scale t). assert (G1 := G (terms t)).
  replace (growth (unit prec) (S (terms t))) with (unit prec + (1 + unit prec) * growth (unit prec) (terms t))
    by (unfold growth; simpl; ring).
  set (g := growth (unit prec) (terms t)) in *. set (w := INR (terms t) * each + INR (bias_count t) * lowest) in *.
  set (e := g * scale t + (1 + g) * w) in *.
  assert (W : 0 <= w) by (unfold w; apply Rplus_le_le_0_compat; apply Rmult_le_pos; try apply pos_INR; lra).
  assert (K : Rabs ((v + c) - (x * y + exact t)) <= factor + e).
  { replace (v + c - (x * y + exact t)) with ((v - x * y) + (c - exact t)) by ring. eapply Rle_trans. apply Rabs_triang. lra. }
  assert (V : Rabs (v + c) <= Rabs (x * y) + scale t + (factor + e)).
  { replace (v + c) with ((x * y + exact t) + ((v + c) - (x * y + exact t))) by ring.
    eapply Rle_trans. apply Rabs_triang. generalize (Rabs_triang (x * y) (exact t)). lra. }
  assert (unit prec * Rabs (v + c) <= unit prec * (Rabs (x * y) + scale t + (factor + e))) by (apply Rmult_le_compat_l; lra).
  replace ((INR (terms t) + 1) * each + INR (bias_count t) * lowest - normal) with (w + (half emin + normal + factor))
    by (unfold w; ring).
  set (y' := half emin + normal + factor).
  assert (0 <= g * y') by (apply Rmult_le_pos; unfold y'; lra).
  assert (0 <= unit prec * y') by (apply Rmult_le_pos; unfold y'; lra).
  assert (0 <= unit prec * (g * y')) by (apply Rmult_le_pos; lra).
  assert (0 <= g * Rabs (x * y)) by (apply Rmult_le_pos; lra).
  assert (0 <= unit prec * (g * Rabs (x * y))) by (apply Rmult_le_pos; lra).
  assert (unit prec * factor <= unit prec * y') by (apply Rmult_le_compat_l; unfold y'; lra).
  replace (r - (x * y + exact t)) with ((r - (v + c)) + ((v + c) - (x * y + exact t))) by ring.
  eapply Rle_trans. apply Rabs_triang. unfold e, y' in *. lra.
- specialize (IHl Nl). specialize (IHr Nr).
  assert (E := sum_error c d s (flushes_format _ _ Fl) (flushes_format _ _ Fr) Hs).
  destruct (terms l + terms r)%nat as [|n] eqn:En. lia.
  assert (Ml : growth (unit prec) (terms l) <= growth (unit prec) n).
  { unfold growth. generalize (power_mono (unit prec) (terms l) n (Rlt_le _ _ U) ltac:(lia)). lra. }
  assert (Mr : growth (unit prec) (terms r) <= growth (unit prec) n).
  { unfold growth. generalize (power_mono (unit prec) (terms r) n (Rlt_le _ _ U) ltac:(lia)). lra. }
  assert (Cl : 1 <= INR (terms l)) by (change 1 with (INR 1); apply le_INR; lia).
  assert (Cr : 1 <= INR (terms r)) by (change 1 with (INR 1); apply le_INR; lia).
  assert (Sl := scale_pos l). assert (Sr := scale_pos r). assert (Xl := exact_le_scale l). assert (Xr := exact_le_scale r).
  rewrite <- En, !plus_INR, En.
  set (a := INR (terms l) * each + INR (bias_count l) * lowest - normal) in *.
  set (b := INR (terms r) * each + INR (bias_count r) * lowest - normal) in *.
  assert (a0 : 0 <= a).
  { assert (1 * each <= INR (terms l) * each) by (apply Rmult_le_compat_r; lra).
    assert (0 <= INR (bias_count l) * lowest) by (apply Rmult_le_pos; [apply pos_INR|trivial]). unfold a. lra. }
  assert (b0 : 0 <= b).
  { assert (1 * each <= INR (terms r) * each) by (apply Rmult_le_compat_r; lra).
    assert (0 <= INR (bias_count r) * lowest) by (apply Rmult_le_pos; [apply pos_INR|trivial]). unfold b. lra. }
  replace ((INR (terms l) + INR (terms r)) * each + (INR (bias_count l) + INR (bias_count r)) * lowest - normal)
    with (a + b + normal) by (unfold a, b; ring).
  assert (Gn := G n). assert (Gl := G (terms l)). assert (Gr := G (terms r)).
  replace (growth (unit prec) (S n)) with (unit prec + (1 + unit prec) * growth (unit prec) n)
    by (unfold growth; simpl; ring).
  set (g := growth (unit prec) n) in *.
  assert (El : Rabs (c - exact l) <= g * scale l + (1 + g) * a).
  { apply Rle_trans with (1 := IHl). apply Rplus_le_compat; apply Rmult_le_compat_r; lra. }
  assert (Er : Rabs (d - exact r) <= g * scale r + (1 + g) * b).
  { apply Rle_trans with (1 := IHr). apply Rplus_le_compat; apply Rmult_le_compat_r; lra. }
  clear IHl IHr. set (e := g * (scale l + scale r) + (1 + g) * (a + b)).
  assert (K : Rabs ((c + d) - (exact l + exact r)) <= e).
  { replace (c + d - (exact l + exact r)) with ((c - exact l) + (d - exact r)) by ring.
    eapply Rle_trans. apply Rabs_triang. unfold e. lra. }
  assert (V : Rabs (c + d) <= scale l + scale r + e).
  { replace (c + d) with ((exact l + exact r) + ((c + d) - (exact l + exact r))) by ring.
    eapply Rle_trans. apply Rabs_triang. generalize (Rabs_triang (exact l) (exact r)). lra. }
  assert (unit prec * Rabs (c + d) <= unit prec * (scale l + scale r + e)) by (apply Rmult_le_compat_l; lra).
  assert (0 <= g * normal) by (apply Rmult_le_pos; lra). assert (0 <= unit prec * normal) by (apply Rmult_le_pos; lra).
  assert (0 <= unit prec * (g * normal)) by (apply Rmult_le_pos; lra).
  replace (s - (exact l + exact r)) with ((s - (c + d)) + ((c + d) - (exact l + exact r))) by ring.
  eapply Rle_trans. apply Rabs_triang. unfold e in *. lra.
- destruct (no_terms_no_sum l Z) as (-> & -> & ->). rewrite Z in *. simpl Nat.add in *. rewrite !Rplus_0_l. apply IH. lia.
- destruct (no_terms_no_sum r Z) as (-> & -> & ->). rewrite Z in *. rewrite Nat.add_0_r in *. rewrite Nat.add_0_r, !Rplus_0_r. apply IH. lia.
Qed.

End Flushed.
