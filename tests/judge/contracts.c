/* contracts.c: numeric contracts. Right implementations of each never fail, in any order, on any
   data; and those that compute worse than they state do, as far as the table says. */

#include "machine.h"

#include <stdlib.h>

enum { MOST = 1 << 14 };

/* All products that are added up, the bias last. */
static int64_t leaves_of (const machine *m, const call *k, int64_t i, double leaf[MOST]) {
  const dtype *d = dtype_of(k->c.params.dtype);
  const int64_t n = k->channels, image = i / k->outputs, o = i % k->outputs;
  int64_t count = 0;
  for (int64_t c = 0; c < n; c++) {
    double x[3], w[3];
    const int parts = split(m, d, get(k, JOB_INPUT, image * n + c), x);
    split(m, d, get(k, JOB_WEIGHT, o * n + c), w);
    for (int a = 0; a < parts; a++)
      for (int b = 0; a + b < parts; b++)
        leaf[count++] = x[a] * w[b];
  }
  leaf[count++] = get(k, JOB_BIAS, o);
  return count;
}

static void compute (call *k, const machine *m, int order) {
  static double leaf[MOST];
  const dtype *d = dtype_of(k->c.params.dtype);
  for (int64_t i = 0; i < k->images * k->outputs; i++) {
    const int64_t n = leaves_of(m, k, i, leaf);
    set(k, JOB_OUTPUT, i, result_of(m, d, sum_up(m, order, leaf, n)));
  }
}

/* ---- data */

typedef enum kind { UNIFORM, POSITIVE, EQUAL, WIDE, SMALL, RAISED, INTEGERS, KINDS } kind;
static const char *const kind_names[KINDS] = { "uniform",   "positive",         "equal",  "wide",
                                               "subnormal", "raised subnormal", "integer" };

/* RAISED: what subnormal inputs lose is seen, as large weights make ordinary products of them. */
static double draw (kind k, const dtype *d, int tensor) {
  const double u = signed_chance();
  const bool input = tensor == JOB_INPUT;
  switch (k) {
  case UNIFORM: return u;
  case POSITIVE: return fabs(u);
  case EQUAL: return input ? 0.7 : 1.0 / 3;
  case WIDE: return ldexp(u, (int) below(d->max_exponent) - d->max_exponent / 2);
  case SMALL: return input ? ldexp(u, d->min_exponent - (int) below(d->precision)) : u;
  case RAISED:
    return input                  ? ldexp(u, d->min_exponent - (int) below(d->precision))
           : tensor == JOB_WEIGHT ? ldexp(u, d->max_exponent - 13)
                                  : 0;
  default: return (double) below(19) - 9;
  }
}

static call *open_data (DLDataType t, kind data, int64_t images, int64_t terms, int64_t outputs) {
  call *k = open_call(t, images, terms, outputs);
  const dtype *d = dtype_of(t);
  for (int tensor = JOB_INPUT; tensor <= JOB_BIAS; tensor++)
    for (int64_t i = 0; i < volume(&k->j.tensor[tensor]); i++)
      set(k, tensor, i, draw(data, d, tensor));
  if (data == UNIFORM)
    memset(k->c.recipe, recipe_find("uniform"), sizeof k->c.recipe);
  if (data == INTEGERS)
    memset(k->c.recipe, recipe_find("integers"), sizeof k->c.recipe);
  set_truths(k);
  k->x.exact = data == INTEGERS;
  return k;
}

/* ---- right ones pass */

