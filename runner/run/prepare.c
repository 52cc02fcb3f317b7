/* prepare.c: a case's tensors in the arena.
   Every tensor has a place, so the same code lays out, fills and describes them all. */

#include "prepare.h"

#include "call/dtype.h"
#include "call/layout.h"
#include "data/data.h"
#include "expect/expect.h"
#include "large.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
  SOFT_LIMIT = 8 << 20,    /* data of a batch: what caches and memory are glad of */
  SCRATCH = 16 << 20,      /* truths of a batch; what does not fit is made in stretches ... */
  LONG_SCRATCH = 32 << 20, /* ... of some planes, as far as these fit in here: of fewer at a time */
  SOME_PLANES = 8,         /* the oracle would have to read the input too often */
  MAX_REJECTED = 1 << 20,  /* bytes of a tensor of a call that must be rejected */
  PLAUSIBLE = 64           /* extents of an output that has no right shape */
};

/* Cases with larger tensors are refused: no part of the arena would hold two. */
static const int64_t max_bytes = (int64_t) 5 << 30;

bool workplace_open (workplace *w, const spec *sp, const subject_info *info, arena_parts a,
                     int32_t max_jobs) {
  *w = (workplace){ .spec = sp, .info = info, .arena = a, .max_jobs = max_jobs };
  w->job = malloc((size_t) max_jobs * sizeof *w->job);
  return w->job && scratch_resize(&w->scratch, SCRATCH);
}

void workplace_close (workplace *w) {
  free(w->job);
  free(w->scratch.block);
}

bool workplace_shrink (workplace *w, arena_parts a) {
  w->arena = a;
  return scratch_resize(&w->scratch, SCRATCH);
}

void workplace_reset (workplace *w) {
  w->jobs = 0;
  w->scratch.used = 0;
  w->used = (tensor_bytes){ 0, 0 };
  if (w->large && w->shared)
    large_end_turn();
  w->large = false;
}

/* ---- shapes of the tensors */

static shape list (int32_t ndim, int64_t a, int64_t b, int64_t c, int64_t d) {
  return (shape){ ndim, { a, b, c, d } };
}

static int64_t clamp (int64_t v, int64_t low, int64_t high) {
  return v < low ? low : v > high ? high : v;
}

/* The shape of the output, weight and bias aside. */
static bool shape_without_parameters (const test_case *c, shape *s) {
  const char *broken;
  DLTensor input = { .ndim = c->input.ndim,
                     .dtype = c->params.dtype,
                     .shape = (int64_t *) c->input.dim };
  return conv2d_oracle_check(&c->params, &input, NULL, NULL, NULL, &s->ndim, s->dim, &broken)
         == CONV2D_OK;
}

/* A shape for the output of a call that must be rejected, so that no shape is right: one that a
   lenient subject might think right, and that can be allocated. */
static shape plausible_output (const test_case *c) {
  shape s = list(c->input.ndim == 3 ? 3 : 4, 1, 1, 1, 1);
  const conv2d_params *p = &c->params;
  for (int i = 0; i < 2; i++) {
    int64_t big = 1 << 20;
    int64_t n = c->input.ndim >= 2 ? clamp(c->input.dim[c->input.ndim - 2 + i], 0, big) : 1;
    int64_t span = clamp(p->dilation[i], 0, big) * (clamp(p->kernel_size[i], 1, big) - 1);
    int64_t room = n + 2 * clamp(p->padding[i], -big, big) - span - 1;
    s.dim[s.ndim - 2 + i] = clamp(room / clamp(p->stride[i], 1, big) + 1, 1, PLAUSIBLE);
  }
  s.dim[s.ndim - 3] = clamp(p->out_channels, 1, PLAUSIBLE);
  if (s.ndim == 4 && c->input.ndim == 4)
    s.dim[0] = clamp(c->input.dim[0], 0, PLAUSIBLE);
  return s;
}

/* The shape of the tensor that has the shape of the output (in backward, grad_output). */
static shape output_shape (const test_case *c, const expectation *x) {
  shape output = x->output;
  if (c->offered.ndim >= 0)
    return c->offered;
  if (x->status != CONV2D_OK && !shape_without_parameters(c, &output))
    return plausible_output(c);
  return output;
}

/* Whether the tensor takes part in the call: backward may be asked for some gradients only. */
static bool takes_part (const test_case *c, const operation *o, int t) {
  const int gradient = t - JOB_GRAD_INPUT;
  return (o->reads | o->writes) >> t & 1
         && (gradient < 0 || !c->gradients || c->gradients >> gradient & 1);
}

