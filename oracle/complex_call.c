/* complex_call.c: a complex convolution is a real one of twice the channels.
   (a + bi)(c + di) = (ac - bd) + (ad + bc)i, so that each part of a result is one sum of real
   products, which the real oracle rounds once. A channel becomes two, its real part before its
   imaginary part; a weight becomes the four numbers of  [c -d]
                                                         [d  c]. */

#include "complex_call.h"
#include "view.h"
#include "workspace.h"
#include <string.h>

/* A compact real tensor. */
typedef struct real_tensor {
  DLTensor dl;
  int64_t shape[4];
} real_tensor;

/* Takes a tensor whose axis `twice` is twice as long as that of `like`, and axis `also` as well if
   that is not negative. Axes are counted as those of a tensor of four. */
static void take (workspace *w, real_tensor *t, const DLTensor *like, int twice, int also) {
  int64_t extent[4];

  view_extent(like, extent);
  extent[twice] *= 2;
  if (also >= 0)
    extent[also] *= 2;
  const bool images = twice == 0 || also == 0; /* a batch, where there was none */
  const int ndim = images ? 4 : like->ndim;
  memcpy(t->shape, extent + 4 - ndim, (size_t) ndim * sizeof extent[0]);
  t->dl = (DLTensor){ .ndim = ndim, .dtype = real_dtype(like->dtype), .shape = t->shape };
  t->dl.device.device_type = kDLCPU;
  t->dl.data = workspace_take(w, extent[0] * extent[1], extent[2], extent[3], t->dl.dtype.bits / 8);
}

/* Every second place along an axis. */
static view every_second (view v, int along, int first) {
  if (v.origin != NULL)
    v.origin += first * v.stride[along];
  v.stride[along] *= 2;
  return v;
}

static void copy (view to, view from, const DLTensor *like, bool negated) {
  const uint64_t flip = negated ? sign_bit(from.type) : 0;
  int64_t e[4];

  view_extent(like, e);
  for (int64_t a = 0; a < e[0]; a++)
    for (int64_t b = 0; b < e[1]; b++)
      for (int64_t c = 0; c < e[2]; c++)
        for (int64_t d = 0; d < e[3]; d++)
          store_bits(to.type, view_at(&to, a, b, c, d),
                     load_bits(from.type, view_at(&from, a, b, c, d)) ^ flip);
}

/* Both parts into every second place along an axis. */
static void spread (const real_tensor *to, int along, const DLTensor *from) {
  for (int part = REAL; part <= IMAGINARY; part++)
    copy(every_second(view_of(&to->dl), along, part), view_of_part(from, part), from, false);
}

static void gather (DLTensor *to, const real_tensor *from, int along) {
  for (int part = REAL; part <= IMAGINARY; part++)
    copy(view_of_part(to, part), every_second(view_of(&from->dl), along, part), to, false);
}

/* Along the first two axes [real, imaginary] and [imaginary, real], where the last of the row
   `negated` is negated. */
static void spread_matrix (const real_tensor *to, const DLTensor *from, int negated) {
  for (int row = REAL; row <= IMAGINARY; row++)
    for (int column = REAL; column <= IMAGINARY; column++)
      copy(every_second(every_second(view_of(&to->dl), 0, row), 1, column),
           view_of_part(from, row != column ? IMAGINARY : REAL), from,
           row == negated && column == IMAGINARY);
}

static void spread_weight (const real_tensor *to, const DLTensor *from) {
  spread_matrix(to, from, REAL);
}

/* grad_output for the gradient of the weight, the sum of conj (x) * grad_output: the images of real
   parts, and then those of imaginary parts, are images of a batch of twice as many. */
static void spread_conjugate (const real_tensor *to, const DLTensor *from) {
  spread_matrix(to, from, IMAGINARY);
}

/* ---- details */

static int64_t elements (const DLTensor *t) {
  int64_t e[4];
  view_extent(t, e);
  return e[0] * e[1] * e[2] * e[3];
}

