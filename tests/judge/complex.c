/* complex.c: a right implementation of complex64 or complex128 never fails, whether a product of
   complex numbers is made of four real ones or of three; and what computes worse does (JUDGE-9). */

#include "hard_data.h"
#include "sums.h"

/* ---- data */

/* Both parts of a result, from both of all factors. */
static void set_complex_truth (call *k, int64_t i) {
  const int64_t n = i / k->outputs, o = i % k->outputs;
  quad part[2] = { get(k, JOB_BIAS, 2 * o), get(k, JOB_BIAS, 2 * o + 1) };
  quad scale = fabsl((long double) part[0]) + fabsl((long double) part[1]);
  for (int64_t t = 0; t < k->channels; t++) {
    const int64_t x = 2 * (n * k->channels + t), w = 2 * (o * k->channels + t);
    const quad a = get(k, JOB_INPUT, x), b = get(k, JOB_INPUT, x + 1);
    const quad c = get(k, JOB_WEIGHT, w), d = get(k, JOB_WEIGHT, w + 1);
    part[0] += a * c - b * d;
    part[1] += a * d + b * c;
    scale += (fabsl((long double) a) + fabsl((long double) b))
             * ((quad) fabsl((long double) c) + fabsl((long double) d));
  }
  const conv2d_detail *known = &k->x.truth[0].detail;
  for (int p = 0; p < 2; p++) {
    known->exact[2 * i + p] = (double) part[p];
    known->scale[2 * i + p] = (double) scale;
    known->terms[2 * i + p] = 2 * k->channels + 1;
    set_want(k, 2 * i + p, (double) part[p]);
  }
}

static void fill (call *k, kind data) {
  const dtype *d = dtype_of(k->c.params.dtype);
  const int64_t n = k->channels;
  for (int64_t i = 0; i < 2 * k->images * n; i++)
    set(k, JOB_INPUT, i, draw(data, d, i / 2 % n, n, 0));
  for (int64_t i = 0; i < 2 * k->outputs * n; i++)
    set(k, JOB_WEIGHT, i, draw(data, d, i / 2 % n, n, 1));
  for (int64_t i = 0; i < 2 * k->outputs; i++)
    set(k, JOB_BIAS, i, chance() & 1 ? 0 : draw(data, d, 0, n, 0) * draw(data, d, 1, n, 1));
  memset(k->c.recipe, recipe_find(data == UNIFORM ? "uniform" : "arange"), sizeof k->c.recipe);
  for (int64_t i = 0; i < k->images * k->outputs; i++)
    set_complex_truth(k, i);
}

/* ---- ways to multiply: each makes lists of real factors, whose products are then added up in a
   way of sums.h */

enum { MOST = 600, FORMS = 5 };

static const char *const form_names[FORMS] = { "four products", "three products",
                                               "three products, each added up", "Gauss' products",
                                               "products of complex numbers" };

