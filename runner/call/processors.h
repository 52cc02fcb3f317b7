/* processors.h: one text for each kind of processor, so that compilers make vectors of that kind of
   its loops. The operations are the same for all of them, and so are the results. */

#ifndef PROCESSORS_H
#define PROCESSORS_H

#define INLINE static inline __attribute__((always_inline))

/* Compile with -DWIDEST=32 or 16 to see what lesser processors do. */
#ifndef WIDEST
#define WIDEST 64
#endif

/* Makes `name` of name##_text, which is INLINE. result: "return", or nothing if it is void. */
#ifdef __x86_64__
#define FOR_PROCESSORS(result, type, name, parameters, arguments)                                  \
  __attribute__((target("avx512f,avx512dq"))) static type name##_avx512 parameters {               \
    result name##_text arguments;                                                                  \
  }                                                                                                \
  __attribute__((target("avx2"))) static type name##_avx2 parameters {                             \
    result name##_text arguments;                                                                  \
  }                                                                                                \
  static type name parameters {                                                                    \
    if (WIDEST >= 64 && __builtin_cpu_supports("avx512dq"))                                        \
      result name##_avx512 arguments;                                                              \
    else if (WIDEST >= 32 && __builtin_cpu_supports("avx2"))                                       \
      result name##_avx2 arguments;                                                                \
    else                                                                                           \
      result name##_text arguments;                                                                \
  }
#else
#define FOR_PROCESSORS(result, type, name, parameters, arguments)                                  \
  static type name parameters {                                                                    \
    result name##_text arguments;                                                                  \
  }
#endif

#endif
