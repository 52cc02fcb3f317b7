/* run_log.c: opens, writes and closes the log of subject:run. */

#include "run_log.h"

#include "outputs.h"

#include <string.h>

/* The list `arguments` of the options, NULL at its end; NULL where there is none. It stays on the
   stack, and the options keep its texts. */
static const char *const *read_arguments (lua_State *L, int index) {
  if (!lua_istable(L, index) || lua_getfield(L, index, "arguments") != LUA_TTABLE)
    return NULL;
  const int list = lua_gettop(L);
  const lua_Integer count = (lua_Integer) lua_rawlen(L, list);
  const char **word = lua_newuserdatauv(L, ((size_t) count + 1) * sizeof *word, 0);
  for (lua_Integer i = 0; i < count; i++) {
    lua_rawgeti(L, list, i + 1);
    word[i] = luaL_checkstring(L, -1);
    lua_pop(L, 1);
  }
  word[count] = NULL;
  return word;
}

void run_log_open (run_log *l, lua_State *L, int index, const lua_subject *s) {
  error e;
  *l = (run_log){ .path = option_string(L, index, "log") };
  const bool again = option_true(L, index, "resume");
  const tolerance allowed = option_true(L, index, "resume_changed")     ? SAME_CASES
                            : option_true(L, index, "resume_elsewhere") ? SAME_SUBJECT
                                                                        : SAME_ALL;
  if (again && !l->path)
    api_usage(L, "resume: there is no log to go on with");
  l->origin = (log_origin){ subject_describe(s->subject),
                            s->invocation,
                            read_arguments(L, index),
                            option_string(L, index, "selection"),
                            subject_settings(s->subject)->subject_threads,
                            SUITE_VERSION };
  if (again && !resume_open(&l->earlier, l->path, &l->origin, allowed, &e)) {
    if (l->earlier.log)
      fclose(l->earlier.log);
    resume_close(&l->earlier);
    api_fail(L, &e);
  }
  l->file = l->earlier.log;
  if (l->path && !l->file && !(l->file = outputs_create_log(l->path, &e)))
    api_fail(L, &e);
}

bool run_log_reached (run_log *l, size_t count, error *e) {
  if (!outputs_reached(l->file, l->path, e)) {
    const size_t end = strlen(e->text);
    snprintf(e->text + end, sizeof e->text - end,
             ": the run ends, and its log has whole lines of the first %zu results only",
             l->logged);
    return false;
  }
  l->logged += count;
  return true;
}

bool run_log_begin (run_log *l, error *e) {
  if (l->earlier.log && !resume_cut(&l->earlier, e))
    return false;
  l->begun = !l->earlier.complete;
  l->file = l->earlier.log ? l->earlier.log : l->file;
  l->logged = l->earlier.cases;
  if (!l->file || l->earlier.end)
    return true;
  log_header(l->file, &l->origin);
  return run_log_reached(l, 0, e);
}

void run_log_item (run_log *l, const item *it) {
  if (l->file)
    log_item(l->file, it, &l->earlier.resumption);
}

bool run_log_close (run_log *l, const counts *t, double seconds, run_end end, error *e) {
  if (!l->file)
    return true;
  if (l->begun && !ferror(l->file))
    log_footer(l->file, t, seconds, end, &l->earlier.resumption);
  const bool reached = !l->begun || outputs_reached(l->file, l->path, e);
  fclose(l->file);
  resume_close(&l->earlier);
  return reached;
}
