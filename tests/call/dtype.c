/* dtype.c: every number of the narrow floats is converted right, and every middle of two is rounded
   right. The truth is arithmetic on doubles, which hold all of these numbers and their middles
   exactly. */

#include "call/tensor.h"
#include "call/dtype.h"
#include "conv2d_dtypes.h"
#include "../tap.h"

#include <math.h>
#include <string.h>

typedef struct format {
  const char *name;
  DLDataType type;
  int exponent_bits, fraction_bits;
  bool infinities;
} format;

static const format formats[] = {
#define X(name, brief, abi, code, bits, exponent, fraction, infinity, npy)                         \
  { #name, { code, bits, 1 }, exponent, fraction, infinity },
  CONV2D_DTYPES(X)
#undef X
};

static bool is_narrow (const format *f) {
  return f->exponent_bits && f->type.bits <= 16;
}

static uint32_t sign_of (const format *f) {
  return 1u << (f->type.bits - 1);
}

/* The number that a finite code means, from the definition of the format. */
static double meaning (const format *f, uint32_t code) {
  const int biased = (int) (code >> f->fraction_bits) & ((1 << f->exponent_bits) - 1);
  const int fraction = (int) code & ((1 << f->fraction_bits) - 1);
  const int bias = (1 << (f->exponent_bits - 1)) - 1;
  const double v = biased
                       ? ldexp(fraction + (1 << f->fraction_bits), biased - bias - f->fraction_bits)
                       : ldexp(fraction, 1 - bias - f->fraction_bits);
  return code & sign_of(f) ? -v : v;
}

/* dtype_bits, of the narrow types. */
static uint16_t code_of (const dtype *d, double v) {
  uint16_t code = 0;
  d->store(&code, 1, 1, &v);
  return code;
}

/* The magnitude of what is too large: an infinity, or the last code, which is the only NaN of a
   type without. */
static uint32_t infinity_of (const format *f) {
  return f->infinities ? ((1u << f->exponent_bits) - 1) << f->fraction_bits : sign_of(f) - 1;
}

/* Whether a magnitude is that of a NaN. */
static bool means_nan (const format *f, uint32_t magnitude) {
  return f->infinities ? magnitude > infinity_of(f) : magnitude == infinity_of(f);
}

/* How many of all codes do not load as the number that they mean, or are stored as another code. */
static int wrong_codes (const format *f, const dtype *d) {
  int wrong = 0;
  for (uint32_t code = 0; code < 2 * sign_of(f); code++) {
    const uint16_t stored = (uint16_t) code;
    const double v = d->load(&stored);
    const uint32_t magnitude = code & (sign_of(f) - 1);
    if (means_nan(f, magnitude))
      wrong += !isnan(v) || !means_nan(f, code_of(d, v) & (sign_of(f) - 1));
    else
      wrong += code_of(d, v) != code
               || v
                      != (magnitude < infinity_of(f) ? meaning(f, code)
                          : code & sign_of(f)        ? -INFINITY
                                                     : INFINITY);
  }
  return wrong;
}

/* Checks rounding between each number and the next one away from zero; infinity stands for the next
   power of two. The middle must go to the even one, and numbers beside the middle to their own
   side. */
static int wrong_middles (const format *f, const dtype *d) {
  int wrong = 0;
  for (uint32_t code = 0; code < infinity_of(f); code++)
    for (uint32_t sign = 0; sign <= sign_of(f); sign += sign_of(f)) {
      const double low = meaning(f, code | sign), high = meaning(f, (code + 1) | sign);
      const double middle = low + (high - low) / 2;
      const uint32_t even = code % 2 ? code + 1 : code;
      wrong += code_of(d, middle) != (even | sign);
      wrong += code_of(d, nextafter(middle, low)) != (code | sign);
      wrong += code_of(d, nextafter(middle, high)) != ((code + 1) | sign);
    }
  return wrong;
}

static void test_format (const format *f) {
  const dtype *d = dtype_of(f->type);
  const uint32_t infinity = infinity_of(f), sign = sign_of(f);
  ok(wrong_codes(f, d) == 0, "%s: all codes mean what they must and come back", f->name);
  ok(wrong_middles(f, d) == 0, "%s: all middles go to even, their neighbours to their side",
     f->name);
  ok(code_of(d, 1e300) == infinity && code_of(d, -0x1p1023) == (infinity | sign)
         && code_of(d, INFINITY) == infinity,
     "%s: too large is %s", f->name, f->infinities ? "infinite" : "NaN");
  ok(code_of(d, 5e-324) == 0 && code_of(d, -0x1p-1022) == sign && code_of(d, -0.0) == sign,
     "%s: too small is zero of its sign", f->name);
  ok(d->precision == f->fraction_bits + 1
         && meaning(f, 1u << f->fraction_bits) == ldexp(1, d->min_exponent)
         && meaning(f, infinity_of(f) - 1) == ldexp(d->top, d->max_exponent) && d->top >= 1
         && d->top < 2 && d->infinities == f->infinities,
     "%s: the table knows its precision and range", f->name);
}

/* The parts of complex numbers lie side by side, and are counted. */
static void test_complex (void) {
  float element[] = { 1, 2, 3, 4, 5, 6 };
  int64_t extents[] = { 2 }, strides[] = { 2 };
  DLTensor t = { .data = element, .ndim = 1, .dtype = { kDLComplex, 64, 1 }, .shape = extents };
  const dtype *d = dtype_of(t.dtype);
  double value[2] = { 7, 8 };
  parts_tensor p;
  ok(d->parts == 2 && number_size(d) == 4 && tensor_numbers(&t) == 4 && tensor_get(&t, 3) == 4,
     "complex64: two numbers an element");
  t.strides = strides;
  tensor_set(&t, 3, 9);
  ok(tensor_get(&t, 2) == 5 && element[5] == 9 && tensor_get(&t, 1) == 2, "with strides, too");
  d->store(element, 1, 2, value);
  ok(element[0] == 7 && element[1] == 8, "a row of numbers is stored");
  const DLTensor *real = tensor_parts(&t, &p);
  ok(real->ndim == 2 && real->shape[1] == 2 && real->strides[0] == 4 && real->strides[1] == 1
         && tensor_get(real, 3) == 9,
     "as real numbers they have an axis more");
}

static void test_integers (void) {
  const dtype *i8 = dtype_of((DLDataType){ kDLInt, 8, 1 });
  const dtype *u8 = dtype_of((DLDataType){ kDLUInt, 8, 1 });
  const dtype *i64 = dtype_of((DLDataType){ kDLInt, 64, 1 });
  ok(dtype_round(i8, 0.5) == 0 && dtype_round(i8, 1.5) == 2 && dtype_round(i8, -2.5) == -2
         && dtype_round(i8, -3.5) == -4 && dtype_round(i8, 2.75) == 3
         && dtype_round(i8, -2.75) == -3,
     "integers: to nearest, ties to even");
  ok(dtype_round(i8, 128) == -128 && dtype_round(i8, 300) == 44 && dtype_round(u8, -1) == 255
         && dtype_round(u8, 256) == 0,
     "integers wrap");
  ok(dtype_round(i64, 0x1p53) == 0x1p53 && dtype_round(i64, -0x1p63) == -0x1p63
         && dtype_round(i64, 1e300) == 0x1p63 && dtype_round(i64, NAN) == 0,
     "int64: to its ends, and NaN is 0");
  ok(!dtype_of((DLDataType){ kDLUInt, 16, 1 }) && !dtype_of((DLDataType){ kDLComplex, 32, 1 }),
     "other types are not known");
}

/* A 2 x 3 tensor in a 4 x 8 buffer, columns backwards, and the same elements compact. */
static void test_elements (void) {
  float buffer[32] = { 0 };
  int64_t dim[2] = { 2, 3 }, strides[2] = { 8, -2 };
  DLTensor t = {
    .data = buffer + 6, .ndim = 2, .dtype = { kDLFloat, 32, 1 }, .shape = dim, .strides = strides
  };
  for (int i = 0; i < 6; i++)
    tensor_set(&t, i, i + 1);
  ok(buffer[6] == 1 && buffer[4] == 2 && buffer[2] == 3 && buffer[14] == 4 && buffer[10] == 6,
     "tensor_set goes by strides");
  ok(tensor_get(&t, 0) == 1 && tensor_get(&t, 5) == 6, "so does tensor_get");
  t.strides = NULL;
  t.data = buffer;
  t.byte_offset = 6 * sizeof(float);
  ok(tensor_get(&t, 0) == 1 && tensor_get(&t, 4) == 6, "no strides: compact, from byte_offset on");
}

int main (void) {
  for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
    if (is_narrow(&formats[i]))
      test_format(&formats[i]);
  test_complex();
  test_integers();
  test_elements();
  return done_testing();
}
