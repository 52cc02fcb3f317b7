(* Wide.v: the fast path of float64 (oracle/multiply_block.h, oracle/settle.c): where it is sure, the number that it
   stores is the exact sum, rounded once. *)

From Coq Require Import ZArith Reals List Lra Lia Psatz.
From Flocq Require Import Core Mult_error Pff2Flocq.
From Conv2d Require Import Constants Sum Judge Certificate.

Open Scope R_scope.

(* ---- sums and products of two numbers without error *)

(* What an addition loses. *)
Definition lost (x y : R) := x + y - rnd64 (x + y).

Lemma odd_choice : forall x, negb (Z.even x) = negb (negb (Z.even (- (x + 1)))).
Proof. intros x. rewrite Z.even_opp, Z.even_add. simpl. now destruct (Z.even x). Qed.

(* The steps of add_row, add_wide and settle_float64, word for word: next = s + p, part = next - s. *)
Theorem two_sum : forall s p, format64 s -> format64 p ->
  let next := rnd64 (s + p) in let part := rnd64 (next - s) in
  rnd64 (rnd64 (s - rnd64 (next - part)) + rnd64 (p - part)) = lost s p.
Proof.
intros s p Fs Fp next part.
generalize (TwoSum_correct (-1074) 53 (fun z => negb (Z.even z)) ltac:(lia) ltac:(lia) odd_choice s p Fs Fp).
fold next part. unfold lost. fold next. lra.
Qed.

Lemma lost_format : forall x y, format64 x -> format64 y -> format64 (lost x y).
Proof. intros x y Fx Fy. rewrite <- (two_sum x y Fx Fy). apply format64_rnd. Qed.

Lemma lost_small : forall x y, format64 x -> format64 y -> Rabs (lost x y) <= u * Rabs (x + y).
Proof.
intros x y Fx Fy. unfold lost. rewrite Rabs_minus_sym.
now apply (addition_error (-1074) 53).
Qed.

(* What the product of a step may lack: Dekker's 7/2 of the smallest number, a fused one's half. *)
Notation lack := (bpow radix2 (-1072)).

Definition upper (x : R) :=
  let far := rnd64 (x * 134217729) in rnd64 (far - rnd64 (far - x)).

Definition product_error (w x p : R) :=
  let w1 := upper w in let w0 := rnd64 (w - w1) in let x1 := upper x in let x0 := rnd64 (x - x1) in
  rnd64 (rnd64 (rnd64 (rnd64 (rnd64 (w1 * x1) - p) + rnd64 (w1 * x0)) + rnd64 (w0 * x1)) + rnd64 (w0 * x0)).

Lemma rnd64_opp : forall x, rnd64 (- x) = - rnd64 x.
Proof. intros x. apply round_NE_opp. Qed.

Lemma upper_is : forall x, let far := rnd64 (x * (bpow radix2 27 + 1)) in
  upper x = rnd64 (rnd64 (x - far) + far).
Proof.
intros x far. unfold upper.
replace 134217729 with (bpow radix2 27 + 1) by (simpl; lra). fold far. cbv zeta. f_equal. replace (x - far) with (- (far - x)) by ring. rewrite rnd64_opp. ring.
Qed.

Theorem product_error_is_near : forall w x, format64 w -> format64 x ->
  let p := rnd64 (w * x) in Rabs (w * x - p - product_error w x p) <= lack.
Proof.
intros w x Fw Fx p.
destruct (Dekker radix2 (-1074) 53 (fun z => negb (Z.even z)) ltac:(lia) ltac:(lia) w x Fw Fx (or_introl eq_refl))
  as (_, H).
change (53 - Z.div2 53)%Z with 27%Z in H. cbv zeta in H.
unfold product_error. cbv zeta. rewrite !upper_is. cbv zeta.
match goal with |- Rabs ?a <= _ => match type of H with Rabs ?b <= _ => replace a with b end end.
- apply Rle_trans with (1 := H). change (-1072)%Z with (2 + -1074)%Z. rewrite bpow_plus.
  apply Rmult_le_compat_r. apply bpow_ge_0. change (bpow radix2 2) with 4. lra.
- fold p. rewrite (Rplus_comm (- p)). unfold Rminus. set (t := rnd64 _ : R). ring.
Qed.

Lemma twice : forall e, bpow radix2 e + bpow radix2 e = bpow radix2 (1 + e).
Proof. intros e. rewrite bpow_plus. change (bpow radix2 1) with 2. ring. Qed.

Theorem fused_error_is_near : forall w x, format64 w -> format64 x ->
  let p := rnd64 (w * x) in Rabs (w * x - p - rnd64 (w * x - p)) <= lack.
