/* sums.c: where the operands of each product lie.
   The plane of operand b is as the windows see it: with its padding, or for the gradient of the
   input, with the zeros that a stride puts between the elements of grad_output. */

#include "sums.h"

#include "call/dtype.h"
#include "call/padding_mode.h"

#include <stdlib.h>
#include <string.h>

static const int64_t most = (int64_t) 1 << 28;

/* What the four kinds of sums are made from, all with four axes. */
typedef struct sizes {
  const conv2d_params *p;
  int64_t images, channels, rows[2], outs, out[2]; /* input: rows[] is height and width */
  int64_t groups, group_channels, group_outs;
  int64_t before[2]; /* the padding above and to the left */
} sizes;

/* A plane of operand b: `planes` of them, one after the other. */
typedef struct plane {
  int64_t planes, size[2];
} plane;

static sizes sizes_of (const test_case *c, const shape *output) {
  const conv2d_params *p = &c->params;
  const int64_t *in = c->input.dim + c->input.ndim - 3, *out = output->dim + output->ndim - 3;
  sizes z = { .p = p,
              .images = c->input.ndim == 4 ? c->input.dim[0] : 1,
              .channels = in[0],
              .rows = { in[1], in[2] },
              .outs = out[0],
              .out = { out[1], out[2] },
              .groups = p->groups };
  z.group_channels = z.channels / z.groups;
  z.group_outs = z.outs / z.groups;
  for (int i = 0; i < 2; i++)
    z.before[i] = p->padding_kind == CONV2D_PADDING_SAME
                      ? p->dilation[i] * (p->kernel_size[i] - 1) / 2
                      : p->padding[i];
  return z;
}

static bool allocate (sums *s) {
  const size_t word = sizeof(int64_t);
  s->a_leaf = calloc((size_t) s->leaves + 1, word);
  s->b_leaf = calloc((size_t) s->leaves + 1, word);
  s->a_at = calloc((size_t) s->elements + 1, word);
  s->b_at = calloc((size_t) s->elements + 1, word);
  s->b_source = calloc((size_t) s->b_count + 1, word);
  s->channel = calloc((size_t) s->elements + 1, sizeof *s->channel);
  return s->a_leaf && s->b_leaf && s->a_at && s->b_at && s->b_source && s->channel;
}

void sums_free (sums *s) {
  if (!s)
    return;
  free(s->a_leaf);
  free(s->b_leaf);
  free(s->a_at);
  free(s->b_at);
  free(s->b_source);
  free(s->channel);
  free(s);
}

/* Offsets of all index triples below extent[], in order: at[] = the sum of index * step. */
static void fill_offsets (int64_t *at, const int64_t extent[3], const int64_t step[3]) {
  for (int64_t u = 0; u < extent[0]; u++)
    for (int64_t v = 0; v < extent[1]; v++)
      for (int64_t w = 0; w < extent[2]; w++)
        *at++ = u * step[0] + v * step[1] + w * step[2];
}

/* ---- the plane of operand b */

/* The padded input, as far as windows reach. */
static plane padded_input (const sizes *z) {
  plane b = { .planes = z->images * z->channels };
  for (int i = 0; i < 2; i++)
    b.size[i] =
        (z->out[i] - 1) * z->p->stride[i] + z->p->dilation[i] * (z->p->kernel_size[i] - 1) + 1;
  return b;
}

/* The row (or column) of the input that is read at q of the plane; -1: a zero. */
static int64_t padded_source (const sizes *z, int axis, int64_t q) {
  q -= z->before[axis];
  if (q >= 0 && q < z->rows[axis])
    return q;
  return padding_mode_of(z->p->padding_mode)->source(q, z->rows[axis]);
}

static int64_t reach (const sizes *z, int axis) {
  return z->p->dilation[axis] * (z->p->kernel_size[axis] - 1);
}

/* grad_output with its elements a stride apart, and room for windows on both sides. */
static plane spread_gradient (const sizes *z) {
  plane b = { .planes = z->images * z->outs };
  for (int i = 0; i < 2; i++)
    b.size[i] = z->rows[i] + z->before[i] + reach(z, i);
  return b;
}

