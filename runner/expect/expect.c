/* expect.c: what specs/ require of a case, from its parameters and shapes alone. */

#include "expect.h"

#include "call/dtype.h"
#include "conv2d_dtypes.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* A tensor with a shape and dtype of its own, or the call's. */
static DLTensor tensor_of (const test_case *c, const shape *s, DLDataType t) {
  return (DLTensor){ .device = { kDLCPU, 0 },
                     .ndim = s->ndim,
                     .dtype = t.bits ? t : c->params.dtype,
                     .shape = (int64_t *) s->dim };
}

bool expect_defect (expectation *x, const char *format, ...) {
  va_list list;
  va_start(list, format);
  vsnprintf(x->defect, sizeof x->defect, format, list);
  va_end(list);
  return false;
}

static bool is_byte (DLDataType t) {
  return is_integer(t) && t.bits == 8;
}

/* Whether the case is of sums of bytes, if it has results of another dtype at all. */
static bool check_result_dtype (const test_case *c, expectation *x) {
  const DLDataType r = c->result_dtype;
  return !r.bits
         || (r.code == kDLInt && r.bits == 32 && is_byte(c->params.dtype) && c->direction == FORWARD
             && !c->offered_dtype.bits)
         || expect_defect(x, "result_dtype: int32 results of int8 or uint8, forward, are expected");
}

/* The dtype of an operand, as the rules for calls of one dtype see it: a byte is a byte where the
   results are sums. */
static DLDataType seen_as (const test_case *c, DLDataType own) {
  return c->result_dtype.bits && is_byte(own) ? c->params.dtype : own;
}

/* Asks the oracle whether the call is valid. Returns false if there can be no such case. */
static bool check_call (const test_case *c, expectation *x) {
  const operation *o = operation_of((int32_t) c->direction);
  const DLTensor input = tensor_of(c, &c->input, c->params.dtype);
  const DLTensor weight = tensor_of(c, &c->weight, seen_as(c, c->weight_dtype));
  const DLTensor bias = tensor_of(c, &c->bias, c->bias_dtype);
  const DLTensor offered = tensor_of(c, &c->offered, c->offered_dtype);
  const conv2d_call call = { .size = sizeof call,
                             .direction = operation_rules(o),
                             .params = &c->params,
                             .input = &input,
                             .weight = o->writes ? &weight : NULL,
                             .bias = o->writes && c->params.bias ? &bias : NULL,
                             .output = &offered };
  x->status = CONV2D_OK;
  if (!check_result_dtype(c, x))
    return false;
  x->status = conv2d_oracle_check_call(&call, &x->output.ndim, x->output.dim, &x->clause);
  if (x->status != CONV2D_UNSUPPORTED)
    return true;
  x->status = CONV2D_OK;
  return expect_defect(x, "fresh parameters are not defined for integers");
}

enum { SHAPE_TEXT = 24 * MAX_NDIM };

/* "[2, 3, 4, 5]" */
static const char *shape_text (const shape *s, char text[static SHAPE_TEXT]) {
  int at = sprintf(text, "[");
  for (int i = 0; i < s->ndim; i++)
    at += sprintf(text + at, "%s%" PRId64, i ? ", " : "", s->dim[i]);
  sprintf(text + at, "]");
  return text;
}

/* Whether the call is valid or rejected as the author says. */
static bool check_rejection (const case_meta *m, expectation *x) {
  const bool valid = x->status == CONV2D_OK;
  if (m->rejects && valid)
    return expect_defect(x, "the case says 'rejects: %s', but the call is valid", m->rejects);
  if (!m->rejects && !valid)
    return expect_defect(x, "the call is rejected by %s; if that is meant, write 'rejects: %s'",
                         x->clause, x->clause);
  if (m->rejects && strcmp(m->rejects, x->clause))
    return expect_defect(x, "the case says 'rejects: %s', but the call is rejected by %s",
                         m->rejects, x->clause);
  return true;
}

static bool check_output (const test_case *c, expectation *x) {
  const case_meta *m = c->meta;
  char says[SHAPE_TEXT], is[SHAPE_TEXT];
  const int64_t count =
      extents_count(x->output.ndim, x->output.dim) * CONV2D_PARTS(c->params.dtype.code);
  if (m->output.ndim >= 0 && !shape_equal(&m->output, &x->output))
    return expect_defect(x, "the case says 'output_shape: %s', but the output is %s",
                         shape_text(&m->output, says), shape_text(&x->output, is));
  if (m->want.count && m->want.count != count)
    return expect_defect(x, "values: output is %s, %lld %s, and %lld numbers are given",
                         shape_text(&x->output, is), (long long) count,
                         numbers_word(c->params.dtype), (long long) m->want.count);
  return true;
}

/* Whether the author's own expectations hold. */
static bool check_author (const test_case *c, expectation *x) {
  const case_meta *m = c->meta;
  if (c->direction == BACKWARD && c->gradients == 1 << 2 && !c->params.bias)
    return expect_defect(x, "no gradient is asked for");
  return !m || !m->name || (check_rejection(m, x) && check_output(c, x));
}

void expect (const test_case *c, const spec *sp, expectation *x) {
  memset(x, 0, offsetof(expectation, truth)); /* truths are set as they are made */
  x->output.ndim = -1;
  x->defect[0] = 0;
  const bool is_case = check_call(c, x);
  const clause *decisive = spec_find(sp, x->clause);
  x->freedom = decisive ? decisive->freedom : MUST;
  if (is_case)
    check_author(c, x);
}