static const struct {
  const char *text;
  DLDataType type;
} contracts[] = {
  { "tf32", { kDLFloat, 32, 1 } },
  { "tf32,operands-cut", { kDLFloat, 32, 1 } },
  { "3xtf32", { kDLFloat, 32, 1 } },
  { "bf16", { kDLFloat, 32, 1 } },
  { "bf16x3", { kDLFloat, 32, 1 } },
  { "operands=8,splits=3", { kDLFloat, 32, 1 } },
  { "accumulator=bfloat16", { kDLFloat, 32, 1 } },
  { "accumulator=float32,accumulator-cut", { kDLFloat, 32, 1 } },
  { "store=bfloat16,store-every=16", { kDLFloat, 32, 1 } },
  { "tf32-tensor-core", { kDLFloat, 32, 1 } },
  { "f16-accumulate", { kDLFloat, 16, 1 } },
  { "store=float16,store-every=32", { kDLFloat, 16, 1 } },
  { "tensor-core", { kDLFloat, 16, 1 } },
  { "result-cut", { kDLFloat, 16, 1 } },
  { "saturate", { kDLFloat, 16, 1 } },
  { "bf16-accumulate", { kDLBfloat, 16, 1 } },
  { "tensor-core", { kDLBfloat, 16, 1 } },
  { "bfloat16: result-cut", { kDLBfloat, 16, 1 } },
};

static int64_t judged;

static bool passes (call *k, const char *text, int order, kind data) {
  judged += k->images * k->outputs;
  if (verdict_of(k) == V_PASS)
    return true;
  printf("# %s, order %d, %s data, %lld products: %s\n", text, order, kind_names[data],
         (long long) k->channels, k->out.words);
  return false;
}

static bool every_order (const char *text, DLDataType t, kind data, int64_t images, int64_t terms,
                         int64_t outputs) {
  const machine m = machine_of(text, t);
  bool right = true;
  call *k = open_data(t, data, images, terms, outputs);
  hold_to(k, text);
  for (int order = 0; order < (m.c.align ? 1 : ORDERS); order++) {
    compute(k, &m, order);
    right = passes(k, text, order, data) && right;
  }
  close_call(k);
  return right;
}

static void test_contract (const char *text, DLDataType t) {
  static const int64_t terms[] = { 1, 2, 3, 4, 9, 27, 64, 144, 576 };
  bool right = true;
  for (kind data = 0; data < KINDS; data++) {
    for (size_t i = 0; i < sizeof terms / sizeof *terms; i++)
      right = every_order(text, t, data, 12, terms[i], 10) && right;
    right = every_order(text, t, data, 3, 2304, 4) && right;
  }
  right = every_order(text, t, UNIFORM, 40, 9, 50) && every_order(text, t, UNIFORM, 40, 64, 50)
          && right;
  ok(right, "%s, %s: every order passes on all data", dtype_name(t), text);
}

/* ---- those that compute worse than stated fail */

static const int64_t sizes[] = { 1, 4, 9, 27, 64, 144, 576 };
enum { SIZES = sizeof sizes / sizeof *sizes };

/* b: by the bound of an element; s: by the statistics; -: not seen; ?: not certain */
static const struct worse {
  const char *stated, *computed;
  DLDataType type;
  const char *caught;
} worse[] = {
  { "", "tf32", { kDLFloat, 32, 1 }, "bbbbbbb" },
  { "", "bf16", { kDLFloat, 32, 1 }, "bbbbbbb" },
  { "", "bf16x3", { kDLFloat, 32, 1 }, "bbbb???" },
  { "", "accumulator=float32,accumulator-cut", { kDLFloat, 32, 1 }, "?ssssss" },
  { "tf32", "bf16", { kDLFloat, 32, 1 }, "bbbbb??" },
  { "3xtf32", "tf32", { kDLFloat, 32, 1 }, "bbbbbb?" },
  { "3xtf32", "bf16x3", { kDLFloat, 32, 1 }, "bbb????" },
  { "operands=8,splits=3", "bf16x3", { kDLFloat, 32, 1 }, "bb?????" },
  { "bf16x3", "bf16", { kDLFloat, 32, 1 }, "bbbbbbb" },
  { "bf16", "operands=6", { kDLFloat, 32, 1 }, "bbb????" },
  { "tf32-tensor-core", "bf16,align=24,accumulator-cut", { kDLFloat, 32, 1 }, "bbbbb??" },
  { "", "f16-accumulate", { kDLFloat, 16, 1 }, "bbbbbbb" },
  { "tensor-core", "align=14,accumulator-cut", { kDLFloat, 16, 1 }, "bbbbbbb" },
  { "", "store=float16,store-every=32", { kDLFloat, 16, 1 }, "----bbb" },
  { "", "result-cut", { kDLFloat, 16, 1 }, "bbbbbbb" },
  { "f16-accumulate", "accumulator=bfloat16", { kDLFloat, 16, 1 }, "bbb????" },
  { "bfloat16: flush", "bf16-accumulate", { kDLBfloat, 16, 1 }, "bbbbbbb" },
};

