/* exhaustive.c [--quick | TYPE]: what is finite, tried in full: the oracle's roundings, and its
   geometry, against definitions of other kinds.

   Rounding: numbers are taken in their order, and what is nearest moves up by one where they pass
   the middle between two neighbours. No bit is looked at. Geometry: the padded axis is written out,
   and a kernel is moved along it as long as it fits.

   TYPE       all float32 rounded to this type, and nothing else
   --quick    a sample of them, for all types, and a part of the products of float16
   otherwise  all but float32 */

#include "../oracle/exact.h"
#include "../oracle/geometry.h"
#include "../tests/tap.h"

#include <math.h>
#include <string.h>

static bool quick;

/* ---- rounding */

/* The value of a code of a type with `exponent` and `fraction` bits; infinity's is the number that
   would come next, as rounding has it. */
static double value_of (int exponent, int fraction, uint64_t code) {
  int e = (int) (code >> fraction);
  double f = (double) (code & ((UINT64_C(1) << fraction) - 1));
  int bias = (1 << (exponent - 1)) - 1;
  return e == 0 ? ldexp(f, 1 - bias - fraction)
                : ldexp(f + ldexp(1, fraction), e - bias - fraction);
}

typedef struct format {
  const char *name;
  type type;
  int exponent;
} format;

static const format formats[] = {
  { "float16", { kDLFloat, 16, 10, 15, false }, 5 },
  { "bfloat16", { kDLBfloat, 16, 7, 127, false }, 8 },
  { "float8_e4m3fn", { kDLFloat8_e4m3fn, 8, 3, 7, true }, 4 },
  { "float8_e5m2", { kDLFloat8_e5m2, 8, 2, 15, false }, 5 },
};

/* The middle between a code's number and the next. */
static double middle_above (const format *f, uint64_t code) {
  return (value_of(f->exponent, f->type.fraction, code)
          + value_of(f->exponent, f->type.fraction, code + 1))
         / 2;
}

/* Of all codes of the type that products are rounded to. */
static double middles[1 << 15];

static void list_middles (const format *f) {
  for (uint64_t code = 0; code < infinity_bits(&f->type); code++)
    middles[code] = middle_above(f, code);
}

/* Whether x is rounded to a larger number. */
static bool is_above (double x, uint64_t code, double middle) {
  return x > middle || (x == middle && code % 2 == 1);
}

/* The code that is nearest to x >= 0, by list_middles. */
static uint64_t nearest (const format *f, double x) {
  uint64_t low = 0, high = infinity_bits(&f->type);
  while (low < high) {
    uint64_t half = (low + high) / 2;
    if (is_above(x, half, middles[half]))
      low = half + 1;
    else
      high = half;
  }
  return low;
}

static bool becomes_nan (const format *f, double x) {
  return number_from_bits(&f->type, bits_from_double(&f->type, x)).kind == NOT_A_NUMBER;
}

/* Every float32 of either sign, those that are no numbers too. */
static void round_all (const format *f) {
  const uint64_t infinity = infinity_bits(&f->type), sign = sign_bit(&f->type);
  uint64_t wrong = 0, code = 0;
  double middle = middle_above(f, 0);

  for (uint32_t bits = 0; bits <= INT32_MAX; bits += quick ? 9973 : 1) {
    float x;
    memcpy(&x, &bits, sizeof x);
    while (code < infinity && is_above((double) x, code, middle))
      middle = middle_above(f, ++code);
    if (bits > 0x7f800000) {
      wrong += !becomes_nan(f, (double) x);
      wrong += !becomes_nan(f, (double) -x);
    } else {
      wrong += bits_from_double(&f->type, (double) x) != code;
      wrong += bits_from_double(&f->type, (double) -x) != (code | sign);
    }
  }
  ok(wrong == 0, "%s float32 of either sign, rounded to %s", quick ? "many" : "all", f->name);
}

