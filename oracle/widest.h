/* widest.h: which vectors this processor has. */

#ifndef WIDEST_H
#define WIDEST_H

/* Compile with -DWIDEST=32 or 16 to see what lesser processors do. */
#ifndef WIDEST
#define WIDEST 64
#endif

/* The widest vectors of this processor, in bytes. */
static inline int widest (void) {
#ifdef __x86_64__
  if (WIDEST >= 64 && __builtin_cpu_supports("avx512f"))
    return 64;
  if (WIDEST >= 32 && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
    return 32;
#endif
  return 16;
}

#endif
