/* stretch.c: a truth that is made in stretches is the truth, to the last bit, and so is all that
   the judge says by it: verdict, words, statistics, first wrong elements, and their map. */

#include "answers.h"
#include "call/layout.h"
#include "data/data.h"
#include "expect/stretch.h"

enum { ROOMS = 3 };

/* ---- a case, with its data, its whole truth, and an answer */

static void put_tensor (call *k, int t, const shape *s) {
  const bool output = tensor_is_output(&k->j, t);
  DLDataType type = k->c.params.dtype;
  if (k->c.result_dtype.bits && (t == JOB_OUTPUT || t == JOB_BIAS))
    type = k->c.result_dtype;
  place *p = &k->j.tensor[t];
  if (!layout_place(layout_of(k->c.layout, t), output, type, s->ndim, s->dim, p))
    abort();
  p->present = 1;
  p->offset = k->used;
  k->used += (p->bytes + 127) & ~(uint64_t) 63;
}

static void put_tensors (call *k) {
  const operation *o = operation_of(k->j.direction);
  const shape weight = case_weight_shape(&k->c), bias = case_bias_shape(&k->c);
  const shape *s[JOB_TENSORS] = {
    [JOB_INPUT] = &k->c.input,        [JOB_WEIGHT] = &weight,      [JOB_BIAS] = &bias,
    [JOB_GRAD_OUTPUT] = &k->x.output, [JOB_OUTPUT] = &k->x.output, [JOB_GRAD_INPUT] = &k->c.input,
    [JOB_GRAD_WEIGHT] = &weight,      [JOB_GRAD_BIAS] = &bias
  };
  for (int t = 0; t < JOB_TENSORS; t++)
    if ((o->reads | o->writes) >> t & 1
        && (k->c.params.bias || (t != JOB_BIAS && t != JOB_GRAD_BIAS)))
      put_tensor(k, t, s[t]);
}

static void fill_tensors (call *k) {
  static const role roles[] = {
    [JOB_INPUT] = INPUT, [JOB_WEIGHT] = WEIGHT, [JOB_BIAS] = BIAS, [JOB_GRAD_OUTPUT] = GRAD_OUTPUT
  };
  for (int t = 0; t < JOB_OUTPUT; t++) {
    DLTensor to = place_tensor(k->arena, &k->j.tensor[t]);
    if (k->j.tensor[t].present)
      data_fill(&k->c, 17, roles[t], &to);
  }
}

static question question_of (const call *k, bool saturates) {
  return (question){ &k->c, k->arena, saturates };
}

static call *open_id (const char *id, bool saturates) {
  call *k = calloc(1, sizeof *k);
  error e;
  const char *clause;
  if (!case_parse(id, &k->c, &e))
    abort();
  DLTensor input = { .ndim = k->c.input.ndim, .dtype = k->c.params.dtype, .shape = k->c.input.dim };
  k->j.params = k->c.params;
  k->j.direction = (int32_t) k->c.direction;
  if (conv2d_oracle_check(&k->c.params, &input, NULL, NULL, NULL, &k->x.output.ndim,
                          k->x.output.dim, &clause)
      != CONV2D_OK)
    abort();
  put_tensors(k);
  k->arena = calloc(1, k->used);
  fill_tensors(k);
  for (int t = JOB_OUTPUT; t < JOB_TENSORS; t++)
    if (k->j.tensor[t].present) {
      put_truth(k, t);
      k->x.truth[k->x.truths - 1].want.device.device_type = kDLCPU;
    }
  const question q = question_of(k, saturates);
  if (!ask_oracle(&q, &k->j, k->x.truth))
    abort();
  k->x.exact = data_are_exact(&k->c, &k->x);
  k->j.end = JOB_RETURNED;
  k->j.called = 1;
  k->j.output_ndim = k->x.output.ndim;
  memcpy(k->j.output_shape, k->x.output.dim, sizeof k->j.output_shape);
  k->s.functions = (1u << DIRECTIONS) - 1;
  k->s.int32_sums = k->c.result_dtype.bits ? ~(uint32_t) 0 : 0;
  return k;
}

static unsigned char *place_of_number (call *k, int tensor, int64_t i) {
  const place *p = &k->j.tensor[tensor];
  const int parts = dtype_of(p->dtype)->parts;
  return k->arena + p->offset + place_at(p, i / parts)
         + i % parts * number_size(dtype_of(p->dtype));
}

/* How an answer differs from the truth: by errors of either sign, by errors of one sign, or in some
   numbers. */
