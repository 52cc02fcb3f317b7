(* Certificate.v: when the fast path (oracle/settle.c) says that a sum is settled, its bits are those
   of the exact sum. For float32, float16 and bfloat16, whose products are exact in float64. *)

From Coq Require Import ZArith Reals List Lra Lia Psatz.
From Flocq Require Import Core.
From Conv2d Require Import Constants Sum Judge.

Open Scope R_scope.

(* Rounding keeps order, also where what is too large becomes infinity: what lies between two numbers that
   round alike rounds like them. *)
Theorem between_ends : forall f : R -> R, (forall x y, x <= y -> f x <= f y) ->
  forall low high x, low <= x <= high -> f low = f high -> f x = f low.
Proof.
intros f M low high x (L, H) E. apply Rle_antisym.
- rewrite E. now apply M.
- now apply M.
Qed.

(* The product of two float32, or narrower, is a number of float64. *)
Theorem product_is_exact : forall x y,
  generic_format radix2 (FLT_exp (-149) 24) x -> generic_format radix2 (FLT_exp (-149) 24) y ->
  format64 (x * y).
Proof.
intros x y Fx Fy.
destruct (FLT_format_generic _ _ _ _ Fx) as [fx Ex Hx Lx].
destruct (FLT_format_generic _ _ _ _ Fy) as [fy Ey Hy Ly].
apply generic_format_FLT.
exists (Float radix2 (Fnum fx * Fnum fy) (Fexp fx + Fexp fy)).
- rewrite Ex, Ey. unfold F2R. simpl. rewrite mult_IZR, bpow_plus. ring.
- simpl. rewrite Z.abs_mul. change (Z.pow_pos 2 24) with (2 ^ 24)%Z in *.
  change (Z.pow_pos 2 53) with (2 ^ 53)%Z.
  apply Z.lt_le_trans with (2 ^ 24 * 2 ^ 24)%Z; [|easy]. simpl in Hx, Hy.
  change (Z.pow_pos 2 24) with (2 ^ 24)%Z in *. nia.
- simpl. lia.
Qed.

(* A sum of numbers of float64, in chunks or not: at most n - 1 additions lie on a leaf's path if the
   tree has n leaves; the code counts fewer, of which `path` is the highest number. *)
Fixpoint path (t : tree) : nat :=
  match t with
  | Add l r => S (Nat.max (path l) (path r))
  | _ => 0
  end.

Notation computed64 := (computed (-1074) 53 (fun z => negb (Z.even z))).
Notation u := (unit 53).

Lemma growth_mono : forall n m, (n <= m)%nat -> growth u n <= growth u m.
Proof.
intros n m H. unfold growth.
generalize (power_mono u n m (bpow_ge_0 _ _) H). lra.
Qed.

Theorem path_error : forall t, biases format64 t -> plain t ->
  Rabs (computed64 t - exact t) <= growth u (path t) * scale t.
Proof.
induction t; cbn [computed exact scale path biases plain]; intros B P; try contradiction.
- rewrite Rminus_0_r, Rabs_R0. unfold growth. rewrite pow_O. lra.
- unfold Rminus. rewrite Rplus_opp_r, Rabs_R0. unfold growth. rewrite pow_O. lra.
- destruct B as (B1, B2), P as (P1, P2).
  specialize (IHt1 B1 P1). specialize (IHt2 B2 P2).
  set (n := Nat.max (path t1) (path t2)).
  assert (S1 := scale_pos t1). assert (S2 := scale_pos t2).
  assert (U : 0 <= u) by apply bpow_ge_0.
  assert (G1 := growth_mono (path t1) n (Nat.le_max_l _ _)).
  assert (G2 := growth_mono (path t2) n (Nat.le_max_r _ _)).
  assert (E1 : growth u (path t1) * scale t1 <= growth u n * scale t1)
    by (apply Rmult_le_compat_r; lra).
  assert (E2 : growth u (path t2) * scale t2 <= growth u n * scale t2)
    by (apply Rmult_le_compat_r; lra).
  replace (growth u (S n) * (scale t1 + scale t2)) with
    (u * (scale t1 + scale t2) + (1 + u) * (growth u n * (scale t1 + scale t2)) + 0)
    by (unfold growth; rewrite <- tech_pow_Rmult; ring).
  apply (sum_step 53 n _ _ (computed64 t1 + computed64 t2)).
  + replace (computed64 t1 + computed64 t2 - (exact t1 + exact t2))
      with ((computed64 t1 - exact t1) + (computed64 t2 - exact t2)) by ring.
    eapply Rle_trans. apply Rabs_triang. lra.
  + eapply Rle_trans. apply Rabs_triang.
    generalize (exact_le_scale t1) (exact_le_scale t2). lra.
  + rewrite Rplus_0_r.
    apply (addition_error (-1074) 53); try exact prec53; apply computed_format; trivial; exact prec53.
  + lra.