Proof.
intros w x Fw Fx p.
destruct (Rle_or_lt (bpow radix2 (-1074 + 2 * 53 - 1)) (Rabs (w * x))) as [L|L].
- assert (F : format64 (w * x - p)).
  { replace (w * x - p) with (- (p - w * x)) by ring. apply generic_format_opp.
    apply mult_error_FLT; trivial; try apply valid_rnd_N. reflexivity. }
  rewrite (round_generic _ _ _ _ F). unfold Rminus. rewrite Rplus_opp_r, Rabs_R0. apply bpow_ge_0.
- assert (E := rounding_error (-1074) 53 (fun z => negb (Z.even z)) (w * x)). fold p in E.
  rewrite Rabs_minus_sym.
  eapply Rle_trans. apply (rounding_error (-1074) 53).
  rewrite (Rabs_minus_sym (w * x)).
  assert (U : u = bpow radix2 (-53)) by reflexivity.
  assert (H : half (-1074) = bpow radix2 (-1075)) by reflexivity. rewrite H, U in *.
  assert (P : Rabs (p - w * x) <= bpow radix2 (-1021)).
  { apply Rle_trans with (1 := E).
    rewrite <- (twice (-1022) : _ = bpow radix2 (-1021)).
    apply Rplus_le_compat.
    - apply Rle_trans with (bpow radix2 (-53) * bpow radix2 (-969)).
      + apply Rmult_le_compat_l. apply bpow_ge_0. left. exact L.
      + rewrite <- bpow_plus. apply bpow_le. lia.
    - apply bpow_le. lia. }
  rewrite <- (twice (-1073) : _ = lack).
  apply Rplus_le_compat.
  + apply Rle_trans with (bpow radix2 (-53) * bpow radix2 (-1021)).
    * apply Rmult_le_compat_l. apply bpow_ge_0. exact P.
    * rewrite <- bpow_plus. apply bpow_le. lia.
  + apply bpow_le. lia.
Qed.

(* ---- the sum, what it lost, and the scale *)

(* A term: what it is exactly, that rounded, and the error of that as computed. A bias has no error. *)
Definition term := (R * R * R)%type.

Definition good (t : term) :=
  let '(q, p, d) := t in p = rnd64 q /\ format64 d /\ Rabs (q - p - d) <= lack.

Lemma good_cons : forall q p d l, Forall good ((q, p, d) :: l) ->
  p = rnd64 q /\ format64 d /\ Rabs (q - p - d) <= lack /\ Forall good l.
Proof. intros q p d l G. apply Forall_cons_iff in G. destruct G as ((A & B & C) & D). easy. Qed.

(* The last term comes first. *)
Fixpoint total (l : list term) : R :=
  match l with nil => 0 | (q, _, _) :: rest => q + total rest end.

Fixpoint sum_tree (l : list term) : tree :=
  match l with nil => Nothing | (_, p, _) :: rest => Add (sum_tree rest) (Bias p) end.

Notation high l := (computed64 (sum_tree l)).

Fixpoint rest_tree (l : list term) : tree :=
  match l with
  | nil => Nothing
  | (_, p, d) :: rest => Add (rest_tree rest) (Add (Bias (lost (high rest) p)) (Bias d))
  end.

Notation low l := (computed64 (rest_tree l)).
Notation magnitude l := (scale (sum_tree l)).
Notation count l := (INR (length l)).

Lemma sum_tree_fine : forall l, Forall good l ->
  biases format64 (sum_tree l) /\ plain (sum_tree l) /\ path (sum_tree l) = length l /\ format64 (high l).
Proof.
induction l as [|((q, p), d) l IH]; intros G; simpl.
- repeat split; trivial. apply generic_format_0.
- destruct (good_cons q p d l G) as (-> & Fd & H & Gl). destruct (IH Gl) as (B & P & L & F).
  rewrite L. repeat split; trivial; try apply format64_rnd. lia.
Qed.

Lemma rest_tree_fine : forall l, Forall good l ->
  biases format64 (rest_tree l) /\ plain (rest_tree l) /\ (path (rest_tree l) <= length l + 1)%nat.
Proof.
induction l as [|((q, p), d) l IH]; intros G; simpl.
- repeat split; lia.
- destruct (good_cons q p d l G) as (-> & Fd & H & Gl). destruct (IH Gl) as (B & P & L).
  destruct (sum_tree_fine l Gl) as (_ & _ & _ & F).
  repeat split; trivial; try lia. apply lost_format; trivial. apply format64_rnd.
Qed.

