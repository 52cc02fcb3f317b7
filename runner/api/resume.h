/* resume.h: a log that an earlier run has begun, read up to where this run goes on. */

#ifndef RESUME_H
#define RESUME_H

#include "run/restore.h"

typedef struct resume {
  FILE *log; /* at the line that comes next */
  const char *path;
  FILE *copy; /* what counts of a compressed log, from which nothing can be cut off; else NULL */
  char *line; /* the last one; to be freed */
  size_t room;
  long end;       /* of the last line that counts; 0: there is no first line yet */
  uint64_t lines; /* so far, with the first */
  uint64_t cases; /* that are restored */
  bool compressed;
  bool complete;             /* nothing is left to do */
  char changed[MAX_CHANGED]; /* since then, of what the first line says */
  json_t *resumption;        /* for the next line that is written; NULL where there is none */
} resume;

/* Opens the log of the options, and reads its first line: of the run that `now` describes, or of
   another one where that is allowed. False and e if it can't go on; r->log is NULL if there is no
   log yet, or none with a first line. */
bool resume_open (resume *r, const char *path, const log_origin *now, tolerance allowed, error *e);

/* The next case of the log into *it, but for it->c, and its reference; its texts are to be freed.
   False at the end, or with e->text. */
bool resume_next (resume *r, const spec *sp, item *it, char reference[static MAX_ID], error *e);

/* Cuts off what comes behind the last case that counts, so that the run writes on from there, at
   r->log. A log that is complete stays as it is. */
bool resume_cut (resume *r, error *e);

void resume_close (resume *r);

#endif
