/* api_subject.c: subjects in Lua: opening one, running a suite on it, testing a case.
   A whole suite runs in one call of C: cases stream past Lua, which sees only what it asks for. */

#include "api.h"

#include "report.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char kind[] = "subject";
static const char *const isolations[] = { "batch", "case", "none", NULL };

typedef struct lua_subject {
  subject *subject;
  run *single;           /* one lane, for subject:test; opened when first needed */
  char invocation[4200]; /* "--impl ./libmine.so" */
} lua_subject;

static lua_subject *check (lua_State *L, int index) {
  return luaL_checkudata(L, index, kind);
}

/* ---- results */

static void set_number (lua_State *L, const char *key, double v) {
  lua_pushnumber(L, v);
  lua_setfield(L, -2, key);
}

static void set_string (lua_State *L, const char *key, const char *v) {
  lua_pushstring(L, v);
  lua_setfield(L, -2, key);
}

static void set_integer (lua_State *L, const char *key, lua_Integer v) {
  lua_pushinteger(L, v);
  lua_setfield(L, -2, key);
}

static const char *class_word (verdict v) {
  static const char *const words[] = {
    [PASSED] = "passed", [SKIPPED] = "skipped", [FAILED] = "failed", [BROKEN] = "broken"
  };
  return words[verdict_class_of(v)];
}

static void set_mismatch (lua_State *L, const judgement *j) {
  char first[128];
  report_first(j, first);
  set_string(L, "first", first);
  set_number(L, "got", j->got);
  set_number(L, "want", j->want);
  set_number(L, "error", j->error);
  set_number(L, "allowed", j->allowed);
}

void api_push_result (lua_State *L, const item *it) {
  const judgement *j = &it->j;
  lua_createtable(L, 0, 16);
  set_string(L, "verdict", verdict_word(j->verdict));
  set_string(L, "class", class_word(j->verdict));
  set_string(L, "clause", j->clause);
  set_string(L, "words", j->words);
  set_integer(L, "outputs", j->outputs);
  set_integer(L, "mismatches", j->mismatches);
  set_number(L, "max_error", j->max_error);
  set_number(L, "rms_error", j->rms_error);
  set_number(L, "mean_error", j->mean_error);
  set_integer(L, "nanoseconds", (lua_Integer) it->nanoseconds);
  set_string(L, "printed", it->printed);
  if (j->mismatches)
    set_mismatch(L, j);
}

