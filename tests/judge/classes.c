/* classes.c: NaN, infinities, overflow and subnormals: what is required, and each freedom that
   specs/judge.md grants, with its limits. */

#include "answers.h"

#include <float.h>

static void test_classes (void) {
  call *k = sum_of_ones(F32, 2);
  set(k, JOB_INPUT, 0, INFINITY);
  state(k, INFINITY, INFINITY, 2);
  answers(k, INFINITY, V_PASS, "an infinity, as it must be");
  answers(k, -INFINITY, V_WRONG_VALUE, "the other infinity");
  answers(k, NAN, V_WRONG_VALUE, "NaN for an infinity");
  ok(isinf(k->out.error) && isinf(k->out.max_error) && isnan(k->out.got),
     "  noted as infinite error");
  answers(k, FLT_MAX, V_WRONG_VALUE, "the largest number for an infinity");
  state(k, NAN, NAN, 2);
  answers(k, NAN, V_PASS, "a NaN, as it must be");
  const uint32_t other = 0xffc12345;
  memcpy(at(k, JOB_OUTPUT, 0), &other, sizeof other);
  shows(k, V_PASS, "another NaN");
  answers(k, INFINITY, V_WRONG_VALUE, "an infinity for NaN");
  answers(k, 0, V_WRONG_VALUE, "0 for NaN");
  k->x.exact = true;
  answers(k, 0, V_WRONG_VALUE, "0 for NaN on exact data");
  answers(k, NAN, V_PASS, "NaN on exact data");
  k->s.claims = CONV2D_TRANSFORM;
  answers(k, 0, V_WRONG_VALUE, "0 for NaN by a transform");
  state(k, INFINITY, INFINITY, 2);
  answers(k, NAN, V_PASS, "NaN for an infinity by a transform");
  answers(k, 5, V_WRONG_VALUE, "a number for an infinity by a transform");
  close_call(k);
  k = sum_of_ones(F32, 2);
  answers(k, NAN, V_WRONG_VALUE, "NaN for a number");
  answers(k, INFINITY, V_WRONG_VALUE, "an infinity for a number");
  k->s.claims = CONV2D_TRANSFORM;
  answers(k, NAN, V_WRONG_VALUE, "NaN for a number by a transform, where all data are finite");
  close_call(k);
}

static void test_padding_freedom (void) {
  call *k = sum_of_ones(F32, 2);
  set(k, JOB_WEIGHT, 0, NAN); /* which the window has in the padding */
  state(k, 1, 1, 1);
  k->x.exact = true;
  answers(k, NAN, V_WRONG_VALUE, "NaN where the padding does not explain it");
  k->x.truth[0].detail.flags[0] = CONV2D_PADDING_TIMES_NONFINITE;
  answers(k, NAN, V_PASS, "padding times NaN: NaN is as good");
  answers(k, 1, V_PASS, "padding times NaN: so is nothing");
  answers(k, INFINITY, V_WRONG_VALUE, "padding times NaN: but no infinity");
  answers(k, 2, V_WRONG_VALUE, "padding times NaN: and no other number");
  state(k, INFINITY, INFINITY, 1);
  answers(k, NAN, V_PASS, "padding times NaN, beside an infinity: NaN");
  answers(k, -INFINITY, V_WRONG_VALUE, "padding times NaN, beside an infinity: not the other one");
  close_call(k);
}

/* ---- overflow */

static void test_overflow (void) {
  const double most = (double) FLT_MAX;
  call *k = sum_of_ones(F32, 4);
  state(k, 1, 0.9 * most, 4);
  answers(k, INFINITY, V_WRONG_VALUE, "float32: no partial sum can overflow");
  state(k, 1, 1.5 * most, 4);
  answers(k, INFINITY, V_PASS, "float32: a partial sum may overflow");
  answers(k, -INFINITY, V_PASS, "float32: to either side");
  answers(k, NAN, V_PASS, "float32: or both, to NaN");
  answers(k, 1, V_PASS, "float32: or not at all");
  answers(k, most, V_WRONG_VALUE, "float32: but no wrong number");
  state(k, 2 * most, 2 * most, 4);
  ok(isinf(get(k, JOB_OUTPUT, 0)), "a sum beyond the range is infinite");
  answers(k, most, V_WRONG_VALUE, "float32: the largest number for twice that");
  state(k, most * (1 + 0x1p-24), most * (1 + 0x1p-24), 4);
  answers(k, most, V_PASS, "float32: the largest number for a sum just beyond it");
  set(k, JOB_INPUT, 0, INFINITY);
  set(k, JOB_INPUT, 1, most);
  set(k, JOB_WEIGHT, 1, -2);
  state(k, INFINITY, INFINITY, 4);
  answers(k, NAN, V_PASS, "float32: an infinity meets products that may overflow");
  answers(k, -INFINITY, V_WRONG_VALUE, "float32: ... which makes no other infinity");
  close_call(k);
}

