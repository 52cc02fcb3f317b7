/* worker.c: the program conv2d-worker, which opens the subject and makes the calls.
   It links the C library only: the subject would get a libstdc++ or a zlib of ours too, whichever
   it was built with. A worker serves many batches. All that it says about a job stands in the arena
   before the next one begins, so its death costs nothing but the job in progress. */

#include "answer.h"
#include "coverage.h"
#include "crowd.h"
#include "death.h"
#include "floats.h"
#include "intercept.h"
#include "load.h"
#include "printed.h"
#include "privileges.h"
#include "shadow.h"
#include "sandbox/wire/tool.h"
#include "watch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

typedef struct worker {
  caller caller;
  conv2d_implementation subject;
  subject_info info;
  int socket;
  watch watch;
  uint64_t data;        /* watch_data (), when the subject had been opened */
  uint64_t seen;        /* and when it was last looked at */
  int64_t hoard_from;   /* the first job that has been answered since */
  int calm;             /* looks in a row that found hardly more */
  bool young;           /* no job has been watched yet */
  uint64_t group_since; /* when the present group of jobs began */
} worker;

enum {
  GROUP_JOBS = 64, /* between two glances at the process */
  MEMORY_JOBS = 8, /* between two looks at its memory, while it stays as it is */
  GROUP_NANOSECONDS = 5000000,
  HOARD_BYTES = 256 << 10, /* of memory that is kept: less may be the heap's own steps */
  HANDLER_REPEATS = 8,
  HOARD_REPEATS = 16,       /* at least, and ... */
  MOST_HOARD_REPEATS = 160, /* ... at most: what fills within so many is a cache */
  HOARD_SECONDS = 2 /* of processors; by the clock on the wall ten times as much */
};

/* ---- getting ready */

static bool map_at (unsigned char *p, size_t size, int protection, int fd) {
  return mmap(p, size, protection, MAP_SHARED | MAP_NORESERVE | MAP_FIXED, fd, 0) != MAP_FAILED;
}

/* The two memory files, one after the other: the first can only be read. NULL: no address space. */
static unsigned char *map_memory (void) {
  unsigned char *p =
      mmap(NULL, ARENA_END, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (p == MAP_FAILED || !map_at(p, WIRE_AT, PROT_READ, ORDERS_FD)
      || !map_at(p + WIRE_AT, ARENA_END - WIRE_AT, PROT_READ | PROT_WRITE, WIRE_FD))
    return NULL;
  madvise(p, ARENA_END, MADV_DONTFORK);
  return p;
}

/* Maps what it shares with the supervisor, and hides the descriptors where a subject that counts
   from 3 doesn't find them. */
static int take_over (worker *w) {
  unsigned char *p = map_memory();
  w->socket = fcntl(SOCKET_FD, F_DUPFD_CLOEXEC, HIDDEN_FD);
  close(SOCKET_FD);
  close(ORDERS_FD);
  close(WIRE_FD);
  if (!p || !printed_open())
    return NO_MEMORY;
  if (w->socket < 0)
    return NO_DESCRIPTORS;
  w->caller.orders = (const orders *) (const void *) p;
  w->caller.wire = (wire *) (void *) (p + WIRE_AT);
  w->caller.arena = p;
  w->caller.info = &w->info;
  w->caller.subject = &w->subject;
  w->caller.at = &w->caller.wire->at[0];
  w->caller.stages.memory = &host_memory;
  w->caller.stages.paranoid = w->caller.orders->paranoid;
  return 0;
}

static void limit (__rlimit_resource_t resource, rlim_t value) {
  struct rlimit r;
  getrlimit(resource, &r);
  r.rlim_cur = r.rlim_max == RLIM_INFINITY || value < r.rlim_max ? value : r.rlim_max;
  setrlimit(resource, &r);
}

/* True if memory is used as a tool has it, ours or the subject's. */
static bool memory_is_watched (const orders *o) {
#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
  return true;
#endif
  return o->asan || o->valgrind;
}

static void set_limits (const orders *o) {
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_STACK, 8 << 20);
  if (o->memory_limit && !memory_is_watched(o))
    limit(RLIMIT_DATA, o->memory_limit);
}

