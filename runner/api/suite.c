/* suite.c: suites in Lua: loading, selecting, and going through the cases. */

#include "api.h"

#include "call/doing.h"
#include "suite/casefile.h"
#include "suite/cost.h"
#include "suite/kept.h"
#include "suite/models.h"
#include "suite/offered.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* XXH3's state is on the stack, so that an error in a filter leaks nothing. */
#define XXH_STATIC_LINKING_ONLY
#include <xxhash.h>

static const char kind[] = "suite";

enum { FILTER = 1, NETWORK, SUBJECT, USER_VALUES = SUBJECT };
enum { MAX_FILTER_KEYS = 32 };

/* The userdata; its user values are the filter, a function of a case or nil, the network, and the
   subject that it is within. */
typedef struct lua_suite {
  suite *suite;
  selection choice;
  const struct asked_filter *asker;             /* during api_suite_begin */
  bool within;                                  /* a subject: `within` was called */
  const char *filter_keys[MAX_FILTER_KEYS + 1]; /* all that the filter depends on */
} lua_suite;

static lua_suite *check (lua_State *L, int index) {
  return luaL_checkudata(L, index, kind);
}

suite *api_suite (lua_State *L, int index) {
  return check(L, index)->suite;
}

/* ---- loading */

static void read_shard (lua_State *L, int index, selection *to) {
  const char *text = option_string(L, index, "shard");
  unsigned i, n;
  char rest;
  if (!text)
    return;
  if (sscanf(text, "%u/%u%c", &i, &n, &rest) != 2 || i < 1 || i > n)
    api_usage(L, "shard: I/N with 1 <= I <= N is expected, got '%s'", text);
  to->shard = i - 1;
  to->shards = n;
}

static size_t read_paths (lua_State *L, int index, const char *paths[], size_t capacity) {
  if (lua_type(L, index) == LUA_TSTRING) {
    paths[0] = lua_tostring(L, index);
    return 1;
  }
  luaL_checktype(L, index, LUA_TTABLE);
  size_t count = lua_rawlen(L, index);
  if (count > capacity)
    api_usage(L, "more than %zu paths", capacity);
  for (size_t i = 0; i < count; i++) {
    lua_rawgeti(L, index, (lua_Integer) i + 1);
    paths[i] = luaL_checkstring(L, -1);
    lua_pop(L, 1); /* the table keeps it alive */
  }
  return count;
}

/* The names of keys in the list `filter_keys`, where there is one. */
static void read_filter_keys (lua_State *L, int index, lua_suite *s) {
  int count = 0;
  if (lua_getfield(L, index, "filter_keys") == LUA_TNIL) {
    lua_pop(L, 1);
    return;
  }
  luaL_checktype(L, -1, LUA_TTABLE);
  for (lua_Integer i = 1; lua_rawgeti(L, -1, i) != LUA_TNIL; i++) {
    const char *name = luaL_checkstring(L, -1);
    const case_key *k = case_find_key(name, strlen(name));
    if (!k || count == MAX_FILTER_KEYS)
      api_usage(L, "filter_keys: '%s' is one key too many, or none", name);
    s->filter_keys[count++] = k->name;
    lua_pop(L, 1);
  }
  lua_pop(L, 2);
  s->choice.audience.keys = s->filter_keys;
}

/* suite.load (path or {paths}, {tier =, shard = "i/n", network =, fresh = seed,
   filter = function (case) ... end, filter_keys = {the keys of a case that it depends on, and on
   nothing else}}) */
static int suite_load_lua (lua_State *L) {
  const char *paths[4096];
  error e;
  static const char *const keys[] = { "tier",    "shard", "filter", "filter_keys",
                                      "network", "fresh", NULL };
  lua_settop(L, 2);
  option_check(L, 2, "suite.load", keys);
  size_t count = read_paths(L, 1, paths, sizeof paths / sizeof *paths);
  lua_suite *s = lua_newuserdatauv(L, sizeof *s, USER_VALUES);
  *s = (lua_suite){ .choice = { .tier = (tier) option_word(L, 2, "tier", tier_words, FULL),
                                .shards = 1 } };
  luaL_setmetatable(L, kind);
  read_shard(L, 2, &s->choice);
  s->choice.fresh = (uint64_t) option_integer(L, 2, "fresh", 0);
  s->choice.network = option_string(L, 2, "network");
  if (option_function(L, 2, "filter")) {
    lua_getfield(L, 2, "filter");
    lua_setiuservalue(L, -2, FILTER);
    read_filter_keys(L, 2, s);
  }
  if (s->choice.network) {
    lua_getfield(L, 2, "network"); /* which keeps the text alive */
    lua_setiuservalue(L, -2, NETWORK);
  }
  s->suite = suite_load(api_program(L)->spec, paths, count, &e);
  return s->suite ? 1 : api_fail(L, &e);
}

