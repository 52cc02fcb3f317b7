/* own.h: the words for what an adapter computes itself (enum conv2d_own of conv2d_abi.h). */

#ifndef OWN_H
#define OWN_H

/* The word of bit i, "shape" of bit 0; NULL beyond the last. */
const char *own_word (int bit);

#endif
