/* mpfr.c: the oracle against MPFR, which shares nothing with it. The input is first padded in
   memory. Each product is then added to the sum to which it belongs. Sums have so many bits that no
   addition is inexact. MPFR rounds them once, with the exponents and subnormals of the type. Usage:
   mpfr.t [MILLIONS [DTYPE]]: so many outputs and gradients. Both parts of a complex one count. */

#include "sample.h"
#include "../tap.h"
#include <inttypes.h>
#include <math.h>
#include <mpfr.h>
#include <stdlib.h>
#include <string.h>

/* An array of exact sums, of the sums of their absolute values, and of what plain double makes of
   them. */
typedef struct sums {
  int64_t count;
  mpfr_t *sum, *scale;
  double *plain;
} sums;

/* Bits that hold any sum of products of a type: twice its exponents' range, and 64 for carries. */
static mpfr_prec_t width (const number_format *f) {
  return 2 * (1 << f->exponent) + 2 * f->fraction + 64;
}

static sums sums_make (int64_t count, mpfr_prec_t precision) {
  size_t n = (size_t) count;
  sums s = { count, calloc(n, sizeof(mpfr_t)), calloc(n, sizeof(mpfr_t)),
             calloc(n, sizeof(double)) };
  for (size_t i = 0; i < n; i++) {
    mpfr_inits2(precision, s.sum[i], s.scale[i], NULL);
    mpfr_set_zero(s.sum[i], 1);
    mpfr_set_zero(s.scale[i], 1);
  }
  return s;
}

static void sums_free (sums *s) {
  for (int64_t i = 0; i < s->count; i++)
    mpfr_clears(s->sum[i], s->scale[i], NULL);
  free(s->sum);
  free(s->scale);
  free(s->plain);
}

static void scatter (sums *s, int64_t at, double a, double b) {
  mpfr_t product, factor;
  int inexact;

  mpfr_init2(product, 106);
  mpfr_init2(factor, 53);
  mpfr_set_d(product, a, MPFR_RNDN);
  mpfr_set_d(factor, b, MPFR_RNDN);
  inexact = mpfr_mul(product, product, factor, MPFR_RNDN);
  inexact |= mpfr_add(s->sum[at], s->sum[at], product, MPFR_RNDN);
  mpfr_abs(product, product, MPFR_RNDN);
  inexact |= mpfr_add(s->scale[at], s->scale[at], product, MPFR_RNDN);
  s->plain[at] += a * b;
  if (inexact != 0)
    abort(); /* the widths are wrong */
  mpfr_clears(product, factor, NULL);
}

/* ---- the call, seen flat: every tensor as doubles, in row-major order */

typedef struct flat {
  const conv2d_params *p;
  int64_t n, c, h, w, o, oh, ow;
  int64_t top, left, ph, pw; /* of the padded input */
  double *input, *weight, *bias, *grad_output;
  int64_t *from; /* of each element of a padded plane: where in a plane it comes from, -1: zero */
} flat;

static double *values (const number_format *f, const tensor *t) {
  const int64_t count = t->count * parts_of(f);
  double *v = calloc((size_t) count + 1, sizeof *v);
  for (int64_t i = 0; i < count; i++)
    v[i] = format_value(f, part_bits(f, t, i));
  return v;
}

/* Walks from q into 0 .. n - 1 step by step, as a mirror, an edge or a circle would have it. */
static int64_t walk (int64_t q, int64_t n, int mode) {
  while (q < 0 || q >= n)
    switch (mode) {
    case CONV2D_REFLECT: q = q < 0 ? -q : 2 * n - 2 - q; break;
    case CONV2D_REPLICATE: q += q < 0 ? 1 : -1; break;
    case CONV2D_CIRCULAR: q += q < 0 ? n : -n; break;
    default: return -1;
    }
  return q;
}

static void pad_plane (flat *f) {
  f->from = calloc((size_t) (f->ph * f->pw), sizeof *f->from);
  for (int64_t y = 0; y < f->ph; y++)
    for (int64_t x = 0; x < f->pw; x++) {
      int64_t h = walk(y - f->top, f->h, f->p->padding_mode);
      int64_t w = walk(x - f->left, f->w, f->p->padding_mode);
      f->from[y * f->pw + x] = h < 0 || w < 0 ? -1 : h * f->w + w;
    }
}

