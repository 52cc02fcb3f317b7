/* pack_block.h: the text of the loop that packs float32, which processors.h includes. */

#define pack_vector NAMED(pack_vector)
#define pack_floats NAMED(pack_floats)

/* `at` and `count` are counted in elements. What is not finite has all bits of the exponent set. */
TARGET INLINE void pack_vector (const char *first, int64_t at, int64_t count, cell *out,
                                words *fractional, words *nonfinite) {
  floats x = { 0 };

  memcpy(&x, first + at * (int64_t) sizeof(float), (size_t) count * sizeof(float));
  reals wide = __builtin_convertvector(x, reals);
  memcpy(out + at, &wide, (size_t) count * sizeof(double));
  words bits = (words) x & INT32_MAX;
  floats size = (floats) bits;
  *fractional |= (words) ((size + 0x1p23f) - 0x1p23f != size); /* as is_integral */
  *nonfinite |= (words) ((bits & 0x7f800000) == 0x7f800000);
}

/* The last vector overlaps the one before, so that it is whole, if there is one before. */
TARGET static void pack_floats (const char *first, int64_t n, cell *out, content *seen) {
  words fractional = { 0 }, nonfinite = { 0 };
  int64_t at = 0;

  for (; at + WIDTH <= n; at += WIDTH)
    pack_vector(first, at, WIDTH, out, &fractional, &nonfinite);
  if (at < n && n >= WIDTH)
    pack_vector(first, n - WIDTH, WIDTH, out, &fractional, &nonfinite);
  else if (at < n)
    pack_vector(first, 0, n, out, &fractional, &nonfinite);
  seen->fractional |= any_bit(fractional);
  seen->nonfinite |= any_bit(nonfinite);
}
