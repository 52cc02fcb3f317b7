/* progress.c: a thread that wakes up now and then. Rates are of what is being done, from when it
   was first seen. */

#include "progress.h"

#include "call/seconds.h"
#include "call/doing.h"
#include "call/printable.h"

#include <inttypes.h>
#include <jansson.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

static const double FIRST = 2, LINE_EVERY = 0.5, JSON_EVERY = 1; /* seconds */

static pthread_t thread;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t stop = PTHREAD_COND_INITIALIZER;
static progress_mode shown_as = PROGRESS_NONE;
static bool running, stopping;
static atomic_bool on_screen;
static double started;

bool progress_parse (const char *word, progress_mode *mode) {
  static const char *const words[] = { "auto", "json", "none" };
  for (int i = 0; i < 3; i++)
    if (!strcmp(words[i], word)) {
      *mode = (progress_mode) i;
      return true;
    }
  return false;
}

/* ---- how fast it goes */

/* What was being done when it was first seen. */
typedef struct beginning {
  progress p;
  double at;
} beginning;

typedef struct speed {
  double elapsed;    /* seconds, of the whole program */
  double rate, left; /* things a second, and seconds; 0: nobody knows */
} speed;

static bool is_another (const beginning *b, const progress *p) {
  return !b->p.particular || strcmp(b->p.text, p->text) != 0 || p->done < b->p.done;
}

static speed measure (beginning *b, const progress *p) {
  if (is_another(b, p))
    *b = (beginning){ *p, clock_seconds() };
  const double moment = clock_seconds(), seconds = moment - b->at;
  speed s = { .elapsed = moment - started };
  const int64_t since = p->done - (b->p.done > 0 ? b->p.done : 0);
  if (since > 0 && seconds > 0.2)
    s.rate = (double) since / seconds;
  if (s.rate > 0 && p->total > p->done)
    s.left = (double) (p->total - p->done) / s.rate;
  return s;
}

/* ---- on a terminal */

__attribute__((format(printf, 3, 4))) static void add (char *text, size_t room, const char *format,
                                                       ...) {
  const size_t used = strlen(text);
  va_list args;
  va_start(args, format);
  vsnprintf(text + used, room - used, format, args);
  va_end(args);
}

static void add_seconds (char *text, size_t room, double seconds) {
  const int64_t s = (int64_t) (seconds + 0.5);
  if (s < 100)
    add(text, room, "%" PRId64 " s", s);
  else if (s < 100 * 60)
    add(text, room, "%" PRId64 " min", (s + 30) / 60);
  else
    add(text, room, "%" PRId64 " h %02" PRId64 " min", s / 3600, s / 60 % 60);
}

static size_t width_of_terminal (void) {
  struct winsize size;
  const bool known = !ioctl(STDERR_FILENO, TIOCGWINSZ, &size) && size.ws_col;
  return known ? size.ws_col : 80;
}

static void write_line (const progress *p, const speed *s) {
  char text[700] = "", line[800];
  if (p->done >= 0)
    add(text, sizeof text, "%" PRId64, p->done);
  if (p->total)
    add(text, sizeof text, " of %" PRId64, p->total);
  if (p->failed)
    add(text, sizeof text, ", %" PRId64 " failed", p->failed);
  if (s->rate > 0)
    add(text, sizeof text, ", %.0f/s", s->rate);
  add(text, sizeof text, p->done >= 0 ? ", " : "");
  add_seconds(text, sizeof text, s->left > 0 ? s->left : s->elapsed);
  add(text, sizeof text, s->left > 0 ? " left: %s" : ": %s", p->text);
  make_printable(text);
  const size_t columns = width_of_terminal() - 1;
  const int length = snprintf(line, sizeof line, "\r\033[2K%.*s\r", (int) columns, text);
  on_screen = write(STDERR_FILENO, line, (size_t) length) > 0;
}

/* With the mutex. */
static void remove_line (void) {
  static const char erase[] = "\r\033[2K";
  if (on_screen && write(STDERR_FILENO, erase, sizeof erase - 1) > 0)
    on_screen = false;
}

bool progress_on_screen (void) {
  return on_screen;
}

void progress_clear (void) {
  if (shown_as != PROGRESS_AUTO)
    return;
  pthread_mutex_lock(&mutex);
  remove_line();
  pthread_mutex_unlock(&mutex);
}

/* ---- for a program */

static void set_number (json_t *o, const char *key, double v, bool known) {
  if (known)
    json_object_set_new(o, key, json_real(v));
}

static void write_json (const progress *p, const speed *s) {
  json_t *o = json_pack("{s:s}", "progress", p->text);
  if (p->done >= 0)
    json_object_set_new(o, "done", json_integer(p->done));
  if (p->total)
    json_object_set_new(o, "total", json_integer(p->total));
  if (p->done >= 0)
    json_object_set_new(o, "failed", json_integer(p->failed));
  set_number(o, "seconds", s->elapsed, true);
  set_number(o, "per_second", s->rate, s->rate > 0);
  set_number(o, "seconds_left", s->left, s->left > 0);
  char *text = json_dumps(o, JSON_COMPACT | JSON_REAL_PRECISION(6));
  if (text)
    dprintf(STDERR_FILENO, "%s\n", text);
  free(text);
  json_decref(o);
}

/* ---- the thread */

static void *show (void *beginning_of_it) {
  beginning *b = beginning_of_it;
  const double every = shown_as == PROGRESS_JSON ? JSON_EVERY : LINE_EVERY;
  struct timespec at;
  clock_gettime(CLOCK_REALTIME, &at);
  at.tv_sec += (time_t) FIRST;
  pthread_mutex_lock(&mutex);
  while (!stopping) {
    progress p;
    pthread_cond_timedwait(&stop, &mutex, &at);
    clock_gettime(CLOCK_REALTIME, &at);
    at.tv_nsec += (long) (every * 1e9);
    at.tv_sec += at.tv_nsec / 1000000000;
    at.tv_nsec %= 1000000000;
    doing_report(&p);
    const speed s = measure(b, &p);
    if (stopping || !p.particular)
      continue;
    if (shown_as == PROGRESS_JSON)
      write_json(&p, &s);
    else
      write_line(&p, &s);
  }
  pthread_mutex_unlock(&mutex);
  return NULL;
}

void progress_start (progress_mode mode) {
  static beginning first;
  if (mode == PROGRESS_NONE || (mode == PROGRESS_AUTO && !isatty(STDERR_FILENO)))
    return;
  shown_as = mode;
  started = clock_seconds();
  doing_watch(progress_clear);
  running = !pthread_create(&thread, NULL, show, &first);
}

void progress_stop (void) {
  if (!running)
    return;
  pthread_mutex_lock(&mutex);
  stopping = true;
  remove_line();
  pthread_cond_signal(&stop);
  pthread_mutex_unlock(&mutex);
  pthread_join(thread, NULL);
  running = false;
}
