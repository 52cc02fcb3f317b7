/* run.c: subject:run: a suite or a list of cases in one call of C.
   Lua sees only those cases that it asks for. Whatever a callback does, the result log gets its
   last line: callbacks run protected, and their errors are raised again after all is closed. */

#include "api.h"
#include "outputs.h"
#include "call/doing.h"
#include "run/log.h"
#include "run/points.h"

#include <string.h>
#include <time.h>

typedef struct stream {
  lua_State *L;
  const lua_subject *subject;
  int cases_index;  /* a suite, or a list of cases */
  lua_Integer next; /* of the list */
  suite_cursor at;  /* in the suite */
  /* callbacks, 0 where there is none */
  int each_index, before_index, verdict_index;
  bool each_pass; /* `each` wants passes and skips too */
  points points;
  FILE *log;            /* or NULL */
  const char *log_path; /* of the options */
  size_t logged;        /* results that have reached it */
  xfail *xfail;         /* or NULL */
  counts counts;
} stream;

/* ---- callbacks */

/* Pushes the result table of an item, with its case. */
static void push_item (const stream *s, const item *it) {
  api_push_result(s->L, it);
  api_set_fields(s->L, it, s->subject->invocation);
  api_push_case(s->L, &it->c, s->cases_index);
  lua_setfield(s->L, -2, "case");
}

static void call_each (const stream *s, const item *it) {
  lua_pushvalue(s->L, s->each_index);
  push_item(s, it);
  lua_call(s->L, 1, 0);
}

static verdict verdict_named (lua_State *L, const char *word) {
  for (int v = 0; v < VERDICT_COUNT; v++)
    if (!strcmp(verdict_word((verdict) v), word))
      return (verdict) v;
  return (verdict) api_usage(L, "verdict: no verdict is called '%s'; cts.verdicts() lists them",
                             word);
}

/* Lets the script overrule the judge. What the judge said stays in the words and in the log. */
static void call_verdict (const stream *s, item *it) {
  lua_State *L = s->L;
  lua_pushvalue(L, s->verdict_index);
  push_item(s, it);
  lua_call(L, 1, 2);
  if (!lua_isnil(L, -2)) {
    verdict v = verdict_named(L, luaL_checkstring(L, -2));
    char said[sizeof it->j.words];
    snprintf(said, sizeof said, "%s (the judge: %s)", luaL_optstring(L, -1, "by a script"),
             verdict_word(it->j.verdict));
    it->overruled = true;
    it->judged = it->j.verdict;
    it->j.verdict = v;
    strcpy(it->j.words, said);
  }
  lua_pop(L, 2);
}

static void call_before (const stream *s, const test_case *c) {
  lua_pushvalue(s->L, s->before_index);
  api_push_case(s->L, c, s->cases_index);
  lua_call(s->L, 1, 0);
}

/* ---- cases in, results out */

static void emit (stream *s, item *it) {
  it->unjudged = false;
  it->overruled = false;
  if (s->verdict_index)
    call_verdict(s, it);
  it->expected = s->xfail ? xfail_account(s->xfail, it) : NULL;
  verdict_class class = verdict_class_of(it->j.verdict);
  bool fault = (class == FAILED && !it->expected) || class == BROKEN;
  counts_add(&s->counts, it);
  if (s->points.tap)
    points_add(&s->points, it);
  if (s->log)
    log_item(s->log, it);
  if (s->each_index && (s->each_pass || fault))
    call_each(s, it);
}

static bool next_case (stream *s, test_case *c) {
  if (!lua_istable(s->L, s->cases_index))
    return api_suite_next(s->L, s->cases_index, &s->at, c);
  bool found = lua_rawgeti(s->L, s->cases_index, ++s->next) != LUA_TNIL;
  if (found)
    *c = *api_case(s->L, -1);
  lua_pop(s->L, 1);
  return found;
}

