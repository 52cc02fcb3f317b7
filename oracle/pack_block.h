/* pack_block.h: the text of the loops that pack float32 and sort cells, which processors.h
 * includes. */

#define widen NAMED(widen)
#define look_at NAMED(look_at)
#define pack_floats NAMED(pack_floats)
#define sort_by_two NAMED(sort_by_two)

TARGET INLINE floats widen (const char *from, cell *to) {
  floats x;

  memcpy(&x, from, sizeof x);
  reals wide = __builtin_convertvector(x, reals);
  memcpy(to, &wide, sizeof wide);
  return x;
}

/* What is not finite has all bits of the exponent set. */
TARGET INLINE void look_at (floats x, words *fractional, words *nonfinite) {
  words bits = (words) x & INT32_MAX;
  floats size = (floats) bits;

  *fractional |= (words) ((size + 0x1p23f) - 0x1p23f != size); /* as is_integral */
  *nonfinite |= bits >= 0x7f800000;
}

/* n is at least WIDTH; the last vector may overlap the one before, so that it is whole. */
TARGET static void pack_floats (const char *first, int64_t n, cell *out, content *seen) {
  const int64_t size = sizeof(float);
  words fractional = { 0 }, nonfinite = { 0 };
  int64_t at = 0;

  for (; seen == NULL && at + WIDTH <= n; at += WIDTH)
    widen(first + at * size, out + at);
  for (; at + WIDTH <= n; at += WIDTH)
    look_at(widen(first + at * size, out + at), &fractional, &nonfinite);
  at = n - WIDTH;
  look_at(widen(first + at * size, out + at), &fractional, &nonfinite);
  if (seen != NULL) {
    seen->fractional |= any_bit(fractional);
    seen->nonfinite |= any_bit(nonfinite);
  }
}

TARGET static void sort_by_two (const cell *restrict row, int64_t each, cell *restrict out) {
  for (int64_t j = 0; j < each; j++) {
    out[j].real = row[2 * j].real;
    out[each + j].real = row[2 * j + 1].real;
  }
}
