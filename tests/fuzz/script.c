/* script.c: the readers that are scripts, for libFuzzer. FUZZ_TARGET names one; the script of that
   name gets a document:
   logs       a result log, for all reports
   zstd       the same, compressed, and then perhaps damaged
   arguments  the options of a command, by which cases are selected
   expected   a list of expected failures, whose expressions are evaluated on cases
   histories  bytes as they are: the script makes several logs of them, for `history` and `merge`
   imports    the same: files of other programs, for `import`; or an ONNX model as it is
   The script refuses its input with a message and a status, as the program would. An error of any
   other kind would be a traceback for a user: it ends the run. */

#include "api/api.h"
#include "api/expected.h"
#include "grammar.h"
#include "run/xfail.h"

#include <lualib.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

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

/* ---- what scripts call */

enum { CASES = 2 }; /* where the cases of a list are on the stack */

static bool meets (void *context, const char *expression, const test_case *c, bool *met, char *why,
                   size_t room) {
  return api_meets(context, CASES, expression, c, met, why, room);
}

/* expect_failures (path, cases): what a run does with a list of expected failures. Every second
 * case has failed. */
static int expect_failures (lua_State *L) {
  error e = { .status = CONFORMS };
  const evaluator ev = { meets, L };
  char stale[256];
  xfail *x = xfail_load(luaL_checkstring(L, 1),
                        &(subject_info){ .name = "fuzzed", .environment = "isa=AVX2" },
                        api_program(L)->spec, &e);
  if (!x)
    return api_fail(L, &e);
  for (int i = 1; lua_rawgeti(L, CASES, i) != LUA_TNIL && e.status == CONFORMS; i++) {
    item it = { .c = *api_case(L, -1), .j = { .verdict = i % 2 ? V_CRASH : V_PASS } };
    xfail_account(x, &it, &ev, &e);
    lua_settop(L, CASES);
  }
  for (size_t i = 0; xfail_next_stale(x, &i, stale, sizeof stale);)
    ;
  xfail_free(x);
  return e.status == CONFORMS ? 0 : api_fail(L, &e);
}

/* ---- the scripts */

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
  lua_register(L, "expect_failures", expect_failures);
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

/* ---- documents */

/* In place of the document: compressed, now and then cut short, with other bytes, or with bytes
 * behind it. */
static void compress (grammar *g) {
  static char room[2 * MAX_DOCUMENT];
  const size_t frame = ZSTD_compress(room, sizeof room, g->text, g->length, 1);
  if (ZSTD_isError(frame) || frame > MAX_DOCUMENT)
    abort();
  memcpy(g->text, room, frame);
  g->length = frame;
  if (errs(g))
    g->length -= pick(g, 64) % g->length;
  for (size_t n = errs(g) ? 1 + pick(g, 4) : 0; n; n--)
    g->text[(pick(g, 256) | pick(g, 256) << 8) % g->length] ^= (char) (1 << pick(g, 8));
  if (errs(g))
    put(g, "\x28\xb5\x2f\xfd%s", pick(g, 2) ? "" : "x");
}

static void make_bytes (grammar *g) {
  g->length = g->left < MAX_DOCUMENT ? g->left : MAX_DOCUMENT - 1;
  memcpy(g->text, g->bytes, g->length);
}

static const struct {
  const char *name;
  void (*make)(grammar *);
} scripts[] = { { "logs", make_log },
                { "zstd", make_log },
                { "arguments", make_arguments },
                { "expected", make_xfail_file },
                { "histories", make_bytes },
                { "imports", make_bytes } };

static size_t named_script (void) {
  const char *name = getenv("FUZZ_TARGET");
  for (size_t i = 0; name && i < COUNT(scripts); i++)
    if (!strcmp(name, scripts[i].name))
      return i;
  fprintf(stderr,
          "FUZZ_TARGET: logs, zstd, arguments, expected, histories or imports is expected\n");
  exit(2);
}

int LLVMFuzzerTestOneInput (const unsigned char *bytes, size_t length) {
  static grammar g;
  static lua_State *L;
  static size_t which;
  static bool packed;
  if (!tried++) {
    which = named_script();
    packed = !strcmp(scripts[which].name, "zstd");
    L = open_script(packed ? "logs" : scripts[which].name);
    atexit(print_share);
  }
  g = (grammar){ .bytes = bytes, .left = length };
  scripts[which].make(&g);
  if (getenv("FUZZ_SHOW"))
    fwrite(g.text, 1, g.length, stderr);
  if (packed)
    compress(&g);
  accepted += try_script(L, document_path(&g));
  if (packed) /* LeakSanitizer does not look into a file that waits for the collector */
    lua_gc(L, LUA_GCCOLLECT, 0);
  return 0;
}