static bool fill_portion (stream *s, portion *b) {
  while (b->count < PORTION_CASES && !run_cancelled && next_case(s, &b->item[b->count].c)) {
    item *it = &b->item[b->count++];
    it->slice = s->points.suite ? suite_slice(s->points.suite, &s->at, &it->c) : 0;
    if (s->before_index)
      call_before(s, &it->c);
  }
  return b->count;
}

/* Whether the results of a portion have reached their files: a run whose results are lost ends at
   once, and says how far its log goes. */
static bool results_reached (stream *s, const portion *b, error *e) {
  if (!outputs_reached(s->log, s->log_path, e)) {
    const size_t end = strlen(e->text);
    snprintf(e->text + end, sizeof e->text - end,
             ": the run ends, and its log has whole lines of the first %zu results only",
             s->logged);
    return false;
  }
  s->logged += b->count;
  return outputs_reached(s->points.tap ? stdout : NULL, "standard output", e);
}

/* Keeps the ring full and takes out what is done, until the suite ends. */
static bool stream_cases (stream *s, run *r, error *e) {
  portion *b;
  for (bool more = true;;) {
    while (more && (b = run_empty(r))) {
      more = fill_portion(s, b);
      run_submit(r, b);
    }
    b = run_collect(r);
    if (!b) {
      points_end(&s->points);
      return true;
    }
    for (size_t i = 0; i < b->count; i++)
      emit(s, &b->item[i]);
    if (b->failed) {
      *e = b->error;
      return false;
    }
    if (!results_reached(s, b, e))
      return false;
    run_release(r, b);
  }
}

/* What runs under lua_pcall. */
typedef struct protected_run {
  stream stream;
  run *run;
  error error;
  bool good;
} protected_run;

enum { RUN, CASES, EACH, BEFORE, VERDICT, LAST };

static int stream_protected (lua_State *L) {
  protected_run *p = lua_touserdata(L, RUN + 1);
  stream *s = &p->stream;
  s->cases_index = CASES + 1;
  s->each_index = lua_isfunction(L, EACH + 1) ? EACH + 1 : 0;
  s->before_index = lua_isfunction(L, BEFORE + 1) ? BEFORE + 1 : 0;
  s->verdict_index = lua_isfunction(L, VERDICT + 1) ? VERDICT + 1 : 0;
  p->good = stream_cases(s, p->run, &p->error);
  return 0;
}

/* Adds the traceback to an error that is a string, while the stack is still there. */
static int with_traceback (lua_State *L) {
  if (lua_type(L, 1) == LUA_TSTRING)
    luaL_traceback(L, L, lua_tostring(L, 1), 1);
  return 1;
}

static const char *const callbacks[] = { "each", "before", "verdict", NULL };

/* Streams the cases at index 2 with the callbacks of the options at 3; false leaves the error of a
   callback on the stack. */
static bool run_protected (lua_State *L, protected_run *p) {
  lua_pushcfunction(L, with_traceback);
  int handler = lua_gettop(L);
  lua_pushcfunction(L, stream_protected);
  lua_pushlightuserdata(L, p);
  lua_pushvalue(L, 2);
  for (int i = 0; callbacks[i]; i++)
    if (lua_istable(L, 3))
      lua_getfield(L, 3, callbacks[i]);
    else
      lua_pushnil(L);
  return lua_pcall(L, LAST, 0, handler) == LUA_OK;
}

/* ---- opening and closing */

static double now (void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double) t.tv_sec + 1e-9 * (double) t.tv_nsec;
}

static void open_log (stream *s, int index) {
  error e;
  s->log_path = option_string(s->L, index, "log");
  if (s->log_path && !(s->log = outputs_create_log(s->log_path, &e)))
    api_fail(s->L, &e);
}

