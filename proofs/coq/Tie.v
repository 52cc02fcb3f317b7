(* Tie.v: the figures that the theorems speak of are those of the source. Several have room to spare,
   so that a theorem would still hold with another figure; a change of one is a change of what is
   proved and of what the pages say, and has to be made here too. *)

From Coq Require Import ZArith.
From Conv2d Require Import Constants.

Open Scope Z_scope.

(* JUDGE-2: E * (1 + 2^-10); JUDGE-5: 512. *)
Theorem slack_is : slack_exponent = -10. Proof. reflexivity. Qed.
Theorem amplification_is : AMPLIFICATION = 512. Proof. reflexivity. Qed.

(* The judge's types: emin of Flocq's FLT is the exponent of the smallest subnormal. *)
Theorem float32_is : float32_precision = 24 /\ float32_min_exponent - float32_precision + 1 = -149.
Proof. split; reflexivity. Qed.
Theorem float64_is : float64_precision = 53 /\ float64_min_exponent - float64_precision + 1 = -1074.
Proof. split; reflexivity. Qed.
Theorem float16_is : float16_precision = 11 /\ float16_min_exponent - float16_precision + 1 = -24.
Proof. split; reflexivity. Qed.
Theorem bfloat16_is : bfloat16_precision = 8 /\ bfloat16_min_exponent - bfloat16_precision + 1 = -133.
Proof. split; reflexivity. Qed.

(* The oracle's table says the same. *)
Theorem oracle_has_the_same_types :
  float32_fraction + 1 = float32_precision /\ 1 - float32_bias = float32_min_exponent /\
  float64_fraction + 1 = float64_precision /\ 1 - float64_bias = float64_min_exponent /\
  float16_fraction + 1 = float16_precision /\ 1 - float16_bias = float16_min_exponent /\
  bfloat16_fraction + 1 = bfloat16_precision /\ 1 - bfloat16_bias = bfloat16_min_exponent.
Proof. repeat split. Qed.

(* The superaccumulator: its lowest bit is the highest multiple of 32 that is not above the lowest bit of
   a product of two float64, and it has as much above the point as below. 2^29 is the largest power
   of two for which digits cannot overflow if every addition adds two parts of 32 bits to a digit,
   and the carry from below one more. *)
Theorem lowest_is : EXACT_LOWEST = 32 * ((-1074 + -1074) / 32).
Proof. reflexivity. Qed.
Theorem digits_are : 32 * EXACT_DIGITS = - EXACT_LOWEST - EXACT_LOWEST.
Proof. reflexivity. Qed.
Definition fits (additions : Z) := 2 ^ 32 + 2 * 2 ^ 32 * additions + 2 ^ 32 <= 2 ^ 63.
Theorem carry_is_in_time : fits CARRY_AFTER /\ ~ fits (2 * CARRY_AFTER).
Proof. unfold fits. split. now compute. intros H. now compute in H. Qed.
Theorem carry_after_is : CARRY_AFTER = 2 ^ 29. Proof. reflexivity. Qed.

(* The fast path's certificate. *)
Theorem certificate_is : certificate_more = 4 /\ certificate_exponent = -52 /\ integers_below = 53.
Proof. repeat split. Qed.
Theorem wide_certificate_is : wide_relative_exponent = -104 /\ wide_absolute_exponent = -1071.
Proof. repeat split. Qed.
