/* walk.c: what is known of the elements of a result before they are compared. */

#include "walk.h"

const reach *reach_at (walk *w, int64_t i) {
  return reach_of(w->t, (int) w->tensor, i / w->type->parts, &w->reach);
}

bool needs_reach (const walk *w) {
  return w->profile.transforms || w->profile.flushes || w->profile.factor > 0;
}

const reach *reach_if_needed (walk *w, int64_t i) {
  static const reach not_needed = { 0 };
  return needs_reach(w) ? reach_at(w, i) : &not_needed;
}

/* A compensated sum is bounded as one of three terms at least, and zeros may make it one. */
static int64_t terms_at (const walk *w, int64_t i) {
  const int64_t terms = w->truth->detail.terms[in_truth(w, i)];
  return terms_counted(&w->profile, terms == 2 && w->adds_zeros ? 3 : terms);
}

double two_terms (const walk *w) {
  return w->adds_zeros ? 3 : 2;
}

sum sum_at (const walk *w, int64_t i) {
  const conv2d_detail *d = &w->truth->detail;
  const bool in_parts = w->profile.narrow && w->tensor == JOB_GRAD_INPUT;
  const int64_t at = in_truth(w, i);
  return (sum){ d->exact[at], d->scale[at], terms_at(w, i),
                in_parts ? parts_of(w->t->j, i, d->terms[at]) : 1 };
}

bool comes_in_runs (const walk *w) {
  const bool in_parts = w->profile.narrow && w->tensor == JOB_GRAD_INPUT
                        && w->t->j->params.padding_mode != CONV2D_ZEROS;
  return !w->integer && !w->bitwise && !in_parts;
}

int64_t plane_of (const walk *w) {
  const place *p = w->place;
  return p->ndim >= 3 ? p->shape[p->ndim - 2] * p->shape[p->ndim - 1] * w->type->parts : w->count;
}
