/* naive.c: the bundled sample: Conv2d as plain loops, complete, and slow on purpose.
   Tensors are gathered into arrays of numbers, so that the loops know neither layouts nor dtypes.
   One function, `source`, knows where a tap of a window lies. Forward and backward both call it,
   once for each row and column. */

#include "complex.h"
#include "in_place.h"
#include "rows.h"

enum { VAST = 1 << 28 }; /* elements: 4 GiB of numbers */

static _Thread_local const char *error;

static const char *last_error (void) {
  return error;
}

/* Ends a call: with CONV2D_OK if there is no fault. */
static int32_t answer (int32_t status, const char *fault) {
  error = fault;
  return fault == NULL ? CONV2D_OK : status;
}

static int32_t output_shape (const conv2d_params *p, int32_t ndim, const int64_t *input,
                             int64_t *output) {
  layer l = { .p = p };
  const char *fault = open_layer(&l, ndim, input);
  if (fault == NULL)
    memcpy(output, l.output_shape, (size_t) ndim * sizeof *output);
  return answer(CONV2D_INVALID, fault);
}

/* ---- where the taps lie */

/* row[r * height + i] is the row of the input that tap r reads in the windows of output row i, or
   -1 for a zero of the padding. `column` is made in the same way. */
typedef struct lattice {
  int64_t height, width; /* of the output */
  int64_t *row, *column;
} lattice;

/* The sources of every tap at every position of one axis, to be freed. */
static int64_t *list_sources (const axis *x, int32_t padding_mode, int64_t positions) {
  int64_t *list = calloc((size_t) (x->kernel * positions) + 1, sizeof *list), *next = list;
  for (int64_t tap = 0; list != NULL && tap < x->kernel; tap++)
    for (int64_t i = 0; i < positions; i++)
      *next++ = source(x, padding_mode, i, tap);
  return list;
}

static lattice make_lattice (const layer *l, bool *enough) {
  const int64_t *hw = l->output_shape + l->ndim - 2;
  lattice t = { .height = hw[0], .width = hw[1] };
  t.row = list_sources(&l->y, l->p->padding_mode, t.height);
  t.column = list_sources(&l->x, l->p->padding_mode, t.width);
  *enough &= t.row != NULL && t.column != NULL;
  return t;
}

static void free_lattice (lattice t) {
  free(t.row), free(t.column);
}

/* ---- forward */

/* The sums of the products under the windows of one row of the output, from `at` on, added to what
   stands there (FWD-1). */
static void add_windows (const layer *l, const lattice *t, place at, const number *input,
                         const number *weight, number *output) {
  bool real = is_real(l->p->dtype);
  weight += at.k * l->group_in * l->y.kernel * l->x.kernel;
  for (int64_t c = 0; c < l->group_in; c++)
    for (int64_t r = 0; r < l->y.kernel; r++, weight += l->x.kernel) {
      int64_t h = t->row[r * t->height + at.i];
      if (h < 0) /* padding contributes nothing (PAD-2) */
        continue;
      const number *x = input + input_index(l, at, c, h, 0);
      for (int64_t s = 0; s < l->x.kernel; s++)
        add_row(output, x, weight[s], t->column + s * t->width, t->width, real);
    }
}

static void add_bias (number *output, int64_t count, number bias, bool real) {
  for (int64_t j = 0; j < count; j++)
    if (real)
      output[j].real += bias.real;
    else
      output[j].integer += bias.integer;
}

/* Adds the sums to the output, which is in row-major order and zero before. bias may be NULL. */
static void convolve (const layer *l, const lattice *t, const number *input, const number *weight,
                      const number *bias, number *output) {
  int64_t channels = l->output_shape[l->ndim - 3];
  place at = { 0 };
  for (at.n = 0; at.n < l->images; at.n++)
    for (at.k = 0; at.k < channels; at.k++)
      for (at.i = 0; at.i < t->height; at.i++, output += t->width) {
        add_windows(l, t, at, input, weight, output);
        if (bias != NULL)
          add_bias(output, t->width, bias[at.k], is_real(l->p->dtype));
      }
}