/* ---- what the subject does to the process */

static void repeat (worker *w, const job *j) {
  if (w->caller.lost)
    return;
  job_repeats(&w->caller, j);
  if (w->caller.faulted)
    job_renew(&w->caller);
}

/* Conduct bits: guards are put back. Valgrind would take the question for an error. */
static uint32_t look_at_guards (const worker *w) {
  return w->caller.orders->valgrind || stages_guarded(&w->caller.stages) ? 0 : OPENED_GUARDS;
}

/* Whether job j has yet more functions called at the end of the process with most repetitions. A
   library that loads parts of itself as it needs them ends with that: cuDNN was seen to do so. */
static bool keeps_registering (worker *w, const job *j) {
  const int before = intercepted_exit_handlers();
  for (int n = 0; n < HANDLER_REPEATS; n++)
    repeat(w, j);
  return intercepted_exit_handlers() - before > HANDLER_REPEATS / 2;
}

/* Makes job i twice more, to see what each time changes. A change that only the first call of a
   process makes is noted once. What this worker cannot be rid of is returned. */
static uint32_t watch_job (worker *w, int64_t i) {
  wire *v = w->caller.wire;
  job *j = job_start(&w->caller, i);
  snapshot before = w->watch.snapshot, now;
  repeat(w, j);
  uint32_t first = watch_restore(&w->watch) | look_at_guards(w);
  uint32_t closed = watch_leaks(&w->watch, &before, &now) & CLOSED_DESCRIPTORS;
  before = now;
  repeat(w, j);
  uint32_t second = watch_restore(&w->watch) | look_at_guards(w);
  uint32_t leaks = watch_leaks(&w->watch, &before, &now) | closed;
  if (leaks & LEFT_HANDLERS && !keeps_registering(w, j))
    leaks &= ~(uint32_t) LEFT_HANDLERS;
  const uint32_t lasting =
      CHANGED_LIMITS | CHANGED_SCHEDULING; /* the kernel may not take it back */
  uint32_t once = first & ~second & ~(v->excused | w->caller.orders->excused);
  v->excused |= once;
  if (!w->caller.orders->paranoid)
    once &=
        ~(uint32_t) CHANGED_VARIABLES; /* libraries that prepare themselves leave a note there */
  watch_accept(&w->watch);
  printed_drop(v);
  if (second | once | leaks)
    note(j, second | once | leaks, -1, 0, 0);
  job_seal(&w->caller, j);
  return leaks | ((first | second) & lasting);
}

/* Watches jobs [from, to); stops at the first that leaves something behind. */
static finish watch_range (worker *w, int64_t from, int64_t to) {
  for (int64_t i = from; i < to; i++) {
    progress_set(w->caller.at, i);
    uint32_t lasting = watch_job(w, i);
    atomic_store(&w->caller.wire->checked, i + 1);
    if (lasting || w->caller.lost)
      return SPOILT;
  }
  return SOUND;
}

/* After a group of jobs. If there are more threads or descriptors, the first call may have made
   them; that is found out here. Any other change is left to a new worker, which can be watched from
   the start. */
static finish look_around (worker *w, int64_t upto) {
  wire *v = w->caller.wire;
  const uint32_t leaks = LEAKED_DESCRIPTORS | LEAKED_THREADS | LEFT_CHILDREN | LEFT_HANDLERS;
  uint32_t changed = watch_glance(&w->watch) | look_at_guards(w);
  w->young = false;
  w->group_since = monotonic();
  v->suspected = changed & ~leaks;
  if (v->suspected)
    return SUSPECT;
  if (!changed) {
    atomic_store_explicit(&v->checked, upto, memory_order_release);
    return SOUND;
  }
  watch_accept(&w->watch);
  return watch_range(w, v->checked, upto);
}

static bool group_ends (const worker *w, int64_t i) {
  const orders *o = w->caller.orders;
  return w->young || o->paranoid || i + 1 == o->first + o->count
         || i + 1 - w->caller.wire->checked >= GROUP_JOBS
         || monotonic() - w->group_since > GROUP_NANOSECONDS;
}

/* ---- work */

