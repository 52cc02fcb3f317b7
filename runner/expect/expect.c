/* expect.c: what specs/ require of a case, from its parameters and shapes alone. */

#include "expect.h"

#include "call/dtype.h"

#include <string.h>

static DLTensor tensor_of (const shape *s, DLDataType t) {
  return (DLTensor){
    .device = { kDLCPU, 0 }, .ndim = s->ndim, .dtype = t, .shape = (int64_t *) s->dim
  };
}

/* The oracle's word on shapes and parameters. */
static void check_call (const test_case *c, expectation *x) {
  DLTensor input = tensor_of(&c->input, c->params.dtype);
  DLTensor weight = tensor_of(&c->weight, c->weight_dtype.bits ? c->weight_dtype : c->params.dtype);
  DLTensor bias = tensor_of(&c->bias, c->bias_dtype.bits ? c->bias_dtype : c->params.dtype);
  int64_t implied_weight[4] = { c->params.out_channels,
                                c->params.groups ? c->params.in_channels / c->params.groups : 0,
                                c->params.kernel_size[0], c->params.kernel_size[1] };
  int64_t implied_bias[1] = { c->params.out_channels };
  if (c->weight.ndim < 0)
    weight.ndim = 4, weight.shape = implied_weight;
  if (c->bias.ndim < 0)
    bias.ndim = 1, bias.shape = implied_bias;
  bool whole = c->direction != SHAPE_ONLY;
  x->status = conv2d_oracle_check(&c->params, &input, whole ? &weight : NULL,
                                  whole && c->params.bias ? &bias : NULL, NULL, &x->output.ndim,
                                  x->output.dim, &x->clause);
}

/* The rule about the tensor that the caller offers for the output, the last of all (SHAPE-11). */
static void check_offered (const test_case *c, expectation *x) {
  const DLDataType t = c->offered_dtype, own = c->params.dtype;
  const bool fits = c->offered.ndim < 0 || shape_equal(&c->offered, &x->output);
  const bool alike = !t.bits || (t.code == own.code && t.bits == own.bits);
  if (x->status != CONV2D_OK || (fits && alike))
    return;
  x->status = CONV2D_INVALID;
  x->clause = "SHAPE-11";
}

/* The rule that depends on which function is called: integers have no gradients (BACK-6). */
static void check_direction (const test_case *c, const spec *sp, expectation *x) {
  if (c->direction != BACKWARD || !is_integer(c->params.dtype))
    return;
  const clause *own = spec_find(sp, "BACK-6"), *other = spec_find(sp, x->clause);
  if (x->status == CONV2D_OK || (own && other && own->order < other->order)) {
    x->status = CONV2D_INVALID;
    x->clause = "BACK-6";
  }
}

/* Whether the author's own expectations hold; else why not. */
static const char *check_author (const test_case *c, const expectation *x) {
  const case_meta *m = c->meta;
  if (c->direction == INIT && is_integer(c->params.dtype))
    return "fresh parameters are not defined for integers";
  if (c->direction == BACKWARD && c->gradients == 1 << 2 && !c->params.bias)
    return "no gradient is asked for";
  if (!m || !m->name)
    return NULL;
  if (m->rejects && x->status == CONV2D_OK)
    return "the case says that the call is rejected, but it is valid";
  if (!m->rejects && x->status != CONV2D_OK)
    return "the call is rejected, but the case does not say so";
  if (m->rejects && strcmp(m->rejects, x->clause))
    return "the call is rejected by another clause than the case says";
  if (m->output.ndim >= 0 && !shape_equal(&m->output, &x->output))
    return "the shape of the output is not the case's output_shape";
  if (m->want.count && m->want.count != extents_count(x->output.ndim, x->output.dim))
    return "the case's output has not as many values as the output";
  return NULL;
}

void expect (const test_case *c, const spec *sp, expectation *x) {
  memset(x, 0, offsetof(expectation, truth)); /* truths are set as they are made */
  x->output.ndim = -1;
  check_call(c, x);
  check_offered(c, x);
  check_direction(c, sp, x);
  const clause *decisive = spec_find(sp, x->clause);
  x->freedom = decisive ? decisive->freedom : MUST;
  x->defect = check_author(c, x);
}
