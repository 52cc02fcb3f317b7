/* transforms.c: the wider bound of subjects that claim CONV2D_TRANSFORM, and which numbers it
   depends on. */

#include "answers.h"

static void test_transforms (void) {
  const double u = 0x1p-24;
  call *k = sum_of_ones(F32, 16); /* 16 * 1 * 1 */
  k->s.claims = CONV2D_TRANSFORM;
  state(k, 4, 5, 16); /* S plays no part */
  answers(k, 4 + 528 * 16 * u, V_PASS, "transform: (512 + n) u T, T = n max|x| max|w|");
  answers(k, 4 + 530 * 16 * u, V_WRONG_VALUE, "transform: two more");
  ok(fabs(k->out.error - 530) < 1 && fabs(k->out.allowed - 528) < 1,
     "  error %g, allowed %g, in units u T", k->out.error, k->out.allowed);
  k->s.claims = 0;
  answers(k, 4 + 528 * 16 * u, V_WRONG_VALUE, "transform: not without the claim");
  k->s.claims = CONV2D_TRANSFORM;
  state(k, 0, 0, 0);
  answers(k, 527 * 16 * u, V_PASS,
          "transform: an output of padding alone has the taps of any other");
  answers(k, 530 * 16 * u, V_WRONG_VALUE, "transform: two more");
  state(k, 4, 5, 16);
  set(k, JOB_INPUT, 3, -8);
  answers(k, 4 + 528 * 16 * 8 * u, V_PASS, "transform: max|x| is looked up");
  set(k, JOB_WEIGHT, 5, 4);
  answers(k, 4 + 528 * 16 * 32 * u, V_PASS, "transform: max|w| too");
  set(k, JOB_BIAS, 0, -512);
  answers(k, 4 + 528 * 1024 * u, V_PASS, "transform: and the bias");
  answers(k, 4 + 530 * 1024 * u, V_WRONG_VALUE, "transform: two more");
  close_call(k);
}

/* Only numbers of the element's own image, group and output channel count. */
static void test_reach (void) {
  enum { IMAGES = 3, IN = 4, OUT = 6, GROUPS = 2 };
  call *k = open_call(F32, IMAGES, IN, OUT);
  k->j.params.groups = GROUPS;
  put_place(k, JOB_WEIGHT, F32, 4, (int64_t[]){ OUT, IN / GROUPS, 1, 1 });
  k->s.claims = CONV2D_TRANSFORM;
  bool input = true, weight = true;
  for (int64_t i = 0; i < IMAGES * IN; i++) {
    set(k, JOB_INPUT, i, NAN);
    for (int64_t e = 0; e < IMAGES * OUT; e++) {
      const bool same = e / OUT == i / IN && e % OUT / (OUT / GROUPS) == i % IN / (IN / GROUPS);
      set(k, JOB_OUTPUT, e, NAN);
      input = input && (verdict_of(k) == V_PASS) == same;
      set(k, JOB_OUTPUT, e, 0);
    }
    set(k, JOB_INPUT, i, 0);
  }
  ok(input, "transform: a NaN may spread within its image and its group, no further");
  for (int64_t i = 0; i < OUT * IN / GROUPS; i++) {
    set(k, JOB_WEIGHT, i, -INFINITY);
    for (int64_t e = 0; e < IMAGES * OUT; e++) {
      set(k, JOB_OUTPUT, e, INFINITY);
      weight = weight && (verdict_of(k) == V_PASS) == (e % OUT == i / (IN / GROUPS));
      set(k, JOB_OUTPUT, e, 0);
    }
    set(k, JOB_WEIGHT, i, 0);
  }
  ok(weight, "transform: an infinite weight within its output channel");
  k->s.claims = 0;
  set(k, JOB_INPUT, 0, NAN);
  set(k, JOB_OUTPUT, 0, NAN);
  shows(k, V_WRONG_VALUE, "without the claim a NaN may not spread");
  close_call(k);
}

