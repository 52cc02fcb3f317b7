/* stretch.c: a stretch of a result is the result of a smaller layer. */

#include "stretch.h"

#include "call/dtype.h"
#include "call/tensor.h"
#include "data/data.h"

#include "conv2d_dtypes.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* ---- a result as planes, or as the filters of a gradient of the weight */

typedef struct planes {
  int64_t images, channels;
  int64_t size; /* numbers of a plane */
} planes;

/* Whether each image has numbers of its own in the result. */
static bool has_images (enum job_tensor result) {
  return result == JOB_OUTPUT || result == JOB_GRAD_INPUT;
}

static planes planes_of (enum job_tensor result, const place *p) {
  const bool batched = has_images(result) && p->ndim == 4;
  const int64_t images = batched ? p->shape[0] : 1, channels = p->shape[batched ? 1 : 0];
  const int64_t all = images * channels;
  return (planes){ images, channels, all ? place_numbers(p) / all : 0 };
}

int64_t stretch_of (enum job_tensor result, const place *p, int64_t count) {
  return planes_of(result, p).size * count + STRETCH_AGAIN;
}

/* ---- which planes come next */

typedef struct range {
  int64_t from, count;
} range;

/* Images with all channels, or channels of one image: some of a group's, or all of some groups'. */
typedef struct layers {
  range images, channels;
} layers;

static int64_t least (int64_t a, int64_t b) {
  return a < b ? a : b;
}

/* At most `most` planes, from number `first` on; group: channels of one. */
static layers next_layers (const planes *p, int64_t group, int64_t first, int64_t most) {
  const int64_t image = first / p->channels, channel = first % p->channels;
  const int64_t left = p->channels - channel;
  if (channel == 0 && most >= p->channels)
    return (layers){ { image, least(most / p->channels, p->images - image) }, { 0, p->channels } };
  if (channel % group == 0 && most >= group)
    return (layers){ { image, 1 }, { channel, least(most / group * group, left) } };
  return (layers){ { image, 1 }, { channel, least(most, group - channel % group) } };
}

/* ---- the smaller layer */

static void cut (place *p, int axis, range r) {
  p->origin += (uint64_t) (r.from * p->strides[axis] * (int64_t) place_element(p));
  p->shape[axis] = r.count;
}

/* images: NULL where the result is a sum over all of them */
static void cut_images (place *p, const range *images, range channels) {
  if (images && p->ndim == 4)
    cut(p, 0, *images);
  cut(p, p->ndim - 3, channels);
}

/* The call that makes nothing but these planes of one result. */
static job smaller_call (const job *whole, enum job_tensor result, const layers *l) {
  job j = *whole;
  conv2d_params *p = &j.params;
  const bool of_input = result == JOB_GRAD_INPUT;
  const int64_t in = p->in_channels / p->groups, out = p->out_channels / p->groups;
  const int64_t own = of_input ? in : out, group = l->channels.from / own;
  p->groups = (l->channels.count + own - 1) / own;
  range inputs = { group * in, p->groups * in }, outputs = { group * out, p->groups * out };
  *(of_input ? &inputs : &outputs) = l->channels;
  p->in_channels = inputs.count;
  p->out_channels = outputs.count;
  const range *images = has_images(result) ? &l->images : NULL;
  const range of_filter = { inputs.from - group * in, inputs.count / p->groups };
  for (int t = 0; t < JOB_TENSORS; t++) {
    place *at = &j.tensor[t];
    at->present = at->present && (t == (int) result || !tensor_is_output(whole, t));
    if (!at->present)
      continue;
    switch (t) {
    case JOB_INPUT:
    case JOB_GRAD_INPUT: cut_images(at, images, inputs); break;
    case JOB_OUTPUT:
    case JOB_GRAD_OUTPUT: cut_images(at, images, outputs); break;
    case JOB_WEIGHT:
    case JOB_GRAD_WEIGHT: cut(at, 1, of_filter); /* fall through */
    default: cut(at, 0, outputs);
    }
  }
  return j;
}

/* ---- making them */

static void *after (void *array, int64_t n, size_t size) {
  return (char *) array + (size_t) n * size;
}

/* The part of a truth that begins n numbers later. */
static truth truth_after (const truth *t, int64_t n) {
  truth later = *t;
  later.want.data = after(t->want.data, n, (size_t) number_size(dtype_of(t->want.dtype)));
  later.detail.exact += n;
  later.detail.scale += n;
  later.detail.terms += n;
  later.detail.flags += n;
  later.first += n;
  return later;
}

