/* main.c: conv2d-cts COMMAND ...: runs the Lua script of the command. */

#include "api/api.h"
#include "api/outputs.h"
#include "api/progress.h"
#include "call/doing.h"
#include "call/printable.h"

#include <errno.h>
#include <lualib.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- where things are */

static bool holds_suite (const char *root) {
  char path[4200];
  snprintf(path, sizeof path, "%s/specs/conv2d.yaml", root);
  return !access(path, R_OK);
}

/* The folder that holds specs/, cases/ and runner/lua/: the source tree around build/, or
   share/conv2d-cts beside bin/. CONV2D_CTS_ROOT overrides. */
static bool find_root (char root[static 4096]) {
  static const char *const candidates[] = { "..", "../share/conv2d-cts", "../.." };
  char here[2048];
  const char *given = getenv("CONV2D_CTS_ROOT");
  if (given) {
    snprintf(root, 4096, "%s", given);
    return holds_suite(root);
  }
  ssize_t length = readlink("/proc/self/exe", here, sizeof here - 1);
  if (length < 0)
    return false;
  here[length] = 0;
  *strrchr(here, '/') = 0;
  for (size_t i = 0; i < sizeof candidates / sizeof *candidates; i++) {
    snprintf(root, 4096, "%s/%s", here, candidates[i]);
    char *whole = realpath(root, NULL);
    bool found = whole && holds_suite(whole);
    if (found)
      snprintf(root, 4096, "%s", whole);
    free(whole);
    if (found)
      return true;
  }
  return false;
}

/* ---- Lua */

/* Adds a traceback to an error that is a mere string; tables {status, message} pass. */
static int with_traceback (lua_State *L) {
  if (lua_type(L, 1) == LUA_TSTRING)
    luaL_traceback(L, L, lua_tostring(L, 1), 1);
  return 1;
}

/* Writes a message of some lines, in which a stranger's words command no terminal. Only the first
   begins at the margin, so a line feed in those words begins no message of its own. */
static void say_error (const char *message) {
  char line[4096];
  const char *margin = "conv2d-cts: ";
  for (const char *end; *message; message = *end ? end + 1 : end) {
    end = strchrnul(message, '\n');
    snprintf(line, sizeof line, "%.*s", (int) (end - message), message);
    for (char *tab = line; (tab = strchr(tab, '\t'));)
      *tab = ' ';
    make_printable(line);
    fprintf(stderr, "%s%s\n", margin, line);
    margin = "  ";
  }
}

/* Says what went wrong; the exit status. */
static int report_error (lua_State *L) {
  int status = HARNESS;
  fflush(stdout);
  if (lua_istable(L, -1)) {
    int is_integer;
    lua_getfield(L, -1, "status");
    const lua_Integer v = lua_tointegerx(L, -1, &is_integer);
    status = is_integer && is_exit_status(v) ? (int) v : HARNESS;
    if (lua_getfield(L, -2, "message") == LUA_TNIL)
      return status; /* it only ends early: --help */
  }
  say_error(luaL_tolstring(L, -1, NULL));
  return status;
}

/* Takes --progress WORD out of the arguments, wherever it stands before `--`. False if it knows no
   such word. */
static bool take_progress (int *argc, char **argv, progress_mode *mode) {
  static const char option[] = "--progress";
  int kept = 1;
  bool good = true, ended = false;
  for (int i = 1; i < *argc; i++) {
    const size_t n = sizeof option - 1;
    ended = ended || !strcmp(argv[i], "--");
    if (!ended && !strcmp(argv[i], option))
      good = ++i < *argc && progress_parse(argv[i], mode);
    else if (!ended && !strncmp(argv[i], option, n) && argv[i][n] == '=')
      good = progress_parse(argv[i] + n + 1, mode);
    else
      argv[kept++] = argv[i];
    if (!good)
      return false;
  }
  argv[ *argc = kept] = NULL;
  return true;
}

static void push_arguments (lua_State *L, int argc, char **argv, int first) {
  lua_createtable(L, argc - first, 0);
  for (int i = first; i < argc; i++) {
    lua_pushstring(L, argv[i]);
    lua_rawseti(L, -2, i - first + 1);
  }
  lua_setglobal(L, "arg");
}