/* The numbers of a tensor, to be freed: gathered, or zeros for a result. */
static number *numbers (const DLTensor *t, bool result, bool *enough) {
  number *values = result ? calloc((size_t) count_elements(t) + 1, sizeof *values) : gather(t);
  if (values == NULL)
    *enough = false;
  return values;
}

/* Whether the tensors are too large to be copied as numbers. */
static bool is_vast (const layer *l, const DLTensor *input) {
  return input->ndim == 4
         && count_elements(input) + count_elements(l->weight) + count_elements(l->output) > VAST;
}

static int32_t forward (const conv2d_params *p, const DLTensor *input, const DLTensor *weight,
                        const DLTensor *bias, DLTensor *output) {
  layer l = { .p = p, .weight = weight, .bias = p->bias ? bias : NULL, .output = output };
  const char *fault = open_layer(&l, input->ndim, input->shape);
  if (!is_known(p->dtype) && !is_complex(p->dtype))
    return answer(CONV2D_UNSUPPORTED, "the dtype is unknown");
  if (fault != NULL)
    return answer(CONV2D_INVALID, fault);
  if (is_complex(p->dtype))
    return complex_forward(&complex_right, forward, p, input, weight, l.bias, output);
  if (is_vast(&l, input)) {
    forward_in_place(&l, input, output, place_in_storage);
    return answer(CONV2D_OK, NULL);
  }
  bool enough = true;
  number *x = numbers(input, false, &enough), *w = numbers(weight, false, &enough);
  number *b = l.bias == NULL ? NULL : numbers(l.bias, false, &enough);
  number *y = numbers(output, true, &enough);
  lattice t = make_lattice(&l, &enough);
  if (enough) {
    convolve(&l, &t, x, w, b, y);
    scatter(y, output);
  }
  free(x), free(w), free(b), free(y);
  free_lattice(t);
  return answer(CONV2D_FAILED, enough ? NULL : "out of memory");
}

/* ---- backward */

typedef struct gradients {
  number *input, *weight, *bias;
} gradients;

/* Adds what one row of the output sends back to all that it was made of (BACK-1 to BACK-3). */
static void spread (const layer *l, const lattice *t, place at, const number *grad,
                    const number *input, const number *weight, gradients g) {
  int64_t tap = at.k * l->group_in * l->y.kernel * l->x.kernel;
  for (int64_t j = 0; j < t->width; j++)
    g.bias[at.k].real += grad[j].real;
  for (int64_t c = 0; c < l->group_in; c++)
    for (int64_t r = 0; r < l->y.kernel; r++, tap += l->x.kernel) {
      int64_t h = t->row[r * t->height + at.i];
      if (h < 0)
        continue;
      int64_t from = input_index(l, at, c, h, 0);
      for (int64_t s = 0; s < l->x.kernel; s++)
        g.weight[tap + s] = spread_row(grad, input + from, weight[tap + s], g.input + from,
                                       g.weight[tap + s], t->column + s * t->width, t->width);
    }
}

static void spread_all (const layer *l, const lattice *t, const number *grad_output,
                        const number *input, const number *weight, gradients g) {
  int64_t channels = l->output_shape[l->ndim - 3];
  place at = { 0 };
  for (at.n = 0; at.n < l->images; at.n++)
    for (at.k = 0; at.k < channels; at.k++)
      for (at.i = 0; at.i < t->height; at.i++, grad_output += t->width)
        spread(l, t, at, grad_output, input, weight, g);
}

