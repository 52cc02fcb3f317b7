/* tally.c: counts of a run by verdict, class and clause.
   A failure that is expected counts as that alone: as no verdict, and as skipped in its clauses. */

#include "tally.h"

#include "api.h"

#include <string.h>

void tally_start (tally *t, lua_State *L, const spec *sp) {
  const size_t bytes = (spec_count(sp) + 1) * sizeof *t->clause;
  *t = (tally){ .spec = sp, .clause = lua_newuserdatauv(L, bytes, 0) };
  memset(t->clause, 0, bytes);
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

/* ---- the table */

/* Sets a field for each class of the table on top of the stack. */
static void set_classes (lua_State *L, const uint64_t class[VERDICT_CLASSES]) {
  api_set_integer(L, "passed", (lua_Integer) class[PASSED]);
  api_set_integer(L, "skipped", (lua_Integer) class[SKIPPED]);
  api_set_integer(L, "failed", (lua_Integer) class[FAILED]);
  api_set_integer(L, "broken", (lua_Integer) class[BROKEN]);
}

/* {["PAD-1"] = {passed =, skipped =, failed =, broken =}, ...} of the clauses that had cases */
static void push_clauses (lua_State *L, const tally *t) {
  lua_newtable(L);
  for (size_t k = 0; k < spec_count(t->spec); k++) {
    const uint64_t *n = t->clause[k];
    if (!(n[PASSED] + n[SKIPPED] + n[FAILED] + n[BROKEN]))
      continue;
    lua_createtable(L, 0, VERDICT_CLASSES);
    set_classes(L, n);
    lua_setfield(L, -2, spec_clause(t->spec, k)->id);
  }
}

/* {pass = 12, ["wrong value"] = 1} */
static void push_verdicts (lua_State *L, const tally *t) {
  lua_newtable(L);
  for (int v = 0; v < VERDICT_COUNT; v++)
    if (t->of[v])
      api_set_integer(L, verdict_word((verdict) v), (lua_Integer) t->of[v]);
}

/* {"mylib.yaml:3: reason", ...} */
static void push_stale (lua_State *L, const xfail *x) {
  char text[1024];
  size_t next = 0;
  lua_newtable(L);
  while (xfail_next_stale(x, &next, text, sizeof text)) {
    lua_pushstring(L, text);
    lua_rawseti(L, -2, (lua_Integer) lua_rawlen(L, -2) + 1);
  }
}

void tally_push (const tally *t, lua_State *L, double seconds, const xfail *x) {
  uint64_t class[VERDICT_CLASSES];
  tally_classes(t, class);
  lua_createtable(L, 0, 13);
  set_classes(L, class);
  api_set_integer(L, "cases", (lua_Integer) t->cases);
  api_set_integer(L, "expected", (lua_Integer) t->expected);
  api_set_integer(L, "outputs", (lua_Integer) t->outputs);
  api_set_number(L, "max_error", t->max_error);
  api_set_number(L, "seconds", seconds);
  lua_pushboolean(L, run_cancelled);
  lua_setfield(L, -2, "interrupted");
  push_verdicts(L, t);
  lua_setfield(L, -2, "verdicts");
  push_clauses(L, t);
  lua_setfield(L, -2, "clauses");
  push_stale(L, x);
  lua_setfield(L, -2, "stale");
}