static void tell (worker *w, message_kind kind) {
  message m = { .kind = (int32_t) kind };
  if (send(w->socket, &m, sizeof m, MSG_NOSIGNAL) < 0)
    _exit(0);
}

/* Whether so much memory has been taken since the subject was opened that calls to come might get
   none: a quarter of what there may be. */
static bool is_swollen (const worker *w) {
  const uint64_t limit = w->caller.orders->memory_limit;
  return limit && w->seen > w->data + limit / 4;
}

/* Whether job i, which has just been answered, keeps memory with each repetition. What a call keeps
   for good, a cache or a heap that stays large, does not grow each time. oneDNN 3.2 was seen to
   fill the heaps of its threads for 29 calls, and to keep nothing more. */
static bool hoards (worker *w, int64_t i) {
  const uint64_t limit = w->caller.orders->memory_limit, start = monotonic();
  const clock_t computed = clock();
  uint64_t data = watch_data(&w->watch);
  for (int n = 0; n < MOST_HOARD_REPEATS; n++) {
    if (n >= HOARD_REPEATS
        && (clock() - computed > HOARD_SECONDS * CLOCKS_PER_SEC
            || monotonic() - start > 10 * HOARD_SECONDS * UINT64_C(1000000000)))
      break;
    repeat(w, &w->caller.wire->job[i]);
    watch_settle(&w->watch);
    const uint64_t now = watch_data(&w->watch);
    if (now < data + HOARD_BYTES)
      return false;
    data = now;
    if (n >= HOARD_REPEATS / 4 && limit && data > limit / 2)
      break; /* more might starve it */
  }
  return true;
}

/* Whether the last jobs up to i have taken memory, and which of them keep it. Where each job takes
   some, as libraries that keep their plans do, the looks come closer: else all would be repeated. */
static void look_at_memory (worker *w, int64_t i) {
  const orders *o = w->caller.orders;
  const uint64_t before = w->seen;
  const int64_t from = w->hoard_from;
  w->hoard_from = i + 1;
  w->seen = watch_data(&w->watch);
  w->calm = w->seen < before + HOARD_BYTES / MEMORY_JOBS ? w->calm + 1 : 0;
  if (o->isolation == ISOLATE_NONE || memory_is_watched(o) || w->seen < before + HOARD_BYTES)
    return;
  for (int64_t k = from; k <= i; k++) {
    progress_set(w->caller.at, k);
    if (!hoards(w, k))
      continue;
    job *j = &w->caller.wire->job[k];
    note(j, LEAKED_MEMORY, -1, 0, 0);
    job_seal(&w->caller, j);
  }
  printed_drop(w->caller.wire);
  w->seen = watch_data(&w->watch);
}

/* Answers jobs as far as the process stays sound. */
static finish answer_range (worker *w) {
  const orders *o = w->caller.orders;
  wire *v = w->caller.wire;
  const uint32_t unclear = WROTE_OUTSIDE | KEPT_POINTER; /* who knows what else was written */
  int64_t i = o->first, end = o->first + o->count;
  finish f = SOUND;
  w->hoard_from = i;
  for (; f == SOUND && i < end; i++) {
    progress_set(w->caller.at, i);
    answer_job(&w->caller, i);
    printed_keep(v, i);
    if (w->calm < MEMORY_JOBS || i + 1 - w->hoard_from >= MEMORY_JOBS)
      look_at_memory(w, i);
    atomic_store_explicit(&v->done, i + 1, memory_order_release);
    if (o->isolation != ISOLATE_NONE && !w->caller.lost
        && (group_ends(w, i) || w->caller.unstaged || shadow_found()))
      f = look_around(w, i + 1);
    if (f == SOUND
        && (w->caller.unstaged || w->caller.lost || v->job[i].conduct & unclear || shadow_found()
            || is_swollen(w)))
      f = SPOILT;
  }
  if (w->hoard_from < i)
    look_at_memory(w, i - 1);
  if (o->concurrent > 1 && v->done - o->first > 1 && !w->caller.lost
      && !crowd_run(&w->caller, o->first, v->done - o->first))
    f = SPOILT;
  printed_drop(v);
  return f;
}