static bool product_is_right (const format *from, const format *to, uint64_t a, uint64_t b) {
  exact sum = { .deferred = 0 };
  double x = value_of(from->exponent, from->type.fraction, a);
  double y = value_of(from->exponent, from->type.fraction, b);

  exact_add_product(&sum,
                    number_from_bits(&from->type, a | (a % 3 == 0 ? sign_bit(&from->type) : 0)),
                    number_from_bits(&from->type, b));
  uint64_t sign = a % 3 == 0 && x * y != 0 ? sign_bit(&to->type) : 0;
  return exact_round(&sum, &to->type) == (nearest(to, x * y) | sign);
}

static void multiply_all (const format *f, const format *to) {
  uint64_t wrong = 0;
  list_middles(to);
  for (uint64_t a = 0; a < infinity_bits(&f->type); a++)
    for (uint64_t b = 0; b < infinity_bits(&f->type); b++)
      wrong += !product_is_right(f, to, a, b);
  ok(wrong == 0, "all products of %s, rounded to %s", f->name, to->name);
}

/* All pairs of significands, for exponents whose products are subnormal, at
   the border, or overflow. */
static void multiply_significands (const format *f) {
  static const int exponents[][2] = { { 0, 15 }, { 1, 8 },   { 2, 5 },
                                      { 7, 8 },  { 15, 15 }, { 22, 23 } };
  uint64_t wrong = 0, step = quick ? 31 : 1;

  list_middles(f);
  for (size_t e = 0; e < sizeof exponents / sizeof exponents[0]; e++)
    for (uint64_t a = 0; a < 1024; a += step)
      for (uint64_t b = 0; b < 1024; b += step)
        wrong += !product_is_right(f, f, (uint64_t) exponents[e][0] << 10 | a,
                                   (uint64_t) exponents[e][1] << 10 | b);
  ok(wrong == 0, "%s products of %s for six pairs of exponents", quick ? "many" : "all", f->name);
}

/* ---- geometry */

enum { MOST = 8, LONGEST = 3 * MOST };

/* One more element before the axis: the neighbour of the first, by the mode. `copy` walks. */
static int element_at_distance (int mode, int n, int distance, bool after) {
  int at = after ? n - 1 : 0, way = after ? -1 : 1;

  if (mode == CONV2D_ZEROS)
    return -1;
  if (mode == CONV2D_CIRCULAR)
    at = after ? 0 : n - 1;
  for (int i = 1; i <= distance; i++)
    if (mode == CONV2D_REFLECT || (mode == CONV2D_CIRCULAR && i > 1))
      at += mode == CONV2D_REFLECT ? way : -way;
  return at;
}

static bool mode_allows (int mode, int n, int p) {
  switch (mode) {
  case CONV2D_ZEROS: return true;
  case CONV2D_REFLECT: return n > 0 && p < n;
  case CONV2D_CIRCULAR: return n > 0 && p <= n;
  default: return n > 0;
  }
}

typedef struct layer {
  int n, k, s, p, d, mode;
} layer;

static int32_t resolve (const layer *l, geometry *g) {
  const DLDataType single = { kDLFloat, 32, 1 };
  int64_t shape[4] = { 1, 1, l->n, 1 };
  conv2d_params p = { .in_channels = 1,
                      .out_channels = 1,
                      .kernel_size = { l->k, 1 },
                      .stride = { l->s, 1 },
                      .padding = { l->p, 0 },
                      .dilation = { l->d, 1 },
                      .groups = 1,
                      .padding_mode = l->mode,
                      .device = { kDLCPU, 0 },
                      .dtype = single,
                      .padding_kind = CONV2D_PADDING_EXPLICIT };
  DLTensor input = { .device = p.device, .ndim = 4, .dtype = single, .shape = shape };
  conv2d_call c = { .size = sizeof c, .params = &p, .input = &input };
  const char *clause;
  return geometry_check(&c, g, &clause);
}

