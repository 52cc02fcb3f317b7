/* bounds.c: single elements, just inside of the bound and just outside, for every dtype; classes and
   the freedoms that specs/judge.md grants. */

#include "court.h"

#include <float.h>

/* One output element, of n products and no bias, all of them 1. */
static call *sum_of_ones (DLDataType t, int64_t n)
{
  call *k = open_call(t, 1, n, 1);
  for (int64_t c = 0; c < n; c++) {
    set(k, JOB_INPUT, c, 1);
    set(k, JOB_WEIGHT, c, 1);
  }
  set_truths(k);
  k->x.truth[0].detail.terms[0] = n;
  return k;
}

/* The truth about the only element, put in words directly. */
static void state (call *k, double exact, double scale, int64_t terms)
{
  k->x.truth[0].detail.exact[0] = exact;
  k->x.truth[0].detail.scale[0] = scale;
  k->x.truth[0].detail.terms[0] = terms;
  set_want(k, 0, exact);
}


static void answers (call *k, double got, verdict v, const char *what)
{
  set(k, JOB_OUTPUT, 0, got);
  shows(k, v, what);
}

/* ---- numbers */

/* Exact sums of 0 and 1, S = 1: room for n roundings of u S. */
static void test_float32 (void)
{
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

/* The sum is rounded once to the type, and may be off before by what float32 loses. */
static void test_narrow (DLDataType t, int precision, const char *name)
{
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

static void test_float64 (void)
{
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

static void test_integers (void)
{
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

static void test_exact_data (void)
{
  call *k = sum_of_ones(F32, 9);
  k->x.exact = true;
  answers(k, 9, V_PASS, "exact data: equal");
  answers(k, 9 + 0x1p-20, V_WRONG_VALUE, "exact data: one number off");
  says(k, V_WRONG_VALUE, "1 of 1 elements are wrong, first output[0,0,0,0]: got 9.00000095, want 9");
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

/* ---- transforms */

static void test_transforms (void)
{
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
  set(k, JOB_INPUT, 3, -8);
  answers(k, 4 + 528 * 16 * 8 * u, V_PASS, "transform: max|x| is looked up");
  set(k, JOB_WEIGHT, 5, 4);
  answers(k, 4 + 528 * 16 * 32 * u, V_PASS, "transform: max|w| too");
  set(k, JOB_BIAS, 0, -512);
  answers(k, 4 + 528 * 1024 * u, V_PASS, "transform: and the bias");
  answers(k, 4 + 530 * 1024 * u, V_WRONG_VALUE, "transform: two more");
  close_call(k);
}

/* Whose numbers count: those of the element's own image, group and output channel. */
static void test_reach (void)
{
  enum { IMAGES = 3, IN = 4, OUT = 6, GROUPS = 2 };
  call *k = open_call(F32, IMAGES, IN, OUT);
  k->j.params.groups = GROUPS;
  put_place(k, JOB_WEIGHT, F32, 4, (int64_t[]) { OUT, IN / GROUPS, 1, 1 });
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

/* The same of gradients: which element of which tensor each may depend on. */
static void test_reach_of_gradients (void)
{
  enum { IMAGES = 2, IN = 4, OUT = 6, GROUPS = 2, PART = IN / GROUPS };
  static const int64_t input[] = { IMAGES, IN, 1, 1 }, weight[] = { OUT, PART, 1, 1 },
                       output[] = { IMAGES, OUT, 1, 1 }, bias[] = { OUT };
  call *k = open_call(F32, IMAGES, IN, OUT);
  k->c.direction = BACKWARD;
  k->j.params.groups = GROUPS;
  k->j.tensor[JOB_OUTPUT].present = k->j.tensor[JOB_BIAS].present = k->x.truths = 0;
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

/* ---- classes */

static void test_classes (void)
{
  call *k = sum_of_ones(F32, 2);
  set(k, JOB_INPUT, 0, INFINITY);
  state(k, INFINITY, INFINITY, 2);
  answers(k, INFINITY, V_PASS, "an infinity, as it must be");
  answers(k, -INFINITY, V_WRONG_VALUE, "the other infinity");
  answers(k, NAN, V_WRONG_VALUE, "NaN for an infinity");
  ok(isinf(k->out.error) && isinf(k->out.max_error) && isnan(k->out.got), "  noted as infinite error");
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

static void test_padding_freedom (void)
{
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

static void test_overflow (void)
{
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

static void test_narrow_overflow (void)
{
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

static void test_float64_overflow (void)
{
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

static void test_flushing (void)
{
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
  state(k, 0x1p-120, 0x1p-120, 4);
  answers(k, 0, V_PASS, "a subnormal input is flushed, as claimed");
  state(k, 0x1p-110, 0x1p-110, 4);
  answers(k, 0, V_WRONG_VALUE, "but nothing larger than the claim explains");
  ok(!k->out.clause || strcmp(k->out.clause, "SPECIAL-6"), "  nor is that laid to subnormals");
  set(k, JOB_WEIGHT, 0, INFINITY);
  state(k, INFINITY, INFINITY, 4);
  answers(k, NAN, V_PASS, "an infinity times a subnormal that is flushed");
  k->s.claims = 0;
  answers(k, NAN, V_WRONG_VALUE, "... not without the claim");
  close_call(k);
}

/* ---- tensors */

/* The answer in another order than row-major, with gaps. */
static void test_layouts (void)
{
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

static void test_empty (void)
{
  call *k = open_call(F32, 0, 2, 3);
  shows(k, V_PASS, "an empty batch");
  ok(k->out.outputs == 0, "  has no outputs");
  close_call(k);
}

/* The first of several tensors leads; the numbers are of the worst. */
static void test_several_tensors (void)
{
  call *k = open_call(F32, 1, 1, 1);
  k->c.direction = BACKWARD;
  k->x.truths = 0;
  for (int t = JOB_GRAD_INPUT; t <= JOB_GRAD_WEIGHT; t++) {
    put_place(k, t, F32, 4, (int64_t[]) { 1, 1, 1, 1 });
    put_truth(k, t);
    k->x.truth[k->x.truths - 1].detail.scale[0] = 1;
    k->x.truth[k->x.truths - 1].detail.terms[0] = 10;
  }
  k->j.tensor[JOB_OUTPUT].present = 0;
  put_place(k, JOB_GRAD_OUTPUT, F32, 4, (int64_t[]) { 1, 1, 1, 1 });
  set(k, JOB_GRAD_INPUT, 0, 3 * 0x1p-24);
  set(k, JOB_GRAD_WEIGHT, 0, -7 * 0x1p-24);
  shows(k, V_PASS, "two gradients within their bounds");
  ok(k->out.rms_error == 7 && k->out.mean_error == -7 && fabs(k->out.max_error - 0.7) < 1e-3
         && k->out.outputs == 2,
     "  the larger errors are noted");
  close_call(k);
}

int main (void)
{
  test_float32();
  test_narrow(F16, 11, "float16");
  test_narrow(BF16, 8, "bfloat16");
  test_float64();
  test_integers();
  test_exact_data();
  test_transforms();
  test_reach();
  test_reach_of_gradients();
  test_classes();
  test_padding_freedom();
  test_overflow();
  test_narrow_overflow();
  test_float64_overflow();
  test_flushing();
  test_layouts();
  test_empty();
  test_several_tensors();
  return done_testing();
}
