/* sums.h: the sum of n products, in the precision and the order that the plant has.
   Compiled without contraction, so that only what says fmaf is fused. */

/* v rounded to so many bits, ties to even. */
static float keep_bits (float v, int bits) {
  int exponent;
  const double fraction = frexp(v, &exponent);
  return isfinite(v) ? (float) ldexp(nearbyint(ldexp(fraction, bits)), exponent - bits) : v;
}

/* An operand as it is multiplied. */
static float operand (float v) {
  return PLANT == bfloat16_inside ? keep_bits(v, 8) : PLANT == tf32_inside ? keep_bits(v, 11) : v;
}

/* One more term: total + x * w, in the accumulator's precision. */
static float add (float total, float x, float w) {
  if (PLANT == fused || PLANT == flush_inputs)
    return fmaf(x, w, total);
  const float v = total + x * w;
  if (PLANT != float16_sum)
    return v;
  return fabsf(v) > 65504 ? copysignf(INFINITY, v) : keep_bits(v, 11);
}

static float forward_sum (const float *x, const float *w, int64_t n, int64_t step) {
  float total = 0;
  for (int64_t i = 0; i < n; i += step)
    total = add(total, x[i], w[i]);
  return total;
}

static float backward_sum (const float *x, const float *w, int64_t n) {
  float total = 0;
  for (int64_t i = n; i-- > 0;)
    total = add(total, x[i], w[i]);
  return total;
}

/* Blocks of so many terms, each summed for itself, added one after the other. */
static float blocked_sum (const float *x, const float *w, int64_t n, int64_t block) {
  float total = 0;
  for (int64_t i = 0; i < n; i += block)
    total += forward_sum(x + i, w + i, i + block < n ? block : n - i, 1);
  return total;
}

static float pairwise_sum (const float *x, const float *w, int64_t n) {
  int64_t half = 1;
  if (n == 1)
    return x[0] * w[0];
  while (half * 2 < n)
    half *= 2;
  return pairwise_sum(x, w, half) + pairwise_sum(x + half, w + half, n - half);
}

/* Terms i, i + 8, i + 16 ... for themselves, as vector instructions have it. */
static float laned_sum (const float *x, const float *w, int64_t n) {
  float lane[8], total;
  for (int64_t i = 0; i < 8; i++)
    lane[i] = i < n ? forward_sum(x + i, w + i, n - i, 8) : 0;
  total = ((lane[0] + lane[1]) + (lane[2] + lane[3])) + ((lane[4] + lane[5]) + (lane[6] + lane[7]));
  return total;
}

static float double_precision_sum (const float *x, const float *w, int64_t n) {
  double total = 0;
  for (int64_t i = 0; i < n; i++)
    total += (double) x[i] * (double) w[i];
  return (float) total;
}

/* A part of the terms for each thread, as a parallel reduction has it. */
static float threaded_sum (const float *x, const float *w, int64_t n) {
  const char *text = getenv("OMP_NUM_THREADS");
  const int64_t threads = text && atoi(text) > 0 ? atoi(text) : 1;
  return blocked_sum(x, w, n, (n + threads - 1) / threads);
}

/* In another order at every other call of the subject. */
static float changing_sum (const float *x, const float *w, int64_t n, int calls) {
  return calls % 2 ? forward_sum(x, w, n, 1) : backward_sum(x, w, n);
}

static float sum (const float *x, const float *w, int64_t n, int calls) {
  static const struct {
    int plant;
    float (*sum)(const float *, const float *, int64_t);
  } sums[] = { { backward, backward_sum },
               { pairwise, pairwise_sum },
               { lanes, laned_sum },
               { double_sum, double_precision_sum },
               { threaded, threaded_sum } };
  for (size_t i = 0; i < sizeof sums / sizeof *sums; i++)
    if (sums[i].plant == PLANT)
      return sums[i].sum(x, w, n);
  return PLANT == blocks_of_16    ? blocked_sum(x, w, n, 16)
         : PLANT == blocks_of_256 ? blocked_sum(x, w, n, 256)
         : PLANT == unrepeatable  ? changing_sum(x, w, n, calls)
                                  : forward_sum(x, w, n, 1);
}