/* The fields of a failing result as {{key, text}, ...}, for printing. */
static void set_fields (lua_State *L, const item *it, const char *invocation) {
  report_field f[MAX_FIELDS];
  int count = report_fields(it, invocation, f);
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

/* ---- running a suite */

/* What is counted while cases stream by. */
typedef struct tally {
  uint64_t cases, of[VERDICT_COUNT];
  uint64_t outputs;
  double max_error;
  uint64_t (*clause)[VERDICT_CLASSES]; /* by index in the spec */
} tally;

typedef struct stream {
  lua_State *L;
  const lua_subject *subject;
  const spec *spec;
  int suite_index, each_index; /* each_index 0: no callback */
  bool each_pass;              /* the callback wants passes and skips too */
  FILE *tap, *log;
  uint64_t number;
  tally tally;
} stream;

static void count_clauses (stream *s, const case_meta *m, verdict_class class) {
  for (int i = 0; m && m->clauses && m->clauses[i]; i++)
    for (size_t k = 0; k < spec_count(s->spec); k++)
      if (spec_clause(s->spec, k)->id == m->clauses[i]) /* the same string */
        s->tally.clause[k][class]++;
}

static void count (stream *s, const item *it) {
  const judgement *j = &it->j;
  s->tally.cases++;
  s->tally.of[j->verdict]++;
  s->tally.outputs += (uint64_t) j->outputs;
  if (j->verdict == V_PASS && j->max_error > s->tally.max_error)
    s->tally.max_error = j->max_error;
  count_clauses(s, it->c.meta, verdict_class_of(j->verdict));
}

static void call_each (stream *s, const item *it) {
  lua_State *L = s->L;
  lua_pushvalue(L, s->each_index);
  api_push_result(L, it);
  set_fields(L, it, s->subject->invocation);
  api_push_case(L, &it->c, s->suite_index);
  lua_setfield(L, -2, "case");
  lua_call(L, 1, 0);
}

static void emit (stream *s, const item *it) {
  verdict_class class = verdict_class_of(it->j.verdict);
  count(s, it);
  s->number++;
  if (s->tap)
    report_tap(s->tap, s->number, it, s->subject->invocation);
  if (s->log)
    report_json(s->log, it);
  if (s->each_index && (s->each_pass || class == FAILED || class == BROKEN))
    call_each(s, it);
}

static bool fill_batch (stream *s, batch *b) {
  while (b->count < BATCH_CASES && !run_cancelled
         && api_suite_next(s->L, s->suite_index, &b->item[b->count].c))
    b->count++;
  return b->count;
}

/* Keeps the ring full and takes out what is done, until the suite ends. */
static bool stream_cases (stream *s, run *r, error *e) {
  batch *b;
  for (bool more = true;;) {
    while (more && (b = run_empty(r))) {
      more = fill_batch(s, b);
      run_submit(r, b);
    }
    b = run_collect(r);
    if (!b)
      return true;
    for (size_t i = 0; i < b->count; i++)
      emit(s, &b->item[i]);
    if (b->failed) {
      *e = b->error;
      return false;
    }
    run_release(r, b);
  }
}

/* ---- the table that subject:run returns */

static void push_clause_tally (lua_State *L, const stream *s) {
  lua_newtable(L);
  for (size_t k = 0; k < spec_count(s->spec); k++) {
    const uint64_t *n = s->tally.clause[k];
    if (!(n[PASSED] + n[SKIPPED] + n[FAILED] + n[BROKEN]))
      continue;
    lua_createtable(L, 0, 4);
    set_integer(L, "passed", (lua_Integer) n[PASSED]);
    set_integer(L, "skipped", (lua_Integer) n[SKIPPED]);
    set_integer(L, "failed", (lua_Integer) n[FAILED]);
    set_integer(L, "broken", (lua_Integer) n[BROKEN]);
    lua_setfield(L, -2, spec_clause(s->spec, k)->id);
  }
}

static void push_summary (lua_State *L, const stream *s, double seconds) {
  uint64_t class[VERDICT_CLASSES] = { 0 };
  lua_createtable(L, 0, 12);
  lua_newtable(L);
  for (int v = 0; v < VERDICT_COUNT; v++) {
    class[verdict_class_of((verdict) v)] += s->tally.of[v];
    if (s->tally.of[v])
      set_integer(L, verdict_word((verdict) v), (lua_Integer) s->tally.of[v]);
  }
  lua_setfield(L, -2, "verdicts");
  set_integer(L, "cases", (lua_Integer) s->tally.cases);
  set_integer(L, "passed", (lua_Integer) class[PASSED]);
  set_integer(L, "skipped", (lua_Integer) class[SKIPPED]);
  set_integer(L, "failed", (lua_Integer) class[FAILED]);
  set_integer(L, "broken", (lua_Integer) class[BROKEN]);
  set_integer(L, "outputs", (lua_Integer) s->tally.outputs);
  set_number(L, "max_error", s->tally.max_error);
  set_number(L, "seconds", seconds);
  lua_pushboolean(L, run_cancelled);
  lua_setfield(L, -2, "interrupted");
  push_clause_tally(L, s);
  lua_setfield(L, -2, "clauses");
}

/* ---- the log */

static void write_text (FILE *to, const char *key, const char *value) {
  fprintf(to, ",\"%s\":\"", key);
  for (; *value; value++)
    fputc(*value < ' ' || *value > '~' || *value == '"' || *value == '\\' ? '?' : *value, to);
  fputc('"', to);
}

static void write_header (FILE *to, const stream *s, lua_State *L) {
  const subject_info *i = subject_describe(s->subject->subject);
  char date[40];
  time_t now = time(NULL);
  struct tm tm;
  strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &tm));
  lua_getglobal(L, "cts");
  lua_getfield(L, -1, "version");
  fprintf(to, "{\"format\":\"conv2d-cts result log\",\"version\":1");
  write_text(to, "suite", lua_tostring(L, -1));
  lua_pop(L, 2);
  write_text(to, "subject", i->name);
  write_text(to, "subject_version", i->version);
  write_text(to, "description", i->description);
  write_text(to, "url", i->url);
  write_text(to, "invocation", s->subject->invocation);
  write_text(to, "date", date);
  fprintf(to, ",\"claims\":%" PRIu32 "}\n", i->claims);
}