/* Moves the last n numbers to the front. */
static void keep_last (stretches *s, int64_t n) {
  truth *now = &s->now;
  const truth last = truth_after(now, truth_end(now) - now->first - n);
  const size_t count = (size_t) n;
  memmove(now->want.data, last.want.data, count * (size_t) number_size(dtype_of(now->want.dtype)));
  memmove(now->detail.exact, last.detail.exact, count * sizeof *now->detail.exact);
  memmove(now->detail.scale, last.detail.scale, count * sizeof *now->detail.scale);
  memmove(now->detail.terms, last.detail.terms, count * sizeof *now->detail.terms);
  memmove(now->detail.flags, last.detail.flags, count);
  now->first = last.first;
}

/* Makes the next planes, behind those that are there. */
static bool make_more (stretches *s, const planes *p) {
  truth *now = &s->now;
  const conv2d_params *of = &s->whole->params;
  const int64_t channels = now->tensor == JOB_GRAD_INPUT ? of->in_channels : of->out_channels;
  const int64_t end = truth_end(now), there = end - now->first;
  const layers l =
      next_layers(p, channels / of->groups, end / p->size, (s->room - there) / p->size);
  job j = smaller_call(s->whole, now->tensor, &l);
  place *result = &j.tensor[now->tensor];
  truth made = truth_after(now, there);
  made.want.ndim = result->ndim;
  made.want.shape = result->shape;
  s->elements += place_count(result);
  return ask_oracle(&s->asked, &j, &made);
}

/* Makes a stretch, the first `kept` numbers of which are there, and which is long enough to go on
   from. */
static bool make_stretch (stretches *s, int64_t kept) {
  truth *now = &s->now;
  const place *all = &s->whole->tensor[now->tensor];
  const planes p = planes_of(now->tensor, all);
  bool good = true;
  s->elements = kept / dtype_of(all->dtype)->parts;
  do
    good = make_more(s, &p);
  while (good && truth_end(now) - now->first <= STRETCH_AGAIN
         && truth_end(now) < place_numbers(all));
  return good;
}

static const truth *stretch_from (stretches *s, enum job_tensor result, int64_t from) {
  truth *now = &s->now;
  const bool goes_on = now->tensor == result && s->elements && now->first <= from;
  const int64_t kept = goes_on ? truth_end(now) - from : 0;
  if (goes_on && now->first == from)
    return now;
  if (kept)
    keep_last(s, kept);
  now->tensor = result;
  now->first = from;
  now->want.ndim = 1;
  now->want.shape = &s->elements;
  if (make_stretch(s, kept))
    return now;
  s->elements = 0;
  return NULL;
}

const truth *truth_from (const expectation *x, int k, int64_t from) {
  const truth *t = &x->truth[k];
  return x->apart ? stretch_from(x->apart, t->tensor, from) : t;
}

int64_t truth_end (const truth *t) {
  return t->first + tensor_numbers(&t->want);
}

/* ---- what depends on all of them */

static int64_t numbers_of (const expectation *x, int k) {
  const truth *t = &x->truth[k];
  return x->apart ? place_numbers(&x->apart->whole->tensor[t->tensor]) : tensor_numbers(&t->want);
}

double truth_scale (const expectation *x, int k, double most) {
  const int64_t numbers = numbers_of(x, k);
  double largest = 0;
  for (int64_t from = 0; from < numbers;) {
    const truth *t = truth_from(x, k, from);
    if (!t)
      return INFINITY;
    for (; from < truth_end(t); from++) {
      const double scale = t->detail.scale[from - t->first];
      largest = scale > largest && scale <= most ? scale : largest;
    }
  }
  return largest;
}

bool data_are_exact (const test_case *c, const expectation *x) {
  const double parts = CONV2D_PARTS(c->params.dtype.code); /* three products: up to twice S */
  if (!data_exact(c, 0))
    return false; /* the larger, the less exact */
  for (int k = 0; k < x->truths && !data_exact(c, DBL_MAX); k++)
    if (!data_exact(c, parts * truth_scale(x, k, DBL_MAX)))
      return false;
  return true;
}

bool is_exact (const test_case *c, const expectation *x) {
  stretches *s = x->apart;
  if (!s)
    return x->exact;
  if (!s->looked)
    s->exact = data_are_exact(c, x);
  s->looked = true;
  return s->exact;
}