Qed.

(* The scale is added up in the same order, of magnitudes. *)
Fixpoint magnitudes (t : tree) : tree :=
  match t with
  | Nothing => Nothing
  | Bias b => Bias (Rabs b)
  | Product x y => Product (Rabs x) (Rabs y)
  | Fused x y t => Fused (Rabs x) (Rabs y) (magnitudes t)
  | Add l r => Add (magnitudes l) (magnitudes r)
  end.

Lemma magnitudes_plain : forall t, plain t -> plain (magnitudes t).
Proof. induction t; simpl; tauto. Qed.

Lemma magnitudes_format : forall t, biases format64 t -> biases format64 (magnitudes t).
Proof. induction t; simpl; try tauto. apply generic_format_abs. Qed.

Lemma magnitudes_path : forall t, path (magnitudes t) = path t.
Proof. induction t; simpl; trivial. now rewrite IHt1, IHt2. Qed.

Lemma magnitudes_exact : forall t, plain t -> exact (magnitudes t) = scale t.
Proof.
induction t; simpl; try tauto; trivial. intros (P1, P2). now rewrite IHt1, IHt2.
Qed.

Lemma magnitudes_scale : forall t, plain t -> scale (magnitudes t) = scale t.
Proof.
induction t; simpl; try tauto; intros; trivial.
- apply Rabs_pos_eq, Rabs_pos.
- now rewrite IHt1, IHt2.
Qed.

Notation scale64 t := (computed64 (magnitudes t)).

Theorem scale_error : forall t, biases format64 t -> plain t ->
  Rabs (scale64 t - scale t) <= growth u (path t) * scale t.
Proof.
intros t B P. generalize (path_error (magnitudes t) (magnitudes_format t B) (magnitudes_plain t P)).
now rewrite magnitudes_path, magnitudes_exact, magnitudes_scale.
Qed.

(* ---- integers: no rounding takes place below 2^53 *)

Notation most_exact := (bpow radix2 53).

Fixpoint integral (t : tree) : Prop :=
  match t with
  | Nothing => True
  | Bias b => exists z, b = IZR z
  | Product _ _ | Fused _ _ _ => False
  | Add l r => integral l /\ integral r
  end.

Lemma integer_format : forall z, (Z.abs z <= 2 ^ 53)%Z -> format64 (IZR z).
Proof.
intros z H. destruct (Z.eq_dec (Z.abs z) (2 ^ 53)) as [E|N].
- destruct (Z.abs_eq_or_opp z) as [A|A]; rewrite E in A.
  + rewrite <- A. apply (generic_format_bpow radix2 (FLT_exp (-1074) 53) 53). unfold FLT_exp. lia.
  + replace z with (- 2 ^ 53)%Z by lia. rewrite opp_IZR. apply generic_format_opp.
    apply (generic_format_bpow radix2 (FLT_exp (-1074) 53) 53). unfold FLT_exp. lia.
- apply generic_format_FLT. exists (Float radix2 z 0); simpl; trivial.
  + unfold F2R. simpl. ring.
  + change (Z.pow_pos 2 53) with (2 ^ 53)%Z in *. lia.
  + lia.
Qed.

Lemma rnd64_integer : forall z, (0 <= z)%Z -> rnd64 (IZR z) < most_exact -> rnd64 (IZR z) = IZR z.
Proof.
intros z Hz H. apply round_generic. apply valid_rnd_N. apply integer_format.
destruct (Z.le_gt_cases z (2 ^ 53)) as [L|G]. lia.
exfalso. apply Rlt_not_le with (1 := H).
apply round_ge_generic.
- apply FLT_exp_valid. easy.
- apply valid_rnd_N.
- apply generic_format_bpow. unfold FLT_exp. lia.
- rewrite <- (IZR_Zpower radix2 53) by lia. apply IZR_le. simpl. lia.
Qed.

