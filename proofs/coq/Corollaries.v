(* Corollaries.v: what specs/judge.md says that the bound covers besides: sums of rounded copies (JUDGE-8)
   and accumulators with more bits. *)

From Coq Require Import ZArith Reals Lra Lia Psatz.
From Flocq Require Import Core.
From Conv2d Require Import Sum Judge.

Open Scope R_scope.

(* JUDGE-8. The leaves of t are the gradients c_j of the places, as products with 1, which are rounded to
   the result's type and then added up in it; they are together within E of the exact sum s, and their
   magnitudes within S + E. *)
Theorem copies : forall emin prec (p : Prec_gt_0 prec) choice t s S E,
  biases (generic_format radix2 (FLT_exp emin prec)) t ->
  Rabs (exact t - s) <= E -> scale t <= S + E ->
  let m := terms t in let g := growth (unit prec) m in
  Rabs (computed emin prec choice t - s) <= E + g * (S + E) + (1 + g) * INR m * half emin.
Proof.
intros emin prec p choice t s S E B He Hs m g.
assert (T := sum_is_near emin prec choice t B). unfold allowed in T. fold m g in T.
assert (U : 0 < unit prec) by apply bpow_gt_0.
assert (G : 0 <= g). { unfold g, growth. generalize (power_ge_1 (unit prec) m (Rlt_le _ _ U)). lra. }
assert (g * scale t <= g * (S + E)) by (apply Rmult_le_compat_l; trivial).
replace (computed emin prec choice t - s) with ((computed emin prec choice t - exact t) + (exact t - s)) by ring.
eapply Rle_trans. apply Rabs_triang. lra.
Qed.

(* An accumulator with 11 bits more, and a range that is at least as much larger, rounded to the nominal
   type at the end. *)