static void test_narrow_overflow (void) {
  call *k = sum_of_ones(F16, 4);
  state(k, 65519, 65519, 4); /* float16 ends at 65504; from 65520 on it rounds to infinity */
  answers(k, INFINITY, V_WRONG_VALUE, "float16: 65519 is not infinite");
  answers(k, 65504, V_PASS, "float16: but 65504");
  state(k, 65519.99, 65519.99, 4);
  answers(k, INFINITY, V_PASS, "float16: float32 may round 65519.99 to 65520, which is");
  state(k, 65520, 65520, 4);
  answers(k, INFINITY, V_PASS, "float16: 65520 is infinite");
  answers(k, -INFINITY, V_WRONG_VALUE, "float16: to its own side");
  answers(k, 65504, V_PASS, "float16: but for float32's rounding");
  state(k, 66000, 66000, 4);
  answers(k, 65504, V_WRONG_VALUE, "float16: 66000 is infinite in any case");
  answers(k, NAN, V_WRONG_VALUE, "float16: float32 has room for its partial sums");
  state(k, 1, 1e10, 4);
  answers(k, INFINITY, V_WRONG_VALUE, "float16: and for 1e10");
  close_call(k);
  k = sum_of_ones(BF16, 4);
  state(k, 1, 1e39, 4);
  answers(k, NAN, V_PASS, "bfloat16: but not for 1e39");
  close_call(k);
}

/* float8_e4m3fn ends at 448, and would have 480 next; from there on, NaN stands for a number. */
static void test_overflow_to_nan (void) {
  call *k = sum_of_ones(E4M3, 4);
  state(k, 463, 463, 4);
  answers(k, NAN, V_WRONG_VALUE, "float8_e4m3fn: 463 is not NaN");
  answers(k, 448, V_PASS, "float8_e4m3fn: but 448");
  state(k, 463.9999, 463.9999, 4);
  answers(k, NAN, V_PASS, "float8_e4m3fn: float32 may round 463.9999 to more than 464");
  answers(k, 448, V_PASS, "float8_e4m3fn: or not");
  state(k, -464.0001, 464.0001, 4);
  ok(isnan(dtype_of(E4M3)->load(k->x.truth[0].want.data)), "float8_e4m3fn: -464.0001 is NaN");
  answers(k, NAN, V_PASS, "float8_e4m3fn: NaN, or for float32's rounding");
  answers(k, -448, V_PASS, "float8_e4m3fn: -448");
  answers(k, 448, V_WRONG_VALUE, "float8_e4m3fn: of its own sign");
  state(k, 470, 470, 4);
  answers(k, 448, V_WRONG_VALUE, "float8_e4m3fn: 470 is not saturated");
  state(k, NAN, NAN, 4);
  answers(k, 448, V_WRONG_VALUE, "float8_e4m3fn: nor is a NaN of the data a number");
  state(k, 1, 1e8, 4);
  answers(k, NAN, V_WRONG_VALUE, "float8_e4m3fn: float32 has room for partial sums of 1e8");
  close_call(k);
  k = sum_of_ones(E5M2, 4);
  state(k, 61440, 61440, 4);
  answers(k, INFINITY, V_PASS, "float8_e5m2: 61440 is infinite");
  answers(k, -INFINITY, V_WRONG_VALUE, "float8_e5m2: to its own side");
  state(k, 65000, 65000, 4);
  answers(k, 57344, V_WRONG_VALUE, "float8_e5m2: 65000 is not saturated");
  answers(k, NAN, V_WRONG_VALUE, "float8_e5m2: and not NaN");
  close_call(k);
}

static void test_float64_overflow (void) {
  call *k = sum_of_ones(F64, 4);
  set(k, JOB_INPUT, 0, DBL_MAX);
  set(k, JOB_INPUT, 1, -DBL_MAX);
  state(k, 1, INFINITY, 4);
  answers(k, 1, V_PASS, "float64: S itself overflows; the number");
  answers(k, NAN, V_PASS, "float64: ... NaN");
  answers(k, -INFINITY, V_PASS, "float64: ... an infinity");
  answers(k, DBL_MAX / 2, V_WRONG_VALUE, "float64: ... no number far off");
  state(k, INFINITY, INFINITY, 4);
  answers(k, DBL_MAX, V_PASS, "float64: a sum beyond the range: the largest number");
  answers(k, DBL_MAX * (1 - 15 * 0x1p-53), V_PASS, "float64: ... or what 4 terms may lose of it");
  answers(k, DBL_MAX * (1 - 18 * 0x1p-53), V_WRONG_VALUE, "float64: ... and no less");
  answers(k, NAN, V_PASS, "float64: ... NaN");
  answers(k, 1, V_WRONG_VALUE, "float64: ... no other number");
  answers(k, -DBL_MAX, V_WRONG_VALUE, "float64: ... nor the other side's");
  close_call(k);
  k = sum_of_ones(F64, 4);
  set(k, JOB_INPUT, 0, INFINITY);
  state(k, INFINITY, INFINITY, 4);
  answers(k, DBL_MAX, V_WRONG_VALUE, "float64: an infinity of the data is no overflow");
  answers(k, NAN, V_WRONG_VALUE, "float64: ... and no NaN");
  close_call(k);
}

