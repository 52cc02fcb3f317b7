/* result.c: a judged case as a table for Lua. */

#include "api.h"

#include "call/printable.h"
#include "run/fields.h"

#include <string.h>

void api_set_number (lua_State *L, const char *key, double v) {
  lua_pushnumber(L, v);
  lua_setfield(L, -2, key);
}

void api_set_string (lua_State *L, const char *key, const char *v) {
  lua_pushstring(L, v);
  lua_setfield(L, -2, key);
}

void api_set_integer (lua_State *L, const char *key, lua_Integer v) {
  lua_pushinteger(L, v);
  lua_setfield(L, -2, key);
}

void api_push_integers (lua_State *L, const int64_t *v, int count) {
  lua_createtable(L, count, 0);
  for (int i = 0; i < count; i++) {
    lua_pushinteger(L, v[i]);
    lua_rawseti(L, -2, i + 1);
  }
}

static void push_made (lua_State *L, const char *text, void (*make)(char *)) {
  luaL_Buffer b;
  const size_t length = strlen(text);
  char *copy = luaL_buffinitsize(L, &b, length + 1);
  memcpy(copy, text, length + 1);
  make(copy);
  luaL_pushresultsize(&b, strlen(copy));
}

void api_push_printable (lua_State *L, const char *text) {
  push_made(L, text, make_printable);
}

void api_push_lines (lua_State *L, const char *text) {
  push_made(L, text, make_lines_printable);
}

static void set_mismatch (lua_State *L, const judgement *j) {
  char first[128];
  first_mismatch(j, first);
  api_set_string(L, "first", first);
  api_set_number(L, "got", j->got);
  api_set_number(L, "want", j->want);
  api_set_number(L, "error", j->error);
  api_set_number(L, "allowed", j->allowed);
}

/* met = {{site, constant, number}, ...} */
static void set_met (lua_State *L, const novelty *n) {
  const int count = n->met > 0 && n->met <= MAX_MET ? n->met : 0;
  if (count == 0)
    return;
  lua_createtable(L, count, 0);
  for (int i = 0; i < count; i++) {
    const comparison *c = &n->comparison[i];
    api_push_integers(L, (const int64_t[]){ c->site, c->constant, c->number }, 3);
    lua_rawseti(L, -2, i + 1);
  }
  lua_setfield(L, -2, "met");
}

static void set_novelty (lua_State *L, const novelty *n) {
  const int count = n->compared > 0 && n->compared <= MAX_COMPARED ? n->compared : 0;
  if (n->edges > 0)
    api_set_integer(L, "edges", n->edges);
  if (count > 0) {
    api_push_integers(L, n->number, count);
    lua_setfield(L, -2, "compared");
  }
  set_met(L, n);
}

void api_push_result (lua_State *L, const item *it) {
  const judgement *j = &it->j;
  lua_createtable(L, 0, 16);
  api_set_string(L, "verdict", verdict_word(j->verdict));
  api_set_string(L, "class",
                 it->expected ? "expected" : verdict_class_word(verdict_class_of(j->verdict)));
  api_set_string(L, "expected", it->expected);
  api_set_string(L, "clause", j->clause);
  api_push_printable(L, j->words);
  lua_setfield(L, -2, "words");
  api_set_integer(L, "outputs", j->outputs);
  api_set_integer(L, "mismatches", j->mismatches);
  api_set_number(L, "max_error", j->max_error);
  api_set_number(L, "rms_error", j->rms_error);
  api_set_number(L, "mean_error", j->mean_error);
  api_set_integer(L, "nanoseconds", (lua_Integer) it->nanoseconds);
  api_set_string(L, "printed", it->printed);
  api_set_string(L, "frames", it->frames);
  set_novelty(L, &it->novelty);
  if (j->mismatches)
    set_mismatch(L, j);
}

void api_set_fields (lua_State *L, const item *it, const char *invocation) {
  item_field f[MAX_FIELDS];
  int count = item_fields(it, invocation, f);
  lua_createtable(L, count, 0);
  for (int i = 0; i < count; i++) {
    lua_createtable(L, 2, 0);
    lua_pushstring(L, f[i].key);
    lua_rawseti(L, -2, 1);
    lua_pushstring(L, f[i].text);
    lua_rawseti(L, -2, 2);
    lua_rawseti(L, -2, i + 1);
  }
  lua_setfield(L, -2, "fields");
}
