/* tally.c: counts of a run by verdict, class and clause.
   An expected failure is counted apart from the verdicts, and as skipped in its clauses. */

#include "tally.h"

#include <string.h>

void tally_start (tally *t, const spec *sp, void *room) {
  *t = (tally){ .spec = sp, .clause = room };
  memset(room, 0, tally_room(sp));
}

size_t tally_room (const spec *sp) {
  return (spec_count(sp) + 1) * sizeof *((tally *) NULL)->clause;
}

static void count_clauses (tally *t, const case_meta *m, verdict_class class) {
  for (int i = 0; m && m->clauses && m->clauses[i]; i++)
    for (size_t k = 0; k < spec_count(t->spec); k++)
      if (spec_clause(t->spec, k)->id == m->clauses[i]) /* the same string */
        t->clause[k][class]++;
}

void tally_count (tally *t, const item *it) {
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

void tally_classes (const tally *t, uint64_t class[VERDICT_CLASSES]) {
  memset(class, 0, VERDICT_CLASSES * sizeof *class);
  for (int v = 0; v < VERDICT_COUNT; v++)
    class[verdict_class_of((verdict) v)] += t->of[v];
}
