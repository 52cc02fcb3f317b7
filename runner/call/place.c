/* place.c: questions about a tensor's place. */

#include "place.h"

#include "conv2d_dtypes.h"

size_t place_element (const place *p) {
  return ((size_t) p->dtype.bits * p->dtype.lanes + 7) / 8;
}

int64_t place_count (const place *p) {
  return extents_count(p->ndim, p->shape);
}

int64_t place_numbers (const place *p) {
  return place_count(p) * CONV2D_PARTS(p->dtype.code);
}

bool place_dense (const place *p) {
  return (uint64_t) place_count(p) * place_element(p) == p->bytes;
}

uint64_t place_at (const place *p, int64_t i) {
  int64_t at = 0;
  for (int32_t d = p->ndim; d-- > 0; i /= p->shape[d])
    at += i % p->shape[d] * p->strides[d];
  return p->origin + (uint64_t) (at * (int64_t) place_element(p));
}

DLTensor place_tensor (unsigned char *arena, place *p) {
  return (DLTensor){ .data = p->bytes ? arena + p->offset + p->origin : NULL,
                     .device = { kDLCPU, 0 },
                     .ndim = p->ndim,
                     .dtype = p->dtype,
                     .shape = p->shape,
                     .strides = p->strides };
}
