/* dtype.c: mutants that confuse one type of numbers with another. */

#include "engine.h"

static int dtype (const call *c) {
  return dtype_of(c->params.dtype);
}

static int bits (const call *c) {
  return c->params.dtype.bits;
}

static int64_t clamp (int64_t x, int64_t low, int64_t high) {
  return x < low ? low : x > high ? high : x;
}

/* Holds up to 32 bits: what they can sum without wrapping is far beyond what cases hold. */
static void saturate_signed (call *c) {
  int64_t high = ((int64_t) 1 << (bits(c) - 1)) - 1;
  bool fits = !c->real && bits(c) < 64 && dtype(c) != UINT8;
  for (int64_t e = 0; fits && e < count_outputs(c); e++)
    c->y[e].integer = (uint64_t) clamp((int64_t) c->y[e].integer, -high - 1, high);
}

static void saturate_unsigned (call *c) {
  for (int64_t e = 0; dtype(c) == UINT8 && e < count_outputs(c); e++)
    c->y[e].integer = (uint64_t) clamp((int64_t) c->y[e].integer, 0, 255);
}

static void all_integers (number *values, int64_t count, uint64_t (*as)(uint64_t)) {
  for (int64_t i = 0; i < count; i++)
    values[i].integer = as(values[i].integer);
}

static uint64_t as_int8 (uint64_t x) {
  return (uint64_t) (int8_t) x;
}

static uint64_t as_int32 (uint64_t x) {
  return (uint64_t) (int32_t) x;
}

static uint64_t as_int16 (uint64_t x) {
  return (uint64_t) (int16_t) x;
}

static uint64_t through_float (uint64_t x) {
  return (uint64_t) (int64_t) (float) (int64_t) x;
}

static uint64_t through_double (uint64_t x) {
  double d = (double) (int64_t) x;
  return fabs(d) < 0x1p63 ? (uint64_t) (int64_t) d : x;
}

static void results_as (call *c, int which, uint64_t (*as)(uint64_t)) {
  if (dtype(c) == which && !c->backward)
    all_integers(c->y, count_outputs(c), as);
}

static void int64_in_32_bits (call *c) {
  results_as(c, INT64, as_int32);
}

static void int32_in_16_bits (call *c) {
  results_as(c, INT32, as_int16);
}

static void int16_in_8_bits (call *c) {
  results_as(c, INT16, as_int8);
}

static void int32_in_float (call *c) {
  results_as(c, INT32, through_float);
}

static void int64_in_double (call *c) {
  results_as(c, INT64, through_double);
}

/* uint8 results are the same for signed and unsigned operands; only a comparison shows the sign. */
static number uint8_sign_kept (const call *c, const tap *t, number sum, number x, number w) {
  (void) t;
  if (dtype(c) == UINT8 && x.integer >= 128)
    x.integer = 127;
  return add_product(sum, x, w, c->real);
}

static number int8_sum_saturates (const call *c, const tap *t, number sum, number x, number w) {
  (void) t;
  number right = add_product(sum, x, w, c->real);
  if (dtype(c) == INT8)
    right.integer = (uint64_t) clamp((int64_t) right.integer, INT8_MIN, INT8_MAX);
  return right;
}

static number int8_products_in_pairs (const call *c, const tap *t, number sum, number x, number w) {
  (void) t;
  number right = add_product(sum, x, w, c->real);
  if (dtype(c) == INT8)
    right.integer = (uint64_t) clamp((int64_t) right.integer, INT16_MIN, INT16_MAX);
  return right;
}

/* The symmetric range of quantised weights has no -128. */
static void int8_without_least (call *c) {
  for (int64_t i = 0; dtype(c) == INT8 && i < count_elements(&c->weight.t); i++)
    if ((int64_t) c->w[i].integer == INT8_MIN)
      c->w[i].integer = (uint64_t) -INT8_MAX;
}

/* Layouts for which a type was forgotten. */
static void float16_as_bfloat16 (call *c) {
  if (dtype(c) == FLOAT16)
    c->input.t.dtype.code = kDLBfloat;
}

static void bfloat16_as_float16 (call *c) {
  if (dtype(c) == BFLOAT16)
    c->weight.t.dtype.code = kDLFloat;
}

static void float64_undilated (call *c) {
  if (dtype(c) == FLOAT64)
    c->l.x.dilation = 1;
}

