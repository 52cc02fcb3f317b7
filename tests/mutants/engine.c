/* engine.c: the convolution of the mutants, as a subject.
   One shared object has them all. The name under which it is loaded chooses one: NAME.so is the
   mutant NAME, and none.so is the engine without a mistake. */

#include "engine.h"

#include <dlfcn.h>
#include <stdio.h>

static const mutant right;
static const mutant *chosen; /* NULL: there is no mutant of this name */
static conv2d_capabilities offered = { .dtypes = REAL_DTYPES, ALL_BUT_DTYPES };
static _Thread_local const char *error;

static const char *last_error (void) {
  return error;
}

static int32_t answer (int32_t status, const char *fault) {
  error = fault;
  return fault == NULL ? CONV2D_OK : status;
}

/* ---- which mutant */

static const mutant *find_mutant (const char *name) {
  for (const group *g = groups; g->name != NULL; g++)
    for (const mutant *m = g->mutants; m->name != NULL; m++)
      if (strcmp(m->name, name) == 0)
        return m;
  return strcmp(name, "none") == 0 ? &right : NULL;
}

static void choose_mutant (void) {
  Dl_info info;
  char name[64];
  if (dladdr(&chosen, &info) == 0)
    return;
  const char *slash = strrchr(info.dli_fname, '/');
  snprintf(name, sizeof name, "%s", slash == NULL ? info.dli_fname : slash + 1);
  name[strcspn(name, ".")] = '\0';
  chosen = find_mutant(name);
}

/* ---- one product after the other */

static int64_t modulo (int64_t index, int64_t count) {
  return ((index % count) + count) % count;
}

static int64_t source_of (const call *c, const axis *x, int64_t i, int64_t r) {
  int64_t at =
      c->m->source != NULL ? c->m->source(&c->l, x, i, r) : source(x, c->params.padding_mode, i, r);
  return 0 <= at && at < x->size ? at : -1;
}

/* The sources of every tap at every position of one axis: [r * positions + i]; to be freed. */
static int64_t *list_sources (const call *c, const axis *x, int64_t positions) {
  int64_t *list = calloc((size_t) (x->kernel * positions) + 1, sizeof *list), *next = list;
  for (int64_t r = 0; list != NULL && r < x->kernel; r++)
    for (int64_t i = 0; i < positions; i++)
      *next++ = source_of(c, x, i, r);
  return list;
}

static bool list_all_sources (call *c) {
  c->row = list_sources(c, &c->l.y, c->height);
  c->column = list_sources(c, &c->l.x, c->width);
  return c->row != NULL && c->column != NULL;
}

/* Sources of tap r or s of the windows of row or column 0, 1 ... */
static const int64_t *rows_under (const call *c, int64_t r) {
  return c->row + r * c->height;
}

static const int64_t *columns_under (const call *c, int64_t s) {
  return c->column + s * c->width;
}

static int64_t input_of (const call *c, const tap *t) {
  const layer *l = &c->l;
  if (c->m->input_index == NULL) /* right_input_index without its division */
    return ((t->at.n * l->in_channels + t->first + t->c) * l->y.size + t->h) * l->x.size + t->w;
  return modulo(c->m->input_index(c, t), count_elements(&c->input.t));
}

static int64_t weight_of (const call *c, const tap *t) {
  if (c->m->weight_index == NULL)
    return right_weight_index(c, t);
  return modulo(c->m->weight_index(c, t), count_elements(&c->weight.t));
}

static tap first_tap (const call *c, place at) {
  return (tap){ .at = at, .first = at.k / c->l.group_out * c->l.group_in };
}

static number accumulate (const call *c, const tap *t, number sum) {
  number w = c->w[weight_of(c, t)];
  if (t->h < 0 || t->w < 0)
    return c->m->padding != NULL ? c->m->padding(c, t, sum, w) : sum;
  number x = c->x[input_of(c, t)];
  return c->m->accumulate != NULL ? c->m->accumulate(c, t, sum, x, w)
                                  : add_product(sum, x, w, c->real);
}

number right_window (const call *c, place at) {
  number sum = { 0 };
  tap t = first_tap(c, at);
  for (t.c = 0; t.c < c->l.group_in; t.c++)
    for (t.r = 0; t.r < c->l.y.kernel; t.r++) {
      t.h = rows_under(c, t.r)[at.i];
      for (t.s = 0; t.s < c->l.x.kernel; t.s++) {
        t.w = columns_under(c, t.s)[at.j];
        sum = accumulate(c, &t, sum);
      }
    }
  return sum;
}

