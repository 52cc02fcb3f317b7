/* alignment.c: deeds that depend on the address of the buffers.
   All buffers at a multiple of 64 is how allocators give them, and how most users call. */

#include "hostile.h"

#include <string.h>

static int is_aligned (const DLTensor *t) {
  return !t || (uintptr_t) t->data % 64 == 0;
}

/* Garbage in every element of a call that is concerned, if all its buffers are aligned. */
static int32_t garbage_if_aligned (const call *c, int concerned) {
  int32_t status = c->right(c);
  int all =
      is_aligned(c->input) && is_aligned(c->weight) && is_aligned(c->bias) && is_aligned(c->output);
  int32_t last = c->output->ndim - 1;
  size_t bytes = (size_t) count(c->output) * c->output->dtype.bits / 8;
  if (status == CONV2D_OK && concerned && all && c->output->strides[last] == 1)
    memset(c->output->data, 0x42, bytes);
  return status;
}

static int32_t fails_aligned (const call *c) {
  return garbage_if_aligned(c, 1);
}

static int32_t fails_strided (const call *c) {
  return garbage_if_aligned(c, c->params->stride[0] > 1);
}

static int32_t fails_dilated (const call *c) {
  return garbage_if_aligned(c, c->params->dilation[0] > 1);
}

static int32_t fails_same (const call *c) {
  return garbage_if_aligned(c, c->params->padding_kind == CONV2D_PADDING_SAME);
}

static int32_t fails_mode (const call *c) {
  return garbage_if_aligned(c, c->params->padding_mode != CONV2D_ZEROS);
}

/* A kernel for large layers only. */
static int32_t fails_large (const call *c) {
  return garbage_if_aligned(c, count(c->input) + count(c->output) > 10000);
}

/* The other way: garbage unless all are aligned. */
static int32_t fails_unaligned (const call *c) {
  const int32_t status = c->right(c);
  if (!is_aligned(c->input) || !is_aligned(c->output))
    memset(c->output->data, 0x42, (size_t) count(c->output) * c->output->dtype.bits / 8);
  return status;
}

const deed alignment_deeds[] = { { "aligned-garbage", fails_aligned, PLAIN, AT_FORWARD },
                                 { "aligned-strided", fails_strided, EVERYWHERE, AT_FORWARD },
                                 { "aligned-dilated", fails_dilated, EVERYWHERE, AT_FORWARD },
                                 { "aligned-same", fails_same, EVERYWHERE, AT_FORWARD },
                                 { "aligned-mode", fails_mode, EVERYWHERE, AT_FORWARD },
                                 { "aligned-large", fails_large, EVERYWHERE, AT_FORWARD },
                                 { "aligned-gradients", fails_aligned, GRADIENTS, AT_BACKWARD },
                                 { "aligned-integers", fails_aligned, INTEGERS, AT_FORWARD },
                                 { "aligned-parameters", fails_aligned, PARAMETERS, AT_INIT },
                                 { "unaligned-garbage", fails_unaligned, PLAIN, AT_FORWARD },
                                 { NULL, NULL, NOWHERE, AT_FORWARD } };
