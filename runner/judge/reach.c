/* reach.c: what an element of a result can be made of: the largest numbers of the parts of
   the inputs that it depends on. Needed for transforms, flushing and overflow, so rarely. */

#include "parts.h"

#include <math.h>
#include <string.h>

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

static void extend (extent *e, const dtype *d, double value) {
  const double v = fabs(value);
  if (!isfinite(v))
    e->nonfinite = true;
  else if (v > e->largest)
    e->largest = v;
  if (v > 0 && ilogb(v) < d->min_exponent)
    e->subnormal = true;
}

static void extend_by_plane (extent *e, const dtype *d, const axes *a, const unsigned char *at) {
  for (int64_t i = 0; i < a->extent[2]; i++)
    for (int64_t j = 0; j < a->extent[3]; j++)
      extend(e, d, d->load(at + i * a->step[2] + j * a->step[3]));
}

static extent extent_of (const trial *t, const slice *s) {
  if (s->tensor == ONES)
    return (extent){ .largest = 1 };
  const place *p = &t->j->tensor[s->tensor];
  extent e = { 0 };
  const axes a = axes_of(p);
  const dtype *d = dtype_of(p->dtype);
  for (int64_t i = s->from[0]; i < s->from[0] + s->count[0] && i < a.extent[0]; i++)
    for (int64_t k = s->from[1]; k < s->from[1] + s->count[1] && k < a.extent[1]; k++)
      extend_by_plane(&e, d, &a, t->arena + p->offset + p->origin + i * a.step[0] + k * a.step[1]);
  return e;
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
  extent e = { 0 };
  if (p->present) {
    const dtype *d = dtype_of(p->dtype);
    extend(&e, d, d->load(element_at(t, p, channel)));
  }
  return e;
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

const reach *reach_of (const trial *t, int tensor, int64_t i, reach_cache *cache) {
  const place *p = &t->j->tensor[tensor];
  const int64_t size = p->ndim >= 3 ? p->shape[p->ndim - 2] * p->shape[p->ndim - 1] : 1;
  const int64_t plane = i / size;
  const int64_t row = p->ndim >= 3 ? p->shape[p->ndim - 3] : p->shape[0];
  slice s[2];
  if (cache->plane == plane + 1)
    return &cache->reach;
  find_slices(t->j, tensor, plane / row, plane % row, s);
  for (int f = 0; f < 2; f++)
    if (cache->plane == 0 || memcmp(&s[f], &cache->slice[f], sizeof s[f]) != 0)
      cache->reach.factor[f] = extent_of(t, &s[f]);
  memcpy(cache->slice, s, sizeof s);
  cache->reach.taps = volume_of(t, &s[tensor == JOB_OUTPUT || tensor == JOB_GRAD_INPUT]);
  if (tensor == JOB_OUTPUT)
    cache->reach.added = extent_of_bias(t, plane % row);
  cache->plane = plane + 1;
  return &cache->reach;
}
