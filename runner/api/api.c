/* api.c: what the tables of the Lua API share: errors, options, and the table `cts`. */

#include "api.h"
#include "progress.h"

#include "call/seconds.h"
#include "call/machine.h"
#include "data/data.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

static const char program_key = 'p';

program *api_program (lua_State *L) {
  lua_rawgetp(L, LUA_REGISTRYINDEX, &program_key);
  program *p = lua_touserdata(L, -1);
  lua_pop(L, 1);
  return p;
}

static const char error_kind[] = "error";

bool is_exit_status (lua_Integer status) {
  return status >= 0 && status <= MAX_STATUS;
}

/* "gate.lua:7: padding: ..." */
static int error_tostring (lua_State *L) {
  if (lua_getfield(L, 1, "where") == LUA_TNIL)
    lua_pushliteral(L, "");
  lua_getfield(L, 1, "message");
  lua_concat(L, 2);
  return 1;
}

void api_new_kind (lua_State *L, const char *kind) {
  luaL_newmetatable(L, kind);
  lua_pushstring(L, kind);
  lua_setfield(L, -2, "__metatable");
}

bool api_push_method (lua_State *L, const char *name) {
  return strncmp(name, "__", 2) && luaL_getmetafield(L, 1, name) != LUA_TNIL;
}

int api_fail (lua_State *L, const error *e) {
  lua_createtable(L, 0, 4);
  lua_pushinteger(L, e->status);
  lua_setfield(L, -2, "status");
  lua_pushstring(L, e->text);
  lua_setfield(L, -2, "message");
  luaL_where(L, 1);
  lua_setfield(L, -2, "where");
  luaL_traceback(L, L, NULL, 1);
  lua_setfield(L, -2, "traceback");
  luaL_setmetatable(L, error_kind);
  lua_error(L);
  abort(); /* lua_error does not return */
}

int api_usage (lua_State *L, const char *format, ...) {
  error e = { .status = BAD_INPUT };
  va_list args;
  va_start(args, format);
  vsnprintf(e.text, sizeof e.text, format, args);
  va_end(args);
  api_fail(L, &e);
}

/* ---- cts */

/* cts.isatty ("stdout" or "stderr") */
static int cts_isatty (lua_State *L) {
  lua_pushboolean(L,
                  isatty(strcmp(luaL_checkstring(L, 1), "stdout") ? STDERR_FILENO : STDOUT_FILENO));
  return 1;
}

/* cts.keep_output (): from now on only C's stdout and Lua's print write to standard output. What a
   script writes there by other ways, or a process that it starts, goes to standard error. */
static int cts_keep_output (lua_State *L) {
  int high = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 10);
  FILE *kept = high < 0 ? NULL : fdopen(high, "w");
  fflush(stdout);
  if (!kept || dup2(STDERR_FILENO, STDOUT_FILENO) < 0) {
    error e = { .status = HARNESS };
    snprintf(e.text, sizeof e.text, "standard output cannot be kept: %s", strerror(errno));
    return api_fail(L, &e);
  }
  stdout = kept;
  api_program(L)->tap.to = kept;
  return 0;
}

/* cts.machine () -> {name = "x86_64, 2 processors: AMD EPYC ...", features =, variables =} */
static int cts_machine (lua_State *L) {
  machine m;
  struct utsname u;
  machine_read(&m);
  lua_createtable(L, 0, 3);
  lua_pushfstring(L, "%s, %d processors: %s", uname(&u) ? "unknown" : u.machine, (int) m.processors,
                  m.processor);
  lua_setfield(L, -2, "name");
  lua_pushstring(L, m.features);
  lua_setfield(L, -2, "features");
  api_push_printable(L, m.variables);
  lua_setfield(L, -2, "variables");
  return 1;
}

