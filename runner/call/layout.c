/* layout.c: where the elements of a tensor lie in memory.
   A layout is an order of the axes and a gap after each: the strides follow from the innermost axis
   outwards, and are then negated or set to 0 where the layout asks for it. */

#include "layout.h"

#include "job.h"

#include <string.h>

static bool is_empty (const place *p) {
  for (int a = 0; a < p->ndim; a++)
    if (p->shape[a] <= 0)
      return true;
  return false;
}

/* The axes from the innermost to the outermost. */
static void order_axes (layout l, int32_t ndim, int order[MAX_NDIM]) {
  for (int i = 0; i < ndim; i++)
    order[i] = ndim - 1 - i;
  if ((l != NHWC && l != NHWC_SLICE) || ndim < 3)
    return;
  order[0] = ndim - 3;
  order[1] = ndim - 1;
  order[2] = ndim - 2;
}

/* Strides of at least 0, `gap[i]` elements unused after each run of the i-th axis from inside. */
static bool set_strides (place *p, const int order[MAX_NDIM], const int gap[MAX_NDIM]) {
  int64_t step = 1;
  for (int i = 0; i < p->ndim; i++) {
    const int64_t extent = p->shape[order[i]];
    p->strides[order[i]] = step;
    if (__builtin_mul_overflow(step, extent > 0 ? extent : 1, &step)
        || __builtin_add_overflow(step, gap[i], &step))
      return false;
  }
  return true;
}

/* A slice of the channels leaves two planes out after each image. */
static bool widen_images (place *p) {
  int64_t gap;
  return p->ndim != 4
         || (!__builtin_mul_overflow(p->strides[p->ndim - 3], 2, &gap)
             && !__builtin_add_overflow(p->strides[p->ndim - 4], gap, &p->strides[p->ndim - 4]));
}

static void reverse (place *p) {
  for (int a = p->ndim - 2; a >= 0 && a < p->ndim; a++)
    p->strides[a] = -p->strides[a];
}

static void broadcast (place *p) {
  for (int a = p->ndim - 3; a >= 0; a--)
    if (p->shape[a] > 1) {
      p->strides[a] = 0;
      return;
    }
}

/* Bytes from the lowest element to the end of the highest, and the origin. */
static bool set_extent (place *p) {
  int64_t below = 0, above = 1;
  const int64_t size = p->dtype.bits / 8;
  if (is_empty(p))
    return true;
  for (int a = 0; a < p->ndim; a++) {
    int64_t *side = p->strides[a] < 0 ? &below : &above, span;
    const int64_t step = p->strides[a] < 0 ? -p->strides[a] : p->strides[a];
    if (__builtin_mul_overflow(p->shape[a] - 1, step, &span)
        || __builtin_add_overflow(*side, span, side))
      return false;
  }
  int64_t origin, bytes;
  if (__builtin_add_overflow(below, above, &bytes) || __builtin_mul_overflow(bytes, size, &bytes)
      || __builtin_mul_overflow(below, size, &origin))
    return false;
  p->bytes = (uint64_t) bytes;
  p->origin = (uint64_t) origin;
  return true;
}

bool layout_place (layout l, bool output, DLDataType t, int32_t ndim, const int64_t *dim,
                   place *out) {
  static const int none[MAX_NDIM], row_plane_image[MAX_NDIM] = { 3, 5, 7 };
  static const int pixel[MAX_NDIM] = { 3 };
  *out = (place){ .present = 1, .ndim = ndim, .dtype = t };
  memcpy(out->shape, dim, (size_t) ndim * sizeof *dim);
  int order[MAX_NDIM] = { 0 };
  order_axes(l, ndim, order);
  if (!set_strides(out, order,
                   l == GAPS                      ? row_plane_image
                   : l == NHWC_SLICE && ndim >= 3 ? pixel
                                                  : none)
      || (l == SLICE && !widen_images(out)))
    return false;
  if (l == GAPS && ndim == 1)
    out->strides[0] = 2;
  if (l == REVERSED && !output)
    reverse(out);
  if (l == BROADCAST && !output)
    broadcast(out);
  return set_extent(out);
}

layout layout_of (layout l, int tensor) {
  bool is_input = tensor == JOB_INPUT || tensor == JOB_GRAD_INPUT;
  bool is_bias = tensor == JOB_BIAS || tensor == JOB_GRAD_BIAS;
  switch (l) {
  case MIXED: return is_input ? NHWC : NCHW;
  case CROSSED: return is_input || is_bias ? NCHW : NHWC;
  default: return l;
  }
}
