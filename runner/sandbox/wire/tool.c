/* tool.c: executing the worker once more, under a tool.
   A subject names the sanitizer runtime that it was built with among the libraries that it needs.
   That one is preloaded, since no other fits. */

#include "tool.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static char inside[] = "inside"; /* by this, main knows that it is the worker itself */

static void become_valgrind (char *self) {
  static char words[][20] = { "valgrind",        "--quiet",         "--log-fd=2",
                              "--leak-check=no", "--num-callers=8", "--error-limit=no" };
  char *argv[] = { words[0], words[1], words[2], words[3], words[4], words[5], self, inside, NULL };
  execvp(argv[0], argv);
}

/* It starts this program as a child of its own, which has our descriptors. */
static void become_compute (const orders *o, char *self) {
  static char tools[][10] = { "", "memcheck", "racecheck", "initcheck", "synccheck" };
  static char words[][30] = { "compute-sanitizer",
                              "--quiet",
                              "--target-processes",
                              "application-only",
                              "--check-exit-code",
                              "no",
                              "--require-cuda-init",
                              "no",
                              "--report-api-errors",
                              "no",
                              "--print-limit",
                              "0",
                              "--max-connections",
                              "64",
                              "--tool" };
  enum { WORDS = sizeof words / sizeof *words };
  char *argv[WORDS + 4];
  for (int i = 0; i < WORDS; i++)
    argv[i] = words[i];
  argv[WORDS] = tools[o->compute];
  argv[WORDS + 1] = self;
  argv[WORDS + 2] = inside;
  argv[WORDS + 3] = NULL;
  execvp(argv[0], argv);
}

static void become_asan (const orders *o, char *self) {
  char *argv[] = { self, inside, NULL };
  char options[1024];
  const char *users = getenv("ASAN_OPTIONS");
  snprintf(options, sizeof options,
           "%s:detect_leaks=0:abort_on_error=1:handle_abort=0:use_sigaltstack=0",
           users ? users : "");
  setenv("ASAN_OPTIONS", options, 1);
  setenv("LD_PRELOAD", o->runtime, 1);
  execv(self, argv);
}

void tool_become (const orders *o) {
  char self[4096];
  if (!o->valgrind && !o->asan && !o->compute)
    return;
  ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
  if (n > 0) {
    self[n] = '\0';
    if (o->valgrind)
      become_valgrind(self);
    else if (o->compute)
      become_compute(o, self);
    else
      become_asan(o, self);
  }
  _exit(NO_TOOL);
}

/* ---- the runtime of AddressSanitizer */

static const char *find_text (const char *in, size_t size, const char *text) {
  return memmem(in, size, text, strlen(text));
}

static bool read_runtime (orders *o, const char *object, size_t size) {
  const char *found = find_text(object, size, "libasan.so");
  if (!found)
    found = find_text(object, size, "libclang_rt.asan");
  size_t length = found ? strnlen(found, size - (size_t) (found - object)) : 0;
  if (length == 0 || length >= sizeof o->runtime)
    return false;
  memcpy(o->runtime, found, length);
  o->runtime[length] = '\0';
  return true;
}

bool tool_find_runtime (orders *o, const char *path) {
  struct stat s;
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return false;
  void *p = fstat(fd, &s) || s.st_size == 0
                ? MAP_FAILED
                : mmap(NULL, (size_t) s.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
  close(fd);
  if (p == MAP_FAILED)
    return false;
  bool found = read_runtime(o, p, (size_t) s.st_size);
  munmap(p, (size_t) s.st_size);
  return found;
}