static int64_t spread_source (const sizes *z, int axis, int64_t q) {
  q -= reach(z, axis);
  const int64_t i = q / z->p->stride[axis];
  return q >= 0 && q % z->p->stride[axis] == 0 && i < z->out[axis] ? i : -1;
}

static void fill_plane (sums *s, const sizes *z, const plane *b, const int64_t from[2],
                        int64_t (*source)(const sizes *, int, int64_t)) {
  int64_t *to = s->b_source;
  for (int64_t n = 0; n < b->planes; n++)
    for (int64_t h = 0; h < b->size[0]; h++)
      for (int64_t w = 0; w < b->size[1]; w++) {
        const int64_t row = source(z, 0, h), column = source(z, 1, w);
        *to++ = row < 0 || column < 0 ? -1 : (n * from[0] + row) * from[1] + column;
      }
}

/* ---- the four results */

typedef bool maker (sums *s, const sizes *z);

static int64_t kernel (const sizes *z) {
  return z->p->kernel_size[0] * z->p->kernel_size[1];
}

static bool set_sizes (sums *s, const int64_t extent[3], int64_t elements, const plane *b) {
  memcpy(s->extent, extent, sizeof s->extent);
  s->leaves = extent[0] * extent[1] * extent[2];
  s->elements = elements;
  s->b_count = b->planes * b->size[0] * b->size[1];
  return s->leaves > 0 && s->leaves < most && elements > 0 && elements < most && s->b_count < most
         && allocate(s);
}

static bool make_output (sums *s, const sizes *z) {
  const plane b = padded_input(z);
  const int64_t extent[3] = { z->group_channels, z->p->kernel_size[0], z->p->kernel_size[1] };
  const int64_t area = b.size[0] * b.size[1], window = z->group_channels * kernel(z);
  s->a = JOB_WEIGHT, s->b = JOB_INPUT, s->a_count = z->outs * window;
  if (!set_sizes(s, extent, z->images * z->outs * z->out[0] * z->out[1], &b))
    return false;
  fill_offsets(s->a_leaf, extent, (int64_t[]){ kernel(z), extent[2], 1 });
  fill_offsets(s->b_leaf, extent,
               (int64_t[]){ area, z->p->dilation[0] * b.size[1], z->p->dilation[1] });
  for (int64_t n = 0, e = 0; n < z->images; n++)
    for (int64_t k = 0; k < z->outs; k++)
      for (int64_t i = 0; i < z->out[0]; i++)
        for (int64_t j = 0; j < z->out[1]; j++, e++) {
          s->a_at[e] = k * window;
          s->b_at[e] = (n * z->channels + k / z->group_outs * z->group_channels) * area
                       + i * z->p->stride[0] * b.size[1] + j * z->p->stride[1];
          s->channel[e] = (int32_t) k;
        }
  fill_plane(s, z, &b, z->rows, padded_source);
  return true;
}

static bool make_grad_input (sums *s, const sizes *z) {
  const plane b = spread_gradient(z);
  const int64_t extent[3] = { z->group_outs, z->p->kernel_size[0], z->p->kernel_size[1] };
  const int64_t area = b.size[0] * b.size[1], window = z->group_channels * kernel(z);
  s->a = JOB_WEIGHT, s->b = JOB_GRAD_OUTPUT, s->a_count = z->outs * window;
  if (!set_sizes(s, extent, z->images * z->channels * z->rows[0] * z->rows[1], &b))
    return false;
  fill_offsets(s->a_leaf, extent, (int64_t[]){ window, extent[2], 1 });
  fill_offsets(s->b_leaf, extent,
               (int64_t[]){ area, -z->p->dilation[0] * b.size[1], -z->p->dilation[1] });
  for (int64_t n = 0, e = 0; n < z->images; n++)
    for (int64_t c = 0; c < z->channels; c++)
      for (int64_t h = 0; h < z->rows[0]; h++)
        for (int64_t w = 0; w < z->rows[1]; w++, e++) {
          const int64_t g = c / z->group_channels;
          s->a_at[e] = g * z->group_outs * window + c % z->group_channels * kernel(z);
          s->b_at[e] = (n * z->outs + g * z->group_outs) * area
                       + (h + z->before[0] + reach(z, 0)) * b.size[1] + w + z->before[1]
                       + reach(z, 1);
        }
  fill_plane(s, z, &b, z->out, spread_source);
  return true;
}

