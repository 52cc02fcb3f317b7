/* sized.h: convolutions of real sizes, whose answers are computed here in every right way. */

#ifndef SIZED_H
#define SIZED_H

#include "answers.h"
#include "conv2d_oracle.h"
#include "data/data.h"

#include <stdlib.h>

/* One convolution of a network, for a batch of one. */
typedef struct layer {
  int64_t in_channels, out_channels, groups;
  int64_t size[2], kernel[2], stride[2], padding[2], dilation[2];
} layer;

/* How it is run. */
typedef struct setting {
  DLDataType type;
  const char *recipe;
  bool bias;
  int32_t padding_mode;
  enum job_tensor result; /* JOB_OUTPUT, JOB_GRAD_INPUT or JOB_GRAD_WEIGHT */
  uint64_t key;
} setting;

/* ---- the call */

static inline int64_t out_extent (const layer *l, int axis) {
  const int64_t room =
      l->size[axis] + 2 * l->padding[axis] - l->dilation[axis] * (l->kernel[axis] - 1);
  return (room - 1) / l->stride[axis] + 1;
}

static inline int64_t depth_of (const layer *l) {
  return l->in_channels / l->groups * l->kernel[0] * l->kernel[1];
}

static inline int64_t products_of (const layer *l) {
  return depth_of(l) * l->out_channels * out_extent(l, 0) * out_extent(l, 1);
}

static inline void put_tensors (call *k, const layer *l, const setting *s) {
  const int64_t input[] = { 1, l->in_channels, l->size[0], l->size[1] };
  const int64_t weight[] = { l->out_channels, l->in_channels / l->groups, l->kernel[0],
                             l->kernel[1] };
  const int64_t output[] = { 1, l->out_channels, out_extent(l, 0), out_extent(l, 1) };
  const bool forward = s->result == JOB_OUTPUT;
  put_bytes(k, JOB_INPUT, s->type, 4, input);
  put_bytes(k, JOB_WEIGHT, s->type, 4, weight);
  if (s->bias)
    put_bytes(k, JOB_BIAS, s->type, 1, &l->out_channels);
  put_bytes(k, forward ? JOB_OUTPUT : JOB_GRAD_OUTPUT, s->type, 4, output);
  if (!forward)
    put_bytes(k, (int) s->result, s->type, 4, s->result == JOB_GRAD_INPUT ? input : weight);
  k->arena = calloc(1, k->used);
  k->x.output = (shape){ .ndim = 4 };
  memcpy(k->x.output.dim, output, sizeof output);
  k->j.output_ndim = 4;
  memcpy(k->j.output_shape, output, sizeof output);
}

static inline conv2d_params params_of (const layer *l, const setting *s) {
  return (conv2d_params){ .in_channels = l->in_channels,
                          .out_channels = l->out_channels,
                          .groups = l->groups,
                          .kernel_size = { l->kernel[0], l->kernel[1] },
                          .stride = { l->stride[0], l->stride[1] },
                          .padding = { l->padding[0], l->padding[1] },
                          .dilation = { l->dilation[0], l->dilation[1] },
                          .padding_mode = s->padding_mode,
                          .bias = s->bias,
                          .dtype = s->type };
}

static inline DLTensor tensor_in (call *k, int tensor) {
  place *p = &k->j.tensor[tensor];
  return (DLTensor){ .data = k->arena + p->offset,
                     .device = { kDLCPU, 0 },
                     .ndim = p->ndim,
                     .dtype = p->dtype,
                     .shape = p->shape,
                     .strides = p->strides };
}

static inline void fill_tensors (call *k, uint64_t key) {
  static const role roles[] = {
    [JOB_INPUT] = INPUT, [JOB_WEIGHT] = WEIGHT, [JOB_BIAS] = BIAS, [JOB_GRAD_OUTPUT] = GRAD_OUTPUT
  };
  for (int t = JOB_INPUT; t <= JOB_GRAD_OUTPUT; t++) {
    DLTensor to = tensor_in(k, t);
    if (k->j.tensor[t].present)
      data_fill(&k->c, key, roles[t], &to);
  }
}

static inline bool find_truth (call *k, const setting *s) {
  put_truth(k, (int) s->result);
  DLTensor in[JOB_GRAD_OUTPUT + 1];
  truth *t = &k->x.truth[0];
  t->want.device = (DLDevice){ kDLCPU, 0 };
  for (int i = JOB_INPUT; i <= JOB_GRAD_OUTPUT; i++)
    in[i] = tensor_in(k, i);
  if (s->result == JOB_OUTPUT)
    return conv2d_oracle_forward(&k->j.params, &in[JOB_INPUT], &in[JOB_WEIGHT],
                                 s->bias ? &in[JOB_BIAS] : NULL, &t->want, &t->detail, NULL)
           == CONV2D_OK;
  const int which = (int) s->result - JOB_GRAD_INPUT;
  conv2d_detail detail[3] = { { 0 } };
  DLTensor *want[3] = { NULL };
  detail[which] = t->detail;
  want[which] = &t->want;
  return conv2d_oracle_backward(&k->j.params, &in[JOB_INPUT], &in[JOB_WEIGHT], &in[JOB_GRAD_OUTPUT],
                                want[0], want[1], want[2], detail, NULL)
         == CONV2D_OK;
}

