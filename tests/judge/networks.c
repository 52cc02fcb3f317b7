/* networks.c: numeric contracts at the sizes of real networks. Right implementations of each never
   fail, and those that compute worse than they state do, as far as the table says. `make check`
   tries a small part;
     networks.t ROUNDS PRODUCTS
   gives each layer ROUNDS tries with other data, directions and orders, with as many rows and
   columns as PRODUCTS allow. */

#include "layers.h"
#include "machine.h"

/* ---- answers */

typedef struct worker {
  const machine *m;
  const dtype *d;
  const plan *p;
  double *leaf;
} worker;

static double element (const worker *w, int64_t row, int64_t sum, int order) {
  const plan *p = w->p;
  const double *data = p->data + row / p->rows * p->group + p->base[sum];
  const double *factor = p->factor + row * p->terms;
  int64_t count = 0;
  for (int64_t i = 0; i < p->terms; i++) {
    double x[3], y[3];
    const int parts = split(w->m, w->d, data[p->step[i]], x);
    split(w->m, w->d, factor[i], y);
    for (int a = 0; a < parts; a++)
      for (int b = 0; a + b < parts; b++)
        w->leaf[count++] = x[a] * y[b];
  }
  w->leaf[count++] = p->bias[row];
  return result_of(w->m, w->d, sum_up(w->m, order, w->leaf, count));
}

static void answer (call *k, const layer *l, const setting *s, const machine *m, int order) {
  const plan p = plan_of(k, l, s);
  const worker w = { .m = m, .d = dtype_of(s->type), .p = &p, .leaf = numbers(6 * p.terms + 1) };
  double *results = numbers(l->groups * p.rows * p.sums);
  for (int64_t row = 0; row < l->groups * p.rows; row++)
    for (int64_t i = 0; i < p.sums; i++)
      results[row * p.sums + i] = element(&w, row, i, order);
  w.d->store(at(k, (int) s->result, 0), 1, l->groups * p.rows * p.sums, results);
  free(results);
  free(w.leaf);
  plan_free((plan *) &p);
}

/* ---- right ones pass */

static const struct {
  const char *text;
  DLDataType type;
} contracts[] = {
  { "tf32", { kDLFloat, 32, 1 } },
  { "3xtf32", { kDLFloat, 32, 1 } },
  { "bf16", { kDLFloat, 32, 1 } },
  { "bf16x3", { kDLFloat, 32, 1 } },
  { "f16-accumulate", { kDLFloat, 16, 1 } },
  { "bf16-accumulate", { kDLBfloat, 16, 1 } },
  { "tensor-core", { kDLFloat, 16, 1 } },
  { "tensor-core", { kDLBfloat, 16, 1 } },
  { "tf32-tensor-core", { kDLFloat, 32, 1 } },
  { "store=float16,store-every=32", { kDLFloat, 16, 1 } },
};
enum { STATED = sizeof contracts / sizeof *contracts };

static int64_t judged, failed, outputs;

static void try_right (const layer *l, const setting *s, const char *text, int order) {
  const machine m = machine_of(text, s->type);
  call *k = open_layer(l, s);
  hold_to(k, text);
  answer(k, l, s, &m, order);
  judged++;
  outputs += volume(&k->j.tensor[s->result]);
  if (verdict_of(k) != V_PASS) {
    failed++;
    printf("# %s, order %d, result %d, in=1x%lldx%lldx%lld,out=%lld,k=%lldx%lld,g=%lld, key %llu: "
           "%s\n",
           text, order, (int) s->result, (long long) l->in_channels, (long long) l->size[0],
           (long long) l->size[1], (long long) l->out_channels, (long long) l->kernel[0],
           (long long) l->kernel[1], (long long) l->groups, (unsigned long long) s->key,
           k->out.words);
  }
  close_call(k);
}

static void try_layers (uint64_t rounds, int64_t products, int every) {
  static const enum job_tensor results[] = { JOB_OUTPUT, JOB_GRAD_INPUT, JOB_OUTPUT,
                                             JOB_GRAD_WEIGHT };
  for (uint64_t round = 0; round < rounds; round++)
    for (int i = 0; i < LAYERS; i += every) {
      const layer l = within(layers[i], products);
      if (products_of(&l) > 2 * products)
        continue;
      for (int c = 0; c < STATED; c++) {
        const uint64_t a = chance() >> 32;
        setting s = { .type = contracts[c].type,
                      .recipe = a & 1 ? "uniform" : "normal",
                      .result = results[a >> 1 & 3],
                      .key = chance() };
        s.bias = s.result == JOB_OUTPUT && (a >> 3 & 3);
        try_right(&l, &s, contracts[c].text, (int) (a >> 5 & 3));
      }
    }
}