static char seen_at (const struct worse *w, int64_t terms) {
  const machine m = machine_of(w->computed, w->type);
  call *k = open_data(w->type, UNIFORM, 64, terms, 32);
  hold_to(k, w->stated);
  compute(k, &m, 0);
  const verdict v = verdict_of(k);
  const bool beyond = k->out.mismatches > 0;
  close_call(k);
  return v == V_PASS ? '-' : beyond ? 'b' : 's';
}

static bool matches (const char *seen, const char *expected) {
  for (; *expected; expected++, seen++)
    if (*expected != '?' && *seen != *expected)
      return false;
  return true;
}

static void test_worse (const struct worse *w) {
  char seen[SIZES + 1] = "";
  for (int i = 0; i < SIZES; i++)
    seen[i] = seen_at(w, sizes[i]);
  ok(matches(seen, w->caught),
     "%s, stated '%s', computed '%s': caught by %s with 1 4 9 27 64 144 576 products",
     dtype_name(w->type), w->stated, w->computed, seen);
}

/* ---- single answers */

static void test_exact (void) {
  call *k = open_data((DLDataType){ kDLFloat, 32, 1 }, INTEGERS, 4, 64, 4);
  const machine m = machine_of("tf32", k->c.params.dtype);
  hold_to(k, "tf32");
  compute(k, &m, 0);
  set(k, JOB_OUTPUT, 5, get(k, JOB_OUTPUT, 5) * (1 + 0x1p-20) + 0x1p-20);
  ok(verdict_of(k) == V_WRONG_VALUE,
     "small integers stay exact: one of them, off by a little, is wrong under tf32");
  hold_to(k, "operands=2");
  ok(verdict_of(k) == V_PASS, "but not where the factors have more bits than are kept");
  hold_to(k, "accumulator=bfloat16");
  ok(verdict_of(k) == V_PASS, "nor where the sums have more");
  close_call(k);
}

/* A verdict of its own for who computes worse than it states, and no worse than a preset. */
static void test_overstated (void) {
  const DLDataType single = { kDLFloat, 32, 1 };
  call *k = open_data(single, UNIFORM, 64, 64, 32);
  const machine brain = machine_of("bf16", single);
  compute(k, &brain, 0);
  shows(k, V_WRONG_VALUE, "bf16 of one who states nothing");
  hold_to(k, "tf32");
  shows(k, V_OVERSTATED, "bf16 of one who states tf32");
  breaks(k, "JUDGE-2");
  ok(strstr(k->out.words, "'bf16'") != NULL, "  and the words name bf16: %s", k->out.words);
  hold_to(k, "operands=11,flush");
  shows(k, V_OVERSTATED, "bf16 of one who states tf32 and that it flushes");
  hold_to(k, "float16: f16-accumulate");
  shows(k, V_WRONG_VALUE, "bf16 of one who states something of float16 only");
  hold_to(k, "tf32");
  set(k, JOB_OUTPUT, 3, get(k, JOB_OUTPUT, 3) + 64);
  shows(k, V_WRONG_VALUE, "bf16, stated as tf32, with a number that is wrong by any contract");
  close_call(k);
}

