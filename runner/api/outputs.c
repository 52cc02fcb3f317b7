/* outputs.c: a full disk, a closed standard output and a second run on one log have an error. */

#include "outputs.h"

#include "zstd.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define LOG_BEGINS "{\"format\":\"conv2d-cts result log\""
#define ZSTD_BEGINS "\x28\xb5\x2f\xfd"

void outputs_reserve (void) {
  signal(SIGXFSZ, SIG_IGN); /* a write beyond ulimit -f is an error, as on a full disk */
  signal(SIGPIPE, SIG_IGN);
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
    if (fcntl(fd, F_GETFD) < 0 && errno == EBADF)
      /* opened the wrong way round: reading and writing fail as on a closed descriptor */
      (void) !open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

static bool is_regular (int fd) {
  struct stat s;
  return !fstat(fd, &s) && S_ISREG(s.st_mode);
}

static bool begins_as (const char *text, size_t n, const char *with) {
  const size_t all = strlen(with);
  return memcmp(text, with, n < all ? n : all) == 0;
}

holding outputs_look (const char *path) {
  char text[64];
  struct stat s;
  FILE *f = !stat(path, &s) && S_ISREG(s.st_mode) ? fopen(path, "re") : NULL;
  const bool busy = f && flock(fileno(f), LOCK_SH | LOCK_NB) && errno == EWOULDBLOCK;
  const size_t n = f ? fread(text, 1, sizeof text, f) : 0;
  if (f)
    fclose(f);
  if (busy)
    return IS_BEING_WRITTEN;
  if (n == 0)
    return HOLDS_NOTHING;
  return begins_as(text, n, LOG_BEGINS) || begins_as(text, n, ZSTD_BEGINS) ? HOLDS_LOG
                                                                           : HOLDS_OTHER;
}

/* Only files are locked: any number of runs may write to /dev/null. */
static bool take_log (int fd, const char *path, error *e) {
  if (is_regular(fd) && flock(fd, LOCK_EX | LOCK_NB) && errno == EWOULDBLOCK)
    return fail(e, BAD_INPUT, "%s: another run is writing this log", path);
  return true;
}

static bool empty_log (int fd, const char *path, error *e) {
  return !is_regular(fd) || !ftruncate(fd, 0) || fail(e, HARNESS, "%s: %s", path, strerror(errno));
}

/* Compressed if the path says so. */
static FILE *writer_for (int fd, const char *path, error *e) {
  FILE *f = fdopen(fd, "w");
  if (f && zstd_named(path))
    f = zstd_writer(f);
  if (!f)
    fail(e, HARNESS, "%s: %s", path, strerror(errno));
  return f;
}

FILE *outputs_create_log (const char *path, error *e) {
  if (outputs_look(path) == HOLDS_OTHER) {
    fail(e, BAD_INPUT, "%s: this is no result log, and would be overwritten by one", path);
    return NULL;
  }
  int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
  if (fd < 0) {
    fail(e, BAD_INPUT, "%s: %s", path, strerror(errno));
    return NULL;
  }
  if (take_log(fd, path, e) && empty_log(fd, path, e))
    return writer_for(fd, path, e);
  close(fd);
  return NULL;
}

FILE *outputs_open_log (const char *path, error *e) {
  int fd = open(path, O_RDWR | O_CLOEXEC);
  if (fd < 0 && errno == ENOENT)
    return NULL;
  if (fd < 0 || !is_regular(fd)) {
    fail(e, BAD_INPUT, "%s: %s", path, fd < 0 ? strerror(errno) : "a file is expected");
    if (fd >= 0)
      close(fd);
    return NULL;
  }
  FILE *f = take_log(fd, path, e) ? fdopen(fd, "r+") : NULL;
  if (!f)
    close(fd);
  return f;
}

bool outputs_reached (FILE *f, const char *name, error *e) {
  if (!f || (!fflush(f) && !ferror(f)))
    return true;
  return fail(e, HARNESS, "%s: %s", name, strerror(errno));
}
