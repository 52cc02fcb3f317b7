/* multiply_block.h: the text of the two inner loops for floats, included by multiply.c for each
   kind of processor, with BYTES of its vectors, the attribute TARGET that lets the compiler use
   them, and FUSED_SUBTRACT where a * b - c is rounded once. */

#define WIDTH (BYTES / 8)
#define reals NAMED(reals)
#define integers NAMED(integers)
#define absolute NAMED(absolute)
#define upper NAMED(upper)
#define product_error NAMED(product_error)
#define all_real NAMED(all_real)
#define load NAMED(load)
#define accumulate NAMED(accumulate)
#define narrow NAMED(narrow)
#define multiply_narrow NAMED(multiply_narrow)
#define add_row NAMED(add_row)
#define multiply_wide NAMED(multiply_wide)

typedef double reals __attribute__((vector_size(BYTES)));
typedef int64_t integers __attribute__((vector_size(BYTES)));

TARGET INLINE reals absolute (reals x) {
  return (reals) ((integers) x & INT64_MAX);
}

#ifndef FUSED_SUBTRACT
/* The upper half of the digits of each (Veltkamp). */
TARGET INLINE reals upper (reals x) {
  reals far = x * 0x8000001p0;
  return far - (far - x);
}
#endif

/* w * x - p without error, where p is w * x rounded (Dekker). */
TARGET INLINE reals product_error (reals w, reals x, reals p) {
#ifdef FUSED_SUBTRACT
  return FUSED_SUBTRACT(w, x, p);
#else
  reals w1 = upper(w), w0 = w - w1, x1 = upper(x), x0 = x - x1;
  return ((w1 * x1 - p) + w1 * x0 + w0 * x1) + w0 * x0;
#endif
}

/* The same in every element. */
TARGET INLINE reals all_real (double x) {
  return x - (reals){ 0 };
}

TARGET INLINE reals load (const void *from) {
  reals x;
  memcpy(&x, from, sizeof x);
  return x;
}

TARGET INLINE void accumulate (bool first, void *total, reals x) {
  if (!first)
    x += load(total);
  memcpy(total, &x, sizeof x);
}

/* Types whose products are exact in double; `rows` is a constant. */
TARGET INLINE void narrow (int64_t depth, const cell *left, const cell *const *right, int rows,
                           int lanes, bool first, sums *total) {
  for (int at = 0; at < lanes; at += WIDTH) {
    reals sum[ROWS], scale[ROWS];
    UNROLL for (int r = 0; r < rows; r++) sum[r] = scale[r] = (reals){ 0 };
    for (int64_t k = 0; k < depth; k++) {
      reals x = load(right[k] + at);
      UNROLL for (int r = 0; r < rows; r++) {
        reals p = all_real(left[k * ROWS + r].real) * x;
        sum[r] += p;
        scale[r] += absolute(p);
      }
    }
    UNROLL for (int r = 0; r < rows; r++) {
      accumulate(first, &total->sum[r][at], sum[r]);
      accumulate(first, &total->scale[r][at], scale[r]);
    }
  }
}

TARGET static void multiply_narrow (int64_t depth, const cell *left, const cell *const *right,
                                    int rows, int lanes, bool first, sums *total) {
  if (rows == 1) /* depthwise */
    narrow(depth, left, right, 1, lanes, first, total);
  else
    narrow(depth, left, right, ROWS, lanes, first, total);
}

/* One row: sum + rest, and scale, of WIDTH lanes. The errors of products and sums are summed too
   (Ogita, Rump, Oishi 2005: Dot2). */
TARGET INLINE void add_row (int64_t depth, const cell *left, const cell *const *right, int at,
                            cell *sum, double *rest, double *scale) {
  reals s = load(sum), errors = load(rest), a = load(scale);

  for (int64_t k = 0; k < depth; k++) {
    reals w = all_real(left[k * ROWS].real), x = load(right[k] + at);
    reals p = w * x, next = s + p, part = next - s;
    errors += ((s - (next - part)) + (p - part)) + product_error(w, x, p);
    a += absolute(p);
    s = next;
  }
  memcpy(sum, &s, sizeof s);
  memcpy(rest, &errors, sizeof errors);
  memcpy(scale, &a, sizeof a);
}

/* float64 */
TARGET static void multiply_wide (int64_t depth, const cell *left, const cell *const *right,
                                  int rows, int lanes, bool first, sums *total) {
  if (first)
    memset(total, 0, sizeof *total);
  for (int row = 0; row < rows; row++)
    for (int at = 0; at < lanes; at += WIDTH)
      add_row(depth, left + row, right, at, &total->sum[row][at], &total->rest[row][at],
              &total->scale[row][at]);
}

#undef WIDTH
#undef reals
#undef integers
#undef absolute
#undef upper
#undef product_error
#undef all_real
#undef load
#undef accumulate
#undef narrow
#undef multiply_narrow
#undef add_row
#undef multiply_wide