Theorem wider_accumulator : forall emin prec (p : Prec_gt_0 prec) emin' prec' (p' : Prec_gt_0 prec') choice choice' t,
  (prec + 11 <= prec')%Z -> (emin' + 11 <= emin)%Z ->
  biases (generic_format radix2 (FLT_exp emin' prec')) t -> (1 <= terms t)%nat ->
  INR (terms t) * unit prec' <= / 4 -> (11 <= prec)%Z ->
  Rabs (round radix2 (FLT_exp emin prec) (Znearest choice) (computed emin' prec' choice' t) - exact t)
    <= (1 + 3 / 4096) * allowed (unit prec) (half emin) (terms t) (scale t).
Proof.
intros emin prec p emin' prec' p' choice choice' t Hp He B N Small P2.
assert (T := sum_is_near emin' prec' choice' t B).
set (c := computed emin' prec' choice' t) in *.
assert (R := rounding_error emin prec choice c).
unfold allowed in *.
assert (U : 0 < unit prec <= / 2048).
{ split. apply bpow_gt_0. change (/ 2048) with (bpow radix2 (-11)). apply bpow_le. lia. }
assert (U' : 0 < unit prec') by apply bpow_gt_0.
assert (Uu : unit prec' <= unit prec * / 2048).
{ change (/ 2048) with (bpow radix2 (-11)). unfold unit. rewrite <- bpow_plus. apply bpow_le. lia. }
assert (H : 0 < half emin) by apply bpow_gt_0.
assert (H' : 0 < half emin') by apply bpow_gt_0.
assert (Hh : half emin' <= half emin * / 2048).
{ change (/ 2048) with (bpow radix2 (-11)). unfold half. rewrite <- bpow_plus. apply bpow_le. lia. }
assert (K : 1 <= INR (terms t)) by (change 1 with (INR 1); now apply le_INR).
assert (Q := growth_quadratic (unit prec') (terms t) (Rlt_le _ _ U') ltac:(lra)).
assert (L := growth_linear (unit prec) (terms t) (Rlt_le _ _ (proj1 U))).
assert (G' : 0 <= growth (unit prec') (terms t)).
{ unfold growth. generalize (power_ge_1 (unit prec') (terms t) (Rlt_le _ _ U')). lra. }
assert (S0 := scale_pos t). assert (X := exact_le_scale t).
set (k := INR (terms t)) in *. set (u := unit prec) in *. set (u' := unit prec') in *.
set (g := growth u (terms t)) in *. set (g' := growth u' (terms t)) in *.
set (h := half emin) in *. set (h' := half emin') in *. set (s := scale t) in *.
assert (ku : k * u' <= k * u * / 2048) by (rewrite Rmult_assoc; apply Rmult_le_compat_l; lra).
assert (g1 : g' <= k * u * (5 / 8192)).
{ assert (k * u' * (k * u') <= k * u' * / 4) by (apply Rmult_le_compat_l; nra). lra. }
assert (ku0 : u <= k * u) by nra.
assert (g2 : g' <= 5 / 16) by (assert (k * u' * (k * u') <= / 4 * / 4) by (apply Rmult_le_compat; nra); lra).
set (a := g' * s + (1 + g') * k * h') in *.
assert (C : Rabs c <= s + a).
{ replace c with (exact t + (c - exact t)) by ring. eapply Rle_trans. apply Rabs_triang. lra. }
assert (D : Rabs (round radix2 (FLT_exp emin prec) (Znearest choice) c - exact t) <= u * (s + a) + h + a).
{ replace (round radix2 (FLT_exp emin prec) (Znearest choice) c - exact t)
    with ((round radix2 (FLT_exp emin prec) (Znearest choice) c - c) + (c - exact t)) by ring.
  eapply Rle_trans. apply Rabs_triang.
  assert (u * Rabs c <= u * (s + a)) by (apply Rmult_le_compat_l; lra). fold h in R. lra. }
apply Rle_trans with (1 := D).
assert (A1 : g' * s <= k * u * s * (5 / 8192)).
{ replace (k * u * s * (5 / 8192)) with (k * u * (5 / 8192) * s) by ring. apply Rmult_le_compat_r; lra. }
assert (kh : h <= k * h) by nra.
assert (A2 : (1 + g') * k * h' <= k * h * (21 / 32768)).
{ apply Rle_trans with ((1 + g') * (k * (h * / 2048))).
  - rewrite Rmult_assoc. apply Rmult_le_compat_l. lra. apply Rmult_le_compat_l; lra.
  - assert (0 <= k * h) by lra. nra. }
assert (a0 : 0 <= g' * s) by nra.
assert (a1 : 0 <= (1 + g') * k * h').
{ apply Rmult_le_pos. apply Rmult_le_pos; lra. lra. }
assert (kus : 0 <= k * u * s) by (apply Rmult_le_pos; nra).
assert (us : u * s <= k * u * s) by (apply Rmult_le_compat_r; lra).
assert (ua : u * a <= / 2048 * a) by (apply Rmult_le_compat_r; unfold a; lra).
assert (gs : k * u * s <= g * s) by (apply Rmult_le_compat_r; lra).
assert (gk : 0 <= g * (k * h)) by (apply Rmult_le_pos; nra).
replace ((1 + g) * k * h) with (k * h + g * (k * h)) by ring.
unfold a in *. lra.
Qed.

(* Both allowances at once: where the accumulator is wider, the oracle's own doubt and the judge's arithmetic are paid
   for too, up to 2^36 terms. *)
Lemma room_for_both : forall n, 1 <= INR n -> INR n <= bpow radix2 36 -> 3 / 4096 + doubt n <= / 1030.
Proof.
intros n H1 H. unfold doubt.
assert (E : bpow radix2 (-51) * (INR n + 3) <= bpow radix2 (-15) + bpow radix2 (-49)).
{ replace (bpow radix2 (-15)) with (bpow radix2 (-51) * bpow radix2 36) by (rewrite <- bpow_plus; reflexivity).
  replace (bpow radix2 (-49)) with (bpow radix2 (-51) * 4) by (change 4 with (bpow radix2 2); rewrite <- bpow_plus; reflexivity).
  generalize (bpow_gt_0 radix2 (-51)). nra. }
assert (bpow radix2 (-49) <= bpow radix2 (-15)) by (apply bpow_le; lia).
change (bpow radix2 (-15)) with (/ 32768) in *. lra.
Qed.

Lemma most_36 : forall n, INR n <= bpow radix2 36 -> INR n <= bpow radix2 40.
Proof. intros n H. apply Rle_trans with (1 := H). apply bpow_le. lia. Qed.

Theorem wider_is_judged : forall emin' prec' (p' : Prec_gt_0 prec') choice choice' t g s' exact',
  let n := terms t in
  (35 <= prec')%Z -> (emin' + 11 <= -149)%Z ->
  biases (generic_format radix2 (FLT_exp emin' prec')) t ->
  1 <= INR n -> INR n <= bpow radix2 36 -> INR n * unit prec' <= / 4 ->
  generic_format radix2 (FLT_exp (-1074) 53) g -> growth unit32 n * (1 - bpow radix2 (-50)) <= g ->
  0 <= s' -> Rabs (s' - scale t) <= doubt n * scale t -> Rabs (exact' - exact t) <= doubt n * scale t ->
  Rabs (round radix2 (FLT_exp (-149) 24) (Znearest choice) (computed emin' prec' choice' t) - exact')
    <= computed_sum g s' (INR n) half32.
Proof.
intros emin' prec' p' choice choice' t g s' exact' n Hp He B N1 Nm Small Fg Hg Hs' Ds De.
apply (judge_has_room n (exact t) (scale t) _ (3 / 4096)); trivial; try lra.
- apply scale_pos.
- apply (wider_accumulator (-149) 24 eq_refl emin' prec' p' choice choice' t); trivial; try lia.
  apply INR_le. exact N1.
- now apply most_36.
- now apply room_for_both.
Qed.
