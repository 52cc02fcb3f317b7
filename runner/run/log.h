/* log.h: the result log, a line of JSON for each case (specs/result-log.md). */

#ifndef LOG_H
#define LOG_H

#include "counts.h"

#include <jansson.h>
#include <stdio.h>

/* What a run is of. */
typedef struct log_origin {
  const subject_info *subject;
  const char *invocation;       /* "--impl ./libmine.so" */
  const char *const *arguments; /* of `run`, that run the same cases again; NULL: not known */
  const char *selection;        /* which cases these are, "--tier quick"; NULL: not known */
  int threads;                  /* that the subject may use */
  const char *version;          /* of conv2d-cts */
} log_origin;

/* The first line as an object, to be released with json_decref. */
json_t *log_describe (const log_origin *from);

/* The first line: the subject. */
void log_header (FILE *to, const log_origin *from);

/* What the first line after a resumption says of it: where and when, after how many cases, and what
   has changed since then, "" for nothing. */
json_t *log_resumption (uint64_t cases, const char *changed);

/* The line of a judged case. *resumed: a resumption that no line has yet; then NULL. */
void log_item (FILE *to, const item *it, json_t **resumed);

typedef enum run_end {
  RUN_ENDED,
  RUN_OUT_OF_TIME, /* it had only so much, and there are more cases */
  RUN_INTERRUPTED
} run_end;

/* The last line: the run. */
void log_footer (FILE *to, const counts *t, double seconds, run_end end, json_t **resumed);

#endif