/* The shapes of the job's tensors; ndim -1 where there is none. */
static void tensor_shapes (const test_case *c, const expectation *x, shape s[JOB_TENSORS]) {
  const operation *o = operation_of((int32_t) c->direction);
  s[JOB_INPUT] = s[JOB_GRAD_INPUT] = c->input;
  s[JOB_WEIGHT] = s[JOB_GRAD_WEIGHT] = case_weight_shape(c);
  s[JOB_BIAS] = s[JOB_GRAD_BIAS] = c->params.bias ? case_bias_shape(c) : (shape){ .ndim = -1 };
  if (o->result != NO_RESULT)
    s[o->result] = output_shape(c, x);
  for (int t = 0; t < JOB_TENSORS; t++)
    if (!takes_part(c, o, t))
      s[t].ndim = -1;
}

static DLDataType type_of (const test_case *c, int t) {
  DLDataType own = t == JOB_WEIGHT                           ? c->weight_dtype
                   : t == JOB_BIAS                           ? c->bias_dtype
                   : t == JOB_OUTPUT || t == JOB_GRAD_OUTPUT ? c->offered_dtype
                                                             : c->params.dtype;
  if (!own.bits && (t == JOB_OUTPUT || t == JOB_BIAS))
    own = c->result_dtype;
  return own.bits ? own : c->params.dtype;
}

/* ---- places */

/* Describes a tensor, but gives it no memory: either only its shape matters, or no memory could
   hold it. */
static void describe_only (place *to, DLDataType t, const shape *s) {
  *to = (place){ .present = 1, .ndim = s->ndim, .dtype = t };
  memcpy(to->shape, s->dim, sizeof s->dim);
  for (int i = 0; i < s->ndim; i++)
    to->strides[i] = 1;
}

/* Lays the tensors out one after the other, and counts the bytes that they need in the arena. False
   if one needs more than max_bytes. */
static bool lay_out (const test_case *c, const expectation *x, place to[JOB_TENSORS],
                     tensor_bytes *used) {
  const operation *o = operation_of((int32_t) c->direction);
  shape s[JOB_TENSORS];
  tensor_shapes(c, x, s);
  for (int t = 0; t < JOB_TENSORS; t++) {
    to[t] = (place){ .present = 0 };
    if (s[t].ndim < 0)
      continue;
    DLDataType type = type_of(c, t);
    bool good = layout_place(layout_of(c->layout, t), o->writes >> t & 1, type, s[t].ndim, s[t].dim,
                             &to[t]);
    if (!o->writes || (x->status != CONV2D_OK && (!good || to[t].bytes > MAX_REJECTED)))
      describe_only(&to[t], type, &s[t]);
    else if (!good || to[t].bytes > (uint64_t) max_bytes)
      return false;
    size_t *part = o->writes >> t & 1 ? &used->outputs : &used->inputs;
    to[t].present = 1;
    to[t].offset = *part + (c->layout == ODD ? type.bits / 8U : 0);
    *part += (to[t].bytes + 127) & ~(uint64_t) 63;
  }
  return true;
}

/* ---- a case */

static bool fill (workplace *w, const test_case *c, job *j, expectation *x) {
  const uint32_t reads = operation_of(j->direction)->reads;
  char id[MAX_ID];
  case_id(c, id);
  uint64_t key = data_key(id);
  for (int t = 0; t < JOB_OUTPUT; t++) {
    place *p = &j->tensor[t];
    if (!p->present || !p->bytes || !(reads >> t & 1))
      continue;
    const literal *given = c->meta ? &c->meta->value[t] : NULL;
    if (given && given->count && given->count != place_numbers(p))
      return expect_defect(x, "values: %s has %lld %s, and %lld numbers are given",
                           job_tensor_name(t), (long long) place_numbers(p), numbers_word(p->dtype),
                           (long long) given->count);
    DLTensor tensor = place_tensor(w->arena.base, p);
    data_fill(c, key, (role) t, &tensor);
  }
  return true;
}

static bool decide (item *it, verdict v, const char *words) {
  it->job = -1;
  it->j = (judgement){ .verdict = v, .first = { .ndim = -1 } };
  strncpy(it->j.words, words, sizeof it->j.words - 1);
  return true;
}

static bool fits_arena (const workplace *w, const tensor_bytes *more) {
  const arena_parts *a = &w->arena;
  return more->inputs <= a->inputs_end - a->inputs - w->used.inputs
         && more->outputs <= a->outputs_end - a->outputs - w->used.outputs;
}

/* What a case takes beside the subject's own memory: the tensors in the arena and on two stages,
   those at the upper and those at the lower guard; outputs a third time for a second answer. */
static size_t bytes_needed (const tensor_bytes *more, size_t truths) {
  return 3 * more->inputs + 4 * more->outputs + truths;
}

/* Whether the machine has the memory for a large case; if not, the item gets its verdict. */
static bool machine_has (item *it, size_t needed) {
  const size_t free = memory_available();
  char words[160];
  if (needed <= free)
    return true;
  snprintf(words, sizeof words,
           "it takes %.1f GiB of memory beside the subject's, and %.1f are free",
           (double) needed / 0x1p30, (double) free / 0x1p30);
  decide(it, V_TOO_LARGE, words);
  return false;
}

