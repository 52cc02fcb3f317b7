/* correlate.c: output and grad_input by the fast path.
   Both sum, over channels and taps, a weight times an element of a plane; they differ in which
   channels of the weight are rows, and in the tables of taps. */

#include "fast.h"
#include "product.h"
#include "taps.h"
#include <string.h>

enum { TILES = 4 };

/* Where the current lanes read a plane with one pair of taps. */
typedef struct aim {
  int64_t offset[LANES];
  bool straight; /* side by side, as far as lanes are used: no need to gather */
} aim;

typedef struct correlation {
  product m;
  int64_t images, groups, channels; /* channels of the source in a group */
  view weight;                      /* [row of a group, channel, tap, tap] */
  int64_t weight_step;              /* from group to group, in bytes */
  view source;                      /* input, or grad_output */
  int64_t size[2];                  /* of its planes */
  taps taps[2];
  cell *left, *plane, *bias;
  aim *aims; /* TILES x pairs of taps */
} correlation;

static int64_t tap_count (const correlation *c) {
  return c->taps[0].slots * c->taps[1].slots;
}

/* Cells of a plane: its elements, and a zero that every tap in the padding reads. */
static int64_t plane_size (const correlation *c) {
  return c->size[0] * c->size[1] + 1;
}

/* The weights of one row: channels x slots x slots. */
static void pack_row_of_weights (const correlation *c, int64_t group, int64_t row, cell *out,
                                 content *seen) {
  const taps *rows = &c->taps[0], *columns = &c->taps[1];
  const view *w = &c->weight;

  for (int64_t channel = 0; channel < c->channels; channel++)
    for (int64_t a = 0; a < rows->slots; a++)
      for (int64_t b = 0; b < columns->slots; b++, out += ROWS) {
        const char *at = view_at(w, row, channel, rows->tap[a], columns->tap[b]);
        *out = pack(w->type, at + group * c->weight_step, seen);
      }
}

static void pack_weights (const correlation *c, content *seen) {
  int64_t blocks = product_blocks(&c->m), depth = c->m.depth;

  memset(c->left, 0, (size_t) (c->groups * blocks * depth * ROWS) * sizeof *c->left);
  for (int64_t g = 0; g < c->groups; g++)
    for (int64_t row = 0; row < c->m.rows; row++) {
      cell *block = c->left + (g * blocks + row / ROWS) * depth * ROWS;
      pack_row_of_weights(c, g, row, block + row % ROWS, seen);
    }
}

static void pack_image (const correlation *c, int64_t n, content *seen) {
  const view *s = &c->source;

  for (int64_t ch = 0; ch < c->groups * c->channels; ch++) {
    cell *plane = c->plane + ch * plane_size(c);
    for (int64_t h = 0; h < c->size[0]; h++)
      pack_row(s->type, view_at(s, n, ch, h, 0), s->stride[3], c->size[1], plane + h * c->size[1],
               seen);
    memset(plane + c->size[0] * c->size[1], 0, (1 + LANES) * sizeof *plane);
  }
}

/* The lanes from a position on. If they fit into a row they stay in it, as then most taps read side
   by side. */
static void locate (const correlation *c, int64_t n, int64_t position, lanes *l) {
  const taps *rows = &c->taps[0], *columns = &c->taps[1];
  int64_t left = columns->places < LANES ? rows->places * columns->places - position
                                         : columns->places - position % columns->places;

  l->count = left < LANES ? (int) left : LANES;
  l->index = n * c->groups * c->m.rows * c->m.row_step + position;
  for (int i = 0; i < l->count; i++) {
    int64_t y = (position + i) / columns->places, x = (position + i) % columns->places;
    memcpy(l->at[i], (int64_t[4]){ n, 0, y, x }, sizeof l->at[i]);
    l->terms[i] = c->channels * rows->inside[y] * columns->inside[x];
  }
  product_place(&c->m, l);
}

static void take_aim (const correlation *c, const lanes *l, int64_t a, int64_t b, aim *to) {
  const int64_t *row = c->taps[0].index + a * c->taps[0].places;
  const int64_t *column = c->taps[1].index + b * c->taps[1].places;

  to->straight = true;
  for (int i = 0; i < l->count; i++) {
    int64_t h = row[l->at[i][2]], w = column[l->at[i][3]];
    to->offset[i] = h < 0 || w < 0 ? plane_size(c) - 1 : h * c->size[1] + w;
    to->straight &= to->offset[i] == to->offset[0] + i;
  }
  for (int i = l->count; i < LANES; i++)
    to->offset[i] = to->offset[0];
}

static void take_aims (const correlation *c, const lanes *l, aim *aims) {
  for (int64_t a = 0; a < c->taps[0].slots; a++)
    for (int64_t b = 0; b < c->taps[1].slots; b++)
      take_aim(c, l, a, b, &aims[a * c->taps[1].slots + b]);
}

typedef struct planes {
  const correlation *c;
  const cell *first; /* plane of the group */
  const aim *aims;   /* of each pair of taps */
} planes;

