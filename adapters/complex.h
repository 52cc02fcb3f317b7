/* complex.h: a complex layer by real ones, for subjects of our own.
   The real and the imaginary parts of a complex tensor are tensors with twice the strides, so that
   they are convolved where they lie:
     (a + bi)(c + di) = ac - bd + (ad + bc)i
   and a gradient takes the conjugate of the other factor. */

#ifndef COMPLEX_H
#define COMPLEX_H

#include "number.h"

enum { COMPLEX_DTYPES = CONV2D_C64 | CONV2D_C128, REAL = 0, IMAGINARY = 1 };

static inline bool is_complex (DLDataType t) {
  return t.code == kDLComplex && (t.bits == 64 || t.bits == 128) && t.lanes == 1;
}

/* What a mistake may change. */
typedef struct complex_rules {
  double squared;     /* how often the product of the imaginary parts is in the real part: -1 */
  double extra;       /* and in the imaginary part: 0 */
  double grad_input;  /* sign of the conjugate's imaginary part in grad_input: -1 */
  double grad_weight; /* and in grad_weight: -1 */
  bool exchanged;     /* the parts of the output */
  bool real_bias;     /* the imaginary part of the bias is left out */
} complex_rules;

static const complex_rules complex_right = { -1, 0, -1, -1, false, false };

/* Both parts of a tensor of at most four axes, as tensors. A tensor that there is not has none. */
typedef struct complex_parts {
  DLTensor t[2];
  int64_t strides[4];
  bool present;
} complex_parts;

static inline DLDataType type_of_parts (DLDataType t) {
  return (DLDataType){ kDLFloat, (uint8_t) (t.bits / 2), 1 };
}

static inline void find_parts (const DLTensor *t, complex_parts *p) {
  p->present = t != NULL;
  for (int a = 0; p->present && a < t->ndim; a++)
    p->strides[a] = t->strides[a] * 2;
  for (int part = REAL; p->present && part <= IMAGINARY; part++) {
    p->t[part] = *t;
    p->t[part].dtype = type_of_parts(t->dtype);
    p->t[part].strides = p->strides;
    if (t->data != NULL)
      p->t[part].data = (char *) t->data + part * (t->dtype.bits / 16);
  }
}

static inline DLTensor *part_of (complex_parts *p, int part) {
  return p->present ? &p->t[part] : NULL;
}

/* A compact real tensor of the shape of a part; its data are to be freed. Absent where that is. */
static inline void make_like (complex_parts *p, complex_parts *made) {
  int64_t step = 1;
  *made = *p;
  if (!p->present)
    return;
  made->t[REAL].data = calloc((size_t) count_elements(&p->t[REAL]) + 1, p->t[REAL].dtype.bits / 8);
  made->t[REAL].byte_offset = 0;
  made->t[REAL].strides = made->strides;
  for (int a = p->t[REAL].ndim - 1; a >= 0; step *= p->t[REAL].shape[a--])
    made->strides[a] = step;
}

/* to += sign * from. */
static inline void add_scaled (DLTensor *to, const DLTensor *from, double sign) {
  int64_t at[4] = { 0 }, from_at[4] = { 0 }, offset = 0, from_offset = 0;
  for (int64_t left = to != NULL ? count_elements(to) : 0; left > 0; left--) {
    const double sum = load(to->data, offset, to->dtype).real
                       + sign * load(from->data, from_offset, from->dtype).real;
    store(to->data, offset, to->dtype, (number){ .real = sum });
    offset = next_offset(to, at, offset);
    from_offset = next_offset(from, from_at, from_offset);
  }
}

static inline conv2d_params params_of_parts (const conv2d_params *p, bool bias) {
  conv2d_params q = *p;
  q.dtype = type_of_parts(p->dtype);
  q.bias = bias;
  return q;
}

