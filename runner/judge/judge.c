/* judge.c: the way to a verdict: what needs no call, how the call ended, what it did besides, what
   it answered, the shape, the values. The first fault that is found is the verdict. */

#include "parts.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* ---- words */

verdict say (const trial *t, verdict v, const char *format, ...) {
  va_list args;
  va_start(args, format);
  vsnprintf(t->out->words, sizeof t->out->words, format, args);
  va_end(args);
  return v;
}

verdict say_uncomputed (const trial *t) {
  return say(t, V_MISTRUSTED, "the oracle could not compute this case");
}

shape element_indices (const place *p, int64_t i) {
  shape s = { .ndim = p->ndim };
  for (int a = p->ndim - 1; a >= 0; a--) {
    s.dim[a] = p->shape[a] ? i % p->shape[a] : 0;
    i /= p->shape[a] ? p->shape[a] : 1;
  }
  return s;
}

/* "2x3x5", after what is in text already. */
static size_t append_numbers (char *text, size_t used, size_t size, const shape *s,
                              const char *between) {
  for (int a = 0; a < s->ndim && used < size; a++)
    used += (size_t) snprintf(text + used, size - used, "%s%lld", a ? between : "",
                              (long long) s->dim[a]);
  return used;
}

const char *part_name (int part) {
  static const char *const names[] = { "", ".real", ".imag" };
  return names[part];
}

void index_name (int tensor, const shape *index, char text[static MAX_ELEMENT]) {
  size_t used = (size_t) snprintf(text, MAX_ELEMENT, "%s[", job_tensor_name(tensor));
  used = append_numbers(text, used, MAX_ELEMENT - 1, index, ",");
  snprintf(text + used, MAX_ELEMENT - used, "]");
}

/* ---- what was answered */

static const char *status_name (int32_t status) {
  static const char *const names[] = { "OK", "UNSUPPORTED", "INVALID", "FAILED" };
  return status >= CONV2D_OK && status <= CONV2D_FAILED ? names[status] : "no status";
}

static bool is_status (int32_t status) {
  return status >= CONV2D_OK && status <= CONV2D_FAILED;
}

/* "forward answers INVALID: stride is too large" */
static verdict say_answer (const trial *t, verdict v, const char *function, int32_t status) {
  const char *why = t->j->message;
  if (!is_status(status))
    return say(t, v, "%s returns %d, which is no status", function, (int) status);
  return say(t, v, "%s answers %s%s%s", function, status_name(status), *why ? ": " : "", why);
}

static const operation *asked_for (const trial *t) {
  return operation_of((int32_t) t->c->direction);
}

static bool asks_shape (const trial *t) {
  return operation_asks_shape(asked_for(t));
}

/* Whether output_shape returned something that is no status, or did not offer the call. Nothing
   else was asked then. */
static verdict judge_offer (const trial *t, const char *function, int32_t status) {
  if (!is_status(status))
    return say_answer(t, V_BAD_STATUS, function, status);
  return status == CONV2D_UNSUPPORTED ? say_answer(t, V_UNSUPPORTED, function, status) : V_PASS;
}

/* Of a call that must succeed: also one that relies on a quirk which the subject claims. */
static verdict judge_success (const trial *t, const char *function, int32_t status) {
  const verdict v = judge_offer(t, function, status);
  if (v != V_PASS || status == CONV2D_OK)
    return v;
  if (status != CONV2D_INVALID)
    return say_answer(t, V_GAVE_UP, function, status);
  return say_answer(t, V_REJECTED, function, status);
}

/* The function whose answer counts, and the answer. */
static const char *last_answer (const trial *t, int32_t *status) {
  const bool called = t->j->called || !asks_shape(t);
  *status = called ? t->j->status : t->j->shape_status;
  return called ? asked_for(t)->function : "output_shape";
}

/* Of a call that must be rejected, or from which nothing is required. */
static verdict judge_refusal (const trial *t) {
  int32_t status;
  const char *function = last_answer(t, &status);
  verdict v = asks_shape(t) ? judge_offer(t, "output_shape", t->j->shape_status) : V_PASS;
  if (v == V_PASS)
    v = judge_offer(t, function, status);
  if (v != V_PASS || status == CONV2D_INVALID || t->x->freedom == FREE)
    return v;
  return say(t, V_ACCEPTED, "the call breaks %s, but %s answers %s", t->x->clause, function,
             status_name(status));
}

/* ---- the shape */

