/* evaluate.h: a tree of additions, evaluated over all elements of a result, in the arithmetic of
   the implementation that it was revealed from. */

#ifndef EVALUATE_H
#define EVALUATE_H

#include "sums.h"

/* The formats of a sum. Order: that of the names in evaluate.c. */
typedef enum format { FLOAT32, FLOAT64, FLOAT16, BFLOAT16, TF32, FORMATS } format;
format format_named (const char *name); /* FORMATS if there is none */

/* To which of two neighbours a number between them is rounded. */
typedef enum rounding { TO_EVEN, TIES_AWAY, TOWARD_ZERO, ROUNDINGS } rounding;
rounding rounding_named (const char *name); /* ROUNDINGS if there is none */

/* The steps of a tree, on a stack of partial sums. Every result is rounded to the format in force.
   A leaf that is no part of an element counts as +0. */
typedef enum step_kind {
  LEAF,     /* push the product of leaf `argument`; its number may be that of the bias */
  FUSE,     /* add the product of leaf `argument` to the top, rounded once */
  ADD,      /* add the top to the one below it */
  SUM,      /* replace the `argument` topmost by their sum: see `extra` of twin_program */
  EXACT,    /* push the product of leaf `argument`, not rounded: for SUM */
  FORMAT,   /* from here on, the format is `argument` */
  STORE,    /* round the top to the format `argument` */
  KAHAN,    /* add the product of leaf `argument` to the top with Kahan's compensation */
  NEUMAIER, /* likewise, with Neumaier's: FINISH adds what was collected */
  FINISH,
  STEP_KINDS
} step_kind;

typedef struct step {
  int32_t kind, argument;
} step;

typedef struct twin_program {
  const step *step;
  int64_t steps;
  rounding rounding;        /* of sums */
  rounding result_rounding; /* of their conversion to the dtype of the result */
  int32_t extra; /* SUM aligns its terms to the largest exponent, and cuts them to the precision
                    of the format and so many bits more, before it adds them */
  int32_t operand_bits; /* operands are rounded to so many bits first; 0: they are not */
} twin_program;

/* Whether every step finds what it needs on the stack, names leaves that there are, and leaves one
   sum; else a reason. */
const char *program_check (const sums *s, const twin_program *p);

/* A stretch of a result's elements in row-major order. */
typedef struct stretch {
  int64_t from, count;
} stretch;

/* Evaluates a checked program for the elements of `some`. a, b, bias: the elements of the tensors
   in row-major order; b of grad_bias and a missing bias are NULL. to: [some.count], rounded to the
   dtype of the result. Returns false if there is no memory. */
bool program_evaluate (const sums *s, const twin_program *p, const double *a, const double *b,
                       const double *bias, stretch some, double *to);

#endif