static void write_footer (FILE *to, const stream *s, double seconds) {
  uint64_t class[VERDICT_CLASSES] = { 0 };
  for (int v = 0; v < VERDICT_COUNT; v++)
    class[verdict_class_of((verdict) v)] += s->tally.of[v];
  fprintf(to,
          "{\"end\":true,\"cases\":%" PRIu64 ",\"passed\":%" PRIu64 ",\"skipped\":%" PRIu64
          ",\"failed\":%" PRIu64 ",\"broken\":%" PRIu64 ",\"interrupted\":%s,\"seconds\":%.3f}\n",
          s->tally.cases, class[PASSED], class[SKIPPED], class[FAILED], class[BROKEN],
          run_cancelled ? "true" : "false", seconds);
}

/* Output that does not reach its file is a failure of the harness. */
static bool finish_file (FILE *f, const char *name, error *e) {
  if (!f)
    return true;
  bool good = !fflush(f) && !ferror(f);
  return good || fail(e, HARNESS, "%s: %s", name, strerror(errno));
}

static double now (void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double) t.tv_sec + 1e-9 * (double) t.tv_nsec;
}

/* ---- methods */

static FILE *open_log (lua_State *L, int index) {
  const char *path = option_string(L, index, "log");
  if (!path)
    return NULL;
  FILE *f = fopen(path, "we");
  if (!f)
    api_usage(L, "%s: %s", path, strerror(errno));
  return f;
}

/* subject:run (suite, {jobs =, tap = true, log = path, each = function (result), all = true}) */
static int subject_run (lua_State *L) {
  program *p = api_program(L);
  error e = { .status = HARNESS };
  stream s = { .L = L, .subject = check(L, 1), .spec = p->spec, .suite_index = 2 };
  api_suite(L, 2);
  lua_settop(L, 3);
  s.each_pass = option_true(L, 3, "all");
  s.tap = option_true(L, 3, "tap") ? stdout : NULL;
  if (lua_istable(L, 3) && lua_getfield(L, 3, "each") == LUA_TFUNCTION)
    s.each_index = lua_gettop(L);
  s.tally.clause = lua_newuserdatauv(L, (spec_count(p->spec) + 1) * sizeof *s.tally.clause, 0);
  memset(s.tally.clause, 0, spec_count(p->spec) * sizeof *s.tally.clause);
  api_suite_begin(L, 2);
  int jobs = (int) option_number(L, 3, "jobs", 0);
  s.log = open_log(L, 3);
  run *r = run_open(s.subject->subject, p->spec, jobs, &e);
  double start = now();
  if (s.log)
    write_header(s.log, &s, L);
  bool good = r && stream_cases(&s, r, &e);
  double seconds = now() - start;
  run_close(r);
  if (s.log)
    write_footer(s.log, &s, seconds);
  good = finish_file(s.tap, "standard output", &e) && finish_file(s.log, "log", &e) && good;
  if (s.log)
    fclose(s.log);
  if (!good)
    return api_fail(L, &e);
  push_summary(L, &s, seconds);
  return 1;
}

/* Sets result.tensors: what the subject gave for each output. */
static void set_outputs (lua_State *L, const item *it, unsigned char *arena) {
  job *j = (job *) (void *) arena;
  lua_newtable(L);
  for (int t = JOB_OUTPUT; it->job >= 0 && t < JOB_TENSORS; t++) {
    place *p = &j->tensor[t];
    if (!p->present || !p->bytes || j->end != JOB_RETURNED)
      continue;
    DLTensor got = tensor_at(arena, p);
    api_push_tensor(L, &got);
    lua_setfield(L, -2, tensor_name((enum job_tensor) t));
  }
  lua_setfield(L, -2, "tensors");
}

