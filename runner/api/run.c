/* run.c: subject:run: a suite or a list of cases in one call of C.
   Lua sees only those cases that it asks for. Whatever a callback does, the result log gets its
   last line: callbacks run protected, and their errors are raised again after all is closed. */

#include "api.h"
#include "expected.h"
#include "outputs.h"
#include "progress.h"
#include "run_log.h"
#include "call/seconds.h"
#include "call/doing.h"
#include "run/points.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

typedef struct stream {
  lua_State *L;
  const lua_subject *subject;
  int cases_index;    /* a suite, a list of cases, or a function that gives one after the other */
  lua_Integer next;   /* of the list */
  suite_cursor at;    /* in the suite */
  int kept_index;     /* a list of the last cases that a function gave */
  int controls_index; /* a list of cases that come first, or 0 */
  lua_Integer next_control;
  /* callbacks, 0 where there is none */
  int each_index, before_index, verdict_index;
  bool each_pass; /* `each` wants passes and skips too */
  points points;
  run_log log;
  xfail *xfail; /* or NULL */
  counts counts;
  double seconds, ends;  /* how long, and until when by the clock, a case may begin; 0: always */
  bool time_over;        /* it has come */
  double total_limit;    /* seconds; 0: none */
  size_t portion, most;  /* cases that go through the lanes together, now and at most */
  int64_t total, faults; /* cases, 0: nobody knows; results that are not as they should be */
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

static verdict check_verdict (lua_State *L, const char *word) {
  const verdict v = verdict_named(word);
  if (v == VERDICT_COUNT)
    api_usage(L, "verdict: no verdict is called '%s'; cts.verdicts() lists them", word);
  return v;
}

/* Lets the script overrule the judge. What the judge said stays in the words and in the log. */
static void call_verdict (const stream *s, item *it) {
  lua_State *L = s->L;
  lua_pushvalue(L, s->verdict_index);
  push_item(s, it);
  lua_call(L, 1, 2);
  if (!lua_isnil(L, -2)) {
    verdict v = check_verdict(L, luaL_checkstring(L, -2));
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

static const char *find_expected (stream *s, const item *it) {
  error e = { .status = CONFORMS };
  const char *reason = api_expected(s->L, s->xfail, s->cases_index, it, &e);
  if (e.status != CONFORMS)
    api_fail(s->L, &e);
  return reason;
}

/* Counts and shows a result, but for controls. */
static void account (stream *s, item *it) {
  it->expected = s->xfail ? find_expected(s, it) : NULL;
  verdict_class class = verdict_class_of(it->j.verdict);
  bool fault = (class == FAILED && !it->expected) || class == BROKEN;
  counts_add(&s->counts, it);
  s->faults += fault;
  doing_progress((int64_t) s->counts.cases, s->total, s->faults);
  if (s->points.tap)
    progress_clear();
  if (s->points.tap)
    points_add(&s->points, it);
  if (s->each_index && (s->each_pass || fault))
    call_each(s, it);
}

static void emit (stream *s, item *it) {
  it->unjudged = false;
  it->overruled = false;
  if (s->verdict_index && !it->control)
    call_verdict(s, it);
  if (it->control)
    it->expected = NULL;
  else
    account(s, it);
  run_log_item(&s->log, it);
}

/* What a function gives, kept from the garbage collector for as long as it may be under way. */
static void call_source (stream *s) {
  lua_pushvalue(s->L, s->cases_index);
  lua_call(s->L, 0, 1);
  lua_pushvalue(s->L, -1);
  lua_rawseti(s->L, s->kept_index, s->next++ % MOST_UNDER_WAY + 1);
}

static bool next_case (stream *s, test_case *c) {
  const int kind = lua_type(s->L, s->cases_index);
  if (kind == LUA_TUSERDATA)
    return api_suite_next(s->L, s->cases_index, &s->at, c);
  if (kind == LUA_TFUNCTION)
    call_source(s);
  else
    lua_rawgeti(s->L, s->cases_index, ++s->next);
  bool found = !lua_isnil(s->L, -1);
  if (found)
    *c = *api_case(s->L, -1);
  lua_pop(s->L, 1);
  return found;
}

static bool next_control (stream *s, test_case *c) {
  bool found =
      s->controls_index && lua_rawgeti(s->L, s->controls_index, ++s->next_control) != LUA_TNIL;
  if (found)
    *c = *api_case(s->L, -1);
  if (s->controls_index)
    lua_pop(s->L, 1);
  if (!found)
    s->controls_index = 0;
  return found;
}

static bool next_item (stream *s, item *it) {
  it->slice = 0;
  it->control = next_control(s, &it->c);
  if (it->control)
    return true;
  if (!next_case(s, &it->c))
    return false;
  it->slice = s->points.suite ? suite_slice(s->points.suite, &s->at, &it->c) : 0;
  return true;
}

/* Whether another case may be begun. */
static bool has_time (stream *s) {
  s->time_over = s->time_over || (s->ends > 0 && clock_seconds() > s->ends);
  return !s->time_over && !run_cancelled;
}

static bool fill_portion (stream *s, portion *b) {
  while (b->count < s->portion && has_time(s) && next_item(s, &b->item[b->count])) {
    const item *it = &b->item[b->count++];
    if (s->before_index && !it->control)
      call_before(s, &it->c);
  }
  return b->count;
}

/* What is under way is lost when a run is killed, so it takes seconds and not minutes: the next
   portions have as many cases as this time is enough for, by the last. Of a run that has only so
   much time they take a small part, since it ends when those do that are under way; and cases that
   the subject is not asked about don't say how long it takes. */
static const double PORTION_SECONDS = 3, PART_OF_TIME = 0.05;

static void fit_portion (stream *s, const portion *b) {
  const double part = PART_OF_TIME * s->seconds;
  const double seconds = s->seconds > 0 && part < PORTION_SECONDS ? part : PORTION_SECONDS;
  const double cases = seconds * (double) b->calls / (b->seconds + 1e-6);
  if (!b->calls && s->seconds <= 0)
    s->portion = s->most;
  if (b->calls)
    s->portion = cases < 1 ? 1 : cases > (double) s->most ? s->most : (size_t) cases;
}

static bool results_reached (stream *s, const portion *b, error *e) {
  return run_log_reached(&s->log, b->count, e)
         && outputs_reached(s->points.tap ? stdout : NULL, "standard output", e);
}

/* ---- results of an earlier run

   They are counted and shown as if the cases had run now, so that the two runs end as one. */

static bool is_same_case (const stream *s, const item *it, const char *reference, error *e) {
  char own[MAX_ID];
  case_reference(&it->c, own);
  return !strcmp(own, reference)
         || fail(e, BAD_INPUT,
                 "%s:%" PRIu64 ": the log has the case %.300s, where this run has %.300s: a run "
                 "goes on only with the cases that it began with",
                 s->log.path, s->log.earlier.lines, reference, own);
}

static bool replay_item (stream *s, item *it, const char *reference, error *e) {
  item own = { 0 };
  if (!next_item(s, &own))
    return fail(e, BAD_INPUT, "%s:%" PRIu64 ": the log has more cases than this run", s->log.path,
                s->log.earlier.lines);
  it->c = own.c;
  it->slice = own.slice;
  it->control = own.control;
  if (!is_same_case(s, it, reference, e))
    return false;
  if (!it->control)
    account(s, it);
  return true;
}

/* Takes the next result that the log has; `more` says whether there was one. */
static bool replay_next (stream *s, bool *more, error *e) {
  char reference[MAX_ID];
  item it = { 0 };
  *more = resume_next(&s->log.earlier, s->counts.spec, &it, reference, e);
  const bool good = !*more || replay_item(s, &it, reference, e);
  free(it.printed);
  free(it.after);
  return good;
}

/* Takes the results that the log has. A log that is complete must have all. */
static bool replay (stream *s, error *e) {
  const resume *earlier = &s->log.earlier;
  item it = { 0 };
  bool good = true;
  for (bool more = true; good && more && !run_cancelled;)
    good = replay_next(s, &more, e);
  if (!good || e->text[0])
    return false;
  if (run_cancelled)
    return fail(e, HARNESS, "interrupted while reading %s, which is as it was", s->log.path);
  if (earlier->complete && next_item(s, &it))
    return fail(e, BAD_INPUT, "%s: the log is complete, and has fewer cases than this run",
                s->log.path);
  return true;
}

/* Keeps the ring full and takes out what is done, until the suite ends. The first case goes alone,
   and shows how long the subject takes. */
static bool stream_cases (stream *s, run *r, error *e) {
  portion *b;
  bool first = true;
  for (bool more = true;;) {
    while (more && (b = run_empty(r))) {
      more = fill_portion(s, b);
      run_submit(r, b);
      if (first)
        break;
    }
    first = false;
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
    fit_portion(s, b);
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

enum { RUN, CASES, EACH, BEFORE, VERDICT, CONTROLS, LAST };

static int stream_protected (lua_State *L) {
  protected_run *p = lua_touserdata(L, RUN + 1);
  stream *s = &p->stream;
  s->cases_index = CASES + 1;
  s->each_index = lua_isfunction(L, EACH + 1) ? EACH + 1 : 0;
  s->before_index = lua_isfunction(L, BEFORE + 1) ? BEFORE + 1 : 0;
  s->verdict_index = lua_isfunction(L, VERDICT + 1) ? VERDICT + 1 : 0;
  s->controls_index = lua_istable(L, CONTROLS + 1) ? CONTROLS + 1 : 0;
  lua_newtable(L);
  s->kept_index = lua_gettop(L);
  p->good = (!s->log.earlier.end || replay(s, &p->error)) && run_log_begin(&s->log, &p->error)
            && (s->log.earlier.complete || stream_cases(s, p->run, &p->error));
  return 0;
}

/* Adds the traceback to an error that is a string, while the stack is still there. */
static int with_traceback (lua_State *L) {
  if (lua_type(L, 1) == LUA_TSTRING)
    luaL_traceback(L, L, lua_tostring(L, 1), 1);
  return 1;
}

enum { CALLBACKS = 3 };
static const char *const passed_on[] = { "each", "before", "verdict", "controls", NULL };

/* Streams the cases at index 2 with the callbacks of the options at 3; false leaves the error of a
   callback on the stack. */
static bool run_protected (lua_State *L, protected_run *p) {
  lua_pushcfunction(L, with_traceback);
  int handler = lua_gettop(L);
  lua_pushcfunction(L, stream_protected);
  lua_pushlightuserdata(L, p);
  lua_pushvalue(L, 2);
  for (int i = 0; passed_on[i]; i++)
    if (lua_istable(L, 3))
      lua_getfield(L, 3, passed_on[i]);
    else
      lua_pushnil(L);
  return lua_pcall(L, LAST, 0, handler) == LUA_OK;
}

/* ---- opening and closing */

static run_end how_it_ended (const protected_run *p) {
  const bool whole = !run_cancelled && p->good && !counts_lack(&p->stream.counts);
  return !whole ? RUN_INTERRUPTED : p->stream.time_over ? RUN_OUT_OF_TIME : RUN_ENDED;
}

/* Closes the log. The first error is the one that is raised. */
static bool close_log (protected_run *p, double seconds) {
  error e;
  const bool good = run_log_close(&p->stream.log, &p->stream.counts, seconds, how_it_ended(p), &e);
  if (!good && p->good)
    p->error = e;
  return good;
}

/* Runs all and closes what was opened, whatever happens meanwhile; false leaves the error of a
   callback on the stack. */
static bool run_and_close (lua_State *L, protected_run *p, int jobs, double *seconds) {
  stream *s = &p->stream;
  int cancelled = run_cancelled;
  bool called = true;
  double start = clock_seconds();
  api_run_begins();
  doing("testing cases (%s)", s->subject->invocation);
  doing_progress(0, s->total, 0);
  api_run_limit(s->total_limit);
  p->run = run_open(s->subject->subject, s->counts.spec, jobs, &p->error);
  if (p->run && s->log.file)
    run_digest_answers(p->run);
  if (p->run)
    called = run_protected(L, p);
  if (!called)
    run_cancelled = 1; /* the lanes end early */
  run_close(p->run);
  *seconds = clock_seconds() - start;
  p->good = close_log(p, *seconds) && p->good;
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
  if (p.tap && option_true(L, 3, "slices") && lua_isuserdata(L, 2))
    p.suite = api_suite(L, 2);
  return p;
}

/* subject:run (suite, list of cases, or function that gives them one by one, options) -> counts

   jobs       workers at once; 0: one a processor
   tap        TAP on standard output; slices: a test point for each slice of a product of axes
   log        the path of a result log; resume: go on where it ends; resume_elsewhere: even if it
              is of another machine; resume_changed: or of another subject or suite
   arguments  words of the command, and selection, which cases these are: for the log's first line
   controls   cases that run first, for the log alone, by which machines are compared
   xfail      the path of a list of failures that are expected
   total      how many cases there are, for the line of progress
   seconds    after which no case is begun; total_limit: after which the run is interrupted
   portion    how many cases a worker is given at once, at most
   each       function (result): called with each failure, or with `all` with each result
   before     function (case): called while cases are being prepared, some time before they run
   verdict    function (result) -> word, why: may overrule the judge; its word is what counts */
int api_subject_run (lua_State *L) {
  static const char *const keys[] = {
    "jobs",           "tap",       "slices",    "log",   "resume", "resume_elsewhere",
    "resume_changed", "controls",  "arguments", "xfail", "total",  "seconds",
    "total_limit",    "selection", "portion",   "all",   "each",   "before",
    "verdict",        NULL
  };
  const spec *sp = api_program(L)->spec;
  double seconds;
  protected_run p = { .stream = { .L = L, .subject = api_subject(L, 1) },
                      .error = { .status = HARNESS } };
  lua_settop(L, 3);
  option_check(L, 3, "subject:run", keys);
  for (int i = 0; i < CALLBACKS; i++)
    option_function(L, 3, passed_on[i]);
  if (!lua_istable(L, 2) && !lua_isfunction(L, 2)) {
    api_suite(L, 2);
    api_suite_begin(L, 2);
  }
  stream *s = &p.stream;
  s->each_pass = option_true(L, 3, "all");
  s->total = option_integer(L, 3, "total", 0);
  s->seconds = option_number(L, 3, "seconds", 0);
  s->ends = s->seconds > 0 ? clock_seconds() + s->seconds : 0;
  s->total_limit = option_number(L, 3, "total_limit", 0);
  const lua_Integer most = option_integer(L, 3, "portion", PORTION_CASES);
  s->most = most < 1 || most > PORTION_CASES ? PORTION_CASES : (size_t) most;
  s->portion = 1;
  s->points = read_points(L, s->subject);
  counts_start(&s->counts, sp, lua_newuserdatauv(L, counts_room(sp), 0));
  int jobs = (int) option_integer(L, 3, "jobs", lua_istable(L, 2) ? 1 : 0);
  s->xfail = api_load_expected(L, option_string(L, 3, "xfail"), s->subject->subject);
  run_log_open(&s->log, L, 3, s->subject);
  bool called = run_and_close(L, &p, jobs, &seconds);
  if (called && p.good)
    api_push_counts(L, &s->counts, seconds, s->xfail);
  xfail_free(s->xfail);
  if (!called)
    return lua_error(L);
  return p.good ? 1 : api_fail(L, &p.error);
}
