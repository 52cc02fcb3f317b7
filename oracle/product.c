/* product.c: multiplies chunk by chunk, settles row by row, and asks the definition where in doubt. */

#include "product.h"
#include <float.h>
#include <math.h>
#include <string.h>

/* Adding 1.5 * 2^52 rounds to an integer. */
static bool is_integral (double x)
{
  return (x + 0x1.8p52) - 0x1.8p52 == x;
}

cell pack (const type *t, const char *at, content *seen)
{
  uint64_t bits = load_bits(t, at);
  cell c;

  if (is_integer(t)) {
    c.integer = integer_from_bits(t, bits);
  } else {
    c.real = double_from_bits(t, bits);
    seen->fractional |= !is_integral(c.real);
    seen->nonfinite |= !(fabs(c.real) <= DBL_MAX);
  }
  return c;
}

/* float32 side by side, which the compiler makes vectors of. */
static void pack_floats (const char *first, int64_t n, cell *out, content *seen)
{
  int fractional = 0, nonfinite = 0;

  for (int64_t i = 0; i < n; i++) {
    float x;
    memcpy(&x, first + i * (int64_t) sizeof x, sizeof x);
    out[i].real = (double) x;
    fractional |= !is_integral(out[i].real);
    nonfinite |= !(fabs(out[i].real) <= DBL_MAX);
  }
  seen->fractional |= fractional;
  seen->nonfinite |= nonfinite;
}

void pack_row (const type *t, const char *first, int64_t step, int64_t n, cell *out, content *seen)
{
  if (t->fraction == 23 && step == sizeof (float)) {
    pack_floats(first, n, out, seen);
    return;
  }
  for (int64_t i = 0; i < n; i++)
    out[i] = pack(t, first + i * step, seen);
}

bool product_open (product *m, workspace *w)
{
  m->multiply = multiply_for(m->r->view.type);
  m->panel = workspace_take(w, CHUNK, LANES, 1, sizeof *m->panel);
  m->total = workspace_take(w, product_blocks(m), 1, 1, sizeof *m->total);
  return !w->exhausted;
}

static void multiply_all (product *m, const cell *left, const void *source, int count)
{
  int64_t blocks = product_blocks(m);

  memset(m->total, 0, (size_t) blocks * sizeof *m->total);
  for (int64_t k = 0; k < m->depth; k += CHUNK) {
    int64_t n = m->depth - k < CHUNK ? m->depth - k : CHUNK;
    m->gather(source, k, n, m->panel);
    for (int64_t b = 0; b < blocks; b++)
      m->multiply(n, left + (b * m->depth + k) * ROWS, m->panel, count, &m->total[b]);
  }
}

/* What is known of a lane besides its value. */
static void tell (const result *r, const sums *s, int row, int lane, int64_t terms, int64_t index,
                  uint64_t bits)
{
  const conv2d_detail *d = &r->detail;
  const type *t = r->view.type;

  if (d->exact != NULL)
    d->exact[index] = is_integer(t) || t->fraction == 52 ? double_from_bits(t, bits)
                                                         : s->sum[row][lane].real;
  if (d->scale != NULL)
    d->scale[index] = s->scale[row][lane];
  if (d->terms != NULL)
    d->terms[index] = terms;
  if (d->flags != NULL)
    d->flags[index] = 0; /* weights that are not finite never come here */
}

/* Rounds and stores the lanes of a row. */
static void finish (const product *m, const sums *s, int row, const lanes *l, int64_t at_row,
                    int64_t index, int64_t bias_terms, const proof *p)
{
  uint64_t bits[LANES];
  uint32_t doubt = settle(p, s, row, bits);

  for (int i = 0; i < l->count; i++, index++) {
    int64_t at[4] = { l->at[i][0], l->at[i][1], l->at[i][2], l->at[i][3] };
    at[m->row_axis] += at_row;
    if (doubt >> i & 1) {
      define_element(m->q, m->r, at, index);
      continue;
    }
    store_bits(m->r->view.type, view_at(&m->r->view, at[0], at[1], at[2], at[3]), bits[i]);
    tell(m->r, s, row, i, l->terms[i] + bias_terms, index, bits[i]);
  }
}

void product_compute (product *m, const cell *left, const void *source, const lanes *l, int64_t row0,
                      int64_t index, const cell *bias, const proof *p)
{
  multiply_all(m, left, source, l->count);
  for (int64_t row = 0; row < m->rows; row++) {
    sums *s = &m->total[row / ROWS];
    int r = (int) (row % ROWS);
    if (bias != NULL)
      settle_bias(p->type, bias[row], s, r);
    finish(m, s, r, l, row0 + row, index + (row0 + row) * m->row_step, bias != NULL, p);
  }
}
