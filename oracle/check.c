/* check.c: validity and the shape of the output.
   The rules stand in the order of specs/validity.md, and the first that is broken is returned.
   Sizes are computed in 128 bits, where no sum or product of two 64-bit numbers overflows. */

#include "geometry.h"
#include <string.h>

__extension__ typedef __int128 wide;

/* The padding on both sides of an axis, worked out from the argument `padding`. */
typedef struct margin {
  wide before, after;
} margin;

/* 'same': d*(k-1) in all, the smaller half first, of negative numbers, too (PAD-4). */
static margin same_margin (wide total) {
  wide before = total / 2 - (total % 2 < 0);
  return (margin){ before, total - before };
}

/* From the first tap of a kernel to its last. */
static wide kernel_span (const conv2d_params *p, int i) {
  return (wide) p->dilation[i] * ((wide) p->kernel_size[i] - 1);
}

static margin margin_of (const conv2d_params *p, int i) {
  switch (p->padding_kind) {
  case CONV2D_PADDING_SAME: return same_margin(kernel_span(p, i));
  case CONV2D_PADDING_VALID: return (margin){ 0, 0 };
  default: return (margin){ p->padding[i], p->padding[i] };
  }
}

static bool fits (wide x) {
  return INT64_MIN <= x && x <= INT64_MAX;
}

/* The type of an element, or of its real and imaginary parts; NULL: unknown. */
static const type *part_type (DLDataType t) {
  return type_of(real_dtype(t));
}

/* Whether the elements, and the bytes, of a tensor can be counted. */
static bool countable (int n, const int64_t *extent, DLDataType t) {
  wide bytes = t.bits / 8;

  for (int i = 0; i < n; i++)
    if (extent[i] == 0)
      return true;
  for (int i = 0; i < n; i++) {
    bytes *= extent[i];
    if (!fits(bytes))
      return false;
  }
  return true;
}

static bool has_shape (const DLTensor *t, int ndim, const int64_t *shape) {
  if (t == NULL || t->ndim < 0)
    return true; /* as the call implies */
  if (t->ndim != ndim)
    return false;
  for (int i = 0; i < ndim; i++)
    if (t->shape[i] != shape[i])
      return false;
  return true;
}

static bool has_dtype (const DLTensor *t, DLDataType d) {
  return t == NULL
         || (t->dtype.code == d.code && t->dtype.bits == d.bits && t->dtype.lanes == d.lanes);
}

/* Whether layer, input and weight are all of one dtype. */
static bool one_dtype (const conv2d_call *c) {
  return has_dtype(c->input, c->params->dtype) && has_dtype(c->weight, c->params->dtype);
}

static const struct {
  const char *clause; /* the one that padding beyond `widest` breaks, or NULL */
  bool empty;         /* axes and channels may be */
} modes[] = {
#define X(name, abi, before, after, most, clause, empty) [abi] = { clause, empty },
  CONV2D_PADDING_MODES(X)
#undef X
};

enum { MODES = sizeof modes / sizeof modes[0] };

/* What the constructor of nn.Conv2d checks. */
static const char *check_parameters (const conv2d_params *p) {
  if (p->groups < 1)
    return "VALID-1";
  if (p->in_channels % p->groups != 0)
    return "VALID-2";
  if (p->out_channels % p->groups != 0)
    return "VALID-3";
  if (p->padding_kind < CONV2D_PADDING_EXPLICIT || p->padding_kind > CONV2D_PADDING_SAME)
    return "VALID-4";
  if (p->padding_kind == CONV2D_PADDING_SAME && (p->stride[0] != 1 || p->stride[1] != 1))
    return "VALID-5";
  if (p->padding_mode < CONV2D_ZEROS || p->padding_mode >= MODES)
    return "VALID-6";
  if (p->in_channels < 0 || p->out_channels < 0 || p->kernel_size[0] < 0 || p->kernel_size[1] < 0)
    return "VALID-7";
  return NULL;
}

/* The input seen as a batch: shape[0] is 1 where it has none. */
typedef struct batch {
  int64_t shape[4];
  bool empty; /* without images or without channels */
} batch;

static bool batch_of (const DLTensor *input, batch *b) {
  if (input->ndim != 3 && input->ndim != 4)
    return false;
  b->shape[0] = 1;
  for (int i = 0; i < input->ndim; i++) {
    if (input->shape[i] < 0)
      return false;
    b->shape[4 - input->ndim + i] = input->shape[i];
  }
  b->empty = b->shape[0] == 0 || b->shape[1] == 0;
  return true;
}

/* The widest padding that a mode allows on a side of an axis. */
static int64_t widest (int32_t mode, int64_t n) {
  switch (mode) {
#define X(name, abi, before, after, most, clause, empty)                                           \
  case abi: return most;
    CONV2D_PADDING_MODES(X)
#undef X
  default: return 0;
  }
}