/* Room for what is wanted of a real tensor that has the parts of t. */
static conv2d_detail take_detail (workspace *w, const conv2d_detail *wanted, const DLTensor *t) {
  conv2d_detail d = { 0 };
  const int64_t n = elements(t);

  if (wanted == NULL)
    return d;
  if (wanted->exact != NULL)
    d.exact = workspace_take(w, n, 2, 1, sizeof *d.exact);
  if (wanted->scale != NULL)
    d.scale = workspace_take(w, n, 2, 1, sizeof *d.scale);
  if (wanted->terms != NULL)
    d.terms = workspace_take(w, n, 2, 1, sizeof *d.terms);
  if (wanted->flags != NULL)
    d.flags = workspace_take(w, n, 2, 1, sizeof *d.flags);
  return d;
}

/* From a compact array with parts along an axis to one where both stand side by side. */
static void pair_up (void *to, const void *from, size_t size, const DLTensor *like, int along) {
  int64_t e[4], inner = 1;
  char *out = to;
  const char *in = from;

  if (to == NULL)
    return;
  view_extent(like, e);
  for (int i = along + 1; i < 4; i++)
    inner *= e[i];
  const int64_t count = elements(like);
  for (int64_t i = 0; i < count; i++)
    for (int part = REAL; part <= IMAGINARY; part++)
      memcpy(out + (size_t) (2 * i + part) * size,
             in + (size_t) ((i / inner * 2 + part) * inner + i % inner) * size, size);
}

static void give_detail (const conv2d_detail *to, const conv2d_detail *from, const DLTensor *like,
                         int along) {
  if (to == NULL)
    return;
  pair_up(to->exact, from->exact, sizeof *to->exact, like, along);
  pair_up(to->scale, from->scale, sizeof *to->scale, like, along);
  pair_up(to->terms, from->terms, sizeof *to->terms, like, along);
  pair_up(to->flags, from->flags, sizeof *to->flags, like, along);
}

/* That of a gradient, of three or NULL. */
static const conv2d_detail *detail_of (const conv2d_detail *three, int gradient) {
  return three != NULL ? &three[gradient] : NULL;
}

/* ---- calls */

/* The layer with twice the channels. False: they can't be counted. */
static bool real_params (const conv2d_params *p, bool in, conv2d_params *real) {
  *real = *p;
  real->dtype = real_dtype(p->dtype);
  return !(in && __builtin_mul_overflow(p->in_channels, 2, &real->in_channels))
         && !__builtin_mul_overflow(p->out_channels, 2, &real->out_channels);
}

static bool forward (workspace *w, const conv2d_call *c, bool by_definition,
                     const conv2d_detail *detail) {
  real_tensor x, k, b, y;
  conv2d_params p;
  const bool biased = c->params->bias != 0;

  if (!real_params(c->params, true, &p))
    return false;
  take(w, &x, c->input, 1, -1);
  take(w, &k, c->weight, 0, 1);
  take(w, &y, c->output, 1, -1);
  if (biased)
    take(w, &b, c->bias, 3, -1);
  conv2d_detail d = take_detail(w, detail, c->output);
  if (w->exhausted)
    return false;
  spread(&x, 1, c->input);
  spread_weight(&k, c->weight);
  if (biased)
    spread(&b, 3, c->bias);
  int32_t status = (by_definition ? conv2d_oracle_forward_definition : conv2d_oracle_forward)(
      &p, &x.dl, &k.dl, biased ? &b.dl : NULL, &y.dl, &d, NULL);
  if (status != CONV2D_OK)
    return false;
  gather((DLTensor *) c->output, &y, 1);
  give_detail(detail, &d, c->output, 1);
  return true;
}

typedef int32_t backward_fn (const conv2d_params *, const DLTensor *, const DLTensor *,
                             const DLTensor *, DLTensor *, DLTensor *, DLTensor *,
                             const conv2d_detail *, const char **);

