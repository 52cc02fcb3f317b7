/* doing.h: what the program is at, in words, for who interrupts it. */

#ifndef DOING_H
#define DOING_H

/* Says what the main thread begins: "reading cases/padding.yaml". NULL: it is over. */
__attribute__((format(printf, 1, 2))) void doing (const char *format, ...);

/* What it does as a whole, told where nothing more particular is: "running list". */
void doing_always (const char *what);

/* What it is at. Safe in a signal handler. */
const char *doing_now (void);

#endif
