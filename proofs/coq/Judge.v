(* Judge.v: the bound that runner/judge/bound.c computes in float64, with its own roundings, is not
   below the theorem's, for the direct profile and a result that is the sum itself. The constants
   are read from the source (Constants.v). *)

From Coq Require Import ZArith Reals Lra Lia Psatz.
From Flocq Require Import Core Relative Plus_error.
From Conv2d Require Import Constants Sum.

Open Scope R_scope.

(* ---- growth: n u + (n u)^2, or exp (n u) - 1, is at least (1 + u)^n - 1 *)

Lemma growth_quadratic : forall u n, 0 <= u -> INR n * u <= 1 ->
  growth u n <= INR n * u + (INR n * u) * (INR n * u).
Proof.
intros u n Hu. unfold growth.
induction n; intros Hn.
- simpl. lra.
- rewrite S_INR in *. simpl ((1 + u) ^ S n).
  generalize (pos_INR n). intros P.
  assert (IH : (1 + u) ^ n - 1 <= INR n * u + (INR n * u) * (INR n * u)) by (apply IHn; nra).
  clear IHn.
  set (k := INR n) in *. set (p := (1 + u) ^ n) in *.
  assert (p <= 1 + k * u + k * u * (k * u)) by lra.
  assert ((1 + u) * p <= (1 + u) * (1 + k * u + k * u * (k * u))) by (apply Rmult_le_compat_l; lra).
  assert (0 <= k * u) by nra.
  assert (k * u * (k * u) * u <= k * u * u) by nra.
  nra.
Qed.

Lemma growth_exponential : forall u n, 0 <= u -> growth u n <= exp (INR n * u) - 1.
Proof.
intros u n Hu. unfold growth.
assert (H : (1 + u) ^ n <= exp (INR n * u)).
{ induction n.
  - simpl. rewrite Rmult_0_l, exp_0. lra.
  - rewrite S_INR. simpl ((1 + u) ^ S n).
    replace ((INR n + 1) * u) with (u + INR n * u) by ring. rewrite exp_plus.
    apply Rmult_le_compat; try lra.
    + apply pow_le. lra.
    + destruct Hu as [Hu|<-].
      * left. apply exp_ineq1. lra.
      * rewrite exp_0. lra. }
lra.
Qed.

Lemma growth_linear : forall u n, 0 <= u -> INR n * u <= growth u n.
Proof.
intros u n Hu. unfold growth.
induction n.
- simpl. lra.
- rewrite S_INR. simpl. generalize (power_ge_1 u n Hu). nra.
Qed.

(* ---- float64: an operation that rounds to nearest *)

Notation format64 := (generic_format radix2 (FLT_exp (-1074) 53)).
Notation rnd64 := (round radix2 (FLT_exp (-1074) 53) ZnearestE).

Notation e53 := (bpow radix2 (-53)).
Notation eta := (bpow radix2 (-1075)).

#[global] Instance prec53 : Prec_gt_0 53.
Proof. reflexivity. Qed.

#[global] Instance prec24 : Prec_gt_0 24.
Proof. reflexivity. Qed.

Lemma rnd64_low : forall x, 0 <= x -> x * (1 - e53) - eta <= rnd64 x.
Proof.
intros x Hx.
generalize (rounding_error (-1074) 53 (fun z => negb (Z.even z)) x).
unfold unit, half. rewrite (Rabs_pos_eq x Hx).
change (-1074 - 1)%Z with (-1075)%Z.
change (bpow radix2 (Z.opp 53)) with e53. intros H. apply Rabs_le_inv in H. lra.
Qed.

Lemma rnd64_sum_low : forall x y, format64 x -> format64 y -> 0 <= x + y ->
  (x + y) * (1 - e53) <= rnd64 (x + y).
Proof.
intros x y Fx Fy Hx.
generalize (addition_error (-1074) 53 (fun z => negb (Z.even z)) x y Fx Fy).
unfold unit. rewrite (Rabs_pos_eq _ Hx).
change (bpow radix2 (Z.opp 53)) with e53. intros H. apply Rabs_le_inv in H. lra.
Qed.

Lemma rnd64_pos : forall x, 0 <= x -> 0 <= rnd64 x.
Proof.
intros x Hx. apply round_ge_generic; trivial.
- apply FLT_exp_valid. easy.
- apply valid_rnd_N.
- apply generic_format_0.
Qed.