static backward_fn *backward_by (bool definition) {
  return definition ? conv2d_oracle_backward_definition : conv2d_oracle_backward;
}

/* grad_input and grad_bias: the real gradients are those of conj (weight), as PyTorch defines. */
static bool backward_input (workspace *w, const conv2d_call *c, bool by_definition,
                            const conv2d_detail *detail) {
  real_tensor x, k, y, gx, gb;
  conv2d_detail d[3] = { { 0 } };
  conv2d_params p;

  if (!real_params(c->params, true, &p))
    return false;
  take(w, &x, c->input, 1, -1); /* its shape alone matters */
  take(w, &k, c->weight, 0, 1);
  take(w, &y, c->output, 1, -1);
  if (c->grad_input != NULL) {
    take(w, &gx, c->grad_input, 1, -1);
    d[0] = take_detail(w, detail_of(detail, 0), c->grad_input);
  }
  if (c->grad_bias != NULL) {
    take(w, &gb, c->grad_bias, 3, -1);
    d[2] = take_detail(w, detail_of(detail, 2), c->grad_bias);
  }
  if (w->exhausted)
    return false;
  spread(&x, 1, c->input);
  spread_weight(&k, c->weight);
  spread(&y, 1, c->output);
  if (backward_by(by_definition)(&p, &x.dl, &k.dl, &y.dl, c->grad_input != NULL ? &gx.dl : NULL,
                                 NULL, c->grad_bias != NULL ? &gb.dl : NULL, d, NULL)
      != CONV2D_OK)
    return false;
  if (c->grad_input != NULL) {
    gather((DLTensor *) c->grad_input, &gx, 1);
    give_detail(detail_of(detail, 0), &d[0], c->grad_input, 1);
  }
  if (c->grad_bias != NULL) {
    gather((DLTensor *) c->grad_bias, &gb, 3);
    give_detail(detail_of(detail, 2), &d[2], c->grad_bias, 3);
  }
  return true;
}

static bool backward_weight (workspace *w, const conv2d_call *c, bool by_definition,
                             const conv2d_detail *detail) {
  real_tensor x, k, y;
  conv2d_detail d[3] = { { 0 } };
  conv2d_params p;

  if (!real_params(c->params, false, &p))
    return false;
  take(w, &x, c->input, 0, -1);
  take(w, &y, c->output, 0, 1);
  take(w, &k, c->grad_weight, 0, -1); /* the weight's shape as well; its values do not matter */
  d[1] = take_detail(w, detail, c->grad_weight);
  if (w->exhausted)
    return false;
  spread(&x, 0, c->input);
  spread_conjugate(&y, c->output);
  if (backward_by(by_definition)(&p, &x.dl, &k.dl, &y.dl, NULL, &k.dl, NULL, d, NULL) != CONV2D_OK)
    return false;
  gather((DLTensor *) c->grad_weight, &k, 0);
  give_detail(detail, &d[1], c->grad_weight, 0);
  return true;
}

int32_t complex_forward (const conv2d_call *c, bool by_definition, const conv2d_detail *detail) {
  workspace w;

  workspace_open(&w);
  bool done = forward(&w, c, by_definition, detail);
  workspace_close(&w);
  return done ? CONV2D_OK : CONV2D_FAILED;
}

int32_t complex_backward (const conv2d_call *c, bool by_definition, const conv2d_detail detail[3]) {
  bool done = true;
  workspace w;

  workspace_open(&w);
  if (c->grad_input != NULL || c->grad_bias != NULL)
    done = backward_input(&w, c, by_definition, detail);
  workspace_close(&w);
  workspace_open(&w);
  if (done && c->grad_weight != NULL)
    done = backward_weight(&w, c, by_definition, detail_of(detail, 1));
  workspace_close(&w);
  return done ? CONV2D_OK : CONV2D_FAILED;
}
