/* worker.c: the process that opens the subject and makes the calls.
   It lives for many batches. All that it says about a job stands in the arena before the next one
   begins, so its death costs nothing but the job in progress. */

#include "answer.h"
#include "death.h"
#include "load.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct worker {
  caller caller;
  conv2d_implementation subject;
  int socket;
  char *text; /* what the subject prints */
} worker;

/* ---- getting ready */

static void *
map (int fd)
{
  struct stat s;
  if (fstat(fd, &s))
    return NULL;
  void *p = mmap(NULL, (size_t) s.st_size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, fd, 0);
  return p == MAP_FAILED ? NULL : p;
}

/* Maps what it shares with the supervisor, and hides the descriptors where a subject that counts
   from 3 doesn't find them. */
static bool
take_over (worker *w)
{
  unsigned char *p = map(MEMORY_FD);
  w->text = map(1);
  w->socket = fcntl(SOCKET_FD, F_DUPFD_CLOEXEC, 800);
  close(SOCKET_FD);
  close(MEMORY_FD);
  if (!p || !w->text || w->socket < 0)
    return false;
  w->caller.wire = (wire *) p;
  w->caller.arena = p + WIRE_BYTES;
  w->caller.subject = &w->subject;
  w->caller.stages.paranoid = w->caller.wire->paranoid;
  return true;
}

static void
limit (int resource, rlim_t value)
{
  struct rlimit r;
  getrlimit(resource, &r);
  r.rlim_cur = r.rlim_max == RLIM_INFINITY || value < r.rlim_max ? value : r.rlim_max;
  setrlimit(resource, &r);
}

static void
set_limits (const wire *w)
{
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_STACK, 8 << 20);
  if (w->memory_limit && !w->asan && !w->valgrind)
    limit(RLIMIT_DATA, w->memory_limit);
}

/* ---- what the subject prints */

/* Accounts for the text that was printed during a job. The text file is looked at in memory: its
   position is asked for only when there is something. */
static void
keep_printed (worker *w, int64_t i)
{
  wire *v = w->caller.wire;
  uint32_t at = v->printed_end;
  if (at >= PRINTED_BYTES || w->text[at] == '\0')
    return;
  off_t end = lseek(1, 0, SEEK_CUR);
  if (end <= at || end > PRINTED_BYTES)
    return;
  uint32_t length = (uint32_t) end - at;
  uint32_t keep = length < PRINTED_A_JOB ? length : PRINTED_A_JOB;
  if (v->printed_count == MAX_PRINTED || at + keep > PRINTED_A_BATCH)
    keep = 0;
  else
    v->printed[v->printed_count++] = (printed) { i, at, keep, keep < length };
  memset(w->text + at + keep, 0, length - keep);
  v->printed_end = at + keep;
  lseek(1, v->printed_end, SEEK_SET);
}

/* ---- work */

static void
tell (worker *w, message_kind kind)
{
  message m = { .kind = kind };
  if (send(w->socket, &m, sizeof m, MSG_NOSIGNAL) < 0)
    _exit(0);
}

static void
run_range (worker *w)
{
  wire *v = w->caller.wire;
  job *jobs = (job *) w->caller.arena;
  for (int64_t i = v->first; i < v->first + v->count; i++) {
    atomic_store_explicit(&v->job, i, memory_order_release);
    if (v->errand == ANSWER)
      answer_job(&w->caller, &jobs[i]);
    keep_printed(w, i);
  }
}

static void
work (worker *w)
{
  message m;
  for (;;) {
    ssize_t n = recv(w->socket, &m, sizeof m, 0);
    if (n < 0 && errno == EINTR)
      continue;
    if (n != (ssize_t) sizeof m)
      _exit(0);
    run_range(w);
    tell(w, M_DONE);
  }
}

static int
run_worker (void)
{
  static worker w;
  if (!take_over(&w))
    return 1;
  set_limits(w.caller.wire);
  setvbuf(stdout, NULL, _IONBF, 0);
  death_watch(&w.caller);
  bool loaded = load_subject(w.caller.wire, &w.subject);
  tell(&w, M_LOADED);
  if (loaded)
    work(&w);
  return 0;
}

int
worker_main (int argc, char **argv)
{
  return argc == 2 ? keeper_main(argv) : run_worker();
}
