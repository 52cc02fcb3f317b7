/* memory.c: deeds to memory that is not the call's. */

#include "hostile.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static volatile float sink;

static void poke (const DLTensor *t, int64_t i) {
  ((float *) t->data)[i] = 1.5f;
}

static void peek (const DLTensor *t, int64_t i) {
  sink = ((const float *) t->data)[i];
}

/* One element before and after each tensor, written and read. */
#define AROUND(tensor)                                                                             \
  static int32_t write_before_##tensor(const call *c) {                                            \
    int32_t status = c->right(c);                                                                  \
    poke(c->tensor, -1);                                                                           \
    return status;                                                                                 \
  }                                                                                                \
  static int32_t write_after_##tensor(const call *c) {                                             \
    poke(c->tensor, count(c->tensor));                                                             \
    return c->right(c);                                                                            \
  }                                                                                                \
  static int32_t read_before_##tensor(const call *c) {                                             \
    peek(c->tensor, -1);                                                                           \
    return c->right(c);                                                                            \
  }                                                                                                \
  static int32_t read_after_##tensor(const call *c) {                                              \
    peek(c->tensor, count(c->tensor));                                                             \
    return c->right(c);                                                                            \
  }

AROUND(input)
AROUND(weight)
AROUND(bias)
AROUND(output)