/* 180,000, or 768 in float8_e4m3fn, as the type's largest number. */
static void test_saturation (DLDataType t, double factor, double largest) {
  call *k = open_data(t, INTEGERS, 1, 2, 1);
  for (int i = 0; i < 2; i++) {
    set(k, JOB_INPUT, i, factor);
    set(k, JOB_WEIGHT, i, factor);
  }
  set(k, JOB_BIAS, 0, 0);
  set_truths(k);
  set(k, JOB_OUTPUT, 0, largest);
  ok(verdict_of(k) == V_WRONG_VALUE, "%s: the largest number is no right answer to a larger sum",
     dtype_name(t));
  hold_to(k, "saturate");
  ok(verdict_of(k) == V_PASS, "%s: unless the contract says that it saturates", dtype_name(t));
  set(k, JOB_OUTPUT, 0, -largest);
  ok(verdict_of(k) == V_WRONG_VALUE, "%s: and then not with the wrong sign", dtype_name(t));
  close_call(k);
}

/* ---- words */

static bool refuses (const char *text, const char *words) {
  numerics n;
  error e = { 0 };
  if (numerics_parse(text, &n, &e) || !strstr(e.text, words)) {
    printf("# '%s': '%s', '%s' expected\n", text, e.text, words);
    return false;
  }
  return true;
}

static void test_words (void) {
  numerics n;
  error e;
  const DLDataType half = { kDLFloat, 16, 1 }, single = { kDLFloat, 32, 1 },
                   brain = { kDLBfloat, 16, 1 };
  ok(numerics_parse("tf32; float16 : accumulator=float16 , store=bfloat16,store-every=8", &n, &e)
         && contract_for(&n, single)->operands == 11 && contract_for(&n, half)->every == 8
         && !contract_for(&n, brain)->stated,
     "contracts of several dtypes, with spaces");
  ok(numerics_parse("flush", &n, &e) && contract_for(&n, half)->flush
         && contract_for(&n, brain)->flush
         && contract_for(&n, (DLDataType){ kDLFloat, 64, 1 })->flush,
     "words without a dtype are of every floating-point dtype");
  ok(numerics_parse("bf16-accumulate", &n, &e) && contract_for(&n, brain)->stated
         && !contract_for(&n, half)->stated,
     "a preset is of the dtypes that it is made for, bfloat16 and not float16");
  ok(numerics_parse("", &n, &e) && !contract_for(&n, single)->stated, "nothing states nothing");
  ok(refuses("tf33", "known are tf32") && refuses("operands=1", "from 2 to 53")
         && refuses("operands=99999999999999999999", "from 2 to 53")
         && refuses("operands=", "from 2") && refuses("splits=2", "needs operands")
         && refuses("store=float16", "need each other")
         && refuses("store-every=0,store=float16", "from 1")
         && refuses("accumulator=int8", "floating-point") && refuses("x=1", "nothing is called 'x'")
         && refuses("int8: flush", "may be said to saturate") && refuses("tf32,", "''")
         && refuses(";", "''"),
     "what cannot be read is refused with the word and what is known");
  char text[2 * MAX_NUMERICS];
  memset(text, 'x', sizeof text - 1);
  text[sizeof text - 1] = '\0';
  ok(refuses(text, "at most"), "so is what is too long");
}

int main (void) {
  for (size_t i = 0; i < sizeof contracts / sizeof *contracts; i++)
    test_contract(contracts[i].text, contracts[i].type);
  for (size_t i = 0; i < sizeof worse / sizeof *worse; i++)
    test_worse(&worse[i]);
  test_overstated();
  test_exact();
  test_saturation((DLDataType){ kDLFloat, 16, 1 }, 300, 65504);
  test_saturation((DLDataType){ kDLFloat8_e4m3fn, 8, 1 }, 20, 448);
  test_saturation((DLDataType){ kDLFloat8_e5m2, 8, 1 }, 256, 57344);
  test_words();
  printf("# %lld outputs were judged\n", (long long) judged);
  return done_testing();
}
