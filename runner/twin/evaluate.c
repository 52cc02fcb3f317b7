/* evaluate.c: a tree of additions over blocks of elements.
   Each step works on a block of elements side by side, so that what a step costs besides its sums
   is spread over them. Trees in float32 or float64 alone have loops that the compiler makes vectors
   of; all else is done in doubles and rounded by rule (round.h). */

#include "evaluate.h"

#include "round.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK = 128, MAX_DEPTH = 4096 };

/* ---- checking */

/* How many sums a step takes from the stack and leaves on it. */
static void effect (const step *s, int64_t *takes, int64_t *leaves) {
  *takes = s->kind == LEAF || s->kind == EXACT || s->kind == FORMAT ? 0
           : s->kind == ADD                                         ? 2
           : s->kind == SUM                                         ? s->argument
                                                                    : 1;
  *leaves = s->kind != FORMAT;
}

static bool has_leaf (int32_t kind) {
  return kind == LEAF || kind == FUSE || kind == EXACT || kind == KAHAN || kind == NEUMAIER;
}

static const char *check_step (const sums *s, const step *t) {
  if (t->kind < 0 || t->kind >= STEP_KINDS)
    return "a step of no kind";
  if (has_leaf(t->kind) && (t->argument < 0 || t->argument > s->leaves))
    return "a leaf that there is not";
  if (t->kind == SUM && (t->argument < 1 || t->argument > MAX_DEPTH))
    return "a sum of too few terms, or too many";
  if ((t->kind == FORMAT || t->kind == STORE) && (t->argument < 0 || t->argument >= FORMATS))
    return "a format that there is not";
  return NULL;
}

/* The deepest stack, or -1 with a reason. */
static int64_t measure_depth (const sums *s, const twin_program *p, const char **why) {
  int64_t depth = 0, most = 0, takes, leaves;
  *why = NULL;
  for (int64_t i = 0; i < p->steps && !*why; i++) {
    *why = check_step(s, &p->step[i]);
    effect(&p->step[i], &takes, &leaves);
    if (takes > depth && !*why)
      *why = "a step without the sums that it needs";
    depth += leaves - takes;
    most = depth > most ? depth : most;
  }
  if (!*why && (depth != 1 || most > MAX_DEPTH))
    *why = depth != 1 ? "no tree: not one sum is left" : "the tree is too deep";
  return *why ? -1 : most;
}

const char *program_check (const sums *s, const twin_program *p) {
  const char *why;
  measure_depth(s, p, &why);
  return why;
}

/* ---- operands */

/* What a block of elements is computed from. */
typedef struct block {
  const sums *s;
  const twin_program *p;
  const double *a, *b, *bias; /* b: the plane */
  int64_t from, count, end;   /* end: of all that is wanted */
} block;

/* Both operands of a leaf, for each element of a block. */
static void load (const block *k, int64_t leaf, double a[BLOCK], double b[BLOCK]) {
  const sums *s = k->s;
  for (int64_t i = 0; i < k->count; i++) {
    const int64_t e = k->from + i;
    a[i] = leaf < s->leaves ? k->a[s->a_at[e] + s->a_leaf[leaf]]
           : k->bias        ? k->bias[s->channel[e]]
                            : 0;
    b[i] = leaf < s->leaves ? k->b[s->b_at[e] + s->b_leaf[leaf]] : 1;
  }
}

/* ---- one format throughout: float32 or float64, to nearest, with plain sums */

#define REAL float
#define NAME(x) x##_float
#define FMA fmaf
#include "evaluate_real.h"
#undef REAL
#undef NAME
#undef FMA
#define REAL double
#define NAME(x) x##_double
#define FMA fma
#include "evaluate_real.h"

/* ---- any format, step by step */

typedef struct machine {
  format format;
  double *top;  /* of the stack: BLOCK sums for each level */
  double *more; /* what Kahan and Neumaier keep beside each level */
} machine;

static double product (const machine *m, const twin_program *p, double a, double b) {
  return round_to(m->format, p->rounding, a * b);
}

static double add (const machine *m, const twin_program *p, double a, double b) {
  if (m->format == FLOAT64)
    return a + b;
  return round_to(m->format, p->rounding, add_sticky(a, b));
}

static double fuse (const machine *m, const twin_program *p, double sum, double a, double b) {
  return m->format == FLOAT64 ? fma(a, b, sum) : add(m, p, sum, a * b);
}

static void add_kahan (const machine *m, const twin_program *p, int64_t i, double v) {
  const double y = add(m, p, v, -m->more[i]), t = add(m, p, m->top[i], y);
  m->more[i] = add(m, p, add(m, p, t, -m->top[i]), -y);
  m->top[i] = t;
}

static void add_neumaier (const machine *m, const twin_program *p, int64_t i, double v) {
  const double s = m->top[i], t = add(m, p, s, v);
  const bool larger = fabs(s) >= fabs(v);
  const double rest = larger ? add(m, p, add(m, p, s, -t), v) : add(m, p, add(m, p, v, -t), s);
  m->more[i] = add(m, p, m->more[i], rest);
  m->top[i] = t;
}

static void sum_terms (const machine *m, const twin_program *p, int n, int64_t i) {
  double *first = m->top - (int64_t) (n - 1) * BLOCK + i;
  const int wide = format_precision(m->format) + p->extra;
  *first = round_to(m->format, p->rounding, sum_aligned(n, first, BLOCK, wide > 52 ? 52 : wide));
}