/* Of a wrong shape: the quirk that the case relies on, or what is wrong first. */
static const char *shape_clause (const trial *t) {
  const shape *want = &t->x->output;
  if (t->x->freedom == QUIRK)
    return t->x->clause;
  if (t->j->output_ndim != want->ndim)
    return "SHAPE-3";
  for (int a = 0; a < want->ndim - 2; a++)
    if (t->j->output_shape[a] != want->dim[a])
      return "SHAPE-3";
  return "SHAPE-1";
}

static verdict judge_shape (const trial *t) {
  char is[160] = "", should_be[160] = "";
  const job *j = t->j;
  const shape *want = &t->x->output;
  shape got = { .ndim = j->output_ndim };
  memcpy(got.dim, j->output_shape, sizeof got.dim);
  if (got.ndim == want->ndim
      && memcmp(got.dim, want->dim, (size_t) got.ndim * sizeof *got.dim) == 0)
    return V_PASS;
  append_numbers(is, 0, sizeof is, &got, "x");
  append_numbers(should_be, 0, sizeof should_be, want, "x");
  t->out->clause = shape_clause(t);
  return say(t, V_WRONG_SHAPE, "output_shape gives %s, %s is right", is, should_be);
}

/* ---- the verdict */

static verdict judge_valid (const trial *t) {
  verdict v = asks_shape(t) ? judge_success(t, "output_shape", t->j->shape_status) : V_PASS;
  if (v == V_PASS && asks_shape(t))
    v = judge_shape(t);
  if (v != V_PASS || !asked_for(t)->writes)
    return v;
  v = judge_success(t, asked_for(t)->function, t->j->status);
  if (v != V_PASS)
    return v;
  return asked_for(t)->has_truth ? judge_stated(t) : judge_init(t);
}

/* Whether nothing about the case is special but the quirk that it relies on: the rest is what its
   subject declares, or what a subject offers that declares nothing. */
static bool is_plain_quirk (const trial *t) {
  const conv2d_capabilities *has = &t->s->capabilities;
  const conv2d_params *p = &t->c->params;
  for (int a = 0; a < 2; a++)
    if (p->stride[a] != 1 || p->dilation[a] != 1)
      return false;
  return t->x->freedom == QUIRK && p->groups == 1
         && (has->dtypes || dtype_of(p->dtype)->bit == CONV2D_F32)
         && (has->layouts || 1u << t->c->layout == CONV2D_NCHW)
         && (has->directions || asked_for(t)->capability == CONV2D_FORWARD);
}

/* Of a call that is answered with UNSUPPORTED: whether the capabilities declare it in every
   respect, or a claim does. They do not leave it out; that was found before the call. */
static bool is_gap (const trial *t) {
  const conv2d_capabilities *has = &t->s->capabilities;
  if (is_plain_quirk(t))
    return true;
  const bool declared = has->dtypes && has->layouts && has->padding_modes && has->directions;
  return t->s->strict && declared && t->x->freedom != FREE
         && (t->j->status == CONV2D_UNSUPPORTED || t->j->shape_status == CONV2D_UNSUPPORTED);
}

static verdict find_verdict (const trial *t) {
  verdict v = t->x->defect[0] ? say(t, V_MISTRUSTED, "%s", t->x->defect) : judge_data(t);
  if (v != V_PASS)
    return v;
  if (judge_early(t->c, t->x, t->s, t->out))
    return t->out->verdict;
  v = judge_end(t);
  if (v == V_PASS)
    v = judge_conduct(t);
  if (v != V_PASS)
    return v;
  const bool valid = t->x->status == CONV2D_OK && t->x->freedom != FREE;
  v = valid ? judge_valid(t) : judge_refusal(t);
  return v == V_UNSUPPORTED && is_gap(t) ? V_GAP : v;
}

/* The clause of a fault that no other clause is about. For a case that somebody wrote it is the
   first clause that the case says it exercises; for any other case it is that of the function. */
static const char *own_clause (const trial *t) {
  const case_meta *m = t->c->meta;
  if (t->x->status == CONV2D_INVALID && t->x->clause)
    return t->x->clause;
  if (m && m->name && m->clauses && m->clauses[0])
    return m->clauses[0];
  const operation *o = asked_for(t);
  return t->out->mismatches ? operation_clause(o, (int) t->out->tensor) : o->clause;
}

void judge (const test_case *c, const expectation *x, const subject_info *s, const job *j,
            const unsigned char *arena, judgement *out) {
  const trial t = { c, x, s, j, arena, out };
  memset(out, 0, offsetof(judgement, words) + 1);
  out->first.ndim = -1;
  out->verdict = find_verdict(&t);
  if (verdict_class_of(out->verdict) != FAILED)
    out->clause = NULL;
  else if (!out->clause)
    out->clause = own_clause(&t);
}