/* Padding before the input; `all` receives both sides. */
static int64_t padding_before (const conv2d_params *p, int axis, int64_t *all) {
  int64_t same = p->dilation[axis] * (p->kernel_size[axis] - 1);

  *all = p->padding_kind == CONV2D_PADDING_SAME    ? same
         : p->padding_kind == CONV2D_PADDING_VALID ? 0
                                                   : 2 * p->padding[axis];
  return p->padding_kind == CONV2D_PADDING_SAME ? same / 2 : *all / 2;
}

static flat flatten (const sample *s) {
  int batched = s->input.dl.ndim == 4;
  const int64_t *in = s->input.shape + batched, *out = s->output.shape + batched;
  flat f = { .p = &s->params,
             .n = batched ? s->input.shape[0] : 1,
             .c = in[0],
             .h = in[1],
             .w = in[2],
             .o = out[0],
             .oh = out[1],
             .ow = out[2] };
  int64_t rows, columns;

  f.top = padding_before(f.p, 0, &rows);
  f.left = padding_before(f.p, 1, &columns);
  f.ph = f.h + rows;
  f.pw = f.w + columns;
  f.input = values(s->format, &s->input);
  f.weight = values(s->format, &s->weight);
  f.bias = values(s->format, &s->bias);
  f.grad_output = values(s->format, &s->grad_output);
  pad_plane(&f);
  return f;
}

static void flat_free (flat *f) {
  free(f->input);
  free(f->weight);
  free(f->bias);
  free(f->grad_output);
  free(f->from);
}

/* Every product of the convolution: indices into input, weight and output. */
typedef void visit_fn (void *context, const flat *f, int64_t input, int64_t weight, int64_t output);

static void visit_window (const flat *f, int64_t plane, int64_t weight, int64_t output, int64_t i,
                          int64_t j, visit_fn *visit, void *context) {
  const conv2d_params *p = f->p;

  for (int64_t r = 0; r < p->kernel_size[0]; r++)
    for (int64_t s = 0; s < p->kernel_size[1]; s++, weight++) {
      int64_t y = i * p->stride[0] + r * p->dilation[0], x = j * p->stride[1] + s * p->dilation[1];
      int64_t from = f->from[y * f->pw + x];
      if (from >= 0)
        visit(context, f, plane * f->h * f->w + from, weight, output);
    }
}

static void visit_all (const flat *f, visit_fn *visit, void *context) {
  int64_t taps = f->p->kernel_size[0] * f->p->kernel_size[1];
  int64_t per_in = f->c / f->p->groups, per_out = f->o / f->p->groups;

  for (int64_t n = 0; n < f->n; n++)
    for (int64_t c = 0; c < f->c; c++)
      for (int64_t k = 0; k < per_out; k++) {
        int64_t o = c / per_in * per_out + k;
        for (int64_t i = 0; i < f->oh; i++)
          for (int64_t j = 0; j < f->ow; j++)
            visit_window(f, n * f->c + c, (o * per_in + c % per_in) * taps,
                         ((n * f->o + o) * f->oh + i) * f->ow + j, i, j, visit, context);
      }
}

/* Adds a product of complex numbers, a[i] * b[j], or of a[i] and the conjugate of b[j]. */
static void scatter_complex (sums *s, int64_t at, const double *a, int64_t i, const double *b,
                             int64_t j, bool conjugate) {
  const double re = b[2 * j], im = conjugate ? -b[2 * j + 1] : b[2 * j + 1];

  scatter(s, 2 * at, a[2 * i], re);
  scatter(s, 2 * at, -a[2 * i + 1], im);
  scatter(s, 2 * at + 1, a[2 * i], im);
  scatter(s, 2 * at + 1, a[2 * i + 1], re);
}

static void add_complex_to_output (void *context, const flat *f, int64_t input, int64_t weight,
                                   int64_t output) {
  scatter_complex(context, output, f->input, input, f->weight, weight, false);
}

static void add_complex_to_gradients (void *context, const flat *f, int64_t input, int64_t weight,
                                      int64_t output) {
  sums *gradient = context;
  scatter_complex(&gradient[0], input, f->grad_output, output, f->weight, weight, true);
  scatter_complex(&gradient[1], weight, f->grad_output, output, f->input, input, true);
}

