/* conv2d_protocol.h: what both ends of the process bridge share: the words of specs/pipe.md, and
   how a tensor lies in its payload. The payload of an input is its storage as it lies; that of an
   output is compact. */

#ifndef CONV2D_PROTOCOL_H
#define CONV2D_PROTOCOL_H

#include "../include/conv2d_abi.h"
#include "../include/conv2d_dtypes.h"
#include "../include/conv2d_padding_modes.h"

#include <jansson.h>
#include <stdbool.h>
#include <string.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "payloads are sent as they lie");

enum { PROTOCOL = 1, LINE = 1 << 16, MOST_SAID = 2000, MAX_TENSORS = 4 };

/* The words of the protocol. The i-th word stands for bit i of a mask. Except for dtypes, it also
   stands for the enum's value i. */
static const char *const dtypes[] = {
#define X(name, ...) #name,
  CONV2D_DTYPES(X)
#undef X
      NULL
};
static const char *const layouts[] = { "nchw",      "nhwc",    "gaps",  "reversed",
                                       "broadcast", "odd",     "slice", "nhwc-slice",
                                       "mixed",     "crossed", NULL };
static const char *const modes[] = {
#define X(name, ...) #name,
  CONV2D_PADDING_MODES(X)
#undef X
      NULL
};
enum { MODES = sizeof modes / sizeof *modes - 1 };
static const char *const directions[] = { "forward", "backward", "init", NULL };
static const char *const claims[] = { "checks-parameters",
                                      "transform",
                                      "flushes-subnormals",
                                      "torch-quirks",
                                      "batch-invariant",
                                      "neighbour-invariant",
                                      "repetition-invariant",
                                      "layout-invariant",
                                      "alignment-invariant",
                                      "thread-invariant",
                                      NULL };
static const char *const owns[] = { "shape",    "bias",   "padding", "layout", "stride",
                                    "dilation", "groups", "sums",    "same",   NULL };
static const char *const sums[] = { "int8-int8", "uint8-int8", "uint8-uint8", "int8-uint8", NULL };
static const char *const statuses[] = { "ok", "unsupported", "invalid", "error", NULL };

static const DLDataType dtype_values[] = {
#define X(name, brief, abi, code, bits, ...) { code, bits, 1 },
  CONV2D_DTYPES(X)
#undef X
};

/* Where the word stands, or -1. */
static inline int find_word (const char *const *list, const char *word) {
  int i = 0;
  while (list[i] && (!word || strcmp(list[i], word) != 0))
    i++;
  return list[i] ? i : -1;
}

static inline const char *dtype_word (DLDataType t) {
  for (size_t i = 0; dtypes[i]; i++)
    if (dtype_values[i].code == t.code && dtype_values[i].bits == t.bits)
      return dtypes[i];
  return "unknown";
}

static inline json_t *numbers (const int64_t *v, int32_t n) {
  json_t *list = json_array();
  for (int32_t i = 0; i < n; i++)
    json_array_append_new(list, json_integer(v[i]));
  return list;
}

/* The storage from the lowest to the highest element; all 0 of an empty tensor. */
typedef struct span {
  const char *start;
  int64_t offset; /* of the element with all indices 0, in elements */
  size_t bytes;
} span;

static inline size_t element (const DLTensor *t) {
  return t->dtype.bits / 8U;
}

static inline size_t elements (const DLTensor *t) {
  size_t n = 1;
  for (int32_t a = 0; a < t->ndim; a++)
    n *= (size_t) t->shape[a];
  return n;
}

static inline span span_of (const DLTensor *t) {
  int64_t low = 0, high = 0;
  if (!t->data || !elements(t))
    return (span){ 0 };
  for (int32_t a = 0; a < t->ndim; a++) {
    int64_t far = (t->shape[a] - 1) * t->strides[a];
    *(far < 0 ? &low : &high) += far;
  }
  int64_t size = (int64_t) element(t);
  return (span){ (const char *) t->data + low * size, -low, (size_t) ((high - low + 1) * size) };
}

/* Copies between the elements of a tensor and a compact payload. */
static inline void lay_out (const DLTensor *t, char *payload, bool to_tensor) {
  size_t size = element(t), n = elements(t);
  int64_t index[4] = { 0 };
  char *at = t->data;
  for (size_t i = 0; i < n; i++) {
    memcpy(to_tensor ? at : payload + i * size, to_tensor ? payload + i * size : at, size);
    for (int32_t a = t->ndim - 1; a >= 0; a--) {
      at += t->strides[a] * (int64_t) size;
      if (++index[a] < t->shape[a])
        break;
      at -= t->shape[a] * t->strides[a] * (int64_t) size;
      index[a] = 0;
    }
  }
}

#endif
