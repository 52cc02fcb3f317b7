/* sizes.c: a right implementation never fails at the sizes of real networks, whichever way it adds
   up and wherever it adds the bias, forward and backward. `make check` tries a small part;
     sizes.t ROUNDS PRODUCTS [FIRST]
   gives each layer ROUNDS tries with other data, types and directions, from try FIRST on, with as
   many rows and columns as PRODUCTS allow. */

#include "layers.h"
#include "ways.h"

/* cppcheck-suppress uninitvar; a vector that is set by an initialiser */
DEFINE_WAYS(float, float_lanes, double)
/* cppcheck-suppress uninitvar */
DEFINE_WAYS(double, double_lanes, long double)

/* ---- answers */

/* Up to LANES sums of a group, in each way, for all its rows. */
typedef struct lot {
  const plan *p;
  int64_t group, first, count;
  double_lanes *x;
  float_lanes *narrow;
  float *w;
} lot;

static void take_terms (lot *l) {
  const plan *p = l->p;
  const double *data = p->data + l->group * p->group;
  for (int64_t i = 0; i < p->terms; i++) {
    for (int64_t k = 0; k < l->count; k++)
      l->x[i][k] = data[p->base[l->first + k] + p->step[i]];
    l->narrow[i] = __builtin_convertvector(l->x[i], float_lanes);
  }
}

static double_lanes sum_of (const lot *l, int64_t row, int way, bool wide) {
  const plan *p = l->p;
  const double *factor = p->factor + row * p->terms;
  if (wide)
    return double_ways[way](l->x, factor, p->terms, p->bias[row]);
  return __builtin_convertvector(float_ways[way](l->narrow, l->w, p->terms, (float) p->bias[row]),
                                 double_lanes);
}

static void answer_lot (lot *l, bool wide, double *const answer[WAYS]) {
  const plan *p = l->p;
  take_terms(l);
  for (int64_t r = 0; r < p->rows; r++) {
    const int64_t row = l->group * p->rows + r;
    for (int64_t i = 0; i < p->terms; i++)
      l->w[i] = (float) p->factor[row * p->terms + i];
    for (int way = 0; way < WAYS; way++) {
      const double_lanes s = sum_of(l, row, way, wide);
      for (int64_t k = 0; k < l->count; k++)
        answer[way][row * p->sums + l->first + k] = s[k];
    }
  }
}

static void answer_all (const plan *p, int64_t groups, bool wide, double *const answer[WAYS]) {
  lot l = { .p = p,
            .x = aligned_alloc(64, ((size_t) p->terms + 1) * sizeof *l.x),
            .narrow = aligned_alloc(64, ((size_t) p->terms + 2) / 2 * 2 * sizeof *l.narrow),
            .w = numbers(p->terms) };
  memset(l.x, 0, (size_t) p->terms * sizeof *l.x);
  for (l.group = 0; l.group < groups; l.group++)
    for (l.first = 0; l.first < p->sums; l.first += LANES) {
      l.count = p->sums - l.first < LANES ? p->sums - l.first : LANES;
      answer_lot(&l, wide, answer);
    }
  free(l.x);
  free(l.narrow);
  free(l.w);
}

/* ---- verdicts */

static int64_t judged, failed;

static void describe (const layer *l, const setting *s, int way, const call *k) {
  static const char *const results[] = {
    [JOB_OUTPUT] = "output", [JOB_GRAD_INPUT] = "grad_input", [JOB_GRAD_WEIGHT] = "grad_weight"
  };
  printf("# %s: in=1x%lldx%lldx%lld,out=%lld,k=%lldx%lld,s=%lld,p=%lldx%lld,d=%lld,g=%lld %s of %d "
         "bits, %s, %s, mode %d, key %llu: %s\n",
         way_names[way], (long long) l->in_channels, (long long) l->size[0], (long long) l->size[1],
         (long long) l->out_channels, (long long) l->kernel[0], (long long) l->kernel[1],
         (long long) l->stride[0], (long long) l->padding[0], (long long) l->padding[1],
         (long long) l->dilation[0], (long long) l->groups, results[s->result], s->type.bits,
         s->recipe, s->bias ? "bias" : "no bias", (int) s->padding_mode,
         (unsigned long long) s->key, k->out.words);
}