static void do_step (const block *k, machine *m, const step *t) {
  double a[BLOCK], b[BLOCK];
  const twin_program *p = k->p;
  int64_t takes, leaves;
  effect(t, &takes, &leaves);
  if (has_leaf(t->kind))
    load(k, t->argument, a, b);
  if (t->kind == FORMAT)
    m->format = (format) t->argument;
  if (leaves > takes) {
    m->top += BLOCK;
    m->more += BLOCK;
    memset(m->more, 0, BLOCK * sizeof *m->more);
  }
  for (int64_t i = 0; i < k->count; i++)
    switch (t->kind) {
    case LEAF: m->top[i] = product(m, p, a[i], b[i]); break;
    case EXACT: m->top[i] = a[i] * b[i]; break;
    case FUSE: m->top[i] = fuse(m, p, m->top[i], a[i], b[i]); break;
    case ADD: m->top[i - BLOCK] = add(m, p, m->top[i - BLOCK], m->top[i]); break;
    case SUM: sum_terms(m, p, t->argument, i); break;
    case STORE: m->top[i] = round_to((format) t->argument, p->rounding, m->top[i]); break;
    case KAHAN: add_kahan(m, p, i, product(m, p, a[i], b[i])); break;
    case NEUMAIER: add_neumaier(m, p, i, product(m, p, a[i], b[i])); break;
    case FINISH: m->top[i] = add(m, p, m->top[i], m->more[i]); break;
    default: break;
    }
  if (takes > leaves) {
    m->top -= (takes - leaves) * BLOCK;
    m->more -= (takes - leaves) * BLOCK;
  }
}

/* The levels lie above an empty one, so that the top of an empty stack is a place, too. */
static void evaluate_any (const block *k, double *levels, double *more, double *to) {
  machine m = { .format = FLOAT32, .top = levels, .more = more };
  for (int64_t i = 0; i < k->p->steps; i++)
    do_step(k, &m, &k->p->step[i]);
  memcpy(to, m.top, (size_t) k->count * sizeof *to);
}

/* ---- the whole result */

/* The format of every step, if there is one and the fast loops know all steps; else FORMATS. */
static format only_format (const twin_program *p) {
  if (p->rounding != TO_EVEN || !p->steps || p->step[0].kind != FORMAT
      || p->step[0].argument > FLOAT64)
    return FORMATS;
  for (int64_t i = 1; i < p->steps; i++)
    if (p->step[i].kind > ADD)
      return FORMATS;
  return (format) p->step[0].argument;
}

static double *rounded_operands (const twin_program *p, const double *v, int64_t count,
                                 const int64_t *source) {
  double *to = malloc(((size_t) count + 1) * sizeof *to);
  for (int64_t i = 0; to && i < count; i++) {
    to[i] = !source ? v[i] : source[i] < 0 ? 0 : v ? v[source[i]] : 1;
    if (p->operand_bits)
      to[i] = round_bits(p->operand_bits, to[i]);
  }
  return to;
}

static float *as_floats (const double *v, int64_t count) {
  float *to = malloc(((size_t) count + 1) * sizeof *to);
  for (int64_t i = 0; to && i < count; i++)
    to[i] = (float) v[i];
  return to;
}

static bool evaluate_floats (const block *all, int64_t depth, double *to) {
  const sums *s = all->s;
  float *a = as_floats(all->a, s->a_count), *b = as_floats(all->b, s->b_count);
  float *levels = calloc((size_t) (depth + 1) * BLOCK, sizeof *levels);
  const bool good = a && b && levels;
  if (good)
    evaluate_float(all, a, b, levels, to);
  free(a);
  free(b);
  free(levels);
  return good;
}

static bool evaluate_doubles (const block *all, int64_t depth, bool plain, double *to) {
  double *levels = calloc(2 * (size_t) (depth + 1) * BLOCK, sizeof *levels);
  block k = *all;
  if (levels && plain)
    evaluate_double(all, all->a, all->b, levels, to);
  for (; levels && !plain && k.from < k.end; k.from += BLOCK) {
    k.count = k.end - k.from < BLOCK ? k.end - k.from : BLOCK;
    evaluate_any(&k, levels, levels + (depth + 1) * BLOCK, to + (k.from - all->from));
  }
  free(levels);
  return levels != NULL;
}

static format format_of (DLDataType t) {
  if (t.code == kDLBfloat)
    return BFLOAT16;
  return t.bits == 64 ? FLOAT64 : t.bits == 32 ? FLOAT32 : FLOAT16;
}

bool program_evaluate (const sums *s, const twin_program *p, const double *a, const double *b,
                       const double *bias, stretch some, double *to) {
  const char *why;
  const int64_t depth = measure_depth(s, p, &why);
  double *own_a = rounded_operands(p, a, s->a_count, NULL);
  double *own_b = rounded_operands(p, b, s->b_count, s->b_source);
  const block all = { .s = s,
                      .p = p,
                      .a = own_a,
                      .b = own_b,
                      .bias = bias,
                      .from = some.from,
                      .end = some.from + some.count };
  const format only = only_format(p);
  bool good = own_a && own_b
              && (only == FLOAT32 ? evaluate_floats(&all, depth, to)
                                  : evaluate_doubles(&all, depth, only == FLOAT64, to));
  free(own_a);
  free(own_b);
  for (int64_t i = 0; good && i < some.count; i++)
    to[i] = round_to(format_of(s->dtype), p->result_rounding, to[i]);
  return good;
}