/* subject:test (case) -> result, with its `fields` and the subject's `tensors` */
static int subject_test (lua_State *L) {
  lua_subject *s = check(L, 1);
  const test_case *c = api_case(L, 2);
  error e = { .status = HARNESS };
  if (!s->single)
    s->single = run_open(s->subject, api_program(L)->spec, 1, &e);
  if (!s->single)
    return api_fail(L, &e);
  batch *b = run_empty(s->single);
  b->count = 1;
  b->item[0].c = *c;
  run_submit(s->single, b);
  b = run_collect(s->single);
  e = b->error;
  bool failed = b->failed;
  if (!failed) {
    api_push_result(L, &b->item[0]);
    set_fields(L, &b->item[0], s->invocation);
    set_outputs(L, &b->item[0], run_arena(s->single));
  }
  run_release(s->single, b);
  return failed ? api_fail(L, &e) : 1;
}

static int subject_gc (lua_State *L) {
  lua_subject *s = check(L, 1);
  run_close(s->single);
  s->single = NULL;
  subject_close(s->subject);
  s->subject = NULL;
  return 0;
}

static int subject_index (lua_State *L) {
  const lua_subject *s = check(L, 1);
  const char *key = luaL_checkstring(L, 2);
  const subject_info *i = subject_describe(s->subject);
  const struct {
    const char *name, *value;
  } texts[] = { { "name", i->name },
                { "version", i->version },
                { "description", i->description },
                { "url", i->url },
                { "invocation", s->invocation } };
  for (size_t k = 0; k < sizeof texts / sizeof *texts; k++)
    if (!strcmp(texts[k].name, key)) {
      lua_pushstring(L, texts[k].value);
      return 1;
    }
  if (!strcmp(key, "run"))
    lua_pushcfunction(L, subject_run);
  else if (!strcmp(key, "test"))
    lua_pushcfunction(L, subject_test);
  else if (!strcmp(key, "claims"))
    lua_pushinteger(L, i->claims);
  else
    return api_usage(L, "a subject has no field '%s'", key);
  return 1;
}

static subject_options read_options (lua_State *L, int index) {
  subject_options o = subject_defaults;
  o.path = option_string(L, index, "path");
  o.command = option_string(L, index, "command");
  o.isolation = (isolation) option_word(L, index, "isolation", isolations, ISOLATE_BATCH);
  o.time_limit = option_number(L, index, "time_limit", o.time_limit);
  o.memory_limit =
      (size_t) (option_number(L, index, "memory_limit", (double) o.memory_limit / (1 << 20))
                * (1 << 20));
  o.subject_threads = (int) option_number(L, index, "subject_threads", o.subject_threads);
  o.concurrent = (int) option_number(L, index, "threads", o.concurrent);
  o.paranoid = option_true(L, index, "paranoid");
  o.valgrind = option_true(L, index, "valgrind");
  o.asan = option_true(L, index, "asan");
  if (!o.path == !o.command)
    api_usage(L, "either path or command must be given");
  if (!(o.time_limit > 0))
    api_usage(L, "time_limit: a number of seconds above 0 is expected");
  return o;
}

/* subject.open {path =, isolation =, time_limit = seconds, memory_limit = MiB, ...} */
static int subject_open_lua (lua_State *L) {
  error e;
  luaL_checktype(L, 1, LUA_TTABLE);
  subject_options o = read_options(L, 1);
  lua_subject *s = lua_newuserdatauv(L, sizeof *s, 1);
  memset(s, 0, sizeof *s);
  snprintf(s->invocation, sizeof s->invocation, o.path ? "--impl %s" : "--impl-cmd '%s'",
           o.path ? o.path : o.command);
  s->subject = subject_open(&o, &e);
  if (!s->subject)
    return api_fail(L, &e);
  luaL_setmetatable(L, kind);
  lua_pushvalue(L, 1); /* keeps the strings of the options alive */
  lua_setiuservalue(L, -2, 1);
  return 1;
}

void api_open_subject (lua_State *L) {
  static const luaL_Reg methods[] = { { "__index", subject_index },
                                      { "__gc", subject_gc },
                                      { NULL, NULL } };
  static const luaL_Reg functions[] = { { "open", subject_open_lua }, { NULL, NULL } };
  luaL_newmetatable(L, kind);
  luaL_setfuncs(L, methods, 0);
  lua_pop(L, 1);
  luaL_newlib(L, functions);
  lua_setglobal(L, "subject");
}