static void judge_way (call *k, const layer *l, const setting *s, int way, const double *answer) {
  const int64_t n = volume(&k->j.tensor[s->result]);
  dtype_of(s->type)->store(at(k, (int) s->result, 0), 1, n, answer);
  judged++;
  if (verdict_of(k) == V_PASS)
    return;
  failed++;
  describe(l, s, way, k);
}

static void try_layer (const layer *l, const setting *s) {
  call *k = open_layer(l, s);
  plan p = plan_of(k, l, s);
  if (p.terms >= MOST_PARTS) {
    printf("Bail out!  sums of %lld products\n", (long long) p.terms);
    exit(1);
  }
  double *answer[WAYS];
  const int64_t n = volume(&k->j.tensor[s->result]);
  for (int way = 0; way < WAYS; way++)
    answer[way] = numbers(n);
  answer_all(&p, l->groups, s->type.bits == 64, answer);
  for (int way = 0; way < WAYS; way++) {
    judge_way(k, l, s, way, answer[way]);
    free(answer[way]);
  }
  plan_free(&p);
  close_call(k);
}

/* ---- tries */

/* The number of a try decides its dtype, direction and padding mode: mostly float32 and zeros. */
static setting setting_of (uint64_t number) {
  static const DLDataType types[] = { F32, F32, F16, F32, BF16, F32, F64 };
  static const enum job_tensor results[] = { JOB_OUTPUT, JOB_GRAD_INPUT, JOB_OUTPUT,
                                             JOB_GRAD_WEIGHT };
  const uint64_t a = chance() >> 32;
  setting s = { .type = types[number % 7],
                .recipe = a & 1 ? "uniform" : "normal",
                .result = results[a >> 1 & 3],
                .key = chance() };
  s.bias = s.result == JOB_OUTPUT && (a >> 3 & 7);
  s.padding_mode = s.result != JOB_GRAD_INPUT && (a >> 6 & 7) == 0 ? 1 + (int32_t) (a >> 9) % 3 : 0;
  return s;
}

static void try_layers (uint64_t rounds, int64_t products, uint64_t from, int every) {
  for (uint64_t round = from; round < from + rounds; round++)
    for (int i = 0; i < LAYERS; i += every) {
      const layer l = within(layers[i], products);
      chance_state = 88172645463325252u + (round * LAYERS + (uint64_t) i) * 0x9e3779b97f4a7c15u;
      for (int warm = 0; warm < 4; warm++)
        chance();
      setting s = setting_of(round + (uint64_t) i);
      settle_mode(&s, &l);
      if (products_of(&l) <= 2 * products)
        try_layer(&l, &s);
    }
}

/* Where one rounding of the bias weighs most: few channels of many elements, few products. */
static void try_heads (uint64_t rounds, uint64_t from) {
  static const int64_t channels[] = { 1, 2, 3, 4, 9, 16, 64 };
  for (uint64_t round = from; round < from + rounds; round++)
    for (uint64_t i = 0; i < sizeof channels / sizeof *channels; i++) {
      chance_state = 88172645463325252u + (round * 100 + i) * 0x9e3779b97f4a7c15u;
      const layer l = { .in_channels = channels[i],
                        .out_channels = 1 + (int64_t) (round % 3),
                        .groups = 1,
                        .size = { 200, 200 },
                        .kernel = { 1, 1 },
                        .stride = { 1, 1 },
                        .dilation = { 1, 1 } };
      const setting s = { .type = F32,
                          .recipe = round & 1 ? "uniform" : "normal",
                          .bias = true,
                          .result = JOB_OUTPUT,
                          .key = chance() };
      try_layer(&l, &s);
    }
}

int main (int count, char **arg) {
  const bool long_run = count > 2;
  const uint64_t rounds = long_run ? strtoull(arg[1], NULL, 10) : 1;
  const int64_t products = long_run ? strtoll(arg[2], NULL, 10) : 200000;
  const uint64_t from = count > 3 ? strtoull(arg[3], NULL, 10) : 0;
  try_layers(rounds, products, from, long_run ? 1 : 8);
  try_heads(4 * rounds, from);
  ok(failed == 0, "%lld results of %d layers of networks, each right: %lld fail",
     (long long) judged, LAYERS, (long long) failed);
  ok(judged >= 900, "many were tried");
  return done_testing();
}
