/* data.c: fills the tensors of a case.
   A recipe makes values a chunk at a time as doubles, each exact in the tensor's type. They are
   then stored wherever the strides say, so that no recipe has to know of layouts. */

#include "data.h"
#include "conv2d_dtypes.h"
#include "generator.h"

#include <math.h>
#include <string.h>
#include <xxhash.h>

uint64_t data_key (const char *id) {
  return XXH3_64bits(id, strlen(id));
}

int64_t generator_event (const generator *s) {
  const DLTensor *t = s->tensor;
  uint64_t x = (uint64_t) s->word[2] << 32 | s->word[3];
  int64_t at = 0;
  for (int a = 0; a < t->ndim; a++) {
    x *= 0x9e3779b97f4a7c15; /* odd: Fibonacci hashing; its high half is used */
    const bool copies = t->strides && t->strides[a] == 0;
    at = at * t->shape[a] + (copies ? 0 : (int64_t) ((x >> 32) % (uint64_t) t->shape[a]));
  }
  return at;
}

/* ---- what is known of a tensor */

static uint8_t recipe_of (const test_case *c, role r) {
  return c->recipe[r == GRAD_OUTPUT ? INPUT : r];
}

static bool leads (const test_case *c, role r) {
  for (role earlier = INPUT; earlier < r; earlier++)
    if (recipe_of(c, earlier) == recipe_of(c, r))
      return false;
  return true;
}

static int64_t filter_of (const DLTensor *t, role r, int64_t count) {
  const int whole = r == WEIGHT ? 1 : t->ndim - 2; /* leading axes that a filter does not span */
  for (int a = 0; a < whole && a < t->ndim; a++)
    count /= t->shape[a];
  return count;
}

/* A product of complex numbers is two products in each part of the result. */
static double terms_of (const conv2d_params *p) {
  const double channels = (double) p->in_channels / (double) (p->groups > 0 ? p->groups : 1);
  const double parts = CONV2D_PARTS(p->dtype.code);
  const double terms = parts * channels * (double) p->kernel_size[0] * (double) p->kernel_size[1];
  return terms >= 1 ? terms : 1;
}

generator generator_of (const test_case *c, uint64_t key, role r, const DLTensor *t) {
  generator s = { .c = c, .dtype = dtype_of(t->dtype), .tensor = t, .key = key, .role = r };
  s.leads = leads(c, r);
  s.count = tensor_count(t);
  s.filter = s.count ? filter_of(t, r, s.count) : 0;
  s.terms = terms_of(&c->params);
  generator_tensor(&s, s.word);
  return s;
}

/* ---- storing */

/* The offset of a row's first element; false if the row copies another, along a stride of 0. */
static bool find_row (const DLTensor *t, int64_t row, int64_t *offset) {
  *offset = 0;
  for (int a = t->ndim - 2; a >= 0; a--) {
    const int64_t index = row % t->shape[a];
    if (index && !t->strides[a])
      return false;
    *offset += index * t->strides[a];
    row /= t->shape[a];
  }
  return true;
}

/* Stores elements [first, first + n) of a tensor with strides, a piece of a row at a time. */
static void store_rows (DLTensor *t, const dtype *d, int64_t first, int64_t n,
                        const double *value) {
  const int64_t width = t->shape[t->ndim - 1], stride = t->strides[t->ndim - 1];
  for (int64_t done = 0; done < n;) {
    const int64_t column = (first + done) % width;
    const int64_t rest = width - column < n - done ? width - column : n - done;
    const int64_t fresh = stride ? rest : column == 0; /* one value for all columns */
    int64_t offset;
    if (find_row(t, (first + done) / width, &offset))
      d->store((char *) t->data + t->byte_offset + (offset + column * stride) * (d->bits / 8),
               stride, fresh, value + done);
    done += rest;
  }
}

static void store (DLTensor *t, const dtype *d, bool compact, int64_t first, int64_t n,
                   const double *value) {
  if (compact)
    d->store((char *) t->data + t->byte_offset + first * (d->bits / 8), 1, n, value);
  else
    store_rows(t, d, first, n, value);
}

static const literal *literal_of (const test_case *c, role r) {
  return c->meta && c->meta->value[r].count ? &c->meta->value[r] : NULL;
}

void data_fill (const test_case *c, uint64_t key, role r, DLTensor *tensor) {
  parts_tensor real;
  DLTensor *t = tensor_parts(tensor, &real);
  const generator s = generator_of(c, key, r, t);
  const literal *given = literal_of(c, r);
  const bool compact = tensor_is_compact(t);
  recipe_fill *fill = recipe_maker(recipe_of(c, r), s.dtype->precision == 0);
  double value[CHUNK];
  if (given)
    store(t, s.dtype, compact, 0, given->count < s.count ? given->count : s.count, given->value);
  else
    for (int64_t first = 0; first < s.count; first += CHUNK) {
      const int n = s.count - first < CHUNK ? (int) (s.count - first) : CHUNK;
      fill(&s, first, n, value);
      store(t, s.dtype, compact, first, n, value);
    }
}

/* ---- exactness */

/* The exponent of a finite number's lowest bit. For 0 it is a large number. */
static int lowest_bit (double v) {
  int e;
  const long long significand = (long long) ldexp(frexp(v, &e), 53);
  return v == 0 ? -NO_UNIT : e - 53 + __builtin_ctzll((unsigned long long) significand);
}

static int unit_of (const test_case *c, role r) {
  const literal *given = literal_of(c, r);
  if (!given)
    return recipes[recipe_of(c, r)].unit;
  int unit = -NO_UNIT;
  for (int64_t i = 0; i < given->count; i++) {
    const int u = isfinite(given->value[i]) ? lowest_bit(given->value[i]) : unit;
    unit = u < unit ? u : unit;
  }
  return unit;
}

static int least (int a, int b) {
  return a < b ? a : b;
}

bool data_exact_in (const test_case *c, double scale, int precision, int min_exponent) {
  const DLDataType t = c->params.dtype;
  if (is_integer(t))
    return true;
  const int x = unit_of(c, INPUT), w = unit_of(c, WEIGHT), y = unit_of(c, GRAD_OUTPUT);
  const int bias = c->params.bias ? unit_of(c, BIAS) : -NO_UNIT;
  int factor = least(least(x, w), bias), unit = least(x + w, bias);
  if (operation_reads(operation_of((int32_t) c->direction), JOB_GRAD_OUTPUT)) {
    factor = least(factor, y);
    unit = least(least(y + w, y + x), y);
  }
  /* subnormals may be flushed, so data that have some are judged by the bound */
  return factor >= dtype_of(t)->min_exponent && unit >= min_exponent
         && scale <= ldexp(1, unit < 900 ? unit + precision : 1000);
}

bool data_exact (const test_case *c, double scale) {
  const DLDataType t = c->params.dtype;
  const bool wide = dtype_of(t)->precision == 53;
  return data_exact_in(c, scale, wide ? 53 : 24, wide ? -1022 : -126);
}
