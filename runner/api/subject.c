/* subject.c: subjects in Lua: opening one, testing a case, calling it on a script's own
   tensors. Every call is made in the worker, under the same guard as in a run. */

#include "api.h"
#include "expected.h"

#include "call/device.h"
#include "call/doing.h"
#include "call/own.h"
#include "call/printable.h"
#include "run/fields.h"

#include <stdio.h>
#include <string.h>

static const char kind[] = "subject";
static const char *const isolations[] = { "batch", "case", "none", NULL };

lua_subject *api_subject (lua_State *L, int index) {
  return luaL_checkudata(L, index, kind);
}

/* Sets result.tensors: what the subject gave for each output. */
static void set_outputs (lua_State *L, const item *it, job *j, unsigned char *arena) {
  lua_newtable(L);
  for (int t = JOB_OUTPUT; it->job >= 0 && t < JOB_TENSORS; t++) {
    place *p = &j->tensor[t];
    if (!p->present || !p->bytes || j->end != JOB_RETURNED || j->status != CONV2D_OK)
      continue;
    DLTensor got = place_tensor(arena, p);
    api_push_tensor(L, &got);
    lua_setfield(L, -2, job_tensor_name(t));
  }
  lua_setfield(L, -2, "tensors");
}

/* Sets result.output_shape, if the subject's output_shape has given one. */
static void set_shape (lua_State *L, const item *it, const job *j) {
  if (it->job < 0 || j->end != JOB_RETURNED || j->shape_status != CONV2D_OK)
    return;
  api_push_integers(L, j->output_shape, j->output_ndim < MAX_NDIM ? j->output_ndim : MAX_NDIM);
  lua_setfield(L, -2, "output_shape");
}

/* The run of one lane, opened when first needed. */
static run *single_lane (lua_State *L, lua_subject *s) {
  error e = { .status = HARNESS };
  if (!s->single)
    s->single = run_open(s->subject, api_program(L)->spec, 1, &e);
  if (!s->single)
    api_fail(L, &e);
  return s->single;
}

/* Sets whether the failure of the case at index 2 is expected; false and *e if that can't be said.
 */
static bool set_expected (lua_State *L, const lua_subject *s, item *it, error *e) {
  e->status = CONFORMS;
  lua_getiuservalue(L, 2, 1); /* of what it is a case */
  it->expected = api_expected(L, s->expected, lua_gettop(L), it, e);
  lua_pop(L, 1);
  return e->status == CONFORMS;
}

/* Runs the case at index 2 alone, and pushes its result. */
static int run_one (lua_State *L, bool unjudged) {
  lua_subject *s = api_subject(L, 1);
  const test_case *c = api_case(L, 2);
  char id[MAX_ID];
  case_id(c, id);
  doing("testing %s", id);
  run *r = single_lane(L, s);
  portion *b = run_empty(r);
  b->count = 1;
  b->item[0].c = *c;
  b->item[0].unjudged = unjudged;
  b->item[0].overruled = false;
  b->item[0].expected = NULL;
  run_submit(r, b);
  b = run_collect(r);
  error e = b->error;
  bool failed = b->failed;
  if (!failed && s->expected && !unjudged)
    failed = !set_expected(L, s, &b->item[0], &e);
  if (!failed) {
    api_push_result(L, &b->item[0]);
    api_set_fields(L, &b->item[0], s->invocation);
    unsigned char *arena;
    job *j = run_job(r, &arena);
    set_outputs(L, &b->item[0], j, arena);
    set_shape(L, &b->item[0], j);
    lua_pushvalue(L, 2);
    lua_setfield(L, -2, "case");
  }
  run_release(r, b);
  doing(NULL);
  return failed ? api_fail(L, &e) : 1;
}

/* subject:test (case) -> result, with its `fields`, the subject's `tensors` and `output_shape` */
static int subject_test (lua_State *L) {
  return run_one(L, false);
}

/* Runs the case on the tensors at index 3; pushes the outputs and the result. */
static int call_on (lua_State *L, bool unjudged) {
  luaL_checktype(L, 3, LUA_TTABLE);
  lua_settop(L, 3);
  api_push_case_on(L, api_case(L, 2), 3);
  lua_replace(L, 2);
  run_one(L, unjudged);
  lua_getfield(L, -1, "tensors");
  lua_insert(L, -2);
  return 2;
}

/* subject:call (case, {input =, weight =, bias =, grad_output =}) -> what the subject gave:
   {output =} or {grad_input =, ...}, the result. For tensors that are not given, the case's own
   data are used. */