/* What both gradients of parameters share: their leaves are the elements of grad_output. */
static bool set_gradient (sums *s, const sizes *z, int64_t elements, const plane *b) {
  const int64_t extent[3] = { z->images, z->out[0], z->out[1] };
  s->a = JOB_GRAD_OUTPUT, s->a_count = z->images * z->outs * z->out[0] * z->out[1];
  if (!set_sizes(s, extent, elements, b))
    return false;
  fill_offsets(s->a_leaf, extent, (int64_t[]){ z->outs * z->out[0] * z->out[1], z->out[1], 1 });
  return true;
}

static bool make_grad_weight (sums *s, const sizes *z) {
  const plane b = padded_input(z);
  const int64_t area = b.size[0] * b.size[1], *k = z->p->kernel_size;
  s->b = JOB_INPUT;
  if (!set_gradient(s, z, z->outs * z->group_channels * kernel(z), &b))
    return false;
  fill_offsets(s->b_leaf, s->extent,
               (int64_t[]){ z->channels * area, z->p->stride[0] * b.size[1], z->p->stride[1] });
  for (int64_t o = 0, e = 0; o < z->outs; o++)
    for (int64_t c = 0; c < z->group_channels; c++)
      for (int64_t r = 0; r < k[0]; r++)
        for (int64_t t = 0; t < k[1]; t++, e++) {
          s->a_at[e] = o * z->out[0] * z->out[1];
          s->b_at[e] = (o / z->group_outs * z->group_channels + c) * area
                       + r * z->p->dilation[0] * b.size[1] + t * z->p->dilation[1];
        }
  fill_plane(s, z, &b, z->rows, padded_source);
  return true;
}

static bool make_grad_bias (sums *s, const sizes *z) {
  const plane one = { 1, { 1, 1 } };
  s->b = JOB_TENSORS;
  if (!set_gradient(s, z, z->outs, &one))
    return false;
  for (int64_t o = 0; o < z->outs; o++)
    s->a_at[o] = o * z->out[0] * z->out[1];
  return true;
}

static shape shape_of_result (const test_case *c, enum job_tensor result, const shape *output) {
  switch (result) {
  case JOB_OUTPUT: return *output;
  case JOB_GRAD_INPUT: return c->input;
  case JOB_GRAD_WEIGHT: return case_weight_shape(c);
  default: return case_bias_shape(c);
  }
}

static const char *refusal (const test_case *c, enum job_tensor result) {
  const conv2d_params *p = &c->params;
  if (is_integer(p->dtype))
    return "sums of integers are exact in every order";
  if (p->dtype.code == kDLComplex)
    return "sums of complex numbers are not followed";
  if (p->padding_kind == CONV2D_PADDING_EXPLICIT && (p->padding[0] < 0 || p->padding[1] < 0))
    return "padding that crops is not followed";
  if (result == JOB_GRAD_INPUT && p->padding_mode != CONV2D_ZEROS)
    return "the gradient of an input through padding that repeats it is not followed";
  return NULL;
}

sums *sums_make (const test_case *c, enum job_tensor result, const shape *output,
                 const char **why) {
  maker *const make = result == JOB_OUTPUT        ? make_output
                      : result == JOB_GRAD_INPUT  ? make_grad_input
                      : result == JOB_GRAD_WEIGHT ? make_grad_weight
                                                  : make_grad_bias;
  *why = refusal(c, result);
  sums *s = *why ? NULL : calloc(1, sizeof *s);
  if (!s)
    return NULL;
  const sizes z = sizes_of(c, output);
  s->result = result;
  s->dtype = c->params.dtype;
  s->shape = shape_of_result(c, result, output);
  if (z.groups > 0 && z.channels > 0 && z.outs > 0 && make(s, &z))
    return s;
  *why = "there are no sums in it, or too many";
  sums_free(s);
  return NULL;
}