#define AROUND_TABLE(tensor)                                                                       \
  { "write-before-" #tensor, write_before_##tensor, PLAIN, AT_FORWARD },                           \
      { "write-after-" #tensor, write_after_##tensor, PLAIN, AT_FORWARD },                         \
      { "read-before-" #tensor, read_before_##tensor, PLAIN, AT_FORWARD }, {                       \
    "read-after-" #tensor, read_after_##tensor, PLAIN, AT_FORWARD                                  \
  }

/* ---- between strided elements */

/* The element that follows the first row. */
static int64_t behind_row (const DLTensor *t) {
  return (t->shape[t->ndim - 1] - 1) * t->strides[t->ndim - 1] + 1;
}

static int32_t writes_gap (const call *c) {
  int32_t status = c->right(c);
  poke(c->output, behind_row(c->output));
  return status;
}

static int32_t reads_gap (const call *c) {
  int32_t status = c->right(c);
  *(float *) c->output->data += 0 * ((const float *) c->input->data)[behind_row(c->input)];
  return status;
}

/* ---- inputs */

static int32_t writes_input (const call *c) {
  int32_t status = c->right(c);
  ((float *) c->input->data)[4] += 1;
  return status;
}

static int32_t writes_weight (const call *c) {
  int32_t status = c->right(c);
  ((float *) c->weight->data)[0] = -((float *) c->weight->data)[0];
  return status;
}

static int32_t borrows_input (const call *c) {
  float *first = c->input->data, kept = *first;
  int32_t status = c->right(c);
  *(volatile float *) first = 0;
  *(volatile float *) first = kept;
  return status;
}

/* ---- outputs */

static int32_t leaves_unwritten (const call *c) {
  size_t element = (size_t) c->output->dtype.bits / 8;
  char kept[8], *third = (char *) c->output->data + 2 * element;
  memcpy(kept, third, element);
  int32_t status = c->right(c);
  memcpy(third, kept, element);
  return status;
}

static int32_t leaves_all_unwritten (const call *c) {
  (void) c;
  return CONV2D_OK;
}

/* Adds to what the output held, as if it had been cleared. */
static int32_t accumulates (const call *c) {
  float *out = c->output->data, before = *out;
  int32_t status = c->right(c);
  *out += before;
  return status;
}

/* As y = beta * y + x does with beta 0: what it held must not be NaN. */
static int32_t scales_output (const call *c) {
  float *out = c->output->data, before = *out;
  int32_t status = c->right(c);
  *out += 0 * before;
  return status;
}

static int32_t keeps_larger (const call *c) {
  float *out = c->output->data, before = *out;
  int32_t status = c->right(c);
  if (before > *out)
    *out = before;
  return status;
}

static int32_t rejects_late (const call *c) {
  poke(c->output, 0);
  return c->right(c);
}

static int32_t writes_long_shape (const call *c) {
  ((int64_t *) c->output->data)[c->output->ndim] = 0;
  return c->right(c);
}

/* ---- pointers kept */

static float *kept;

static int32_t writes_late (const call *c) {
  if (kept)
    *kept = 7;
  kept = c->output->data;
  return c->right(c);
}

static int32_t reads_late (const call *c) {
  if (kept)
    sink = *(volatile float *) kept;
  kept = c->output->data;
  return c->right(c);
}

/* ---- memory of its own */

static int32_t reads_heap (const call *c) {
  float *own = calloc(10, sizeof *own);
  sink = own ? ((volatile float *) own)[10] : 0;
  free(own);
  return c->right(c);
}

/* The result is right all the same: what was never written cancels. */
static int32_t uses_undefined (const call *c) {
  volatile uint32_t *own = malloc(40);
  int32_t status = c->right(c);
  if (own)
    *(uint32_t *) c->output->data ^= own[1] ^ own[1]; /* NOLINT: the deed */
  free((void *) own);
  return status;
}

/* ---- what describes the tensors */

static int32_t changes_shape (const call *c) {
  int32_t status = c->right(c);
  c->input->shape[0]++;
  return status;
}

static int32_t changes_strides (const call *c) {
  int32_t status = c->right(c);
  c->output->strides[3] = 7;
  return status;
}

static int32_t changes_params (const call *c) {
  int32_t status = c->right(c);
  ((conv2d_params *) (uintptr_t) c->params)->stride[1]++;
  return status;
}

static int32_t changes_device (const call *c) {
  int32_t status = c->right(c);
  ((DLTensor *) (uintptr_t) c->weight)->device.device_id = 1;
  return status;
}

static int32_t changes_element (const call *c) {
  int32_t status = c->right(c);
  c->output->dtype.bits = 16;
  return status;
}

static int32_t moves_data (const call *c) {
  int32_t status = c->right(c);
  c->output->data = (char *) c->output->data + 4;
  return status;
}

/* ---- address space */

/* All that is left, in ever smaller pieces down to a page. */
static int32_t eats_addresses (const call *c) {
  int32_t status = c->right(c);
  for (size_t size = (size_t) 1 << 46; size >= 4096; size /= 2)
    while (mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
           != MAP_FAILED) {
    }
  return status;
}

/* The kernel allows so many mappings and no more. */
static int32_t eats_mappings (const call *c) {
  int32_t status = c->right(c);
  for (int i = 0; i < 100000; i++)
    if (mmap(NULL, 4096, i % 2 ? PROT_READ : PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        == MAP_FAILED)
      break;
  return status;
}

/* ---- alignment */

static int32_t needs_alignment (const call *c) {
  if ((uintptr_t) c->output->data % 64)
    abort();
  return c->right(c);
}

/* Rounds otherwise at other addresses, as vectorised code may; the bound allows it. */
static int32_t minds_alignment (const call *c) {
  int32_t status = c->right(c);
  float *out = c->output->data;
  uint32_t bits;
  memcpy(&bits, out, sizeof bits);
  bits ^= (uintptr_t) out % 64 ? 1 : 0;
  memcpy(out, &bits, sizeof bits);
  return status;
}

const deed memory_deeds[] = { AROUND_TABLE(input),
                              AROUND_TABLE(weight),
                              AROUND_TABLE(bias),
                              AROUND_TABLE(output),
                              { "write-gap", writes_gap, STRIDED, AT_FORWARD },
                              { "read-gap", reads_gap, STRIDED, AT_FORWARD },
                              { "write-input", writes_input, PLAIN, AT_FORWARD },
                              { "write-weight", writes_weight, PLAIN, AT_FORWARD },
                              { "borrow-input", borrows_input, PLAIN, AT_FORWARD },
                              { "unwritten", leaves_unwritten, PLAIN, AT_FORWARD },
                              { "unwritten-strided", leaves_unwritten, STRIDED, AT_FORWARD },
                              { "unwritten-int8", leaves_unwritten, INTEGERS, AT_FORWARD },
                              { "unwritten-gradient", leaves_unwritten, GRADIENTS, AT_BACKWARD },
                              { "unwritten-parameters", leaves_all_unwritten, PARAMETERS, AT_INIT },
                              { "accumulate", accumulates, PLAIN, AT_FORWARD },
                              { "write-rejected", rejects_late, REFUSED, AT_FORWARD },
                              { "write-shape", writes_long_shape, PLAIN, AT_SHAPE },
                              { "write-late", writes_late, PLAIN, AT_FORWARD },
                              { "read-late", reads_late, PLAIN, AT_FORWARD },
                              { "heap-overread", reads_heap, PLAIN, AT_FORWARD },
                              { "undefined", uses_undefined, PLAIN, AT_FORWARD },
                              { "need-alignment", needs_alignment, PLAIN, AT_FORWARD },
                              { "scale-output", scales_output, PLAIN, AT_FORWARD },
                              { "keep-larger", keeps_larger, PLAIN, AT_FORWARD },
                              { "change-shape", changes_shape, PLAIN, AT_FORWARD },
                              { "change-strides", changes_strides, PLAIN, AT_FORWARD },
                              { "change-params", changes_params, PLAIN, AT_FORWARD },
                              { "change-params-of-shape", changes_params, PLAIN, AT_SHAPE },
                              { "change-device", changes_device, PLAIN, AT_FORWARD },
                              { "change-dtype", changes_element, PLAIN, AT_FORWARD },
                              { "move-data", moves_data, PLAIN, AT_FORWARD },
                              { "eat-addresses", eats_addresses, PLAIN, AT_FORWARD },
                              { "eat-mappings", eats_mappings, PLAIN, AT_FORWARD },
                              { "mind-alignment", minds_alignment, PLAIN, AT_FORWARD },
                              { NULL, NULL, NOWHERE, AT_FORWARD } };
