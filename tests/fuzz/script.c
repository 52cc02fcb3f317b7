/* script.c: the readers that are scripts, for libFuzzer: FUZZ_TARGET=logs reads result logs and
   makes all reports of them, FUZZ_TARGET=arguments reads the options of a command and selects
   cases. The script refuses its input with a message and a status, as the program would. An error
   of any other kind would be a traceback for a user: it ends the run. */

#include "api/api.h"
#include "grammar.h"

#include <lualib.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const unsigned char *bytes, size_t length);

static unsigned long tried, accepted;

static void print_share (void) {
  fprintf(stderr, "%lu of %lu accepted\n", accepted, tried);
}

static int with_traceback (lua_State *L) {
  if (lua_type(L, 1) == LUA_TSTRING)
    luaL_traceback(L, L, lua_tostring(L, 1), 1);
  return 1;
}

/* A state with the function that tests/fuzz/NAME.lua returns on top. */
static lua_State *open_script (const char *name) {
  static program p = { .root = "." };
  char path[200];
  error e;
  snprintf(path, sizeof path, "tests/fuzz/%s.lua", name);
  p.spec = spec_load(".", &e);
  p.tap.to = fopen("/dev/null", "w");
  lua_State *L = luaL_newstate();
  if (!p.spec || !p.tap.to || !L)
    abort();
  luaL_openlibs(L);
  if (luaL_dostring(L, "package.path = 'runner/lua/?.lua;?.lua'"))
    abort();
  api_open(L, &p);
  lua_pushcfunction(L, with_traceback);
  if (luaL_dofile(L, path)) {
    fprintf(stderr, "%s\n", lua_tostring(L, -1));
    abort();
  }
  return L;
}

/* Whether the script takes the input. */
static bool try_script (lua_State *L, const char *path) {
  const int top = lua_gettop(L);
  lua_pushvalue(L, top);
  lua_pushstring(L, path);
  const bool good = lua_pcall(L, 1, 0, top - 1) == LUA_OK;
  if (!good && !lua_istable(L, -1)) {
    fprintf(stderr, "%s\n", luaL_tolstring(L, -1, NULL));
    abort();
  }
  lua_settop(L, top);
  return good;
}

int LLVMFuzzerTestOneInput (const unsigned char *bytes, size_t length) {
  static grammar g;
  static lua_State *L;
  static bool logs;
  if (!tried++) {
    const char *name = getenv("FUZZ_TARGET");
    logs = name && !strcmp(name, "logs");
    L = open_script(logs ? "logs" : "arguments");
    atexit(print_share);
  }
  g = (grammar){ .bytes = bytes, .left = length };
  if (logs)
    make_log(&g);
  else
    make_arguments(&g);
  if (getenv("FUZZ_SHOW"))
    fwrite(g.text, 1, g.length, stderr);
  accepted += try_script(L, document_path(&g));
  return 0;
}
