/* definition.h: the definition, element by element. The fast path, too, calls it for each element
   that a fast sum leaves in doubt. */

#ifndef DEFINITION_H
#define DEFINITION_H

#include "geometry.h"
#include "view.h"
#include "../include/conv2d_oracle.h"

/* A resolved call and the tensors that it reads. Tensors that it doesn't read are not set. */
typedef struct operands {
  geometry g;
  view input, weight, bias, grad_output;
} operands;

typedef struct element element;

/* Sums the element of a result with four given indices, exactly. */
typedef void sum_fn (const operands *q, const int64_t at[4], element *e);

sum_fn sum_output;      /* [n, o, i, j] */
sum_fn sum_grad_input;  /* [n, c, h, w] */
sum_fn sum_grad_weight; /* [o, c, r, s] */
sum_fn sum_grad_bias;   /* [0, 0, 0, o] */

/* A tensor that is to be computed. */
typedef struct result {
  sum_fn *sum;
  view view;
  int64_t extent[4];
  conv2d_detail detail; /* each array may be NULL */
} result;

/* Computes one element, and what is known of it; `index` counts in row-major order. */
void define_element (const operands *q, const result *r, const int64_t at[4], int64_t index);

/* Computes all of them. */
void define (const operands *q, const result *r);

#endif
