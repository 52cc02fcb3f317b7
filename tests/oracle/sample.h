/* sample.h: random valid calls with hostile numbers, for the tests of the oracle.
   A sample is a function of its seed. Tensors lie in memory in any order, with gaps, reversed. */

#ifndef SAMPLE_H
#define SAMPLE_H

#include "conv2d_dtypes.h"
#include "conv2d_oracle.h"
#include <stdbool.h>

/* The layout of a floating-point type's bits; no fraction: an integer type. */
typedef struct number_format {
  const char *name;
  DLDataType dtype;
  int fraction, exponent;
  bool infinities; /* else the code beyond the largest number is the only NaN */
  bool complex;    /* an element is two numbers of this layout, the real part first */
} number_format;

#define X(...) +1
#define FLOAT(name, brief, abi, code, bits, exponent, ...) +((exponent) > 0)
enum { FORMATS = 0 CONV2D_DTYPES(X), FLOATS = 0 CONV2D_DTYPES(FLOAT) };
#undef X
#undef FLOAT
extern const number_format formats[FORMATS];

/* Numbers of an element. */
static inline int parts_of (const number_format *f) {
  return f->complex ? 2 : 1;
}

static inline int is_float (const number_format *f) {
  return f->fraction > 0;
}

/* A tensor and its storage. */
typedef struct tensor {
  DLTensor dl;
  int64_t shape[4], strides[4];
  int64_t count;
  unsigned char *storage;
} tensor;

typedef struct sample {
  const number_format *format;
  conv2d_params params;
  tensor input, weight, bias, output; /* bias also where params.bias is 0 */
  tensor grad_output, grad_input, grad_weight, grad_bias;
} sample;

uint64_t random_bits (uint64_t *state);
int random_below (uint64_t *state, int n);

void sample_make (sample *s, const number_format *f, uint64_t seed);
void sample_free (sample *s);

/* Element i of a tensor, counted in row-major order: where it is, and its bits. */
void *tensor_at (const tensor *t, int64_t i);
uint64_t tensor_bits (const tensor *t, int64_t i);

/* Likewise of number i: those of a complex element are 2 * i and 2 * i + 1. */
uint64_t part_bits (const number_format *f, const tensor *t, int64_t i);

/* The exact value of an element of a floating-point type. */
double format_value (const number_format *f, uint64_t bits);

/* A compact tensor of the same shape and type. */
void tensor_like (tensor *copy, const tensor *t);
void tensor_free (tensor *t);

/* A line about a sample, to find it again. */
void sample_print (const sample *s, uint64_t seed);

#endif