/* What padding with real values checks, before the convolution sees the input. */
static const char *check_filling (const conv2d_params *p, const batch *b, const margin m[2]) {
  const int64_t *size = b->shape + 2;
  const int32_t mode = p->padding_mode;

  if (mode == CONV2D_ZEROS)
    return NULL;
  if (!modes[mode].empty && (b->shape[1] == 0 || size[0] == 0 || size[1] == 0))
    return "PAD-13";
  for (int i = 0; modes[mode].clause != NULL && i < 2; i++)
    if (m[i].before > widest(mode, size[i]) || m[i].after > widest(mode, size[i]))
      return modes[mode].clause;
  for (int i = 0; i < 2; i++)
    if ((m[i].before < 0 || m[i].after < 0) && size[i] + m[i].before + m[i].after < 1)
      return "PAD-15";
  return NULL;
}

/* What the convolution checks of its scalar arguments. */
static const char *check_scalars (const conv2d_call *c, const batch *b, const margin m[2]) {
  const conv2d_params *p = c->params;
  bool negative = m[0].before < 0 || m[0].after < 0 || m[1].before < 0 || m[1].after < 0;
  bool undilated = p->dilation[0] < 1 || p->dilation[1] < 1;
  bool no_kernel = p->kernel_size[0] == 0 || p->kernel_size[1] == 0;

  if (p->bias && !has_dtype(c->bias, c->input->dtype))
    return "DTYPE-3";
  if (p->padding_mode == CONV2D_ZEROS && negative)
    return "PAD-5";
  if (p->stride[0] < 1 || p->stride[1] < 1)
    return "VALID-8";
  if (b->empty && (undilated || no_kernel || !one_dtype(c)))
    return "VALID-14";
  if (undilated)
    return "VALID-9";
  if (p->out_channels < 1)
    return "VALID-10";
  return NULL;
}

/* The weight of a layer. */
static void weight_shape (const conv2d_params *p, int64_t shape[4]) {
  shape[0] = p->out_channels;
  shape[1] = p->in_channels / p->groups;
  shape[2] = p->kernel_size[0];
  shape[3] = p->kernel_size[1];
}

static const char *check_weight_and_bias (const conv2d_params *p, const DLTensor *weight,
                                          const DLTensor *bias) {
  int64_t shape[4];
  weight_shape(p, shape);
  if (!has_shape(weight, 4, shape))
    return "SHAPE-5";
  if (!has_shape(bias, 1, shape))
    return "SHAPE-6";
  return NULL;
}

/* What the convolution checks of the tensors that it reads. */
static const char *check_tensors (const conv2d_call *c, const batch *b) {
  const conv2d_params *p = c->params;
  const DLDataType t = c->input->dtype;
  const char *clause;
  int64_t weight[4];

  if (b->shape[1] != p->in_channels)
    return "SHAPE-4";
  if ((clause = check_weight_and_bias(p, c->weight, p->bias ? c->bias : NULL)) != NULL)
    return clause;
  weight_shape(p, weight);
  if (!countable(4, b->shape, t) || !countable(4, weight, t) || !countable(1, weight, t))
    return "VALID-12";
  return NULL;
}

/* How many places a kernel has that is not larger than the padded input (SHAPE-1). */
static wide places (const conv2d_params *p, const batch *b, margin m, int i) {
  wide room = b->shape[2 + i] + m.before + m.after - kernel_span(p, i) - 1;
  return room / p->stride[i] + 1;
}

static const char *check_sizes (const conv2d_params *p, const batch *b, const margin m[2]) {
  wide padded[2] = { b->shape[2] + m[0].before + m[0].after,
                     b->shape[3] + m[1].before + m[1].after };

  for (int i = 0; i < 2; i++)
    if (!fits(padded[i]) || !fits(kernel_span(p, i)))
      return "VALID-12";
  for (int i = 0; i < 2; i++)
    if (kernel_span(p, i) + 1 > padded[i])
      return "SHAPE-7";
  for (int i = 0; i < 2; i++)
    if (!fits(places(p, b, m[i], i)))
      return "VALID-12"; /* as a kernel without taps may have */
  return NULL;
}

