/* subject.c: opening subjects and lanes.
   The worker that reads the descriptor becomes that of the first lane. */

#include "lane.h"
#include "sandbox/wire/tool.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const subject_options subject_defaults = { .isolation = ISOLATE_BATCH,
                                           .time_limit = 10,
                                           .load_limit = 60,
                                           .memory_limit = (size_t) 4 << 30,
                                           .subject_threads = 1,
                                           .heap_fill = HEAP_AS_IT_COMES,
                                           .concurrent = 1 };

struct subject {
  subject_options options;
  subject_info info;
  _Atomic(lane *) spare;
};

/* ---- lanes */

/* A path that the loader doesn't look up elsewhere. */
static bool write_path (orders *to, const char *path, error *e) {
  struct stat s;
  int n = snprintf(to->path, sizeof to->path, "%s%s", strchr(path, '/') ? "" : "./", path);
  if (n >= (int) sizeof to->path)
    return fail(e, BAD_INPUT, "the path of the subject is too long");
  if (stat(path, &s))
    return fail(e, BAD_INPUT, "%s: %s", path, strerror(errno));
  return S_ISREG(s.st_mode) || fail(e, BAD_INPUT, "%s is not a file", path);
}

/* The bridge to processes: beside the program in build/, or installed with it. */
static bool write_command (orders *to, const char *command, error *e) {
  static const char *const places[] = { "adapters/pipe.so", "../lib/conv2d-cts/pipe.so" };
  char here[2048];
  ssize_t length = readlink("/proc/self/exe", here, sizeof here - 1);
  here[length > 0 ? length : 0] = '\0';
  char *name = strrchr(here, '/');
  if (snprintf(to->command, sizeof to->command, "%s", command) >= (int) sizeof to->command)
    return fail(e, BAD_INPUT, "the command of the subject is too long");
  for (size_t i = 0; name && i < sizeof places / sizeof *places; i++) {
    snprintf(to->path, sizeof to->path, "%.*s/%s", (int) (name - here), here, places[i]);
    if (!access(to->path, R_OK))
      return true;
  }
  return fail(e, HARNESS, "the bridge to processes, pipe.so, is not there");
}

static bool write_settings (orders *to, const subject_options *o, error *e) {
  to->layout = WIRE_LAYOUT;
  to->isolation = (int32_t) o->isolation;
  to->subject_threads = o->subject_threads;
  to->heap_fill = o->heap_fill;
  to->concurrent = o->concurrent;
  to->paranoid = o->paranoid;
  to->valgrind = o->valgrind;
  to->asan = o->asan;
  to->compute = (int32_t) o->compute;
  to->memory_limit = o->memory_limit;
  to->device = o->device;
  if (!(o->command ? write_command(to, o->command, e) : write_path(to, o->path, e)))
    return false;
  return !o->asan || tool_find_runtime(to, to->path)
         || fail(e, BAD_INPUT,
                 "%s needs no runtime of AddressSanitizer: was it built with "
                 "-fsanitize=address, the runtime shared?",
                 to->path);
}

static bool open_backing (lane *l, error *e) {
  if (!backing_open(&l->backing, e))
    return false;
  l->orders = (orders *) (void *) l->backing.map;
  l->wire = (wire *) (void *) (l->backing.map + WIRE_AT);
  return true;
}

static lane *lane_make (const subject_options *o, error *e) {
  lane *l = calloc(1, sizeof *l);
  if (!l) {
    fail(e, HARNESS, "out of memory");
    return NULL;
  }
  l->options = o;
  if (open_backing(l, e)) {
    if (write_settings(l->orders, o, e))
      return l;
    backing_close(&l->backing);
  }
  free(l);
  return NULL;
}

lane *lane_open (subject *s, error *e) {
  lane *l = atomic_exchange(&s->spare, NULL);
  return l ? l : lane_make(&s->options, e);
}

void lane_close (lane *l) {
  if (!l)
    return;
  process_stop(&l->process);
  backing_close(&l->backing);
  lane_forget_output(l);
  free(l->output);
  free(l);
}

bool lane_renew (lane *l, error *e) {
  process_stop(&l->process);
  backing_close(&l->backing);
  l->backing = (backing){ .orders = -1, .wire = -1, .printed = -1 };
  return open_backing(l, e) && write_settings(l->orders, l->options, e);
}

/* A subject finds the number of threads in its environment, so another number needs another
   worker. */
void lane_set_threads (lane *l, int threads) {
  threads = threads > 1 ? threads : l->options->subject_threads;
  if (threads == l->orders->subject_threads)
    return;
  process_stop(&l->process);
  l->orders->subject_threads = threads;
}

arena_parts lane_arena (const lane *l) {
  return (arena_parts){ .base = l->backing.map,
                        .inputs = INPUTS_AT,
                        .inputs_end = WIRE_AT,
                        .outputs = OUTPUTS_AT,
                        .outputs_end = OUTPUTS_END,
                        .second_away = SECOND_AWAY };
}

/* ---- subjects */

static void end_text (char *text, size_t size) {
  text[size - 1] = '\0';
}

/* What the subject says of itself. The worker wrote it, and the subject may have written there too.
   So it is copied first, and then limited to what is possible. */
static void read_info (subject_info *i, const wire *w) {
  memcpy(i, &w->info, offsetof(subject_info, strict)); /* no bool is read from there */
  i->functions &= (1u << DIRECTIONS) - 1;
  memcpy(i->loading, w->info.loading, sizeof i->loading);
  end_text(i->name, sizeof i->name);
  end_text(i->version, sizeof i->version);
  end_text(i->description, sizeof i->description);
  end_text(i->url, sizeof i->url);
  end_text(i->environment, sizeof i->environment);
  end_text(i->said, sizeof i->said);
  end_text(i->loading, sizeof i->loading);
}

/* The contracts that the subject is judged by. */
static bool read_numerics (subject_info *i, const subject_options *o, error *e) {
  snprintf(i->stated, sizeof i->stated, "%s", o->numerics ? o->numerics : i->said);
  return numerics_parse(o->numerics ? o->numerics : i->said, &i->numerics, e);
}

subject *subject_open (const subject_options *o, error *e) {
  subject *s = calloc(1, sizeof *s);
  if (!s) {
    fail(e, HARNESS, "out of memory");
    return NULL;
  }
  s->options = *o;
  lane *l = lane_make(&s->options, e);
  if (l && lane_warm(l, NULL, e)) {
    read_info(&s->info, l->wire);
    s->info.strict = o->strict;
    if (read_numerics(&s->info, o, e)) {
      atomic_store(&s->spare, l);
      return s;
    }
  }
  lane_close(l);
  free(s);
  return NULL;
}

const subject_info *subject_describe (const subject *s) {
  return &s->info;
}

const subject_options *subject_settings (const subject *s) {
  return &s->options;
}

void subject_close (subject *s) {
  if (!s)
    return;
  lane_close(atomic_load(&s->spare));
  free(s);
}