static int subject_call (lua_State *L) {
  return call_on(L, false);
}

/* subject:ask (case, {...}) -> likewise, but no right answer is computed: the verdict says only
   how the call ended. */
static int subject_ask (lua_State *L) {
  return call_on(L, true);
}

static int subject_gc (lua_State *L) {
  lua_subject *s = api_subject(L, 1);
  run_close(s->single);
  s->single = NULL;
  subject_close(s->subject);
  s->subject = NULL;
  xfail_free(s->expected);
  s->expected = NULL;
  return 0;
}

/* A list of the words of what the adapter computes itself. */
static void push_own (lua_State *L, uint32_t own) {
  lua_Integer count = 0;
  lua_newtable(L);
  for (int bit = 0; own_word(bit); bit++)
    if (own >> bit & 1) {
      lua_pushstring(L, own_word(bit));
      lua_rawseti(L, -2, ++count);
    }
}

static int subject_index (lua_State *L) {
  const lua_subject *s = api_subject(L, 1);
  const char *key = luaL_checkstring(L, 2);
  const subject_info *i = subject_describe(s->subject);
  char device[MAX_DEVICE_NAME];
  device_name(i->device, device);
  const struct {
    const char *name, *value;
  } texts[] = { { "name", i->name },
                { "version", i->version },
                { "description", i->description },
                { "url", i->url },
                { "loading", i->loading },
                { "invocation", s->invocation },
                { "environment", i->environment },
                { "numerics", i->stated },
                { "device", device } };
  for (size_t k = 0; k < sizeof texts / sizeof *texts; k++)
    if (!strcmp(texts[k].name, key)) {
      api_push_printable(L, texts[k].value);
      return 1;
    }
  if (!strcmp(key, "claims"))
    lua_pushinteger(L, i->claims);
  else if (!strcmp(key, "threads"))
    lua_pushinteger(L, subject_settings(s->subject)->subject_threads);
  else if (!strcmp(key, "own"))
    push_own(L, i->own);
  else if (!api_push_method(L, key))
    return api_usage(L, "a subject has no field '%s'", key);
  return 1;
}

/* ---- how it is opened again */

typedef struct invocation {
  luaL_Buffer text;
  size_t words;
} invocation;

static void add_word (invocation *v, const char *word) {
  const size_t room = 4 * strlen(word) + 4;
  if (v->words++)
    luaL_addchar(&v->text, ' ');
  char *to = luaL_prepbuffsize(&v->text, room);
  to[0] = 0;
  add_quoted(to, room, word);
  luaL_addsize(&v->text, strlen(to));
}

static void add_option (invocation *v, const char *name, const char *value) {
  add_word(v, name);
  if (value)
    add_word(v, value);
}

static void add_number (invocation *v, const char *name, double value, double standard) {
  char text[40];
  snprintf(text, sizeof text, "%.15g", value);
  if (value != standard)
    add_option(v, name, text);
}

/* "compute" alone is its first tool. */
static const char *const sanitizers[] = { "none",
                                          "compute",
                                          "compute:memcheck",
                                          "compute:racecheck",
                                          "compute:initcheck",
                                          "compute:synccheck",
                                          NULL };

static compute_tool compute_tool_of (int word) {
  return (compute_tool) (word > MEMCHECK ? word - 1 : word);
}

/* Pushes the options that a call of the subject may depend on and that are not at their default. */
static void push_invocation (lua_State *L, const subject_options *o) {
  static const subject_options *d = &subject_defaults;
  const struct {
    const char *name;
    bool given;
  } flags[] = { { "--paranoid", o->paranoid },
                { "--valgrind", o->valgrind },
                { "--asan", o->asan },
                { "--strict", o->strict } };
  invocation v = { .words = 0 };
  char device[MAX_DEVICE_NAME];
  device_name(o->device, device);
  luaL_buffinit(L, &v.text);
  add_option(&v, o->path ? "--impl" : "--impl-cmd", o->path ? o->path : o->command);
  if (o->isolation != d->isolation)
    add_option(&v, "--isolation", isolations[o->isolation]);
  add_number(&v, "--time-limit", o->time_limit, d->time_limit);
  add_number(&v, "--load-limit", o->load_limit, d->load_limit);
  add_number(&v, "--memory-limit", (double) (o->memory_limit >> 20),
             (double) (d->memory_limit >> 20));
  add_number(&v, "--subject-threads", o->subject_threads, d->subject_threads);
  add_number(&v, "--heap-fill", o->heap_fill, d->heap_fill);
  add_number(&v, "--threads", o->concurrent, d->concurrent);
  if (o->numerics)
    add_option(&v, "--numerics", o->numerics);
  if (o->device.device_type)
    add_option(&v, "--device", device);
  if (o->compute)
    add_option(&v, "--sanitizer", sanitizers[o->compute + 1]);
  for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
    if (flags[i].given)
      add_option(&v, flags[i].name, NULL);
  luaL_pushresult(&v.text);
}

