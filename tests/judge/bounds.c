/* bounds.c: numbers just inside of the bound and just outside, for every kind of dtype; exact data;
   tensors of any layout, and several at once. */

#include "answers.h"

#include <float.h>

/* ---- numbers */

/* Exact sums of 0 and 1, S = 1: room for n roundings of u S. */
static void test_float32 (void) {
  const double u = 0x1p-24;
  call *k = sum_of_ones(F32, 1);
  state(k, 1, 1, 100);
  answers(k, 1 + 100 * u, V_PASS, "float32: n u S");
  ok(k->out.max_error > 0.99 && k->out.max_error < 1, "  is just within the bound: %g of it",
     k->out.max_error);
  ok(fabs(k->out.rms_error - 100) < 1e-9 && fabs(k->out.mean_error - 100) < 1e-9,
     "  and counts as 100 units");
  answers(k, 1 + 102 * u, V_WRONG_VALUE, "float32: two more");
  ok(k->out.error == 102 && k->out.allowed > 100 && k->out.allowed < 100.2,
     "  error %g, allowed %g", k->out.error, k->out.allowed);
  ok(k->out.max_error > 1, "  and more than the bound");
  answers(k, 1 - 100 * u, V_PASS, "float32: likewise below");
  answers(k, 1 - 101 * u, V_WRONG_VALUE, "float32: one more (numbers lie closer below 1)");
  state(k, 0, 1, 100);
  answers(k, 100 * u, V_PASS, "float32: cancelled to 0, but S is 1");
  answers(k, -100 * u, V_PASS, "float32: ... to either side");
  answers(k, 101 * u, V_WRONG_VALUE, "float32: ... but not further");
  state(k, 1, 1, 1);
  answers(k, 1 - u, V_PASS, "float32: one product may be a number off below a power of two");
  answers(k, 1 - 2 * u, V_WRONG_VALUE, "float32: ... but not two");
  state(k, 0, 0, 5);
  answers(k, 0x1p-149, V_PASS, "float32: underflow, half a subnormal a product");
  answers(k, 0x1p-149 * 3, V_WRONG_VALUE, "float32: ... and no more than 2.5");
  state(k, 0, 0, 0);
  answers(k, 0x1p-149, V_WRONG_VALUE, "float32: nothing is added, nothing may come out");
  close_call(k);
}

/* The sum is rounded once to the type. Before, it may be off by what float32 loses. */
static void test_narrow (DLDataType t, int precision, const char *name) {
  const double ulp = ldexp(1, 1 - precision), lost = 9 * 2 * 0x1p-24; /* n S u */
  call *k = sum_of_ones(t, 1);
  printf("# %s\n", name);
  state(k, 1 + ulp, 2, 9);
  answers(k, 1, V_WRONG_VALUE, "a number off");
  state(k, 1 + ulp / 2, 2, 9);
  answers(k, 1, V_PASS, "a tie, rounded down");
  answers(k, 1 + ulp, V_PASS, "a tie, rounded up: the sum may have been on either side");
  state(k, 1 + ulp / 2 - 0.99 * lost, 2, 9);
  answers(k, 1 + ulp, V_PASS, "float32 may lose enough to cross the middle");
  state(k, 1 + ulp / 2 - 1.01 * lost, 2, 9);
  answers(k, 1 + ulp, V_WRONG_VALUE, "but not enough to come from here");
  close_call(k);
}

static void test_float64 (void) {
  const double u = 0x1p-53;
  call *k = sum_of_ones(F64, 1);
  state(k, 1, 1, 100);
  answers(k, 1 + 100 * u, V_PASS, "float64: n u S");
  answers(k, 1 + 102 * u, V_WRONG_VALUE, "float64: two more");
  state(k, 0x1p-1074, 0x1p-1074, 3);
  answers(k, 0x1p-1074 * 5, V_PASS, "float64: underflow");
  answers(k, 0x1p-1074 * 9, V_WRONG_VALUE, "float64: ... and no more");
  state(k, DBL_MAX / 4, DBL_MAX / 2, 1000);
  answers(k, DBL_MAX / 4 + 999 * u * (DBL_MAX / 2), V_PASS, "float64: near the end of the range");
  answers(k, DBL_MAX / 4 + 1003 * u * (DBL_MAX / 2), V_WRONG_VALUE, "float64: ... and no more");
  close_call(k);
}