static finish run_range (worker *w) {
  const orders *o = w->caller.orders;
  w->group_since = monotonic();
  if (o->purpose == ANSWER)
    return answer_range(w);
  finish f = watch_range(w, o->first, o->first + o->count);
  atomic_store(&w->caller.wire->done, w->caller.wire->checked);
  return f;
}

static void work (worker *w) {
  message m;
  for (;;) {
    ssize_t n = recv(w->socket, &m, sizeof m, 0);
    if (n < 0 && errno == EINTR)
      continue;
    if (n != (ssize_t) sizeof m)
      _exit(0);
    atomic_store(&w->caller.wire->finish, (int32_t) run_range(w));
    tell(w, M_DONE);
  }
}

/* Appends what the bits of conduct stand for. */
static void append_changes (char *text, size_t size, uint32_t changed) {
  static const struct {
    uint32_t bit;
    const char *words;
  } table[] = {
    { CHANGED_ROUNDING, "how floats are rounded, subnormals flushed or exceptions masked" },
    { CHANGED_SIGNALS, "signal handlers or the signal mask" },
    { CHANGED_DIRECTORY, "the current directory" },
    { CHANGED_LOCALE, "the locale" },
    { CHANGED_TIMERS, "timers" },
    { CHANGED_VARIABLES, "environment variables" },
    { CHANGED_LIMITS, "resource limits or the mask of file modes" },
    { CHANGED_SCHEDULING, "niceness, scheduling policy or the processors to run on" },
  };
  for (size_t i = 0, used; i < sizeof table / sizeof *table; i++)
    if (changed & table[i].bit) {
      used = strlen(text);
      snprintf(text + used, size - used, "%s%s", used ? ", " : "", table[i].words);
    }
}

/* Writes down what merely opening the subject has done to the process. Puts it back, but for
   threads and descriptors, which stay the subject's. */
static void note_loading (worker *w) {
  subject_info *info = &w->caller.wire->info;
  uint32_t changed = watch_restore(&w->watch);
  if (float_control() != w->caller.floats)
    changed |= CHANGED_ROUNDING;
  float_control_set(w->caller.floats);
  append_changes(info->loading, sizeof info->loading, changed);
  watch_accept(&w->watch);
}

static int run_worker (void) {
  static worker w = { .young = true };
  const int obstacle = take_over(&w);
  if (obstacle)
    return obstacle;
  const orders *o = w.caller.orders;
  wire *v = w.caller.wire;
  death_watch(o, v);
  if (o->compute) /* which stands between the keeper and us */
    prctl(PR_SET_PDEATHSIG, SIGKILL);
  set_limits(o);
  bool fits = load_prepare(o, v);
  if (!watch_begin(&w.watch, w.socket))
    return NO_DESCRIPTORS;
  prctl(PR_SET_CHILD_SUBREAPER, 1); /* what its children leave behind shows up here too */
  setvbuf(stdout, NULL, _IONBF, 0);
  w.caller.floats = float_control();
  shadow_prepare();
  coverage_begin(v);
  v->opening = 1;
  void *library = fits ? load_subject(o, v, &w.subject, &w.caller.stages.memory) : NULL;
  if (library) {
    death_know(library);
    note_loading(&w);
    w.info = v->info;
  }
  w.caller.tasks = o->valgrind ? -1 : w.watch.tasks;
  w.caller.threads = watch_threads(w.watch.tasks);
  w.data = w.seen = watch_data(&w.watch);
  tell(&w, M_LOADED);
  if (library)
    work(&w);
  return 0;
}

int worker_begin (void) {
  const unsigned char *p = map_memory();
  if (!p)
    return NO_MEMORY;
  privileges_drop();
  tool_become((const orders *) (const void *) p);
  return run_worker();
}

/* This program has two lives. The supervisor executes it without an argument: then it is the
   keeper, and the child that the keeper forks is the worker (worker_begin). If the worker is to run
   under a tool, it executes this program again with an argument (tool_become): that is the worker
   itself, and goes straight to run_worker. */
int main (int argc, char **argv) {
  (void) argv;
  return argc == 1 ? keeper_main() : run_worker();
}