typedef enum answer { EQUAL, NEAR, LEANING, LAST_WRONG, SOME_WRONG, ANSWERS } answer;

static double answered (const truth *t, answer how, int64_t i, int64_t n, double want) {
  const bool wrong = (how == LAST_WRONG && i == n - 1) || (how == SOME_WRONG && i % 997 == 500);
  const dtype *d = dtype_of(t->want.dtype);
  const double unit = d->precision ? t->detail.scale[i] * ldexp(1, -d->precision) : 0;
  if (wrong)
    return want == 1 ? 2 : 1;
  switch (how) {
  case NEAR:
  case SOME_WRONG: return want + signed_chance() * unit / 4;
  case LEANING: return want + 0.8 * unit;
  default: return want;
  }
}

static void answer_so (call *k, answer how) {
  for (int r = 0; r < k->x.truths; r++) {
    const truth *t = &k->x.truth[r];
    const dtype *d = dtype_of(t->want.dtype);
    const int64_t n = tensor_numbers(&t->want);
    for (int64_t i = 0; i < n; i++) {
      const double v = answered(t, how, i, n, tensor_get(&t->want, i));
      d->store(place_of_number(k, (int) t->tensor, i), 1, 1, &v);
    }
  }
}

/* ---- in stretches */

/* The least room that serves all results; half of the largest and some more; all of it. */
static int64_t room_of (const call *k, int which) {
  int64_t least = 0, most = 0;
  for (int r = 0; r < k->x.truths; r++) {
    const place *p = &k->j.tensor[k->x.truth[r].tensor];
    const int64_t own = stretch_of(k->x.truth[r].tensor, p, 1);
    least = own > least ? own : least;
    most = place_numbers(p) > most ? place_numbers(p) : most;
  }
  const int64_t rooms[ROOMS] = { least, most / 2 + 31, most };
  return rooms[which] > least ? rooms[which] : least;
}

/* A call with the same answer, whose truth is made in stretches. */
static call come_apart (const call *k, bool saturates, int64_t room, stretches *s) {
  call c = *k;
  *s = (stretches){ .asked = question_of(k, saturates), .whole = &k->j, .room = room };
  const size_t n = (size_t) room;
  s->now.want = (DLTensor){ .data = malloc(n * 8), .dtype = k->x.truth[0].want.dtype };
  s->now.want.device.device_type = kDLCPU;
  s->now.detail = (conv2d_detail){ malloc(n * 8), malloc(n * 8), malloc(n * 8), malloc(n) };
  c.x.apart = s;
  c.x.exact = false;
  for (int r = 0; r < c.x.truths; r++)
    c.x.truth[r] = (truth){ .tensor = k->x.truth[r].tensor };
  return c;
}

static void free_stretches (stretches *s) {
  free(s->now.want.data);
  free(s->now.detail.exact);
  free(s->now.detail.scale);
  free(s->now.detail.terms);
  free(s->now.detail.flags);
}

static bool same_numbers (const truth *stretch, const truth *all) {
  const size_t n = (size_t) tensor_numbers(&stretch->want), from = (size_t) stretch->first;
  const size_t size = (size_t) number_size(dtype_of(all->want.dtype));
  const conv2d_detail *a = &stretch->detail, *b = &all->detail;
  return memcmp(stretch->want.data, (char *) all->want.data + from * size, n * size) == 0
         && memcmp(a->exact, b->exact + from, n * sizeof *a->exact) == 0
         && memcmp(a->scale, b->scale + from, n * sizeof *a->scale) == 0
         && memcmp(a->terms, b->terms + from, n * sizeof *a->terms) == 0
         && memcmp(a->flags, b->flags + from, n) == 0;
}

/* Whether all stretches of a result are those of its truth, though some numbers are wanted twice.
 */
static bool same_truth (const call *k, const call *apart, int r, int *count) {
  const int64_t numbers = tensor_numbers(&k->x.truth[r].want);
  for (int64_t from = 0, end; from < numbers; from = end) {
    const truth *t = truth_from(&apart->x, r, from);
    if (!t || t->first != from || !same_numbers(t, &k->x.truth[r]))
      return false;
    ++*count;
    end = truth_end(t);
    const int64_t again = end < numbers ? (end * 31) % (STRETCH_AGAIN / 2 + 1) * 2 : 0;
    if (end - again > from)
      end -= again;
  }
  return true;
}

static bool same_judgement (const judgement *a, const judgement *b) {
  return memcmp(a, b, offsetof(judgement, words)) == 0 && strcmp(a->words, b->words) == 0;
}

