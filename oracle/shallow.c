/* shallow.c: correlations with few products an element, row by row of the result. The source is
   packed with its padding, so that what a tap reads for neighbouring places lies side by side. If
   the stride is above 1, columns are therefore sorted by their remainder. */

#include "correlation.h"
#include <string.h>

enum {
  SHALLOW = 256, /* products of an element at most; they are summed in one go */
  PIECE = 16384  /* about how many products the columns have that are computed together */
};

typedef struct shallow {
  const correlation *c;
  int64_t rows, columns;  /* of the result; where a kernel has one column, all is one row */
  int64_t count[2];       /* rows and columns of the packed source that places read */
  int64_t pitch;          /* cells of a packed row */
  const int64_t *from[2]; /* of each packed row and cell: its index in the source; none: the size */
  bool in_order;          /* a row is padded as it lies, and then sorted */
  cell *left, *bias;      /* of all groups */
  cell *plane, *row;      /* of the current group; a row of the source, padded or with a zero */
  int64_t *offset;        /* depth: from where a place starts to what each tap reads */
  const cell **right;     /* depth: what the taps of the current row read */
  double *sum, *scale;    /* ROWS x columns, for what is not stored as detail */
  char *out;              /* a row of the result whose elements are not side by side, or NULL */
  int64_t *doubt;         /* of a row */
  sum_rows_fn *sum_rows;
  settle_row_fn *settle_row;
  proof proof;
} shallow;

/* ---- how the source is packed */

static int64_t count_read (const axis *a) {
  return (a->output - 1) * a->stride + (a->kernel - 1) * a->dilation + 1;
}

/* Cells of a packed row for each remainder of its columns. */
static int64_t per_remainder (const axis *a) {
  return (count_read(a) + a->stride - 1) / a->stride;
}

/* Whether all of the result is one row of a packed plane: then rows of any length are fast. */
static bool is_flat (const correlation *c) {
  return c->axis[1].kernel == 1 && c->axis[0].stride == 1 && c->axis[1].stride == 1;
}

bool shallow_suits (const correlation *c) {
  const type *t = c->q->g.type;
  const axis *a = c->axis;

  if (!c->even || is_integer(t) || t->fraction == 52 || c->depth < 1 || c->depth > SHALLOW)
    return false;
  if (a[1].output < 2)
    return false; /* nothing to be neighbours of */
  /* a large stride into much padding would pack what nothing reads */
  double packed = (double) count_read(&a[0]) * (double) count_read(&a[1]);
  double used =
      (double) a[0].size * (double) a[1].size + (double) a[0].output * (double) a[1].output;
  return packed < 4 * used + 1024;
}

static int64_t index_or_size (const axis *a, int64_t q) {
  int64_t index = q < count_read(a) ? padded(a, q - a->before) : -1;
  return index < 0 ? a->size : index;
}

static void list_rows (const axis *a, int64_t *from) {
  for (int64_t y = 0; y < count_read(a); y++)
    from[y] = index_or_size(a, y);
}

static void list_columns (const axis *a, bool in_order, int64_t *from) {
  for (int64_t remainder = 0; remainder < a->stride; remainder++)
    for (int64_t j = 0; j < per_remainder(a); j++) {
      int64_t q = j * a->stride + remainder;
      from[in_order ? q : remainder * per_remainder(a) + j] = index_or_size(a, q);
    }
}

/* How far it is from the first cell that a place reads to the cell that the tap of a slot reads. */
static int64_t distance (const correlation *c, int i, int64_t slot) {
  const axis *a = &c->axis[i];
  int64_t tap = c->taps[i].tap[slot];
  return (c->turned ? a->kernel - 1 - tap : tap) * a->dilation;
}

static void list_offsets (const shallow *s) {
  const correlation *c = s->c;
  const axis *columns = &c->axis[1];
  int64_t *to = s->offset;

  for (int64_t channel = 0; channel < c->channels; channel++)
    for (int64_t a = 0; a < c->taps[0].slots; a++)
      for (int64_t b = 0; b < c->taps[1].slots; b++) {
        int64_t x = distance(c, 1, b);
        *to++ = (channel * s->count[0] + distance(c, 0, a)) * s->pitch
                + x % columns->stride * per_remainder(columns) + x / columns->stride;
      }
}

/* A row of the source as it lies, with its padding. */
static void pad_source_row (const shallow *s, const char *at, cell *out, content *seen) {
  int64_t size = s->c->size[1], before = s->c->axis[1].before;
  const int64_t *from = s->from[1];
  const view *v = &s->c->source;

  pack_row(v->type, at, v->stride[3], size, out + before, seen);
  for (int64_t i = 0; i < before; i++)
    out[i].real = from[i] < size ? out[before + from[i]].real : 0;
  for (int64_t i = before + size; i < s->pitch; i++)
    out[i].real = from[i] < size ? out[before + from[i]].real : 0;
}

