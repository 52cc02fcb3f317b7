/* gradient.c: grad_weight and grad_bias by the fast path.
   Both sum, over all places of the output, grad_output times what a tap read there. grad_bias has a
   single position a row, and its factor is 1. Where a group has too many numbers for the memory of
   a WINDOW, some of its rows are computed at a time, and of these some channels. */

#include "fast.h"
#include "product.h"
#include "taps.h"
#include <string.h>

/* In cells, but for one block of rows, or one channel. Compile with -DWINDOW=64 to try windows on
   small calls. */
#ifndef WINDOW
#define WINDOW (1 << 22)
#endif

typedef struct gradient {
  product m;              /* of the rows of a window */
  int64_t rows, channels; /* of a group */
  int64_t most[2];        /* rows and channels of a window */
  int64_t from, count;    /* channels of the window */
  int64_t plane_size;     /* cells of a plane */
  taps taps[2];           /* of grad_weight */
  cell *left, *plane;     /* of one window: all images */
  cell *places;           /* a plane of grad_output */
  int lanes;              /* how many are used; the others stay zero, or as they were */
  int64_t channel[LANES]; /* where the plane of each starts in an image */
  const int64_t *row[LANES], *column[LANES]; /* by place of the output: what their taps read */
} gradient;

/* grad_output of the rows from `first` on: blocks x (images, places) x ROWS. */
static void pack_output (const gradient *s, int64_t first, content *seen) {
  const geometry *g = &s->m.q->g;
  const view *y = &s->m.q->grad_output;
  int64_t rows = g->axis[0].output, columns = g->axis[1].output;

  memset(s->left, 0, (size_t) (product_blocks(&s->m) * s->m.depth * ROWS) * sizeof *s->left);
  for (int64_t row = 0; row < s->m.rows; row++) {
    cell *out = s->left + row / ROWS * s->m.depth * ROWS + row % ROWS;
    for (int64_t n = 0; n < g->images; n++) {
      pack_rows(y, view_at(y, n, first + row, 0, 0), rows, columns, s->places, seen);
      for (int64_t i = 0; i < rows * columns; i++, out += ROWS)
        *out = s->places[i];
    }
  }
}

/* The input of some channels of a group: images x channels x planes. */
static void pack_planes (const gradient *s, int64_t group, content *seen) {
  const geometry *g = &s->m.q->g;
  const view *x = &s->m.q->input;
  const int64_t first = group * s->channels + s->from;
  cell *out = s->plane;

  for (int64_t n = 0; n < g->images; n++)
    for (int64_t c = 0; c < s->count; c++, out += s->plane_size)
      pack_rows(x, view_at(x, n, first + c, 0, 0), g->axis[0].size, g->axis[1].size, out, seen);
}

static int64_t count_inside (const int64_t *index, int64_t n) {
  int64_t inside = 0;
  for (int64_t i = 0; i < n; i++)
    inside += index[i] >= 0;
  return inside;
}

/* Which taps the lanes from a position to an end are: positions count channels x rows x columns. */
static void locate (gradient *s, int64_t position, int64_t end, lanes *l) {
  const taps *rows = &s->taps[0], *columns = &s->taps[1];
  int64_t left = end - position;

  l->count = left < LANES ? (int) left : LANES;
  l->index = position;
  s->lanes = l->count;
  for (int i = 0; i < l->count; i++) {
    int64_t at = position + i;
    int64_t column = at % columns->slots, row = at / columns->slots % rows->slots;
    int64_t channel = at / columns->slots / rows->slots;
    s->channel[i] = (channel - s->from) * s->plane_size;
    s->row[i] = rows->index + row * rows->places;
    s->column[i] = columns->index + column * columns->places;
    memcpy(l->at[i], (int64_t[4]){ 0, channel, row, column }, sizeof l->at[i]);
    l->terms[i] = s->m.q->g.images * count_inside(s->row[i], rows->places)
                  * count_inside(s->column[i], columns->places);
  }
  product_place(&s->m, l);
}

/* What a lane reads for n places of the output, from the place `from` on: image, row, column. */
static void gather_lane (const gradient *s, int lane, const int64_t from[3], int64_t n,
                         cell (*to)[LANES]) {
  const geometry *g = &s->m.q->g;
  int64_t rows = g->axis[0].output, columns = g->axis[1].output, width = g->axis[1].size;
  int64_t i = from[1], j = from[2];
  const cell *plane = s->plane + from[0] * s->count * s->plane_size + s->channel[lane];

  while (n > 0) {
    int64_t h = s->row[lane][i], run = columns - j < n ? columns - j : n;
    const int64_t *column = s->column[lane] + j;
    for (int64_t k = 0; k < run; k++)
      to[k][lane] = h < 0 || column[k] < 0 ? (cell){ 0 } : plane[h * width + column[k]];
    to += run, n -= run, j = 0;
    if (++i == rows) {
      i = 0;
      plane += s->count * s->plane_size;
    }
  }
}

static void gather (const void *source, int64_t k0, int64_t n, panel *to) {
  const gradient *s = source;
  int64_t rows = s->m.q->g.axis[0].output, columns = s->m.q->g.axis[1].output;
  const int64_t from[3] = { k0 / columns / rows, k0 / columns % rows, k0 % columns };

  for (int lane = 0; lane < s->lanes; lane++)
    gather_lane(s, lane, from, n, to->cells);
  for (int64_t k = 0; k < n; k++)
    to->right[k] = to->cells[k];
}

