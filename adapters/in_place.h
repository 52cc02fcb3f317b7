/* in_place.h: forward by sums over the tensors where they lie, without a copy of any. It takes long
   for a product and nothing for an element, which pays where few elements of a vast tensor are
   read. */

#ifndef IN_PLACE_H
#define IN_PLACE_H

#include "layer.h"

/* Where element `at` of a tensor of 4 axes lies, counted in elements from its data. */
typedef int64_t place_fn (const DLTensor *t, const int64_t at[4]);

static inline int64_t place_in_storage (const DLTensor *t, const int64_t at[4]) {
  const int64_t *s = t->strides;
  return at[0] * s[0] + at[1] * s[1] + at[2] * s[2] + at[3] * s[3];
}

static inline number load_at (const DLTensor *t, const int64_t at[4], place_fn *where) {
  return load(t->data, where(t, at), t->dtype);
}

/* The sum of the products under one window (FWD-1); padding contributes nothing (PAD-2). */
static inline number window_sum (const layer *l, const DLTensor *input, place at, place_fn *where) {
  const int64_t first = at.k / l->group_out * l->group_in; /* GROUP-1 */
  number sum = { 0 };
  for (int64_t c = 0; c < l->group_in; c++)
    for (int64_t r = 0; r < l->y.kernel; r++)
      for (int64_t s = 0; s < l->x.kernel; s++) {
        const int64_t h = source(&l->y, l->p->padding_mode, at.i, r);
        const int64_t w = source(&l->x, l->p->padding_mode, at.j, s);
        if (h < 0 || w < 0)
          continue;
        sum = add_product(sum, load_at(input, (int64_t[]){ at.n, first + c, h, w }, where),
                          load_at(l->weight, (int64_t[]){ at.k, c, r, s }, where),
                          is_real(l->p->dtype));
      }
  return sum;
}

static inline number add_bias_of (const layer *l, int64_t k, number sum) {
  if (l->bias == NULL)
    return sum;
  const number b = load(l->bias->data, k * l->bias->strides[0], l->bias->dtype);
  if (is_real(l->p->dtype))
    sum.real += b.real;
  else
    sum.integer += b.integer;
  return sum;
}

/* All of the output of a call without a fault, whose input has 4 axes. */
static inline void forward_in_place (const layer *l, const DLTensor *input, DLTensor *output,
                                     place_fn *where) {
  const int64_t *size = output->shape;
  place at;
  for (at.n = 0; at.n < size[0]; at.n++)
    for (at.k = 0; at.k < size[1]; at.k++)
      for (at.i = 0; at.i < size[2]; at.i++)
        for (at.j = 0; at.j < size[3]; at.j++)
          store(output->data, where(output, (int64_t[]){ at.n, at.k, at.i, at.j }), output->dtype,
                add_bias_of(l, at.k, window_sum(l, input, at, where)));
}

#endif