/* Makes the batch that of one large case; false if the item is decided without. */
static bool start_large (workplace *w, item *it, size_t needed) {
  if (w->shared && !large_take_turn(w->cancel))
    return !decide(it, V_NOT_RUN, verdict_sentence(V_NOT_RUN));
  w->large = true;
  return machine_has(it, needed);
}

/* Gives an empty workplace as much scratch memory as the truths need, and no more than is usual. */
static bool fit_scratch (workplace *w, size_t truths) {
  const size_t wanted = truths > SCRATCH ? truths : SCRATCH;
  return wanted == w->scratch.size || scratch_resize(&w->scratch, wanted)
         || truths <= w->scratch.size;
}

/* Whether the tensors and truths fit into what is left of the workplace. If even an empty workplace
   would not hold them, it is enlarged; if that fails, the item gets its verdict. */
static bool make_room (workplace *w, item *it, const tensor_bytes *more, size_t truths,
                       bool *decided) {
  const size_t all = w->used.inputs + w->used.outputs + more->inputs + more->outputs;
  bool empty = !w->jobs;
  *decided = false;
  if (!empty
      && (w->jobs == w->max_jobs || all > SOFT_LIMIT || !fits_arena(w, more)
          || truths > w->scratch.size - w->scratch.used))
    return false;
  if (bytes_needed(more, truths) > LARGE_BYTES && !start_large(w, it, bytes_needed(more, truths)))
    return *decided = true;
  if (empty && !fit_scratch(w, truths))
    return *decided = decide(it, w->large ? V_TOO_LARGE : V_MISTRUSTED,
                             "there is no memory for the right answer of the case");
  if (!fits_arena(w, more))
    return *decided = decide(it, V_MISTRUSTED, "the case is too large for the arena");
  return true;
}

static job *start_job (workplace *w, item *it, const place *places, const tensor_bytes *more) {
  job *j = &w->job[w->jobs];
  memset(j, 0, sizeof *j);
  j->params = it->c.params;
  j->direction = (int32_t) it->c.direction;
  j->layout = (int32_t) it->c.layout;
  j->seed = it->c.seed;
  j->offered = it->c.offered.ndim >= 0;
  memcpy(j->tensor, places, sizeof j->tensor);
  for (int t = 0; t < JOB_TENSORS; t++)
    j->tensor[t].offset += tensor_is_output(j, t) ? w->arena.outputs + w->used.outputs
                                                  : w->arena.inputs + w->used.inputs;
  w->used.inputs += more->inputs;
  w->used.outputs += more->outputs;
  it->job = w->jobs++;
  return j;
}

/* Whether the subject states that integer results saturate. */
static bool integers_saturate (const workplace *w, const test_case *c) {
  const DLDataType t = c->result_dtype.bits ? c->result_dtype : c->params.dtype;
  return is_integer(t) && contract_for(&w->info->numerics, t)->saturate;
}

static size_t bytes_apart (const place p[JOB_TENSORS]) {
  size_t some = truth_bytes_apart(p, SOME_PLANES), one = truth_bytes_apart(p, 1);
  some = some < LONG_SCRATCH ? some : LONG_SCRATCH;
  some = some > SCRATCH ? some : SCRATCH;
  return some > one ? some : one;
}

/* Whether the truths of a case are made in stretches: they do not fit into the scratch memory, and
   nobody wants to see them. */
static bool comes_apart (const workplace *w, const test_case *c, size_t truths) {
  return truths > SCRATCH && !w->whole && !(c->meta && c->meta->want.count);
}

bool prepare (workplace *w, item *it) {
  place places[JOB_TENSORS];
  bool decided;
  expect(&it->c, w->spec, &it->x);
  it->job = -1;
  if (it->x.defect[0])
    return decide(it, V_MISTRUSTED, it->x.defect);
  if (judge_early(&it->c, &it->x, w->info, &it->j))
    return true;
  tensor_bytes more = { 0, 0 };
  if (!lay_out(&it->c, &it->x, places, &more))
    return decide(it, V_MISTRUSTED, "a tensor of the case is larger than five gigabytes");
  const bool asked = it->x.status == CONV2D_OK && !it->unjudged;
  const size_t truths = asked ? truth_bytes(places) : 0;
  const bool apart = comes_apart(w, &it->c, truths);
  if (!make_room(w, it, &more, apart ? bytes_apart(places) : truths, &decided))
    return false;
  if (decided)
    return true;
  job *j = start_job(w, it, places, &more);
  if (!fill(w, &it->c, j, &it->x)) {
    w->jobs--;
    return decide(it, V_MISTRUSTED, it->x.defect);
  }
  const question q = { &it->c, w->arena.base, integers_saturate(w, &it->c) };
  if (!it->unjudged
      && !(apart ? truth_make_apart(&w->scratch, &q, j, &it->x, &w->stretches)
                 : truth_make(&w->scratch, &q, j, &it->x))) {
    w->jobs--;
    return decide(it, V_MISTRUSTED, "the oracle could not compute this case");
  }
  return true;
}
