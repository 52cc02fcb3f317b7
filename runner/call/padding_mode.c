/* padding_mode.c: the rows of conv2d_padding_modes.h, as data and functions. */

#include "padding_mode.h"

#include "conv2d_padding_modes.h"

#define FUNCTIONS(name, abi, before, after, most, clause, empty)                                   \
  static int64_t source_##name(int64_t q, int64_t n) {                                             \
    return q < 0 ? (before) : n <= q ? (after) : q;                                                \
  }                                                                                                \
  static int64_t most_##name(int64_t n) {                                                          \
    (void) n;                                                                                      \
    return most;                                                                                   \
  }
CONV2D_PADDING_MODES(FUNCTIONS)

const padding_mode *padding_mode_of (int64_t mode) {
  static const padding_mode modes[] = {
#define ROW(name, abi, before, after, most, clause, empty)                                         \
  [abi] = { #name, source_##name, most_##name },
    CONV2D_PADDING_MODES(ROW)
#undef ROW
  };
  const int64_t count = sizeof modes / sizeof *modes;
  return 0 <= mode && mode < count ? &modes[mode] : NULL;
}