static void bfloat16_unbiased (call *c) {
  for (int64_t k = 0; dtype(c) == BFLOAT16 && c->b != NULL && k < c->params.out_channels; k++)
    c->b[k].real = 0;
}

/* OFP8's other conversion, which DTYPE-9 is not about. */
static void saturate_float8 (call *c, double largest) {
  for (int64_t e = 0; e < count_outputs(c); e++)
    if (fabs(c->y[e].real) > largest)
      c->y[e].real = copysign(largest, c->y[e].real);
}

static void float8_saturates (call *c) {
  if (has_dtype(c, FLOAT8_E4M3FN))
    saturate_float8(c, 448);
  else if (has_dtype(c, FLOAT8_E5M2))
    saturate_float8(c, 57344);
}

/* e4m3fn with infinities, as IEEE 754 would have it, ends at 240. */
static void e4m3fn_ends_at_240 (call *c) {
  for (int64_t e = 0; has_dtype(c, FLOAT8_E4M3FN) && e < count_outputs(c); e++)
    if (fabs(c->y[e].real) >= 248)
      c->y[e].real = (double) NAN;
}

/* Biased by 8 and 16, as in the types fnuz, whose codes mean half of that. */
static void float8_weight_fnuz (call *c) {
  const bool float8 = has_dtype(c, FLOAT8_E4M3FN) || has_dtype(c, FLOAT8_E5M2);
  for (int64_t i = 0; float8 && i < count_elements(&c->weight.t); i++)
    c->w[i].real /= 2;
}

static void integers_unpadded (call *c) {
  if (!c->real)
    c->l.y.before = 0;
}

static int64_t integers_zero_padded (const layer *l, const axis *x, int64_t i, int64_t r) {
  return source(x, is_real(l->p->dtype) ? l->p->padding_mode : CONV2D_ZEROS, i, r);
}

/* Bytes counted as if elements had four. */
static void strides_of_float32 (call *c) {
  if (dtype(c) == FLOAT16 && c->input.t.ndim == 4 && c->input.t.shape[0] > 1)
    c->input.strides[0] /= 2;
}

const mutant dtype_mutants[] = {
  { "integers-saturate", "signed results saturate", .after = saturate_signed },
  { "uint8-saturates", "uint8 results saturate", .after = saturate_unsigned },
  { "int64-in-32-bits", "int64 results are cut to 32 bits", .after = int64_in_32_bits },
  { "int32-in-16-bits", "int32 results are cut to 16 bits", .after = int32_in_16_bits },
  { "int16-in-8-bits", "int16 results are cut to 8 bits", .after = int16_in_8_bits },
  { "int32-in-float", "int32 results pass through float32", .after = int32_in_float },
  { "int64-in-double", "int64 results pass through float64", .after = int64_in_double },
  { "uint8-as-signed", "uint8 inputs are limited to 127", .accumulate = uint8_sign_kept },
  { "int8-sum-saturates", "int8 is summed with saturation", .accumulate = int8_sum_saturates },
  { "int8-sum-in-16-bits", "int8 is summed in 16 bits with saturation",
    .accumulate = int8_products_in_pairs },
  { "int8-without-least", "int8 weights know no -128", .before = int8_without_least },
  { "float16-as-bfloat16", "float16 inputs are read as bfloat16", .layout = float16_as_bfloat16 },
  { "bfloat16-as-float16", "bfloat16 weights are read as float16", .layout = bfloat16_as_float16 },
  { "float64-undilated", "float64 has no dilation of columns", .before = float64_undilated },
  { "bfloat16-unbiased", "bfloat16 has no bias", .before = bfloat16_unbiased },
  { "float8-saturates", "float8 results saturate", .after = float8_saturates },
  { "e4m3fn-ends-at-240", "float8_e4m3fn has no numbers beyond 240", .after = e4m3fn_ends_at_240 },
  { "float8-weight-fnuz", "float8 weights are read with the bias of the types fnuz",
    .before = float8_weight_fnuz },
  { "integers-unpadded", "integers have no padding above", .before = integers_unpadded },
  { "integers-zero-padded", "integers know no padding mode but zeros",
    .source = integers_zero_padded },
  { "float16-image-stride", "float16 images are found at half of their distance",
    .layout = strides_of_float32 },
  { .name = NULL }
};
