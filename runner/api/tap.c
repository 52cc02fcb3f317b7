/* tap.c: the table `tap`: a script's own test points for prove.
   They and the cases of subject:run with `tap` are numbered in one sequence, so that a script may
   have both, and several runs. */

#include "api.h"

#include "report.h"

#include <inttypes.h>

uint64_t api_next_point (lua_State *L, bool good) {
  program *p = api_program(L);
  p->not_ok += !good;
  return ++p->points;
}

/* Text as lines of a comment. */
static void diagnose (FILE *to, const char *text) {
  fputs("# ", to);
  for (; *text; text++)
    fputs(*text == '\n' ? "\n# " : (char[]){ *text, 0 }, to);
  fputc('\n', to);
}

/* tap.ok (good, name [, why]) -> good: a test point; `why` is told where it is not good. */
static int tap_ok (lua_State *L) {
  const bool good = lua_toboolean(L, 1);
  const char *name = luaL_checkstring(L, 2), *why = luaL_optstring(L, 3, NULL);
  report_point(stdout, api_next_point(L, good), good, name);
  fputc('\n', stdout);
  if (!good && why)
    diagnose(stdout, why);
  lua_pushboolean(L, good);
  return 1;
}

/* tap.skip (name, why): a test point that can't be tried */
static int tap_skip (lua_State *L) {
  const char *name = luaL_checkstring(L, 1), *why = luaL_checkstring(L, 2);
  report_point(stdout, api_next_point(L, true), true, name);
  report_skip(stdout, why);
  return 0;
}

/* tap.done () -> 0 where all points are good, else 1: writes the plan */
static int tap_done (lua_State *L) {
  const program *p = api_program(L);
  printf("1..%" PRIu64 "\n", p->points);
  lua_pushinteger(L, p->not_ok ? DEVIATES : CONFORMS);
  return 1;
}

void api_open_tap (lua_State *L) {
  static const luaL_Reg functions[] = {
    { "ok", tap_ok }, { "skip", tap_skip }, { "done", tap_done }, { NULL, NULL }
  };
  luaL_newlib(L, functions);
  lua_setglobal(L, "tap");
}
