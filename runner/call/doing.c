/* doing.c: two texts. A signal handler may read one while it is being written. It then sees a
   mixture of old and new, which still ends: the last byte of the array is 0 and never written. */

#include "doing.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>

static char always[200], now[400];
static volatile sig_atomic_t particular;

void doing (const char *format, ...) {
  particular = 0;
  if (!format)
    return;
  va_list args;
  va_start(args, format);
  vsnprintf(now, sizeof now - 1, format, args);
  va_end(args);
  particular = 1;
}

void doing_always (const char *what) {
  snprintf(always, sizeof always - 1, "%s", what);
}

const char *doing_now (void) {
  return particular ? now : always;
}