Lemma integral_scale : forall t, integral t -> exists z, (0 <= z)%Z /\ scale t = IZR z.
Proof.
induction t; simpl; try tauto.
- intros _. exists 0%Z. split. lia. reflexivity.
- intros (z & ->). exists (Z.abs z). split. lia. now rewrite abs_IZR.
- intros (I1, I2). destruct (IHt1 I1) as (a & A & ->). destruct (IHt2 I2) as (b & B & ->).
  exists (a + b)%Z. split. lia. now rewrite plus_IZR.
Qed.

Lemma integral_exact : forall t, integral t -> exists z, exact t = IZR z.
Proof.
induction t; simpl; try tauto.
- intros _. now exists 0%Z.
- intros (I1, I2). destruct (IHt1 I1) as (a & ->). destruct (IHt2 I2) as (b & ->).
  exists (a + b)%Z. now rewrite plus_IZR.
Qed.

Theorem integers_are_exact : forall t, integral t -> scale64 t < most_exact ->
  scale64 t = scale t /\ computed64 t = exact t.
Proof.
induction t; cbn [computed exact scale magnitudes integral]; try tauto.
intros (I1, I2) H.
assert (D1 := integral_scale t1 I1). assert (D2 := integral_scale t2 I2).
assert (P : forall t, integral t -> 0 <= scale64 t).
{ clear. induction t; simpl; try tauto; intros.
  - lra.
  - apply Rabs_pos.
  - apply rnd64_pos. generalize (IHt1 (proj1 H)) (IHt2 (proj2 H)). lra. }
assert (P1 := P t1 I1). assert (P2 := P t2 I2).
assert (F : forall t, integral t -> scale64 t < most_exact \/ most_exact <= scale64 t) by (intros; lra).
assert (Ge : forall x, most_exact <= x -> most_exact <= rnd64 x).
{ intros x Hx. apply round_ge_generic; trivial.
  - apply FLT_exp_valid. easy.
  - apply valid_rnd_N.
  - apply generic_format_bpow. unfold FLT_exp. lia. }
assert (L1 : scale64 t1 < most_exact).
{ destruct (F t1 I1) as [L|G]; trivial. exfalso.
  generalize (Ge (scale64 t1 + scale64 t2) ltac:(lra)). lra. }
assert (L2 : scale64 t2 < most_exact).
{ destruct (F t2 I2) as [L|G]; trivial. exfalso.
  generalize (Ge (scale64 t1 + scale64 t2) ltac:(lra)). lra. }
destruct (IHt1 I1 L1) as (S1 & C1). destruct (IHt2 I2 L2) as (S2 & C2).
rewrite S1, S2, C1, C2 in *.
destruct D1 as (a & A & Ea). destruct D2 as (b & B & Eb). rewrite Ea, Eb, <- plus_IZR in *.
assert (Z := rnd64_integer (a + b) ltac:(lia) H).
split. exact Z.
destruct (integral_exact t1 I1) as (x & X). destruct (integral_exact t2 I2) as (y & Y).
assert (E1 := exact_le_scale t1). assert (E2 := exact_le_scale t2).
rewrite X, Y, Ea, Eb, <- abs_IZR in *. apply le_IZR in E1. apply le_IZR in E2.
rewrite <- plus_IZR. apply round_generic. apply valid_rnd_N. apply integer_format.
rewrite Z in H. rewrite <- (IZR_Zpower radix2 53) in H by lia. apply lt_IZR in H.
simpl in H. change (Z.pow_pos 2 53) with (2 ^ 53)%Z in *. lia.
Qed.

(* ---- the ends of what the sum may be *)

Definition relative (n : nat) := (INR n + IZR certificate_more) * bpow radix2 certificate_exponent.

(* The products of numbers of float32 and narrower types are multiples of 2^-298, so that a sum of their
   magnitudes that is not 0 is at least that; the theorem is content with 2^-300. *)
Theorem sum_is_between : forall t n, biases format64 t -> plain t -> (path t <= n)%nat ->
  INR n <= bpow radix2 40 -> scale t = 0 \/ bpow radix2 (-300) <= scale t ->
  let error := rnd64 (scale64 t * relative n) in
  rnd64 (computed64 t - error) <= exact t <= rnd64 (computed64 t + error).
