/* doing.h: what the program is doing, in words and numbers: for whoever waits, and to be printed
   when somebody interrupts it. */

#ifndef DOING_H
#define DOING_H

#include <stdbool.h>
#include <stdint.h>

/* Notes what the main thread begins to do: "reading cases/padding.yaml". NULL: it has ended. */
__attribute__((format(printf, 1, 2))) void doing (const char *format, ...);

/* What the program does as a whole, for times when nothing more particular is noted: "running
   list". */
void doing_always (const char *what);

/* What it is doing now. Safe in a signal handler. */
const char *doing_now (void);

/* How far it is: `done` things, such as cases, of `total` (0: nobody knows), `failed` of them.
   Until the next call of `doing`. */
void doing_progress (int64_t done, int64_t total, int64_t failed);

/* All of that, for another thread. */
typedef struct progress {
  char text[400];
  bool particular;             /* something is noted; else nothing else counts */
  int64_t done, total, failed; /* done is -1 where nobody counts */
} progress;
void doing_report (progress *out);

/* Calls the function whenever something has ended, or something else begins. */
void doing_watch (void (*ended)(void));

#endif