/* ---- subnormals */

/* The same sum over a window of 2x2 instead of four channels. */
static void as_window (call *k) {
  for (int t = JOB_INPUT; t <= JOB_WEIGHT; t++) {
    place *p = &k->j.tensor[t];
    memcpy(p->shape, (int64_t[MAX_NDIM]){ 1, 1, 2, 2 }, sizeof p->shape);
    memcpy(p->strides, (int64_t[MAX_NDIM]){ 4, 4, 2, 1 }, sizeof p->strides);
  }
  k->j.params.in_channels = 1;
}

static void test_flushing (void) {
  call *k = sum_of_ones(F32, 4);
  set(k, JOB_INPUT, 0, 0x1p-130);
  set(k, JOB_WEIGHT, 0, 0x1p+10);
  state(k, 0x1p-120, 0x1p-120, 4);
  answers(k, 0, V_WRONG_VALUE, "a subnormal input is not flushed");
  state(k, 0x1p-127, 0x1p-127, 4);
  answers(k, 0, V_WRONG_VALUE, "a subnormal result is not flushed");
  breaks(k, "SPECIAL-6");
  k->s.claims = CONV2D_FLUSHES_SUBNORMALS;
  answers(k, 0, V_PASS, "a subnormal result is flushed, as claimed");
  set(k, JOB_INPUT, 0, 1);
  state(k, 7 * 0x1p-126, 7 * 0x1p-126, 4);
  answers(k, 0, V_PASS, "subnormal products and sums are flushed, as claimed");
  state(k, 11 * 0x1p-126, 11 * 0x1p-126, 4);
  answers(k, 0, V_WRONG_VALUE, "but no more than 4 of each, and the result");
  set(k, JOB_INPUT, 0, 0x1p-130);
  state(k, 0x1p-120, 0x1p-120, 4);
  answers(k, 0, V_PASS, "a subnormal input is flushed, as claimed");
  state(k, 0x1p-110, 0x1p-110, 4);
  answers(k, 0, V_WRONG_VALUE, "but nothing larger than the claim explains");
  ok(!k->out.clause || strcmp(k->out.clause, "SPECIAL-6"), "  nor is that laid to subnormals");
  set(k, JOB_WEIGHT, 0, INFINITY);
  state(k, INFINITY, INFINITY, 4);
  answers(k, NAN, V_PASS, "an infinity times a subnormal that is flushed");
  state(k, 1, 1, 3);
  answers(k, NAN, V_WRONG_VALUE, "a NaN where the right answer is a number");
  state(k, INFINITY, INFINITY, 4);
  k->s.claims = 0;
  answers(k, NAN, V_WRONG_VALUE, "... not without the claim");
  close_call(k);
  k = sum_of_ones(E5M2, 4);
  as_window(k);
  set(k, JOB_INPUT, 1, 0x1p-15);
  set(k, JOB_WEIGHT, 1, 0x1p+3);
  k->s.claims = CONV2D_FLUSHES_SUBNORMALS;
  state(k, 0x1p-12, 0x1p-12, 4);
  answers(k, 0, V_PASS, "float8_e5m2: a subnormal input is flushed, as claimed");
  set(k, JOB_INPUT, 1, 1);
  answers(k, 0, V_WRONG_VALUE, "float8_e5m2: no input is subnormal");
  close_call(k);
  k = sum_of_ones(BF16, 4);
  state(k, 0x1p-127, 0x1p-127, 4);
  answers(k, 0, V_PASS, "bfloat16 needs no claim");
  state(k, 0x1p-120, 0x1p-120, 4);
  answers(k, 0, V_WRONG_VALUE, "... but does need subnormals");
  close_call(k);
}

int main (void) {
  test_classes();
  test_padding_freedom();
  test_overflow();
  test_narrow_overflow();
  test_overflow_to_nan();
  test_float64_overflow();
  test_flushing();
  return done_testing();
}
