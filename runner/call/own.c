/* own.c: the words for what an adapter computes itself, as specs/pipe.md spells them. */

#include "own.h"

#include <stddef.h>

const char *own_word (int bit) {
  static const char *const words[] = { "shape",    "bias",   "padding", "layout", "stride",
                                       "dilation", "groups", "sums",    "same" };
  return bit < (int) (sizeof words / sizeof *words) ? words[bit] : NULL;
}
