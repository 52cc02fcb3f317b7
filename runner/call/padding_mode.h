/* padding_mode.h: the rows of conv2d_padding_modes.h, as data and functions. */

#ifndef PADDING_MODE_H
#define PADDING_MODE_H

#include <stdint.h>

typedef struct padding_mode {
  const char *name;
  /* Which row or column of an axis of length n is read at q, outside of [0, n); -1: a zero is. */
  int64_t (*source)(int64_t q, int64_t n);
  /* The widest padding on a side of an axis of length n; INT64_MAX: any. */
  int64_t (*most)(int64_t n);
} padding_mode;

/* Of enum conv2d_padding_mode; NULL for any other number. */
const padding_mode *padding_mode_of (int64_t mode);

#endif