/* The output of a valid call, whose dtype is complex, by four of `real`. */
static inline int32_t complex_forward (const complex_rules *r, conv2d_forward_fn *real,
                                       const conv2d_params *p, const DLTensor *input,
                                       const DLTensor *weight, const DLTensor *bias,
                                       DLTensor *output) {
  const conv2d_params biased = params_of_parts(p, bias != NULL), plain = params_of_parts(p, false);
  const conv2d_params *last = r->real_bias ? &plain : &biased;
  complex_parts x, w, b, y, z;
  find_parts(input, &x), find_parts(weight, &w), find_parts(bias, &b), find_parts(output, &y);
  make_like(&y, &z);
  DLTensor *re = part_of(&y, r->exchanged), *im = part_of(&y, !r->exchanged),
           *t = part_of(&z, REAL);
  if (t->data == NULL)
    return CONV2D_FAILED;
  int32_t status =
      real(last, &x.t[REAL], &w.t[IMAGINARY], last->bias ? part_of(&b, IMAGINARY) : NULL, im);
  if (status == CONV2D_OK)
    status = real(&plain, &x.t[IMAGINARY], &w.t[REAL], NULL, t);
  if (status == CONV2D_OK) {
    add_scaled(im, t, 1);
    status = real(&biased, &x.t[REAL], &w.t[REAL], part_of(&b, REAL), re);
  }
  if (status == CONV2D_OK)
    status = real(&plain, &x.t[IMAGINARY], &w.t[IMAGINARY], NULL, t);
  if (status == CONV2D_OK) {
    add_scaled(re, t, r->squared);
    if (r->extra != 0)
      add_scaled(im, t, r->extra);
  }
  free(t->data);
  return status;
}

/* What the gradients of a complex layer are made of. */
typedef struct complex_gradients {
  complex_parts g[3], made[3]; /* of input, weight and bias; and sums to be added to them */
} complex_gradients;

static inline void open_gradients (complex_gradients *c, DLTensor *const grads[3]) {
  for (int k = 0; k < 3; k++) {
    find_parts(grads[k], &c->g[k]);
    make_like(&c->g[k], &c->made[k]);
  }
}

static inline bool has_memory (complex_gradients *c) {
  bool enough = true;
  for (int k = 0; k < 3; k++)
    enough &= !c->g[k].present || c->made[k].t[REAL].data != NULL;
  return enough;
}

static inline void close_gradients (complex_gradients *c) {
  for (int k = 0; k < 3; k++)
    if (c->g[k].present)
      free(c->made[k].t[REAL].data);
}

/* A part of the gradients: products with the real parts of the other factors, of that part of
   grad_output; and sign times those of the other part of it with their imaginary parts. */
static inline int32_t part_of_gradients (const double sign[2], conv2d_backward_fn *real,
                                         const conv2d_params *p, complex_parts *x, complex_parts *w,
                                         complex_parts *y, complex_gradients *c, int part) {
  const conv2d_params q = params_of_parts(p, c->g[2].present);
  int32_t status = real(&q, &x->t[REAL], &w->t[REAL], &y->t[part], part_of(&c->g[0], part),
                        part_of(&c->g[1], part), part_of(&c->g[2], part));
  if (status != CONV2D_OK)
    return status;
  status = real(&q, &x->t[IMAGINARY], &w->t[IMAGINARY], &y->t[!part], part_of(&c->made[0], REAL),
                part_of(&c->made[1], REAL), part_of(&c->made[2], REAL));
  for (int k = 0; k < 2 && status == CONV2D_OK; k++)
    add_scaled(part_of(&c->g[k], part), part_of(&c->made[k], REAL), sign[k]);
  return status;
}

/* The gradients of a valid call, whose dtype is complex, by four of `real`. */
static inline int32_t complex_backward (const complex_rules *r, conv2d_backward_fn *real,
                                        const conv2d_params *p, const DLTensor *input,
                                        const DLTensor *weight, const DLTensor *grad_output,
                                        DLTensor *const grads[3]) {
  complex_parts x, w, y;
  complex_gradients c;
  find_parts(input, &x), find_parts(weight, &w), find_parts(grad_output, &y);
  open_gradients(&c, grads);
  int32_t status = has_memory(&c) ? CONV2D_OK : CONV2D_FAILED;
  if (status == CONV2D_OK)
    status = part_of_gradients((double[]){ -r->grad_input, -r->grad_weight }, real, p, &x, &w, &y,
                               &c, REAL);
  if (status == CONV2D_OK)
    status = part_of_gradients((double[]){ r->grad_input, r->grad_weight }, real, p, &x, &w, &y, &c,
                               IMAGINARY);
  close_gradients(&c);
  return status;
}

#endif