static subject_options read_options (lua_State *L, int index) {
  static const char *const keys[] = {
    "path",     "command",  "isolation",       "time_limit", "load_limit", "memory_limit",
    "threads",  "paranoid", "subject_threads", "asan",       "strict",     "valgrind",
    "numerics", "device",   "sanitizer",       "heap_fill",  "xfail",      NULL
  };
  subject_options o = subject_defaults;
  option_check(L, index, "subject.open", keys);
  o.path = option_string(L, index, "path");
  o.command = option_string(L, index, "command");
  o.numerics = option_string(L, index, "numerics");
  o.isolation = (isolation) option_word(L, index, "isolation", isolations, ISOLATE_BATCH);
  o.time_limit = option_number(L, index, "time_limit", o.time_limit);
  o.load_limit = option_number(L, index, "load_limit", o.load_limit);
  o.memory_limit =
      (size_t) option_integer(L, index, "memory_limit", (lua_Integer) (o.memory_limit >> 20)) << 20;
  o.subject_threads = (int) option_integer(L, index, "subject_threads", o.subject_threads);
  o.heap_fill = (int) option_integer(L, index, "heap_fill", o.heap_fill);
  o.concurrent = (int) option_integer(L, index, "threads", o.concurrent);
  o.paranoid = option_true(L, index, "paranoid");
  o.valgrind = option_true(L, index, "valgrind");
  o.asan = option_true(L, index, "asan");
  o.strict = option_true(L, index, "strict");
  o.compute = compute_tool_of(option_word(L, index, "sanitizer", sanitizers, 0));
  const char *device = option_string(L, index, "device");
  if (device && !device_named(device, &o.device))
    api_usage(L, "device: 'cuda:0' or the like is expected, got '%s'", device);
  if (!o.path == !o.command)
    api_usage(L, "either path or command must be given");
  if (!(o.time_limit > 0))
    api_usage(L, "time_limit: a number of seconds above 0 is expected");
  if (o.concurrent >= MAX_CONCURRENT)
    api_usage(L, "threads: at most %d are expected", MAX_CONCURRENT - 1);
  if (o.heap_fill > HEAP_AS_IT_COMES)
    api_usage(L, "heap_fill: a byte from 0 to 254 is expected, or 255 for memory as it comes");
  if (!(o.load_limit > 0))
    api_usage(L, "load_limit: a number of seconds above 0 is expected");
  return o;
}

/* subject.open {path =, isolation =, time_limit = seconds, memory_limit = MiB, ...} */
static int subject_open_lua (lua_State *L) {
  error e;
  luaL_checktype(L, 1, LUA_TTABLE);
  subject_options o = read_options(L, 1);
  lua_subject *s = lua_newuserdatauv(L, sizeof *s, 2);
  memset(s, 0, sizeof *s);
  push_invocation(L, &o);
  s->invocation = lua_tostring(L, -1);
  lua_setiuservalue(L, -2, 2);
  doing("opening %s", o.path ? o.path : o.command);
  s->subject = subject_open(&o, &e);
  doing(NULL);
  if (!s->subject)
    return api_fail(L, &e);
  luaL_setmetatable(L, kind);
  s->expected = api_load_expected(L, option_string(L, 1, "xfail"), s->subject);
  lua_pushvalue(L, 1); /* keeps the strings of the options alive */
  lua_setiuservalue(L, -2, 1);
  return 1;
}

void api_open_subject (lua_State *L) {
  static const luaL_Reg methods[] = { { "__index", subject_index },
                                      { "__gc", subject_gc },
                                      { "test", subject_test },
                                      { "call", subject_call },
                                      { "ask", subject_ask },
                                      { "run", api_subject_run },
                                      { NULL, NULL } };
  static const luaL_Reg functions[] = { { "open", subject_open_lua }, { NULL, NULL } };
  api_new_kind(L, kind);
  luaL_setfuncs(L, methods, 0);
  lua_pop(L, 1);
  luaL_newlib(L, functions);
  lua_setglobal(L, "subject");
}
