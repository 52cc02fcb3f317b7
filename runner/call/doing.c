/* doing.c: two texts. A signal handler may read one while it is being written. It then sees a
   mixture of old and new, which still ends: the last byte of the array is 0 and never written.
   Threads read a copy. */

#include "doing.h"

#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

static char always[200], now[400];
static volatile sig_atomic_t particular;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static _Atomic int64_t done = -1, total, failed;
static void (*on_end)(void);

void doing (const char *format, ...) {
  if (on_end)
    on_end();
  pthread_mutex_lock(&mutex);
  particular = 0;
  done = -1;
  total = failed = 0;
  if (format) {
    va_list args;
    va_start(args, format);
    vsnprintf(now, sizeof now - 1, format, args);
    va_end(args);
    particular = 1;
  }
  pthread_mutex_unlock(&mutex);
}

void doing_always (const char *what) {
  snprintf(always, sizeof always - 1, "%s", what);
}

const char *doing_now (void) {
  return particular ? now : always;
}

void doing_progress (int64_t done_now, int64_t total_now, int64_t failed_now) {
  atomic_store_explicit(&done, done_now, memory_order_relaxed);
  atomic_store_explicit(&total, total_now, memory_order_relaxed);
  atomic_store_explicit(&failed, failed_now, memory_order_relaxed);
}

void doing_report (progress *out) {
  pthread_mutex_lock(&mutex);
  out->particular = particular;
  memcpy(out->text, now, sizeof out->text);
  out->done = done;
  out->total = total;
  out->failed = failed;
  pthread_mutex_unlock(&mutex);
}

void doing_watch (void (*ended)(void)) {
  on_end = ended;
}