Lemma format64_rnd : forall x, format64 (rnd64 x).
Proof. intros. apply generic_format_round. apply FLT_exp_valid. easy. apply valid_rnd_N. Qed.

(* Numbers of float64, their sums and differences, are multiples of the smallest one: what misses
   less than one misses none. *)
Definition multiple (x : R) := exists m, x = IZR m * bpow radix2 (-1074).

Lemma format64_multiple : forall x, format64 x -> multiple x.
Proof.
intros x Fx. destruct (FLT_format_generic _ _ _ _ Fx) as [f Hf _ He].
exists (Fnum f * 2 ^ (Fexp f - -1074))%Z.
rewrite mult_IZR, (IZR_Zpower radix2) by lia.
rewrite Rmult_assoc, <- bpow_plus.
replace (Fexp f - -1074 + -1074)%Z with (Fexp f) by ring. exact Hf.
Qed.

Lemma multiple_bpow : forall e, (-1074 <= e)%Z -> multiple (bpow radix2 e).
Proof.
intros e He. apply format64_multiple. apply generic_format_bpow. unfold FLT_exp. lia.
Qed.

Lemma multiple_plus : forall x y, multiple x -> multiple y -> multiple (x + y).
Proof. intros x y (a & ->) (b & ->). exists (a + b)%Z. rewrite plus_IZR. ring. Qed.

Lemma multiple_minus : forall x y, multiple x -> multiple y -> multiple (x - y).
Proof. intros x y (a & ->) (b & ->). exists (a - b)%Z. rewrite minus_IZR. ring. Qed.

Lemma multiple_abs : forall x, multiple x -> multiple (Rabs x).
Proof.
intros x (a & ->). exists (Z.abs a). rewrite Rabs_mult, abs_IZR. f_equal.
apply Rabs_pos_eq, bpow_ge_0.
Qed.

Lemma no_multiple_between : forall a b, multiple a -> multiple b ->
  b - bpow radix2 (-1074) < a -> b <= a.
Proof.
intros a b (ma & ->) (mb & ->) H.
generalize (bpow_gt_0 radix2 (-1074)). intros P.
apply Rmult_le_compat_r. lra.
apply IZR_le.
assert (H2 : (mb - 1 < ma)%Z).
{ apply lt_IZR. rewrite minus_IZR. apply (Rmult_lt_reg_r (bpow radix2 (-1074))); trivial. lra. }
lia.
Qed.

(* ---- what bound.c computes *)

Definition slack := 1 + bpow radix2 slack_exponent.