static bool layer_is_right (const layer *l) {
  int padded_axis[LONGEST], length = 0, places = 0;
  bool allowed = mode_allows(l->mode, l->n, l->p);
  geometry g;
  int32_t status = resolve(l, &g);

  for (int i = l->p; allowed && i >= 1; i--)
    padded_axis[length++] = element_at_distance(l->mode, l->n, i, false);
  for (int i = 0; i < l->n; i++)
    padded_axis[length++] = i;
  for (int i = 1; allowed && i <= l->p; i++)
    padded_axis[length++] = element_at_distance(l->mode, l->n, i, true);
  for (int at = 0; at + (l->k - 1) * l->d < length; at += l->s, places++)
    for (int tap = 0; status == CONV2D_OK && tap < l->k; tap++)
      if (source(&g.axis[0], places, tap) != padded_axis[at + tap * l->d])
        return false;
  if (!allowed || places == 0 || l->n == 0)
    return status == CONV2D_INVALID;
  return status == CONV2D_OK && g.axis[0].output == places;
}

static void try_layers (int mode, const char *name) {
  uint64_t wrong = 0, count = 0;
  layer l = { .mode = mode };

  for (l.n = 0; l.n <= MOST; l.n++)
    for (l.k = 1; l.k <= MOST; l.k++)
      for (l.s = 1; l.s <= MOST; l.s++)
        for (l.p = 0; l.p <= MOST; l.p++)
          for (l.d = 1; l.d <= MOST; l.d++, count++)
            wrong += !layer_is_right(&l);
  ok(wrong == 0, "%s: all %d axes with n, k, s, p and d up to %d", name, (int) count, MOST);
}

/* Extreme arguments, for a build that traps what C leaves undefined. */
static void try_extremes (void) {
  static const int64_t extreme[] = { INT64_MIN,         INT64_MIN + 1, -1,       0, 1, 2,
                                     INT64_MAX / 2 + 1, INT64_MAX - 1, INT64_MAX };
  enum { MANY = sizeof extreme / sizeof extreme[0] };
  const DLDataType byte = { kDLInt, 8, 1 };
  int64_t valid = 0;

  for (int i = 0; i < MANY * MANY * MANY * MANY * MANY * 12; i++) {
    int r = i;
    int64_t value[5];
    for (int j = 0; j < 5; j++, r /= MANY)
      value[j] = extreme[r % MANY];
    int64_t shape[4] = { 1, 1, value[0], 1 };
    conv2d_params p = { .in_channels = 1,
                        .out_channels = 1,
                        .kernel_size = { value[1], 1 },
                        .stride = { value[2], 1 },
                        .padding = { value[3], 0 },
                        .dilation = { value[4], 1 },
                        .groups = 1,
                        .padding_mode = r % 4,
                        .device = { kDLCPU, 0 },
                        .dtype = byte,
                        .padding_kind = r / 4 };
    DLTensor input = { .device = p.device, .ndim = 4, .dtype = byte, .shape = shape };
    conv2d_call c = { .size = sizeof c, .params = &p, .input = &input };
    const char *clause;
    geometry g;
    if (geometry_check(&c, &g, &clause) != CONV2D_OK)
      continue;
    const axis *a = &g.axis[0];
    int64_t ends[4] = { source(a, 0, 0), source(a, a->output - 1, a->kernel - 1),
                        source(a, 0, a->kernel - 1), source(a, a->output - 1, 0) };
    for (int j = 0; j < 4; j++)
      valid += -1 <= ends[j] && ends[j] < a->size ? 1 : INT32_MIN;
  }
  ok(valid > 0, "extreme arguments: %lld sources of valid calls, each an element or padding",
     (long long) valid);
}

int main (int argc, char **argv) {
  quick = argc > 1 && strcmp(argv[1], "--quick") == 0;
  for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++)
    if (quick || (argc > 1 && strcmp(argv[1], formats[i].name) == 0))
      round_all(&formats[i]);
  if (argc > 1 && !quick)
    return done_testing();
  try_layers(CONV2D_ZEROS, "zeros");
  try_layers(CONV2D_REFLECT, "reflect");
  try_layers(CONV2D_REPLICATE, "replicate");
  try_layers(CONV2D_CIRCULAR, "circular");
  try_extremes();
  multiply_all(&formats[2], &formats[2]);
  multiply_all(&formats[3], &formats[3]);
  multiply_all(&formats[3], &formats[2]);
  multiply_significands(&formats[0]);
  return done_testing();
}
