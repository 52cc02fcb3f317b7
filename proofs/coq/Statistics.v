(* Statistics.v: the probabilities and limits of JUDGE-3 and of the tests of fresh parameters. The
   inequalities are cited, each in the form that is written above what is made of it; that the numbers of
   specs/judge.md and the limits of runner/judge follow from them is proved. *)

From Coq Require Import Reals Lra.
From Interval Require Import Tactic.
From Conv2d Require Import Constants.

Open Scope R_scope.

(* ---- JUDGE-3

   Chernoff. Let x_1 .. x_N be independent and sub-Gaussian with the variance proxy 1/3; then
   E exp (l x^2) <= (1 - 2 l / 3)^(-1/2) for 0 <= l < 3/2, so by Markov's inequality
   P (sum of x^2 >= N t) <= exp (- l N t + N / 2 * ln (1 / (1 - 2 l / 3))). *)
Definition chernoff (n t l : R) := exp (- l * n * t + n / 2 * ln (/ (1 - 2 * l / 3))).

(* With t = 1/2 the best l is 1/2, and it gives the page's formula. *)
Theorem mean_square_formula : forall n,
  chernoff n (IZR MOST_SQUARE_tenths / 10) (1 / 2) = exp (- (n / 2) * (3 / 2 - 1 - ln (3 / 2))).
Proof.
intros n. unfold chernoff, MOST_SQUARE_tenths. f_equal.
replace (/ (1 - 2 * (1 / 2) / 3)) with (3 / 2) by field. field.
Qed.

Theorem mean_square : exp (- (IZR least_outputs / 2) * (3 / 2 - 1 - ln (3 / 2))) <= 3.1 / 10 ^ 21.
Proof. unfold least_outputs. interval with (i_prec 80). Qed.

(* Hoeffding. Of independent signs e_i, P (|sum of a_i e_i| >= z * sqrt (sum of a_i^2)) <= 2 exp (- z^2 / 2). *)
Definition hoeffding (z : R) := 2 * exp (- (z * z) / 2).

Theorem sides : hoeffding (IZR MOST_LEANING) <= 2.54 / 10 ^ 14.
Proof. unfold hoeffding, MOST_LEANING. interval with (i_prec 80). Qed.

(* Two sums a result, ten thousand results a run: less than one run in 1.9 billion. *)
Theorem false_alarms : 10000 * 2 * hoeffding (IZR MOST_LEANING) <= / (1.9 * 10 ^ 9).
Proof. unfold hoeffding, MOST_LEANING. interval with (i_prec 80). Qed.

(* ---- fresh parameters *)

Definition alpha := IZR ALPHA_digits / 10 ^ 10.

Theorem all_tests : 1400 * alpha < / 10 ^ 6.
Proof. unfold alpha, ALPHA_digits. lra. Qed.

Definition deviation := ln (2 / alpha).

Lemma alpha_pos : 0 < alpha.
Proof. unfold alpha, ALPHA_digits. lra. Qed.

Lemma deviation_pos : 0 < deviation.
Proof. unfold deviation, alpha, ALPHA_digits. interval with (i_prec 80). Qed.

Lemma two_exp : 2 * exp (- deviation) = alpha.
Proof.
assert (A := alpha_pos). unfold deviation. rewrite exp_Ropp, exp_ln. field. lra.
apply Rdiv_lt_0_compat; lra.
Qed.

Lemma square : forall x, 0 <= x -> sqrt x * sqrt x = x.
Proof. exact sqrt_sqrt. Qed.

(* A mean of N variables that are sub-Gaussian with 1/3: P (|mean| >= t) <= 2 exp (- N t^2 / (2/3)). *)
Theorem mean_limit : forall n, 0 < n -> let t := sqrt (2 * deviation / (3 * n)) in
  2 * exp (- (n * (t * t) / (2 / 3))) = alpha.
Proof.
intros n N t. assert (D := deviation_pos). rewrite <- two_exp. do 3 f_equal. unfold t.
rewrite square. field. lra. apply Rlt_le, Rdiv_lt_0_compat; lra.
Qed.

(* Hoeffding, for variables in [0, 1]: P (|mean - its expectation| >= t) <= 2 exp (- 2 N t^2). Dvoretzky,
   Kiefer and Wolfowitz with Massart's constant: the same for Kolmogorov's distance. *)
Theorem variance_and_distribution_limit : forall n, 0 < n -> let t := sqrt (deviation / (2 * n)) in
  2 * exp (- (2 * n * (t * t))) = alpha.
Proof.
intros n N t. assert (D := deviation_pos). rewrite <- two_exp. do 3 f_equal. unfold t.
rewrite square. field. lra. apply Rlt_le, Rdiv_lt_0_compat; lra.
Qed.

(* Azuma's form for a martingale whose N steps are sub-Gaussian with 1/3:
   P (|sum| >= t) <= 2 exp (- t^2 / (2 N / 3)). *)
Theorem neighbours_limit : forall n, 0 < n -> let t := sqrt (2 * n * deviation / 3) in
  2 * exp (- (t * t / (2 * n / 3))) = alpha.
Proof.
intros n N t. assert (D := deviation_pos). rewrite <- two_exp. do 3 f_equal. unfold t.
rewrite square. field. lra. apply Rlt_le, Rdiv_lt_0_compat; nra.
Qed.

(* N values all stay below m with a probability of m^N. *)
Theorem reach_limit : forall n, 0 < n -> Rpower (Rpower alpha (1 / n)) n = alpha.
Proof.
intros n N. rewrite Rpower_mult. replace (1 / n * n) with 1 by (field; lra).
apply Rpower_1, alpha_pos.
Qed.

(* A bound that is too narrow by sqrt (2) is caught from N = 61 on, and not before. *)
Theorem narrow_bound_is_caught : / sqrt 2 < exp (ln alpha / 61) /\ exp (ln alpha / 60) < / sqrt 2.
Proof. unfold alpha, ALPHA_digits. split; interval with (i_prec 80). Qed.