static inline call *open_layer (const layer *l, const setting *s) {
  call *k = calloc(1, sizeof *k);
  k->j.params = params_of(l, s);
  k->c = (test_case){ .input = { 4, { 1, l->in_channels, l->size[0], l->size[1] } },
                      .params = k->j.params,
                      .direction = s->result == JOB_OUTPUT ? FORWARD : BACKWARD,
                      .weight.ndim = -1,
                      .bias.ndim = -1,
                      .offered.ndim = -1 };
  memset(k->c.recipe, recipe_find(s->recipe), sizeof k->c.recipe);
  put_tensors(k, l, s);
  k->j.end = JOB_RETURNED;
  k->s.functions = (1u << DIRECTIONS) - 1;
  fill_tensors(k, s->key);
  if (!find_truth(k, s))
    abort();
  return k;
}

/* ---- the result as sums of products: every sum has a base in `data`, and its terms have distances
   from it that all sums share; a row of factors belongs to an output channel, or the like */

typedef struct plan {
  double *data;        /* of all groups */
  int64_t group;       /* distance of two groups in it */
  int64_t *base;       /* of each lane's sum */
  int64_t *step;       /* to each term */
  int64_t sums, terms; /* of a group, with one row of factors */
  int64_t rows;        /* of factors, for each group */
  double *factor;      /* groups x rows x terms */
  double *bias;        /* groups x rows; the result is groups x rows x sums */
} plan;

static inline void *numbers (int64_t n) {
  void *p = calloc((size_t) n + 1, sizeof(double));
  if (!p)
    abort();
  return p;
}

/* Where a row or column of the padded tensor comes from; -1: nowhere. */
static inline int64_t source_index (int64_t i, int64_t n, int32_t mode) {
  if (i >= 0 && i < n)
    return i;
  switch (mode) {
  case CONV2D_REFLECT: return i < 0 ? -i : 2 * (n - 1) - i;
  case CONV2D_REPLICATE: return i < 0 ? 0 : n - 1;
  case CONV2D_CIRCULAR: return (i + n) % n;
  default: return -1;
  }
}

/* Planes of a tensor with `before` more rows and columns in front, `apart` as far as they were, in
   planes of `to` rows and columns. */
static inline double *spread_out (const call *k, int tensor, const int64_t before[2],
                                  const int64_t apart[2], const int64_t to[2], int32_t mode) {
  const place *p = &k->j.tensor[tensor];
  const int64_t planes = p->shape[0] * p->shape[1], rows = p->shape[2], columns = p->shape[3];
  double *d = numbers(planes * to[0] * to[1]);
  for (int64_t plane = 0; plane < planes; plane++)
    for (int64_t i = 0; i < to[0]; i++)
      for (int64_t j = 0; j < to[1]; j++) {
        const int64_t y = i - before[0], x = j - before[1];
        const int64_t from_y = source_index(y / apart[0], rows, mode);
        const int64_t from_x = source_index(x / apart[1], columns, mode);
        const bool between = y % apart[0] != 0 || x % apart[1] != 0;
        if (from_y >= 0 && from_x >= 0 && !between)
          d[(plane * to[0] + i) * to[1] + j] =
              get(k, tensor, (plane * rows + from_y) * columns + from_x);
      }
  return d;
}

/* The distances of (channel, row, column) in planes of `to`. */
static inline int64_t *steps (int64_t channels, const int64_t count[2], const int64_t apart[2],
                              const int64_t to[2]) {
  int64_t *s = numbers(channels * count[0] * count[1]), n = 0;
  for (int64_t c = 0; c < channels; c++)
    for (int64_t i = 0; i < count[0]; i++)
      for (int64_t j = 0; j < count[1]; j++)
        s[n++] = (c * to[0] + i * apart[0]) * to[1] + j * apart[1];
  return s;
}