/* What is checked last, with the shape of the output at hand. */
static const char *check_output (const conv2d_call *c, const batch *b, const geometry *g) {
  const conv2d_params *p = c->params;
  const DLTensor *all[] = { c->output, c->grad_input, c->grad_weight, c->grad_bias };

  if (!countable(g->output_ndim, g->output_shape, c->input->dtype))
    return "VALID-12";
  if (!b->empty && (b->shape[2] == 0 || b->shape[3] == 0))
    return "SHAPE-8";
  if (p->kernel_size[0] == 0 || p->kernel_size[1] == 0)
    return "VALID-11";
  if (!one_dtype(c))
    return "DTYPE-2";
  if (!has_shape(c->output, g->output_ndim, g->output_shape)
      || !has_shape(c->grad_input, c->input->ndim, c->input->shape)
      || check_weight_and_bias(p, c->grad_weight, c->grad_bias) != NULL)
    return "SHAPE-11";
  for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
    if (!has_dtype(all[i], c->input->dtype))
      return "SHAPE-11";
  return NULL;
}

static axis resolve_axis (const conv2d_params *p, const batch *b, margin m, int i) {
  return (axis){ .size = b->shape[2 + i],
                 .kernel = p->kernel_size[i],
                 .output = (int64_t) places(p, b, m, i),
                 .stride = p->stride[i],
                 .dilation = p->dilation[i],
                 .before = (int64_t) m.before,
                 .mode = p->padding_mode };
}

static void resolve (const conv2d_call *c, const batch *b, const margin m[2], geometry *g) {
  const conv2d_params *p = c->params;
  int64_t out_channels = p->in_channels == 0 ? 0 : p->out_channels; /* SHAPE-10 */

  *g = (geometry){ .type = part_type(c->input->dtype),
                   .images = b->shape[0],
                   .in_channels = p->in_channels,
                   .out_channels = out_channels,
                   .groups = p->groups,
                   .group_in = p->in_channels / p->groups,
                   .group_out = out_channels / p->groups,
                   .axis = { resolve_axis(p, b, m[0], 0), resolve_axis(p, b, m[1], 1) },
                   .bias = p->bias != 0,
                   .output_ndim = c->input->ndim };
  int64_t shape[4] = { g->images, out_channels, g->axis[0].output, g->axis[1].output };
  memcpy(g->output_shape, shape + 4 - g->output_ndim, (size_t) g->output_ndim * sizeof shape[0]);
}

/* Whether specs/ say how fresh parameters of a dtype are distributed. */
static bool has_fresh_parameters (DLDataType t) {
  return type_of(t) != NULL && !is_integer(type_of(t));
}

/* What does not depend on any shape. */
static const char *check_kind (const conv2d_call *c, DLDataType input) {
  const char *clause = check_parameters(c->params);

  if (clause != NULL)
    return clause;
  if (part_type(c->params->dtype) == NULL || part_type(input) == NULL)
    return "DTYPE-1";
  if (c->direction == CONV2D_BACKWARD && is_integer(part_type(input)))
    return "BACK-6";
  return NULL;
}

/* The first clause that a layer breaks, or NULL. */
static const char *broken_by_layer (const conv2d_call *c) {
  const conv2d_params *p = c->params;
  const char *clause = check_kind(c, p->dtype);

  if (clause != NULL)
    return clause;
  if (!has_dtype(c->bias, p->dtype))
    return "DTYPE-3";
  if ((clause = check_weight_and_bias(p, c->weight, c->bias)) != NULL)
    return clause;
  return has_dtype(c->weight, p->dtype) ? NULL : "DTYPE-2";
}

/* The first clause that a call with an input breaks. If it is NULL, the call has been resolved. */
static const char *broken_by_call (const conv2d_call *c, geometry *g) {
  const conv2d_params *p = c->params;
  const char *clause = check_kind(c, c->input->dtype);
  batch b;

  if (clause != NULL)
    return clause;
  if (!batch_of(c->input, &b))
    return "SHAPE-2";
  margin m[2] = { margin_of(p, 0), margin_of(p, 1) };
  if ((clause = check_filling(p, &b, m)) != NULL || (clause = check_scalars(c, &b, m)) != NULL
      || (clause = check_tensors(c, &b)) != NULL || (clause = check_sizes(p, &b, m)) != NULL)
    return clause;
  resolve(c, &b, m, g);
  return check_output(c, &b, g);
}

/* The quirk of torch that a valid call relies on, or NULL. */
static const char *quirk (const geometry *g, const conv2d_params *p) {
  if (g->in_channels == 0)
    return "SHAPE-10";
  if (p->padding_mode != CONV2D_ZEROS && (g->axis[0].before < 0 || g->axis[1].before < 0))
    return "PAD-14";
  return NULL;
}

int32_t geometry_check (const conv2d_call *c, geometry *g, const char **clause) {
  *clause = c->input != NULL ? broken_by_call(c, g) : broken_by_layer(c);
  if (*clause != NULL)
    return CONV2D_INVALID;
  if (c->direction == CONV2D_INIT && !has_fresh_parameters(c->params->dtype))
    return CONV2D_UNSUPPORTED;
  if (c->input != NULL)
    *clause = quirk(g, c->params);
  return CONV2D_OK;
}