static void pack_source_row (const shallow *s, const char *at, cell *out, content *seen) {
  const axis *columns = &s->c->axis[1];
  const view *v = &s->c->source;
  const int64_t *from = s->from[1];

  if (s->in_order && columns->stride == 1)
    pad_source_row(s, at, out, seen);
  else if (s->in_order) {
    pad_source_row(s, at, s->row, seen);
    sort_row(s->row, columns->stride, per_remainder(columns), out);
  } else {
    pack_row(v->type, at, v->stride[3], s->c->size[1], s->row, seen);
    s->row[s->c->size[1]].real = 0;
    for (int64_t i = 0; i < s->pitch; i++)
      out[i] = s->row[from[i]];
  }
}

static void pack_group (const shallow *s, int64_t n, int64_t group, content *seen) {
  const correlation *c = s->c;
  cell *out = s->plane;

  for (int64_t channel = group * c->channels; channel < (group + 1) * c->channels; channel++)
    for (int64_t y = 0; y < s->count[0]; y++, out += s->pitch)
      if (s->from[0][y] < c->size[0])
        pack_source_row(s, view_at(&c->source, n, channel, s->from[0][y], 0), out, seen);
      else
        memset(out, 0, (size_t) s->pitch * sizeof *out);
}

/* ---- rows of the result */

/* Rounds a row of float16 or bfloat16; as settle_row_fn. */
static int64_t settle_short_row (const proof *p, const double *sum, const double *scale,
                                 int64_t columns, char *out, int64_t *list) {
  int64_t count = 0, width = p->type->bits / 8;
  sums block = { .scale = { { 0 } } };

  for (int64_t at = 0; at < columns; at += LANES) {
    int n = columns - at < LANES ? (int) (columns - at) : LANES;
    uint64_t bits[LANES];
    memcpy(block.sum[0], sum + at, (size_t) n * sizeof *sum);
    memcpy(block.scale[0], scale + at, (size_t) n * sizeof *scale);
    uint32_t doubt = settle(p, &block, 0, bits);
    for (int i = 0; i < n; i++) {
      store_bits(p->type, out + (at + i) * width, bits[i]);
      if (doubt >> i & 1)
        list[count++] = at + i;
    }
  }
  return count;
}

/* Rounds and stores some columns of the result, from a position of its plane on. */
static void finish_row (const shallow *s, int64_t n, int64_t channel, int64_t position,
                        int64_t columns, const double *sum, const double *scale) {
  const view *v = &s->c->r->view;
  int64_t width = s->c->axis[1].output, bytes = v->type->bits / 8;
  int64_t plane = (n * s->c->r->extent[1] + channel) * s->c->axis[0].output * width;
  char *out = s->out != NULL ? s->out : view_at(v, n, channel, position / width, position % width);
  int64_t count = s->settle_row(&s->proof, sum, scale, columns, out, s->doubt);

  for (int64_t i = 0; s->out != NULL && i < columns; i++)
    memcpy(view_at(v, n, channel, (position + i) / width, (position + i) % width), out + i * bytes,
           (size_t) bytes);
  for (int64_t i = 0; i < count; i++) {
    int64_t p = position + s->doubt[i];
    define_element(s->c->q, s->c->r, (int64_t[4]){ n, channel, p / width, p % width }, plane + p);
  }
}

/* The same of up to ROWS channels, whose weights are `left`. */
static void correlate_channels (const shallow *s, int64_t n, int64_t first, int rows,
                                int64_t position, int64_t columns, const cell *left) {
  const conv2d_detail *d = &s->c->r->detail;
  double bias[ROWS] = { 0 }, *sum[ROWS], *scale[ROWS];

  for (int r = 0; r < ROWS; r++) {
    int64_t at = (n * s->c->r->extent[1] + first + r) * s->rows * s->columns + position;
    sum[r] = d->exact != NULL && r < rows ? d->exact + at : s->sum + r * s->columns;
    scale[r] = d->scale != NULL && r < rows ? d->scale + at : s->scale + r * s->columns;
    if (s->bias != NULL && r < rows)
      bias[r] = s->bias[first + r].real;
  }
  s->sum_rows(s->c->depth, left, s->right, rows, columns, bias, sum, scale);
  for (int r = 0; r < rows; r++)
    finish_row(s, n, first + r, position, columns, sum[r], scale[r]);
}

/* The same of all channels of a group, from column `from` of a row on. */
static void correlate_columns (const shallow *s, int64_t n, int64_t group, int64_t row,
                               int64_t from, int64_t columns) {
  const correlation *c = s->c;
  const cell *place = s->plane + row * c->axis[0].stride * s->pitch + from;
  int64_t blocks = (c->rows + ROWS - 1) / ROWS;

  for (int64_t k = 0; k < c->depth; k++)
    s->right[k] = place + s->offset[k];
  for (int64_t b = 0; b < blocks; b++) {
    int rows = c->rows - b * ROWS < ROWS ? (int) (c->rows - b * ROWS) : ROWS;
    correlate_channels(s, n, group * c->rows + b * ROWS, rows, row * s->columns + from, columns,
                       s->left + (group * blocks + b) * c->depth * ROWS);
  }
}