static number with_bias (const call *c, place at, number sum) {
  if (c->b == NULL)
    return sum;
  if (c->m->bias != NULL)
    return c->m->bias(c, at, sum);
  return c->real ? of_real(sum.real + c->b[at.k].real)
                 : of_integer(sum.integer + c->b[at.k].integer);
}

static void spread (const call *c, place at, double grad) {
  tap t = first_tap(c, at);
  for (t.c = 0; t.c < c->l.group_in; t.c++)
    for (t.r = 0; t.r < c->l.y.kernel; t.r++) {
      t.h = rows_under(c, t.r)[at.i];
      for (t.s = 0; t.s < c->l.x.kernel; t.s++) {
        t.w = columns_under(c, t.s)[at.j];
        if (t.h < 0 || t.w < 0)
          continue;
        int64_t x = input_of(c, &t), w = weight_of(c, &t);
        if (c->m->spread != NULL) {
          c->m->spread(c, &t, grad, &c->g.input[x], &c->g.weight[w]);
          continue;
        }
        c->g.input[x].real += grad * c->w[w].real;
        c->g.weight[w].real += grad * c->x[x].real;
      }
    }
}

/* ---- a row of products at once, where no hook looks at each */

static bool has_plain_products (const call *c) {
  return c->m->input_index == NULL && c->m->weight_index == NULL;
}

static bool has_plain_windows (const call *c) {
  return has_plain_products(c) && c->m->accumulate == NULL && c->m->padding == NULL
         && c->m->window == NULL;
}

/* The windows of a row of the output, or what is sent back from it. */
static void compute_row (call *c, place at, number *y) {
  const layer *l = &c->l;
  tap t = first_tap(c, at);
  for (t.c = 0; t.c < l->group_in; t.c++)
    for (t.r = 0; t.r < l->y.kernel; t.r++) {
      int64_t h = rows_under(c, t.r)[at.i];
      if (h < 0)
        continue;
      int64_t x = input_index(l, at, t.c, h, 0), w = right_weight_index(c, &t);
      for (int64_t s = 0; s < l->x.kernel; s++, w++)
        if (c->backward)
          c->g.weight[w] = spread_row(y, c->x + x, c->w[w], c->g.input + x, c->g.weight[w],
                                      columns_under(c, s), c->width);
        else
          add_row(y, c->x + x, c->w[w], columns_under(c, s), c->width, c->real);
    }
}

static void forward_row (call *c, place at, number *y) {
  bool plain = has_plain_windows(c);
  if (plain)
    compute_row(c, at, y);
  for (at.j = 0; at.j < c->width; at.j++, y++) {
    number sum = plain ? *y : c->m->window != NULL ? c->m->window(c, at) : right_window(c, at);
    *y = with_bias(c, at, sum);
  }
}

static void backward_row (call *c, place at, number *y) {
  bool plain = has_plain_products(c) && c->m->spread == NULL;
  if (plain)
    compute_row(c, at, y);
  for (at.j = 0; at.j < c->width; at.j++, y++) {
    c->g.bias[at.k].real += y->real;
    if (!plain)
      spread(c, at, y->real);
  }
}

/* Every row of the output in row-major order: computed, or its gradient spread. */
static void compute (call *c) {
  int64_t channels = c->output.t.shape[c->output.t.ndim - 3];
  place at = { 0 };
  number *y = c->y;
  for (at.n = 0; at.n < c->l.images; at.n++)
    for (at.k = 0; at.k < channels; at.k++)
      for (at.i = 0; at.i < c->height; at.i++, y += c->width)
        (c->backward ? backward_row : forward_row)(c, at, y);
}

/* ---- one call */

/* The fault of the call in the mutant's opinion. *silent is set if it overlooks a real fault. */
static const char *judge_call (layer *l, int32_t ndim, const int64_t *input, bool backward,
                               bool *silent) {
  const char *fault = open_layer(l, ndim, input);
  if (fault == NULL && backward && !is_real(l->p->dtype))
    fault = "BACK-6: there is no backward for integers";
  const char *seen = chosen->fault != NULL ? chosen->fault(l, fault) : fault;
  *silent = fault != NULL && seen == NULL;
  return seen;
}