/* ---- those that compute worse than stated fail */

/* Layers of ResNet-50, MobileNet and VGG-16, with rows and columns for 1,024 outputs and more: a
   depthwise one, then sums of ever more products. */
static const layer sized[] = {
  LAYER(64, 18, 18, 64, 3, 3, 1, 0, 0, 1, 64), LAYER(64, 16, 16, 4, 1, 1, 1, 0, 0, 1, 1),
  LAYER(3, 37, 37, 4, 7, 7, 2, 0, 0, 1, 1),    LAYER(64, 18, 18, 4, 3, 3, 1, 0, 0, 1, 1),
  LAYER(128, 18, 18, 4, 3, 3, 1, 0, 0, 1, 1),  LAYER(256, 18, 18, 4, 3, 3, 1, 0, 0, 1, 1),
  LAYER(512, 18, 18, 4, 3, 3, 1, 0, 0, 1, 1),
};
enum { SIZED = sizeof sized / sizeof *sized };

/* b: by the bound of an element; s: by the statistics; c: by one of them; -: not seen; ?: not
   certain. */
static const struct worse {
  const char *stated, *computed;
  DLDataType type;
  const char *caught;
} worse[] = {
  { "", "tf32", { kDLFloat, 32, 1 }, "bbbbccc" },
  { "tf32", "bf16", { kDLFloat, 32, 1 }, "bbccccc" },
  { "3xtf32", "tf32", { kDLFloat, 32, 1 }, "bbbccc?" },
  { "bf16x3", "bf16", { kDLFloat, 32, 1 }, "bbbcccc" },
  { "bf16", "operands=6", { kDLFloat, 32, 1 }, "b??????" },
  { "", "f16-accumulate", { kDLFloat, 16, 1 }, "bbbbbbb" },
  { "f16-accumulate", "accumulator=bfloat16", { kDLFloat, 16, 1 }, "b??????" },
  { "tensor-core", "align=14,accumulator-cut", { kDLFloat, 16, 1 }, "bbbb???" },
  { "bfloat16: flush", "bf16-accumulate", { kDLBfloat, 16, 1 }, "bbbbbbb" },
  { "tf32-tensor-core", "bf16,align=24,accumulator-cut", { kDLFloat, 32, 1 }, "bb?????" },
};

static char seen_at (const struct worse *w, const layer *l) {
  const machine m = machine_of(w->computed, w->type);
  const setting s = {
    .type = w->type, .recipe = "uniform", .result = JOB_OUTPUT, .bias = true, .key = chance()
  };
  call *k = open_layer(l, &s);
  hold_to(k, w->stated);
  answer(k, l, &s, &m, 0);
  const verdict v = verdict_of(k);
  const char seen = v == V_PASS ? '-' : k->out.mismatches > 0 ? 'b' : 's';
  close_call(k);
  return seen;
}

static bool matches (char expected, char seen) {
  return expected == '?' || expected == seen || (expected == 'c' && seen != '-');
}

static void test_worse (const struct worse *w) {
  char seen[SIZED + 1] = "";
  bool right = true;
  for (int i = 0; i < SIZED; i++) {
    seen[i] = seen_at(w, &sized[i]);
    right = right && matches(w->caught[i], seen[i]);
  }
  ok(right,
     "%s, stated '%s', computed '%s': caught by %s with 9 64 147 576 1152 2304 4608 products",
     dtype_name(w->type), w->stated, w->computed, seen);
}

int main (int count, char **arg) {
  const bool long_run = count > 2;
  const uint64_t rounds = long_run ? strtoull(arg[1], NULL, 10) : 1;
  try_layers(rounds, long_run ? strtoll(arg[2], NULL, 10) : 60000, long_run ? 1 : 8);
  ok(failed == 0,
     "%lld results of layers of networks with %lld elements, each right by its contract: "
     "%lld fail",
     (long long) judged, (long long) outputs, (long long) failed);
  ok(judged >= 200, "many were tried");
  chance_state = 88172645463325252u; /* the same data after runs of any length */
  for (size_t i = 0; i < sizeof worse / sizeof *worse; i++)
    test_worse(&worse[i]);
  return done_testing();
}
