/* conv2d_padding_modes.h: the padding modes of a call, one row each. Every table of modes and every
   switch on them is made of it.

   X (name, abi, before, after, most, clause, empty)

   name    as torch spells it
   abi     enum conv2d_padding_mode
   before  which row (or column) of an axis of length n is read at q < 0, where the axis itself is
           0 ... n - 1; -1: none, a zero is read
   after   the same where q >= n
   most    the widest padding that is valid on one side of an axis of length n
   clause  the clause that wider padding breaks; NULL: there is no limit
   empty   1 if an axis, or the channels, may be empty

   Reflect's 2 * (n - 1) - q is written so that no part of it overflows where n is large.

   before, after and most are expressions in q and n. The code that expands them has variables of
   these names, of type int64_t. The order is that of enum conv2d_padding_mode. */

#ifndef CONV2D_PADDING_MODES_H
#define CONV2D_PADDING_MODES_H

#include "conv2d_abi.h"

/* clang-format off */
#define CONV2D_PADDING_MODES(X)                                                                     \
  X(zeros,     CONV2D_ZEROS,     -1,    -1,                  INT64_MAX, NULL,     1) /* PAD-2 */    \
  X(reflect,   CONV2D_REFLECT,   -q,    n - 1 - (q - n + 1), n - 1,     "PAD-7",  0) /* PAD-6 */    \
  X(replicate, CONV2D_REPLICATE, 0,     n - 1,               INT64_MAX, NULL,     0) /* PAD-8 */    \
  X(circular,  CONV2D_CIRCULAR,  q + n, q - n,               n,         "PAD-11", 1) /* PAD-10 */
/* clang-format on */

#endif
