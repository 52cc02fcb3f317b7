/* offered.c: rows for what a subject offers. */

#include "offered.h"

#include "call/offer.h"
#include "kept.h"

#include <stdlib.h>
#include <string.h>

/* Combinations of one strength more that are worth deciding: a second's work. */
enum { MAX_NEXT = 1 << 22 };

static bool is_offered (const void *subject, const test_case *c) {
  return !subject_leaves_out(subject, c);
}

void offered_constrain (where *w, const axis *a, int axes, const test_case *base,
                        const audience *who, offered *o) {
  o->first = where_count(w);
  if (who->subject)
    where_add_asked(w, a, axes, base, offer_keys, is_offered, who->subject);
  o->filter = where_count(w);
  if (who->passes && who->keys)
    where_add_asked(w, a, axes, base, who->keys, who->passes, who->context);
  o->end = where_count(w);
}

/* The rows of the array, and those added so far, in one block. */
static uint16_t *collect (const offered *o, const covering_array *array, int factors) {
  const size_t width = (size_t) factors;
  uint16_t *rows = malloc((array->rows + offered_rows(o) + 1) * width * sizeof *rows);
  if (!rows)
    return NULL;
  memcpy(rows, array->value, array->rows * width * sizeof *rows);
  for (size_t i = 0; i < offered_rows(o); i++)
    memcpy(rows + (array->rows + i) * width, offered_row(o, factors, i), width * sizeof *rows);
  return rows;
}

static bool extend (offered *o, int which, const covering_model *m, const covering_array *array,
                    size_t most) {
  uint16_t *given = collect(o, array, m->factors);
  const bool good = given
                    && kept_extend(m, o->strength + which, given, array->rows + offered_rows(o),
                                   most, &o->added[which]);
  free(given);
  return good;
}

static void count_rows (const where *w, int factors, const covering_array *array, offered *o) {
  for (size_t i = 0; i < array->rows; i++) {
    const uint16_t *row = array->value + i * (size_t) factors;
    o->rows += where_allows_between(w, o->first, o->end, row);
    o->left_out += !where_allows_between(w, o->first, o->filter, row);
  }
}

bool offered_build (const where *w, const covering_model *m, int strength,
                    const covering_array *array, offered *out) {
  out->strength = strength;
  count_rows(w, m->factors, array, out);
  out->limited = out->rows < array->rows;
  if (!out->limited)
    return true;
  if (!extend(out, 0, m, array, SIZE_MAX))
    return false;
  const size_t used = out->added[0].rows, most = out->left_out > used ? out->left_out - used : 0;
  return !most || !out->added[0].valid || strength >= m->factors
         || covering_size(m, strength + 1) > MAX_NEXT || extend(out, 1, m, array, most);
}

void offered_free (offered *o) {
  covering_free(&o->added[0]);
  covering_free(&o->added[1]);
  *o = (offered){ 0 };
}

const uint16_t *offered_row (const offered *o, int factors, size_t i) {
  const bool second = i >= o->added[0].rows;
  return o->added[second].value + (second ? i - o->added[0].rows : i) * (size_t) factors;
}
