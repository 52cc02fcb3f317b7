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
                                           .memory_limit = (size_t) 4 << 30,
                                           .subject_threads = 1,
                                           .concurrent = 1 };

static const size_t arena_bytes = (size_t) 4 << 30;

struct subject {
  subject_options options;
  subject_info info;
  _Atomic(lane *) spare;
};

/* ---- lanes */

/* A path that the loader doesn't look up elsewhere. */
static bool write_path (wire *w, const char *path, error *e) {
  struct stat s;
  int n = snprintf(w->path, sizeof w->path, "%s%s", strchr(path, '/') ? "" : "./", path);
  if (n >= (int) sizeof w->path)
    return fail(e, BAD_INPUT, "the path of the subject is too long");
  if (stat(path, &s))
    return fail(e, BAD_INPUT, "%s: %s", path, strerror(errno));
  return S_ISREG(s.st_mode) || fail(e, BAD_INPUT, "%s is not a file", path);
}

/* The bridge to processes: beside the program in build/, or installed with it. */
static bool write_command (wire *w, const char *command, error *e) {
  static const char *const places[] = { "adapters/pipe.so", "../lib/conv2d-cts/pipe.so" };
  char here[2048];
  ssize_t length = readlink("/proc/self/exe", here, sizeof here - 1);
  here[length > 0 ? length : 0] = '\0';
  char *name = strrchr(here, '/');
  if (snprintf(w->command, sizeof w->command, "%s", command) >= (int) sizeof w->command)
    return fail(e, BAD_INPUT, "the command of the subject is too long");
  for (size_t i = 0; name && i < sizeof places / sizeof *places; i++) {
    snprintf(w->path, sizeof w->path, "%.*s/%s", (int) (name - here), here, places[i]);
    if (!access(w->path, R_OK))
      return true;
  }
  return fail(e, HARNESS, "the bridge to processes, pipe.so, is not there");
}

static bool write_settings (wire *w, const subject_options *o, error *e) {
  w->layout = WIRE_LAYOUT;
  w->isolation = (int32_t) o->isolation;
  w->subject_threads = o->subject_threads;
  w->concurrent = o->concurrent;
  w->paranoid = o->paranoid;
  w->valgrind = o->valgrind;
  w->asan = o->asan;
  w->memory_limit = o->memory_limit;
  w->arena_size = arena_bytes;
  if (!(o->command ? write_command(w, o->command, e) : write_path(w, o->path, e)))
    return false;
  return !o->asan || tool_find_runtime(w, w->path)
         || fail(e, BAD_INPUT,
                 "%s needs no runtime of AddressSanitizer: was it built with "
                 "-fsanitize=address, the runtime shared?",
                 w->path);
}

static lane *lane_make (const subject_options *o, error *e) {
  lane *l = calloc(1, sizeof *l);
  if (!l) {
    fail(e, HARNESS, "out of memory");
    return NULL;
  }
  l->options = o;
  if (backing_open(&l->backing, arena_bytes, e)) {
    l->wire = (wire *) l->backing.map;
    if (write_settings(l->wire, o, e) && lane_start(l, e))
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

/* Threads are told in the environment, so that another number takes another worker. */
void lane_set_threads (lane *l, int threads) {
  threads = threads > 1 ? threads : l->options->subject_threads;
  if (threads == l->wire->subject_threads)
    return;
  process_stop(&l->process);
  l->wire->subject_threads = threads;
}

unsigned char *lane_arena (lane *l) {
  return l->backing.map + WIRE_BYTES;
}

size_t lane_arena_size (const lane *l) {
  return l->backing.size - WIRE_BYTES;
}

/* ---- subjects */

/* The worker wrote them, and the subject may have written there too. */
static void end_texts (subject_info *i) {
  i->name[sizeof i->name - 1] = '\0';
  i->version[sizeof i->version - 1] = '\0';
  i->description[sizeof i->description - 1] = '\0';
  i->url[sizeof i->url - 1] = '\0';
  i->loading[sizeof i->loading - 1] = '\0';
}

subject *subject_open (const subject_options *o, error *e) {
  subject *s = calloc(1, sizeof *s);
  if (!s) {
    fail(e, HARNESS, "out of memory");
    return NULL;
  }
  s->options = *o;
  lane *l = lane_make(&s->options, e);
  if (!l) {
    free(s);
    return NULL;
  }
  s->info = l->wire->info;
  s->info.strict = o->strict;
  end_texts(&s->info);
  atomic_store(&s->spare, l);
  return s;
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
