/* processors.h: includes BLOCK, a file of inner loops, once for each kind of processor, with
   BYTES          of its vectors; WIDTH, the doubles in one
   TARGET         the attribute that lets the compiler use them
   FUSED_ADD, FUSED_SUBTRACT   where a * b + c and a * b - c are rounded once
   SOME(words)    whether any bit is set; defined only where there is an instruction for it
   NAMED(name)    the name of a function or a type of this kind; vectors.h has the types
   Vectors run over neighbouring elements of the result, never along a sum, so that each sum has
   one order, and the same bits, everywhere. */

#include "widest.h"

#define PASTE(a, b) a##_##b
#define PASTE_VALUES(a, b) PASTE(a, b)
#define NAMED(name) PASTE_VALUES(name, BYTES)
#define WIDTH (BYTES / 8)
#define UNROLL _Pragma("GCC unroll 4")
#define INLINE static inline __attribute__((always_inline))

#define BYTES 16
#define TARGET
#include "vectors.h"
#include BLOCK
#undef BYTES
#undef TARGET

#ifdef __x86_64__
#include <immintrin.h>

#define BYTES 32
#define TARGET __attribute__((target("avx2,fma")))
#define FUSED_ADD _mm256_fmadd_pd
#define FUSED_SUBTRACT _mm256_fmsub_pd
#define SOME(words) (!_mm_testz_si128((__m128i) (words), (__m128i) (words)))
#include "vectors.h"
#include BLOCK
#undef BYTES
#undef TARGET
#undef FUSED_ADD
#undef FUSED_SUBTRACT
#undef SOME

#define BYTES 64
#define TARGET __attribute__((target("avx512f")))
#define FUSED_ADD _mm512_fmadd_pd
#define FUSED_SUBTRACT _mm512_fmsub_pd
#define SOME(words) (!_mm256_testz_si256((__m256i) (words), (__m256i) (words)))
#include "vectors.h"
#include BLOCK
#undef BYTES
#undef TARGET
#undef FUSED_ADD
#undef FUSED_SUBTRACT
#undef SOME
#endif
