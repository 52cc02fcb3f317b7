/* multiply_block.h: the text of the two inner loops for floats, included by multiply.c for each kind of
   processor, with BYTES of its vectors, the attribute TARGET that lets the compiler use them, and
   FUSED_SUBTRACT where a * b - c is rounded once. */

#define WIDTH (BYTES / 8)
#define NAMED(name) NAMED_WITH(name, BYTES)
#define REALS NAMED(reals)
#define INTEGERS NAMED(integers)

typedef double REALS __attribute__ ((vector_size (BYTES)));
typedef int64_t INTEGERS __attribute__ ((vector_size (BYTES)));

TARGET INLINE REALS NAMED(absolute) (REALS x)
{
  return (REALS) ((INTEGERS) x & INT64_MAX);
}

#ifndef FUSED_SUBTRACT
/* The upper half of the digits of each (Veltkamp). */
TARGET INLINE REALS NAMED(upper) (REALS x)
{
  REALS far = x * 0x8000001p0;
  return far - (far - x);
}
#endif

/* w * x - p without error, where p is w * x rounded (Dekker). */
TARGET INLINE REALS NAMED(product_error) (REALS w, REALS x, REALS p)
{
#ifdef FUSED_SUBTRACT
  return FUSED_SUBTRACT(w, x, p);
#else
  REALS w1 = NAMED(upper)(w), w0 = w - w1, x1 = NAMED(upper)(x), x0 = x - x1;
  return ((w1 * x1 - p) + w1 * x0 + w0 * x1) + w0 * x0;
#endif
}

/* The same in every element. */
TARGET INLINE REALS NAMED(all_real) (double x)
{
  return x - (REALS){ 0 };
}

TARGET INLINE REALS NAMED(load) (const void *from)
{
  REALS x;
  memcpy(&x, from, sizeof x);
  return x;
}

TARGET INLINE void NAMED(accumulate) (bool first, void *total, REALS x)
{
  if (!first)
    x += NAMED(load)(total);
  memcpy(total, &x, sizeof x);
}

/* Types whose products are exact in double; `rows` is a constant. */
TARGET INLINE void NAMED(narrow) (int64_t depth, const cell *left, const cell *const *right,
                                  int rows, int lanes, bool first, sums *total)
{
  for (int at = 0; at < lanes; at += WIDTH) {
    REALS sum[ROWS], scale[ROWS];
    UNROLL for (int r = 0; r < rows; r++)
      sum[r] = scale[r] = (REALS){ 0 };
    for (int64_t k = 0; k < depth; k++) {
      REALS x = NAMED(load)(right[k] + at);
      UNROLL for (int r = 0; r < rows; r++) {
        REALS p = NAMED(all_real)(left[k * ROWS + r].real) * x;
        sum[r] += p;
        scale[r] += NAMED(absolute)(p);
      }
    }
    UNROLL for (int r = 0; r < rows; r++) {
      NAMED(accumulate)(first, &total->sum[r][at], sum[r]);
      NAMED(accumulate)(first, &total->scale[r][at], scale[r]);
    }
  }
}

TARGET static void NAMED(multiply_narrow) (int64_t depth, const cell *left, const cell *const *right,
                                           int rows, int lanes, bool first, sums *total)
{
  if (rows == 1) /* depthwise */
    NAMED(narrow)(depth, left, right, 1, lanes, first, total);
  else
    NAMED(narrow)(depth, left, right, ROWS, lanes, first, total);
}

/* One row: sum + rest, and scale, of WIDTH lanes. The errors of products and sums are summed too
   (Ogita, Rump, Oishi 2005: Dot2). */
TARGET INLINE void NAMED(add_row) (int64_t depth, const cell *left, const cell *const *right,
                                   int at, cell *sum, double *rest, double *scale)
{
  REALS s = NAMED(load)(sum), errors = NAMED(load)(rest), a = NAMED(load)(scale);

  for (int64_t k = 0; k < depth; k++) {
    REALS w = NAMED(all_real)(left[k * ROWS].real), x = NAMED(load)(right[k] + at);
    REALS p = w * x, next = s + p, part = next - s;
    errors += ((s - (next - part)) + (p - part)) + NAMED(product_error)(w, x, p);
    a += NAMED(absolute)(p);
    s = next;
  }
  memcpy(sum, &s, sizeof s);
  memcpy(rest, &errors, sizeof errors);
  memcpy(scale, &a, sizeof a);
}

/* float64 */
TARGET static void NAMED(multiply_wide) (int64_t depth, const cell *left, const cell *const *right,
                                         int rows, int lanes, bool first, sums *total)
{
  if (first)
    memset(total, 0, sizeof *total);
  for (int row = 0; row < rows; row++)
    for (int at = 0; at < lanes; at += WIDTH)
      NAMED(add_row)(depth, left + row, right, at, &total->sum[row][at], &total->rest[row][at],
                     &total->scale[row][at]);
}

#undef WIDTH
#undef NAMED
#undef REALS
#undef INTEGERS
