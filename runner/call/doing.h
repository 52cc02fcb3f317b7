/* doing.h: what the program is doing, in words, to be printed when somebody interrupts it. */

#ifndef DOING_H
#define DOING_H

/* Notes what the main thread begins to do: "reading cases/padding.yaml". NULL: it has ended. */
__attribute__((format(printf, 1, 2))) void doing (const char *format, ...);

/* What the program does as a whole, for times when nothing more particular is noted: "running
   list". */
void doing_always (const char *what);

/* What it is doing now. Safe in a signal handler. */
const char *doing_now (void);

#endif