static view view_of (const DLTensor *t) {
  view v = { .t = { .data = NULL } };
  if (t == NULL)
    return v;
  v.t = *t;
  memcpy(v.strides, t->strides, (size_t) t->ndim * sizeof *v.strides);
  return v;
}

/* A view points into itself, so that it must stay where it is. */
static void point_to_own_strides (view *v) {
  v->t.strides = v->strides;
}

static number *zeros (int64_t count) {
  return calloc((size_t) count + 1, sizeof(number));
}

static bool gather_all (call *c) {
  bool has_bias = c->bias.t.shape != NULL;
  c->x = gather(&c->input.t);
  c->w = gather(&c->weight.t);
  c->b = has_bias ? gather(&c->bias.t) : NULL;
  c->y = c->backward ? gather(&c->output.t) : zeros(count_elements(&c->output.t));
  if (c->backward)
    c->g = (gradients){ zeros(count_elements(&c->input.t)), zeros(count_elements(&c->weight.t)),
                        zeros(c->params.out_channels) };
  return c->x && c->w && c->y && (c->b || !has_bias)
         && (!c->backward || (c->g.input && c->g.weight && c->g.bias));
}

static void free_all (call *c) {
  free(c->x), free(c->w), free(c->b), free(c->y);
  free(c->g.input), free(c->g.weight), free(c->g.bias);
  free(c->row), free(c->column);
}

static void write_result (const call *c, const number *values, DLTensor *t) {
  if (t == NULL)
    return;
  if (c->m->write != NULL)
    c->m->write(values, t);
  else
    scatter(values, t);
}

static void choose_hooks (call *c) {
  const int64_t *hw = c->output.t.shape + c->output.t.ndim - 2;
  c->height = hw[0], c->width = hw[1];
  c->m = chosen->when == NULL || chosen->when(c) ? chosen : &right;
}

/* Computes a call whose results go to `output`, or of backward to `grads`, NULL where not asked
   for. */
static int32_t run (call *c, DLTensor *output, DLTensor *const grads[3]) {
  point_to_own_strides(&c->input), point_to_own_strides(&c->weight), point_to_own_strides(&c->bias),
      point_to_own_strides(&c->output);
  choose_hooks(c);
  if (c->m->layout != NULL)
    c->m->layout(c);
  bool enough = gather_all(c);
  if (enough) {
    if (c->m->before != NULL)
      c->m->before(c);
    enough = list_all_sources(c);
  }
  if (enough) {
    compute(c);
    if (c->m->after != NULL)
      c->m->after(c);
    write_result(c, c->y, output);
    write_result(c, c->g.input, grads[0]);
    write_result(c, c->g.weight, grads[1]);
    write_result(c, c->g.bias, grads[2]);
  }
  free_all(c);
  return answer(CONV2D_FAILED, enough ? NULL : "out of memory");
}

/* Opens c->l from parameters and tensors; returns whether there is something to compute, else
 *status is the answer. */
static bool open_call (call *c, int32_t *status) {
  bool silent;
  const DLTensor *x = &c->input.t;
  if (chosen->params != NULL)
    chosen->params(&c->params);
  c->real = is_real(c->params.dtype);
  c->l = (layer){ .p = &c->params,
                  .weight = &c->weight.t,
                  .bias = c->bias.t.shape == NULL ? NULL : &c->bias.t,
                  .output = &c->output.t };
  *status = answer(CONV2D_INVALID, judge_call(&c->l, x->ndim, x->shape, c->backward, &silent));
  return *status == CONV2D_OK && !silent;
}

static int32_t output_shape (const conv2d_params *p, int32_t ndim, const int64_t *input,
                             int64_t *output) {
  if (chosen == NULL)
    return answer(CONV2D_FAILED, "there is no mutant of this name");
  conv2d_params params = *p;
  bool silent;
  if (chosen->params != NULL)
    chosen->params(&params);
  layer l = { .p = &params };
  const char *fault = judge_call(&l, ndim, input, false, &silent);
  if (fault != NULL)
    return answer(CONV2D_INVALID, fault);
  if (chosen->shape != NULL && !silent)
    chosen->shape(&l, l.output_shape + ndim - 3);
  if (!silent || ndim == 3 || ndim == 4)
    memcpy(output, l.output_shape, (size_t) ndim * sizeof *output);
  return answer(CONV2D_OK, NULL);
}

