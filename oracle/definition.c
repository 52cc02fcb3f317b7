/* definition.c: convolution and its gradients as specs/ say them, on exact sums, without any speed.
   What the fast path gives must equal what these loops give, bit for bit. */

#include "exact.h"
#include "geometry.h"
#include "view.h"
#include "../include/conv2d_oracle.h"

/* The geometry and the tensors that are read. */
typedef struct operands {
  geometry g;
  view input, weight, bias, grad_output;
} operands;

/* One element of a result in the making. */
typedef struct element {
  exact sum, scale; /* scale: of the absolute values */
  int64_t terms;
  unsigned char flags;
} element;

static void add_product (element *e, number a, number b)
{
  exact_add_product(&e->sum, a, b);
  a.negative = b.negative = false;
  exact_add_product(&e->scale, a, b);
  e->terms++;
}

/* A tap in zero padding contributes nothing (PAD-2), but some multiply it (SPECIAL-4). */
static void skip_product (element *e, number a)
{
  if (a.kind != FINITE)
    e->flags |= CONV2D_PADDING_TIMES_NONFINITE;
}

/* Sums the element of the result with four given indices. */
typedef void sum_fn (const operands *, const int64_t at[4], element *);

/* FWD-1: output[n, o, i, j] */
static void sum_output (const operands *q, const int64_t at[4], element *e)
{
  const axis *rows = &q->g.axis[0], *columns = &q->g.axis[1];
  int64_t n = at[0], o = at[1], i = at[2], j = at[3];
  int64_t first = o / q->g.group_out * q->g.group_in; /* GROUP-1 */

  for (int64_t c = 0; c < q->g.group_in; c++)
    for (int64_t r = 0; r < rows->kernel; r++)
      for (int64_t s = 0; s < columns->kernel; s++) {
        int64_t h = source(rows, i, r), w = source(columns, j, s);
        number k = view_number(&q->weight, o, c, r, s);
        if (h >= 0 && w >= 0)
          add_product(e, k, view_number(&q->input, n, first + c, h, w));
        else
          skip_product(e, k);
      }
  if (q->g.bias)
    add_product(e, view_number(&q->bias, 0, 0, 0, o), number_one); /* BIAS-1 */
}

/* BACK-3: grad_input[n, c, h, w] */
static void sum_grad_input (const operands *q, const int64_t at[4], element *e)
{
  const axis *rows = &q->g.axis[0], *columns = &q->g.axis[1];
  int64_t n = at[0], c = at[1], h = at[2], w = at[3];
  int64_t group = c / q->g.group_in, first = group * q->g.group_out;

  for (int64_t o = first; o < first + q->g.group_out; o++)
    for (int64_t r = 0; r < rows->kernel; r++)
      for (int64_t i = 0; i < rows->output; i++)
        for (int64_t s = 0; source(rows, i, r) == h && s < columns->kernel; s++)
          for (int64_t j = 0; j < columns->output; j++)
            if (source(columns, j, s) == w)
              add_product(e, view_number(&q->grad_output, n, o, i, j),
                          view_number(&q->weight, o, c % q->g.group_in, r, s));
}

/* BACK-2: grad_weight[o, c, r, s] */
static void sum_grad_weight (const operands *q, const int64_t at[4], element *e)
{
  const axis *rows = &q->g.axis[0], *columns = &q->g.axis[1];
  int64_t o = at[0], c = at[1], r = at[2], s = at[3];
  int64_t first = o / q->g.group_out * q->g.group_in;

  for (int64_t n = 0; n < q->g.images; n++)
    for (int64_t i = 0; i < rows->output; i++)
      for (int64_t j = 0; j < columns->output; j++) {
        int64_t h = source(rows, i, r), w = source(columns, j, s);
        number y = view_number(&q->grad_output, n, o, i, j);
        if (h >= 0 && w >= 0)
          add_product(e, y, view_number(&q->input, n, first + c, h, w));
        else
          skip_product(e, y);
      }
}

