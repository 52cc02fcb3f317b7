/* counts.c: counts of a run by verdict, class and clause.
   A failure that is expected counts as that alone: as no verdict, and as skipped in its clauses. */

#include "counts.h"

#include <string.h>

void counts_start (counts *t, const spec *sp, void *room) {
  *t = (counts){ .spec = sp, .clause = room };
  memset(room, 0, counts_room(sp));
}

size_t counts_room (const spec *sp) {
  return (spec_count(sp) + 1) * sizeof *((counts *) NULL)->clause;
}

static void count_clauses (counts *t, const case_meta *m, verdict_class class) {
  for (int i = 0; m && m->clauses && m->clauses[i]; i++) {
    const size_t k = spec_index(t->spec, m->clauses[i]);
    if (k < spec_count(t->spec))
      t->clause[k][class]++;
  }
}

void counts_add (counts *t, const item *it) {
  const judgement *j = &it->j;
  t->cases++;
  if (it->expected)
    t->expected++;
  else
    t->of[j->verdict]++;
  t->outputs += (uint64_t) j->outputs;
  if (j->verdict == V_PASS && !it->overruled && j->max_error > t->max_error)
    t->max_error = j->max_error;
  count_clauses(t, it->c.meta, it->expected ? SKIPPED : verdict_class_of(j->verdict));
}

bool counts_lack (const counts *t) {
  return t->of[V_NOT_RUN] > 0;
}

void counts_classes (const counts *t, uint64_t class[VERDICT_CLASSES]) {
  memset(class, 0, VERDICT_CLASSES * sizeof *class);
  for (int v = 0; v < VERDICT_COUNT; v++)
    class[verdict_class_of((verdict) v)] += t->of[v];
}
