/* copies.c: how often padding repeats an element of the input (PAD-6, PAD-8, PAD-10).
   Only where a gradient is added up from its copies does it matter to the judge. */

#include "parts.h"

/* Padding on one side; where it crops there is none. */
typedef struct side {
  int64_t before, after;
} side;

static int64_t positive (int64_t n) {
  return n > 0 ? n : 0;
}

static side padding_of (const conv2d_params *p, int axis) {
  const int64_t whole = p->dilation[axis] * (p->kernel_size[axis] - 1);
  switch (p->padding_kind) {
  case CONV2D_PADDING_SAME: return (side){ whole / 2, whole - whole / 2 };
  case CONV2D_PADDING_VALID: return (side){ 0, 0 };
  default: return (side){ positive(p->padding[axis]), positive(p->padding[axis]) };
  }
}

/* Of index i on an axis of n elements. */
static int64_t copies_on_axis (int32_t mode, side pad, int64_t i, int64_t n) {
  const int64_t from_end = n - 1 - i;
  switch (mode) {
  case CONV2D_REFLECT: return (0 < i && i <= pad.before) + (0 < from_end && from_end <= pad.after);
  case CONV2D_REPLICATE: return (i == 0 ? pad.before : 0) + (from_end == 0 ? pad.after : 0);
  case CONV2D_CIRCULAR: return (from_end < pad.before) + (i < pad.after);
  default: return 0;
  }
}

static int64_t least (int64_t a, int64_t b) {
  return a < b ? a : b;
}

int64_t parts_of (const job *j, int64_t i, int64_t terms) {
  const place *p = &j->tensor[JOB_GRAD_INPUT];
  const conv2d_params *params = &j->params;
  const int64_t rows = p->shape[p->ndim - 2], columns = p->shape[p->ndim - 1];
  const int64_t h = i / columns % rows, w = i % columns;
  const int64_t above = copies_on_axis(params->padding_mode, padding_of(params, 0), h, rows);
  const int64_t beside = copies_on_axis(params->padding_mode, padding_of(params, 1), w, columns);
  const int64_t parts = (1 + least(above, terms)) * (1 + least(beside, terms));
  return least(parts, terms > 1 ? terms : 1);
}
