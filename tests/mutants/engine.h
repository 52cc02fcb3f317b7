/* engine.h: one convolution with a hook at every place where a mistake can be made.
   A mutant is a name, a sentence and one hook of a few lines. Where a hook is NULL the engine does
   the right thing, so without a mutant it passes everything. Hooks cannot crash it: an index that a
   mutant computes is taken modulo the length of its array. */

#ifndef ENGINE_H
#define ENGINE_H

#include "../../adapters/complex.h"
#include "../../adapters/layer.h"
#include "../../adapters/rows.h"

typedef struct gradients {
  number *input, *weight, *bias;
} gradients;

/* A tensor of the call with strides of its own, which a mutant may bend. Absent: data is NULL. */
typedef struct view {
  DLTensor t;
  int64_t strides[8];
} view;

typedef struct mutant mutant;

/* One call of forward or backward. */
typedef struct call {
  const mutant *m;      /* whose hooks are called; `none` if the mistake is not made in this call */
  conv2d_params params; /* a copy; layer.p points to it */
  layer l;
  bool real, backward;
  view input, weight, bias, output; /* of backward: output is grad_output, and there is no bias */
  number *x, *w, *b, *y;            /* gathered in row-major order; b is NULL without bias */
  gradients g;                      /* of backward */
  int64_t height, width;            /* of the output */
  int64_t *row, *column;            /* what lies under the taps: see list_sources */
} call;

/* One product: of output element `at`, channel c of its group, whose first channel is `first`,
   kernel row r and column s; h and w are the row and column of the input that it reads, -1 for a
   zero of the padding. */
typedef struct tap {
  place at;
  int64_t first, c, r, s, h, w;
} tap;

struct mutant {
  const char *name, *about;
  /* In which calls the hooks from `layout` to `write` are called; NULL: in all. */
  bool (*when)(const call *c);
  int64_t unit; /* a number for the hooks */
  /* Before anything, of output_shape, forward and backward. */
  void (*params)(conv2d_params *p);
  /* What is wrong with the call (NULL: nothing), as it should be: returns the subject's opinion.
     A call that only the subject finds valid is answered with CONV2D_OK and not computed. */
  const char *(*fault)(const layer *l, const char *fault);
  /* Channels, height and width of the output. */
  void (*shape)(const layer *l, int64_t *chw);
  /* Where the elements are, before they are gathered. */
  void (*layout)(call *c);
  /* Sizes and numbers, before they are computed with. */
  void (*before)(call *c);
  /* As `source` of layer.h; *x is l.y or l.x. */
  int64_t (*source)(const layer *l, const axis *x, int64_t i, int64_t r);
  int64_t (*input_index)(const call *c, const tap *t);
  int64_t (*weight_index)(const call *c, const tap *t);
  /* The sum with one product more, of an input x and a weight w; not called for padding. */
  number (*accumulate)(const call *c, const tap *t, number sum, number x, number w);
  /* The same for a zero of the padding. */
  number (*padding)(const call *c, const tap *t, number sum, number w);
  /* A whole output element before the bias. */
  number (*window)(const call *c, place at);
  /* The sum with the bias, of a layer that has one; c->b[at.k] is right. */
  number (*bias)(const call *c, place at, number sum);
  /* Results, before they are written. */
  void (*after)(call *c);
  /* What a product of backward adds, grad being the output's gradient, to the elements of the
     gradients. */
  void (*spread)(const call *c, const tap *t, double grad, number *to_input, number *to_weight);
  /* The gradients of input, weight and bias that are asked for, NULL where not; before they are
     written. */
  void (*asked)(const DLTensor *input, DLTensor *grads[3]);
  /* Instead of writing a result. */
  void (*write)(const number *values, DLTensor *t);
  /* Of init_parameters. */
  double (*bound)(const conv2d_params *p);
  uint64_t (*seed)(uint64_t seed);
  /* Element i of weight or bias, from a number drawn uniformly from [-1, 1). */
  double (*draw)(double unit, double bound, int64_t i, bool is_bias);
  /* How complex numbers are multiplied; NULL: they are not offered. */
  const complex_rules *complex;
  bool sums; /* int32 sums of bytes are offered */
};

typedef struct group {
  const char *name;
  const mutant *mutants; /* name NULL at the end */
} group;

extern const group groups[]; /* name NULL at the end */

/* ---- for hooks */

static inline number of_real (double x) {
  return (number){ .real = x };
}

static inline number of_integer (uint64_t x) {
  return (number){ .integer = x };
}

/* The right ways, for a hook that goes wrong only now and then. */
static inline int64_t right_input_index (const call *c, const tap *t) {
  return input_index(&c->l, t->at, t->c, t->h, t->w);
}

static inline int64_t right_weight_index (const call *c, const tap *t) {
  const layer *l = &c->l;
  return ((t->at.k * l->group_in + t->c) * l->y.kernel + t->r) * l->x.kernel + t->s;
}

number right_window (const call *c, place at);

static inline bool has_dtype (const call *c, int dtype) {
  return dtype_of(c->params.dtype) == dtype;
}

static inline bool is_depthwise (const layer *l) {
  return l->p->groups > 1 && l->group_in == 1;
}

static inline int64_t count_outputs (const call *c) {
  return count_elements(&c->output.t);
}

/* Exchanges two values of one type. */
#define SWAP(type, a, b)                                                                           \
  do {                                                                                             \
    type swap = a;                                                                                 \
    a = b;                                                                                         \
    b = swap;                                                                                      \
  } while (0)

#endif
