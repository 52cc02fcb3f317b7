/* numerics.c: mutants that look in the right place and compute badly.
   What is wrong with them is small or rare: a narrower type inside, an operation left out, one
   element of many. Integers are right. */

#include "engine.h"

#include <float.h>

static double to_bfloat16 (double x) {
  return round_to(x, 8, -133);
}

static double to_float16 (double x) {
  double rounded = round_to(x, 11, -24);
  return fabs(rounded) >= 0x1p16 ? copysign(INFINITY, x) : rounded;
}

static double to_tensorfloat32 (double x) {
  return round_to(x, 11, -149);
}

static double to_float32 (double x) {
  return (double) (float) x;
}

/* Towards zero, as by an integer mask on a float. */
static double truncated_to (double x, int digits) {
  int exponent;
  if (x == 0 || !isfinite(x))
    return x;
  frexp(x, &exponent);
  return ldexp(trunc(ldexp(x, digits - exponent)), exponent - digits);
}

/* float32 and float64: the types that are wider than what these mutants compute in. */
static bool is_wide (const call *c) {
  return has_dtype(c, FLOAT32) || has_dtype(c, FLOAT64);
}

static void round_all (number *values, int64_t count, double (*to)(double)) {
  for (int64_t i = 0; i < count; i++)
    values[i].real = to(values[i].real);
}

static void round_input (call *c, double (*to)(double)) {
  if (is_wide(c))
    round_all(c->x, count_elements(&c->input.t), to);
}

static void round_weight (call *c, double (*to)(double)) {
  if (is_wide(c))
    round_all(c->w, count_elements(&c->weight.t), to);
}

/* ---- operands in a narrower type */

static void input_bfloat16 (call *c) {
  round_input(c, to_bfloat16);
}

static void weight_bfloat16 (call *c) {
  round_weight(c, to_bfloat16);
}

static void input_float16 (call *c) {
  round_input(c, to_float16);
}

static void operands_tensorfloat32 (call *c) {
  round_input(c, to_tensorfloat32);
  round_weight(c, to_tensorfloat32);
}

static void operands_truncated_16_bits (call *c) {
  for (int64_t i = 0; is_wide(c) && i < count_elements(&c->input.t); i++)
    c->x[i].real = truncated_to(c->x[i].real, 16);
}

static double largest (const number *values, int64_t count) {
  double most = 0;
  for (int64_t i = 0; i < count; i++)
    if (isfinite(values[i].real) && fabs(values[i].real) > most)
      most = fabs(values[i].real);
  return most;
}

/* Symmetric quantisation by the largest value. */
static void input_int8 (call *c) {
  int64_t count = count_elements(&c->input.t);
  double step = is_wide(c) ? largest(c->x, count) / 127 : 0;
  for (int64_t i = 0; step > 0 && i < count; i++)
    c->x[i].real = nearbyint(c->x[i].real / step) * step;
}

static void weight_int8 (call *c) {
  int64_t count = count_elements(&c->weight.t);
  double step = is_wide(c) ? largest(c->w, count) / 127 : 0;
  for (int64_t i = 0; step > 0 && i < count; i++)
    c->w[i].real = nearbyint(c->w[i].real / step) * step;
}

/* ---- sums and products in a narrower type */

static number sum_in (const call *c, number sum, number x, number w, double (*to)(double)) {
  number right = add_product(sum, x, w, c->real);
  return is_wide(c) ? of_real(to(right.real)) : right;
}

static number sum_float16 (const call *c, const tap *t, number sum, number x, number w) {
  (void) t;
  return sum_in(c, sum, x, w, to_float16);
}

static number sum_bfloat16 (const call *c, const tap *t, number sum, number x, number w) {
  (void) t;
  return sum_in(c, sum, x, w, to_bfloat16);
}

static number sum_truncated_20_bits (const call *c, const tap *t, number sum, number x, number w) {
  (void) t;
  number right = add_product(sum, x, w, c->real);
  return is_wide(c) ? of_real(truncated_to(right.real, 20)) : right;
}

/* float16 and bfloat16 summed in themselves (pytorch #68048). */
static number sum_in_own_type (const call *c, const tap *t, number sum, number x, number w) {
  number right = add_product(sum, x, w, c->real);
  (void) t;
  if (has_dtype(c, BFLOAT16))
    return of_real(to_bfloat16(right.real));
  return has_dtype(c, FLOAT16) ? of_real(to_float16(right.real)) : right;
}

