/* resume.c: only whole lines count, in their order: what comes behind the first that can't be used
   is run again. */

#include "resume.h"

#include "outputs.h"
#include "zstd.h"

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

enum { FRAME_HEADER = 18 }; /* no compressed file is shorter that holds a line */

/* ---- compressed logs: what counts is copied, and the copy takes the log's place */

static void copy_name (const resume *r, char name[static 4096]) {
  snprintf(name, 4096, "%.4000s.part.zst", r->path);
}

/* Whether there is more in a file than what a run leaves that ends before its first line. */
static bool holds_text (FILE *f) {
  fseek(f, 0, SEEK_END);
  const bool some = ftell(f) >= FRAME_HEADER;
  rewind(f);
  return some;
}

static bool begin_copy (resume *r, error *e) {
  char name[4096];
  FILE *f = zstd_reader(r->log);
  if (!f) {
    r->log = NULL;
    return fail(e, HARNESS, "%s: %s", r->path, strerror(errno));
  }
  const bool plain = f == r->log;
  r->log = f;
  r->compressed = !plain || zstd_named(r->path);
  if (!r->compressed)
    return true;
  if (plain && holds_text(f))
    return fail(e, BAD_INPUT, "%s: this is not compressed by zstd, as its name says", r->path);
  copy_name(r, name);
  r->copy = outputs_create_log(name, e);
  return r->copy;
}

static bool end_copy (resume *r, error *e) {
  char name[4096];
  copy_name(r, name);
  if (rename(name, r->path))
    return fail(e, HARNESS, "%s: %s", r->path, strerror(errno));
  fclose(r->log);
  r->log = r->copy;
  r->copy = NULL;
  return true;
}

static void drop_copy (resume *r) {
  char name[4096];
  if (!r->copy)
    return;
  copy_name(r, name);
  fclose(r->copy);
  unlink(name);
}

/* The last line counts. */
static bool keep_line (resume *r, error *e) {
  r->end += (long) strlen(r->line);
  if (!r->copy || fputs(r->line, r->copy) >= 0)
    return true;
  return fail(e, HARNESS, "%s: %s", r->path, strerror(errno));
}

/* ---- from the first line to the last that counts */

bool resume_open (resume *r, const char *path, const log_origin *now, tolerance allowed, error *e) {
  tolerance needed;
  *r = (resume){ .path = path };
  e->text[0] = 0;
  r->log = outputs_open_log(path, e);
  if (!r->log)
    return !e->text[0];
  if (!begin_copy(r, e))
    return false;
  if (!has_header(r)) {
    r->lines = 0;
    return true;
  }
  if (!keep_line(r, e))
    return false;
  if (!restore_header(r->line, path, now, r->changed, &needed, e))
    return false;
  if (needed > allowed)
    return fail(e, BAD_INPUT,
                "%s: its run can't go on, as %s; %s goes on all the same, and the log says so",
                path, r->changed,
                needed == SAME_SUBJECT ? "--resume-elsewhere" : "--resume-changed");
  return true;
}

/* The next line that is about a case or the end. */
static restored read_line (resume *r, const spec *sp, item *it, char reference[static MAX_ID],
                           error *e) {
  restored found = RESTORED_OTHER;
  while (found == RESTORED_OTHER) {
    const char *line = next_line(r);
    found = line ? restore_line(line, sp, it, reference, e) : RESTORED_NOT;
  }
  return found;
}

bool resume_next (resume *r, const spec *sp, item *it, char reference[static MAX_ID], error *e) {
  error why;
  e->text[0] = 0;
  it->printed = it->after = NULL;
  const restored found = read_line(r, sp, it, reference, &why);
  r->complete = found == RESTORED_END;
  if (found == RESTORED_WRONG)
    return fail(e, BAD_INPUT, "%s:%" PRIu64 ": %.800s", r->path, r->lines, why.text);
  if (found != RESTORED_CASE)
    return false;
  r->cases += !it->control;
  return keep_line(r, e);
}

bool resume_cut (resume *r, error *e) {
  if (r->complete)
    return true;
  if (r->copy && !end_copy(r, e))
    return false;
  if (!r->compressed && (ftruncate(fileno(r->log), r->end) || fseek(r->log, r->end, SEEK_SET)))
    return fail(e, HARNESS, "%s: %s", r->path, strerror(errno));
  if (r->end)
    r->resumption = log_resumption(r->cases, r->changed);
  return true;
}

void resume_close (resume *r) {
  drop_copy(r);
  free(r->line);
  json_decref(r->resumption);
  *r = (resume){ 0 };
}