(* growth, from x = n * u, which is exact; and for x > 1 from the C library's expm1. *)
Definition computed_growth (x : R) := rnd64 (x + rnd64 (x * x)).

(* b.sum, without `rounded`: tiny is half a subnormal of the accumulator, or 2^-1074. *)
Definition computed_sum (g s n tiny : R) :=
  rnd64 (rnd64 (rnd64 (g * s) + rnd64 (rnd64 (n * tiny) * rnd64 (1 + g))) * slack).

Notation e51 := (bpow radix2 (-51)).
Notation e50 := (bpow radix2 (-50)).

Lemma computed_growth_low : forall x, bpow radix2 (-53) <= x -> x <= 1 ->
  (x + x * x) * (1 - e51) <= computed_growth x.
Proof.
intros x Hx H1. unfold computed_growth.
assert (P53 := bpow_gt_0 radix2 (-53)).
assert (Q : 0 <= x * x) by nra.
assert (A := rnd64_low (x * x) Q).
assert (B := rnd64_pos (x * x) Q).
assert (C := rnd64_low (x + rnd64 (x * x))).
assert (E : eta <= e53 * bpow radix2 (-53) * x).
{ apply Rle_trans with (bpow radix2 (-53) * bpow radix2 (-53) * bpow radix2 (-53)).
  rewrite <- !bpow_plus. apply bpow_le. lia.
  apply Rmult_le_compat_l; trivial. apply Rmult_le_pos; lra. }
assert (F : e51 = 4 * e53).
{ change 4 with (bpow radix2 2). rewrite <- bpow_plus. reflexivity. }
assert (G : e53 <= / 4).
{ change (/ 4) with (bpow radix2 (-2)). apply bpow_le. lia. }
rewrite F. set (e := e53) in *. set (r := rnd64 (x * x)) in *.
specialize (C ltac:(lra)).
apply Rle_trans with (2 := C).
apply Rle_trans with ((x + (x * x * (1 - e) - eta)) * (1 - e) - eta).
- assert (Ex : e * e * x <= e * x) by nra.
  assert (0 <= e * (x * x)) by nra. assert (0 <= e * e * (x * x)) by nra.
  assert (0 <= e * eta) by (apply Rmult_le_pos; [lra | apply bpow_ge_0]).
  nra.
- apply Rplus_le_compat_r. apply Rmult_le_compat_r; lra.
Qed.

Lemma one_format : format64 1.
Proof. change 1 with (bpow radix2 0). apply generic_format_bpow. easy. Qed.

Lemma e53_small : 0 < e53 <= / 1024.
Proof.
split. apply bpow_gt_0. change (/ 1024) with (bpow radix2 (-10)). apply bpow_le. lia.
Qed.

Lemma last_steps : forall p q, format64 p -> format64 q -> 0 <= p -> 0 <= q -> 0 <= slack ->
  (p + q) * (1 - 2 * e53) * slack - eta <= rnd64 (rnd64 (p + q) * slack).
Proof.
intros p q Fp Fq Hp Hq Hk. destruct e53_small as (E0, E1).
assert (D := rnd64_sum_low p q Fp Fq ltac:(lra)).
assert (D0 := rnd64_pos (p + q) ltac:(lra)).
set (d := rnd64 (p + q)) in *. set (e := e53) in *.
apply Rle_trans with (d * slack * (1 - e) - eta).
2: { apply rnd64_low. apply Rmult_le_pos; trivial. }
apply Rplus_le_compat_r.
replace (d * slack * (1 - e)) with (d * (1 - e) * slack) by ring.
apply Rmult_le_compat_r; trivial.
apply Rle_trans with ((p + q) * (1 - e) * (1 - e)).
- replace ((p + q) * (1 - e) * (1 - e)) with ((p + q) * ((1 - e) * (1 - e))) by ring.
  apply Rmult_le_compat_l; nra.
- apply Rmult_le_compat_r; lra.
Qed.

(* The sum that is computed, from below. *)
Lemma computed_sum_low : forall g s n tiny, format64 g -> 0 <= g -> 0 <= s -> 0 <= n -> 0 <= tiny ->
  0 <= slack -> format64 (n * tiny) ->
  ((g * s + n * tiny * (1 + g)) * (1 - 4 * e53) - 2 * eta) * slack - eta
    <= computed_sum g s n tiny.
Proof.
intros g s n tiny Fg Hg Hs Hn Ht Hk Fnt. unfold computed_sum.
destruct e53_small as (Pe, G). assert (Pn := bpow_gt_0 radix2 (-1075)).
rewrite (round_generic radix2 (FLT_exp (-1074) 53) ZnearestE (n * tiny) Fnt).
assert (Ng : 0 <= n * tiny) by nra.
assert (A := rnd64_low (g * s) ltac:(nra)). assert (A0 := rnd64_pos (g * s) ltac:(nra)).
assert (B : (1 + g) * (1 - e53) <= rnd64 (1 + g)).
{ apply rnd64_sum_low; trivial; try lra. apply one_format. }
set (b := rnd64 (1 + g)) in *. assert (B0 : 0 <= b) by nra.
assert (C := rnd64_low (n * tiny * b) ltac:(nra)).
assert (C0 := rnd64_pos (n * tiny * b) ltac:(nra)).
apply Rle_trans with (2 := last_steps _ _ (format64_rnd _) (format64_rnd _) A0 C0 Hk).
apply Rplus_le_compat_r. apply Rmult_le_compat_r; trivial.
set (p := rnd64 (g * s)) in *. set (q := rnd64 (n * tiny * b)) in *.
set (e := e53) in *. set (z := eta) in *. set (m := n * tiny) in *.
assert (H1 : m * ((1 + g) * (1 - e)) * (1 - e) - z <= q).
{ apply Rle_trans with (2 := C). apply Rplus_le_compat_r. apply Rmult_le_compat_r. lra.
  apply Rmult_le_compat_l; trivial. }
assert (Gs : 0 <= g * s) by nra. assert (Mg : 0 <= m * (1 + g)) by nra.
set (x := g * s) in *. set (y := m * (1 + g)) in *.
replace (m * ((1 + g) * (1 - e)) * (1 - e)) with (y * (1 - e) * (1 - e)) in H1 by (unfold y; ring).
assert (H3 : (x + y) * (1 - 2 * e) - 2 * z <= p + q) by nra.
assert (H4 : ((x + y) * (1 - 2 * e) - 2 * z) * (1 - 2 * e) <= (p + q) * (1 - 2 * e)).
{ apply Rmult_le_compat_r; lra. }
assert (0 <= (x + y) * (e * e)) by (apply Rmult_le_pos; nra).
assert (0 <= z * e) by nra.
nra.
Qed.

(* The same, sharper where everything is as small as the smallest numbers. *)
Lemma computed_sum_low_tiny : forall g s n tiny, format64 g -> 0 <= g -> 0 <= s -> 0 <= n ->
  0 <= tiny -> 0 <= slack -> format64 (n * tiny) ->
  ((g * s + n * tiny) * (1 - 4 * e53) - eta) * slack - eta <= computed_sum g s n tiny.
Proof.
intros g s n tiny Fg Hg Hs Hn Ht Hk Fnt. unfold computed_sum.
destruct e53_small as (Pe, G). assert (Pn := bpow_gt_0 radix2 (-1075)).
rewrite (round_generic radix2 (FLT_exp (-1074) 53) ZnearestE (n * tiny) Fnt).
assert (Ng : 0 <= n * tiny) by nra.
assert (A := rnd64_low (g * s) ltac:(nra)). assert (A0 := rnd64_pos (g * s) ltac:(nra)).
assert (B : 1 <= rnd64 (1 + g)).
{ apply round_ge_generic. apply FLT_exp_valid; easy. apply valid_rnd_N. apply one_format. lra. }
set (b := rnd64 (1 + g)) in *.
assert (C : n * tiny <= rnd64 (n * tiny * b)).
{ apply round_ge_generic; trivial. apply FLT_exp_valid; easy. apply valid_rnd_N. nra. }
apply Rle_trans with (2 := last_steps _ _ (format64_rnd _) (format64_rnd _) A0 (Rle_trans _ _ _ Ng C) Hk).
apply Rplus_le_compat_r. apply Rmult_le_compat_r; trivial.
set (p := rnd64 (g * s)) in *. set (q := rnd64 (n * tiny * b)) in *.
set (e := e53) in *. set (z := eta) in *. set (m := n * tiny) in *.
assert (Gs : 0 <= g * s) by nra.
set (x := g * s) in *.
assert (H3 : (x + m) * (1 - 2 * e) - z <= p + q) by nra.
assert (H4 : ((x + m) * (1 - 2 * e) - z) * (1 - 2 * e) <= (p + q) * (1 - 2 * e)).
{ apply Rmult_le_compat_r; lra. }
assert (0 <= (x + m) * (e * e)) by (apply Rmult_le_pos; nra).
assert (0 <= z * e) by nra.
nra.
Qed.

(* ---- the theorems *)

Notation most := (bpow radix2 40).

Lemma scaled_format : forall n e, INR n <= most -> (-1074 <= e)%Z ->
  format64 (INR n * bpow radix2 e).
Proof.
intros n e Hn He. apply generic_format_FLT.
exists (Float radix2 (Z.of_nat n) e); simpl; trivial.
- unfold F2R. simpl. now rewrite <- INR_IZR_INZ.
- rewrite Z.abs_eq by lia. apply Z.le_lt_trans with (2 ^ 40)%Z; [|easy].
  apply le_IZR. rewrite <- INR_IZR_INZ. exact Hn.
Qed.

(* The oracle's uncertainty of S and of exact sums, relative to S. *)
Definition doubt (n : nat) := bpow radix2 (-51) * (INR n + 3).

Lemma doubt_bounds : forall n, 1 <= INR n -> INR n <= most ->
  0 <= doubt n <= bpow radix2 (-11) + bpow radix2 (-49)
  /\ doubt n <= bpow radix2 (-49) * INR n.
Proof.
intros n H1 Hn. unfold doubt.
assert (E : bpow radix2 (-49) = 4 * bpow radix2 (-51)).
{ change 4 with (bpow radix2 2). rewrite <- bpow_plus. reflexivity. }
assert (F : bpow radix2 (-11) = bpow radix2 (-51) * most).
{ rewrite <- bpow_plus. reflexivity. }
rewrite E, F. generalize (bpow_gt_0 radix2 (-51)). intros P.
repeat split; nra.
Qed.

Definition unit32 := bpow radix2 (- 24).
Definition half32 := bpow radix2 (-149 - 1).

(* float32: an answer that is within the bound, and q of it more, is within what the judge computes. The growth is any
   that is at least right within a relative 2^-50, as both branches of bound.c are. *)
Theorem judge_has_room : forall n exact scale c q g s' exact',
  0 <= scale -> 0 <= q -> Rabs (c - exact) <= (1 + q) * allowed unit32 half32 n scale ->
  1 <= INR n -> INR n <= most -> q + doubt n <= / 1030 ->
  format64 g -> growth unit32 n * (1 - bpow radix2 (-50)) <= g ->
  0 <= s' -> Rabs (s' - scale) <= doubt n * scale ->
  Rabs (exact' - exact) <= doubt n * scale ->
  Rabs (c - exact') <= computed_sum g s' (INR n) half32.
Proof.
intros n exact scale c q g s' exact' S0 q0 T N1 Nm Room Fg Hg Hs' Ds De. unfold allowed in T.
set (s := scale) in *.
assert (U0 : 0 < unit32) by apply bpow_gt_0.
assert (GL := growth_linear unit32 n (Rlt_le _ _ U0)).
set (G := growth unit32 n) in *.
destruct (doubt_bounds n N1 Nm) as ((W0, W1), W2).
set (w := doubt n) in *. set (k := INR n) in *.
assert (H0 : 0 < half32) by apply bpow_gt_0.
assert (Fn : format64 (k * half32)) by (apply scaled_format; trivial; lia).
(* every power of two as a fraction of another *)
assert (E50 : 0 < bpow radix2 (-50) <= / 1073741824).
{ split. apply bpow_gt_0. change (/ 1073741824) with (bpow radix2 (-30)). apply bpow_le. lia. }
assert (G0 : 0 <= G) by nra.
assert (g0 : 0 <= g) by nra.
assert (K : slack = 1 + / 1024).
{ unfold slack. change (bpow radix2 slack_exponent) with (bpow radix2 (-10)). reflexivity. }
assert (L := computed_sum_low g s' k half32 Fg g0 Hs' ltac:(lra) ltac:(lra) ltac:(lra) Fn).
apply Rle_trans with (2 := L). clear L.
apply Rle_trans with ((1 + q) * (G * s + (1 + G) * k * half32) + w * s).
{ replace (c - exact') with ((c - exact) + - (exact' - exact)) by ring.
  eapply Rle_trans. apply Rabs_triang. rewrite Rabs_Ropp. lra. }
assert (W3 : w <= G * / 33554432).
{ apply Rle_trans with (1 := W2).
  replace (bpow radix2 (-49)) with (unit32 * / 33554432).
  nra. unfold unit32. change (/ 33554432) with (bpow radix2 (-25)). rewrite <- bpow_plus. reflexivity. }
assert (W4 : w <= / 1030) by lra.
assert (Z1 : 4 * eta <= k * half32 * / 1048576).
{ apply Rle_trans with (1 * half32 * / 1048576).
  - change 4 with (bpow radix2 2). change (/ 1048576) with (bpow radix2 (-20)). unfold half32.
    rewrite Rmult_1_l, <- !bpow_plus. apply bpow_le. lia.
  - nra. }
assert (E53 : 0 < e53 <= / 4294967296).
{ split. apply bpow_gt_0. change (/ 4294967296) with (bpow radix2 (-32)). apply bpow_le. lia. }
set (e := e53) in *. set (z := eta) in *. assert (z0 : 0 < z) by apply bpow_gt_0.
set (f := bpow radix2 (-50)) in *. set (h := half32) in *.
assert (S1 : s * (1 - w) <= s').
{ apply Rabs_le_inv in Ds. lra. }
assert (P1 : G * (1 - f) * (s * (1 - w)) <= g * s').
{ apply Rmult_le_compat; trivial; nra. }
assert (Gs : 0 <= G * s) by nra.
assert (P2 : G * s * (1 - w - / 268435456) <= g * s').
{ apply Rle_trans with (2 := P1).
  replace (G * (1 - f) * (s * (1 - w))) with (G * s * ((1 - f) * (1 - w))) by ring.
  apply Rmult_le_compat_l; nra. }
assert (kh : 0 <= k * h) by nra.
assert (P3 : k * h * (1 + G) * (1 - f) <= k * h * (1 + g)).
{ rewrite Rmult_assoc. apply Rmult_le_compat_l; nra. }
assert (kG : 0 <= k * h * (1 + G)) by nra.
set (y := k * h * (1 + G)) in *.
replace ((1 + G) * k * h) with y by (unfold y; ring).
assert (y1 : k * h <= y) by (unfold y; nra).
assert (P4 : y * (1 - / 268435456) <= k * h * (1 + g)) by nra.
assert (wS : w * s <= G * s * / 33554432) by nra.
set (x := G * s) in *. set (m := g * s' + k * h * (1 + g)).
assert (M : x * (1 - w - / 268435456) + y * (1 - / 268435456) <= m) by (unfold m; lra).
assert (M0 : 0 <= m) by (unfold m; nra).
assert (Me : m * (1 - / 1073741824) <= m * (1 - 4 * e)) by (apply Rmult_le_compat_l; lra).
assert (w0 : 0 <= x * w) by nra. assert (q1 : 0 <= x * q) by nra. assert (q2 : 0 <= y * q) by nra.
assert (R1 : x * q + x * w <= x * / 1030) by nra. assert (R2 : y * q <= y * / 1030) by nra.
rewrite K. lra.
Qed.

(* Whatever the tree, then. *)
Theorem judge_binary32 : forall t choice g s' exact',
  let n := terms t in
  biases (generic_format radix2 (FLT_exp (-149) 24)) t ->
  1 <= INR n -> INR n <= most ->
  format64 g -> growth unit32 n * (1 - bpow radix2 (-50)) <= g ->
  0 <= s' -> Rabs (s' - scale t) <= doubt n * scale t ->
  Rabs (exact' - exact t) <= doubt n * scale t ->
  Rabs (computed (-149) 24 choice t - exact') <= computed_sum g s' (INR n) half32.
Proof.
intros t choice g s' exact' n B N1 Nm Fg Hg Hs' Ds De.
assert (T := sum_is_near (-149) 24 choice t B). fold n in T.
change (unit 24) with unit32 in T. change (half (-149)) with half32 in T.
destruct (doubt_bounds n N1 Nm) as ((_ & W1) & _).
apply (judge_has_room n (exact t) (scale t) _ 0); trivial; try lra.
{ apply scale_pos. }
apply Rle_trans with (/ 2048 + bpow radix2 (-30)).
- rewrite Rplus_0_l. apply Rle_trans with (1 := W1). change (bpow radix2 (-11)) with (/ 2048).
  apply Rplus_le_compat_l. apply bpow_le. lia.
- change (bpow radix2 (-30)) with (/ 1073741824). lra.
Qed.

Definition unit64 := bpow radix2 (- 53).
Definition half64 := bpow radix2 (-1074 - 1).
Definition smallest64 := bpow radix2 (-1074).

(* What bound.c adds for float64, as the oracle's exact sum is rounded to it. *)
Definition rounded64 (exact' : R) :=
  Rmax (/ 2 * ulp radix2 (FLT_exp (-1074) 53) exact') smallest64.

Lemma rounded64_multiple : forall x, multiple (rounded64 x).
Proof.
intros x. unfold rounded64, smallest64.
destruct (Rle_or_lt (/ 2 * ulp radix2 (FLT_exp (-1074) 53) x) (bpow radix2 (-1074))) as [H|H].
- rewrite Rmax_right by trivial. apply multiple_bpow. lia.
- rewrite Rmax_left by lra.
  destruct (Req_dec x 0) as [->|Nx].
  + rewrite ulp_FLT_0 in H by easy. generalize (bpow_gt_0 radix2 (-1074)). lra.
  + rewrite ulp_neq_0 in * by trivial. change (/ 2) with (bpow radix2 (-1)) in *.
    rewrite <- bpow_plus in *. apply multiple_bpow. apply lt_bpow in H. lia.
Qed.

(* float64: `exact'` is correctly rounded, and S may be lost where it underflows. *)
Theorem judge_binary64 : forall t choice g s',
  let n := terms t in
  let exact' := rnd64 (exact t) in
  biases format64 t ->
  1 <= INR n -> INR n <= most ->
  format64 g -> growth unit64 n * (1 - bpow radix2 (-50)) <= g ->
  0 <= s' -> Rabs (s' - scale t) <= doubt n * scale t + (INR n + 3) * smallest64 ->
  Rabs (computed (-1074) 53 choice t - exact')
    <= computed_sum g s' (INR n) smallest64 + rounded64 exact'.
Proof.
intros t choice g s' n exact' B N1 Nm Fg Hg Hs' Ds.
assert (T := sum_is_near (-1074) 53 choice t B). fold n in T.
unfold allowed in T. change (unit 53) with unit64 in T. change (half (-1074)) with eta in T.
assert (Fc := computed_format (-1074) 53 choice t B).
set (c := computed (-1074) 53 choice t) in *.
assert (S0 := scale_pos t). set (s := scale t) in *.
assert (U0 : 0 < unit64) by apply bpow_gt_0.
assert (GL := growth_linear unit64 n (Rlt_le _ _ U0)).
destruct (doubt_bounds n N1 Nm) as ((W0, W1), W2).
assert (X : INR n * unit64 <= / 8192).
{ change (/ 8192) with (bpow radix2 (-13)).
  replace (bpow radix2 (-13)) with (most * unit64).
  apply Rmult_le_compat_r; lra. unfold unit64. rewrite <- bpow_plus. reflexivity. }
assert (GQ := growth_quadratic unit64 n (Rlt_le _ _ U0) ltac:(lra)).
set (w := doubt n) in *. set (k := INR n) in *. set (G := growth unit64 n) in *.
assert (G0 : 0 <= G) by nra.
assert (G1 : G <= / 4096).
{ assert (k * unit64 * (k * unit64) <= / 8192 * / 8192) by (apply Rmult_le_compat; nra). lra. }
assert (E50 : 0 < bpow radix2 (-50) <= / 1073741824).
{ split. apply bpow_gt_0. change (/ 1073741824) with (bpow radix2 (-30)). apply bpow_le. lia. }
assert (g0 : 0 <= g) by nra.
assert (Fn : format64 (k * smallest64)) by (apply scaled_format; trivial; lia).
assert (Z2 : smallest64 = 2 * eta).
{ unfold smallest64. change 2 with (bpow radix2 1). rewrite <- bpow_plus. reflexivity. }
assert (z0 : 0 < eta) by apply bpow_gt_0.
assert (K : slack = 1 + / 1024).
{ unfold slack. change (bpow radix2 slack_exponent) with (bpow radix2 (-10)). reflexivity. }
assert (L := computed_sum_low_tiny g s' k smallest64 Fg g0 Hs' ltac:(lra) ltac:(lra) ltac:(lra) Fn).
assert (Mt : multiple (computed_sum g s' k smallest64)).
{ apply format64_multiple. apply format64_rnd. }
assert (R1 : / 2 * ulp radix2 (FLT_exp (-1074) 53) exact' <= rounded64 exact') by apply Rmax_l.
assert (De : Rabs (exact' - exact t) <= / 2 * ulp radix2 (FLT_exp (-1074) 53) exact').
{ apply error_le_half_ulp_round. apply FLT_exp_valid; easy. apply FLT_exp_monotone. }
apply no_multiple_between.
{ apply multiple_plus; trivial. apply rounded64_multiple. }
{ apply multiple_abs, multiple_minus; apply format64_multiple; trivial. apply format64_rnd. }
change (bpow radix2 (-1074)) with smallest64.
apply Rle_lt_trans with (G * s + (1 + G) * k * eta + rounded64 exact' - smallest64).
{ replace (c - exact') with ((c - exact t) + - (exact' - exact t)) by ring.
  generalize (Rabs_triang (c - exact t) (- (exact' - exact t))). rewrite Rabs_Ropp. lra. }
cut (G * s + (1 + G) * k * eta - smallest64 < computed_sum g s' k smallest64). lra.
apply Rlt_le_trans with (2 := L). clear L T GQ De R1 Mt.
rewrite Z2 in *. set (z := eta) in *.
assert (W4 : w <= / 2047).
{ apply Rle_trans with (1 := W1). change (bpow radix2 (-11)) with (/ 2048).
  apply Rle_trans with (/ 2048 + bpow radix2 (-30)).
  apply Rplus_le_compat_l. apply bpow_le. lia.
  change (bpow radix2 (-30)) with (/ 1073741824). lra. }
assert (E53 : 0 < e53 <= / 4294967296).
{ split. apply bpow_gt_0. change (/ 4294967296) with (bpow radix2 (-32)). apply bpow_le. lia. }
set (e := e53) in *. set (f := bpow radix2 (-50)) in *.
assert (S1 : s * (1 - w) - (k + 3) * (2 * z) <= s').
{ apply Rabs_le_inv in Ds. lra. }
assert (P1 : G * (1 - f) * (s * (1 - w) - (k + 3) * (2 * z)) <= g * s').
{ apply Rle_trans with (G * (1 - f) * s').
  apply Rmult_le_compat_l; trivial. nra.
  apply Rmult_le_compat_r; lra. }
assert (Gs : 0 <= G * s) by nra.
assert (kz : z <= k * z) by nra.
assert (P2 : G * s * (1 - / 2047 - / 268435456) <= G * s * ((1 - f) * (1 - w))).
{ apply Rmult_le_compat_l; nra. }
assert (P3 : G * (1 - f) * ((k + 3) * (2 * z)) <= / 4096 * (8 * (k * z))).
{ apply Rmult_le_compat; nra. }
set (x := G * s) in *.
assert (Gkz : G * (k * z) <= / 4096 * (k * z)) by (apply Rmult_le_compat_r; lra).
replace ((1 + G) * k * z) with (k * z + G * (k * z)) by ring.
set (y := k * z) in *.
assert (M : x * (1 - / 2047 - / 268435456) + y * (2 - / 512) <= g * s' + k * (2 * z)).
{ replace (G * (1 - f) * (s * (1 - w) - (k + 3) * (2 * z)))
    with (x * ((1 - f) * (1 - w)) - G * (1 - f) * ((k + 3) * (2 * z))) in P1 by (unfold x; ring).
  unfold y in *. lra. }
set (m := g * s' + k * (2 * z)) in *.
assert (M0 : 0 <= m) by lra.
assert (Me : m * (1 - / 1073741824) <= m * (1 - 4 * e)) by (apply Rmult_le_compat_l; lra).
rewrite K. lra.
Qed.

(* ---- a result in a narrower type: float16 and bfloat16 *)

Section Narrow.

Variables emin prec : Z.
Context {prec_gt_0 : Prec_gt_0 prec}.
Variable choice : Z -> bool.

(* half_ulp of bound.c, where e is ilogb (x) and min_exponent is emin + prec - 1. *)
Definition half_ulp (x : R) := / 2 * ulp radix2 (FLT_exp emin prec) x.

Lemma half_ulp_is : forall x, x <> 0 ->
  let e := (mag radix2 x - 1)%Z in
  half_ulp x = bpow radix2 (Z.max e (emin + prec - 1) - prec).
Proof.
intros x Hx e. unfold half_ulp. rewrite ulp_neq_0 by trivial.
change (/ 2) with (bpow radix2 (-1)). rewrite <- bpow_plus. f_equal.
unfold cexp, FLT_exp, e. lia.
Qed.

(* The sum c is rounded once more: half the distance of the type's numbers at |exact| + bound, added up
   in float64, pays for it. *)
Theorem narrow_result : forall c exact' before, format64 c ->
  Rabs (c - exact') <= before ->
  Rabs (round radix2 (FLT_exp emin prec) (Znearest choice) c - exact')
    <= before + half_ulp (rnd64 (Rabs exact' + before)).
Proof.
intros c exact' before Fc H.
set (r := round radix2 (FLT_exp emin prec) (Znearest choice) c).
assert (E : Rabs (r - c) <= half_ulp c) by (apply error_le_half_ulp; apply FLT_exp_valid; trivial).
assert (C : Rabs c <= Rabs (rnd64 (Rabs exact' + before))).
{ apply Rle_trans with (2 := Rle_abs _).
  apply round_ge_generic.
  - apply FLT_exp_valid. easy.
  - apply valid_rnd_N.
  - apply generic_format_abs. exact Fc.
  - replace c with (exact' + (c - exact')) at 1 by ring.
    eapply Rle_trans. apply Rabs_triang. lra. }
assert (U : half_ulp c <= half_ulp (rnd64 (Rabs exact' + before))).
{ apply Rmult_le_compat_l. lra. apply ulp_le; trivial. apply FLT_exp_valid; trivial.
  apply FLT_exp_monotone. }
replace (r - exact') with ((r - c) + (c - exact')) by ring.
eapply Rle_trans. apply Rabs_triang. lra.
Qed.

End Narrow.

(* What values.c compares, |got - exact| and the total, are rounded to float64 both; rounding keeps
   their order. *)
Theorem comparison_is_kept : forall got exact' total, Rabs (got - exact') <= total ->
  Rabs (rnd64 (got - exact')) <= rnd64 total.
Proof.
intros got exact' total H.
rewrite <- round_NE_abs; [|apply FLT_exp_valid; easy].
apply round_le; trivial. apply FLT_exp_valid. easy. apply valid_rnd_N.
Qed.
