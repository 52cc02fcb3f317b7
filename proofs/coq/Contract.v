(* Contract.v: JUDGE-2 under a numeric contract (specs/numerics.md): factors that are kept to some bits, or split into
   numbers of so many bits; sums whose operations lose different parts of what they take up. *)

From Coq Require Import ZArith Reals Lra Lia Psatz.
From Flocq Require Import Core.
From Conv2d Require Import Sum.

Open Scope R_scope.

Lemma times_le : forall a b x y, Rabs a <= x -> Rabs b <= y -> Rabs (a * b) <= x * y.
Proof.
intros. rewrite Rabs_mult. apply Rmult_le_compat; trivial; apply Rabs_pos.
Qed.

(* ---- sums *)

(* adds w f s m c: the factors 1 + eps of the operations above a leaf have a product of w at most, their amounts are f
   together, the exact sum is s, the sum of magnitudes m, and c is what is computed. An operation takes up any number of
   numbers; parts is the same of several, with the exact sum c of the computed ones, and the sum k of their magnitudes. *)
Inductive adds : R -> R -> R -> R -> R -> Prop :=
| Leaf : forall w f x c, 1 <= w -> Rabs (c - x) <= f -> adds w f x (Rabs x) c
| Operation : forall eps w' w f g s m c k r, parts w f s m c k -> 0 <= eps -> 0 <= g -> (1 + eps) * w <= w' ->
    Rabs (r - c) <= eps * k + g -> adds w' (f + g) s m r
