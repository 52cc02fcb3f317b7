/* restore.h: a result log read back, so that a run goes on where an earlier one ended. */

#ifndef RESTORE_H
#define RESTORE_H

#include "log.h"

/* What may have changed from the run that began a log to the one that goes on. */
typedef enum tolerance {
  SAME_ALL,
  SAME_SUBJECT, /* another machine */
  SAME_CASES    /* whatever else */
} tolerance;

/* What of the first line of a log is not as it was: "host was 'a', and is 'b'; ..." in `changed`,
   which is "" where all is, and the tolerance that it takes in *needed. False and e if the line is
   no first line of a log. */
enum { MAX_CHANGED = 600 };
bool restore_header (const char *line, const char *path, const log_origin *now,
                     char changed[static MAX_CHANGED], tolerance *needed, error *e);

typedef enum restored {
  RESTORED_CASE,  /* *it has what was judged, its texts to be freed; it->c is the caller's */
  RESTORED_OTHER, /* a line about something else, such as an order of additions */
  RESTORED_END,   /* of a run that came to its end */
  RESTORED_NOT,   /* nothing: a line that has no end, a case that did not run, an interruption */
  RESTORED_WRONG  /* no line of a log: see the error */
} restored;

/* Reads a line. `reference` receives what identifies the case. The numbers are as exact as the log:
   9 digits, but for `got` and `want`. */
restored restore_line (const char *line, const spec *sp, item *it, char reference[static MAX_ID],
                       error *e);

#endif
