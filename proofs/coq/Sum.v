(* Sum.v: JUDGE-2's theorem. A sum of products, added up by any binary tree in one floating-point
   type, is within g * S + (1 + g) * n * h of the exact sum.

   The type is Flocq's FLT: gradual underflow, and no largest number, which is the theorem's
   condition that nothing overflows. Ties go any way (`choice`). *)

From Coq Require Import ZArith Reals Lra Lia Psatz.
From Flocq Require Import Core Relative Plus_error.

Open Scope R_scope.

(* What is added up, and in which order. Nothing is the zero that a sum may start from; Bias, any
   number of the type that is added as it is; Product, one that is rounded before it is added;
   Fused, one that is rounded together with the addition that takes it up. *)
Inductive tree :=
| Nothing
| Bias (b : R)
| Product (x y : R)
| Fused (x y : R) (t : tree)
| Add (l r : tree).

Fixpoint terms (t : tree) : nat :=
  match t with
  | Nothing => 0
  | Bias _ => 1
  | Product _ _ => 1
  | Fused _ _ t => S (terms t)
  | Add l r => terms l + terms r
  end.

(* The exact sum, and the sum of magnitudes. *)
Fixpoint exact (t : tree) : R :=
  match t with
  | Nothing => 0
  | Bias b => b
  | Product x y => x * y
  | Fused x y t => x * y + exact t
  | Add l r => exact l + exact r
  end.

Fixpoint scale (t : tree) : R :=
  match t with
  | Nothing => 0
  | Bias b => Rabs b
  | Product x y => Rabs (x * y)
  | Fused x y t => Rabs (x * y) + scale t
  | Add l r => scale l + scale r
  end.

(* Every bias is a number of the type; the factors of a product may be any numbers. *)
Fixpoint biases (ok : R -> Prop) (t : tree) : Prop :=
  match t with
  | Nothing | Product _ _ => True
  | Bias b => ok b
  | Fused _ _ t => biases ok t
  | Add l r => biases ok l /\ biases ok r
  end.

(* (1 + u)^n - 1 *)
Definition growth (u : R) (n : nat) := (1 + u) ^ n - 1.

Definition allowed (u h : R) (n : nat) (s : R) :=
  growth u n * s + (1 + growth u n) * INR n * h.

Lemma plus_le : forall a b x y, Rabs a <= x -> Rabs b <= y -> Rabs (a + b) <= x + y.
Proof. intros. eapply Rle_trans. apply Rabs_triang. lra. Qed.

Lemma scale_pos : forall t, 0 <= scale t.
Proof.
induction t; simpl; try lra; try apply Rabs_pos.
generalize (Rabs_pos (x * y)); lra.
Qed.

Lemma exact_le_scale : forall t, Rabs (exact t) <= scale t.
Proof.
induction t; simpl; try lra.
- rewrite Rabs_R0; lra.
- eapply Rle_trans. apply Rabs_triang. lra.
- eapply Rle_trans. apply Rabs_triang. lra.
Qed.

Lemma power_ge_1 : forall u n, 0 <= u -> 1 <= (1 + u) ^ n.
Proof. intros. apply pow_R1_Rle. lra. Qed.

Lemma power_mono : forall u n m, 0 <= u -> (n <= m)%nat -> (1 + u) ^ n <= (1 + u) ^ m.
Proof. intros. apply Rle_pow; trivial. lra. Qed.

Section Machine.

Variables emin prec : Z.
Context {prec_gt_0 : Prec_gt_0 prec}.
Variable choice : Z -> bool.

Notation format := (generic_format radix2 (FLT_exp emin prec)).
Notation rnd := (round radix2 (FLT_exp emin prec) (Znearest choice)).

(* The unit roundoff, and half the smallest subnormal. *)
Definition unit := bpow radix2 (- prec).
Definition half := bpow radix2 (emin - 1).

(* What a machine computes. *)
Fixpoint computed (t : tree) : R :=
  match t with
  | Nothing => 0
  | Bias b => b
  | Product x y => rnd (x * y)
  | Fused x y t => rnd (x * y + computed t)
  | Add l r => rnd (computed l + computed r)
  end.

