/* tap.h: TAP from a C program: `ok` for each thing that is shown, `done_testing` at the end. */

#ifndef TAP_H
#define TAP_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

static int tap_count, tap_failed;

__attribute__((format(printf, 2, 3))) static inline bool ok (bool right, const char *format, ...) {
  va_list args;
  va_start(args, format);
  printf("%sok %d - ", right ? "" : "not ", ++tap_count);
  vprintf(format, args);
  putchar('\n');
  va_end(args);
  tap_failed += !right;
  return right;
}

/* A test that cannot be made here, and why. */
static inline void skip (const char *name, const char *reason) {
  printf("ok %d - %s # SKIP %s\n", ++tap_count, name, reason);
}

/* The plan; what main returns. No test point at all is a failure. */
static inline int done_testing (void) {
  if (tap_count == 0)
    ok(false, "there is a test point");
  printf("1..%d\n", tap_count);
  return tap_failed > 0;
}

#endif