static void gather (const void *source, int64_t k0, int64_t n, panel *to) {
  const planes *p = source;
  int64_t all = tap_count(p->c), tap = k0 % all;
  const cell *plane = p->first + k0 / all * plane_size(p->c);

  for (int64_t k = 0; k < n; k++) {
    const aim *from = &p->aims[tap];
    to->right[k] = from->straight ? plane + from->offset[0] : to->cells[k];
    for (int i = 0; !from->straight && i < LANES; i++)
      to->cells[k][i] = plane[from->offset[i]];
    if (++tap == all) {
      tap = 0;
      plane += plane_size(p->c);
    }
  }
}

/* A few tiles of each group before the next group, so that memory is written in longer runs. */
static void correlate_image (correlation *c, int64_t n) {
  int64_t positions = c->m.row_step, left = product_blocks(&c->m) * c->m.depth * ROWS;
  lanes tile[TILES];

  for (int64_t position = 0; position < positions;) {
    int tiles = 0;
    for (; tiles < TILES && position < positions; position += tile[tiles++].count) {
      locate(c, n, position, &tile[tiles]);
      take_aims(c, &tile[tiles], c->aims + tiles * tap_count(c));
    }
    for (int64_t g = 0; g < c->groups; g++)
      for (int t = 0; t < tiles; t++) {
        planes from = { c, c->plane + g * c->channels * plane_size(c), c->aims + t * tap_count(c) };
        product_compute(&c->m, c->left + g * left, &from, &tile[t], g * c->m.rows);
      }
  }
}

static void correlate (correlation *c) {
  const operands *q = c->m.q;
  content weights = { false, false };

  pack_weights(c, &weights);
  if (c->bias != NULL)
    pack_row(q->bias.type, q->bias.origin, q->bias.stride[3], c->groups * c->m.rows, c->bias,
             &weights);
  if (weights.nonfinite) {
    define(q, c->m.r); /* the zeros of the padding must not meet them */
    return;
  }
  for (int64_t n = 0; n < c->images; n++) {
    content all = weights;
    pack_image(c, n, &all);
    c->m.proof = proof_of(q->g.type, !all.fractional, c->m.depth, CHUNK);
    correlate_image(c, n);
  }
}

static bool acquire (correlation *c, bool bias, workspace *w) {
  int64_t blocks = product_blocks(&c->m);

  if (__builtin_mul_overflow(tap_count(c), c->channels, &c->m.depth))
    return false;
  c->m.row_step = c->taps[0].places * c->taps[1].places;
  c->left = workspace_take(w, c->groups * blocks, c->m.depth, ROWS, sizeof *c->left);
  c->plane = workspace_take(w, c->groups * c->channels + 1, plane_size(c) + LANES, 1,
                            sizeof *c->plane); /* with room for lanes that are not used */
  c->aims = workspace_take(w, c->taps[0].slots, c->taps[1].slots, TILES, sizeof *c->aims);
  c->bias = bias ? workspace_take(w, c->groups * c->m.rows, 1, 1, sizeof *c->bias) : NULL;
  c->m.bias = c->bias;
  return product_open(&c->m, w);
}

/* The whole of it, with the tables of taps that `tabulate` makes. */
static bool run (correlation *c, taps_fn *tabulate, bool bias) {
  const geometry *g = &c->m.q->g;
  const int64_t *extent = c->m.r->extent;
  workspace w;

  if (extent[0] == 0 || extent[1] == 0 || extent[2] == 0 || extent[3] == 0)
    return true;
  workspace_open(&w);
  bool ready = tabulate(&c->taps[0], &g->axis[0], &w) && tabulate(&c->taps[1], &g->axis[1], &w)
               && acquire(c, bias, &w);
  if (ready)
    correlate(c);
  workspace_close(&w);
  return ready;
}

bool fast_output (const operands *q, const result *r) {
  const geometry *g = &q->g;
  correlation c = { .m = { .q = q, .r = r, .rows = g->group_out, .row_axis = 1, .gather = gather },
                    .images = g->images,
                    .groups = g->groups,
                    .channels = g->group_in,
                    .weight = q->weight,
                    .weight_step = g->group_out * q->weight.stride[0],
                    .source = q->input,
                    .size = { g->axis[0].size, g->axis[1].size } };
  return run(&c, taps_forward, g->bias);
}

bool fast_grad_input (const operands *q, const result *r) {
  const geometry *g = &q->g;
  correlation c = { .m = { .q = q, .r = r, .rows = g->group_in, .row_axis = 1, .gather = gather },
                    .images = g->images,
                    .groups = g->groups,
                    .channels = g->group_out,
                    .weight = q->weight,
                    .weight_step = g->group_out * q->weight.stride[0],
                    .source = q->grad_output,
                    .size = { g->axis[0].output, g->axis[1].output } };
  c.weight.stride[0] = q->weight.stride[1]; /* its input channels are the rows */
  c.weight.stride[1] = q->weight.stride[0];
  return run(&c, taps_backward, false);
}
