/* floats.h: how this thread computes with floats: rounding, flush-to-zero, exception masks.
   Sticky exception flags are left out: every computation sets them. */

#ifndef FLOATS_H
#define FLOATS_H

#include <stdbool.h>
#include <stdint.h>

#if defined __x86_64__

#include <xmmintrin.h>

enum { MXCSR_FLAGS = 0x3f };

/* As fnstenv stores it; the other fields are of no interest. */
typedef struct x87_state {
  uint16_t control, unused, status, unused_too, tags, rest[9];
} x87_state;

/* Of the x87 its control word, and the tags of its registers: they are all empty unless somebody
   has used them, or MMX, and not cleaned up. Storing masks all exceptions: hence the fldcw. */
static inline uint64_t float_control (void) {
  x87_state x;
  __asm__ volatile("fnstenv %0\n\tfldcw %0" : "=m"(x));
  return (_mm_getcsr() & ~(uint32_t) MXCSR_FLAGS) | (uint64_t) x.control << 32
         | (uint64_t) x.tags << 48;
}

static inline void float_control_set (uint64_t control) {
  uint16_t x87 = (uint16_t) (control >> 32);
  _mm_setcsr((uint32_t) control);
  __asm__ volatile("emms\n\tfldcw %0" : : "m"(x87));
}

/* Whether the processor copies strings downwards, which no function may leave behind; it no longer
   does. To be asked before anything else can copy. */
static inline bool direction_reset (void) {
  const bool down = __builtin_ia32_readeflags_u64() & 0x400;
  __asm__ volatile("cld");
  return down;
}

#elif defined __aarch64__

static inline bool direction_reset (void) {
  return false;
}

static inline uint64_t float_control (void) {
  uint64_t fpcr;
  __asm__("mrs %0, fpcr" : "=r"(fpcr));
  return fpcr;
}

static inline void float_control_set (uint64_t control) {
  __asm__("msr fpcr, %0" : : "r"(control));
}

#else

#include <fenv.h>

static inline bool direction_reset (void) {
  return false;
}

static inline uint64_t float_control (void) {
  return (uint64_t) fegetround();
}

static inline void float_control_set (uint64_t control) {
  fesetround((int) control);
}

#endif

#endif