static number product_bfloat16 (const call *c, const tap *t, number sum, number x, number w) {
  (void) t;
  if (!is_wide(c))
    return add_product(sum, x, w, c->real);
  return of_real(sum.real + to_bfloat16(x.real * w.real));
}

static number product_truncated_16_bits (const call *c, const tap *t, number sum, number x,
                                         number w) {
  (void) t;
  if (!is_wide(c))
    return add_product(sum, x, w, c->real);
  return of_real(sum.real + truncated_to(x.real * w.real, 16));
}

static number double_in_float (const call *c, const tap *t, number sum, number x, number w) {
  (void) t;
  number right = add_product(sum, x, w, c->real);
  return has_dtype(c, FLOAT64) ? of_real(to_float32(right.real)) : right;
}

static void double_operands_in_float (call *c) {
  if (has_dtype(c, FLOAT64))
    round_input(c, to_float32);
}

/* ---- results */

static void one_ulp_up (call *c) {
  for (int64_t e = 0; has_dtype(c, FLOAT32) && !c->backward && e < count_outputs(c); e++)
    c->y[e].real = (double) nextafterf((float) c->y[e].real, INFINITY);
}

static void one_ulp_in_one (call *c) {
  int64_t e = count_outputs(c) / 2;
  if (has_dtype(c, FLOAT32) && !c->backward && e > 0)
    c->y[e].real = (double) nextafterf((float) c->y[e].real, INFINITY);
}

static void last_slightly_off (call *c) {
  int64_t e = count_outputs(c) - 1;
  if (c->real && !c->backward && e > 0)
    c->y[e].real *= 1 + 0x1p-6;
}

static void last_but_two_off (call *c) {
  int64_t e = count_outputs(c) - 3;
  if (has_dtype(c, FLOAT32) && !c->backward && e > 0)
    c->y[e].real *= 1 + 0x1p-14;
}

static void sign_lost (call *c) {
  for (int64_t e = 0; c->real && !c->backward && e < count_outputs(c); e++)
    c->y[e].real = fabs(c->y[e].real);
}

/* An activation that was left on. */
static void rectified (call *c) {
  for (int64_t e = 0; c->real && !c->backward && e < count_outputs(c); e++)
    c->y[e].real = c->y[e].real < 0 ? 0 : c->y[e].real;
}

static void bfloat16_truncated (call *c) {
  for (int64_t e = 0; has_dtype(c, BFLOAT16) && !c->backward && e < count_outputs(c); e++)
    c->y[e].real = truncated_to(c->y[e].real, 8);
}

static void half_truncated (call *c) {
  for (int64_t e = 0; has_dtype(c, FLOAT16) && !c->backward && e < count_outputs(c); e++)
    c->y[e].real = truncated_to(c->y[e].real, 11);
}

static void half_through_bfloat16 (call *c) {
  for (int64_t e = 0; has_dtype(c, FLOAT16) && !c->backward && e < count_outputs(c); e++)
    c->y[e].real = to_bfloat16(c->y[e].real);
}

static void stored_through_half (call *c) {
  if (is_wide(c) && !c->backward)
    round_all(c->y, count_outputs(c), to_float16);
}

static void leans_upwards (call *c) {
  for (int64_t e = 0; has_dtype(c, FLOAT32) && !c->backward && e < count_outputs(c); e++)
    c->y[e].real *= 1 + 0x1p-18;
}

/* ---- transforms that nobody claimed */

/* The four elements of a row that two neighbouring outputs of a kernel of three read. */
static void read_four (const call *c, const place *at, int64_t channel, int64_t h, float d[4]) {
  for (int64_t s = 0; s < 4; s++) {
    int64_t w = at->j / 2 * 2 + s - c->l.x.before;
    bool inside = h >= 0 && 0 <= w && w < c->l.x.size;
    d[s] = inside ? (float) c->x[input_index(&c->l, *at, channel, h, w)].real : 0;
  }
}