/* cts.fail (status, message): ends the command, or a script, with that exit status. */
static int cts_fail (lua_State *L) {
  lua_Integer status = luaL_checkinteger(L, 1);
  if (!is_exit_status(status))
    api_usage(L, "cts.fail: an exit status is from 0 to %d, not %lld", MAX_STATUS,
              (long long) status);
  luaL_checkstring(L, 2);
  lua_createtable(L, 0, 3);
  lua_pushinteger(L, status);
  lua_setfield(L, -2, "status");
  lua_pushvalue(L, 2);
  lua_setfield(L, -2, "message");
  lua_pushboolean(L, true);
  lua_setfield(L, -2, "final"); /* printed as it is, without the place of the call */
  luaL_setmetatable(L, error_kind);
  return lua_error(L);
}

/* cts.now () -> seconds of a clock that only goes forward */
static int cts_now (lua_State *L) {
  lua_pushnumber(L, clock_seconds());
  return 1;
}

/* cts.processor () -> seconds that this thread has computed, seconds that it was ready to and had no
   processor; 0, 0 where the kernel does not say. */
static int cts_processor (lua_State *L) {
  uint64_t ran, waited;
  schedstat_read("/proc/thread-self/schedstat", &ran, &waited);
  lua_pushnumber(L, 1e-9 * (double) ran);
  lua_pushnumber(L, 1e-9 * (double) waited);
  return 2;
}

static const luaL_Reg cts[] = {
  { "clauses", api_clauses },
  { "recipes", api_recipes },
  { "verdicts", api_verdicts },
  { "dtypes", api_dtypes },
  { "presets", api_presets },
  { "numerics", api_numerics },
  { "bits", api_bits },
  { "padding_modes", api_padding_modes },
  { "isatty", cts_isatty },
  { "open", api_open_file },
  { "exists", api_exists },
  { "overwrites", api_overwrites },
  { "same_file", api_same_file },
  { "machine", cts_machine },
  { "fail", cts_fail },
  { "limit", api_limit },
  { "doing", api_doing },
  { "progress", api_progress },
  { "now", cts_now },
  { "processor", cts_processor },
  { "keep_output", cts_keep_output },
  { NULL, NULL },
};

/* Pushes the path of the program that runs; its name alone where the system does not say. */
static void push_program (lua_State *L) {
  char path[4096];
  ssize_t length = readlink("/proc/self/exe", path, sizeof path);
  if (length < 0 || length == sizeof path)
    lua_pushliteral(L, "conv2d-cts");
  else
    lua_pushlstring(L, path, (size_t) length);
}

/* Calls the function that is its upvalue on a line of its own. */
static int write_clearly (lua_State *L) {
  progress_clear();
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_insert(L, 1);
  lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
  return lua_gettop(L);
}

/* print and io.write write where a line of progress may stand. */
static void clear_before_writing (lua_State *L) {
  lua_getglobal(L, "print");
  lua_pushcclosure(L, write_clearly, 1);
  lua_setglobal(L, "print");
  lua_getglobal(L, "io");
  lua_getfield(L, -1, "write");
  lua_pushcclosure(L, write_clearly, 1);
  lua_setfield(L, -2, "write");
  lua_pop(L, 1);
}

void api_open (lua_State *L, program *p) {
  clear_before_writing(L);
  lua_pushlightuserdata(L, p);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &program_key);
  api_new_kind(L, error_kind);
  lua_pushcfunction(L, error_tostring);
  lua_setfield(L, -2, "__tostring");
  lua_pop(L, 1);
  luaL_newlib(L, cts);
  lua_pushstring(L, p->root);
  lua_setfield(L, -2, "root");
  push_program(L);
  lua_setfield(L, -2, "program");
  lua_pushliteral(L, SUITE_VERSION);
  lua_setfield(L, -2, "version");
  lua_setglobal(L, "cts");
  api_open_case(L);
  api_open_suite(L);
  api_open_tensor(L);
  api_open_subject(L);
  api_open_json(L);
  api_open_onnx(L);
  api_open_xml(L);
  api_open_tap(L);
  api_open_oracle(L);
  api_open_build(L);
  api_open_sums(L);
}
