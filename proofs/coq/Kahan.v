(* Kahan.v: compensated sums, as Kahan adds up. What is lost of a sum is at most three roundings of its scale, whatever
   the number of terms, but for a part that grows with u^2; so JUDGE-2 pays for it from four products on. *)

From Coq Require Import ZArith Reals List Lra Lia Psatz.
From Flocq Require Import Core.
Import ListNotations.
From Conv2d Require Import Sum Judge Corollaries.

Open Scope R_scope.

Section Steps.

Variable u : R.
Hypothesis u_pos : 0 <= u.
Hypothesis u_small : u <= / 1024.

Definition near (exact x : R) := Rabs (x - exact) <= u * Rabs exact.

Lemma near_size : forall e x b, near e x -> Rabs e <= b -> Rabs (x - e) <= u * b /\ Rabs x <= b + u * b.
Proof.
intros e x b N B. assert (Rabs (x - e) <= u * b).
{ eapply Rle_trans. exact N. apply Rmult_le_compat_l; trivial. }
split; trivial. replace x with (e + (x - e)) by ring. apply plus_le; trivial.
Qed.

(* One turn of the loop. X is the exact sum so far, A the sum of magnitudes, e how far s - c is from X. *)
Lemma step : forall e A s c X x y t d c', 0 <= A -> Rabs X <= A ->
  Rabs (s - c - X) <= e -> e <= 3 * u * A -> Rabs c <= 4 * u * A ->
  near (x - c) y -> near (s + y) t -> near (t - s) d -> near (d - y) c' ->
  let B := A + Rabs x in
  Rabs (t - c' - (X + x)) <= e + 2 * u * Rabs x + 24 * u * u * B /\ Rabs c' <= 4 * u * B /\
  Rabs (t - (X + x)) <= e + u * Rabs x + u * B + 24 * u * u * B /\
  (y = x - c -> Rabs (t - c' - (X + x)) <= e + u * Rabs x + 24 * u * u * B).
Proof.
intros e A s c X x y t d c' PA HX E He C Ny Nt Nd Nc B.
assert (Pa := Rabs_pos x). set (a := Rabs x) in *.
assert (PB : 0 <= B) by (unfold B; lra).
(* the products that occur, by name *)
assert (uA : 0 <= u * A) by nra. assert (ua : 0 <= u * a) by nra.
assert (uuA : 0 <= u * (u * A) <= u * A * / 1024) by nra.
assert (uua : 0 <= u * (u * a) <= u * a * / 1024) by nra.
assert (uuuA : 0 <= u * (u * (u * A)) <= u * (u * A) * / 1024) by nra.
assert (uuua : 0 <= u * (u * (u * a)) <= u * (u * a) * / 1024) by nra.
set (pA := u * A) in *. set (pa := u * a) in *. set (qA := u * pA) in *. set (qa := u * pa) in *.
set (rA := u * qA) in *. set (ra := u * qa) in *.
assert (He' : e <= 3 * pA) by (unfold pA in *; lra).
assert (C' : Rabs c <= 4 * pA) by (unfold pA in *; lra).
assert (Hx : Rabs (x - c) <= a + 4 * pA).
{ unfold Rminus. apply plus_le. apply Rle_refl. now rewrite Rabs_Ropp. }
destruct (near_size _ _ _ Ny Hx) as (Ey & Hy).
replace (u * (a + 4 * pA)) with (pa + 4 * qA) in * by (unfold qA, pa; ring).
assert (Es : Rabs (s + y - (X + x)) <= e + (pa + 4 * qA)).
{ replace (s + y - (X + x)) with ((s - c - X) + (y - (x - c))) by ring. now apply plus_le. }
assert (Hs : Rabs (s + y) <= B + 4 * (pA + pa)).
{ replace (s + y) with ((s + y - (X + x)) + (X + x)) by ring.
  assert (Rabs (X + x) <= B) by (apply plus_le; [trivial|apply Rle_refl]).
  assert (T := plus_le _ _ _ _ Es H). lra. }
destruct (near_size _ _ _ Nt Hs) as (Et & _).
replace (u * (B + 4 * (pA + pa))) with (pA + pa + 4 * (qA + qa)) in * by (unfold qA, qa, pA, pa, B; ring).
assert (Hts : Rabs (t - s) <= (a + 4 * pA + (pa + 4 * qA)) + (pA + pa + 4 * (qA + qa))).
{ replace (t - s) with (y + (t - (s + y))) by ring. now apply plus_le. }
destruct (near_size _ _ _ Nd Hts) as (Ed & _).
assert (Ed' : Rabs (d - (t - s)) <= pa + 5 * qA + 2 * qa + 8 * rA + 4 * ra).
{ apply Rle_trans with (1 := Ed). apply Req_le. unfold rA, ra, qA, qa, pa, pA. ring. }
assert (Hd : Rabs (d - y) <= (pa + 5 * qA + 2 * qa + 8 * rA + 4 * ra) + (pA + pa + 4 * (qA + qa))).
{ replace (d - y) with ((d - (t - s)) + (t - (s + y))) by ring. now apply plus_le. }
assert (Hd' : Rabs (d - y) <= 3 * (pA + pa)) by lra.
destruct (near_size _ _ _ Nc Hd') as (Ec & Hc).
replace (u * (3 * (pA + pa))) with (3 * (qA + qa)) in * by (unfold qA, qa; ring).
assert (Ec' : Rabs (c' - (t - (s + y))) <= 3 * (qA + qa) + (pa + 5 * qA + 2 * qa + 8 * rA + 4 * ra)).
{ replace (c' - (t - (s + y))) with ((c' - (d - y)) + (d - (t - s))) by ring. now apply plus_le. }
replace (24 * u * u * B) with (24 * (qA + qa)) by (unfold qA, qa, pA, pa, B; ring).
replace (u * B) with (pA + pa) by (unfold pA, pa, B; ring).
replace (4 * u * B) with (4 * (pA + pa)) by (unfold pA, pa, B; ring).
replace (2 * u * a) with (2 * pa) by (unfold pa; ring).
repeat split.
- replace (t - c' - (X + x)) with ((s + y - (X + x)) + - (c' - (t - (s + y)))) by ring.
  rewrite <- Rabs_Ropp in Ec'. assert (T := plus_le _ _ _ _ Es Ec'). lra.
- lra.
- replace (t - (X + x)) with ((t - (s + y)) + (s + y - (X + x))) by ring.
  assert (T := plus_le _ _ _ _ Et Es). lra.
- intros Exact.
  replace (t - c' - (X + x)) with ((s - c - X) + - (c' - (t - (s + y)))) by (rewrite Exact; ring).
  rewrite <- Rabs_Ropp in Ec'. assert (T := plus_le _ _ _ _ E Ec'). replace (u * a) with pa by reflexivity. lra.
Qed.

End Steps.

(* ---- the algorithm, in a floating-point type *)

Section Machine.

Variables emin prec : Z.
Context {prec_gt_0 : Prec_gt_0 prec}.
Variable choice : Z -> bool.
Hypothesis enough : (16 <= prec)%Z.

Notation format := (generic_format radix2 (FLT_exp emin prec)).
Notation rnd := (round radix2 (FLT_exp emin prec) (Znearest choice)).
Notation u := (unit prec).

(* Kahan's loop: y = x - c; t = s + y; c = (t - s) - y; s = t. *)
Definition turn (sc : R * R) (x : R) : R * R :=
  let y := rnd (x - snd sc) in
  let t := rnd (fst sc + y) in
  (t, rnd (rnd (t - fst sc) - y)).

Definition kahan (l : list R) := fold_left turn l (0, 0).

Definition total (l : list R) := fold_right Rplus 0 l.
Definition sizes (l : list R) := fold_right (fun x s => Rabs x + s) 0 l.

Lemma unit_is_small : 0 < u <= / 65536.
Proof. split. apply bpow_gt_0. change (/ 65536) with (bpow radix2 (-16)). apply bpow_le. lia. Qed.

Lemma rounded_near : forall x y, format x -> format y -> near u (x + y) (rnd (x + y)).
Proof. intros. apply addition_error; trivial. Qed.

Lemma format_rnd : forall x, format (rnd x).
Proof. intros. apply generic_format_round. apply FLT_exp_valid; trivial. apply valid_rnd_N. Qed.

Lemma format_opp : forall x, format x -> format (- x).
Proof. intros. now apply generic_format_opp. Qed.

Lemma difference_near : forall x y, format x -> format y -> near u (x - y) (rnd (x - y)).
Proof. intros. apply rounded_near; trivial. now apply format_opp. Qed.

Lemma sizes_pos : forall l, 0 <= sizes l.
Proof. induction l; simpl. lra. generalize (Rabs_pos a). lra. Qed.

Lemma total_app : forall l x, total (l ++ [x]) = total l + x.
Proof. induction l; simpl; intros. lra. rewrite IHl. ring. Qed.

Lemma sizes_app : forall l x, sizes (l ++ [x]) = sizes l + Rabs x.
Proof. induction l; simpl; intros. lra. rewrite IHl. ring. Qed.

Lemma total_le : forall l, Rabs (total l) <= sizes l.
Proof. induction l; simpl. rewrite Rabs_R0. lra. apply plus_le; trivial. lra. Qed.

Lemma kahan_app : forall l x, kahan (l ++ [x]) = turn (kahan l) x.
Proof. intros. unfold kahan. now rewrite fold_left_app. Qed.

Lemma kahan_format : forall l, Forall format l -> format (fst (kahan l)) /\ format (snd (kahan l)).
Proof.
induction l using rev_ind; intros F.
- split; apply generic_format_0.
- rewrite kahan_app. simpl. split; apply format_rnd.
Qed.

(* One more turn, with what the code computes. *)
Lemma turned : forall l x e, Forall format l -> format x ->
  let s := fst (kahan l) in let c := snd (kahan l) in
  Rabs (s - c - total l) <= e -> e <= 3 * u * sizes l -> Rabs c <= 4 * u * sizes l ->
  let s' := fst (kahan (l ++ [x])) in let c' := snd (kahan (l ++ [x])) in let B := sizes l + Rabs x in
  Rabs (s' - c' - (total l + x)) <= e + 2 * u * Rabs x + 24 * u * u * B /\ Rabs c' <= 4 * u * B /\
  Rabs (s' - (total l + x)) <= e + u * Rabs x + u * B + 24 * u * u * B /\
  (rnd (x - c) = x - c -> Rabs (s' - c' - (total l + x)) <= e + u * Rabs x + 24 * u * u * B).
Proof.
assert (U := unit_is_small).
intros l x e F Fx s c E He C s' c'. destruct (kahan_format l F) as (Fs & Fc).
unfold s', c'. rewrite kahan_app. unfold turn. cbn [fst snd]. fold s c.
eapply step; try eassumption; try lra.
- apply sizes_pos.
- apply total_le.
- now apply difference_near.
- apply rounded_near; trivial. apply format_rnd.
- apply difference_near; trivial. apply format_rnd.
- apply difference_near; apply format_rnd.
Qed.

Lemma invariant : forall l, Forall format l -> INR (length l) * u <= / 32 ->
  let s := fst (kahan l) in let c := snd (kahan l) in let w := 24 * INR (length l) * u * u in
  Rabs (s - c - total l) <= (2 * u + w) * sizes l /\ Rabs c <= 4 * u * sizes l /\ Rabs (s - total l) <= (3 * u + w) * sizes l.
Proof.
assert (U := unit_is_small).
induction l using rev_ind; intros F Small.
- simpl. rewrite !Rminus_0_r, Rabs_R0. lra.
- rewrite total_app, sizes_app, app_length, Nat.add_comm in *. change (length [x] + length l)%nat with (S (length l)) in *.
  apply Forall_app in F. destruct F as (F, Fx). inversion_clear Fx.
  rewrite S_INR in *. assert (Pn := pos_INR (length l)).
  assert (Small' : INR (length l) * u <= / 32) by nra.
  destruct (IHl F Small') as (E & C & _). clear IHl.
  assert (PA := sizes_pos l). assert (Pa := Rabs_pos x).
  assert (uu : 0 <= u * (sizes l)) by (apply Rmult_le_pos; lra).
  set (n := INR (length l)) in *. set (A := sizes l) in *. set (a := Rabs x) in *.
  assert (nu : 0 <= n * u) by (apply Rmult_le_pos; lra).
  assert (ua : 0 <= u * a) by (apply Rmult_le_pos; lra).
  assert (W : n * u * (u * A) <= / 32 * (u * A)) by (apply Rmult_le_compat_r; lra).
  assert (Wa : 0 <= n * u * (u * a)) by (apply Rmult_le_pos; lra).
  assert (He : (2 * u + 24 * n * u * u) * A <= 3 * u * A).
  { replace ((2 * u + 24 * n * u * u) * A) with (2 * (u * A) + 24 * (n * u * (u * A))) by ring. lra. }
  destruct (turned l x _ F H E He C) as (T1 & T2 & T3 & _). fold A a in T1, T2, T3.
  repeat split; trivial; (eapply Rle_trans; [eassumption|]).
  + apply Rle_trans with ((2 * u + 24 * n * u * u) * A + 2 * u * a + 24 * u * u * (A + a) + 24 * (n * u * (u * a))).
    lra. apply Req_le. ring.
  + apply Rle_trans with ((2 * u + 24 * n * u * u) * A + u * a + u * (A + a) + 24 * u * u * (A + a) + (u * a + 24 * (n * u * (u * a)))).
    lra. apply Req_le. ring.
Qed.

(* Any number of terms, zeros among them, which are no terms to the judge. *)
Theorem kahan_sum : forall l, Forall format l -> INR (length l) * u <= / 32 ->
  Rabs (fst (kahan l) - total l) <= (3 * u + 24 * INR (length l) * u * u) * sizes l.
Proof. intros l F S. destruct (invariant l F S) as (_ & _ & H). exact H. Qed.

(* ---- few terms *)

(* How many of the numbers are not zero: the terms, as the judge counts them. *)
Definition terms_of (l : list R) := fold_right (fun x n => if Req_EM_T x 0 then n else S n) 0%nat l.

Lemma terms_app : forall l x, terms_of (l ++ [x]) = if Req_EM_T x 0 then terms_of l else S (terms_of l).
Proof.
induction l as [|y l IH]; intros x; trivial. simpl. rewrite IH. now destruct (Req_EM_T x 0), (Req_EM_T y 0).
Qed.

Lemma rnd_is : forall x, format x -> rnd x = x.
Proof. intros. apply round_generic; trivial. apply valid_rnd_N. Qed.

Lemma rnd_0 : rnd 0 = 0.
Proof. apply rnd_is, generic_format_0. Qed.

(* Nothing is lost before the second term. *)
Lemma first_term : forall l, Forall format l -> (terms_of l <= 1)%nat ->
  kahan l = (total l, 0) /\ format (total l) /\ (terms_of l = 0%nat -> total l = 0).
Proof.
induction l as [|x l IH] using rev_ind; intros F T.
- repeat split; trivial. apply generic_format_0.
- apply Forall_app in F. destruct F as (F, Fx). inversion_clear Fx as [|? ? X _].
  rewrite terms_app in *. rewrite kahan_app, total_app. destruct (Req_EM_T x 0) as [->|N].
  + destruct (IH F T) as (-> & G & Z). unfold turn. cbn [fst snd]. rewrite Rplus_0_r, Rminus_0_r, rnd_0, Rplus_0_r, (rnd_is _ G).
    replace (total l - total l) with 0 by ring. rewrite !rnd_0, Rminus_0_r, rnd_0. repeat split; trivial.
  + assert (Z : terms_of l = 0%nat) by lia. destruct (IH F ltac:(lia)) as (-> & _ & Z'). rewrite (Z' Z).
    unfold turn. cbn [fst snd]. rewrite Rplus_0_l, !Rminus_0_r, (rnd_is _ X), Rplus_0_l, (rnd_is _ X).
    replace (rnd (rnd x - x)) with 0. repeat split; trivial. discriminate.
    rewrite (rnd_is _ X). replace (x - x) with 0 by ring. now rewrite rnd_0.
Qed.

Lemma second_term : forall l, Forall format l -> terms_of l = 2%nat -> INR (length l) * u <= / 32 ->
  let s := fst (kahan l) in let c := snd (kahan l) in
  Rabs (s - c - total l) <= (u + 24 * INR (length l) * u * u) * sizes l /\ Rabs c <= 4 * u * sizes l.
Proof.
assert (U := unit_is_small).
induction l as [|x l IH] using rev_ind; intros F T Small. discriminate.
apply Forall_app in F. destruct F as (F, Fx). inversion_clear Fx as [|? ? X _].
rewrite terms_app in T. rewrite total_app, sizes_app, app_length, Nat.add_comm in *.
change (length [x] + length l)%nat with (S (length l)) in *. rewrite S_INR in *.
assert (Pn := pos_INR (length l)). assert (Small' : INR (length l) * u <= / 32) by nra.
assert (PA := sizes_pos l). assert (Pa := Rabs_pos x). set (n := INR (length l)) in *.
assert (uA : 0 <= u * sizes l) by (apply Rmult_le_pos; lra). assert (ua : 0 <= u * Rabs x) by (apply Rmult_le_pos; lra).
assert (nu : 0 <= n * u) by (apply Rmult_le_pos; lra).
assert (W : 0 <= n * u * (u * sizes l)) by (apply Rmult_le_pos; lra).
assert (W' : n * u * (u * sizes l) <= / 32 * (u * sizes l)) by (apply Rmult_le_compat_r; lra).
assert (Wa : 0 <= n * u * (u * Rabs x)) by (apply Rmult_le_pos; lra).
destruct (Req_EM_T x 0) as [E|N].
- destruct (IH F T Small') as (H & C).
  assert (He : (u + 24 * n * u * u) * sizes l <= 3 * u * sizes l).
  { replace ((u + 24 * n * u * u) * sizes l) with (u * sizes l + 24 * (n * u * (u * sizes l))) by ring. lra. }
  destruct (turned l x _ F X H He C) as (T1 & T2 & _). split; trivial. cbv zeta.
  eapply Rle_trans. exact T1. rewrite E, Rabs_R0. apply Req_le. ring.
- injection T as T. assert (T' : (terms_of l <= 1)%nat) by lia.
  destruct (first_term l F T') as (K & G & _).
  destruct (turned l x 0 F X) as (_ & T2 & _ & T3); rewrite ?K; cbn [fst snd].
  + rewrite Rminus_0_r. unfold Rminus. rewrite Rplus_opp_r, Rabs_R0. lra.
  + lra.
  + rewrite Rabs_R0. lra.
  + rewrite K in T3. cbn [snd] in T3. rewrite Rminus_0_r in T3. specialize (T3 (rnd_is _ X)). split; trivial.
    cbv zeta. eapply Rle_trans. exact T3.
    apply Rle_trans with (u * (sizes l + Rabs x) + 24 * u * u * (sizes l + Rabs x)
      + 24 * (n * u * (u * sizes l) + n * u * (u * Rabs x))).
    lra. apply Req_le. ring.
Qed.

(* So two terms with zeros among them, the last number being one or not, and three, of which the last is no zero, lose
   a rounding less than more terms do. *)
Theorem few_terms : forall l x, Forall format (l ++ [x]) -> terms_of l = 2%nat -> INR (length (l ++ [x])) * u <= / 32 ->
  Rabs (fst (kahan (l ++ [x])) - total (l ++ [x]))
    <= (2 * u + 24 * INR (length (l ++ [x])) * u * u) * sizes (l ++ [x]).
Proof.
assert (U := unit_is_small). intros l x F T Small.
apply Forall_app in F. destruct F as (F, Fx). inversion_clear Fx as [|? ? X _].
rewrite total_app, sizes_app, app_length, Nat.add_comm in *.
change (length [x] + length l)%nat with (S (length l)) in *. rewrite S_INR in *.
assert (Pn := pos_INR (length l)). assert (Small' : INR (length l) * u <= / 32) by nra.
assert (PA := sizes_pos l). assert (Pa := Rabs_pos x). set (n := INR (length l)) in *.
destruct (second_term l F T Small') as (E & C). fold n in E.
assert (uA : 0 <= u * sizes l) by (apply Rmult_le_pos; lra). assert (ua : 0 <= u * Rabs x) by (apply Rmult_le_pos; lra).
assert (nu : 0 <= n * u) by (apply Rmult_le_pos; lra).
assert (W' : n * u * (u * sizes l) <= / 32 * (u * sizes l)) by (apply Rmult_le_compat_r; lra).
assert (Wa : 0 <= n * u * (u * Rabs x)) by (apply Rmult_le_pos; lra).
assert (He : (u + 24 * n * u * u) * sizes l <= 3 * u * sizes l).
{ replace ((u + 24 * n * u * u) * sizes l) with (u * sizes l + 24 * (n * u * (u * sizes l))) by ring. lra. }
destruct (turned l x _ F X E He C) as (_ & _ & T3 & _).
eapply Rle_trans. exact T3.
apply Rle_trans with ((u + 24 * n * u * u) * sizes l + u * Rabs x + u * (sizes l + Rabs x) + 24 * u * u * (sizes l + Rabs x)
  + 24 * (n * u * (u * Rabs x))).
lra. apply Req_le. ring.
Qed.

(* ---- products *)

Notation h := (half emin).

Lemma products_near : forall l,
  Rabs (total (map rnd l) - total l) <= u * sizes l + INR (terms_of l) * h /\
  sizes (map rnd l) <= (1 + u) * sizes l + INR (terms_of l) * h.
Proof.
assert (U := unit_is_small). assert (H : 0 < h) by apply bpow_gt_0.
induction l as [|x l (E & Z)]. simpl. rewrite Rminus_0_r, Rabs_R0. lra.
simpl map. simpl total. simpl sizes. simpl terms_of. assert (Px := Rabs_pos x).
destruct (Req_EM_T x 0) as [->|N].
- rewrite round_0, Rabs_R0, !Rplus_0_l by apply valid_rnd_N. split; trivial.
- rewrite S_INR. assert (D := rounding_error emin prec choice x). split.
  + replace (rnd x + total (map rnd l) - (x + total l)) with ((rnd x - x) + (total (map rnd l) - total l)) by ring.
    assert (T := plus_le _ _ _ _ D E). lra.
  + assert (Rabs (rnd x) <= Rabs x + (u * Rabs x + h)).
    { replace (rnd x) with (x + (rnd x - x)) at 1 by ring. apply plus_le; trivial. lra. }
    lra.
Qed.

Lemma formats : forall l, Forall format (map rnd l).
Proof. induction l; simpl; constructor; trivial. apply format_rnd. Qed.

(* JUDGE-2 pays for Kahan's sum of four and more rounded products, with zeros between them or not. There may be some
   hundreds of zeros for each term: 24 * m * u is below n / 2^11 for m up to 341 n in float32. *)
Theorem compensated : forall l, let n := terms_of l in let m := length l in
  (4 <= n)%nat -> INR m * u <= / 32 -> 24 * INR m * u <= INR n * / 2048 ->
  Rabs (fst (kahan (map rnd l)) - total l) <= (1 + 3 / 4096) * allowed u h n (sizes l).
Proof.
assert (U := unit_is_small). assert (H : 0 < h) by apply bpow_gt_0.
intros l n m Hn Small Zeros.
destruct (products_near l) as (E & Z). fold n in E, Z.
assert (K := kahan_sum (map rnd l) (formats l)). rewrite map_length in K. specialize (K Small). fold m in K.
assert (P := sizes_pos l). set (A := sizes l) in *. set (A' := sizes (map rnd l)) in *.
assert (N : 4 <= INR n). { replace 4 with (INR 4) by (simpl; ring). now apply le_INR. }
assert (M := pos_INR m). set (k := INR n) in *. set (w := 24 * INR m * u * u) in *.
assert (W : 0 <= w) by (unfold w; repeat apply Rmult_le_pos; lra).
assert (W' : w <= k * u * / 2048).
{ unfold w. replace (k * u * / 2048) with (k * / 2048 * u) by ring. apply Rmult_le_compat_r; lra. }
assert (G : k * u <= growth u n) by (apply growth_linear; lra).
unfold allowed. fold k. set (g := growth u n) in *.
assert (ku : 4 * u <= k * u) by (apply Rmult_le_compat_r; lra).
replace (fst (kahan (map rnd l)) - total l)
  with ((fst (kahan (map rnd l)) - total (map rnd l)) + (total (map rnd l) - total l)) by ring.
eapply Rle_trans. apply Rabs_triang.
assert (K' : (3 * u + w) * A' <= (3 * u + w) * ((1 + u) * A + k * h)) by (apply Rmult_le_compat_l; lra).
(* what each of S and n * h is multiplied by *)
assert (c1 : (3 * u + w) * (1 + u) + u <= (1 + 3 / 4096) * g).
{ assert (u * u <= u * / 65536) by (apply Rmult_le_compat_l; lra).
  assert (w * u <= w * / 65536) by (apply Rmult_le_compat_l; lra). lra. }
assert (c2 : 3 * u + w + 1 <= (1 + 3 / 4096) * (1 + g)) by lra.
assert (kh : 0 <= k * h) by (apply Rmult_le_pos; lra).
assert (d1 := Rmult_le_compat_r A _ _ P c1). assert (d2 := Rmult_le_compat_r (k * h) _ _ kh c2).
lra.
Qed.

End Machine.

(* So is such a sum in float32, with the oracle's doubt and the judge's arithmetic. *)
Theorem compensated_is_judged : forall choice l g s' exact',
  let n := terms_of l in let m := length l in
  (4 <= n)%nat -> INR n <= bpow radix2 36 -> INR m * unit32 <= / 32 -> 24 * INR m * unit32 <= INR n * / 2048 ->
  generic_format radix2 (FLT_exp (-1074) 53) g -> growth unit32 n * (1 - bpow radix2 (-50)) <= g ->
  0 <= s' -> Rabs (s' - sizes l) <= doubt n * sizes l -> Rabs (exact' - total l) <= doubt n * sizes l ->
  Rabs (fst (kahan (-149) 24 choice (map (round radix2 (FLT_exp (-149) 24) (Znearest choice)) l)) - exact')
    <= computed_sum g s' (INR n) half32.
Proof.
intros choice l g s' exact' n m N4 Nm Small Zeros Fg Hg Hs' Ds De.
assert (N1 : 1 <= INR n) by (change 1 with (INR 1); apply le_INR; lia).
apply (judge_has_room n (total l) (sizes l) _ (3 / 4096)); trivial; try lra.
- apply sizes_pos.
- exact (compensated (-149) 24 choice ltac:(lia) l N4 Small Zeros).
- now apply most_36.
- now apply room_for_both.
Qed.