/* The rows of a window from `first` on, and their channels from s->from on. */
static void multiply_window (gradient *s, int64_t group, int64_t first, content rows) {
  const int64_t each = s->taps[0].slots * s->taps[1].slots, end = (s->from + s->count) * each;
  content all = rows;
  lanes l;

  pack_planes(s, group, all.fractional ? NULL : &all);
  s->m.proof = proof_of(s->m.q->g.type, !all.fractional, s->m.depth, CHUNK);
  for (int64_t position = s->from * each; position < end; position += LANES) {
    locate(s, position, end, &l);
    product_compute(&s->m, s->left, s, &l, first);
  }
}

static int64_t least (int64_t a, int64_t b) {
  return a < b ? a : b;
}

/* Packs the next rows of a group for a window; false: there are none. */
static bool next_rows (gradient *s, int64_t group, int64_t *row, content *seen) {
  *seen = (content){ false, false };
  *row += s->m.rows;
  s->m.rows = least(s->most[0], s->rows - *row);
  if (s->m.rows <= 0)
    return false;
  pack_output(s, group * s->rows + *row, seen);
  return true;
}

static void weight_gradient (gradient *s) {
  content seen;

  memset(s->m.panel->cells, 0,
         sizeof s->m.panel->cells[0] * (size_t) (s->m.depth < CHUNK ? s->m.depth : CHUNK));
  for (int64_t group = 0; group < s->m.q->g.groups; group++)
    for (int64_t row = s->m.rows = 0; next_rows(s, group, &row, &seen);) {
      if (seen.nonfinite) {
        define(s->m.q, s->m.r); /* the zeros of the padding must not meet them */
        return;
      }
      for (s->from = 0; s->from < s->channels; s->from += s->count) {
        s->count = least(s->most[1], s->channels - s->from);
        multiply_window(s, group, group * s->rows + row, seen);
      }
    }
}

/* How many things of planes x size cells each a window has, where it has more than `by` a multiple
   of that. */
static int64_t fit_window (int64_t planes, int64_t size, int64_t by) {
  const int64_t most = planes > 0 && size > 0 ? WINDOW / planes / size : WINDOW;
  return most > by ? most / by * by : most > 0 ? most : 1;
}

static bool acquire (gradient *s, workspace *w) {
  const geometry *g = &s->m.q->g;
  int64_t places;

  if (__builtin_mul_overflow(g->axis[0].output, g->axis[1].output, &places)
      || __builtin_mul_overflow(places, g->images, &s->m.depth))
    return false;
  s->most[0] = ROWS * fit_window(g->images, ROWS * places, 1);
  s->m.rows = least(s->most[0], s->rows);
  s->left = workspace_take(w, product_blocks(&s->m), s->m.depth, ROWS, sizeof *s->left);
  s->places = workspace_take(w, places, 1, 1, sizeof *s->places);
  return product_open(&s->m, w);
}

bool fast_grad_weight (const operands *q, const result *r) {
  const geometry *g = &q->g;
  gradient s = { .m = { .q = q,
                        .r = r,
                        .row_axis = 0,
                        .gather = gather,
                        .row_step = r->extent[1] * r->extent[2] * r->extent[3] },
                 .rows = g->group_out,
                 .channels = g->group_in,
                 .plane_size = g->axis[0].size * g->axis[1].size };
  workspace w;

  if (g->out_channels == 0 || s.m.row_step == 0)
    return true; /* SHAPE-10 */
  workspace_open(&w);
  s.most[1] = least(fit_window(g->images, s.plane_size, LANES), s.channels);
  s.plane = workspace_take(&w, g->images, s.most[1], s.plane_size, sizeof *s.plane);
  bool ready = taps_forward(&s.taps[0], &g->axis[0], &w)
               && taps_forward(&s.taps[1], &g->axis[1], &w) && acquire(&s, &w);
  if (ready)
    weight_gradient(&s);
  workspace_close(&w);
  return ready;
}

static void gather_ones (const void *source, int64_t k0, int64_t n, panel *to) {
  (void) source, (void) k0;
  for (int i = 0; i < LANES; i++)
    to->cells[0][i].real = 1;
  for (int64_t k = 0; k < n; k++)
    to->right[k] = to->cells[0];
}

static void bias_gradient (gradient *s) {
  const geometry *g = &s->m.q->g;
  lanes l = { .count = 1, .terms = { s->m.depth } };
  content seen;

  for (int64_t group = 0; group < g->groups; group++)
    for (int64_t row = s->m.rows = 0; next_rows(s, group, &row, &seen);) {
      s->m.proof = proof_of(g->type, !seen.fractional, s->m.depth, CHUNK);
      product_compute(&s->m, s->left, s, &l, group * s->rows + row);
    }
}

bool fast_grad_bias (const operands *q, const result *r) {
  gradient s = { .m = { .q = q, .r = r, .row_axis = 3, .row_step = 1, .gather = gather_ones },
                 .rows = q->g.group_out };
  workspace w;

  if (q->g.out_channels == 0) {
    define(q, r); /* no output channels, but a gradient for each bias (SHAPE-10) */
    return true;
  }
  workspace_open(&w);
  bool ready = acquire(&s, &w);
  if (ready)
    bias_gradient(&s);
  workspace_close(&w);
  return ready;
}