#define FORMS_OF(T)                                                                                \
  typedef struct T##_list {                                                                        \
    T x[3 * MOST], w[3 * MOST];                                                                    \
    int64_t n;                                                                                     \
  } T##_list;                                                                                      \
                                                                                                   \
  static void T##_put(T##_list *l, T x, T w) {                                                     \
    l->x[l->n] = x;                                                                                \
    l->w[l->n++] = w;                                                                              \
  }                                                                                                \
                                                                                                   \
  static T T##_total(const T##_list *l, int way, T bias) {                                         \
    return T##_sums[way](l->x, l->w, l->n, bias);                                                  \
  }                                                                                                \
                                                                                                   \
  /* z: one product of complex numbers, in three real ones. */                                     \
  static void T##_multiply(T a, T b, T c, T d, T z[2]) {                                           \
    const volatile T u = a * c, v = b * d, s = a + b, t = c + d, w = s * t, x = w - u;             \
    z[0] = u - v;                                                                                  \
    z[1] = x - v;                                                                                  \
  }                                                                                                \
                                                                                                   \
  /* n products of input x and weight w, both of 2 n numbers, and a bias of 2. */                  \
  static void T##_element(int form, int way, const T *x, const T *w, int64_t n, const T *bias,     \
                          T out[2]) {                                                              \
    static T##_list re, im, third;                                                                 \
    re.n = im.n = third.n = 0;                                                                     \
    for (int64_t i = 0; i < n; i++) {                                                              \
      const T a = x[2 * i], b = x[2 * i + 1], c = w[2 * i], d = w[2 * i + 1];                      \
      const volatile T ab = a + b, cd = c + d, dc = d - c;                                         \
      T z[2];                                                                                      \
      switch (form) {                                                                              \
      case 0:                                                                                      \
        T##_put(&re, a, c), T##_put(&re, -b, d);                                                   \
        T##_put(&im, a, d), T##_put(&im, b, c);                                                    \
        break;                                                                                     \
      case 1:                                                                                      \
        T##_put(&re, a, c), T##_put(&re, -b, d);                                                   \
        T##_put(&im, ab, cd), T##_put(&im, -a, c), T##_put(&im, -b, d);                            \
        break;                                                                                     \
      case 2: T##_put(&re, a, c), T##_put(&im, b, d), T##_put(&third, ab, cd); break;              \
      case 3:                                                                                      \
        T##_put(&re, c, ab), T##_put(&re, -b, cd);                                                 \
        T##_put(&im, c, ab), T##_put(&im, a, dc);                                                  \
        break;                                                                                     \
      default: T##_multiply(a, b, c, d, z); T##_put(&re, z[0], 1), T##_put(&im, z[1], 1);          \
      }                                                                                            \
    }                                                                                              \
    out[0] = T##_total(&re, way, bias[0]);                                                         \
    out[1] = T##_total(&im, way, form == 2 ? 0 : bias[1]);                                         \
    if (form == 2) {                                                                               \
      const volatile T both = bias[0] + bias[1], sums = T##_total(&third, way, both) - out[0];     \
      out[0] -= out[1];                                                                            \
      out[1] = sums - out[1];                                                                      \
    }                                                                                              \
  }                                                                                                \
                                                                                                   \
  static void T##_compute(call *k, int form, int way, int bits) {                                  \
    static T x[2 * MOST], w[2 * MOST], b[2], out[2];                                               \
    for (int64_t i = 0; i < k->images * k->outputs; i++) {                                         \
      const int64_t n = 2 * k->channels, image = i / k->outputs, o = i % k->outputs;               \
      for (int64_t t = 0; t < n; t++) {                                                            \
        x[t] = (T) shortened(get(k, JOB_INPUT, image * n + t), bits);                              \
        w[t] = (T) shortened(get(k, JOB_WEIGHT, o * n + t), bits);                                 \
      }                                                                                            \
      for (int p = 0; p < 2; p++)                                                                  \
        b[p] = (T) get(k, JOB_BIAS, 2 * o + p);                                                    \
      T##_element(form, way, x, w, k->channels, b, out);                                           \
      for (int p = 0; p < 2; p++)                                                                  \
        set(k, JOB_OUTPUT, 2 * i + p, (double) out[p]);                                            \
    }                                                                                              \
  }

/* To so many bits of significand; 0: all. */
static double shortened (double v, int bits) {
  int e;
  const double significand = frexp(v, &e);
  return bits ? ldexp(rint(ldexp(significand, bits)), e - bits) : v;
}

FORMS_OF(float)
FORMS_OF(double)

static void compute_complex (call *k, int form, int way, int bits) {
  if (k->c.params.dtype.bits == 64)
    float_compute(k, form, way, bits);
  else
    double_compute(k, form, way, bits);
}

/* ---- trials */

static int64_t judged;

static bool passes (call *k, int form, int way, kind data) {
  judged += 2 * k->images * k->outputs;
  if (verdict_of(k) == V_PASS)
    return true;
  printf("# %s, %s, %s data, %lld products: %s\n", form_names[form], sum_names[way],
         kind_names[data], (long long) k->channels, k->out.words);
  return false;
}

static bool every_way (DLDataType t, int form, kind data, int64_t terms, int64_t images,
                       int64_t outputs) {
  bool right = true;
  call *k = open_call(t, images, terms, outputs);
  fill(k, data);
  for (int way = 0; way < WAYS; way++) {
    compute_complex(k, form, way, 0);
    right = passes(k, form, way, data) && right;
  }
  close_call(k);
  return right;
}

static void test_form (DLDataType t, const char *name, int form) {
  static const int64_t terms[] = { 1, 2, 3, 4, 5, 9, 16, 27, 64, 150, 576 };
  bool right = true;
  for (kind data = 0; data < KINDS; data++)
    for (size_t i = 0; i < sizeof terms / sizeof *terms; i++)
      right = every_way(t, form, data, terms[i], 8, 6) && right;
  ok(right, "%s, %s: every way passes on all data", name, form_names[form]);
  ok(every_way(t, form, UNIFORM, 1, 50, 40) && every_way(t, form, UNIFORM, 9, 50, 40)
         && every_way(t, form, UNIFORM, 144, 30, 30),
     "%s, %s: every way passes the statistics", name, form_names[form]);
}

static void drop_bias (call *k) {
  k->c.params.bias = k->j.params.bias = 0;
  k->j.tensor[JOB_BIAS].present = false;
  for (int64_t i = 0; i < 2 * k->outputs; i++)
    set(k, JOB_BIAS, i, 0);
  for (int64_t i = 0; i < k->images * k->outputs; i++) {
    set_complex_truth(k, i);
    for (int p = 0; p < 2; p++)
      k->x.truth[0].detail.terms[2 * i + p] = 2 * k->channels;
  }
}