(* Nothing is lost but what the errors of the products lack. *)
Lemma nothing_is_lost : forall l, Forall good l ->
  Rabs (total l - (high l + exact (rest_tree l))) <= count l * lack.
Proof.
induction l as [|((q, p), d) l IH]; intros G.
- simpl. rewrite Rplus_0_r, Rminus_0_r, Rabs_R0. lra.
- destruct (good_cons q p d l G) as (_ & _ & H & Gl). specialize (IH Gl).
  change (length ((q, p, d) :: l)) with (S (length l)). rewrite S_INR.
  change (exact (rest_tree ((q, p, d) :: l))) with (exact (rest_tree l) + (lost (high l) p + d)).
  change (high ((q, p, d) :: l)) with (rnd64 (high l + p)). change (total ((q, p, d) :: l)) with (q + total l).
  replace (q + total l - (rnd64 (high l + p) + (exact (rest_tree l) + (lost (high l) p + d))))
    with ((total l - (high l + exact (rest_tree l))) + (q - p - d)) by
    (unfold lost; generalize (rnd64 (high l + p)) (high l) (exact (rest_tree l)); intros; ring).
  eapply Rle_trans. apply Rabs_triang. lra.
Qed.

Lemma rounded_error : forall q, Rabs (q - rnd64 q) <= u * Rabs (rnd64 q) + eta.
Proof.
intros q. rewrite Rabs_minus_sym.
assert (E : Rabs (rnd64 q - q) <= / 2 * ulp radix2 (FLT_exp (-1074) 53) (rnd64 q)).
{ apply error_le_half_ulp_round. apply FLT_exp_valid; easy. apply FLT_exp_monotone. }
apply Rle_trans with (1 := E). clear E. set (p := rnd64 q).
assert (U : 0 < u) by apply bpow_gt_0. assert (Z := bpow_gt_0 radix2 (-1075)). assert (P := Rabs_pos p).
destruct (Rle_or_lt (bpow radix2 (-1074 + 53 - 1)) (Rabs p)) as [L|L].
- assert (H := ulp_FLT_le radix2 (-1074) 53 p L).
  replace (bpow radix2 (1 - 53)) with (2 * u) in H.
  2: { rewrite <- (twice (-53) : _ = bpow radix2 (1 - 53)). change u with (bpow radix2 (-53)). ring. }
  nra.
- rewrite ulp_FLT_small; try reflexivity.
  2: { apply Rlt_trans with (1 := L). apply bpow_lt. lia. }
  replace (bpow radix2 (-1074)) with (2 * eta).
  2: { rewrite <- (twice (-1075) : _ = bpow radix2 (-1074)). ring. }
  nra.
Qed.

Lemma high_bound : forall l n, Forall good l -> (length l <= n)%nat ->
  Rabs (high l) <= (1 + growth u n) * magnitude l.
Proof.
intros l n G L. destruct (sum_tree_fine l G) as (B & P & N & _).
assert (E := path_error (sum_tree l) B P). rewrite N in E.
assert (X := exact_le_scale (sum_tree l)). assert (S0 := scale_pos (sum_tree l)).
assert (M := growth_mono (length l) n L).
assert (growth u (length l) * magnitude l <= growth u n * magnitude l) by (apply Rmult_le_compat_r; trivial).
replace (high l) with (exact (sum_tree l) + (high l - exact (sum_tree l))) by ring.
eapply Rle_trans. apply Rabs_triang. lra.
Qed.

(* What the sums lost, and what the products did, in magnitude. *)
Lemma rest_bound : forall n l, Forall good l -> (length l <= n)%nat ->
  scale (rest_tree l) <= u * (count l * ((1 + growth u n) * magnitude l) + magnitude l) + count l * (eta + lack).
