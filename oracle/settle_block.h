/* settle_block.h: the loop that rounds a row to float32, as a text that processors.h includes. */

#define settle_vector NAMED(settle_vector)
#define settle_row NAMED(settle_row)

TARGET INLINE int64_t settle_vector (reals relative, reals exact_below, const double *sum,
                                     const double *scale, int64_t at, char *out, int64_t *list) {
  int32_t in_doubt[WIDTH];
  reals s = load(sum + at), size = load(scale + at), error = size * relative;

  error = (reals) ((integers) error & ~(integers) (size < exact_below));
  floats low = __builtin_convertvector(s - error, floats);
  floats high = __builtin_convertvector(s + error, floats);
  /* two zeros differ in bits alone, two NaNs perhaps not in bits */
  words doubt = ((words) low ^ (words) high) | (words) (low != high);
  memcpy(out + at * (int64_t) sizeof(float), &low, sizeof low);
  if (!any_bit(doubt))
    return 0;
  memcpy(in_doubt, &doubt, sizeof doubt);
  return list_doubts(in_doubt, WIDTH, at, list);
}

/* The last vector overlaps the one before, so that it is whole. */
TARGET static int64_t settle_row (const proof *p, const double *sum, const double *scale,
                                  int64_t columns, char *out, int64_t *list) {
  const reals relative = all_real(p->relative), exact_below = all_real(p->exact_below);
  int64_t at = 0, count = 0;

  for (; at + WIDTH <= columns; at += WIDTH)
    count += settle_vector(relative, exact_below, sum, scale, at, out, list + count);
  if (at < columns)
    count += settle_vector(relative, exact_below, sum, scale, columns - WIDTH, out, list + count);
  return count;
}