static void add_to_output (void *context, const flat *f, int64_t input, int64_t weight,
                           int64_t output) {
  scatter(context, output, f->input[input], f->weight[weight]);
}

static void add_to_gradients (void *context, const flat *f, int64_t input, int64_t weight,
                              int64_t output) {
  sums *gradient = context;
  scatter(&gradient[0], input, f->grad_output[output], f->weight[weight]);
  scatter(&gradient[1], weight, f->grad_output[output], f->input[input]);
}

/* ---- rounding and comparing */

/* x rounded to the type, as a double; x is lost. */
static double round_to (const number_format *f, mpfr_t x) {
  mpfr_t y;
  mpfr_exp_t emin = mpfr_get_emin(), emax = mpfr_get_emax();
  int inexact;

  mpfr_init2(y, f->fraction + 1);
  mpfr_set_emax((1 << (f->exponent - 1)) + !f->infinities);
  mpfr_set_emin(3 - (1 << (f->exponent - 1)) - f->fraction);
  inexact = mpfr_set(y, x, MPFR_RNDN);
  inexact = mpfr_check_range(y, inexact, MPFR_RNDN);
  mpfr_subnormalize(y, inexact, MPFR_RNDN);
  double d = mpfr_get_d(y, MPFR_RNDN);
  if (!f->infinities && fabs(d) >= ldexp(2 - ldexp(1, -f->fraction), 1 << (f->exponent - 1)))
    d = NAN; /* beyond the largest number */
  mpfr_set_emin(emin);
  mpfr_set_emax(emax);
  mpfr_clear(y);
  return d;
}

static bool identical (double a, double b) {
  return (isnan(a) && isnan(b)) || (a == b && signbit(a) == signbit(b));
}

/* What a cast makes of a double: the narrow types by MPFR. */
static double round_plain (const number_format *f, double x) {
  mpfr_t y;
  if (f->fraction == 52)
    return x;
  mpfr_init2(y, 53);
  mpfr_set_d(y, x, MPFR_RNDN);
  double d = round_to(f, y);
  mpfr_clear(y);
  return d;
}

/* How often each was wrong. */
typedef struct score {
  int64_t elements, fast, definition, detail, plain;
} score;

static void complain (const sample *s, uint64_t seed, const char *what, int64_t i, double got,
                      double want) {
  sample_print(s, seed);
  printf("# %s[%" PRId64 "] is %a, not %a\n", what, i, got, want);
}

/* What the fast path made of a tensor. */
static void compare_fast (score *c, const sample *s, uint64_t seed, const char *what,
                          const sums *want, const tensor *t) {
  for (int64_t i = 0; i < want->count; i++, c->elements++) {
    double right = round_to(s->format, want->sum[i]);
    double got = format_value(s->format, part_bits(s->format, t, i));
    double plain = round_plain(s->format, want->plain[i]);
    if (!identical(got, right) && c->fast++ == 0)
      complain(s, seed, what, i, got, right);
    c->plain += plain != right && !(isnan(plain) && isnan(right));
  }
}

/* What the definition did, with its detail. */
static void compare_definition (score *c, const sample *s, uint64_t seed, const char *what,
                                const sums *want, const tensor *t, const conv2d_detail *d) {
  const number_format *binary64 = &formats[1];

  for (int64_t i = 0; i < want->count; i++) {
    double right = round_to(s->format, want->sum[i]);
    double got = format_value(s->format, part_bits(s->format, t, i));
    if (!identical(got, right) && c->definition++ == 0)
      complain(s, seed, what, i, got, right);
    c->detail += !identical(d->exact[i], round_to(binary64, want->sum[i]))
                 || !identical(d->scale[i], round_to(binary64, want->scale[i]));
  }
}

static conv2d_detail detail_make (int64_t count) {
  return (conv2d_detail){ .exact = calloc((size_t) count, sizeof(double)),
                          .scale = calloc((size_t) count, sizeof(double)) };
}

static void detail_free (conv2d_detail *d) {
  free(d->exact);
  free(d->scale);
}