Lemma unit_pos : 0 < unit.
Proof. apply bpow_gt_0. Qed.

Lemma half_pos : 0 < half.
Proof. apply bpow_gt_0. Qed.

Lemma unit_is_u_ro : u_ro radix2 prec = unit.
Proof.
unfold u_ro, unit. change (/ 2) with (bpow radix2 (-1)).
rewrite <- bpow_plus. f_equal. lia.
Qed.

Lemma half_is : / 2 * bpow radix2 emin = half.
Proof.
unfold half. change (/ 2) with (bpow radix2 (-1)).
rewrite <- bpow_plus. f_equal. lia.
Qed.

Lemma u_ro_small : u_ro radix2 prec / (1 + u_ro radix2 prec) <= unit.
Proof.
rewrite unit_is_u_ro. generalize unit_pos. intros H.
apply (Rmult_le_reg_r (1 + unit)). lra.
unfold Rdiv. rewrite Rmult_assoc, Rinv_l; nra.
Qed.

(* A rounding errs by the unit times its result, or by half a subnormal. *)
Lemma rounding_error : forall x, Rabs (rnd x - x) <= unit * Rabs x + half.
Proof.
intros x.
destruct (relative_error_N_FLT'_ex radix2 emin prec prec_gt_0 choice x)
  as (eps & eta & Heps & Heta & _ & ->).
rewrite half_is in Heta.
replace (x * (1 + eps) + eta - x) with (eps * x + eta) by ring.
eapply Rle_trans. apply Rabs_triang.
rewrite Rabs_mult.
apply Rplus_le_compat; trivial.
apply Rmult_le_compat_r. apply Rabs_pos.
eapply Rle_trans. apply Heps. apply u_ro_small.
Qed.

(* An addition has no underflow: a subnormal sum of two numbers of the type is exact. *)
Lemma addition_error : forall x y, format x -> format y ->
  Rabs (rnd (x + y) - (x + y)) <= unit * Rabs (x + y).
Proof.
intros x y Fx Fy.
destruct (FLT_plus_error_N_ex radix2 emin prec choice x y Fx Fy) as (eps & Heps & ->).
replace ((x + y) * (1 + eps) - (x + y)) with (eps * (x + y)) by ring.
rewrite Rabs_mult.
apply Rmult_le_compat_r. apply Rabs_pos.
eapply Rle_trans. apply Heps. apply u_ro_small.
Qed.

Lemma computed_format : forall t, biases format t -> format (computed t).
Proof.
induction t; simpl; intros; trivial; try apply generic_format_round; try apply FLT_exp_valid;
  try apply valid_rnd_N; trivial.
apply generic_format_0.
Qed.

Lemma no_terms : forall t, biases format t -> terms t = 0%nat ->
  computed t = 0 /\ exact t = 0 /\ scale t = 0.
Proof.
induction t; simpl; intros B H; try discriminate; try (repeat split; reflexivity).
destruct (IHt1 (proj1 B)) as (-> & -> & ->). lia.
destruct (IHt2 (proj2 B)) as (-> & -> & ->). lia.
rewrite Rplus_0_l. repeat split; try reflexivity.
apply round_0. apply valid_rnd_N.
Qed.

(* The step: an operation that adds the relative error `unit` to parts that were right within n. *)
Lemma one_more : forall n s, 0 <= s -> unit * s + (1 + unit) * (growth unit n * s) = growth unit (S n) * s.
Proof. intros. unfold growth. simpl. ring. Qed.

Lemma allowed_mono : forall n m s, 0 <= s -> (n <= m)%nat ->
  growth unit n * s <= growth unit m * s.
Proof.
intros. apply Rmult_le_compat_r; trivial. unfold growth.
generalize (power_mono unit n m (Rlt_le _ _ unit_pos) H0). lra.
Qed.

Lemma lost_mono : forall n m k, (n <= m)%nat ->
  (1 + growth unit n) * INR k * half <= (1 + growth unit m) * INR k * half.
Proof.
intros. apply Rmult_le_compat_r. apply Rlt_le, half_pos.
apply Rmult_le_compat_r. apply pos_INR. unfold growth.
generalize (power_mono unit n m (Rlt_le _ _ unit_pos) H). lra.
Qed.

Lemma sum_step : forall (n : nat) s s' c x' x e,
  Rabs (c - s) <= e -> Rabs s <= s' -> Rabs (x' - c) <= unit * Rabs c + x -> 0 <= x ->
  Rabs (x' - s) <= unit * s' + (1 + unit) * e + x.
Proof.
intros _ s s' c x' x e He Hs Hx Px.
generalize unit_pos. intros Hu.
assert (Rabs c <= s' + e).
{ replace c with (s + (c - s)) by ring. eapply Rle_trans. apply Rabs_triang. lra. }
replace (x' - s) with ((x' - c) + (c - s)) by ring.
eapply Rle_trans. apply Rabs_triang.
nra.
Qed.

Theorem sum_is_near : forall t, biases format t ->
  Rabs (computed t - exact t) <= allowed unit half (terms t) (scale t).
Proof.
assert (Hu := unit_pos). assert (Hh := half_pos).
unfold allowed.
induction t; intros B.
- simpl. unfold growth. simpl. rewrite Rminus_0_r, Rabs_R0. lra.
- simpl. unfold Rminus. rewrite Rplus_opp_r, Rabs_R0. unfold growth. simpl.
  generalize (Rabs_pos b). nra.
- simpl. eapply Rle_trans. apply rounding_error.
  unfold growth. simpl. generalize (Rabs_pos (x * y)). nra.
- (* a product that is fused *)
  specialize (IHt B). simpl in B |- *.
  assert (Hs := scale_pos t). assert (He := exact_le_scale t). assert (Hp := Rabs_pos (x * y)).
  set (n := terms t) in *.
  assert (H : Rabs (rnd (x * y + computed t) - (x * y + exact t)) <=
      unit * (Rabs (x * y) + scale t)
      + (1 + unit) * (growth unit n * scale t + (1 + growth unit n) * INR n * half) + half).
  { eapply (sum_step n _ _ (x * y + computed t)).
    - replace (x * y + computed t - (x * y + exact t)) with (computed t - exact t) by ring.
      exact IHt.
    - eapply Rle_trans. apply Rabs_triang. lra.
    - apply rounding_error.
    - lra. }
  eapply Rle_trans. apply H.
  assert (G0 : 0 <= growth unit n).
  { unfold growth. generalize (power_ge_1 unit n (Rlt_le _ _ Hu)). lra. }
  assert (G1 : growth unit (S n) = unit + (1 + unit) * growth unit n).
  { unfold growth. simpl. ring. }
  change (match n with 0%nat => 1 | S _ => INR n + 1 end) with (INR (S n)).
  rewrite S_INR, G1. generalize (pos_INR n). intros Hn.
  assert (0 <= unit * Rabs (x * y)) by nra.
  assert (0 <= growth unit n * Rabs (x * y)) by nra.
  assert (0 <= unit * growth unit n * Rabs (x * y)).
  { apply Rmult_le_pos; trivial. nra. }
  assert (0 <= growth unit n * half) by nra.
  assert (0 <= unit * growth unit n * half).
  { apply Rmult_le_pos; try lra. nra. }
  nra.
- (* an addition *)
  simpl in B. destruct B as (B1, B2).
  specialize (IHt1 B1). specialize (IHt2 B2).
  assert (F1 := computed_format t1 B1). assert (F2 := computed_format t2 B2).
  simpl.
  destruct (Nat.eq_dec (terms t1) 0) as [Z1|N1].
  { destruct (no_terms t1 B1 Z1) as (-> & -> & ->).
    rewrite Z1, !Rplus_0_l. simpl. rewrite round_generic; trivial. apply valid_rnd_N. }
  destruct (Nat.eq_dec (terms t2) 0) as [Z2|N2].
  { destruct (no_terms t2 B2 Z2) as (-> & -> & ->).
    rewrite Z2, !Rplus_0_r, Nat.add_0_r. rewrite round_generic; trivial. apply valid_rnd_N. }
  destruct (terms t1 + terms t2)%nat as [|n] eqn:En. lia.
  assert (L1 : (terms t1 <= n)%nat) by lia. assert (L2 : (terms t2 <= n)%nat) by lia.
  assert (S1 := scale_pos t1). assert (S2 := scale_pos t2).
  assert (H : Rabs (rnd (computed t1 + computed t2) - (exact t1 + exact t2)) <=
      unit * (scale t1 + scale t2)
      + (1 + unit) * (growth unit n * (scale t1 + scale t2)
                      + (1 + growth unit n) * INR (S n) * half) + 0).
  { eapply (sum_step n _ _ (computed t1 + computed t2)).
    - replace (computed t1 + computed t2 - (exact t1 + exact t2))
        with ((computed t1 - exact t1) + (computed t2 - exact t2)) by ring.
      eapply Rle_trans. apply Rabs_triang.
      rewrite <- En, plus_INR.
      generalize (allowed_mono _ _ _ S1 L1) (allowed_mono _ _ _ S2 L2)
        (lost_mono _ _ (terms t1) L1) (lost_mono _ _ (terms t2) L2).
      lra.
    - eapply Rle_trans. apply Rabs_triang.
      generalize (exact_le_scale t1) (exact_le_scale t2). lra.
    - rewrite Rplus_0_r. apply addition_error; trivial.
    - lra. }
  eapply Rle_trans. apply H.
  apply Req_le. unfold growth. simpl ((1 + unit) ^ S n). ring.
Qed.

(* Numbers of the type alone: no product underflows. *)
Fixpoint plain (t : tree) : Prop :=
  match t with
  | Nothing | Bias _ => True
  | Product _ _ | Fused _ _ _ => False
  | Add l r => plain l /\ plain r
  end.

Theorem plain_sum_is_near : forall t, biases format t -> plain t ->
  Rabs (computed t - exact t) <= growth unit (terms t - 1) * scale t.
Proof.
assert (Hu := unit_pos).
induction t; simpl; intros B P; try contradiction.
- rewrite Rminus_0_r, Rabs_R0. unfold growth. simpl. lra.
- unfold Rminus. rewrite Rplus_opp_r, Rabs_R0. unfold growth. simpl. lra.
- destruct B as (B1, B2), P as (P1, P2).
  specialize (IHt1 B1 P1). specialize (IHt2 B2 P2).
  destruct (Nat.eq_dec (terms t1) 0) as [Z1|N1].
  { destruct (no_terms t1 B1 Z1) as (-> & -> & ->).
    rewrite Z1, !Rplus_0_l. simpl. rewrite round_generic; trivial. apply valid_rnd_N.
    apply computed_format; trivial. }
  destruct (Nat.eq_dec (terms t2) 0) as [Z2|N2].
  { destruct (no_terms t2 B2 Z2) as (-> & -> & ->).
    rewrite Z2, !Rplus_0_r, Nat.add_0_r. rewrite round_generic; trivial. apply valid_rnd_N.
    apply computed_format; trivial. }
  destruct (terms t1 + terms t2)%nat as [|[|n]] eqn:En; try lia.
  replace (S (S n) - 1)%nat with (S n) by lia.
  assert (S1 := scale_pos t1). assert (S2 := scale_pos t2).
  assert (L1 : (terms t1 - 1 <= n)%nat) by lia. assert (L2 : (terms t2 - 1 <= n)%nat) by lia.
  rewrite <- one_more by lra.
  rewrite <- (Rplus_0_r (_ + _ * (_ * _))).
  apply (sum_step n _ _ (computed t1 + computed t2)).
  + replace (computed t1 + computed t2 - (exact t1 + exact t2))
      with ((computed t1 - exact t1) + (computed t2 - exact t2)) by ring.
    eapply Rle_trans. apply Rabs_triang.
    generalize (allowed_mono _ _ _ S1 L1) (allowed_mono _ _ _ S2 L2). lra.
  + eapply Rle_trans. apply Rabs_triang.
    generalize (exact_le_scale t1) (exact_le_scale t2). lra.
  + rewrite Rplus_0_r. apply addition_error; apply computed_format; trivial.
  + lra.
Qed.

End Machine.