static int suite_gc (lua_State *L) {
  lua_suite *s = check(L, 1);
  suite_free(s->suite);
  s->suite = NULL;
  return 0;
}

/* ---- going through the cases */

/* A filter as suite_begin asks it, on top of the stack. */
typedef struct asked_filter {
  lua_State *L;
  int suite_index;
} asked_filter;

/* A case where it fails counts, too: the failure is reported when the run comes to the case. */
static bool lets_through (const void *context, const test_case *c) {
  const lua_suite *s = context;
  lua_State *L = s->asker->L;
  lua_pushvalue(L, -1);
  api_push_case(L, c, s->asker->suite_index);
  bool good = lua_pcall(L, 1, 1, 0) != LUA_OK || lua_toboolean(L, -1);
  lua_pop(L, 1);
  return good;
}

void api_suite_begin (lua_State *L, int index) {
  index = lua_absindex(L, index);
  lua_suite *s = check(L, index);
  error e;
  selection choice = s->choice;
  asked_filter asker = { L, index };
  bool filtered = lua_getiuservalue(L, index, FILTER) == LUA_TFUNCTION;
  s->asker = &asker;
  choice.audience.context = s;
  choice.audience.passes = filtered && s->within ? lets_through : NULL;
  bool good = suite_begin(s->suite, &choice, &e);
  s->asker = NULL;
  lua_pop(L, 1);
  if (!good)
    api_fail(L, &e);
}

static uint32_t mask_field (lua_State *L, int index, const char *key) {
  const lua_Integer v = lua_getfield(L, index, key) == LUA_TNIL ? 0 : luaL_checkinteger(L, -1);
  lua_pop(L, 1);
  return (uint32_t) v;
}

/* A subject as the first line of a log describes it, in its place on the stack. */
static const subject_info *read_offers (lua_State *L, int index) {
  subject_info *i = lua_newuserdatauv(L, sizeof *i, 0);
  memset(i, 0, sizeof *i);
  i->capabilities = (conv2d_capabilities){ .dtypes = mask_field(L, index, "dtypes"),
                                           .layouts = mask_field(L, index, "layouts"),
                                           .padding_modes = mask_field(L, index, "padding_modes"),
                                           .directions = mask_field(L, index, "directions") };
  i->functions = mask_field(L, index, "functions");
  i->int32_sums = mask_field(L, index, "int32_sums");
  lua_replace(L, index);
  return i;
}

/* s:within (subject, or `offers` of a log): from now on covering arrays also cover what the subject
   offers and the filter lets through, in cases that are added */
static int suite_within (lua_State *L) {
  lua_suite *s = check(L, 1);
  s->choice.audience.subject =
      lua_istable(L, 2) ? read_offers(L, 2) : subject_describe(api_subject(L, 2)->subject);
  s->within = true;
  lua_pushvalue(L, 2); /* which keeps the description alive */
  lua_setiuservalue(L, 1, SUBJECT);
  return 0;
}

/* Whether the filter on top of the stack lets the case through. */
static bool passes (lua_State *L, const test_case *c, int suite_index) {
  char id[MAX_ID];
  case_id(c, id);
  doing("filtering cases, at %s", id);
  lua_pushvalue(L, -1);
  api_push_case(L, c, suite_index);
  lua_call(L, 1, 1);
  bool good = lua_toboolean(L, -1);
  lua_pop(L, 1);
  doing(NULL);
  return good;
}

bool api_suite_next (lua_State *L, int index, suite_cursor *at, test_case *c) {
  index = lua_absindex(L, index);
  lua_suite *s = check(L, index);
  bool filtered = lua_getiuservalue(L, index, FILTER) == LUA_TFUNCTION;
  bool found;
  do
    found = suite_next(s->suite, at, c);
  while (found && filtered && !passes(L, c, index));
  lua_pop(L, 1);
  return found;
}

/* Upvalues: the suite, and the loop's own place in it. */
static int next_case (lua_State *L) {
  test_case c;
  if (!api_suite_next(L, lua_upvalueindex(1), lua_touserdata(L, lua_upvalueindex(2)), &c))
    return 0;
  api_push_case(L, &c, lua_upvalueindex(1));
  return 1;
}

/* for c in s:cases () do ... end */
static int suite_cases (lua_State *L) {
  api_suite_begin(L, 1);
  lua_pushvalue(L, 1);
  suite_cursor *at = lua_newuserdatauv(L, sizeof *at, 0);
  *at = (suite_cursor){ 0 };
  lua_pushcclosure(L, next_case, 2);
  return 1;
}

/* s:files () -> {path, ...} of its case files */
static int suite_files_lua (lua_State *L) {
  const char *path;
  lua_newtable(L);
  for (size_t i = 0; (path = suite_path(api_suite(L, 1), i)); i++) {
    lua_pushstring(L, path);
    lua_rawseti(L, -2, (lua_Integer) i + 1);
  }
  return 1;
}

