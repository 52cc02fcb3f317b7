/* definition.c: convolution and its gradients as specs/ define them, on exact sums, and slow.
   The results of the fast path must equal those of these loops, bit for bit. */

#include "definition.h"
#include "exact.h"

/* One element of a result in the making. */
struct element {
  exact sum, scale; /* scale: of the absolute values */
  int64_t terms;
  unsigned char flags;
};

static void add_product (element *e, number a, number b) {
  exact_add_product(&e->sum, a, b);
  a.negative = b.negative = false;
  exact_add_product(&e->scale, a, b);
  e->terms++;
}

/* A tap in zero padding contributes nothing (PAD-2). The flag says where an implementation that
   multiplies it all the same would get NaN (SPECIAL-4). */
static void skip_product (element *e, number a) {
  if (a.kind != FINITE)
    e->flags |= CONV2D_PADDING_TIMES_NONFINITE;
}

/* FWD-1: output[n, o, i, j] */
void sum_output (const operands *q, const int64_t at[4], element *e) {
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
void sum_grad_input (const operands *q, const int64_t at[4], element *e) {
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
void sum_grad_weight (const operands *q, const int64_t at[4], element *e) {
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
void sum_grad_bias (const operands *q, const int64_t at[4], element *e) {
  if (at[3] >= q->g.out_channels)
    return; /* no input channels, no output channels: nothing depends on the bias (SHAPE-10) */
  for (int64_t n = 0; n < q->g.images; n++)
    for (int64_t i = 0; i < q->g.axis[0].output; i++)
      for (int64_t j = 0; j < q->g.axis[1].output; j++)
        add_product(e, view_number(&q->grad_output, n, at[3], i, j), number_one);
}

static void store (const element *e, const result *r, const int64_t at[4], int64_t index) {
  const type *t = r->view.type;
  const conv2d_detail *d = &r->detail;
  uint64_t bits = exact_round(&e->sum, t);

  store_bits(t, view_at(&r->view, at[0], at[1], at[2], at[3]), bits);
  if (d->exact != NULL)
    d->exact[index] = is_integer(t) ? double_from_bits(t, bits) : exact_double(&e->sum);
  if (d->scale != NULL)
    d->scale[index] = exact_double(&e->scale); /* infinite where float64 cannot hold it */
  if (d->terms != NULL)
    d->terms[index] = e->terms;
  if (d->flags != NULL)
    d->flags[index] = e->flags;
}

void define_element (const operands *q, const result *r, const int64_t at[4], int64_t index) {
  element e = { .terms = 0 };
  r->sum(q, at, &e);
  store(&e, r, at, index);
}

void define (const operands *q, const result *r) {
  int64_t at[4], index = 0;

  for (at[0] = 0; at[0] < r->extent[0]; at[0]++)
    for (at[1] = 0; at[1] < r->extent[1]; at[1]++)
      for (at[2] = 0; at[2] < r->extent[2]; at[2]++)
        for (at[3] = 0; at[3] < r->extent[3]; at[3]++)
          define_element(q, r, at, index++);
}
