/* cost.c: products and elements of a call. */

#include "cost.h"

#include "conv2d_oracle.h"

static double extent (const int64_t *dim, int32_t ndim) {
  double n = 1;
  for (int32_t i = 0; i < ndim; i++)
    n *= (double) dim[i];
  return n;
}

int64_t case_cost (const test_case *c) {
  const conv2d_params *p = &c->params;
  int64_t output[4];
  int32_t ndim;
  const char *clause;
  DLTensor input = { .ndim = c->input.ndim, .dtype = p->dtype, .shape = (int64_t *) c->input.dim };
  if (conv2d_oracle_check(p, &input, NULL, NULL, NULL, &ndim, output, &clause) != CONV2D_OK)
    return 0;
  double window = (double) (p->in_channels / p->groups) * (double) p->kernel_size[0]
                  * (double) p->kernel_size[1];
  double outputs = extent(output, ndim);
  double elements =
      extent(c->input.dim, c->input.ndim) + window * (double) p->out_channels + outputs;
  double cost = outputs * window * (c->direction == BACKWARD ? 2 : 1) + elements * COST_OF_ELEMENT;
  return cost < 0x1p62 ? (int64_t) cost : INT64_MAX;
}