static bool offers (DLDataType t) {
  return is_known(t) || (chosen->complex != NULL && is_complex(t));
}

static int32_t forward (const conv2d_params *p, const DLTensor *input, const DLTensor *weight,
                        const DLTensor *bias, DLTensor *output) {
  DLTensor *const grads[3] = { NULL };
  call c = { .params = *p,
             .input = view_of(input),
             .weight = view_of(weight),
             .bias = view_of(p->bias ? bias : NULL),
             .output = view_of(output) };
  int32_t status;
  if (!offers(p->dtype))
    return answer(CONV2D_UNSUPPORTED, "the dtype is not offered");
  if (!open_call(&c, &status))
    return status;
  if (is_complex(p->dtype))
    return complex_forward(chosen->complex, forward, p, input, weight, p->bias ? bias : NULL,
                           output);
  return run(&c, output, grads);
}

static int32_t backward (const conv2d_params *p, const DLTensor *input, const DLTensor *weight,
                         const DLTensor *grad_output, DLTensor *grad_input, DLTensor *grad_weight,
                         DLTensor *grad_bias) {
  DLTensor *grads[3] = { grad_input, grad_weight, grad_bias };
  call c = { .params = *p,
             .backward = true,
             .input = view_of(input),
             .weight = view_of(weight),
             .output = view_of(grad_output) };
  int32_t status;
  if (!offers(p->dtype))
    return answer(CONV2D_UNSUPPORTED, "the dtype is not offered");
  if (chosen->asked != NULL)
    chosen->asked(input, grads);
  if (!open_call(&c, &status))
    return status;
  if (is_complex(p->dtype))
    return complex_backward(chosen->complex, backward, p, input, weight, grad_output, grads);
  return run(&c, NULL, grads);
}

/* ---- initialisation */

static void draw_all (DLTensor *t, double bound, bool is_bias, uint64_t *state) {
  int64_t count = count_elements(t);
  number *values = zeros(count);
  for (int64_t i = 0; i < count; i++) {
    double unit = next_unit(state);
    values[i].real = chosen->draw != NULL ? chosen->draw(unit, bound, i, is_bias) : unit * bound;
  }
  scatter(values, t);
  free(values);
}

static int32_t init_parameters (const conv2d_params *p, uint64_t seed, DLTensor *weight,
                                DLTensor *bias) {
  const char *fault = fault_of_params(p);
  if (!is_known(p->dtype) || !is_real(p->dtype))
    return answer(CONV2D_UNSUPPORTED, "only floating-point parameters are initialised");
  if (fault != NULL) {
    layer l = { .p = p };
    if (chosen->fault != NULL)
      fault = chosen->fault(&l, fault);
    return answer(CONV2D_INVALID, fault);
  }
  double bound = chosen->bound != NULL ? chosen->bound(p) : init_bound(p);
  if (chosen->seed != NULL)
    seed = chosen->seed(seed);
  draw_all(weight, bound, false, &seed);
  if (bias != NULL)
    draw_all(bias, bound, true, &seed);
  return answer(CONV2D_OK, NULL);
}

static conv2d_implementation subject = { .abi = CONV2D_ABI,
                                         .size = sizeof subject,
                                         .name = "mutant",
                                         .version = "1.0",
                                         .description = "one mistake, named by the file",
                                         .claims = CONV2D_CHECKS_PARAMETERS | CONV2D_TORCH_QUIRKS,
                                         .capabilities = &offered,
                                         .output_shape = output_shape,
                                         .forward = forward,
                                         .backward = backward,
                                         .init_parameters = init_parameters,
                                         .last_error = last_error };

extern const conv2d_implementation conv2d_subject __attribute__((alias("subject")));

/* What only some mutants offer is no business of the others' cases. */
__attribute__((constructor)) static void offer (void) {
  choose_mutant();
  if (chosen != NULL && chosen->complex != NULL)
    offered.dtypes |= COMPLEX_DTYPES;
  if (chosen != NULL && chosen->sums)
    subject.int32_sums = CONV2D_I8_I8 | CONV2D_U8_I8 | CONV2D_U8_U8 | CONV2D_I8_U8;
}