Proof.
intros n. induction l as [|((q, p), d) l IH]; intros G L.
- simpl. lra.
- destruct (good_cons q p d l G) as (Hp & Fd & H & Gl).
  assert (Ln : (length l <= n)%nat) by (simpl in L; lia). specialize (IH Gl Ln).
  assert (Fh := proj2 (proj2 (proj2 (sum_tree_fine l Gl)))).
  assert (Fp : format64 p) by (rewrite Hp; apply format64_rnd).
  assert (Hl := lost_small (high l) p Fh Fp). assert (Hh := high_bound l n Gl Ln).
  assert (R := rounded_error q). rewrite <- Hp in R.
  change (length ((q, p, d) :: l)) with (S (length l)). rewrite S_INR.
  cbn [sum_tree rest_tree scale].
  assert (U : 0 < u) by apply bpow_gt_0.
  assert (G0 : 0 <= growth u n).
  { unfold growth. generalize (power_ge_1 u n (Rlt_le _ _ U)). lra. }
  assert (P := Rabs_pos p). assert (K := pos_INR (length l)). assert (S0 := scale_pos (sum_tree l)).
  assert (D : Rabs d <= u * Rabs p + eta + lack).
  { replace d with ((q - p) - (q - p - d)) by ring. eapply Rle_trans. apply Rabs_triang. rewrite Rabs_Ropp. lra. }
  set (b := 1 + growth u n) in *. set (m := magnitude l) in *. set (k := count l) in *.
  assert (b1 : 1 <= b) by (unfold b; lra).
  assert (T : u * Rabs (high l + p) <= u * (b * (m + Rabs p))).
  { apply Rmult_le_compat_l. lra. eapply Rle_trans. apply Rabs_triang.
    assert (1 * Rabs p <= b * Rabs p) by (apply Rmult_le_compat_r; trivial). lra. }
  assert (0 <= u * (k * (b * Rabs p))).
  { apply Rmult_le_pos. lra. apply Rmult_le_pos; trivial. apply Rmult_le_pos; lra. }
  lra.
Qed.

(* How near sum and rest are together. *)
Theorem wide_error : forall l, Forall good l -> count l <= bpow radix2 40 ->
  Rabs (total l - (high l + low l))
    <= (count l + 1) * (count l + 1) * (u * u * magnitude l) * (3 / 2) + count l * lack * (3 / 2).
Proof.
intros l G N.
assert (U : 0 < u) by apply bpow_gt_0. assert (K := pos_INR (length l)). assert (S0 := scale_pos (sum_tree l)).
assert (Z : 0 < eta) by apply bpow_gt_0. assert (Y : 0 < lack) by apply bpow_gt_0.
assert (ZY : eta <= lack) by (apply bpow_le; lia).
destruct (rest_tree_fine l G) as (B & P & L).
assert (E := path_error (rest_tree l) B P).
assert (M := growth_mono (path (rest_tree l)) (length l + 1) L).
assert (KU : (count l + 1) * u <= / 4096).
{ apply Rle_trans with (bpow radix2 41 * u).
  - apply Rmult_le_compat_r. lra. rewrite <- (twice 40 : _ = bpow radix2 41).
    assert (bpow radix2 0 <= bpow radix2 40) by (apply bpow_le; lia). simpl (bpow radix2 0) in *. lra.
  - unfold unit. rewrite <- bpow_plus. change (/ 4096) with (bpow radix2 (-12)). apply bpow_le. lia. }
