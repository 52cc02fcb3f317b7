/* sample.c: draws from a result, gathered while its elements are compared, so that they are read
   once, and tallied many at a time (JUDGE-3). */

#include "walk.h"

#include <math.h>
#include <stdlib.h>

enum { VARIED = 4 /* so many products of narrow numbers have sums of many values */ };

struct sample {
  drawn before;
  tally tally;
  int64_t next, at; /* the next draw, and its element */
  int64_t end;      /* the element with which those begin that are not tallied with these */
  int64_t channel;  /* of the draws; */
  double bias;      /* what is added to its elements */
  int64_t first;    /* element */
  int n;            /* draws that are not tallied yet */
  double got[RUN], exact[RUN], scale[RUN];
  int64_t terms[RUN];
  draws draws; /* made one by one where elements are not compared in runs */
};

/* JUDGE-3 is about data drawn at random, each element for itself. */
static bool has_random_data (const test_case *c) {
  for (int i = 0; i < 3; i++)
    if (!recipes[c->recipe[i]].random)
      return false;
  return !has_literals(c) && c->layout != BROADCAST;
}

static int64_t channels_of (const walk *w) {
  return w->place->ndim >= 3 ? w->place->shape[w->place->ndim - 3] : 1;
}

static int64_t draws_of (const walk *w) {
  return w->count < DRAWS ? w->count : DRAWS;
}

sample *sample_open (const walk *w) {
  if (w->integer || w->profile.cuts || w->count < ENOUGH || !has_random_data(w->t->c))
    return NULL;
  sample *s = calloc(1, sizeof *s);
  if (s && !tally_open(&s->tally, channels_of(w))) {
    free(s);
    return NULL;
  }
  return s;
}

void sample_close (sample *s) {
  if (s)
    tally_close(&s->tally);
  free(s);
}

/* ---- the tally */

static void tally_sample (walk *w, sample *s) {
  const run_of r = { s->got, s->exact, s->scale, s->terms, two_terms(w), s->n };
  if (s->n == 0)
    return;
  if (comes_in_runs(w)) {
    const formula f = formula_of(&w->profile, reach_if_needed(w, s->first));
    run_draw(&f, &r, &s->draws);
  }
  tally_add(&s->tally, &s->draws, s->n);
  if (s->bias != 0)
    tally_add_bias(&s->tally, s->channel, s->bias, &w->profile.sum, s->exact, &s->draws, s->n);
  s->n = 0;
}

/* ---- draws */

static bool is_biased (const walk *w) {
  return w->tensor == JOB_OUTPUT && w->t->j->tensor[JOB_BIAS].present;
}

/* Goes on to the channel of element i, where channels differ. */
static void find_channel (const walk *w, int64_t i, sample *s) {
  const int64_t plane = plane_of(w);
  s->end = w->count;
  if (!needs_reach(w) && !is_biased(w))
    return;
  s->end = i / plane * plane + plane;
  s->channel = w->place->ndim >= 3 ? i / plane % channels_of(w) : 0;
  if (is_biased(w) && w->type->parts == 1)
    s->bias = w->type->load(element_at(w->t, &w->t->j->tensor[JOB_BIAS], s->channel));
}

/* Products of few bits by a fixed weight make few patterns of errors, again and again. */
static bool is_varied (const walk *w, int64_t i, double bias) {
  return !w->profile.narrow || w->truth->detail.terms[in_truth(w, i)] >= VARIED + (bias != 0);
}

static void put (walk *w, int64_t i, double got, sample *s) {
  const conv2d_detail *d = &w->truth->detail;
  const int64_t at = in_truth(w, i);
  if (!comes_in_runs(w)) {
    const sum of = sum_at(w, i);
    draws_put(&s->draws, s->n, draw_at_bound(&w->profile, &of, reach_if_needed(w, i), got));
  }
  if (s->n == 0)
    s->first = i;
  s->got[s->n] = got;
  s->exact[s->n] = d->exact[at];
  s->scale[s->n] = d->scale[at];
  s->terms[s->n++] = d->terms[at];
}

static void draw_element (walk *w, int64_t i, double got, sample *s) {
  const double exact = w->truth->detail.exact[in_truth(w, i)];
  if (i >= s->end || s->n == RUN)
    tally_sample(w, s);
  if (i >= s->end)
    find_channel(w, i, s);
  const bool numbers = isfinite(got) && fabs(exact) <= w->profile.largest_result;
  if (numbers && is_varied(w, i, s->bias) && draw_is_new(&s->before, exact))
    put(w, i, got, s);
}

void sample_take (walk *w, int64_t first, int64_t n, const unsigned char *got, int64_t step) {
  sample *s = w->sample;
  for (; s->at < first + n && s->next < draws_of(w); s->at = draw_at(w->count, ++s->next))
    draw_element(w, s->at, w->type->load(got + (s->at - first) * step), s);
}

/* ---- together */

/* Whether errors must only be small together, and may lean to a side. Three products round the sum
   of the parts of a complex weight, and each pixel that it meets has that error (JUDGE-9). */
static bool only_small (const walk *w) {
  return w->profile.transforms || w->profile.contracted || w->type->parts > 1;
}

bool sample_is_fair (walk *w, char *text, size_t size) {
  const tally *n = &w->sample->tally;
  tally_sample(w, w->sample);
  return n->count < ENOUGH || tally_is_fair(n, only_small(w), text, size);
}
