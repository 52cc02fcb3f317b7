/* progress.h: what the program is doing, for whoever waits for it: a line on a terminal that is
   written again and again, or lines of JSON for another program. Both go to standard error. */

#ifndef PROGRESS_H
#define PROGRESS_H

#include <stdbool.h>

typedef enum progress_mode {
  PROGRESS_AUTO, /* a line, if standard error is a terminal */
  PROGRESS_JSON,
  PROGRESS_NONE
} progress_mode;

/* "auto", "json", "none" */
bool progress_parse (const char *word, progress_mode *mode);

/* Shows, from two seconds on, what `doing` notes (call/doing.h). If no thread can be started,
   nothing is shown. */
void progress_start (progress_mode mode);
void progress_stop (void);

/* Whether there is a line to remove. Safe in a signal handler. */
bool progress_on_screen (void);

/* Removes the line from the terminal, as something else is about to be written. */
void progress_clear (void);

#endif
