/* fill.c: laying fill, and recognising it. */

#include "fill.h"

#include <string.h>

enum { STRETCH = 1024 };

/* Little-endian words. HIGH: NaN as float16, bfloat16, float32 and float64. LOW: a number in all
   four, so small that what is added to it shows: 2.4, 6.1, 6.1, 9857. As float8 types, every other
   byte of HIGH is NaN, and each of the others is another number than LOW's. */
static const uint32_t fill_word[BUFFER_SIDES] = { [HIGH] = 0x7ff47fa5, [LOW] = 0x40c340d5 };

static size_t least (size_t a, size_t b) {
  return a < b ? a : b;
}

unsigned char fill_byte (buffer_side side, const void *address) {
  return (unsigned char) (fill_word[side] >> 8 * ((uintptr_t) address & 3));
}

uint32_t fill_pattern (buffer_side side) {
  unsigned char bytes[4];
  uint32_t word;
  for (uintptr_t i = 0; i < sizeof bytes; i++)
    bytes[i] = (unsigned char) (fill_word[side] >> 8 * i);
  memcpy(&word, bytes, sizeof word);
  return word;
}

/* A stretch of fill, as it lies at an address that is `address` modulo 4. */
static const unsigned char *stretch (buffer_side side, const void *address) {
  static unsigned char made[BUFFER_SIDES][STRETCH + 4];
  static _Atomic bool ready;
  for (int f = 0; !ready && f < BUFFER_SIDES; f++)
    for (size_t i = 0; i < sizeof made[f]; i++)
      made[f][i] = (unsigned char) (fill_word[f] >> 8 * (i & 3));
  ready = true;
  return made[side] + ((uintptr_t) address & 3);
}

void fill_lay (buffer_side side, unsigned char *p, size_t bytes) {
  for (size_t n; bytes > 0; p += n, bytes -= n) {
    n = least(bytes, STRETCH);
    memcpy(p, stretch(side, p), n);
  }
}

bool fill_covers (buffer_side side, const unsigned char *p, size_t bytes) {
  for (size_t n; bytes > 0; p += n, bytes -= n) {
    n = least(bytes, STRETCH);
    if (memcmp(p, stretch(side, p), n) != 0)
      return false;
  }
  return true;
}

bool fill_is (buffer_side side, const unsigned char *where, const unsigned char *value,
              size_t element) {
  for (size_t i = 0; i < element; i++)
    if (value[i] != fill_byte(side, where + i))
      return false;
  return true;
}

size_t fill_count (buffer_side side, const unsigned char *p, size_t bytes, size_t element) {
  size_t n = 0;
  for (size_t at = 0; at + element <= bytes; at += element)
    n += p[at] == fill_byte(side, p + at) && fill_is(side, p + at, p + at, element);
  return n;
}