/* s:swept () -> whether there is a sweep, whose cases take time to be made */
static int suite_swept_lua (lua_State *L) {
  const char *file;
  lua_pushboolean(L, suite_sweep(api_suite(L, 1), 0, &file) != NULL);
  return 1;
}

/* What a control may cost (cost.h), since every shard has them all; also where each tap meets each
   element of the input, as in the right gradient of the input. */
static const int64_t CONTROL_COST = 20000000;

static bool costs_little (const test_case *c) {
  const conv2d_params *p = &c->params;
  double taps = (double) p->out_channels / (double) (p->groups > 0 ? p->groups : 1);
  for (int i = 0; i < c->input.ndim; i++)
    taps *= (double) c->input.dim[i];
  taps *= (double) p->kernel_size[0] * (double) p->kernel_size[1];
  return case_cost(c) <= CONTROL_COST && taps <= (double) CONTROL_COST;
}

/* s:controls () -> {case, ...}: of each file the first case that costs little, selected but for the
   shard, so that all shards have the same */
static int suite_controls (lua_State *L) {
  lua_settop(L, 1);
  lua_suite *s = check(L, 1);
  const selection own = s->choice;
  test_case c;
  s->choice.shard = 0;
  s->choice.shards = 1;
  api_suite_begin(L, 1);
  s->choice = own;
  lua_newtable(L);
  for (suite_cursor at = { 0 }; api_suite_next(L, 1, &at, &c);) {
    if (!costs_little(&c))
      continue;
    at = (suite_cursor){ .file = at.file + 1 };
    api_push_case(L, &c, 1);
    lua_rawseti(L, 2, (lua_Integer) lua_rawlen(L, 2) + 1);
  }
  return 1;
}

/* s:count () -> how many cases are selected */
static int suite_count_lua (lua_State *L) {
  lua_suite *s = check(L, 1);
  test_case c;
  api_suite_begin(L, 1);
  if (lua_getiuservalue(L, 1, FILTER) != LUA_TFUNCTION) {
    doing("counting the cases");
    lua_pushinteger(L, (lua_Integer) suite_count(s->suite));
    doing(NULL);
    return 1;
  }
  lua_Integer count = 0;
  suite_cursor at = { 0 };
  while (api_suite_next(L, 1, &at, &c))
    count++;
  lua_pushinteger(L, count);
  return 1;
}

/* Adds what identifies the case, and a line feed. */
static void add_reference (XXH3_state_t *h, const test_case *c) {
  char text[MAX_ID];
  case_reference(c, text);
  XXH3_128bits_update(h, text, strlen(text));
  XXH3_128bits_update(h, "\n", 1);
}

/* s:hash () -> XXH128 of the references of all cases, a line each, in hexadecimal; and how many */
static int suite_hash (lua_State *L) {
  lua_Integer count = 0;
  test_case c;
  char text[40];
  suite_cursor at = { 0 };
  XXH3_state_t h;
  XXH3_128bits_reset(&h);
  api_suite_begin(L, 1);
  doing("hashing the ids of the cases");
  for (; api_suite_next(L, 1, &at, &c); doing_progress(++count, 0, 0))
    add_reference(&h, &c);
  doing(NULL);
  const XXH128_hash_t value = XXH3_128bits_digest(&h);
  snprintf(text, sizeof text, "%016" PRIx64 "%016" PRIx64, value.high64, value.low64);
  lua_pushstring(L, text);
  lua_pushinteger(L, count);
  return 2;
}

/* s:find ("FILE.yaml#NAME") -> case or nil */
static int suite_find_lua (lua_State *L) {
  test_case c;
  if (!suite_find(api_suite(L, 1), luaL_checkstring(L, 2), &c))
    return 0;
  api_push_case(L, &c, 1);
  return 1;
}

static void push_axes (lua_State *L, const sweep *s) {
  lua_newtable(L);
  for (int a = 0, values; a < sweep_axes(s); a++) {
    const char *name = sweep_axis(s, a, &values);
    lua_createtable(L, 0, 2);
    lua_pushstring(L, name);
    lua_setfield(L, -2, "name");
    lua_pushinteger(L, values);
    lua_setfield(L, -2, "values");
    lua_rawseti(L, -2, a + 1);
  }
}

/* s:coverage (t) -> {{file =, cases =, valid =, covered =, axes = {{name =, values =}, ...}}, ...}:
   for each sweep, how many of the t-way combinations its cases cover. */