/* Three products round a sum of the parts of a weight: where a weight meets many pixels, all of
   these have its error. */
static void test_few_weights (DLDataType t, const char *name, int form) {
  bool right = true;
  for (int64_t terms = 1; terms <= 9; terms *= 3)
    for (int trial = 0; trial < 4; trial++) {
      call *k = open_call(t, 1200, terms, 2);
      fill(k, UNIFORM);
      drop_bias(k);
      compute_complex(k, form, 0, 0);
      right = passes(k, form, 0, UNIFORM) && right;
      close_call(k);
    }
  ok(right, "%s, %s: a few weights without a bias pass the statistics", name, form_names[form]);
}

/* Operands of too few bits. */
static void test_worse (DLDataType t, const char *name, int bits, int form, int64_t terms) {
  call *k = open_call(t, 32, terms, 32);
  fill(k, UNIFORM);
  compute_complex(k, form, 0, bits);
  ok(verdict_of(k) != V_PASS, "%s, %s, %lld products: factors of %d bits fail: %s", name,
     form_names[form], (long long) terms, bits, verdict_word(k->out.verdict));
  close_call(k);
}

/* ---- exact data, and special values */

static void test_exact (void) {
  call *k = open_call(C64, 1, 1, 1);
  const double x[] = { 2, 3 }, w[] = { 5, 7 };
  for (int p = 0; p < 2; p++) {
    set(k, JOB_INPUT, p, x[p]);
    set(k, JOB_WEIGHT, p, w[p]);
  }
  set_complex_truth(k, 0);
  k->x.exact = true;
  shows(k, V_PASS, "(2+3i)(5+7i) = -11+29i");
  set(k, JOB_OUTPUT, 1, nextafterf(29, 30));
  says(k, V_WRONG_VALUE,
       "1 of 2 numbers are wrong, first output[0,0,0,0].imag: got 29.0000019, want 29");
  set(k, JOB_OUTPUT, 0, 31);
  says(k, V_WRONG_VALUE, "2 of 2 numbers are wrong, first output[0,0,0,0].real: got 31, want -11");
  close_call(k);
}

/* An infinite real part of the input; its product with 5+7i is infinite, or NaN. */
static void test_infinity (void) {
  call *k = open_call(C64, 1, 1, 1);
  set(k, JOB_INPUT, 0, INFINITY);
  set(k, JOB_WEIGHT, 0, 5);
  set(k, JOB_WEIGHT, 1, 7);
  state(k, INFINITY, INFINITY, 3);
  k->x.truth[0].detail.exact[1] = k->x.truth[0].detail.scale[1] = INFINITY;
  k->x.truth[0].detail.terms[1] = 3;
  set_want(k, 1, INFINITY);
  shows(k, V_PASS, "an infinite part makes both infinite");
  set(k, JOB_OUTPUT, 0, NAN);
  set(k, JOB_OUTPUT, 1, NAN);
  shows(k, V_PASS, "or NaN");
  set(k, JOB_OUTPUT, 1, 7);
  shows(k, V_WRONG_VALUE, "and neither may be a number");
  close_call(k);
}

/* An infinite real part of the bias leaves the imaginary part as it is, or makes it NaN. */
static void test_bias (void) {
  call *k = open_call(C64, 1, 1, 1);
  set(k, JOB_BIAS, 0, INFINITY);
  state(k, INFINITY, INFINITY, 3);
  k->x.truth[0].detail.exact[1] = 2;
  k->x.truth[0].detail.scale[1] = INFINITY;
  k->x.truth[0].detail.terms[1] = 3;
  set_want(k, 1, 2);
  shows(k, V_PASS, "an infinite part of the bias");
  set(k, JOB_OUTPUT, 1, NAN);
  shows(k, V_PASS, "may spoil the other one");
  set(k, JOB_OUTPUT, 0, 3);
  shows(k, V_WRONG_VALUE, "but is not lost");
  close_call(k);
}

int main (void) {
  for (int form = 0; form < FORMS; form++) {
    test_form(C64, "complex64", form);
    test_form(C128, "complex128", form);
    test_few_weights(C64, "complex64", form);
    test_few_weights(C128, "complex128", form);
  }
  for (int64_t terms = 1; terms <= 144; terms *= 12) {
    test_worse(C64, "complex64", 11, 0, terms);
    test_worse(C64, "complex64", 8, 2, terms);
    test_worse(C128, "complex128", 24, 1, terms);
  }
  test_exact();
  test_infinity();
  test_bias();
  ok(judged > 500000, "%lld numbers were judged", (long long) judged);
  return done_testing();
}
