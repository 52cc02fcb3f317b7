/* vectors.h: the vectors of one kind of processor, which processors.h includes. */

#define reals NAMED(reals)
#define integers NAMED(integers)
#define floats NAMED(floats)
#define words NAMED(words)
#define magnitudes NAMED(magnitudes)
#define all_real NAMED(all_real)
#define load NAMED(load)
#define any_bit NAMED(any_bit)

typedef double reals __attribute__((vector_size(BYTES)));
typedef int64_t integers __attribute__((vector_size(BYTES)));
typedef float floats __attribute__((vector_size(BYTES / 2)));
typedef int32_t words __attribute__((vector_size(BYTES / 2)));

TARGET INLINE reals magnitudes (reals x) {
  return (reals) ((integers) x & INT64_MAX);
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

TARGET INLINE bool any_bit (words x) {
#ifdef SOME
  return SOME(x);
#else
  uint64_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits != 0;
#endif
}
