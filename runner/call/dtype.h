/* dtype.h: the number types of tensors: what each can hold, and its conversion from and to double.
   Conversion to the narrow floats is done by integer arithmetic, so that neither the hardware's
   types nor its rounding mode matter. */

#ifndef DTYPE_H
#define DTYPE_H

#include "conv2d_abi.h"

#include <stdbool.h>

/* A row of CONV2D_DTYPES. A complex element is two numbers, its real part first; what is said of
   numbers holds of each. */
typedef struct dtype {
  uint8_t code, bits;       /* of DLDataType; lanes is 1 */
  int parts;                /* numbers of an element */
  const char *name, *brief; /* "float32", "f32" */
  const char *npy;          /* "<f4" */
  const char *c_code;       /* "kDLFloat" */
  uint32_t bit;             /* enum conv2d_dtype_bit */
  int precision;            /* bits of the significand; 0: an integer type */
  int exponent, fraction;   /* bits of both; 0: an integer type */
  int min_exponent;         /* of the smallest normal number, 2^min_exponent */
  int max_exponent;         /* the largest finite number is below 2^(max_exponent + 1) */
  double top;               /* and is top * 2^max_exponent */
  bool infinities;          /* what is too large is one; else it is NaN (DTYPE-9) */
  double (*load)(const void *number);
  /* Rows of n numbers, `step` numbers apart. What is stored is rounded to nearest, ties to even;
     integers wrap modulo 2^bits, and NaN is 0. */
  void (*load_row)(const void *first, int64_t step, int64_t n, double *value);
  void (*store)(void *first, int64_t step, int64_t n, const double *value);
} dtype;

extern const dtype dtypes[]; /* name NULL at the end */

/* NULL for a type that no case has. */
const dtype *dtype_of (DLDataType t);

/* Bytes of one number. */
static inline int64_t number_size (const dtype *d) {
  return d->bits / 8 / d->parts;
}

/* The type of the numbers that an element consists of. */
static inline DLDataType dtype_of_parts (DLDataType t) {
  return t.code == kDLComplex ? (DLDataType){ kDLFloat, t.bits / 2, t.lanes } : t;
}

/* The number of the type that is nearest to a value, as a double: as if stored and loaded. */
double dtype_round (const dtype *d, double value);

/* The number of the type that is nearest to a value. Its bits are the low bits of the result. */
uint64_t dtype_bits (const dtype *d, double value);

/* Whether elements are integers, signed or not. */
static inline bool is_integer (DLDataType t) {
  return t.code == kDLInt || t.code == kDLUInt;
}

/* What is counted where values are written out. */
static inline const char *numbers_word (DLDataType t) {
  return t.code == kDLComplex ? "numbers" : "elements";
}

/* From a dtype to its name, "float32", and back. Names are torch's; short forms, "f32", are read,
   too. */
const char *dtype_name (DLDataType t);
bool dtype_parse (const char *name, DLDataType *t);

/* All names, in `text`: "float32, float64 or int64". */
enum { MAX_DTYPE_LIST = 400 };
const char *dtype_list (char text[static MAX_DTYPE_LIST]);

#endif
