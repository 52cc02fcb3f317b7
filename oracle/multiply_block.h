/* multiply_block.h: the text of the inner loops for floats, which processors.h includes. */

#define upper NAMED(upper)
#define product_error NAMED(product_error)
#define accumulate NAMED(accumulate)
#define add_product NAMED(add_product)
#define add_products NAMED(add_products)
#define narrow NAMED(narrow)
#define multiply_narrow NAMED(multiply_narrow)
#define sum_block NAMED(sum_block)
#define sum_columns NAMED(sum_columns)
#define sum_rows NAMED(sum_rows)
#define add_row NAMED(add_row)
#define multiply_wide NAMED(multiply_wide)

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

TARGET INLINE void accumulate (bool first, void *total, reals x) {
  if (!first)
    x += load(total);
  memcpy(total, &x, sizeof x);
}

/* Adds w * x, which is exact, so that fusing saves time and changes nothing. */
TARGET INLINE void add_product (reals w, reals x, reals *sum, reals *scale) {
#ifdef FUSED_ADD
  *sum = FUSED_ADD(w, x, *sum);
  *scale = FUSED_ADD(magnitudes(w), magnitudes(x), *scale);
#else
  reals p = w * x;
  *sum += p;
  *scale += magnitudes(p);
#endif
}

/* For types whose products are exact in double: the sums of some rows and some vectors, each of
   which begins at a lane. Both numbers are constants, so that all sums are in registers. */
TARGET INLINE void add_products (int64_t depth, const cell *left, const cell *const *right,
                                 const int64_t lane[ABREAST], int rows, int vectors,
                                 reals sum[ROWS][ABREAST], reals scale[ROWS][ABREAST]) {
  UNROLL for (int r = 0; r < rows; r++) {
    UNROLL for (int v = 0; v < vectors; v++) sum[r][v] = scale[r][v] = (reals){ 0 };
  }
  for (int64_t k = 0; k < depth; k++) {
    reals x[ABREAST];
    UNROLL for (int v = 0; v < vectors; v++) x[v] = load(right[k] + lane[v]);
    UNROLL for (int r = 0; r < rows; r++) {
      reals w = all_real(left[k * ROWS + r].real);
      UNROLL for (int v = 0; v < vectors; v++) add_product(w, x[v], &sum[r][v], &scale[r][v]);
    }
  }
}

TARGET INLINE void narrow (int64_t depth, const cell *left, const cell *const *right, int rows,
                           int vectors, int at, bool first, sums *total) {
  const int64_t lane[ABREAST] = { at, at + WIDTH, at + 2 * WIDTH, at + 3 * WIDTH };
  reals sum[ROWS][ABREAST], scale[ROWS][ABREAST];

  add_products(depth, left, right, lane, rows, vectors, sum, scale);
  UNROLL for (int r = 0; r < rows; r++) {
    UNROLL for (int v = 0; v < vectors; v++) {
      accumulate(first, &total->sum[r][lane[v]], sum[r][v]);
      accumulate(first, &total->scale[r][lane[v]], scale[r][v]);
    }
  }
}

TARGET static void multiply_narrow (int64_t depth, const cell *left, const cell *const *right,
                                    int rows, int lanes, bool first, sums *total) {
  enum { PAIR = BYTES == 64 ? 2 : 1 }; /* vectors of ROWS rows that there are registers for */
  int at = 0;

  for (; at + PAIR * WIDTH <= lanes && rows > 1; at += PAIR * WIDTH)
    narrow(depth, left, right, ROWS, PAIR, at, first, total);
  for (; at < lanes && rows > 1; at += WIDTH)
    narrow(depth, left, right, ROWS, 1, at, first, total);
  for (; at < lanes; at += WIDTH) /* depthwise */
    narrow(depth, left, right, 1, 1, at, first, total);
}

/* Columns from `at` on; the last vector may overlap the one before, so that it is whole. */
TARGET INLINE void sum_block (int64_t depth, const cell *left, const cell *const *right, int64_t at,
                              int rows, int vectors, int64_t columns, const double *bias,
                              double *const *to_sum, double *const *to_scale) {
  reals sum[ROWS][ABREAST], scale[ROWS][ABREAST];
  int64_t lane[ABREAST] = { at, at + WIDTH, at + 2 * WIDTH, at + 3 * WIDTH };

  if (lane[vectors - 1] > columns - WIDTH)
    lane[vectors - 1] = columns - WIDTH;
  add_products(depth, left, right, lane, rows, vectors, sum, scale);
  UNROLL for (int r = 0; r < rows; r++) {
    UNROLL for (int v = 0; v < vectors; v++) {
      sum[r][v] += all_real(bias[r]);
      scale[r][v] += magnitudes(all_real(bias[r]));
      memcpy(to_sum[r] + lane[v], &sum[r][v], sizeof(reals));
      memcpy(to_scale[r] + lane[v], &scale[r][v], sizeof(reals));
    }
  }
}

/* All columns, up to `most` vectors at a time: as many as there are registers for. With a single
   sum each addition would have to wait for the one before. */
TARGET INLINE void sum_columns (int64_t depth, const cell *left, const cell *const *right, int rows,
                                int most, int64_t columns, const double *bias, double *const *sum,
                                double *const *scale) {
  for (int64_t at = 0; at < columns; at += most * WIDTH) {
    int64_t vectors = (columns - at + WIDTH - 1) / WIDTH;
    if (most >= 4 && vectors >= 4)
      sum_block(depth, left, right, at, rows, 4, columns, bias, sum, scale);
    else if (most >= 3 && vectors >= 3)
      sum_block(depth, left, right, at, rows, 3, columns, bias, sum, scale);
    else if (most >= 2 && vectors >= 2)
      sum_block(depth, left, right, at, rows, 2, columns, bias, sum, scale);
    else
      sum_block(depth, left, right, at, rows, 1, columns, bias, sum, scale);
  }
}

TARGET static void sum_rows (int64_t depth, const cell *left, const cell *const *right, int rows,
                             int64_t columns, const double bias[static ROWS],
                             double *const sum[static ROWS], double *const scale[static ROWS]) {
  if (rows == 1)
    sum_columns(depth, left, right, 1, 4, columns, bias, sum, scale);
  else if (rows == 2)
    sum_columns(depth, left, right, 2, BYTES == 64 ? 4 : 2, columns, bias, sum, scale);
  else
    sum_columns(depth, left, right, ROWS, BYTES == 64 ? 2 : 1, columns, bias, sum, scale);
}

/* One row: sum + rest, and scale, for WIDTH lanes. `rest` sums the errors of products and sums
   (Ogita, Rump, Oishi 2005: Dot2). */
TARGET INLINE void add_row (int64_t depth, const cell *left, const cell *const *right, int at,
                            cell *sum, double *rest, double *scale) {
  reals s = load(sum), errors = load(rest), a = load(scale);

  for (int64_t k = 0; k < depth; k++) {
    reals w = all_real(left[k * ROWS].real), x = load(right[k] + at);
    reals p = w * x, next = s + p, part = next - s;
    errors += ((s - (next - part)) + (p - part)) + product_error(w, x, p);
    a += magnitudes(p);
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
