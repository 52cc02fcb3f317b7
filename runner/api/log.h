/* log.h: the first and the last line of a result log (specs/result-log.md); report.h has the
 * others. */

#ifndef LOG_H
#define LOG_H

#include "tally.h"

#include <stdio.h>

/* The invocation: "--impl ./libmine.so"; the version of conv2d-cts. */
void log_header (FILE *to, const subject_info *i, const char *invocation, const char *version);

void log_footer (FILE *to, const tally *t, double seconds);

#endif
