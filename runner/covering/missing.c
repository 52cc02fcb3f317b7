/* missing.c: the tuples that a covering array lacks.
   The set is kept t times. Each copy, a view, has the values of another of the t factors next to
   each other. So one word shows for all values of a factor whether they would cover a tuple. */

#include "missing.h"

#include <stdlib.h>
#include <string.h>

/* The tuples of a choice, seen from one of its factors. */
typedef struct view {
  uint64_t first;  /* bit of the tuple whose values are all 0 */
  uint64_t others; /* a bit for each of the other factors */
  size_t choice;
  uint8_t other[MAX_STRENGTH - 1];
  uint64_t stride[MAX_STRENGTH - 1];
} view;

struct missing {
  const tuples *u;
  view *view; /* by factor: those of f, of whose choice tuples are missing, are first_view[f] ...
                 end_view[f] - 1 */
  size_t first_view[MAX_FACTORS], end_view[MAX_FACTORS];
  uint64_t *set;  /* all views of it */
  uint64_t *left; /* of each choice: how many of its tuples are missing */
  uint64_t count;
};

static uint64_t all_tuples (const tuples *u) {
  return u->first[u->choices];
}

/* ---- views: the position-th one of a choice */

static view view_of (const tuples *u, size_t choice, int position) {
  const uint8_t *factor = u->factor + choice * (size_t) u->t;
  uint64_t stride = (uint64_t) u->model->levels[factor[position]];
  view w = { .choice = choice, .first = u->first[choice] + (uint64_t) position * all_tuples(u) };
  for (int i = u->t - 1, k = u->t - 2; i >= 0; i--)
    if (i != position) {
      w.others |= (uint64_t) 1 << factor[i];
      w.other[k] = factor[i];
      w.stride[k--] = stride;
      stride *= (uint64_t) u->model->levels[factor[i]];
    }
  return w;
}

static void make_views (missing *m) {
  const tuples *u = m->u;
  const size_t each = u->choices * (size_t) u->t / (size_t) u->model->factors;
  for (int f = 0; f < u->model->factors; f++)
    m->first_view[f] = m->end_view[f] = (size_t) f * each;
  for (size_t c = 0; c < u->choices; c++)
    for (int i = 0; i < u->t; i++) {
      const int f = u->factor[c * (size_t) u->t + (size_t) i];
      m->view[m->end_view[f]++] = view_of(u, c, i);
    }
}

/* Where in a view the tuples with a row's other values are. */
static uint64_t place_in (const view *w, int others, const uint16_t *row) {
  uint64_t at = w->first;
  for (int i = 0; i < others; i++)
    at += row[w->other[i]] * w->stride[i];
  return at;
}

/* The view in which tuples have the order of their numbers. */
static uint64_t last_view (const tuples *u) {
  return (uint64_t) (u->t - 1) * all_tuples(u);
}

/* ---- the set */

static void add (missing *m, size_t choice, uint64_t tuple) {
  const tuples *u = m->u;
  uint16_t row[MAX_FACTORS];
  tuples_set(u, choice, tuple, row);
  for (int i = 0; i < u->t; i++) {
    const view w = view_of(u, choice, i);
    const int f = u->factor[choice * (size_t) u->t + (size_t) i];
    tuples_add(m->set, place_in(&w, u->t - 1, row) + row[f]);
  }
  m->left[choice]++;
  m->count++;
}

missing *missing_new (const tuples *u, const uint64_t *possible) {
  missing *m = calloc(1, sizeof *m);
  if (!m)
    return NULL;
  m->u = u;
  m->view = calloc(u->choices * (size_t) u->t, sizeof *m->view);
  m->set = tuples_none(all_tuples(u) * (uint64_t) u->t);
  m->left = calloc(u->choices, sizeof *m->left);
  if (!m->view || !m->set || !m->left) {
    missing_free(m);
    return NULL;
  }
  make_views(m);
  for (size_t c = 0; c < u->choices; c++)
    for (uint64_t i = u->first[c]; i < u->first[c + 1]; i++)
      if (tuples_has(possible, i))
        add(m, c, i);
  return m;
}

void missing_free (missing *m) {
  if (!m)
    return;
  free(m->view);
  free(m->set);
  free(m->left);
  free(m);
}

uint64_t missing_count (const missing *m) {
  return m->count;
}

uint64_t missing_in (const missing *m, const uint16_t *row) {
  uint64_t count = 0;
  for (size_t c = 0; c < m->u->choices; c++)
    count += tuples_has(m->set, last_view(m->u) + tuples_at(m->u, c, row));
  return count;
}

/* Drops the views of choices of which nothing is missing any more. */
static void drop_views (missing *m) {
  for (int f = 0; f < m->u->model->factors; f++) {
    size_t end = m->first_view[f];
    for (size_t i = end; i < m->end_view[f]; i++)
      if (m->left[m->view[i].choice])
        m->view[end++] = m->view[i];
    m->end_view[f] = end;
  }
}

void missing_cover (missing *m, const uint16_t *row) {
  for (int f = 0; f < m->u->model->factors; f++)
    for (const view *w = m->view + m->first_view[f]; w < m->view + m->end_view[f]; w++) {
      const uint64_t at = place_in(w, m->u->t - 1, row) + row[f];
      if (at >= last_view(m->u) && tuples_has(m->set, at)) {
        m->left[w->choice]--;
        m->count--;
      }
      m->set[at / 64] &= ~((uint64_t) 1 << at % 64);
    }
  drop_views(m);
}

void missing_pick (const missing *m, uint64_t random, uint16_t *row) {
  const tuples *u = m->u;
  size_t choice = (size_t) (random % u->choices);
  while (!m->left[choice])
    choice = (choice + 1) % u->choices;
  const uint64_t count = u->first[choice + 1] - u->first[choice];
  uint64_t i = random / u->choices % count;
  while (!tuples_has(m->set, last_view(u) + u->first[choice] + i))
    i = (i + 1) % count;
  tuples_set(u, choice, u->first[choice] + i, row);
}

static uint64_t read_bits (const uint64_t *set, uint64_t at, int count) {
  const int shift = (int) (at % 64);
  uint64_t word = set[at / 64] >> shift;
  if (shift)
    word |= set[at / 64 + 1] << (64 - shift);
  return count < 64 ? word & (((uint64_t) 1 << count) - 1) : word;
}

void missing_gains (const missing *m, const uint16_t *row, uint64_t assigned, int f,
                    uint32_t *gain) {
  const int levels = m->u->model->levels[f], others = m->u->t - 1;
  memset(gain, 0, (size_t) levels * sizeof *gain);
  for (const view *w = m->view + m->first_view[f]; w < m->view + m->end_view[f]; w++) {
    if (w->others & ~assigned)
      continue;
    const uint64_t at = place_in(w, others, row);
    for (int v = 0; v < levels; v += 64)
      for (uint64_t x = read_bits(m->set, at + (uint64_t) v, levels - v); x; x &= x - 1)
        gain[v + __builtin_ctzll(x)]++;
  }
}