/* The same for gradients: which elements of which tensors each may depend on. */
static void test_reach_of_gradients (void) {
  enum { IMAGES = 2, IN = 4, OUT = 6, GROUPS = 2, PART = IN / GROUPS };
  static const int64_t input[] = { IMAGES, IN, 1, 1 }, weight[] = { OUT, PART, 1, 1 },
                       output[] = { IMAGES, OUT, 1, 1 }, bias[] = { OUT };
  call *k = open_call(F32, IMAGES, IN, OUT);
  k->c.direction = BACKWARD;
  k->j.params.groups = GROUPS;
  k->j.tensor[JOB_OUTPUT].present = k->j.tensor[JOB_BIAS].present = 0;
  drop_truths(k);
  put_place(k, JOB_WEIGHT, F32, 4, weight);
  put_place(k, JOB_GRAD_OUTPUT, F32, 4, output);
  put_place(k, JOB_GRAD_INPUT, F32, 4, input);
  put_place(k, JOB_GRAD_WEIGHT, F32, 4, weight);
  put_place(k, JOB_GRAD_BIAS, F32, 1, bias);
  for (int t = JOB_GRAD_INPUT; t <= JOB_GRAD_BIAS; t++)
    put_truth(k, t);
  k->s.claims = CONV2D_TRANSFORM;
  bool right[3] = { true, true, true };
  for (int64_t i = 0; i < IMAGES * OUT; i++) {
    const int64_t image = i / OUT, channel = i % OUT, group = channel / (OUT / GROUPS);
    set(k, JOB_GRAD_OUTPUT, i, NAN);
    for (int t = JOB_GRAD_INPUT; t <= JOB_GRAD_BIAS; t++)
      for (int64_t e = 0; e < volume(&k->j.tensor[t]); e++) {
        const bool reached = t == JOB_GRAD_BIAS     ? e == channel
                             : t == JOB_GRAD_WEIGHT ? e / PART == channel
                                                    : e / IN == image && e % IN / PART == group;
        set(k, t, e, NAN);
        right[t - JOB_GRAD_INPUT] &= (verdict_of(k) == V_PASS) == reached;
        set(k, t, e, 0);
      }
    set(k, JOB_GRAD_OUTPUT, i, 0);
  }
  ok(right[0], "transform: a NaN of grad_output spreads to grad_input of its image and group");
  ok(right[1], "transform: ... to grad_weight of its channel");
  ok(right[2], "transform: ... to grad_bias of its channel");
  right[0] = right[1] = right[2] = true;
  for (int64_t e = 0; e < OUT * PART; e++)
    for (int64_t i = 0; i < IMAGES * IN; i++) {
      const int64_t group = e / PART / (OUT / GROUPS);
      set(k, JOB_INPUT, i, INFINITY);
      set(k, JOB_GRAD_WEIGHT, e, NAN);
      right[0] &= (verdict_of(k) == V_PASS) == (i % IN == group * PART + e % PART);
      set(k, JOB_INPUT, i, 0);
      set(k, JOB_GRAD_WEIGHT, e, 0);
      set(k, JOB_WEIGHT, e, NAN);
      set(k, JOB_GRAD_INPUT, i, NAN);
      right[1] &= (verdict_of(k) == V_PASS) == (i % IN == group * PART + e % PART);
      set(k, JOB_WEIGHT, e, 0);
      set(k, JOB_GRAD_INPUT, i, 0);
    }
  ok(right[0], "transform: an infinity of the input spreads to grad_weight of its channel");
  ok(right[1], "transform: a NaN of the weight spreads to grad_input of its channel");
  set(k, JOB_GRAD_BIAS, 1, 1);
  shows(k, V_WRONG_VALUE, "a wrong gradient of the bias");
  breaks(k, "BACK-1");
  set(k, JOB_GRAD_WEIGHT, 1, 1);
  says(k, V_WRONG_VALUE, "2 of 26 elements are wrong, first grad_weight[0,1,0,0]: got 1, want 0");
  breaks(k, "BACK-2");
  set(k, JOB_GRAD_INPUT, 1, 1);
  breaks(k, "BACK-3");
  close_call(k);
}

int main (void) {
  test_transforms();
  test_reach();
  test_reach_of_gradients();
  return done_testing();
}
