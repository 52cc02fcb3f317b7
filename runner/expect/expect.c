/* expect.c: what specs/ require of a case, from its parameters and shapes alone. */

#include "expect.h"

#include <string.h>

/* Of another dtype than the layer if that is given; without extents the shape is the implied one.
 */
static DLTensor tensor_of (const shape *s, DLDataType own, DLDataType layer) {
  return (DLTensor){ .device = { kDLCPU, 0 },
                     .ndim = s->ndim,
                     .dtype = own.bits ? own : layer,
                     .shape = (int64_t *) s->dim };
}

/* The oracle's word on the call. */
static void check_call (const test_case *c, expectation *x) {
  const DLDataType layer = c->params.dtype;
  const bool whole = c->direction != SHAPE_ONLY;
  DLTensor input = tensor_of(&c->input, layer, layer);
  DLTensor weight = tensor_of(&c->weight, c->weight_dtype, layer);
  DLTensor bias = tensor_of(&c->bias, c->bias_dtype, layer);
  DLTensor offered = tensor_of(&c->offered, c->offered_dtype, layer);
  conv2d_call call = { .size = sizeof call,
                       .direction = direction_bit(c->direction),
                       .params = &c->params,
                       .input = &input,
                       .weight = whole ? &weight : NULL,
                       .bias = whole && c->params.bias ? &bias : NULL,
                       .output = &offered };
  x->status = conv2d_oracle_check_call(&call, &x->output.ndim, x->output.dim, &x->clause);
}

/* Whether the author's own expectations hold; else why not. */
static const char *check_author (const test_case *c, const expectation *x) {
  const case_meta *m = c->meta;
  if (x->status == CONV2D_UNSUPPORTED)
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
  const clause *decisive = spec_find(sp, x->clause);
  x->freedom = decisive ? decisive->freedom : MUST;
  x->defect = check_author(c, x);
}
