/* tap.c: the table `tap`: a script's own test points for prove.
   They and the cases of subject:run with `tap` are numbered in one sequence, so that a script may
   have both, and several runs. */

#include "api.h"

/* tap.ok (good, name [, why]) -> good: a test point; `why` is printed if it is not good. */
static int script_ok (lua_State *L) {
  const bool good = lua_toboolean(L, 1);
  const char *name = luaL_checkstring(L, 2), *why = luaL_optstring(L, 3, NULL);
  tap *t = &api_program(L)->tap;
  tap_point(t, good, name);
  tap_end(t);
  if (!good && why)
    tap_diagnose(t, why);
  lua_pushboolean(L, good);
  return 1;
}

/* tap.skip (name, why): a test point that can't be tried */
static int script_skip (lua_State *L) {
  const char *name = luaL_checkstring(L, 1), *why = luaL_checkstring(L, 2);
  tap *t = &api_program(L)->tap;
  tap_point(t, true, name);
  tap_skip(t, why);
  return 0;
}

/* Writes the pairs of the list on top of the stack. */
static void put_fields (lua_State *L, tap *t) {
  tap_open_fields(t);
  for (lua_Integer i = 1; i <= luaL_len(L, -1); i++) {
    lua_geti(L, -1, i);
    lua_geti(L, -1, 1);
    lua_geti(L, -2, 2);
    api_push_lines(L, luaL_checkstring(L, -1));
    tap_field(t, luaL_checkstring(L, -3), lua_tostring(L, -1));
    lua_pop(L, 4);
  }
  tap_close_fields(t);
}

/* tap.case (good, name, {skip = why} or {verdict = word, fields = {{key, text}, ...}} or {}): the
   point of a case, as a run writes it */
static int script_case (lua_State *L) {
  static const char *const keys[] = { "skip", "verdict", "fields", NULL };
  const bool good = lua_toboolean(L, 1);
  const char *name = luaL_checkstring(L, 2);
  option_check(L, 3, "tap.case", keys);
  const char *skip = option_string(L, 3, "skip"), *word = option_string(L, 3, "verdict");
  tap *t = &api_program(L)->tap;
  tap_point(t, good, name);
  if (word)
    tap_verdict(t, word);
  if (skip)
    tap_skip(t, skip);
  else if (lua_getfield(L, 3, "fields") == LUA_TTABLE)
    put_fields(L, t);
  else
    tap_end(t);
  return 0;
}

/* tap.done () -> 0 where all points are good, else 1: writes the plan */
static int script_done (lua_State *L) {
  const tap *t = &api_program(L)->tap;
  tap_plan(t);
  lua_pushinteger(L, t->not_ok ? DEVIATES : CONFORMS);
  return 1;
}

void api_open_tap (lua_State *L) {
  static const luaL_Reg functions[] = { { "ok", script_ok },
                                        { "skip", script_skip },
                                        { "case", script_case },
                                        { "done", script_done },
                                        { NULL, NULL } };
  luaL_newlib(L, functions);
  lua_setglobal(L, "tap");
}
