/* conv2d_dtypes.h: the dtypes of a call, one row each. Every other table of dtypes is made of it:

     #define ROW(name, brief, abi, code, bits, exponent, fraction, infinity, npy) { #name, bits },
     static const struct { const char *name; int bits; } widths[] = { CONV2D_DTYPES (ROW) };
     #undef ROW

   name      as torch spells it
   brief     as ids spell it
   abi       enum conv2d_dtype_bit
   code      DLDataType.code
   bits      DLDataType.bits; lanes is 1. A complex element is two numbers, its real part first
   exponent  bits of the exponent; 0: an integer type
   fraction  bits of the significand behind the point; 0: an integer type. A floating-point number
             has 1 + exponent + fraction bits
   infinity  1 if it has infinities: all bits of the exponent set, and a fraction of 0. 0: it has
             none, and its only NaN has all bits set but the sign
   npy       the `descr` of a .npy file; bfloat16, which NumPy lacks, is written as raw bytes. The
             float8 types are written as the package ml_dtypes writes them

   The order is that of enum conv2d_dtype_bit. */

#ifndef CONV2D_DTYPES_H
#define CONV2D_DTYPES_H

#include "conv2d_abi.h"

/* clang-format off */
#define CONV2D_DTYPES(X)                                           \
  X(float32,  f32,  CONV2D_F32,  kDLFloat,  32,  8, 23, 1, "<f4")  \
  X(float64,  f64,  CONV2D_F64,  kDLFloat,  64, 11, 52, 1, "<f8")  \
  X(float16,  f16,  CONV2D_F16,  kDLFloat,  16,  5, 10, 1, "<f2")  \
  X(bfloat16, bf16, CONV2D_BF16, kDLBfloat, 16,  8,  7, 1, "<V2")  \
  X(int8,     i8,   CONV2D_I8,   kDLInt,     8,  0,  0, 0, "|i1")  \
  X(uint8,    u8,   CONV2D_U8,   kDLUInt,    8,  0,  0, 0, "|u1")  \
  X(int16,    i16,  CONV2D_I16,  kDLInt,    16,  0,  0, 0, "<i2")  \
  X(int32,    i32,  CONV2D_I32,  kDLInt,    32,  0,  0, 0, "<i4")  \
  X(int64,    i64,  CONV2D_I64,  kDLInt,    64,  0,  0, 0, "<i8")  \
  X(float8_e4m3fn, f8e4m3fn, CONV2D_F8E4M3FN, kDLFloat8_e4m3fn, 8, 4, 3, 0, "<V1")  \
  X(float8_e5m2,   f8e5m2,   CONV2D_F8E5M2,   kDLFloat8_e5m2,   8, 5, 2, 1, "<f1") \
  X(complex64,  c64,  CONV2D_C64,  kDLComplex,  64,  8, 23, 1, "<c8")  \
  X(complex128, c128, CONV2D_C128, kDLComplex, 128, 11, 52, 1, "<c16")
/* clang-format on */

/* How many numbers an element has, by its type's code. */
#define CONV2D_PARTS(code) ((code) == kDLComplex ? 2 : 1)

#endif
