/* expected.c: expressions over the keys of a case, in files of expected failures (specs/xfail.md).
   They are Lua, as those of --filter. Each is compiled once and kept in the registry. */

#include "api.h"
#include "expected.h"

#include <string.h>

/* Pushes the table in which the expressions look up their variables. The __index of its metatable
   is the case. */
static void push_environment (lua_State *L) {
  static const char *const libraries[] = { "math", "string" };
  lua_newtable(L);
  for (size_t i = 0; i < sizeof libraries / sizeof *libraries; i++) {
    lua_getglobal(L, libraries[i]);
    lua_setfield(L, -2, libraries[i]);
  }
  lua_newtable(L);
  lua_setmetatable(L, -2);
}

/* Pushes the expression as a function, or else a message. */
static bool push_expression (lua_State *L, const char *text) {
  const char *source = lua_pushfstring(L, "return %s", text);
  const bool good = luaL_loadbufferx(L, source, strlen(source), "=where", "t") == LUA_OK;
  lua_remove(L, -2);
  if (good) {
    push_environment(L);
    lua_setupvalue(L, -2, 1);
  }
  return good;
}

/* Pushes the function of an expression that was compiled before, or compiles it. */
static bool push_compiled (lua_State *L, const char *text) {
  luaL_getsubtable(L, LUA_REGISTRYINDEX, "conv2d.expressions");
  bool good = lua_getfield(L, -1, text) == LUA_TFUNCTION;
  if (!good) {
    lua_pop(L, 1);
    good = push_expression(L, text);
    if (good) {
      lua_pushvalue(L, -1);
      lua_setfield(L, -3, text);
    }
  }
  lua_remove(L, -2);
  return good;
}

/* Lets the function on top of the stack see the case. */
static void set_case (lua_State *L, const test_case *c, int cases_index) {
  lua_getupvalue(L, -1, 1);
  lua_getmetatable(L, -1);
  api_push_case(L, c, cases_index);
  lua_setfield(L, -2, "__index");
  lua_pop(L, 2);
}

bool api_meets (lua_State *L, int cases_index, const char *expression, const test_case *c,
                bool *met, char *why, size_t room) {
  luaL_checkstack(L, 8, "an expected failure");
  bool good = push_compiled(L, expression);
  if (good) {
    set_case(L, c, cases_index);
    good = lua_pcall(L, 0, 1, 0) == LUA_OK;
  }
  *met = good && lua_toboolean(L, -1);
  if (!good)
    snprintf(why, room, "%s", luaL_tolstring(L, -1, NULL));
  lua_pop(L, good ? 1 : 2);
  return good;
}

xfail *api_load_expected (lua_State *L, const char *path, const subject *s) {
  error e;
  xfail *x = path ? xfail_load(path, subject_describe(s), api_program(L)->spec, &e) : NULL;
  if (path && !x)
    api_fail(L, &e);
  return x;
}

typedef struct cases {
  lua_State *L;
  int index;
} cases;

static bool meets (void *context, const char *expression, const test_case *c, bool *met, char *why,
                   size_t room) {
  const cases *of = context;
  return api_meets(of->L, of->index, expression, c, met, why, room);
}

const char *api_expected (lua_State *L, xfail *x, int cases_index, const item *it, error *e) {
  cases of = { L, cases_index };
  const evaluator ev = { meets, &of };
  return xfail_account(x, it, &ev, e);
}
