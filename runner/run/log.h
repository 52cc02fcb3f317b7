/* log.h: the result log, a line of JSON for each case (specs/result-log.md). */

#ifndef LOG_H
#define LOG_H

#include "counts.h"

#include <stdio.h>

/* The first line: the subject.
   invocation: "--impl ./libmine.so"; version: of conv2d-cts */
void log_header (FILE *to, const subject_info *i, const char *invocation, int threads,
                 const char *version);

/* The line of a judged case. */
void log_item (FILE *to, const item *it);

/* The last line: the run. */
void log_footer (FILE *to, const counts *t, double seconds, bool interrupted);

#endif