static int suite_coverage (lua_State *L) {
  suite *s = api_suite(L, 1);
  int t = (int) luaL_checkinteger(L, 2);
  const char *file;
  sweep *sw;
  api_suite_begin(L, 1);
  lua_newtable(L);
  for (size_t i = 0; (sw = suite_sweep(s, i, &file)); i++) {
    coverage c;
    error e;
    if (t < 1 || t > sweep_axes(sw))
      return api_usage(L, "coverage: %s has %d axes", file, sweep_axes(sw));
    if (!sweep_measure(sw, t, &c, &e))
      return api_fail(L, &e);
    lua_createtable(L, 0, 5);
    lua_pushstring(L, file);
    lua_setfield(L, -2, "file");
    lua_pushinteger(L, (lua_Integer) c.cases);
    lua_setfield(L, -2, "cases");
    lua_pushinteger(L, (lua_Integer) c.valid);
    lua_setfield(L, -2, "valid");
    lua_pushinteger(L, (lua_Integer) c.covered);
    lua_setfield(L, -2, "covered");
    push_axes(L, sw);
    lua_setfield(L, -2, "axes");
    lua_rawseti(L, -2, (lua_Integer) i + 1);
  }
  return 1;
}

static void set_strength (lua_State *L, const offered *o, int which) {
  const covering_array *a = &o->added[which];
  lua_createtable(L, 0, 4);
  api_set_integer(L, "strength", o->strength + which);
  api_set_integer(L, "added", (lua_Integer) a->rows);
  api_set_integer(L, "valid", (lua_Integer) a->valid);
  api_set_integer(L, "covered", (lua_Integer) (a->valid - a->missing));
  lua_rawseti(L, -2, which + 1);
}

/* s:offered () -> {{file =, rows =, left_out =, {strength =, added =, valid =, covered =}, ...},
   ...}: of each sweep that is wider than what `within` and the filter leave: how many cases are in
   it and out of it, and the combinations within, at its strength and perhaps the next */
static int suite_offered (lua_State *L) {
  suite *s = api_suite(L, 1);
  const char *file;
  sweep *sw;
  api_suite_begin(L, 1);
  lua_newtable(L);
  for (size_t i = 0; (sw = suite_sweep(s, i, &file)); i++) {
    const offered *o = sweep_offered(sw);
    if (!o)
      continue;
    lua_newtable(L);
    api_set_string(L, "file", file);
    api_set_integer(L, "rows", (lua_Integer) o->rows);
    api_set_integer(L, "left_out", (lua_Integer) o->left_out);
    for (int k = 0; k < 2 && o->added[k].valid; k++)
      set_strength(L, o, k);
    lua_rawseti(L, -2, (lua_Integer) lua_rawlen(L, -2) + 1);
  }
  return 1;
}

/* s:networks () -> {name = how many shapes it has, ...}, for all files, whatever is selected */
static int suite_networks (lua_State *L) {
  suite *s = api_suite(L, 1);
  lua_newtable(L);
  models *m;
  for (size_t i = 0; (m = suite_models(s, i)); i++)
    for (size_t k = 0, shapes; k < models_networks(m); k++) {
      const char *name = models_network(m, k, &shapes);
      lua_getfield(L, -1, name);
      const lua_Integer others = lua_tointeger(L, -1);
      lua_pop(L, 1);
      api_set_integer(L, name, others + (lua_Integer) shapes);
    }
  return 1;
}

/* Covering arrays lie in CONV2D_CTS_CACHE; where that is not set, below the user's folder for
 * caches. */
static void keep_arrays (void) {
  char path[4096];
  const char *own = getenv("CONV2D_CTS_CACHE"), *caches = getenv("XDG_CACHE_HOME"),
             *home = getenv("HOME");
  if (own)
    snprintf(path, sizeof path, "%s", own);
  else if (caches && *caches == '/')
    snprintf(path, sizeof path, "%s/conv2d-cts", caches);
  else if (home && *home == '/')
    snprintf(path, sizeof path, "%s/.cache/conv2d-cts", home);
  else
    *path = 0;
  kept_in(path);
}

void api_open_suite (lua_State *L) {
  static const luaL_Reg methods[] = {
    { "cases", suite_cases },     { "count", suite_count_lua },   { "hash", suite_hash },
    { "find", suite_find_lua },   { "coverage", suite_coverage }, { "within", suite_within },
    { "offered", suite_offered }, { "networks", suite_networks }, { "controls", suite_controls },
    { "files", suite_files_lua }, { "swept", suite_swept_lua },   { NULL, NULL }
  };
  static const luaL_Reg functions[] = { { "load", suite_load_lua }, { NULL, NULL } };
  keep_arrays();
  api_new_kind(L, kind);
  lua_pushcfunction(L, suite_gc);
  lua_setfield(L, -2, "__gc");
  luaL_newlib(L, methods);
  lua_setfield(L, -2, "__index");
  lua_pop(L, 1);
  luaL_newlib(L, functions);
  lua_setglobal(L, "suite");
}
