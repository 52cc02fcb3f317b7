/* tiles.c: correlations of any kind. A tile is LANES elements of all rows. It may go on from one
   row of the plane to the next, and a tap may read anywhere. */

#include "correlation.h"
#include <string.h>

enum { TILES = 4 };

/* Where the current lanes read a plane with one pair of taps. */
typedef struct aim {
  int64_t offset[LANES];
  bool straight; /* side by side, as far as lanes are used: no need to gather */
} aim;

typedef struct tiling {
  const correlation *c;
  product m;
  cell *left, *plane, *bias;
  aim *aims; /* TILES x pairs of taps */
} tiling;

static int64_t tap_count (const tiling *t) {
  return t->c->taps[0].slots * t->c->taps[1].slots;
}

/* Cells of a plane: its elements, and a zero that every tap in the padding reads. */
static int64_t plane_size (const tiling *t) {
  return t->c->size[0] * t->c->size[1] + 1;
}

static void pack_image (const tiling *t, int64_t n, content *seen) {
  const view *s = &t->c->source;

  for (int64_t ch = 0; ch < t->c->groups * t->c->channels; ch++) {
    cell *plane = t->plane + ch * plane_size(t);
    pack_rows(s, view_at(s, n, ch, 0, 0), t->c->size[0], t->c->size[1], plane, seen);
    memset(plane + t->c->size[0] * t->c->size[1], 0, (1 + LANES) * sizeof *plane);
  }
}

/* The lanes from a position on. If they fit into a row they stay in it, as then most taps read side
   by side. */
static void locate (const tiling *t, int64_t n, int64_t position, lanes *l) {
  const taps *rows = &t->c->taps[0], *columns = &t->c->taps[1];
  int64_t left = columns->places < LANES ? rows->places * columns->places - position
                                         : columns->places - position % columns->places;

  l->count = left < LANES ? (int) left : LANES;
  l->index = n * t->c->groups * t->m.rows * t->m.row_step + position;
  for (int i = 0; i < l->count; i++) {
    int64_t y = (position + i) / columns->places, x = (position + i) % columns->places;
    memcpy(l->at[i], (int64_t[4]){ n, 0, y, x }, sizeof l->at[i]);
    l->terms[i] = t->c->channels * rows->inside[y] * columns->inside[x];
  }
  product_place(&t->m, l);
}

static void take_aim (const tiling *t, const lanes *l, int64_t a, int64_t b, aim *to) {
  const int64_t *row = t->c->taps[0].index + a * t->c->taps[0].places;
  const int64_t *column = t->c->taps[1].index + b * t->c->taps[1].places;

  to->straight = true;
  for (int i = 0; i < l->count; i++) {
    int64_t h = row[l->at[i][2]], w = column[l->at[i][3]];
    to->offset[i] = h < 0 || w < 0 ? plane_size(t) - 1 : h * t->c->size[1] + w;
    to->straight &= to->offset[i] == to->offset[0] + i;
  }
  for (int i = l->count; i < LANES; i++)
    to->offset[i] = to->offset[0];
}

static void take_aims (const tiling *t, const lanes *l, aim *aims) {
  for (int64_t a = 0; a < t->c->taps[0].slots; a++)
    for (int64_t b = 0; b < t->c->taps[1].slots; b++)
      take_aim(t, l, a, b, &aims[a * t->c->taps[1].slots + b]);
}

typedef struct planes {
  const tiling *t;
  const cell *first; /* plane of the group */
  const aim *aims;   /* of each pair of taps */
} planes;

static void gather (const void *source, int64_t k0, int64_t n, panel *to) {
  const planes *p = source;
  int64_t all = tap_count(p->t), tap = k0 % all;
  const cell *plane = p->first + k0 / all * plane_size(p->t);

  for (int64_t k = 0; k < n; k++) {
    const aim *from = &p->aims[tap];
    to->right[k] = from->straight ? plane + from->offset[0] : to->cells[k];
    for (int i = 0; !from->straight && i < LANES; i++)
      to->cells[k][i] = plane[from->offset[i]];
    if (++tap == all) {
      tap = 0;
      plane += plane_size(p->t);
    }
  }
}

/* Takes a few tiles of a group before the next group, so that memory is written in longer runs. */
static void correlate_image (tiling *t, int64_t n) {
  int64_t positions = t->m.row_step, left = product_blocks(&t->m) * t->m.depth * ROWS;
  lanes tile[TILES];

  for (int64_t position = 0; position < positions;) {
    int tiles = 0;
    for (; tiles < TILES && position < positions; position += tile[tiles++].count) {
      locate(t, n, position, &tile[tiles]);
      take_aims(t, &tile[tiles], t->aims + tiles * tap_count(t));
    }
    for (int64_t g = 0; g < t->c->groups; g++)
      for (int i = 0; i < tiles; i++) {
        planes from = { t, t->plane + g * t->c->channels * plane_size(t),
                        t->aims + i * tap_count(t) };
        product_compute(&t->m, t->left + g * left, &from, &tile[i], g * t->m.rows);
      }
  }
}

static void correlate (tiling *t) {
  const operands *q = t->c->q;
  content weights = { false, false };

  correlation_pack_weights(t->c, t->left, &weights);
  if (t->bias != NULL)
    pack_row(q->bias.type, q->bias.origin, q->bias.stride[3], t->c->groups * t->m.rows, t->bias,
             &weights);
  if (weights.nonfinite) {
    define(q, t->c->r); /* the zeros of the padding must not meet them */
    return;
  }
  for (int64_t n = 0; n < t->c->images; n++) {
    content all = weights;
    pack_image(t, n, all.fractional ? NULL : &all);
    t->m.proof = proof_of(q->g.type, !all.fractional, t->m.depth, CHUNK);
    correlate_image(t, n);
  }
}

bool tiled_correlate (const correlation *c, workspace *w) {
  tiling t = { .c = c,
               .m = { .q = c->q,
                      .r = c->r,
                      .rows = c->rows,
                      .depth = c->depth,
                      .row_axis = 1,
                      .row_step = c->taps[0].places * c->taps[1].places,
                      .gather = gather } };

  t.left = workspace_take(w, c->groups * product_blocks(&t.m), c->depth, ROWS, sizeof *t.left);
  t.plane = workspace_take(w, c->groups * c->channels + 1, plane_size(&t) + LANES, 1,
                           sizeof *t.plane); /* with room for lanes that are not used */
  t.aims = workspace_take(w, c->taps[0].slots, c->taps[1].slots, TILES, sizeof *t.aims);
  t.bias = c->bias ? workspace_take(w, c->groups * c->rows, 1, 1, sizeof *t.bias) : NULL;
  t.m.bias = t.bias;
  if (!product_open(&t.m, w))
    return false;
  correlate(&t);
  return true;
}
