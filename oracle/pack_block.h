/* pack_block.h: the text of the loop that packs float32, which processors.h includes. */

#define widen NAMED(widen)
#define look_at NAMED(look_at)
#define pack_floats NAMED(pack_floats)

/* From element `at` on, `count` of them; returns them. */
TARGET INLINE floats widen (const char *first, int64_t at, int64_t count, cell *out) {
  floats x = { 0 };

  memcpy(&x, first + at * (int64_t) sizeof(float), (size_t) count * sizeof(float));
  reals wide = __builtin_convertvector(x, reals);
  memcpy(out + at, &wide, (size_t) count * sizeof(double));
  return x;
}

/* What is not finite has all bits of the exponent set. */
TARGET INLINE void look_at (floats x, words *fractional, words *nonfinite) {
  words bits = (words) x & INT32_MAX;
  floats size = (floats) bits;

  *fractional |= (words) ((size + 0x1p23f) - 0x1p23f != size); /* as is_integral */
  *nonfinite |= bits >= 0x7f800000;
}

/* The last vector overlaps the one before, so that it is whole, if there is one before. */
TARGET static void pack_floats (const char *first, int64_t n, cell *out, content *seen) {
  words fractional = { 0 }, nonfinite = { 0 };
  int64_t at = 0;

  for (; seen == NULL && at + WIDTH <= n; at += WIDTH)
    widen(first, at, WIDTH, out);
  for (; at + WIDTH <= n; at += WIDTH)
    look_at(widen(first, at, WIDTH, out), &fractional, &nonfinite);
  if (at < n)
    look_at(n < WIDTH ? widen(first, 0, n, out) : widen(first, n - WIDTH, WIDTH, out), &fractional,
            &nonfinite);
  if (seen != NULL) {
    seen->fractional |= any_bit(fractional);
    seen->nonfinite |= any_bit(nonfinite);
  }
}