assert (Q1 := growth_quadratic u (length l + 1) (Rlt_le _ _ U)).
rewrite plus_INR in Q1. change (INR 1) with 1 in Q1. specialize (Q1 ltac:(lra)).
assert (ku : count l * u <= / 4096) by lra.
assert (Q2 := growth_quadratic u (length l) (Rlt_le _ _ U) ltac:(lra)).
assert (R := rest_bound (length l) l G (Nat.le_refl _)).
assert (A := nothing_is_lost l G). assert (W0 := scale_pos (rest_tree l)).
set (g := growth u (length l + 1)) in *. set (g' := growth u (length l)) in *.
set (k := count l) in *. set (m := magnitude l) in *. set (w := scale (rest_tree l)) in *.
set (x := (k + 1) * u) in *.
assert (x0 : 0 <= x) by (unfold x; nra).
assert (g1 : g <= x * (1 + / 4096)) by nra.
assert (h1 : g' <= / 2048) by (assert (k * u * (k * u) <= / 4096 * / 4096) by (apply Rmult_le_compat; nra); lra).
(* the scale of the rest *)
assert (um : 0 <= u * m) by nra. assert (kum : 0 <= k * (u * m)) by nra.
assert (W : w <= (k + 1) * (u * m) * (1 + / 2048) + k * (2 * lack)).
{ apply Rle_trans with (1 := R).
  assert (k * (eta + lack) <= k * (2 * lack)) by (apply Rmult_le_compat_l; lra).
  assert (k * (u * m) * g' <= k * (u * m) * / 2048) by (apply Rmult_le_compat_l; trivial).
  lra. }
assert (E1 : Rabs (low l - exact (rest_tree l)) <= x * (1 + / 4096) * w).
{ apply Rle_trans with (1 := E). apply Rmult_le_compat_r; trivial. lra. }
assert (E2 : x * (1 + / 4096) * w
    <= x * ((k + 1) * (u * m)) * (5 / 4) + k * lack * / 1024).
{ apply Rle_trans with (x * (1 + / 4096) * ((k + 1) * (u * m) * (1 + / 2048) + k * (2 * lack))).
  - apply Rmult_le_compat_l; trivial. lra.
  - assert (0 <= x * ((k + 1) * (u * m))) by (apply Rmult_le_pos; [trivial|lra]).
    assert (0 <= k * lack) by (apply Rmult_le_pos; lra).
    assert (x * (k * lack) <= / 4096 * (k * lack)) by (apply Rmult_le_compat_r; trivial).
    lra. }
replace (total l - (high l + low l))
  with ((total l - (high l + exact (rest_tree l))) - (low l - exact (rest_tree l))) by ring.
eapply Rle_trans. apply Rabs_triang. rewrite Rabs_Ropp.
replace ((k + 1) * (k + 1) * (u * u * m)) with (x * ((k + 1) * (u * m))) by (unfold x; ring).
assert (0 <= x * ((k + 1) * (u * m))) by (apply Rmult_le_pos; [trivial|lra]).
assert (0 <= k * lack) by (apply Rmult_le_pos; lra).
lra.
Qed.

(* ---- where the fast path is sure *)

(* The error that proof_of and find_errors allow: all = depth + 4, where a bias may be a term besides. *)
Definition relative_wide (all : R) := rnd64 (rnd64 (all * all) * bpow radix2 wide_relative_exponent).
Definition error_wide (a all : R) := rnd64 (rnd64 (a * relative_wide all) + all * bpow radix2 wide_absolute_exponent).

Lemma relative_wide_low : forall all, 4 <= all -> all * all * (u * u) * (15 / 4) <= relative_wide all.
Proof.
intros all H. unfold relative_wide.
assert (U : 0 < u <= / 1024).
{ split. apply bpow_gt_0. change (/ 1024) with (bpow radix2 (-10)). apply bpow_le. lia. }
assert (Z : eta <= u) by (apply bpow_le; lia). assert (Z0 : 0 < eta) by apply bpow_gt_0.
assert (A := rnd64_low (all * all) ltac:(nra)). change e53 with u in A. set (r := rnd64 (all * all)) in *.
replace (bpow radix2 wide_relative_exponent) with (4 * (u * u)).
2: { change u with (bpow radix2 (-53)). rewrite <- bpow_plus. change 4 with (bpow radix2 2). rewrite <- bpow_plus. reflexivity. }
assert (r0 : 0 <= r) by (apply rnd64_pos; nra). assert (uu : 0 < u * u) by nra.
assert (C := rnd64_low (r * (4 * (u * u))) ltac:(apply Rmult_le_pos; lra)). change e53 with u in C.
assert (Z2 : eta <= u * (u * u)).
{ change u with (bpow radix2 (-53)). rewrite <- !bpow_plus. apply bpow_le. lia. }
apply Rle_trans with (2 := C).
assert (r1 : all * all * (1 - / 512) <= r) by nra.
assert (r * (1 - / 512) * (u * u) <= r * (1 - u) * (u * u)).
{ apply Rmult_le_compat_r. lra. apply Rmult_le_compat_l; nra. }
assert (u * (u * u) <= / 1024 * (u * u)) by (apply Rmult_le_compat_r; lra).
assert (1 * (u * u) <= all * all * (u * u)) by (apply Rmult_le_compat_r; nra).
assert (all * all * (1 - / 512) * (u * u) <= r * (u * u)) by (apply Rmult_le_compat_r; lra).
lra.
Qed.

Lemma error_wide_low : forall a all, 0 <= a -> 4 <= all <= bpow radix2 41 -> format64 (all * bpow radix2 wide_absolute_exponent) ->
  all * all * (u * u * a) * (7 / 2) + all * lack * (7 / 4) <= error_wide a all.
Proof.
intros a all A (L, H) F. unfold error_wide.
assert (R := relative_wide_low all L). set (r := relative_wide all) in *.
assert (U : 0 < u <= / 1024).
{ split. apply bpow_gt_0. change (/ 1024) with (bpow radix2 (-10)). apply bpow_le. lia. }
assert (uu : 0 < u * u) by nra. assert (Z0 : 0 < eta) by apply bpow_gt_0. assert (Y0 : 0 < lack) by apply bpow_gt_0.
assert (r0 : 0 <= r) by (apply Rle_trans with (2 := R); assert (0 <= all * all * (u * u)) by (apply Rmult_le_pos; nra); lra).
assert (B := rnd64_low (a * r) ltac:(apply Rmult_le_pos; trivial)). change e53 with u in B.
assert (B0 := rnd64_pos (a * r) ltac:(apply Rmult_le_pos; trivial)).
assert (Y : bpow radix2 wide_absolute_exponent = 2 * lack) by (rewrite <- (twice (-1072) : _ = bpow radix2 wide_absolute_exponent); ring).
assert (YZ : eta <= lack * / 4).
{ change (/ 4) with (bpow radix2 (-2)). rewrite <- bpow_plus. apply bpow_le. lia. }
rewrite Y in *.
assert (C := rnd64_sum_low (rnd64 (a * r)) (all * (2 * lack)) (format64_rnd _) F).
assert (al : 0 <= all * lack) by (apply Rmult_le_pos; lra).
specialize (C ltac:(lra)). change e53 with u in C.
apply Rle_trans with (2 := C). set (q := rnd64 (a * r)) in *.
assert (w0 : 0 <= a * r) by (apply Rmult_le_pos; trivial).
assert (W : a * (all * all * (u * u) * (15 / 4)) <= a * r) by (apply Rmult_le_compat_l; trivial).
assert (Q : a * r * (1 - / 1024) - eta <= q).
{ apply Rle_trans with (2 := B). apply Rplus_le_compat_r. apply Rmult_le_compat_l; lra. }
assert (D : (q + all * (2 * lack)) * (1 - / 1024) <= (q + all * (2 * lack)) * (1 - u)).
{ apply Rmult_le_compat_l; lra. }
assert (4 * lack <= all * lack) by (apply Rmult_le_compat_r; lra).
replace (a * (all * all * (u * u) * (15 / 4))) with (all * all * (u * u * a) * (15 / 4)) in W by ring.
assert (0 <= all * all * (u * u * a)) by (apply Rmult_le_pos; [nra|apply Rmult_le_pos; lra]).
lra.
Qed.

(* Where both ends round to the number, which is sum + rest rounded, the exact sum does too. *)
Theorem wide_certificate : forall l all, Forall good l -> count l <= bpow radix2 40 ->
  count l + 3 <= all <= bpow radix2 41 -> 4 <= all -> format64 (all * bpow radix2 wide_absolute_exponent) ->
  let nearest := rnd64 (high l + low l) in let left := lost (high l) (low l) in
  let error := error_wide (scale64 (sum_tree l)) all in
  rnd64 (nearest + rnd64 (left - error)) = nearest -> rnd64 (nearest + rnd64 (left + error)) = nearest ->
  rnd64 (total l) = nearest.
Proof.
intros l all G N (A1, A2) A4 F nearest left error Low High.
assert (U : 0 < u <= / 1024).
{ split. apply bpow_gt_0. change (/ 1024) with (bpow radix2 (-10)). apply bpow_le. lia. }
assert (uu : 0 < u * u) by nra. assert (Z0 : 0 < eta) by apply bpow_gt_0. assert (Y0 : 0 < lack) by apply bpow_gt_0.
destruct (sum_tree_fine l G) as (B & P & L & Fh).
destruct (rest_tree_fine l G) as (B' & P' & L').
assert (Fl : format64 (low l)) by (apply computed_format; trivial; exact prec53).
assert (E := wide_error l G N).
assert (S := scale_error (sum_tree l) B P). rewrite L in S.
assert (Lo := lost_small (high l) (low l) Fh Fl). fold left in Lo.
assert (Hb := high_bound l (length l) G (Nat.le_refl _)).
assert (S0 := scale_pos (sum_tree l)). assert (K := pos_INR (length l)).
assert (X : Rabs (total l) <= magnitude l * (1 + u) + count l * lack * 2).
{ clear - G Y0. induction l as [|((q, p), d) l IH].
  - simpl. rewrite Rabs_R0. lra.
  - destruct (good_cons q p d l G) as (Hp & _ & _ & Gl). specialize (IH Gl).
    change (length ((q, p, d) :: l)) with (Datatypes.S (length l)). rewrite S_INR. cbn [total sum_tree scale].
    assert (R := rounded_error q). rewrite <- Hp in R.
    assert (ZY : eta <= lack) by (apply bpow_le; lia).
    assert (Rabs q <= Rabs p * (1 + u) + lack).
    { replace q with (p + (q - p)) at 1 by ring. eapply Rle_trans. apply Rabs_triang. lra. }
    eapply Rle_trans. apply Rabs_triang. lra. }
assert (ku : count l * u <= / 8192).
{ apply Rle_trans with (bpow radix2 40 * u). apply Rmult_le_compat_r; lra.
  right. change u with (bpow radix2 (-53)). rewrite <- bpow_plus. reflexivity. }
assert (Q := growth_quadratic u (length l) (Rlt_le _ _ (proj1 U)) ltac:(lra)).
set (g := growth u (length l)) in *. set (m := magnitude l) in *. set (k := count l) in *.
assert (g0 : g <= / 4096).
{ assert (k * u * (k * u) <= / 8192 * / 8192) by (apply Rmult_le_compat; nra). lra. }
assert (a1 : m * (1 - / 4096) <= scale64 (sum_tree l)).
{ apply Rabs_le_inv in S. assert (g * m <= / 4096 * m) by (apply Rmult_le_compat_r; trivial). lra. }
assert (W := error_wide_low (scale64 (sum_tree l)) all ltac:(lra) (conj A4 A2) F). fold error in W.
set (a := scale64 (sum_tree l)) in *.
(* everything in v = u^2 * m and lack *)
set (v := u * u * m) in *.
assert (v0 : 0 <= v) by (unfold v; apply Rmult_le_pos; lra).
assert (kl : 0 <= k * lack) by (apply Rmult_le_pos; lra).
assert (va : v * (1 - / 4096) <= u * u * a).
{ unfold v. rewrite Rmult_assoc. apply Rmult_le_compat_l; lra. }
assert (kk : (k + 3) * (k + 3) * v <= all * all * v).
{ apply Rmult_le_compat_r; trivial. apply Rmult_le_compat; lra. }
assert (W1 : (k + 3) * (k + 3) * v * (13 / 4) + (k + 3) * lack * (7 / 4) <= error).
{ apply Rle_trans with (2 := W). apply Rplus_le_compat.
  - assert (0 <= all * all) by nra. assert (0 <= (k + 3) * (k + 3) * v) by (apply Rmult_le_pos; [nra|trivial]).
    assert (all * all * (v * (1 - / 4096)) <= all * all * (u * u * a)) by (apply Rmult_le_compat_l; trivial). lra.
  - apply Rmult_le_compat_r. lra. apply Rmult_le_compat_r; lra. }
assert (kv : 0 <= k * v) by (apply Rmult_le_pos; lra). assert (kkv : 0 <= k * k * v) by (apply Rmult_le_pos; nra).
assert (ul : u * Rabs left <= v * (5 / 4) + (k * k * v + 2 * (k * v)) * / 256 + k * lack * / 256).
{ assert (C : Rabs (high l + low l) <= m * (1 + / 1024) + ((k + 1) * (k + 1) * v * (3 / 2) + k * lack * (7 / 2))).
  { replace (high l + low l) with (total l - (total l - (high l + low l))) by ring.
    eapply Rle_trans. apply Rabs_triang. rewrite Rabs_Ropp.
    assert (m * u <= m * / 1024) by (apply Rmult_le_compat_l; lra). lra. }
  apply Rle_trans with (u * u * (m * (1 + / 1024) + ((k + 1) * (k + 1) * v * (3 / 2) + k * lack * (7 / 2)))).
  - rewrite Rmult_assoc. apply Rmult_le_compat_l. lra. apply Rle_trans with (1 := Lo). apply Rmult_le_compat_l; lra.
  - set (y := (k + 1) * (k + 1) * v * (3 / 2) + k * lack * (7 / 2)).
    assert (y0 : 0 <= y) by (unfold y; lra).
    assert (u * u <= / 1024 * / 1024) by (apply Rmult_le_compat; lra).
    assert (u * u * y <= / 1024 * y) by (apply Rmult_le_compat_r; lra).
    replace (u * u * (m * (1 + / 1024) + y)) with (v * (1 + / 1024) + u * u * y) by (unfold v; ring).
    unfold y in *. lra. }
assert (e0 : 0 <= error).
{ apply Rle_trans with (2 := W1). assert (0 <= (k + 3) * lack) by (apply Rmult_le_pos; lra). lra. }
assert (ue : u * error <= / 1024 * error) by (apply Rmult_le_compat_r; lra).
assert (Fe : format64 error) by apply format64_rnd.
assert (Fr : format64 left) by (apply lost_format; trivial).
assert (Near : forall x, format64 x -> Rabs x = error -> Rabs (rnd64 (left + x) - (left + x)) <= u * Rabs left + u * error).
{ intros x Fx Hx. eapply Rle_trans. apply (addition_error (-1074) 53); trivial. change (unit 53) with u.
  rewrite <- Rmult_plus_distr_l. apply Rmult_le_compat_l. lra.
  eapply Rle_trans. apply Rabs_triang. lra. }
assert (Pay : (k + 1) * (k + 1) * v * (3 / 2) + k * lack * (3 / 2) + (u * Rabs left + u * error) <= error) by lra.
assert (Same : nearest + left = high l + low l) by (unfold nearest, left, lost; ring).
apply Rabs_le_inv in E.
apply Rle_antisym.
- rewrite <- High. apply round_le. apply FLT_exp_valid; easy. apply valid_rnd_N.
  assert (H := Near error Fe (Rabs_pos_eq _ e0)). apply Rabs_le_inv in H. lra.
- rewrite <- Low at 1. apply round_le. apply FLT_exp_valid; easy. apply valid_rnd_N.
  assert (H := Near (- error) (generic_format_opp _ _ _ Fe)).
  rewrite Rabs_Ropp in H. specialize (H (Rabs_pos_eq _ e0)).
  replace (left - error) with (left + - error) by ring. apply Rabs_le_inv in H. lra.
Qed.

(* ---- integers: below 2^53 nothing is rounded, and no error is allowed *)

Definition whole (t : term) := let '(q, p, d) := t in p = rnd64 q /\ d = q - p /\ exists z, q = IZR z.

Lemma most_exact_kept : forall x, most_exact <= x -> most_exact <= rnd64 x.
Proof.
intros x H. apply round_ge_generic; trivial.
- apply FLT_exp_valid. easy.
- apply valid_rnd_N.
- apply generic_format_bpow. unfold FLT_exp. lia.
Qed.

Lemma small_integer : forall z, Rabs (rnd64 (IZR z)) < most_exact -> rnd64 (IZR z) = IZR z.
Proof.
intros z H. destruct (Z_le_gt_dec 0 z) as [P|N].
- apply rnd64_integer; trivial. eapply Rle_lt_trans. apply Rle_abs. exact H.
- assert (E : rnd64 (IZR (- z)) = IZR (- z)).
  { apply rnd64_integer. lia. rewrite opp_IZR, rnd64_opp. eapply Rle_lt_trans. apply Rle_abs. now rewrite Rabs_Ropp. }
  rewrite opp_IZR, rnd64_opp in E. lra.
Qed.

Theorem wide_integers : forall l, Forall whole l -> scale64 (sum_tree l) < most_exact ->
  high l = total l /\ low l = 0.
Proof.
intros l W Small.
assert (I : integral (sum_tree l) /\ total l = exact (sum_tree l) /\ 0 <= scale64 (sum_tree l) /\ low l = 0).
{ revert W Small. induction l as [|((q, p), d) l IH]; intros W Small.
  - simpl. repeat split; trivial. lra.
  - apply Forall_cons_iff in W. destruct W as ((Hp & Hd & z & Hz) & Wl).
    change (scale64 (sum_tree ((q, p, d) :: l))) with (rnd64 (scale64 (sum_tree l) + Rabs p)) in *.
    assert (P := Rabs_pos p).
    assert (a0 : 0 <= scale64 (sum_tree l)).
    { generalize (sum_tree l). clear. intros t. induction t; cbn [magnitudes computed].
      - lra.
      - apply Rabs_pos.
      - apply rnd64_pos. apply Rmult_le_pos; apply Rabs_pos.
      - apply rnd64_pos. generalize (Rmult_le_pos _ _ (Rabs_pos x) (Rabs_pos y)). lra.
      - apply rnd64_pos. lra. }
    assert (Sl : scale64 (sum_tree l) < most_exact).
    { apply Rnot_le_lt. intros G. generalize (most_exact_kept (scale64 (sum_tree l) + Rabs p) ltac:(lra)). lra. }
    assert (Sp : Rabs p < most_exact).
    { apply Rnot_le_lt. intros G. generalize (most_exact_kept (scale64 (sum_tree l) + Rabs p) ltac:(lra)). lra. }
    destruct (IH Wl Sl) as (Il & Tl & _ & Rl).
    assert (pq : p = q) by (subst q p; apply small_integer; exact Sp).
    assert (Ic : integral (sum_tree ((q, p, d) :: l))) by (cbn [sum_tree integral]; split; trivial; exists z; congruence).
    destruct (integers_are_exact _ Il Sl) as (_ & El). destruct (integers_are_exact _ Ic Small) as (_ & Ec).
    split; [exact Ic|]. split; [cbn [total sum_tree exact]; lra|]. split; [apply rnd64_pos; lra|].
    change (rnd64 (low l + rnd64 (lost (high l) p + d)) = 0).
    replace (lost (high l) p + d) with 0.
    + rewrite Rl, (round_0 radix2 (FLT_exp (-1074) 53) ZnearestE), Rplus_0_r. apply round_0. apply valid_rnd_N.
    + unfold lost. change (rnd64 (high l + p)) with (high ((q, p, d) :: l)). rewrite Ec, El, Hd, pq.
      cbn [sum_tree exact]. ring. }
destruct I as (I & -> & _ & ->). split; trivial. now destruct (integers_are_exact _ I Small) as (_ & ->).
Qed.