static inline plan plan_forward (const call *k, const layer *l, const setting *s) {
  const int64_t in = l->in_channels / l->groups, one[2] = { 1, 1 };
  const int64_t out[2] = { out_extent(l, 0), out_extent(l, 1) };
  const int64_t to[2] = { l->size[0] + 2 * l->padding[0], l->size[1] + 2 * l->padding[1] };
  plan p = { .sums = out[0] * out[1], .terms = depth_of(l), .rows = l->out_channels / l->groups };
  p.data = spread_out(k, JOB_INPUT, l->padding, one, to, s->padding_mode);
  p.group = in * to[0] * to[1];
  p.base = steps(1, out, l->stride, to);
  p.step = steps(in, l->kernel, l->dilation, to);
  p.factor = numbers(l->out_channels * p.terms);
  p.bias = numbers(l->out_channels);
  for (int64_t i = 0; i < l->out_channels * p.terms; i++)
    p.factor[i] = get(k, JOB_WEIGHT, i);
  for (int64_t o = 0; s->bias && o < l->out_channels; o++)
    p.bias[o] = get(k, JOB_BIAS, o);
  return p;
}

/* grad_output with zeros between its elements, under the kernel turned around. */
static inline plan plan_grad_input (const call *k, const layer *l) {
  const int64_t in = l->in_channels / l->groups, out = l->out_channels / l->groups;
  const int64_t area = l->kernel[0] * l->kernel[1], one[2] = { 1, 1 };
  int64_t before[2], to[2];
  for (int a = 0; a < 2; a++) {
    const int64_t span = l->dilation[a] * (l->kernel[a] - 1);
    before[a] = span > l->padding[a] ? span - l->padding[a] : 0;
    to[a] = l->size[a] + l->padding[a] + before[a];
  }
  plan p = { .sums = l->size[0] * l->size[1], .terms = out * area, .rows = in };
  p.data = spread_out(k, JOB_GRAD_OUTPUT, before, l->stride, to, CONV2D_ZEROS);
  p.group = out * to[0] * to[1];
  p.base = steps(1, l->size, one, to);
  p.step = numbers(p.terms);
  p.factor = numbers(l->in_channels * p.terms);
  p.bias = numbers(l->in_channels);
  for (int64_t o = 0, n = 0; o < out; o++)
    for (int64_t r = 0; r < l->kernel[0]; r++)
      for (int64_t q = 0; q < l->kernel[1]; q++, n++)
        p.step[n] = (o * to[0] + l->padding[0] + before[0] - r * l->dilation[0]) * to[1]
                    + l->padding[1] + before[1] - q * l->dilation[1];
  for (int64_t c = 0; c < l->in_channels; c++)
    for (int64_t n = 0; n < p.terms; n++) {
      const int64_t o = c / in * out + n / area;
      p.factor[c * p.terms + n] = get(k, JOB_WEIGHT, (o * in + c % in) * area + n % area);
    }
  return p;
}

static inline plan plan_grad_weight (const call *k, const layer *l, const setting *s) {
  const int64_t in = l->in_channels / l->groups, one[2] = { 1, 1 };
  const int64_t out[2] = { out_extent(l, 0), out_extent(l, 1) };
  const int64_t to[2] = { l->size[0] + 2 * l->padding[0], l->size[1] + 2 * l->padding[1] };
  plan p = { .sums = depth_of(l), .terms = out[0] * out[1], .rows = l->out_channels / l->groups };
  p.data = spread_out(k, JOB_INPUT, l->padding, one, to, s->padding_mode);
  p.group = in * to[0] * to[1];
  p.base = steps(in, l->kernel, l->dilation, to);
  p.step = steps(1, out, l->stride, to);
  p.factor = numbers(l->out_channels * p.terms);
  p.bias = numbers(l->out_channels);
  for (int64_t i = 0; i < l->out_channels * p.terms; i++)
    p.factor[i] = get(k, JOB_GRAD_OUTPUT, i);
  return p;
}

static inline plan plan_of (const call *k, const layer *l, const setting *s) {
  return s->result == JOB_OUTPUT       ? plan_forward(k, l, s)
         : s->result == JOB_GRAD_INPUT ? plan_grad_input(k, l)
                                       : plan_grad_weight(k, l, s);
}

static inline void plan_free (plan *p) {
  free(p->data);
  free(p->base);
  free(p->step);
  free(p->factor);
  free(p->bias);
}

/* ---- smaller layers */

/* As many rows and columns as keep it within a number of products, if any do. */
static inline layer within (layer l, int64_t products) {
  for (double part = 1; products_of(&l) > products && part > 0.01; part *= 0.9)
    for (int a = 0; a < 2; a++) {
      const int64_t least = l.dilation[a] * (l.kernel[a] - 1) + 1;
      const int64_t size = (int64_t) ((double) l.size[a] * 0.93);
      l.size[a] = size < least ? (l.size[a] < least ? l.size[a] : least) : size;
    }
  return l;
}

/* Reflect and circular need padding below the input's extent. */
static inline void settle_mode (setting *s, const layer *l) {
  for (int a = 0; a < 2; a++)
    if (l->padding[a] >= l->size[a])
      s->padding_mode = CONV2D_ZEROS;
}

#endif
