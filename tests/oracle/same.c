/* same.c: the fast path gives what the definition gives: values, terms and flags bit for bit, the
   rest to within its bound. Usage: same.t [MILLIONS]: that many outputs and gradients. */

#include "sample.h"
#include "../tap.h"
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A tensor with room for its detail. */
typedef struct answer {
  tensor *t;
  conv2d_detail detail;
} answer;

static answer answer_to (const number_format *f, tensor *t) {
  size_t n = (size_t) (t->count * parts_of(f));
  return (answer){ t,
                   { calloc(n, sizeof(double)), calloc(n, sizeof(double)),
                     calloc(n, sizeof(int64_t)), calloc(n, 1) } };
}

static void answer_free (answer *a) {
  free(a->detail.exact);
  free(a->detail.scale);
  free(a->detail.terms);
  free(a->detail.flags);
}

static bool near (double a, double b, double bound) {
  return a == b || (isnan(a) && isnan(b)) || fabs(a - b) <= bound;
}

static bool same_element (const number_format *f, const answer *a, const answer *b, int64_t i) {
  const conv2d_detail *x = &a->detail, *y = &b->detail;
  double bound = 0x1p-51 * (double) (x->terms[i] + 3) * x->scale[i];
  bool rounded = f->fraction == 0 || f->fraction == 52; /* `exact` is the value itself */

  return part_bits(f, a->t, i) == part_bits(f, b->t, i) && x->terms[i] == y->terms[i]
         && x->flags[i] == y->flags[i] && near(x->exact[i], y->exact[i], rounded ? 0 : bound)
         && near(x->scale[i], y->scale[i], bound);
}

/* How many elements differ. */
static int64_t compare (const sample *s, uint64_t seed, const char *what, const answer *definition,
                        const answer *fast) {
  int64_t wrong = 0;

  for (int64_t i = 0; i < definition->t->count * parts_of(s->format); i++)
    if (!same_element(s->format, definition, fast, i) && wrong++ == 0) {
      sample_print(s, seed);
      printf("# %s[%" PRId64 "] is %" PRIx64 ", not %" PRIx64
             ", exact %a, not %a, scale %a, not %a\n",
             what, i, part_bits(s->format, fast->t, i), part_bits(s->format, definition->t, i),
             fast->detail.exact[i], definition->detail.exact[i], fast->detail.scale[i],
             definition->detail.scale[i]);
    }
  return wrong;
}

static int64_t try_forward (sample *s, uint64_t seed) {
  const DLTensor *bias = s->params.bias ? &s->bias.dl : NULL;
  tensor other;
  tensor_like(&other, &s->output);
  answer definition = answer_to(s->format, &s->output), fast = answer_to(s->format, &other);

  bool done = conv2d_oracle_forward_definition(&s->params, &s->input.dl, &s->weight.dl, bias,
                                               &s->output.dl, &definition.detail, NULL)
                  == CONV2D_OK
              && conv2d_oracle_forward(&s->params, &s->input.dl, &s->weight.dl, bias, &other.dl,
                                       &fast.detail, NULL)
                     == CONV2D_OK;
  int64_t wrong = done ? compare(s, seed, "output", &definition, &fast) : s->output.count;
  answer_free(&definition);
  answer_free(&fast);
  tensor_free(&other);
  return wrong;
}

static int64_t try_backward (sample *s, uint64_t seed) {
  static const char *const name[3] = { "grad_input", "grad_weight", "grad_bias" };
  tensor *own[3] = { &s->grad_input, &s->grad_weight, &s->grad_bias }, other[3];
  answer definition[3], fast[3];
  conv2d_detail d[3], e[3];
  int64_t wrong = 0;

  for (int i = 0; i < 3; i++) {
    tensor_like(&other[i], own[i]);
    d[i] = (definition[i] = answer_to(s->format, own[i])).detail;
    e[i] = (fast[i] = answer_to(s->format, &other[i])).detail;
  }
  if (conv2d_oracle_backward_definition(&s->params, &s->input.dl, &s->weight.dl, &s->grad_output.dl,
                                        &own[0]->dl, &own[1]->dl, &own[2]->dl, d, NULL)
          != CONV2D_OK
      || conv2d_oracle_backward(&s->params, &s->input.dl, &s->weight.dl, &s->grad_output.dl,
                                &other[0].dl, &other[1].dl, &other[2].dl, e, NULL)
             != CONV2D_OK)
    wrong++;
  for (int i = 0; i < 3; i++) {
    wrong += compare(s, seed, name[i], &definition[i], &fast[i]);
    answer_free(&definition[i]);
    answer_free(&fast[i]);
    tensor_free(&other[i]);
  }
  return wrong;
}

/* So many elements of results, of a type. */
static void compare_type (const number_format *f, double count) {
  int64_t forward = 0, backward = 0, wrong[2] = { 0, 0 };

  for (uint64_t seed = 0; (double) (forward + backward) < count; seed++) {
    sample s;
    sample_make(&s, f, seed);
    wrong[0] += try_forward(&s, seed);
    forward += s.output.count;
    if (is_float(f)) {
      wrong[1] += try_backward(&s, seed);
      backward += s.grad_input.count + s.grad_weight.count + s.grad_bias.count;
    }
    sample_free(&s);
  }
  ok(wrong[0] == 0, "%s: all of %" PRId64 " outputs are the definition's", f->name, forward);
  if (is_float(f))
    ok(wrong[1] == 0, "%s: all of %" PRId64 " gradients are the definition's", f->name, backward);
}

int main (int argc, char **argv) {
  const double millions = argc > 1 ? atof(argv[1]) : 1, share = millions * 1e6 / FORMATS;

  for (int i = 0; i < FORMATS; i++)
    compare_type(&formats[i], share);
  return done_testing();
}
