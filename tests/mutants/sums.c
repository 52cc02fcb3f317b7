/* sums.c: mutants that add up bytes in int32 (DTYPE-11) as some instructions do. */

#include "engine.h"

static bool is_byte_sum (const call *c) {
  const DLDataType sum = { kDLInt, 32, 1 };
  return !c->real && c->params.dtype.bits == 8 && same_dtype(c->output.t.dtype, sum);
}

static int64_t clamp (int64_t x, int64_t low, int64_t high) {
  return x < low ? low : x > high ? high : x;
}

static number sum_in_16_bits (const call *c, const tap *t, number sum, number x, number w) {
  (void) c, (void) t;
  return of_integer(
      (uint64_t) clamp((int64_t) (sum.integer + x.integer * w.integer), -32768, 32767));
}

static void weight_without_sign (call *c) {
  for (int64_t i = 0, n = count_elements(&c->weight.t); i < n; i++)
    c->w[i].integer &= 255;
}

static void input_with_sign (call *c) {
  for (int64_t i = 0, n = count_elements(&c->input.t); i < n; i++)
    c->x[i].integer = (uint64_t) (int8_t) c->x[i].integer;
}

static void results_of_bytes (call *c) {
  for (int64_t e = 0; e < count_outputs(c); e++)
    c->y[e].integer = (uint64_t) (int8_t) c->y[e].integer;
}

static void bias_of_bytes (call *c) {
  for (int64_t k = 0; c->b != NULL && k < c->params.out_channels; k++)
    c->b[k].integer = (uint64_t) (int8_t) c->b[k].integer;
}

static void saturate (call *c) {
  for (int64_t e = 0; e < count_outputs(c); e++)
    c->y[e].integer = (uint64_t) clamp((int64_t) c->y[e].integer, INT32_MIN, INT32_MAX);
}

const mutant sum_mutants[] = {
  { "sums-in-16-bits", "int32 sums of bytes are added up in 16 bits with saturation", .sums = true,
    .when = is_byte_sum, .accumulate = sum_in_16_bits },
  { "sums-of-8-bits", "int32 sums of bytes are cut to 8 bits", .sums = true, .when = is_byte_sum,
    .after = results_of_bytes },
  { "sums-weight-unsigned", "the weight of sums of bytes is read without a sign", .sums = true,
    .when = is_byte_sum, .before = weight_without_sign },
  { "sums-input-signed", "the input of sums of bytes is read with a sign", .sums = true,
    .when = is_byte_sum, .before = input_with_sign },
  { "sums-bias-of-bytes", "the bias of sums of bytes is cut to 8 bits", .sums = true,
    .when = is_byte_sum, .before = bias_of_bytes },
  { "sums-saturate", "int32 sums of bytes saturate", .sums = true, .when = is_byte_sum,
    .after = saturate },
  { .name = NULL }
};