Proof.
intros t n B P L N Big error.
assert (E := path_error t B P). assert (F := scale_error t B P). assert (X := exact_le_scale t).
assert (S0 := scale_pos t). assert (C := computed_format (-1074) 53 (fun z => negb (Z.even z)) t B).
destruct Big as [Z|Big].
{ assert (exact t = 0).
  { rewrite Z in X. apply Rabs_le_inv in X. lra. }
  rewrite Z, Rmult_0_r in E, F. apply Rabs_le_inv in E. apply Rabs_le_inv in F.
  replace error with 0.
  2: { unfold error. replace (scale64 t) with 0 by lra. rewrite Rmult_0_l, round_0; trivial.
       apply valid_rnd_N. }
  rewrite Rminus_0_r, Rplus_0_r. rewrite round_generic; trivial. lra. apply valid_rnd_N. }
assert (U : 0 < u <= / 1073741824).
{ split. apply bpow_gt_0. change (/ 1073741824) with (bpow radix2 (-30)). apply bpow_le. lia. }
assert (K := pos_INR n).
assert (KU : INR n * u <= / 8192).
{ apply Rle_trans with (bpow radix2 40 * u). apply Rmult_le_compat_r; lra.
  unfold unit. rewrite <- bpow_plus. right. reflexivity. }
assert (Q := growth_quadratic u n (Rlt_le _ _ (proj1 U)) ltac:(lra)).
assert (M := growth_mono (path t) n L).
assert (G0 := growth_linear u (path t) (Rlt_le _ _ (proj1 U))).
assert (G1 : 0 <= growth u (path t)).
{ apply Rle_trans with (2 := G0). apply Rmult_le_pos. apply pos_INR. lra. }
assert (R : relative n = (INR n + 4) * (2 * u)).
{ unfold relative. f_equal. change 2 with (bpow radix2 1). unfold unit. rewrite <- bpow_plus. reflexivity. }
assert (Eta : eta <= scale t * (u * / 1073741824)).
{ apply Rle_trans with (bpow radix2 (-300) * (u * bpow radix2 (-30))).
  - unfold unit. rewrite <- !bpow_plus. apply bpow_le. lia.
  - change (/ 1073741824) with (bpow radix2 (-30)). apply Rmult_le_compat_r; trivial.
    apply Rmult_le_pos. lra. apply bpow_ge_0. }
assert (Eta0 : 0 < eta) by apply bpow_gt_0.
set (s := scale t) in *. set (c := computed64 t) in *. set (g := growth u (path t)) in *.
set (k := INR n) in *. set (a := scale64 t) in *. set (z := eta) in *.
assert (A : s * (1 - g) <= a).
{ apply Rabs_le_inv in F. lra. }
assert (g1 : g <= k * u + k * u * / 8192).
{ assert (k * u * (k * u) <= k * u * / 8192) by (apply Rmult_le_compat_l; nra). lra. }
assert (g2 : g <= / 4096) by lra.
assert (a0 : 0 <= a) by (apply Rle_trans with (2 := A); nra).
assert (W : a * relative n * (1 - u) - z <= error).
{ apply rnd64_low. rewrite R. apply Rmult_le_pos; trivial. nra. }
rewrite R in W.
set (v := s * u) in *.
assert (v0 : 0 <= v) by (unfold v; nra).
assert (kv : 0 <= k * v) by nra.
(* the error that is computed, and what is to be paid for *)
assert (W1 : (k * v + 4 * v) * (2 - / 1024) - z <= error).
{ apply Rle_trans with (2 := W).
  apply Rplus_le_compat_r.
  apply Rle_trans with (s * (1 - g) * ((k + 4) * (2 * u)) * (1 - u)).
  - replace (s * (1 - g) * ((k + 4) * (2 * u)) * (1 - u)) with ((k * v + 4 * v) * (2 * ((1 - g) * (1 - u))))
      by (unfold v; ring).
    apply Rmult_le_compat_l. lra. nra.
  - apply Rmult_le_compat_r. lra. apply Rmult_le_compat_r; trivial. nra. }
assert (Z1 : z <= v * / 1073741824) by (unfold v; lra).
assert (e0 : 0 <= error) by lra.
assert (D : Rabs (c - exact t) <= k * v + k * v * / 8192).
{ apply Rle_trans with (1 := E). apply Rle_trans with ((k * u + k * u * / 8192) * s).
  apply Rmult_le_compat_r; trivial. right. unfold v. ring. }
