/* reach.c: what an element of a result can be made of: the largest numbers of the parts of the
   inputs that it depends on. Only transforms, flushing and overflow need it, so it is seldom
   computed. */

#include "parts.h"

#include "conv2d_dtypes.h"

#include <stdlib.h>

enum { ONES = -1 }; /* instead of a tensor */

/* A place seen with four axes: those that it lacks come first and have one element. */
typedef struct axes {
  int64_t extent[4], step[4]; /* in bytes */
} axes;

static axes axes_of (const place *p) {
  axes a;
  const int64_t bytes = (int64_t) place_element(p);
  for (int k = 0; k < 4; k++) {
    const int from = k - (4 - p->ndim);
    a.extent[k] = from < 0 ? 1 : p->shape[from];
    a.step[k] = from < 0 ? 0 : p->strides[from] * bytes;
  }
  return a;
}

/* ---- the numbers of a part, as codes: those of magnitudes of floats are in their order, and
   positive as signed numbers, which all processors compare in vectors */

/* What the codes of a type mean. */
typedef struct coding {
  uint64_t magnitude; /* all bits but the sign */
  uint64_t infinity, smallest_normal;
} coding;

static coding coding_of (const dtype *d) {
  const int fraction = d->precision - 1;
  const uint64_t sign = (uint64_t) 1 << (8 * number_size(d) - 1);
  return (coding){ .magnitude = sign - 1,
                   .infinity = d->infinities ? (sign - 1) >> fraction << fraction : sign - 1,
                   .smallest_normal = (uint64_t) 1 << fraction };
}

/* What is known of some numbers. */
typedef struct codes {
  uint64_t largest; /* of the finite ones */
  bool nonfinite, subnormal;
} codes;

#define SCAN(bits, type)                                                                           \
  static void scan_##bits(codes *c, const coding *k, const void *first, int64_t n, int64_t step) { \
    const type *at = first, magnitude = (type) k->magnitude, infinity = (type) k->infinity;        \
    const type normal = (type) k->smallest_normal;                                                 \
    type largest = 0, nonfinite = 0, subnormal = 0;                                                \
    for (int64_t i = 0; i < n; i++) {                                                              \
      const type v = (type) (at[i * step] & magnitude);                                            \
      const type finite = v < infinity ? v : 0;                                                    \
      largest = finite > largest ? finite : largest;                                               \
      nonfinite |= (type) (v >= infinity);                                                         \
      subnormal |= (type) (v < normal && v > 0);                                                   \
    }                                                                                              \
    const uint64_t found = (uint64_t) largest;                                                     \
    c->largest = found > c->largest ? found : c->largest;                                          \
    c->nonfinite |= nonfinite;                                                                     \
    c->subnormal |= subnormal;                                                                     \
  }

SCAN(8, int8_t)
SCAN(16, int16_t)
SCAN(32, int32_t)
SCAN(64, int64_t)

/* step: in numbers */
static void scan (codes *c, const dtype *d, const unsigned char *first, int64_t n, int64_t step) {
  const coding k = coding_of(d);
  switch (8 * number_size(d)) {
  case 8: scan_8(c, &k, first, n, step); break;
  case 16: scan_16(c, &k, first, n, step); break;
  case 32: scan_32(c, &k, first, n, step); break;
  default: scan_64(c, &k, first, n, step);
  }
}

/* a.step: in bytes */
static void scan_plane (codes *c, const dtype *d, const axes *a, const unsigned char *at) {
  const int64_t step = a->step[3] / number_size(d);
  if (a->step[2] == a->extent[3] * a->step[3])
    scan(c, d, at, a->extent[2] * a->extent[3], step);
  else
    for (int64_t i = 0; i < a->extent[2]; i++)
      scan(c, d, at + i * a->step[2], a->extent[3], step);
}

/* The sum of a real and an imaginary part may be twice as large, and may be subnormal. */
static extent extent_from (const codes *c, const dtype *d) {
  return (extent){ .largest = d->load(&c->largest) * d->parts, /* the low bytes come first */
                   .nonfinite = c->nonfinite,
                   .subnormal = c->subnormal || d->parts > 1 };
}

static extent extent_of (const trial *t, const slice *s) {
  if (s->tensor == ONES)
    return (extent){ .largest = 1 };
  const place *p = &t->j->tensor[s->tensor];
  const axes a = axes_of(p);
  const dtype *d = dtype_of(p->dtype);
  codes c = { 0 };
  for (int64_t i = s->from[0]; i < s->from[0] + s->count[0] && i < a.extent[0]; i++)
    for (int64_t k = s->from[1]; k < s->from[1] + s->count[1] && k < a.extent[1]; k++)
      for (int part = 0; part < d->parts; part++)
        scan_plane(&c, d, &a,
                   t->arena + p->offset + p->origin + i * a.step[0] + k * a.step[1]
                       + part * number_size(d));
  return extent_from(&c, d);
}