/* Computes all three gradients, and drops those that are not wanted. */
static int32_t backward (const conv2d_params *p, const DLTensor *input, const DLTensor *weight,
                         const DLTensor *grad_output, DLTensor *grad_input, DLTensor *grad_weight,
                         DLTensor *grad_bias) {
  layer l = { .p = p, .weight = weight, .output = grad_output };
  const char *fault = open_layer(&l, input->ndim, input->shape);
  DLTensor *const grads[3] = { grad_input, grad_weight, grad_bias };
  if (!is_known(p->dtype) && !is_complex(p->dtype))
    return answer(CONV2D_UNSUPPORTED, "the dtype is unknown");
  if (fault == NULL && !is_real(p->dtype))
    fault = "BACK-6: there is no backward for integers";
  if (fault != NULL)
    return answer(CONV2D_INVALID, fault);
  if (is_complex(p->dtype))
    return complex_backward(&complex_right, backward, p, input, weight, grad_output, grads);
  bool enough = true;
  number *gy = numbers(grad_output, false, &enough);
  number *x = numbers(input, false, &enough), *w = numbers(weight, false, &enough);
  gradients g = { numbers(input, true, &enough), numbers(weight, true, &enough),
                  calloc((size_t) p->out_channels, sizeof *g.bias) };
  lattice t = make_lattice(&l, &enough);
  if (enough && g.bias != NULL) {
    spread_all(&l, &t, gy, x, w, g);
    if (grad_input != NULL)
      scatter(g.input, grad_input);
    if (grad_weight != NULL)
      scatter(g.weight, grad_weight);
    if (grad_bias != NULL)
      scatter(g.bias, grad_bias);
  }
  enough &= g.bias != NULL;
  free(gy), free(x), free(w), free(g.input), free(g.weight), free(g.bias);
  free_lattice(t);
  return answer(CONV2D_FAILED, enough ? NULL : "out of memory");
}

/* ---- initialisation */

static void draw (DLTensor *t, double bound, uint64_t *state) {
  int64_t index[4] = { 0 }, offset = 0;
  for (int64_t left = count_elements(t); left > 0; left--, offset = next_offset(t, index, offset)) {
    store(t->data, offset, t->dtype, (number){ .real = next_unit(state) * bound });
  }
}

/* Of a complex tensor both parts. */
static void draw_parts (DLTensor *t, double bound, uint64_t *state) {
  complex_parts p;
  if (!is_complex(t->dtype)) {
    draw(t, bound, state);
    return;
  }
  find_parts(t, &p);
  draw(&p.t[REAL], bound, state);
  draw(&p.t[IMAGINARY], bound, state);
}

/* Uniform on 1 / sqrt (fan_in), weight before bias (INIT-1, INIT-2). */
static int32_t init_parameters (const conv2d_params *p, uint64_t seed, DLTensor *weight,
                                DLTensor *bias) {
  const char *fault = fault_of_params(p);
  if (fault != NULL)
    return answer(CONV2D_INVALID, fault);
  if (!(is_known(p->dtype) && is_real(p->dtype)) && !is_complex(p->dtype))
    return answer(CONV2D_UNSUPPORTED, "only floating-point parameters are initialised");
  double bound = init_bound(p);
  draw_parts(weight, bound, &seed);
  if (bias != NULL)
    draw_parts(bias, bound, &seed);
  return answer(CONV2D_OK, NULL);
}

/* ---- the subject */

static const conv2d_capabilities everything = { .dtypes = REAL_DTYPES | COMPLEX_DTYPES,
                                                ALL_BUT_DTYPES };

CONV2D_IMPLEMENT(.name = "naive", .version = "1.0",
                 .description = "plain loops over every tap; double inside, rounded once",
                 .claims = CONV2D_CHECKS_PARAMETERS | CONV2D_TORCH_QUIRKS,
                 .capabilities = &everything, .output_shape = output_shape, .forward = forward,
                 .backward = backward, .init_parameters = init_parameters, .last_error = last_error,
                 .int32_sums = CONV2D_I8_I8 | CONV2D_U8_I8 | CONV2D_U8_U8 | CONV2D_I8_U8);