/* The last line of the log, unless lines before it are lost. good: the run came to its end. */
static bool close_log (stream *s, double seconds, bool good, error *e) {
  if (!s->log)
    return true;
  if (!ferror(s->log))
    log_footer(s->log, &s->counts, seconds, run_cancelled || !good);
  const bool told = !good || outputs_reached(s->log, s->log_path, e);
  fclose(s->log);
  return told;
}

/* The expected failures that the options name, or NULL. */
static xfail *load_xfail (lua_State *L, int index, const spec *sp) {
  error e;
  const char *path = option_string(L, index, "xfail");
  xfail *x = path ? xfail_load(path, sp, &e) : NULL;
  if (path && !x)
    api_fail(L, &e);
  return x;
}

/* Runs all and closes what was opened, whatever happens meanwhile; false leaves the error of a
   callback on the stack. */
static bool run_and_close (lua_State *L, protected_run *p, int jobs, double *seconds) {
  stream *s = &p->stream;
  int cancelled = run_cancelled;
  bool called = true;
  double start = now();
  api_run_begins();
  doing("testing cases (%s)", s->subject->invocation);
  p->run = run_open(s->subject->subject, s->counts.spec, jobs, &p->error);
  if (s->log)
    log_header(s->log, subject_describe(s->subject->subject), s->subject->invocation,
               SUITE_VERSION);
  if (p->run)
    called = run_protected(L, p);
  if (!called)
    run_cancelled = 1; /* the lanes end early */
  run_close(p->run);
  *seconds = now() - start;
  p->good = close_log(s, *seconds, p->good, &p->error) && p->good;
  run_cancelled = called ? run_cancelled : cancelled;
  if (p->good && s->points.tap)
    p->good = outputs_reached(stdout, "standard output", &p->error);
  doing(NULL);
  api_run_ends();
  return called;
}

/* The TAP that the options at 3 call for, of the suite or list at 2. */
static points read_points (lua_State *L, const lua_subject *s) {
  points p = { .invocation = s->invocation };
  if (option_true(L, 3, "tap"))
    p.tap = &api_program(L)->tap;
  if (p.tap && option_true(L, 3, "slices") && !lua_istable(L, 2))
    p.suite = api_suite(L, 2);
  return p;
}

/* subject:run (suite or list of cases, {jobs =, tap = true, slices = true, log = path,
     xfail = path, all = true, each = function (result), before = function (case),
     verdict = function (result) -> word, why})

   slices   a test point for each slice of a product of axes, not for each case
   each     called with each failure, or with `all` with each result
   before   called while cases are being prepared, some time before they run
   verdict  may overrule the judge: its word decides how the case is counted */
int api_subject_run (lua_State *L) {
  static const char *const keys[] = { "jobs", "tap",  "slices", "log",     "xfail",
                                      "all",  "each", "before", "verdict", NULL };
  const spec *sp = api_program(L)->spec;
  double seconds;
  protected_run p = { .stream = { .L = L, .subject = api_subject(L, 1) },
                      .error = { .status = HARNESS } };
  lua_settop(L, 3);
  option_check(L, 3, "subject:run", keys);
  for (int i = 0; callbacks[i]; i++)
    option_function(L, 3, callbacks[i]);
  if (!lua_istable(L, 2)) {
    api_suite(L, 2);
    api_suite_begin(L, 2);
  }
  stream *s = &p.stream;
  s->each_pass = option_true(L, 3, "all");
  s->points = read_points(L, s->subject);
  counts_start(&s->counts, sp, lua_newuserdatauv(L, counts_room(sp), 0));
  int jobs = (int) option_integer(L, 3, "jobs", lua_istable(L, 2) ? 1 : 0);
  s->xfail = load_xfail(L, 3, sp);
  open_log(s, 3);
  bool called = run_and_close(L, &p, jobs, &seconds);
  if (called && p.good)
    api_push_counts(L, &s->counts, seconds, s->xfail);
  xfail_free(s->xfail);
  if (!called)
    return lua_error(L);
  return p.good ? 1 : api_fail(L, &p.error);
}
