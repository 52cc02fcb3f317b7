/* product.c: multiplies chunk by chunk and rounds row by row. Where the rounding is in doubt, the
   definition computes the element. */

#include "product.h"
#include <float.h>
#include <math.h>
#include <string.h>

/* Adding 2^52 to a magnitude rounds it to an integer. If the magnitude is too large for that, some
   integers count as fractional, which costs time and nothing else. */
static bool is_integral (double x) {
  return (fabs(x) + 0x1p52) - 0x1p52 == fabs(x);
}

/* The hardware converts float32. It is quicker, and as exact wherever conv2d_oracle_environment has
   found nothing wrong. */
static double widened (const type *t, const char *at) {
  float x;

  if (t->fraction != 23)
    return double_from_bits(t, load_bits(t, at));
  memcpy(&x, at, sizeof x);
  return (double) x;
}

cell pack (const type *t, const char *at, content *seen) {
  cell c;

  if (is_integer(t)) {
    c.integer = integer_from_bits(t, load_bits(t, at));
    return c;
  }
  c.real = widened(t, at);
  if (seen != NULL) {
    seen->fractional |= !is_integral(c.real);
    seen->nonfinite |= !(fabs(c.real) <= DBL_MAX);
  }
  return c;
}

#define BLOCK "pack_block.h"
#include "processors.h"

/* float32 side by side. */
static void pack_side_by_side (const char *first, int64_t n, cell *out, content *seen) {
#ifdef __x86_64__
  int width = widest();
  if (width == 64) {
    pack_floats_64(first, n, out, seen);
    return;
  }
  if (width == 32) {
    pack_floats_32(first, n, out, seen);
    return;
  }
#endif
  pack_floats_16(first, n, out, seen);
}

static void sort_pairs (const cell *row, int64_t each, cell *out) {
#ifdef __x86_64__
  int width = widest();
  if (width == 64) {
    sort_by_two_64(row, each, out);
    return;
  }
  if (width == 32) {
    sort_by_two_32(row, each, out);
    return;
  }
#endif
  sort_by_two_16(row, each, out);
}

void sort_row (const cell *row, int64_t stride, int64_t each, cell *out) {
  if (stride == 2) {
    sort_pairs(row, each, out);
    return;
  }
  for (int64_t i = 0; i < stride; i++)
    for (int64_t j = 0; j < each; j++)
      out[i * each + j].real = row[j * stride + i].real;
}

void pack_row (const type *t, const char *first, int64_t step, int64_t n, cell *out,
               content *seen) {
  if (t->fraction == 23 && step == sizeof(float) && n >= 8) {
    pack_side_by_side(first, n, out, seen);
    return;
  }
  for (int64_t i = 0; i < n; i++)
    out[i] = pack(t, first + i * step, seen);
}

void pack_rows (const view *v, const char *first, int64_t rows, int64_t columns, cell *out,
                content *seen) {
  if (v->stride[2] == columns * v->stride[3]) {
    pack_row(v->type, first, v->stride[3], rows * columns, out, seen);
    return;
  }
  for (int64_t i = 0; i < rows; i++)
    pack_row(v->type, first + i * v->stride[2], v->stride[3], columns, out + i * columns, seen);
}

bool product_open (product *m, workspace *w) {
  m->multiply = multiply_for(m->r->view.type);
  m->panel = workspace_take(w, 1, 1, 1, sizeof *m->panel);
  m->total = workspace_take(w, product_blocks(m), 1, 1, sizeof *m->total);
  if (w->exhausted)
    return false;
  /* lanes that are not used are rounded with the others, so they must have values */
  memset(m->total, 0, (size_t) product_blocks(m) * sizeof *m->total);
  return true;
}

static void multiply_all (product *m, const cell *left, const void *source, int count) {
  int64_t blocks = product_blocks(m);

  for (int64_t k = 0; k < m->depth || k == 0; k += CHUNK) {
    int64_t n = m->depth - k < CHUNK ? m->depth - k : CHUNK;
    if (n > 0)
      m->gather(source, k, n, m->panel);
    for (int64_t b = 0; b < blocks; b++) {
      int rows = m->rows - b * ROWS < ROWS ? (int) (m->rows - b * ROWS) : ROWS;
      m->multiply(n, left + (b * m->depth + k) * ROWS, m->panel->right, rows, count, k == 0,
                  &m->total[b]);
    }
  }
}

void product_place (const product *m, lanes *l) {
  for (int i = 0; i < l->count; i++) {
    const int64_t *at = l->at[i];
    l->offset[i] = view_at(&m->r->view, at[0], at[1], at[2], at[3]) - m->r->view.origin;
  }
}

static void store_row (const type *t, char *row, const lanes *l, const uint64_t *bits) {
  if (t->bits == 32)
    for (int i = 0; i < l->count; i++) {
      uint32_t low = (uint32_t) bits[i];
      memcpy(row + l->offset[i], &low, sizeof low);
    }
  else
    for (int i = 0; i < l->count; i++)
      store_bits(t, row + l->offset[i], bits[i]);
}

/* What is known of a row besides its values. Weights that are not finite never come here, so no
   flag is set. */
static void tell_row (const product *m, const sums *s, int r, const lanes *l, const uint64_t *bits,
                      int64_t index) {
  const conv2d_detail *d = &m->r->detail;
  const type *t = m->r->view.type;
  size_t count = (size_t) l->count;

  if (d->exact != NULL && (is_integer(t) || t->fraction == 52))
    for (int i = 0; i < l->count; i++)
      d->exact[index + i] = double_from_bits(t, bits[i]);
  else if (d->exact != NULL)
    memcpy(d->exact + index, s->sum[r], count * sizeof(double));
  if (d->scale != NULL)
    memcpy(d->scale + index, s->scale[r], count * sizeof(double));
  for (int i = 0; d->terms != NULL && i < l->count; i++)
    d->terms[index + i] = l->terms[i] + (m->bias != NULL);
  if (d->flags != NULL)
    memset(d->flags + index, 0, count);
}

/* Rounds and stores the lanes of a row, which is row r of a block. */
static void finish (const product *m, const sums *s, int r, const lanes *l, int64_t row) {
  const view *v = &m->r->view;
  uint64_t bits[LANES];
  uint32_t doubt = settle(&m->proof, s, r, bits) & ((1u << l->count) - 1);
  int64_t index = l->index + row * m->row_step;

  store_row(v->type, v->origin + row * v->stride[m->row_axis], l, bits);
  tell_row(m, s, r, l, bits, index);
  for (; doubt != 0; doubt &= doubt - 1) {
    int i = __builtin_ctz(doubt);
    int64_t at[4] = { l->at[i][0], l->at[i][1], l->at[i][2], l->at[i][3] };
    at[m->row_axis] += row;
    define_element(m->q, m->r, at, index + i);
  }
}

void product_compute (product *m, const cell *left, const void *source, const lanes *l,
                      int64_t first) {
  multiply_all(m, left, source, l->count);
  for (int64_t row = 0; row < m->rows; row++) {
    sums *s = &m->total[row / ROWS];
    int r = (int) (row % ROWS);
    if (m->bias != NULL)
      settle_bias(m->proof.type, m->bias[first + row], s, r);
    finish(m, s, r, l, first + row);
  }
}
