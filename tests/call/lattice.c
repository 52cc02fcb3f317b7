/* lattice.c: walks, copies and comparisons of strided storages, against a list of the bytes of
   every element made from its indices. */

#include "call/lattice.h"
#include "call/layout.h"
#include "../tap.h"

#include <string.h>

enum { MAX_BYTES = 1 << 13 };

static const DLDataType types[] = { { kDLFloat, 32, 1 }, { kDLFloat, 64, 1 }, { kDLInt, 8, 1 } };

static const shape shapes[] = { { 1, { 5 } },          { 2, { 3, 4 } },       { 3, { 2, 3, 4 } },
                                { 4, { 2, 3, 4, 5 } }, { 4, { 1, 1, 1, 1 } }, { 4, { 2, 1, 3, 1 } },
                                { 4, { 2, 0, 3, 1 } }, { 0, { 0 } } };

/* mine[i]: whether byte i of the storage belongs to an element. */
static void mark_elements (const place *p, bool mine[MAX_BYTES]) {
  memset(mine, 0, MAX_BYTES * sizeof *mine);
  for (int64_t i = 0; i < place_count(p); i++)
    memset(mine + place_at(p, i), 1, place_element(p));
}

typedef struct trace {
  int visits[MAX_BYTES];
} trace;

static bool visit (void *context, size_t at, size_t bytes) {
  trace *w = context;
  for (size_t i = 0; i < bytes; i++)
    w->visits[at + i]++;
  return true;
}

static bool stop_at_once (void *context, size_t at, size_t bytes) {
  (void) at;
  (void) bytes;
  return ++*(int *) context > 1;
}

static bool visits_each_once (const place *p, const bool mine[MAX_BYTES]) {
  trace w = { { 0 } };
  lattice_walk(p, visit, &w);
  for (int i = 0; i < MAX_BYTES; i++)
    if (w.visits[i] != mine[i])
      return false;
  return true;
}

static bool copies_elements_alone (const place *p, const bool mine[MAX_BYTES]) {
  static unsigned char from[MAX_BYTES], to[MAX_BYTES];
  memset(from, 1, sizeof from);
  memset(to, 2, sizeof to);
  lattice_copy(p, to, from);
  for (int i = 0; i < MAX_BYTES; i++)
    if (to[i] != (mine[i] ? 1 : 2))
      return false;
  return true;
}

/* Changes each byte of the storage: only those of elements make a difference. */
static bool compares_elements_alone (const place *p, const bool mine[MAX_BYTES]) {
  static unsigned char a[MAX_BYTES], b[MAX_BYTES];
  if (!lattice_equal(p, a, b))
    return false;
  for (uint64_t i = 0; i < p->bytes; i++) {
    a[i] ^= 0x80;
    const bool equal = lattice_equal(p, a, b);
    a[i] ^= 0x80;
    if (equal == mine[i])
      return false;
  }
  return true;
}

static bool stops (const place *p) {
  int visits = 0;
  return lattice_walk(p, stop_at_once, &visits) == (p->bytes == 0) && visits <= 1;
}

static void test_layout (layout l, const char *name) {
  bool mine[MAX_BYTES], once = true, copy = true, compare = true, stop = true;
  for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++)
    for (size_t t = 0; t < sizeof types / sizeof *types; t++) {
      place p;
      ok(layout_place(l, false, types[t], shapes[s].ndim, shapes[s].dim, &p)
             && p.bytes <= MAX_BYTES,
         "%s, shape %zu, %d bits has a place", name, s, types[t].bits);
      mark_elements(&p, mine);
      once = once && visits_each_once(&p, mine);
      copy = copy && copies_elements_alone(&p, mine);
      compare = compare && compares_elements_alone(&p, mine);
      stop = stop && stops(&p);
    }
  ok(once, "%s: each byte of an element is visited once, and no other", name);
  ok(copy, "%s: elements are copied, and nothing between them", name);
  ok(compare, "%s: every byte of an element is compared, and no other", name);
  ok(stop, "%s: a walk ends where the visit says so", name);
}

int main (void) {
  static const char *const names[LAYOUTS] = { "nchw",      "nhwc",   "gaps",  "reversed",
                                              "broadcast", "odd",    "slice", "nhwc-slice",
                                              "mixed",     "crossed" };
  for (int l = 0; l < LAYOUTS; l++)
    test_layout((layout) l, names[l]);
  return done_testing();
}