/* BACK-1: grad_bias[o] */
static void sum_grad_bias (const operands *q, const int64_t at[4], element *e)
{
  if (at[3] >= q->g.out_channels)
    return; /* no input channels, no output channels: nothing depends on the bias (SHAPE-10) */
  for (int64_t n = 0; n < q->g.images; n++)
    for (int64_t i = 0; i < q->g.axis[0].output; i++)
      for (int64_t j = 0; j < q->g.axis[1].output; j++)
        add_product(e, view_number(&q->grad_output, n, at[3], i, j), number_one);
}

static void store (const element *e, const type *t, void *at, int64_t index, const conv2d_detail *d)
{
  uint64_t bits = exact_round(&e->sum, t);

  store_bits(t, at, bits);
  if (d != NULL && d->exact != NULL)
    d->exact[index] = is_integer(t) ? double_from_bits(t, bits) : exact_double(&e->sum);
  if (d != NULL && d->scale != NULL)
    d->scale[index] = exact_double(&e->scale);
  if (d != NULL && d->terms != NULL)
    d->terms[index] = e->terms;
  if (d != NULL && d->flags != NULL)
    d->flags[index] = e->flags;
}

/* Sums every element of a result, if it is asked for. */
static void fill (const operands *q, sum_fn *sum, DLTensor *result, const conv2d_detail *d)
{
  if (result == NULL)
    return;
  view v = view_of(result);
  int64_t extent[4] = { 1, 1, 1, 1 }, at[4], index = 0;
  for (int i = 0; i < result->ndim; i++)
    extent[4 - result->ndim + i] = result->shape[i];

  for (at[0] = 0; at[0] < extent[0]; at[0]++)
    for (at[1] = 0; at[1] < extent[1]; at[1]++)
      for (at[2] = 0; at[2] < extent[2]; at[2]++)
        for (at[3] = 0; at[3] < extent[3]; at[3]++) {
          element e = { .terms = 0 };
          sum(q, at, &e);
          store(&e, v.type, view_at(&v, at[0], at[1], at[2], at[3]), index++, d);
        }
}

int32_t conv2d_oracle_forward_definition (const conv2d_params *p, const DLTensor *input,
                                          const DLTensor *weight, const DLTensor *bias,
                                          DLTensor *output, const conv2d_detail *detail,
                                          const char **clause)
{
  call c = { .params = p, .input = input, .weight = weight, .bias = bias, .output = output };
  operands q;
  int32_t status = geometry_resolve(&c, &q.g, clause);

  if (status != CONV2D_OK)
    return status;
  q.input = view_of(input);
  q.weight = view_of(weight);
  if (q.g.bias)
    q.bias = view_of(bias);
  fill(&q, sum_output, output, detail);
  return CONV2D_OK;
}

int32_t conv2d_oracle_backward_definition (const conv2d_params *p, const DLTensor *input,
                                           const DLTensor *weight, const DLTensor *grad_output,
                                           DLTensor *grad_input, DLTensor *grad_weight,
                                           DLTensor *grad_bias, const conv2d_detail detail[3],
                                           const char **clause)
{
  call c = { .params = p, .input = input, .weight = weight, .output = grad_output,
             .backward = true, .grad_input = grad_input, .grad_weight = grad_weight,
             .grad_bias = grad_bias };
  operands q;
  int32_t status = geometry_resolve(&c, &q.g, clause);

  if (status != CONV2D_OK)
    return status;
  q.input = view_of(input);
  q.weight = view_of(weight);
  q.grad_output = view_of(grad_output);
  fill(&q, sum_grad_input, grad_input, detail != NULL ? &detail[0] : NULL);
  fill(&q, sum_grad_weight, grad_weight, detail != NULL ? &detail[1] : NULL);
  fill(&q, sum_grad_bias, grad_bias, detail != NULL ? &detail[2] : NULL);
  return CONV2D_OK;
}