assert (Ca : Rabs c <= s * 2).
{ replace c with (exact t + (c - exact t)) by ring. eapply Rle_trans. apply Rabs_triang.
  assert (g * s <= / 4096 * s) by (apply Rmult_le_compat_r; trivial). lra. }
apply Rabs_le_inv in D.
assert (ue : u * error <= / 1073741824 * error) by (apply Rmult_le_compat_r; lra).
assert (uc : u * Rabs c <= 2 * v).
{ apply Rle_trans with (u * (s * 2)). apply Rmult_le_compat_l; lra. right. unfold v. ring. }
assert (Round : forall x, Rabs x <= Rabs c + error -> Rabs (rnd64 x - x) <= 2 * v + / 1073741824 * error + z).
{ intros x Hx. eapply Rle_trans. apply (rounding_error (-1074) 53).
  change (half (-1074)) with z. apply Rplus_le_compat_r.
  apply Rle_trans with (u * (Rabs c + error)). apply Rmult_le_compat_l; lra. lra. }
split.
- generalize (Round (c - error)). intros H.
  assert (Rabs (c - error) <= Rabs c + error).
  { unfold Rminus. eapply Rle_trans. apply Rabs_triang. rewrite Rabs_Ropp, (Rabs_pos_eq error); lra. }
  specialize (H H0). apply Rabs_le_inv in H. lra.
- generalize (Round (c + error)). intros H.
  assert (Rabs (c + error) <= Rabs c + error).
  { eapply Rle_trans. apply Rabs_triang. rewrite (Rabs_pos_eq error); lra. }
  specialize (H H0). apply Rabs_le_inv in H. lra.
Qed.

(* So where both ends, as computed, round alike, to whatever type, the exact sum rounds like them. *)
Theorem certificate_holds : forall t n (f : R -> R), (forall x y, x <= y -> f x <= f y) ->
  biases format64 t -> plain t -> (path t <= n)%nat ->
  INR n <= bpow radix2 40 -> scale t = 0 \/ bpow radix2 (-300) <= scale t ->
  let error := rnd64 (scale64 t * relative n) in
  f (rnd64 (computed64 t - error)) = f (rnd64 (computed64 t + error)) ->
  f (exact t) = f (rnd64 (computed64 t - error)).
Proof.
intros t n f M B P L N Big error H. apply (between_ends f M _ _ _ (sum_is_between t n B P L N Big) H).
Qed.

(* The chunks: no leaf takes part in more additions than proof_of counts. A chunk of d products starts from
   a zero; the sum of the chunks before it is added to it; the bias comes last. *)
Fixpoint chain (products : list R) : tree :=
  match products with
  | nil => Nothing
  | cons p rest => Add (chain rest) (Bias p)
  end.

Fixpoint chunked (chunks : list (list R)) : tree :=
  match chunks with
  | nil => Nothing
  | cons c nil => chain c
  | cons c rest => Add (chain c) (chunked rest)
  end.

Lemma chain_path : forall c, path (chain c) = length c.
Proof. induction c; simpl; trivial. rewrite IHc. lia. Qed.

Theorem chunked_path : forall most chunks, (forall c, List.In c chunks -> (length c <= most)%nat) ->
  chunks <> nil -> (path (chunked chunks) <= most + (length chunks - 1))%nat.
Proof.
intros most. induction chunks as [|c rest IH]; intros H N. congruence.
assert (Hc := H c (or_introl eq_refl)).
destruct rest as [|d rest].
- simpl. rewrite chain_path. lia.
- change (chunked (c :: d :: rest)) with (Add (chain c) (chunked (d :: rest))).
  cbn [path]. rewrite chain_path.
  assert (I := IH (fun x Hx => H x (or_intror Hx)) ltac:(discriminate)).
  simpl length in *. lia.
Qed.

(* With a bias there is one more; the chunks of `depth` products are depth / chunk + 1 at most. *)
Theorem bias_path : forall most chunks b count, (forall c, List.In c chunks -> (length c <= most)%nat) ->
  (length chunks <= count)%nat -> (1 <= count)%nat ->
  (path (Add (chunked chunks) (Bias b)) <= most + count)%nat.
Proof.
intros most chunks b count H L C. cbn [path]. rewrite Nat.max_0_r.
destruct chunks as [|c rest]. simpl. lia.
generalize (chunked_path most (c :: rest) H ltac:(discriminate)). lia.
Qed.