/* How many elements a part has. */
static int64_t volume_of (const trial *t, const slice *s) {
  const axes a = axes_of(&t->j->tensor[s->tensor]);
  int64_t v = a.extent[2] * a.extent[3];
  for (int i = 0; i < 2; i++)
    v *= s->count[i] < a.extent[i] ? s->count[i] : a.extent[i];
  return v;
}

static extent extent_of_bias (const trial *t, int64_t channel) {
  const place *p = &t->j->tensor[JOB_BIAS];
  codes c = { 0 };
  if (!p->present)
    return (extent){ 0 };
  const dtype *d = dtype_of(p->dtype);
  scan(&c, d, element_at(t, p, channel), d->parts, 1);
  return extent_from(&c, d);
}

/* Which parts meet in the products of the plane (a, b) of a result; what GROUP-1 and BACK-1 to 3
   say of channels. */
static void find_slices (const job *j, int tensor, int64_t a, int64_t b, slice s[2]) {
  const conv2d_params *p = &j->params;
  const int64_t in = p->in_channels / p->groups, out = p->out_channels / p->groups;
  const int64_t all = INT64_MAX / 2;
  switch (tensor) {
  case JOB_OUTPUT:
    s[0] = (slice){ JOB_INPUT, { a, b / out * in }, { 1, in } };
    s[1] = (slice){ JOB_WEIGHT, { b, 0 }, { 1, all } };
    break;
  case JOB_GRAD_INPUT:
    s[0] = (slice){ JOB_GRAD_OUTPUT, { a, b / in * out }, { 1, out } };
    s[1] = (slice){ JOB_WEIGHT, { b / in * out, b % in }, { out, 1 } };
    break;
  case JOB_GRAD_WEIGHT:
    s[0] = (slice){ JOB_GRAD_OUTPUT, { 0, a }, { all, 1 } };
    s[1] = (slice){ JOB_INPUT, { 0, a / out * in + b }, { all, 1 } };
    break;
  default: /* JOB_GRAD_BIAS */
    s[0] = (slice){ JOB_GRAD_OUTPUT, { 0, b }, { all, 1 } };
    s[1] = (slice){ .tensor = ONES };
  }
}

/* ---- what was found before */

/* The numbers of the slices of the plane (a, b) among all of their factor. */
static void find_numbers (const job *j, int tensor, int64_t a, int64_t b, int64_t number[2]) {
  const conv2d_params *p = &j->params;
  const int64_t in = p->in_channels / p->groups, out = p->out_channels / p->groups;
  const bool of_images = tensor == JOB_OUTPUT || tensor == JOB_GRAD_INPUT;
  number[0] = of_images ? a * p->groups + b / (tensor == JOB_OUTPUT ? out : in) : a + b;
  number[1] = b;
  if (tensor == JOB_GRAD_WEIGHT) {
    number[0] = a;
    number[1] = a / out * in + b;
  }
}

/* At least as many slices as either factor has. */
static int64_t slices_of (const job *j) {
  const conv2d_params *p = &j->params;
  const place *input = &j->tensor[JOB_INPUT];
  const int64_t images = (input->ndim == 4 ? input->shape[0] : 1) * p->groups;
  const int64_t channels = p->in_channels > p->out_channels ? p->in_channels : p->out_channels;
  return images > channels ? images : channels;
}

static extent look_up (const trial *t, reach_cache *cache, int factor, int64_t number,
                       const slice *s) {
  if (!cache->slot[factor])
    cache->slot[factor] = calloc((size_t) slices_of(t->j), sizeof *cache->slot[factor]);
  slot *f = cache->slot[factor] ? &cache->slot[factor][number] : NULL;
  if (!f)
    return extent_of(t, s);
  if (!f->known)
    *f = (slot){ .extent = extent_of(t, s), .known = true };
  return f->extent;
}

void reach_forget (reach_cache *cache) {
  for (int f = 0; f < 2; f++)
    free(cache->slot[f]);
}

const reach *reach_of (const trial *t, int tensor, int64_t i, reach_cache *cache) {
  const place *p = &t->j->tensor[tensor];
  const int64_t size = p->ndim >= 3 ? p->shape[p->ndim - 2] * p->shape[p->ndim - 1] : 1;
  const int64_t plane = i / size;
  const int64_t row = p->ndim >= 3 ? p->shape[p->ndim - 3] : p->shape[0];
  slice s[2];
  int64_t number[2];
  if (cache->plane == plane + 1)
    return &cache->reach;
  find_slices(t->j, tensor, plane / row, plane % row, s);
  find_numbers(t->j, tensor, plane / row, plane % row, number);
  for (int f = 0; f < 2; f++)
    cache->reach.factor[f] = look_up(t, cache, f, number[f], &s[f]);
  cache->reach.taps = volume_of(t, &s[tensor == JOB_OUTPUT || tensor == JOB_GRAD_INPUT])
                      * CONV2D_PARTS(p->dtype.code);
  if (tensor == JOB_OUTPUT)
    cache->reach.added = extent_of_bias(t, plane % row);
  cache->plane = plane + 1;
  return &cache->reach;
}
