/* contents.c: the elements of a tensor on stage.
   Nearly all tensors hold nothing but elements: those are copied and compared as one piece. */

#include "contents.h"

#include "call/lattice.h"
#include "conv2d_dtypes.h"

#include <string.h>

/* ---- copying */

void contents_put (const placed *t, const place *p, const unsigned char *host) {
  if (!t->start)
    return;
  if (place_dense(p))
    memcpy(t->start, host, p->bytes);
  else
    lattice_copy(p, t->start, host);
}

void contents_take (const placed *t, const place *p, unsigned char *host) {
  if (!t->start)
    return;
  if (place_dense(p))
    memcpy(host, t->start, p->bytes);
  else
    lattice_copy(p, host, t->start);
}

typedef struct laying {
  buffer_side fill;
  unsigned char *to;
} laying;

static bool lay_run (void *context, size_t at, size_t bytes) {
  const laying *l = context;
  fill_lay(l->fill, l->to + at, bytes);
  return true;
}

void contents_clear (const placed *t, const place *p, buffer_side fill) {
  laying l = { fill, t->start };
  if (t->start)
    lattice_walk(p, lay_run, &l);
}

/* ---- comparing */

bool contents_equal (const placed *t, const place *p, const unsigned char *host) {
  if (!t->start)
    return true;
  return place_dense(p) ? memcmp(t->start, host, p->bytes) == 0 : lattice_equal(p, t->start, host);
}

typedef struct float_format {
  DLDataType type;
  int exponent, fraction; /* bits */
  bool infinities;
} float_format;

/* NULL for integers. */
static const float_format *format_of (DLDataType t) {
  static const float_format formats[] = {
#define ROW(name, brief, abi, code, bits, exponent, fraction, infinity, npy)                       \
  { { code, bits, 1 }, exponent, fraction, infinity },
    CONV2D_DTYPES(ROW)
#undef ROW
  };
  for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
    if (formats[i].type.code == t.code && formats[i].type.bits == t.bits)
      return formats[i].exponent ? &formats[i] : NULL;
  return NULL;
}

static bool is_nan (const float_format *f, const unsigned char *number, size_t size) {
  uint64_t bits = 0;
  memcpy(&bits, number, size);
  const uint64_t fraction = bits & (((uint64_t) 1 << f->fraction) - 1);
  const uint64_t ones = ((uint64_t) 1 << f->exponent) - 1;
  if (!f->infinities)
    return (bits >> f->fraction & ones) == ones && fraction + 1 == (uint64_t) 1 << f->fraction;
  return (bits >> f->fraction & ones) == ones && fraction;
}

/* Whether two elements are the same bit for bit, or NaN: of complex ones each part. */
static bool same_element (const float_format *f, const unsigned char *a, const unsigned char *b) {
  const size_t size = f->type.bits / 8, number = size / CONV2D_PARTS(f->type.code);
  for (size_t at = 0; at < size; at += number)
    if (memcmp(a + at, b + at, number) != 0
        && !(is_nan(f, a + at, number) && is_nan(f, b + at, number)))
      return false;
  return true;
}

bool contents_same (const placed *t, const place *p, const unsigned char *host) {
  const float_format *f = format_of(p->dtype);
  if (contents_equal(t, p, host))
    return true;
  for (int64_t i = 0; f && i < place_count(p); i++) {
    const unsigned char *a = t->start + place_at(p, i), *b = host + place_at(p, i);
    if (!same_element(f, a, b))
      return false;
  }
  return f;
}

static void count_in (occurrences *c, int64_t i, bool counts) {
  if (counts && c->count++ == 0)
    c->first = i;
}

occurrences contents_changed (const placed *t, const place *p, const unsigned char *host) {
  occurrences c = { -1, 0 };
  if (contents_equal(t, p, host))
    return c;
  for (int64_t i = 0; i < place_count(p); i++) {
    const uint64_t at = place_at(p, i);
    count_in(&c, i, memcmp(t->start + at, host + at, place_element(p)) != 0);
  }
  return c;
}

/* ---- elements that nobody wrote */

int64_t contents_unwritten (const placed *t, const place *p) {
  const size_t element = place_element(p);
  int64_t n = 0;
  if (!t->start)
    return 0;
  if (place_dense(p))
    return (int64_t) fill_count(t->fill, t->start, t->bytes, element);
  for (int64_t i = 0; i < place_count(p); i++) {
    const unsigned char *at = t->start + place_at(p, i);
    n += fill_is(t->fill, at, at, element);
  }
  return n;
}

occurrences contents_never_written (const placed *t, const placed *before, const place *p,
                                    const unsigned char *host) {
  const size_t element = place_element(p);
  occurrences c = { -1, 0 };
  for (int64_t i = 0; t->start && i < place_count(p); i++) {
    const uint64_t at = place_at(p, i);
    count_in(&c, i,
             fill_is(before->fill, before->start + at, host + at, element)
                 && fill_is(t->fill, t->start + at, t->start + at, element));
  }
  return c;
}
