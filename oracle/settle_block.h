/* settle_block.h: the text of the loop that rounds a row to float32, which processors.h includes.
 */

#define WIDTH (BYTES / 8)
#define reals NAMED(reals)
#define integers NAMED(integers)
#define floats NAMED(floats)
#define words NAMED(words)
#define settle_vector NAMED(settle_vector)
#define settle_row NAMED(settle_row)

typedef double reals __attribute__((vector_size(BYTES)));
typedef int64_t integers __attribute__((vector_size(BYTES)));
typedef float floats __attribute__((vector_size(BYTES / 2)));
typedef int32_t words __attribute__((vector_size(BYTES / 2)));

TARGET INLINE int64_t settle_vector (const proof *p, const double *sum, const double *scale,
                                     int64_t at, char *out, int64_t *list) {
  const reals zero = { 0 };
  int32_t in_doubt[WIDTH];
  uint64_t any[BYTES / 16], one = 0;
  reals s, size;

  memcpy(&s, sum + at, sizeof s);
  memcpy(&size, scale + at, sizeof size);
  reals error = size * (zero + p->relative);
  error = (reals) ((integers) error & ~(integers) (size < zero + p->exact_below));
  floats low = __builtin_convertvector(s - error, floats);
  floats high = __builtin_convertvector(s + error, floats);
  /* two zeros differ in bits alone, two NaNs perhaps not in bits */
  words doubt = ((words) low ^ (words) high) | (words) (low != high);
  memcpy(out + at * (int64_t) sizeof(float), &low, sizeof low);
  memcpy(any, &doubt, sizeof any);
  for (int i = 0; i < BYTES / 16; i++)
    one |= any[i];
  memcpy(in_doubt, any, sizeof any);
  return one != 0 ? list_doubts(in_doubt, WIDTH, at, list) : 0;
}

/* The last vector overlaps the one before, so that it is whole. */
TARGET static int64_t settle_row (const proof *p, const double *sum, const double *scale,
                                  int64_t columns, char *out, int64_t *list) {
  int64_t at = 0, count = 0;

  for (; at + WIDTH <= columns; at += WIDTH)
    count += settle_vector(p, sum, scale, at, out, list + count);
  if (at < columns)
    count += settle_vector(p, sum, scale, columns - WIDTH, out, list + count);
  return count;
}

#undef WIDTH
#undef reals
#undef integers
#undef floats
#undef words
#undef settle_vector
#undef settle_row