/* ---- */

static void judge_call (call *k) {
  judge(&k->c, &k->x, &k->s, &k->j, k->arena, &k->out);
}

static void test_truth (const call *k, bool saturates, const char *id) {
  bool same = true;
  int count = 0;
  for (int which = 0; which < ROOMS; which++) {
    stretches s;
    call c = come_apart(k, saturates, room_of(k, which), &s);
    for (int r = 0; r < k->x.truths; r++)
      same = same && same_truth(k, &c, r, &count);
    same = same && is_exact(&c.c, &c.x) == k->x.exact;
    free_stretches(&s);
  }
  ok(same && count > 2 * k->x.truths, "%s: %d stretches of three lengths are the truth", id, count);
}

static void test_answer (call *k, bool saturates, answer how, const char *id) {
  static const char *const names[] = { "equal", "near", "leaning", "wrong at the end",
                                       "wrong here and there" };
  bool same;
  answer_so(k, how);
  judge_call(k);
  const verdict_class class = verdict_class_of(k->out.verdict);
  same = class == PASSED || class == FAILED;
  for (int which = 0; which < ROOMS; which++) {
    stretches s;
    call c = come_apart(k, saturates, room_of(k, which), &s);
    judge_call(&c);
    same = same && same_judgement(&c.out, &k->out);
    free_stretches(&s);
  }
  ok(same, "%s, %s: '%s' in stretches, too", id, names[how], verdict_word(k->out.verdict));
}

static void test (const char *id, uint32_t claims, const char *states) {
  error e;
  const bool saturates = states && strstr(states, "saturate");
  call *k = open_id(id, saturates);
  k->s.claims = claims;
  if (states && !numerics_parse(states, &k->s.numerics, &e))
    abort();
  test_truth(k, saturates, id);
  for (answer how = EQUAL; how < ANSWERS; how++)
    test_answer(k, saturates, how, id);
  close_call(k);
}

int main (void) {
  test("conv2d:in=5x6x23x17,out=6,k=3,p=1", 0, NULL);
  test("conv2d:in=5x6x23x17,out=6,k=3,p=1,data=uniform/1", 0, NULL);
  test("conv2d:in=5x6x23x17,out=6,k=3,p=1,data=uniform/1", CONV2D_TRANSFORM, NULL);
  test("conv2d:in=6x23x17,out=9,k=3x2,g=3,data=uniform/1", 0, NULL);
  test("conv2d:in=3x8x19x21,out=16,k=3,s=2,p=1,g=8,bias=false,data=normal/1", 0, NULL);
  test("conv2d:in=2x4x31x29,out=6,k=3,p=2x1,g=2,dtype=float16,data=uniform/1", 0, NULL);
  test("conv2d:in=2x4x31x29,out=6,k=3,dtype=complex64,data=uniform/1", 0, NULL);
  test("conv2d:in=2x4x31x29,out=6,k=3,layout=nhwc,data=uniform/1", 0, NULL);
  test("conv2d:in=2x4x31x29,out=6,k=3,layout=gaps,data=special/1", 0, NULL);
  test("conv2d:in=2x4x31x29,out=6,k=3,dtype=int8", 0, NULL);
  test("conv2d:in=2x4x31x29,out=6,k=3,dtype=int8", 0, "int8:saturate");
  test("conv2d:in=2x4x31x29,out=6,k=3,dtype=int8,rdtype=int32", 0, NULL);
  test("conv2d:in=3x5x7x9,out=120,k=2,data=uniform/1", 0, NULL);
  test("conv2d:in=3x6x23x17,out=4,k=3,p=1,g=2,direction=backward,data=uniform/1", 0, NULL);
  test("conv2d:in=3x6x23x17,out=4,k=3,p=1,g=2,direction=backward,data=uniform/1", CONV2D_TRANSFORM,
       NULL);
  test("conv2d:in=6x23x17,out=4,k=3,s=2,direction=backward", 0, NULL);
  test("conv2d:in=3x6x23x17,out=12,k=3,p=1,mode=circular,g=6,direction=backward,dtype=bfloat16,"
       "data=uniform/1",
       0, NULL);
  test("conv2d:in=2x40x5x5,out=70,k=3,p=1,direction=backward,layout=reversed,data=uniform/1", 0,
       NULL);
  test("conv2d:in=2x6x13x17,out=4,k=3,p=1,direction=backward,dtype=complex128,data=uniform/1", 0,
       NULL);
  return done_testing();
}