/* Takes long rows a piece at a time, so that the cells stay in the cache while all channels read
   them. */
static void correlate_group (const shallow *s, int64_t n, int64_t group) {
  int64_t pieces = s->columns * s->c->depth / PIECE + 1;

  if (pieces > s->columns / 32)
    pieces = s->columns / 32 + 1;
  for (int64_t row = 0; row < s->rows; row++)
    for (int64_t i = 0; i < pieces; i++) {
      int64_t from = s->columns * i / pieces, to = s->columns * (i + 1) / pieces;
      correlate_columns(s, n, group, row, from, to - from);
    }
}

/* Terms and flags of the whole result, which depend on no value: weights that are not finite never
   come here. */
static void tell (const shallow *s) {
  const conv2d_detail *d = &s->c->r->detail;
  const int64_t *rows = s->c->taps[0].inside, *columns = s->c->taps[1].inside;
  int64_t width = s->c->axis[1].output, plane = s->rows * s->columns;
  int64_t planes = s->c->images * s->c->r->extent[1];

  if (d->flags != NULL)
    memset(d->flags, 0, (size_t) (planes * plane));
  if (d->terms == NULL)
    return;
  for (int64_t p = 0; p < plane; p++)
    d->terms[p] = s->c->channels * rows[p / width] * columns[p % width] + s->c->bias;
  for (int64_t i = 1; i < planes; i++)
    memcpy(d->terms + i * plane, d->terms, (size_t) plane * sizeof *d->terms);
}

static void correlate (shallow *s) {
  const correlation *c = s->c;
  const operands *q = c->q;
  content weights = { false, false };

  correlation_pack_weights(c, s->left, &weights);
  if (s->bias != NULL)
    pack_row(q->bias.type, q->bias.origin, q->bias.stride[3], c->groups * c->rows, s->bias,
             &weights);
  if (weights.nonfinite) {
    define(q, c->r); /* the zeros of the padding must not meet them */
    return;
  }
  tell(s);
  for (int64_t n = 0; n < c->images; n++)
    for (int64_t g = 0; g < c->groups; g++) {
      content all = weights;
      pack_group(s, n, g, all.fractional ? NULL : &all);
      s->proof = proof_of(q->g.type, !all.fractional, c->depth, SHALLOW);
      correlate_group(s, n, g);
    }
}

/* ---- memory */

static bool side_by_side (const shallow *s) {
  const view *v = &s->c->r->view;
  int64_t bytes = v->type->bits / 8;
  return v->stride[3] == bytes
         && (s->columns == s->c->axis[1].output || v->stride[2] == s->c->axis[1].output * bytes);
}

static bool acquire (shallow *s, workspace *w) {
  const correlation *c = s->c;
  int64_t *rows = workspace_take(w, s->count[0], 1, 1, sizeof *rows);
  int64_t *columns = workspace_take(w, s->pitch, 1, 1, sizeof *columns);

  s->left =
      workspace_take(w, c->groups * ((c->rows + ROWS - 1) / ROWS), c->depth, ROWS, sizeof *s->left);
  s->bias = c->bias ? workspace_take(w, c->groups * c->rows, 1, 1, sizeof *s->bias) : NULL;
  s->plane = workspace_take(w, c->channels, s->count[0], s->pitch, sizeof *s->plane);
  s->row = workspace_take(w, c->size[1] + s->pitch + 1, 1, 1, sizeof *s->row);
  s->offset = workspace_take(w, c->depth, 1, 1, sizeof *s->offset);
  s->right = workspace_take(w, c->depth, 1, 1, sizeof *s->right);
  s->sum = workspace_take(w, ROWS, s->columns, 1, sizeof *s->sum);
  s->scale = workspace_take(w, ROWS, s->columns, 1, sizeof *s->scale);
  s->doubt = workspace_take(w, s->columns + 8, 1, 1, sizeof *s->doubt);
  s->out = side_by_side(s) ? NULL : workspace_take(w, s->columns, 8, 1, 1);
  if (w->exhausted)
    return false;
  list_rows(&c->axis[0], rows);
  list_columns(&c->axis[1], s->in_order, columns);
  s->from[0] = rows;
  s->from[1] = columns;
  list_offsets(s);
  return true;
}

bool shallow_correlate (const correlation *c, workspace *w) {
  const axis *a = c->axis;
  bool flat = is_flat(c);
  shallow s = { .c = c,
                .rows = flat ? 1 : a[0].output,
                .columns = flat ? a[0].output * a[1].output : a[1].output,
                .count = { count_read(&a[0]), count_read(&a[1]) },
                .pitch = per_remainder(&a[1]) * a[1].stride };

  s.in_order = a[1].before >= 0 && a[1].before + a[1].size <= s.pitch;
  s.sum_rows = sum_rows_for(s.columns);
  s.settle_row = c->q->g.type->fraction == 23 ? settle_row_for(s.columns) : settle_short_row;
  if (!acquire(&s, w))
    return false;
  correlate(&s);
  return true;
}
