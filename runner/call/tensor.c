/* tensor.c: the numbers of a tensor. */

#include "tensor.h"

#include "dtype.h"
int64_t tensor_count (const DLTensor *t) {
  return extents_count(t->ndim, t->shape);
}

int64_t tensor_numbers (const DLTensor *t) {
  return tensor_count(t) * dtype_of(t->dtype)->parts;
}

bool tensor_is_compact (const DLTensor *t) {
  return extents_row_major(t->ndim, t->shape, t->strides);
}

static char *number_at (const DLTensor *t, int64_t number, const dtype *d) {
  int64_t i = number / d->parts, offset = t->strides ? 0 : i;
  for (int a = t->ndim - 1; t->strides && a >= 0; a--) {
    offset += i % t->shape[a] * t->strides[a];
    i /= t->shape[a];
  }
  return (char *) t->data + t->byte_offset + offset * (d->bits / 8)
         + number % d->parts * number_size(d);
}

double tensor_get (const DLTensor *t, int64_t i) {
  const dtype *d = dtype_of(t->dtype);
  return d->load(number_at(t, i, d));
}

void tensor_set (DLTensor *t, int64_t i, double value) {
  const dtype *d = dtype_of(t->dtype);
  d->store(number_at(t, i, d), 1, 1, &value);
}

/* The axes of complex elements, and that of their parts. */
static void describe_parts (const DLTensor *t, parts_tensor *p) {
  int64_t step = 2;

  for (int a = t->ndim - 1; a >= 0; a--) {
    p->shape[a] = t->shape[a];
    p->strides[a] = t->strides ? 2 * t->strides[a] : step;
    step *= t->shape[a];
  }
  p->shape[t->ndim] = 2;
  p->strides[t->ndim] = 1;
}

DLTensor *tensor_parts (DLTensor *t, parts_tensor *p) {
  if (t->dtype.code != kDLComplex)
    return t;
  describe_parts(t, p);
  p->tensor = *t;
  p->tensor.dtype = dtype_of_parts(t->dtype);
  p->tensor.ndim = t->ndim + 1;
  p->tensor.shape = p->shape;
  p->tensor.strides = p->strides;
  return &p->tensor;
}
