/* resume.c: only whole lines count, in their order: what comes behind the first that can't be used
   is run again. */

#include "resume.h"

#include "outputs.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The next line, with its line feed if it has one; NULL at the end. */
static const char *next_line (resume *r) {
  if (getline(&r->line, &r->room, r->log) < 0)
    return NULL;
  r->lines++;
  return r->line;
}

/* A log without a whole first line is of a run that was ended before its first case. */
static bool has_header (resume *r) {
  const char *line = next_line(r);
  return line && strchr(line, '\n');
}

bool resume_open (resume *r, const char *path, const log_origin *now, bool changes_allowed,
                  error *e) {
  *r = (resume){ .path = path };
  e->text[0] = 0;
  r->log = outputs_open_log(path, e);
  if (!r->log)
    return !e->text[0];
  if (!has_header(r)) {
    rewind(r->log);
    r->lines = 0;
    return true;
  }
  r->end = ftell(r->log);
  if (!restore_header(r->line, path, now, r->changed, e))
    return false;
  if (r->changed[0] && !changes_allowed)
    return fail(e, BAD_INPUT,
                "%s: its run can't go on, as %s; --resume-changed goes on all the same, and the "
                "log says so",
                path, r->changed);
  return true;
}

bool resume_next (resume *r, const spec *sp, item *it, char reference[static MAX_ID], error *e) {
  const char *line = next_line(r);
  e->text[0] = 0;
  it->printed = it->after = NULL;
  if (!line)
    return false;
  const restored found = restore_line(line, sp, it, reference, e);
  r->complete = found == RESTORED_END;
  if (found == RESTORED_WRONG) {
    error why = *e;
    return fail(e, BAD_INPUT, "%s:%" PRIu64 ": %.800s", r->path, r->lines, why.text);
  }
  if (found != RESTORED_CASE)
    return false;
  r->end = ftell(r->log);
  r->cases += !it->control;
  return true;
}

bool resume_cut (resume *r, error *e) {
  if (r->complete)
    return true;
  if (ftruncate(fileno(r->log), r->end) || fseek(r->log, r->end, SEEK_SET))
    return fail(e, HARNESS, "%s: %s", r->path, strerror(errno));
  if (r->end)
    r->resumption = log_resumption(r->cases, r->changed);
  return true;
}

void resume_close (resume *r) {
  free(r->line);
  json_decref(r->resumption);
  *r = (resume){ 0 };
}
