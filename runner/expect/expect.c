/* expect.c: what specs/ require of a case, from its parameters and shapes alone. */

#include "expect.h"

#include <string.h>

/* A tensor with a shape and dtype of its own, or the call's. */
static DLTensor tensor_of (const test_case *c, const shape *s, DLDataType t) {
  return (DLTensor){ .device = { kDLCPU, 0 },
                     .ndim = s->ndim,
                     .dtype = t.bits ? t : c->params.dtype,
                     .shape = (int64_t *) s->dim };
}

/* Asks the oracle whether the call is valid. Returns NULL, or why there can be no such case. */
static const char *check_call (const test_case *c, expectation *x) {
  const operation *o = operation_of((int32_t) c->direction);
  const DLTensor input = tensor_of(c, &c->input, c->params.dtype);
  const DLTensor weight = tensor_of(c, &c->weight, c->weight_dtype);
  const DLTensor bias = tensor_of(c, &c->bias, c->bias_dtype);
  const DLTensor offered = tensor_of(c, &c->offered, c->offered_dtype);
  const conv2d_call call = { .size = sizeof call,
                             .direction = operation_rules(o),
                             .params = &c->params,
                             .input = &input,
                             .weight = o->writes ? &weight : NULL,
                             .bias = o->writes && c->params.bias ? &bias : NULL,
                             .output = &offered };
  x->status = conv2d_oracle_check_call(&call, &x->output.ndim, x->output.dim, &x->clause);
  if (x->status != CONV2D_UNSUPPORTED)
    return NULL;
  x->status = CONV2D_OK;
  return "fresh parameters are not defined for integers";
}

/* Whether the author's own expectations hold; else why not. */
static const char *check_author (const test_case *c, const expectation *x) {
  const case_meta *m = c->meta;
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
  x->defect = check_call(c, x);
  const clause *decisive = spec_find(sp, x->clause);
  x->freedom = decisive ? decisive->freedom : MUST;
  if (!x->defect)
    x->defect = check_author(c, x);
}
