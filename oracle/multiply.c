/* multiply.c: the inner loops, for each kind of processor, and the choice among them.
   Vectors run over neighbouring elements of the result, never along a sum, so that each sum has
   one order, and the same bits, everywhere. */

#include "multiply.h"
#include <math.h>
#include <string.h>

#define PASTE(a, b) a##_##b
#define PASTE_VALUES(a, b) PASTE(a, b)
#define NAMED(name) PASTE_VALUES(name, BYTES)
#define UNROLL _Pragma("GCC unroll 4")
#define INLINE static inline __attribute__((always_inline))

enum { ABREAST = 4 }; /* vectors of a row that are summed together, at most */

#define BYTES 16
#define TARGET
#include "multiply_block.h"
#undef BYTES
#undef TARGET

#ifdef __x86_64__
#include <immintrin.h>

#define BYTES 32
#define TARGET __attribute__((target("avx2,fma")))
#define FUSED_ADD _mm256_fmadd_pd
#define FUSED_SUBTRACT _mm256_fmsub_pd
#include "multiply_block.h"
#undef BYTES
#undef TARGET
#undef FUSED_ADD
#undef FUSED_SUBTRACT

#define BYTES 64
#define TARGET __attribute__((target("avx512f")))
#define FUSED_ADD _mm512_fmadd_pd
#define FUSED_SUBTRACT _mm512_fmsub_pd
#include "multiply_block.h"
#endif

/* Integers wrap; no compiler gains from vectors of products of 64 bits, so these are plain loops.
 */
static void multiply_integers (int64_t depth, const cell *left, const cell *const *right, int rows,
                               int lanes, bool first, sums *total) {
  if (first)
    memset(total, 0, sizeof *total);
  for (int64_t k = 0; k < depth; k++)
    for (int r = 0; r < rows; r++)
      for (int l = 0; l < lanes; l++) {
        int64_t w = left[k * ROWS + r].integer, x = right[k][l].integer;
        int64_t *sum = &total->sum[r][l].integer;
        *sum = (int64_t) ((uint64_t) *sum + (uint64_t) w * (uint64_t) x);
        total->scale[r][l] += fabs((double) w * (double) x);
      }
}

/* Of the narrow types' loop (0) or float64's (1). */
static multiply_fn *fastest (int wide) {
  static multiply_fn *const plain[] = { multiply_narrow_16, multiply_wide_16 };
#ifdef __x86_64__
  static multiply_fn *const avx2[] = { multiply_narrow_32, multiply_wide_32 };
  static multiply_fn *const avx512[] = { multiply_narrow_64, multiply_wide_64 };

  if (__builtin_cpu_supports("avx512f"))
    return avx512[wide];
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
    return avx2[wide];
#endif
  return plain[wide];
}

multiply_fn *multiply_for (const type *t) {
  return is_integer(t) ? multiply_integers : fastest(t->fraction == 52);
}