static void test_integers (void) {
  call *k = sum_of_ones(I8, 3);
  answers(k, 3, V_PASS, "int8: equal");
  answers(k, 4, V_WRONG_VALUE, "int8: one off");
  says(k, V_WRONG_VALUE, "1 of 1 elements are wrong, first output[0,0,0,0]: got 4, want 3");
  ok(k->out.error == 1 && k->out.allowed == 0 && isinf(k->out.max_error), "  nothing is allowed");
  k->s.claims = CONV2D_TRANSFORM;
  answers(k, 4, V_WRONG_VALUE, "int8: one off by a transform");
  close_call(k);
  k = sum_of_ones(I64, 3);
  const int64_t want = ((int64_t) 1 << 60) + 1, got = want + 1; /* equal as doubles */
  memcpy(k->x.truth[0].want.data, &want, sizeof want);
  memcpy(at(k, JOB_OUTPUT, 0), &got, sizeof got);
  shows(k, V_WRONG_VALUE, "int64: a bit that a double does not hold");
  memcpy(at(k, JOB_OUTPUT, 0), &want, sizeof want);
  shows(k, V_PASS, "int64: equal");
  close_call(k);
}

static void test_exact_data (void) {
  call *k = sum_of_ones(F32, 9);
  k->x.exact = true;
  answers(k, 9, V_PASS, "exact data: equal");
  answers(k, 9 + 0x1p-20, V_WRONG_VALUE, "exact data: one number off");
  says(k, V_WRONG_VALUE,
       "1 of 1 elements are wrong, first output[0,0,0,0]: got 9.00000095, want 9");
  ok(k->out.allowed == 0 && isinf(k->out.max_error) && k->out.error > 0, "  nothing is allowed");
  k->x.exact = false;
  answers(k, 9 + 0x1p-20, V_PASS, "the same on other data");
  k->x.exact = true;
  k->s.claims = CONV2D_TRANSFORM;
  answers(k, 9 + 0x1p-20, V_PASS, "the same by a transform");
  state(k, 0, 9, 9);
  k->s.claims = 0;
  set(k, JOB_OUTPUT, 0, -0.0);
  shows(k, V_PASS, "exact data: the sign of zero is free");
  close_call(k);
}

/* ---- tensors */

/* The answer in another order than row-major, with gaps. */
static void test_layouts (void) {
  enum { IMAGES = 3, OUT = 4 };
  call *k = open_call(F32, IMAGES, 2, OUT);
  place *p = &k->j.tensor[JOB_OUTPUT];
  for (int64_t i = 0; i < IMAGES * OUT; i++)
    set_want(k, i, (double) (i + 1));
  memset(at(k, JOB_OUTPUT, 0), 0xff, 4 * IMAGES * OUT);
  p->strides[0] = -2;
  p->strides[1] = 7;
  p->origin = 4 * 2 * (IMAGES - 1);
  p->bytes = 4 * (7 * (OUT - 1) + 2 * (IMAGES - 1) + 1);
  k->x.exact = true;
  for (int64_t i = 0; i < IMAGES * OUT; i++) {
    const float value = (float) (i + 1);
    memcpy(k->arena + p->offset + p->origin + 4 * (i / OUT * -2 + i % OUT * 7), &value, 4);
  }
  shows(k, V_PASS, "strides, gaps, reversal");
  const float wrong = 0.5f;
  memcpy(k->arena + p->offset + p->origin + 4 * (1 * -2 + 3 * 7), &wrong, 4);
  says(k, V_WRONG_VALUE, "1 of 12 elements are wrong, first output[1,3,0,0]: got 0.5, want 8");
  close_call(k);
}

static void test_empty (void) {
  call *k = open_call(F32, 0, 2, 3);
  shows(k, V_PASS, "an empty batch");
  ok(k->out.outputs == 0, "  has no outputs");
  close_call(k);
}

/* Of several tensors, the first wrong one makes the verdict, and the worst gives the numbers. */
static void test_several_tensors (void) {
  call *k = open_call(F32, 1, 1, 1);
  k->c.direction = BACKWARD;
  drop_truths(k);
  for (int t = JOB_GRAD_INPUT; t <= JOB_GRAD_WEIGHT; t++) {
    put_place(k, t, F32, 4, (int64_t[]){ 1, 1, 1, 1 });
    put_truth(k, t);
    k->x.truth[k->x.truths - 1].detail.scale[0] = 1;
    k->x.truth[k->x.truths - 1].detail.terms[0] = 10;
  }
  k->j.tensor[JOB_OUTPUT].present = 0;
  put_place(k, JOB_GRAD_OUTPUT, F32, 4, (int64_t[]){ 1, 1, 1, 1 });
  set(k, JOB_GRAD_INPUT, 0, 3 * 0x1p-24);
  set(k, JOB_GRAD_WEIGHT, 0, -7 * 0x1p-24);
  shows(k, V_PASS, "two gradients within their bounds");
  ok(k->out.rms_error == 7 && k->out.mean_error == -7 && fabs(k->out.max_error - 0.7) < 1e-3
         && k->out.outputs == 2,
     "  the larger errors are noted");
  close_call(k);
}

int main (void) {
  test_float32();
  test_narrow(F16, 11, "float16");
  test_narrow(BF16, 8, "bfloat16");
  test_float64();
  test_integers();
  test_exact_data();
  test_layouts();
  test_empty();
  test_several_tensors();
  return done_testing();
}
