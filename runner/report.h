/* report.h: a judged item as text: for people, as TAP, and as a line of the result log. */

#ifndef REPORT_H
#define REPORT_H

#include "lanes/run.h"

#include <stdio.h>

/* What a person needs of a failed item in order to act: keys and texts, in order. */
typedef struct report_field {
  const char *key;
  char text[MAX_ID + 600];
} report_field;

enum { MAX_FIELDS = 12 };

/* invocation: how the subject is named on a command line, "--impl ./libmine.so". The number of
   fields. */
int report_fields (const item *it, const char *invocation, report_field out[MAX_FIELDS]);

/* The lines of test `number`: "ok 3 - padding/same", or "not ok ..." with a YAML block. */
void report_tap (FILE *to, uint64_t number, const item *it, const char *invocation);

/* "ok 3 - name", without the end of the line; and " # SKIP why" with it. */
void report_point (FILE *to, uint64_t number, bool good, const char *name);
void report_skip (FILE *to, const char *why);

/* A line of JSON (specs/result-log.md). */
void report_json (FILE *to, const item *it);

/* "output[0,1,2,3]" of the first mismatch, "" if there is none. */
void report_first (const judgement *j, char text[static 128]);

#endif
