/* multiply_block.h: the text of the three inner loops, included by multiply.c for each kind of
   processor, with BYTES of its vectors, the attribute TARGET that lets the compiler use them, and
   FUSED_ADD and FUSED_SUBTRACT where there are fused multiply-adds. */

#define WIDTH (BYTES / 8)
#define NAMED(name) NAMED_WITH(name, BYTES)
#define REALS NAMED(reals)
#define INTEGERS NAMED(integers)

typedef double REALS __attribute__ ((vector_size (BYTES)));
typedef int64_t INTEGERS __attribute__ ((vector_size (BYTES)));

TARGET static inline REALS NAMED(absolute) (REALS x)
{
  return (REALS) ((INTEGERS) x & INT64_MAX);
}

/* s + w * x, where the product is exact. */
TARGET static inline REALS NAMED(add_exact) (REALS s, REALS w, REALS x)
{
#ifdef FUSED_ADD
  return FUSED_ADD(w, x, s);
#else
  return s + w * x;
#endif
}

#ifndef FUSED_SUBTRACT
/* The upper half of the digits of each (Veltkamp). */
TARGET static inline REALS NAMED(upper) (REALS x)
{
  REALS far = x * 0x8000001p0;
  return far - (far - x);
}
#endif

/* w * x - p without error, where p is w * x rounded (Dekker). */
TARGET static inline REALS NAMED(product_error) (REALS w, REALS x, REALS p)
{
#ifdef FUSED_SUBTRACT
  return FUSED_SUBTRACT(w, x, p);
#else
  REALS w1 = NAMED(upper)(w), w0 = w - w1, x1 = NAMED(upper)(x), x0 = x - x1;
  return ((w1 * x1 - p) + w1 * x0 + w0 * x1) + w0 * x0;
#endif
}

/* The same in every element. */
TARGET static inline REALS NAMED(all_real) (double x)
{
  return x - (REALS){ 0 };
}

TARGET static inline REALS NAMED(load) (const void *from)
{
  REALS x;
  memcpy(&x, from, sizeof x);
  return x;
}

TARGET static inline void NAMED(store) (void *to, REALS x)
{
  memcpy(to, &x, sizeof x);
}

/* Types whose products are exact in double. */
TARGET static void NAMED(multiply_narrow) (int64_t depth, const cell *left, const cell *right,
                                           int lanes, sums *total)
{
  for (int at = 0; at < lanes; at += WIDTH) {
    REALS sum[ROWS], scale[ROWS];
    UNROLL for (int r = 0; r < ROWS; r++)
      sum[r] = scale[r] = (REALS){ 0 };
    for (int64_t k = 0; k < depth; k++) {
      REALS x = NAMED(load)(right + k * LANES + at), size = NAMED(absolute)(x);
      UNROLL for (int r = 0; r < ROWS; r++) {
        REALS w = NAMED(all_real)(left[k * ROWS + r].real);
        sum[r] = NAMED(add_exact)(sum[r], w, x);
        scale[r] = NAMED(add_exact)(scale[r], NAMED(absolute)(w), size);
      }
    }
    UNROLL for (int r = 0; r < ROWS; r++) {
      cell *s = &total->sum[r][at];
      double *a = &total->scale[r][at];
      NAMED(store)(s, NAMED(load)(s) + sum[r]);
      NAMED(store)(a, NAMED(load)(a) + scale[r]);
    }
  }
}

/* float64: the errors of products and sums are summed too (Ogita, Rump, Oishi 2005: Dot2). */
TARGET static void NAMED(multiply_wide) (int64_t depth, const cell *left, const cell *right,
                                         int lanes, sums *total)
{
  for (int at = 0; at < lanes; at += WIDTH) {
    REALS sum[ROWS], rest[ROWS], scale[ROWS];
    UNROLL for (int r = 0; r < ROWS; r++) {
      sum[r] = NAMED(load)(&total->sum[r][at]);
      rest[r] = NAMED(load)(&total->rest[r][at]);
      scale[r] = NAMED(load)(&total->scale[r][at]);
    }
    for (int64_t k = 0; k < depth; k++) {
      REALS x = NAMED(load)(right + k * LANES + at);
      UNROLL for (int r = 0; r < ROWS; r++) {
        REALS w = NAMED(all_real)(left[k * ROWS + r].real), p = w * x;
        REALS next = sum[r] + p, part = next - sum[r];
        REALS error = (sum[r] - (next - part)) + (p - part); /* TwoSum */
        sum[r] = next;
        rest[r] += error + NAMED(product_error)(w, x, p);
        scale[r] += NAMED(absolute)(p);
      }
    }
    UNROLL for (int r = 0; r < ROWS; r++) {
      NAMED(store)(&total->sum[r][at], sum[r]);
      NAMED(store)(&total->rest[r][at], rest[r]);
      NAMED(store)(&total->scale[r][at], scale[r]);
    }
  }
}

#undef WIDTH
#undef NAMED
#undef REALS
#undef INTEGERS