/* One output of F(2, 3), Winograd's minimal filtering, in single precision. */
static float two_of_four (const float d[4], const float g[3], bool second) {
  float m0 = (d[0] - d[2]) * g[0], m1 = (d[1] + d[2]) * ((g[0] + g[1] + g[2]) / 2);
  float m2 = (d[2] - d[1]) * ((g[0] - g[1] + g[2]) / 2), m3 = (d[1] - d[3]) * g[2];
  return second ? m1 - m2 - m3 : m0 + m1 + m2;
}

static number winograd (const call *c, place at) {
  const layer *l = &c->l;
  bool fits = has_dtype(c, FLOAT32) && l->x.kernel == 3 && l->x.dilation == 1 && l->x.stride == 1
              && l->p->padding_mode == CONV2D_ZEROS;
  if (!fits)
    return right_window(c, at);
  float sum = 0, d[4], g[3];
  tap t = { .at = at };
  for (t.c = 0; t.c < l->group_in; t.c++)
    for (t.r = 0; t.r < l->y.kernel; t.r++) {
      for (t.s = 0; t.s < 3; t.s++)
        g[t.s] = (float) c->w[right_weight_index(c, &t)].real;
      read_four(c, &at, t.c, source(&l->y, CONV2D_ZEROS, at.i, t.r), d);
      sum += two_of_four(d, g, at.j % 2);
    }
  return of_real((double) sum);
}

/* What a transform of the whole image leaves: a part in 2^20 of the largest input, everywhere. */
static void residue (call *c) {
  double left = largest(c->x, count_elements(&c->input.t)) * 0x1p-20;
  for (int64_t e = 0; has_dtype(c, FLOAT32) && !c->backward && e < count_outputs(c); e++)
    c->y[e].real += left;
}

const mutant numeric_mutants[] = {
  { "input-in-bfloat16", "inputs are rounded to bfloat16", .before = input_bfloat16 },
  { "weight-in-bfloat16", "weights are rounded to bfloat16", .before = weight_bfloat16 },
  { "input-in-float16", "inputs are rounded to float16", .before = input_float16 },
  { "operands-in-tensorfloat32", "inputs and weights are rounded to 11 bits",
    .before = operands_tensorfloat32 },
  { "input-truncated", "inputs are truncated to 16 bits", .before = operands_truncated_16_bits },
  { "input-in-int8", "inputs are quantised to int8", .before = input_int8 },
  { "weight-in-int8", "weights are quantised to int8", .before = weight_int8 },
  { "sum-in-float16", "sums are kept in float16", .accumulate = sum_float16 },
  { "sum-in-bfloat16", "sums are kept in bfloat16", .accumulate = sum_bfloat16 },
  { "sum-truncated", "sums are truncated to 20 bits", .accumulate = sum_truncated_20_bits },
  { "sum-in-own-half", "float16 and bfloat16 are summed in themselves",
    .accumulate = sum_in_own_type },
  { "product-in-bfloat16", "products are rounded to bfloat16", .accumulate = product_bfloat16 },
  { "product-truncated", "products are truncated to 16 bits",
    .accumulate = product_truncated_16_bits },
  { "float64-sum-in-float32", "float64 is summed in float32", .accumulate = double_in_float },
  { "float64-input-in-float32", "float64 inputs pass through float32",
    .before = double_operands_in_float },
  { "ulp-up", "results are the next float above", .after = one_ulp_up },
  { "ulp-in-one", "one element is the next float above", .after = one_ulp_in_one },
  { "last-slightly-off", "the last element is off by a part in 64", .after = last_slightly_off },
  { "last-but-two-off", "the last element but two is off by a part in 16384",
    .after = last_but_two_off },
  { "sign-lost", "results lose their sign", .after = sign_lost },
  { "rectified", "negative results become zero", .after = rectified },
  { "bfloat16-truncated", "bfloat16 results are truncated", .after = bfloat16_truncated },
  { "float16-truncated", "float16 results are truncated", .after = half_truncated },
  { "float16-through-bfloat16", "float16 results pass through bfloat16",
    .after = half_through_bfloat16 },
  { "stored-through-float16", "results pass through float16", .after = stored_through_half },
  { "leaning-upwards", "results are too large by a part in 262144", .after = leans_upwards },
  { "winograd-unclaimed", "rows of three taps by Winograd's F(2, 3)", .window = winograd },
  { "transform-residue", "a part in 2^20 of the largest input is everywhere", .after = residue },
  { .name = NULL }
};