static void forward (score *c, sample *s, uint64_t seed) {
  const DLTensor *bias = s->params.bias ? &s->bias.dl : NULL;
  const int parts = parts_of(s->format);
  sums want = sums_make(s->output.count * parts, width(s->format));
  conv2d_detail d = detail_make(want.count);
  flat f = flatten(s);

  visit_all(&f, s->format->complex ? add_complex_to_output : add_to_output, &want);
  for (int64_t i = 0; bias != NULL && i < want.count; i++)
    scatter(&want, i, f.bias[i / parts / (f.oh * f.ow) % f.o * parts + i % parts], 1);
  conv2d_oracle_forward(&s->params, &s->input.dl, &s->weight.dl, bias, &s->output.dl, NULL, NULL);
  compare_fast(c, s, seed, "output", &want, &s->output);
  conv2d_oracle_forward_definition(&s->params, &s->input.dl, &s->weight.dl, bias, &s->output.dl, &d,
                                   NULL);
  compare_definition(c, s, seed, "output by definition", &want, &s->output, &d);
  sums_free(&want);
  detail_free(&d);
  flat_free(&f);
}

static void backward (score *c, sample *s, uint64_t seed) {
  static const char *const name[3] = { "grad_input", "grad_weight", "grad_bias" };
  tensor *t[3] = { &s->grad_input, &s->grad_weight, &s->grad_bias };
  const int parts = parts_of(s->format);
  conv2d_detail d[3];
  sums want[3];
  flat f = flatten(s);

  for (int i = 0; i < 3; i++) {
    want[i] = sums_make(t[i]->count * parts, width(s->format));
    d[i] = detail_make(want[i].count);
  }
  visit_all(&f, s->format->complex ? add_complex_to_gradients : add_to_gradients, want);
  for (int64_t i = 0; i < s->output.count * parts; i++)
    scatter(&want[2], i / parts / (f.oh * f.ow) % f.o * parts + i % parts, f.grad_output[i], 1);
  conv2d_oracle_backward(&s->params, &s->input.dl, &s->weight.dl, &s->grad_output.dl, &t[0]->dl,
                         &t[1]->dl, &t[2]->dl, NULL, NULL);
  for (int i = 0; i < 3; i++)
    compare_fast(c, s, seed, name[i], &want[i], t[i]);
  conv2d_oracle_backward_definition(&s->params, &s->input.dl, &s->weight.dl, &s->grad_output.dl,
                                    &t[0]->dl, &t[1]->dl, &t[2]->dl, d, NULL);
  for (int i = 0; i < 3; i++) {
    compare_definition(c, s, seed, name[i], &want[i], t[i], &d[i]);
    sums_free(&want[i]);
    detail_free(&d[i]);
  }
  flat_free(&f);
}

static void report (const char *name, const char *direction, const score *c) {
  ok(c->fast == 0, "%s %s: all of %" PRId64 " elements are MPFR's", name, direction, c->elements);
  ok(c->definition == 0, "%s %s: by the definition too", name, direction);
  ok(c->detail == 0, "%s %s: exact and scale are MPFR's", name, direction);
  printf("# plain double, rounded to %s: %.4f %% wrong\n", name,
         100 * (double) c->plain / (double) c->elements);
}

/* So many numbers of results, of a type. */
static void compare_type (const number_format *f, double count) {
  score there = { 0 }, back = { 0 };

  for (uint64_t seed = 0; (double) (there.elements + back.elements) < count; seed++) {
    sample s;
    sample_make(&s, f, seed + 1000000);
    forward(&there, &s, seed + 1000000);
    backward(&back, &s, seed + 1000000);
    sample_free(&s);
  }
  report(f->name, "forward", &there);
  report(f->name, "backward", &back);
}

int main (int argc, char **argv) {
  const double millions = argc > 1 ? atof(argv[1]) : 2, share = millions * 1e6 / FLOATS;
  const char *only = argc > 2 ? argv[2] : NULL;

  for (int i = 0; i < FORMATS; i++)
    if (is_float(&formats[i]) && (only == NULL || strcmp(only, formats[i].name) == 0))
      compare_type(&formats[i], only == NULL ? share : millions * 1e6);
  mpfr_free_cache();
  return done_testing();
}
