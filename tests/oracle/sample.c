/* sample.c: random calls. Numbers are drawn as bits, so that each recipe aims at one weakness:
   cancellation, ties, underflow, overflow, far apart magnitudes, signed zeros, specials. */

#include "sample.h"
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const number_format formats[FORMATS] = {
#define X(name, brief, abi, code, bits, exponent, fraction, infinity, npy)                         \
  { #name, { code, bits, 1 }, fraction, exponent, infinity, (code) == kDLComplex },
  CONV2D_DTYPES(X)
#undef X
};

/* SplitMix64 */
uint64_t random_bits (uint64_t *state) {
  uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
  z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
  z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
  return z ^ z >> 31;
}

int random_below (uint64_t *state, int n) {
  return (int) (random_bits(state) % (uint64_t) n);
}

/* ---- numbers */

typedef enum recipe {
  ORDINARY,
  INTEGERS,
  ANY_EXPONENT,
  CANCELLING,
  TIES,
  UNDERFLOWING,
  OVERFLOWING,
  SPECIAL,
  RECIPES
} recipe;

static bool bits_are_special (const number_format *f, uint64_t bits) {
  uint64_t sign = UINT64_C(1) << (f->fraction + f->exponent);
  return (bits & (sign - 1)) >= sign - (f->infinities ? UINT64_C(1) << f->fraction : 1);
}

static uint64_t assemble (const number_format *f, bool negative, int exponent, uint64_t fraction) {
  int largest = (1 << f->exponent) - 1 - f->infinities;
  exponent = exponent < 0 ? 0 : exponent > largest ? largest : exponent;
  fraction &= (UINT64_C(1) << f->fraction) - 1;
  if (bits_are_special(f, (uint64_t) exponent << f->fraction | fraction))
    fraction--; /* not the NaN of a type without infinities, but the largest number */
  return (uint64_t) negative << (f->fraction + f->exponent) | (uint64_t) exponent << f->fraction
         | fraction;
}

/* A fraction of few digits at either end, which makes ties. */
static uint64_t edge_fraction (const number_format *f, uint64_t *state) {
  uint64_t top = UINT64_C(1) << (f->fraction - 1);
  const uint64_t choice[] = { 0, 0, 1, top, top | 1, 2 * top - 1, 2 * top - 2, 2 };
  return choice[random_below(state, 8)];
}

static uint64_t draw_special (const number_format *f, uint64_t *state) {
  uint64_t exponent = (UINT64_C(1) << f->exponent) - 1;
  uint64_t sign = random_bits(state) << 63 >> (63 - f->fraction - f->exponent);
  const uint64_t choice[] = { 0,
                              exponent << f->fraction,
                              (exponent << f->fraction) | 1,
                              (exponent << f->fraction) - 1,
                              1,
                              UINT64_C(1) << f->fraction,
                              ((exponent + 1) << f->fraction) - 1 };
  return sign | choice[random_below(state, f->infinities ? 6 : 7)];
}

static uint64_t draw_float (const number_format *f, recipe r, uint64_t *state) {
  int bias = (1 << (f->exponent - 1)) - 1, all = (1 << f->exponent) - 1;
  bool negative = random_below(state, 2);
  uint64_t any = random_bits(state);

  switch (r) {
  case INTEGERS: /* of two bits behind the first: up to 28 */
    return assemble(f, negative, bias + 2 + random_below(state, 3), any << (f->fraction - 2));
  case ANY_EXPONENT: return assemble(f, negative, random_below(state, all), any);
  case CANCELLING: return assemble(f, negative, bias, any % 3 ? any % 5 : edge_fraction(f, state));
  case TIES:
    return assemble(f, negative, bias - random_below(state, 4) * (f->fraction + 1) / 2,
                    edge_fraction(f, state));
  case UNDERFLOWING: /* products about the smallest number */
    return assemble(f, negative,
                    (bias - f->fraction) / 2 + random_below(state, f->fraction + 2)
                        - random_below(state, 2) * bias,
                    random_below(state, 3) ? any : edge_fraction(f, state));
  case OVERFLOWING: /* products about the largest */
    return assemble(f, negative, bias + bias / 2 - 1 + random_below(state, 3), any);
  case SPECIAL:
    if (random_below(state, 16) == 0)
      return draw_special(f, state);
    return assemble(f, negative, bias - random_below(state, 3), any);
  default: return assemble(f, negative, bias - random_below(state, 4), any);
  }
}

static void fill (tensor *t, const number_format *f, uint64_t *state) {
  recipe r = (recipe) random_below(state, RECIPES);
  recipe other = random_below(state, 2) ? r : (recipe) random_below(state, RECIPES);
  int zeros = random_below(state, 4) == 0 ? 3 : 1000;

  const int parts = parts_of(f), width = f->dtype.bits / 8 / parts;
  for (int64_t i = 0; i < t->count * parts; i++) {
    uint64_t bits = random_bits(state);
    if (f->fraction > 0)
      bits = draw_float(f, random_below(state, 8) ? r : other, state);
    if (random_below(state, zeros) == 0)
      bits = 0;
    memcpy((char *) tensor_at(t, i / parts) + i % parts * width, &bits, (size_t) width);
  }
}

/* ---- tensors */

static tensor tensor_make (const number_format *f, int ndim, const int64_t *shape) {
  tensor t = { .dl = { .device = { kDLCPU, 0 }, .ndim = ndim, .dtype = f->dtype }, .count = 1 };
  for (int i = 0; i < ndim; i++)
    t.count *= t.shape[i] = shape[i];
  return t;
}

/* Places the axes in memory in a random order, some of them reversed, with gaps. */
static void allocate (tensor *t, bool compact, uint64_t *state) {
  int order[4] = { 0, 1, 2, 3 };
  int64_t room = 1, origin = 0, width = t->dl.dtype.bits / 8;

  for (int i = t->dl.ndim - 1; i >= 0; i--) {
    int swap = compact ? i : random_below(state, i + 1), axis = order[swap];
    order[swap] = order[i];
    t->strides[axis] = room;
    room *= t->shape[axis] > 0 ? t->shape[axis] : 1;
    room += compact ? 0 : random_below(state, 2);
    if (!compact && random_below(state, 3) == 0 && t->shape[axis] > 0) {
      origin += t->strides[axis] * (t->shape[axis] - 1);
      t->strides[axis] = -t->strides[axis];
    }
  }
  t->storage = calloc((size_t) room, (size_t) width);
  t->dl.data = t->storage;
  t->dl.byte_offset = (uint64_t) (origin * width);
}

/* The DLTensor points into its tensor, which must have its final place. */
static void settle_pointers (tensor *t, bool strided) {
  t->dl.shape = t->shape;
  t->dl.strides = strided ? t->strides : NULL;
}

static void place (tensor *t, uint64_t *state) {
  bool compact = random_below(state, 2);
  allocate(t, compact, state);
  settle_pointers(t, !compact || random_below(state, 2));
}

void *tensor_at (const tensor *t, int64_t i) {
  int64_t offset = 0;
  for (int axis = t->dl.ndim - 1; axis >= 0; axis--) {
    offset += i % t->shape[axis] * t->strides[axis];
    i /= t->shape[axis];
  }
  return t->storage + (int64_t) t->dl.byte_offset + offset * (t->dl.dtype.bits / 8);
}

uint64_t tensor_bits (const tensor *t, int64_t i) {
  uint64_t bits = 0;
  memcpy(&bits, tensor_at(t, i), t->dl.dtype.bits / 8);
  return bits;
}

uint64_t part_bits (const number_format *f, const tensor *t, int64_t i) {
  const int parts = parts_of(f), width = f->dtype.bits / 8 / parts;
  uint64_t bits = 0;
  memcpy(&bits, (char *) tensor_at(t, i / parts) + i % parts * width, (size_t) width);
  return bits;
}

void tensor_like (tensor *copy, const tensor *t) {
  uint64_t unused = 0;
  *copy = *t;
  allocate(copy, true, &unused);
  settle_pointers(copy, false);
}

void tensor_free (tensor *t) {
  free(t->storage);
  t->storage = NULL;
}

double format_value (const number_format *f, uint64_t bits) {
  int exponent = (int) (bits >> f->fraction) & ((1 << f->exponent) - 1);
  uint64_t fraction = bits & ((UINT64_C(1) << f->fraction) - 1);
  int least = 2 - (1 << (f->exponent - 1)) - f->fraction;
  bool negative = bits >> (f->fraction + f->exponent);
  double value;

  if (bits_are_special(f, bits))
    value = f->infinities && fraction == 0 ? INFINITY : NAN;
  else if (exponent == 0)
    value = ldexp((double) fraction, least);
  else
    value = ldexp((double) (fraction | UINT64_C(1) << f->fraction), least + exponent - 1);
  return negative ? -value : value;
}

/* ---- calls */

static void draw_parameters (conv2d_params *p, const number_format *f, uint64_t *state) {
  *p = (conv2d_params){ .groups = 1 + random_below(state, 3),
                        .dtype = f->dtype,
                        .device = { kDLCPU, 0 } };
  int deep = random_below(state, 32) == 0; /* sums of more than a chunk of the fast path */
  p->in_channels = p->groups * (1 + random_below(state, deep ? 50 : 3));
  p->out_channels = p->groups * (1 + random_below(state, 6));
  p->bias = random_below(state, 2);
  p->padding_mode = random_below(state, 4);
  p->padding_kind = random_below(state, 3);
  for (int i = 0; i < 2; i++) {
    p->kernel_size[i] = 1 + random_below(state, 4);
    p->stride[i] = p->padding_kind == CONV2D_PADDING_SAME ? 1 : 1 + random_below(state, 3);
    p->dilation[i] = 1 + random_below(state, 3);
    if (p->padding_kind == CONV2D_PADDING_EXPLICIT)
      p->padding[i] = random_below(state, 5) - (p->padding_mode != CONV2D_ZEROS);
  }
}

/* A call that is valid, with the shape of its output. */
static void draw_call (sample *s, uint64_t *state) {
  int64_t output[4];
  int32_t ndim;
  const char *clause;

  do {
    draw_parameters(&s->params, s->format, state);
    int wide = random_below(state, 16) == 0; /* rows of more than the fast path's lanes */
    int64_t shape[4] = { random_below(state, 4), s->params.in_channels, 1 + random_below(state, 7),
                         1 + random_below(state, wide ? 60 : 7) };
    int batched = random_below(state, 4) > 0;
    s->input = tensor_make(s->format, 3 + batched, shape + !batched);
    settle_pointers(&s->input, false);
  } while (conv2d_oracle_check(&s->params, &s->input.dl, NULL, NULL, NULL, &ndim, output, &clause)
           != CONV2D_OK);
  s->output = tensor_make(s->format, ndim, output);
}

void sample_make (sample *s, const number_format *f, uint64_t seed) {
  uint64_t state = seed * 2 + 1;
  const conv2d_params *p = &s->params;

  *s = (sample){ .format = f };
  draw_call(s, &state);
  int64_t weight[4] = { p->out_channels, p->in_channels / p->groups, p->kernel_size[0],
                        p->kernel_size[1] };
  s->weight = s->grad_weight = tensor_make(f, 4, weight);
  s->bias = s->grad_bias = tensor_make(f, 1, weight);
  s->grad_output = s->output;
  s->grad_input = s->input;
  tensor *all[] = { &s->input,  &s->weight,     &s->bias,        &s->grad_output,
                    &s->output, &s->grad_input, &s->grad_weight, &s->grad_bias };
  for (int i = 0; i < 8; i++)
    place(all[i], &state);
  for (int i = 0; i < 4; i++)
    fill(all[i], f, &state);
}

void sample_free (sample *s) {
  tensor *all[] = { &s->input,  &s->weight,     &s->bias,        &s->grad_output,
                    &s->output, &s->grad_input, &s->grad_weight, &s->grad_bias };
  for (int i = 0; i < 8; i++)
    tensor_free(all[i]);
}

void sample_print (const sample *s, uint64_t seed) {
  const conv2d_params *p = &s->params;
  printf("# %s seed %" PRIu64 ": in", s->format->name, seed);
  for (int i = 0; i < s->input.dl.ndim; i++)
    printf("%c%" PRId64, i == 0 ? '=' : 'x', s->input.shape[i]);
  printf(" out=%" PRId64 " g=%" PRId64 " k=%" PRId64 "x%" PRId64 " s=%" PRId64 "x%" PRId64
         " p=%" PRId64 "x%" PRId64 " d=%" PRId64 "x%" PRId64 " bias=%d mode=%d kind=%d\n",
         p->out_channels, p->groups, p->kernel_size[0], p->kernel_size[1], p->stride[0],
         p->stride[1], p->padding[0], p->padding[1], p->dilation[0], p->dilation[1], p->bias,
         p->padding_mode, p->padding_kind);
}