with parts : R -> R -> R -> R -> R -> R -> Prop :=
| None : forall w, 1 <= w -> parts w 0 0 0 0 0
| More : forall w f s m c f' s' m' c' k', adds w f s m c -> parts w f' s' m' c' k' ->
    parts w (f + f') (s + s') (m + m') (c + c') (Rabs c + k').

Scheme adds_ind' := Minimality for adds Sort Prop
  with parts_ind' := Minimality for parts Sort Prop.
Combined Scheme both_ind from adds_ind', parts_ind'.

Theorem weighted_sum :
  (forall w f s m c, adds w f s m c -> Rabs (c - s) <= (w - 1) * m + w * f /\ Rabs s <= m /\ 0 <= f /\ 1 <= w) /\
  (forall w f s m c k, parts w f s m c k ->
    Rabs (c - s) <= (w - 1) * m + w * f /\ Rabs s <= m /\ 0 <= f /\ 1 <= w /\ k <= w * m + w * f).
Proof.
apply both_ind.
- intros w f x c W H. assert (F : 0 <= f) by (apply Rle_trans with (2 := H); apply Rabs_pos).
  repeat split; trivial; try apply Rle_refl.
  assert (0 <= (w - 1) * Rabs x) by (apply Rmult_le_pos; [lra|apply Rabs_pos]).
  assert (1 * f <= w * f) by (apply Rmult_le_compat_r; lra). lra.
- intros eps w' w f g s m c k r _ (E & S & F & W & K) Pe Pg H D.
  assert (M : 0 <= m) by (apply Rle_trans with (2 := S); apply Rabs_pos).
  assert (W' : 1 <= w') by nra. repeat split; trivial; try lra.
  replace (r - s) with ((r - c) + (c - s)) by ring. eapply Rle_trans. apply Rabs_triang.
  assert (eps * k <= eps * (w * m + w * f)) by (apply Rmult_le_compat_l; trivial).
  assert ((1 + eps) * w * m <= w' * m) by (apply Rmult_le_compat_r; trivial).
  assert ((1 + eps) * w * f <= w' * f) by (apply Rmult_le_compat_r; trivial).
  assert (1 * g <= w' * g) by (apply Rmult_le_compat_r; trivial).
  lra.
- intros w W. rewrite Rminus_0_r, Rabs_R0. repeat split; lra.
- intros w f s m c f' s' m' c' k' _ (E & S & F & W) _ (E' & S' & F' & _ & K').
  repeat split; trivial; try lra.
  + replace (c + c' - (s + s')) with ((c - s) + (c' - s')) by ring. eapply Rle_trans. apply plus_le; eassumption. lra.
  + eapply Rle_trans. apply plus_le; eassumption. lra.
  + assert (C : Rabs c <= Rabs s + Rabs (c - s)).
    { replace c with (s + (c - s)) at 1 by ring. apply Rabs_triang. }
    assert ((w - 1) * m + m = w * m) by ring. lra.
Qed.

(* ---- factors *)

Section Factors.

Variable v : R.
Hypothesis v_pos : 0 <= v.

(* A number that is kept within v of itself. *)
Definition kept (x x' : R) := Rabs (x' - x) <= v * Rabs x.

Lemma kept_size : forall x x', kept x x' -> Rabs x' <= (1 + v) * Rabs x.
Proof.
intros x x' H. unfold kept in H. replace x' with (x + (x' - x)) by ring.
eapply Rle_trans. apply Rabs_triang. lra.
Qed.

Lemma sizes : forall x y, 0 <= Rabs x * Rabs y.
Proof. intros. apply Rmult_le_pos; apply Rabs_pos. Qed.

(* One number for each factor: W = v * ((1 + v) + 1). *)
Theorem one_part : forall x y x0 y0, kept x x0 -> kept y y0 ->
  Rabs (x0 * y0 - x * y) <= v * (1 * (1 + v) + 1) * Rabs (x * y).
Proof.
intros x y x0 y0 X Y. rewrite Rabs_mult.
replace (x0 * y0 - x * y) with (x0 * (y0 - y) + (x0 - x) * y) by ring.
eapply Rle_trans. apply plus_le.
- apply times_le. apply kept_size, X. exact Y.
- apply times_le. exact X. apply Rle_refl.
- apply Req_le. ring.
Qed.

(* What is left of a number after two and three of its parts, and how large its second and third are. *)
Lemma rest_of_one : forall a a0, kept a a0 -> Rabs (a - a0) <= v * Rabs a.
Proof. intros a a0 A. rewrite Rabs_minus_sym. exact A. Qed.

Lemma rest_of_two : forall a a0 a1, kept a a0 -> kept (a - a0) a1 -> Rabs (a - a0 - a1) <= v * (v * Rabs a).
Proof.
intros a a0 a1 A A1. eapply Rle_trans. apply rest_of_one, A1. apply Rmult_le_compat_l; trivial. now apply rest_of_one.
Qed.

Lemma rest_of_three : forall a a0 a1 a2, kept a a0 -> kept (a - a0) a1 -> kept (a - a0 - a1) a2 ->
  Rabs (a - a0 - a1 - a2) <= v * (v * (v * Rabs a)).
Proof.
intros a a0 a1 a2 A A1 A2. eapply Rle_trans. apply rest_of_one, A2. apply Rmult_le_compat_l; trivial. now apply rest_of_two.
Qed.

Lemma second_size : forall a a0 a1, kept a a0 -> kept (a - a0) a1 -> Rabs a1 <= (1 + v) * (v * Rabs a).
Proof.
intros a a0 a1 A A1. eapply Rle_trans. apply kept_size, A1. apply Rmult_le_compat_l. lra. now apply rest_of_one.
Qed.

Lemma third_size : forall a a0 a1 a2, kept a a0 -> kept (a - a0) a1 -> kept (a - a0 - a1) a2 ->
  Rabs a2 <= (1 + v) * (v * (v * Rabs a)).
Proof.
intros a a0 a1 a2 A A1 A2. eapply Rle_trans. apply kept_size, A2. apply Rmult_le_compat_l. lra. now apply rest_of_two.
Qed.

(* Two for each, x0 and x1 being what is kept of x and of x - x0, and three products: W = v^2 * (2 * (1 + v) + 1). *)
Theorem two_parts : forall x y x0 x1 y0 y1, kept x x0 -> kept (x - x0) x1 -> kept y y0 -> kept (y - y0) y1 ->
  Rabs (x0 * y0 + x0 * y1 + x1 * y0 - x * y) <= v * v * (2 * (1 + v) + 1) * Rabs (x * y).
Proof.
intros x y x0 x1 y0 y1 X X1 Y Y1. rewrite Rabs_mult.
replace (x0 * y0 + x0 * y1 + x1 * y0 - x * y)
  with (- (x0 * (y - y0 - y1)) + (- (x1 * (y - y0)) + - ((x - x0 - x1) * y))) by ring.
eapply Rle_trans. apply plus_le; [|apply plus_le].
- rewrite Rabs_Ropp. apply times_le. apply kept_size, X. now apply rest_of_two.
- rewrite Rabs_Ropp. apply times_le. now apply (second_size x x0). now apply rest_of_one.
- rewrite Rabs_Ropp. apply times_le. now apply rest_of_two. apply Rle_refl.
- apply Req_le. ring.
Qed.

(* Three for each, and six products: W = v^3 * (3 * (1 + v) + 1). *)
Theorem three_parts : forall x y x0 x1 x2 y0 y1 y2,
  kept x x0 -> kept (x - x0) x1 -> kept (x - x0 - x1) x2 -> kept y y0 -> kept (y - y0) y1 -> kept (y - y0 - y1) y2 ->
  Rabs (x0 * y0 + x0 * y1 + x0 * y2 + x1 * y0 + x1 * y1 + x2 * y0 - x * y) <= v * v * v * (3 * (1 + v) + 1) * Rabs (x * y).
Proof.
intros x y x0 x1 x2 y0 y1 y2 X X1 X2 Y Y1 Y2. rewrite Rabs_mult.
replace (x0 * y0 + x0 * y1 + x0 * y2 + x1 * y0 + x1 * y1 + x2 * y0 - x * y)
  with (- (x0 * (y - y0 - y1 - y2)) + (- (x1 * (y - y0 - y1)) + (- (x2 * (y - y0)) + - ((x - x0 - x1 - x2) * y)))) by ring.
eapply Rle_trans. apply plus_le; [|apply plus_le; [|apply plus_le]].
- rewrite Rabs_Ropp. apply times_le. apply kept_size, X. now apply rest_of_three.
- rewrite Rabs_Ropp. apply times_le. now apply (second_size x x0). now apply rest_of_two.
- rewrite Rabs_Ropp. apply times_le. now apply (third_size x x0 x1). now apply rest_of_one.
- rewrite Rabs_Ropp. apply times_le. now apply rest_of_three. apply Rle_refl.
- apply Req_le. ring.
Qed.

(* The parts of a number, one to three, sum up to at most (1 + v) / (1 - v) of it in magnitude: the products of two numbers' parts to
   its square, V, which is what bound.c calls `larger`. *)
Theorem magnitudes_of_parts : forall x x0 x1 x2, v < 1 -> kept x x0 -> kept (x - x0) x1 -> kept (x - x0 - x1) x2 ->
  Rabs x0 + Rabs x1 + Rabs x2 <= (1 + v) / (1 - v) * Rabs x.
Proof.
intros x x0 x1 x2 V X X1 X2.
apply Rle_trans with ((1 + v) * (1 + v + v * v) * Rabs x).
- replace ((1 + v) * (1 + v + v * v) * Rabs x)
    with ((1 + v) * Rabs x + (1 + v) * (v * Rabs x) + (1 + v) * (v * (v * Rabs x))) by ring.
  apply Rplus_le_compat. apply Rplus_le_compat.
  now apply kept_size. now apply (second_size x x0). now apply (third_size x x0 x1).
- apply Rmult_le_compat_r. apply Rabs_pos. unfold Rdiv. apply Rmult_le_compat_l. lra.
  apply Rmult_le_reg_r with (1 - v). lra. rewrite Rinv_l by lra.
  replace ((1 + v + v * v) * (1 - v)) with (1 - v * v * v) by ring.
  assert (0 <= v * v * v) by (repeat apply Rmult_le_pos; lra). lra.
Qed.

End Factors.

(* ---- both *)

(* The leaves are the products that are kept: their sum is within W of the exact sum s, relative to S, and their
   magnitudes are within V * S together. Then c is within W * S + G * V * S + (1 + G) * lost, with G = w - 1. *)
Theorem contract_bound : forall w f leaves sizes c s S W V, adds w f leaves sizes c ->
  Rabs (leaves - s) <= W * S -> sizes <= V * S ->
  Rabs (c - s) <= W * S + (w - 1) * (V * S) + w * f.
Proof.
intros w f leaves sizes c s S W V A L M.
destruct (proj1 weighted_sum _ _ _ _ _ A) as (E & _ & F & P).
replace (c - s) with ((c - leaves) + (leaves - s)) by ring. eapply Rle_trans. apply Rabs_triang.
assert ((w - 1) * sizes <= (w - 1) * (V * S)) by (apply Rmult_le_compat_l; lra). lra.
Qed.

(* The product of the factors 1 + a of operations whose a sum up to x is e^x at most, as bound.c takes it. *)
Theorem weights_exponential : forall x a w, 0 <= a -> 1 <= w <= exp x -> (1 + a) * w <= exp (x + a).
Proof.
intros x a w Pa (W1 & W). rewrite exp_plus, Rmult_comm.
apply Rmult_le_compat; try lra. apply exp_ineq1_le.
Qed.
