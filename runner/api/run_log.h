/* run_log.h: the result log of a run, from its first line or from where an earlier run ended. */

#ifndef RUN_LOG_H
#define RUN_LOG_H

#include "api.h"
#include "resume.h"

typedef struct run_log {
  FILE *file;       /* NULL: no log is wanted, or nothing is left to write */
  const char *path; /* of the options */
  size_t logged;    /* results that have reached it */
  bool begun;       /* it is written to, so it gets a last line */
  log_origin origin;
  resume earlier; /* its log is NULL where the log begins with this run */
} run_log;

/* Opens the log that the options at `index` name: {log = path, resume = true, resume_changed =
   true, arguments = {...}}. A Lua error if it can't be opened, or if its run can't go on. */
void run_log_open (run_log *l, lua_State *L, int index, const lua_subject *s);

/* Writes the first line, where there is none yet. After all of `earlier` is read. */
bool run_log_begin (run_log *l, error *e);
void run_log_item (run_log *l, const item *it);

/* Whether `count` more results have reached the file: a run whose results are lost ends at once,
   and says how far its log goes. */
bool run_log_reached (run_log *l, size_t count, error *e);

/* The last line, unless lines before it are lost, and the end of the file. */
bool run_log_close (run_log *l, const counts *t, double seconds, run_end end, error *e);

#endif