/* require names a module by its room: "explain.taps" of runner/lua/, "reports.log" of reports/. */
static void set_path (lua_State *L, const char *root) {
  lua_getglobal(L, "package");
  lua_pushfstring(L, "%s/runner/lua/?.lua;%s/?.lua", root, root);
  lua_setfield(L, -2, "path");
  lua_pushliteral(L, "");
  lua_setfield(L, -2, "cpath");
  lua_pop(L, 1);
}

/* Runs the script of a command, which returns the exit status. */
static int run_script (lua_State *L, const char *path) {
  lua_pushcfunction(L, with_traceback);
  if (luaL_loadfilex(L, path, "t") || lua_pcall(L, 0, 1, -2))
    return report_error(L);
  if (lua_isinteger(L, -1) && is_exit_status(lua_tointeger(L, -1)))
    return (int) lua_tointeger(L, -1);
  fprintf(stderr, "conv2d-cts: the command returned '%s', which is no exit status\n",
          luaL_tolstring(L, -1, NULL));
  return HARNESS;
}

static int run_command (program *p, int argc, char **argv) {
  char script[8192];
  progress_mode mode = PROGRESS_AUTO;
  if (!take_progress(&argc, argv, &mode)) {
    fprintf(stderr, "conv2d-cts: --progress: auto, json or none is expected\n");
    return BAD_INPUT;
  }
  const char *command = argc > 1 ? argv[1] : "help";
  if (!strcmp(command, "--help") || !strcmp(command, "-h"))
    command = "help";
  if (!strcmp(command, "--version"))
    command = "version";
  snprintf(script, sizeof script, "%s/runner/lua/commands/%s.lua", p->root, command);
  if (strspn(command, "abcdefghijklmnopqrstuvwxyz-") != strlen(command) || access(script, R_OK)) {
    char message[200];
    snprintf(message, sizeof message, "unknown command '%.100s': conv2d-cts help lists them",
             command);
    say_error(message);
    return BAD_INPUT;
  }
  lua_State *L = luaL_newstate();
  char what[100];
  snprintf(what, sizeof what, "running %s", command);
  doing_always(what);
  if (!L)
    return HARNESS;
  luaL_openlibs(L);
  set_path(L, p->root);
  api_open(L, p);
  push_arguments(L, argc, argv, 2);
  progress_start(mode);
  int status = run_script(L, script);
  progress_stop();
  lua_close(L);
  return status;
}

/* ---- the program */

/* The status, where all that was said has reached the standard output. */
static int status_of_output (int status) {
  error e;
  if (outputs_reached(stdout, "standard output", &e))
    return status;
  bool left = errno == EPIPE;     /* `| head` has read what it wanted */
  if (status != HARNESS && !left) /* else that has been said already */
    say_error(e.text);
  return status == CONFORMS ? HARNESS : status;
}

/* glibc learns from the first large blocks that it gets back to keep as much for later: 64 MiB. */
static void give_memory_back (void) {
#ifdef M_MMAP_THRESHOLD
  mallopt(M_MMAP_THRESHOLD, 1 << 20);
#endif
}

int main (int argc, char **argv) {
  char root[4096];
  error e;
  give_memory_back();
  outputs_reserve();
  const char *unfit = conv2d_oracle_environment();
  if (unfit) {
    fprintf(stderr, "conv2d-cts: the oracle can't be trusted here: %s\n", unfit);
    return HARNESS;
  }
  if (!find_root(root)) {
    fprintf(stderr, "conv2d-cts: specs/conv2d.yaml not found: set CONV2D_CTS_ROOT to the folder of "
                    "the suite\n");
    return HARNESS;
  }
  program p = { .root = root, .spec = spec_load(root, &e), .tap = { .to = stdout } };
  if (!p.spec) {
    fprintf(stderr, "conv2d-cts: %s\n", e.text);
    return HARNESS;
  }
  api_catch_interrupts();
  int status = run_command(&p, argc, argv);
  spec_free(p.spec);
  return status_of_output(status);
}
