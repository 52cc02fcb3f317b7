/* counts.c: the table that subject:run returns. */

#include "api.h"

/* Sets a field for each class of the table on top of the stack. */
static void set_classes (lua_State *L, const uint64_t class[VERDICT_CLASSES]) {
  api_set_integer(L, "passed", (lua_Integer) class[PASSED]);
  api_set_integer(L, "skipped", (lua_Integer) class[SKIPPED]);
  api_set_integer(L, "failed", (lua_Integer) class[FAILED]);
  api_set_integer(L, "broken", (lua_Integer) class[BROKEN]);
}

/* {["PAD-1"] = {passed =, skipped =, failed =, broken =}, ...} of the clauses that had cases */
static void push_clauses (lua_State *L, const counts *t) {
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
static void push_verdicts (lua_State *L, const counts *t) {
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

void api_push_counts (lua_State *L, const counts *t, double seconds, const xfail *x) {
  uint64_t class[VERDICT_CLASSES];
  counts_classes(t, class);
  lua_createtable(L, 0, 13);
  set_classes(L, class);
  api_set_integer(L, "cases", (lua_Integer) t->cases);
  api_set_integer(L, "expected", (lua_Integer) t->expected);
  api_set_integer(L, "outputs", (lua_Integer) t->outputs);
  api_set_number(L, "max_error", t->max_error);
  api_set_number(L, "seconds", seconds);
  lua_pushboolean(L, run_cancelled || counts_lack(t));
  lua_setfield(L, -2, "interrupted");
  push_verdicts(L, t);
  lua_setfield(L, -2, "verdicts");
  push_clauses(L, t);
  lua_setfield(L, -2, "clauses");
  push_stale(L, x);
  lua_setfield(L, -2, "stale");
}
