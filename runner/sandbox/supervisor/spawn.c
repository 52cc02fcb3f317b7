/* spawn.c: starting, hearing and ending a worker process.
   Between clone and exec the child of a program with threads may only make system calls: whatever
   needs memory or a lock is prepared before. The child is a copy made by the bare system call, so
   that no handler of the C library runs in it. */

#include "spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <valgrind/valgrind.h>

/* ---- memory that supervisor and worker share */

/* A descriptor out of the way of those that a worker is given by number. */
static int move_up (int fd) {
  int high = fcntl(fd, F_DUPFD_CLOEXEC, 10);
  close(fd);
  return high;
}

/* A file in memory that nobody can make longer or shorter. */
static int memory_file (const char *name, size_t size) {
  int fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
  if (fd < 0)
    return -1;
  if (ftruncate(fd, (off_t) size) || fcntl(fd, F_ADD_SEALS, F_SEAL_GROW | F_SEAL_SHRINK)) {
    close(fd);
    return -1;
  }
  return move_up(fd);
}

static bool map_at (unsigned char *p, size_t size, int fd) {
  return mmap(p, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE | MAP_FIXED, fd, 0)
         != MAP_FAILED;
}

/* The files one after the other, as wire.h has them. */
static bool map_files (backing *b) {
  void *p = mmap(NULL, ARENA_END, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (p == MAP_FAILED)
    return false;
  b->map = p;
  p = mmap(NULL, PRINTED_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, b->printed, 0);
  if (p == MAP_FAILED)
    return false;
  b->text = p;
  return map_at(b->map, WIRE_AT, b->orders)
         && map_at(b->map + WIRE_AT, ARENA_END - WIRE_AT, b->wire);
}

/* From now on nobody can map the orders for writing. A kernel that does not know this seal refuses
   it; there, all the protection is that a worker gets a descriptor for reading only. */
static bool seal_orders (backing *b) {
  char name[40];
  fcntl(b->orders, F_ADD_SEALS, F_SEAL_FUTURE_WRITE);
  snprintf(name, sizeof name, "/proc/self/fd/%d", b->orders);
  int reading = open(name, O_RDONLY | O_CLOEXEC);
  close(b->orders);
  b->orders = reading < 0 ? -1 : move_up(reading);
  return b->orders >= 0;
}

bool backing_open (backing *b, error *e) {
  *b = (backing){ .orders = memory_file("conv2d-orders", WIRE_AT),
                  .wire = memory_file("conv2d-wire", ARENA_END - WIRE_AT),
                  .printed = memory_file("conv2d-printed", PRINTED_BYTES) };
  if (b->orders >= 0 && b->wire >= 0 && b->printed >= 0 && map_files(b) && seal_orders(b))
    return true;
  fail(e, HARNESS, "no memory to share with a worker: %s", strerror(errno));
  backing_close(b);
  return false;
}

void backing_close (backing *b) {
  const int files[] = { b->orders, b->wire, b->printed };
  if (b->map)
    munmap(b->map, ARENA_END);
  if (b->text)
    munmap(b->text, PRINTED_BYTES);
  for (size_t i = 0; i < sizeof files / sizeof *files; i++)
    if (files[i] >= 0)
      close(files[i]);
}

/* ---- the program and the environment of a worker */

/* The worker's program: beside this one in build/, or installed with it. */
static bool find_program (char path[static PATH_MAX]) {
  static const char *const places[] = { "conv2d-worker", "../lib/conv2d-cts/conv2d-worker" };
  char here[PATH_MAX / 2];
  ssize_t length = readlink("/proc/self/exe", here, sizeof here - 1);
  here[length > 0 ? length : 0] = '\0';
  const char *name = strrchr(here, '/');
  for (size_t i = 0; name && i < sizeof places / sizeof *places; i++) {
    snprintf(path, PATH_MAX, "%.*s/%s", (int) (name - here), here, places[i]);
    if (!access(path, X_OK))
      return true;
  }
  return false;
}

static const char *const thread_variables[] = { "OMP_NUM_THREADS",   "OPENBLAS_NUM_THREADS",
                                                "MKL_NUM_THREADS",   "BLIS_NUM_THREADS",
                                                "RAYON_NUM_THREADS", "TBB_NUM_THREADS" };

enum { ADDED = sizeof thread_variables / sizeof *thread_variables };

typedef struct environment {
  char **list;
  char added[ADDED][48];
  char perturb[32];
} environment;

/* glibc does not fill what a thread's cache gives back. */
static char without_cache[] = "GLIBC_TUNABLES=glibc.malloc.tcache_count=0";

/* The environment of this process, with the number of threads put in front, as getenv takes the
   first of two equal names, and with what malloc gives at the end, as glibc takes the last. */
static bool environment_make (environment *v, int threads, int heap_fill) {
  size_t n = 0;
  while (environ[n])
    n++;
  v->list = malloc((n + ADDED + 3) * sizeof *v->list);
  if (!v->list)
    return false;
  for (size_t i = 0; i < ADDED; i++) {
    snprintf(v->added[i], sizeof v->added[i], "%s=%d", thread_variables[i], threads);
    v->list[i] = v->added[i];
  }
  memcpy(v->list + ADDED, environ, (n + 1) * sizeof *environ);
  if (heap_fill < HEAP_AS_IT_COMES) {
    char **end = v->list + ADDED + n;
    snprintf(v->perturb, sizeof v->perturb, "MALLOC_PERTURB_=%d", heap_fill ^ 0xff);
    *end++ = v->perturb;
    *end++ = without_cache;
    *end = NULL;
  }
  return true;
}

/* ---- the child, up to exec: system calls only */

static void put (const char *file, const char *text, size_t length) {
  int fd = open(file, O_WRONLY | O_CLOEXEC);
  if (fd < 0)
    return;
  if (write(fd, text, length) < 0)
    errno = 0; /* the worker is then nobody, which hurts little */
  close(fd);
}

/* "id id 1" without the C library's formatting. */
static size_t map_line (char line[static 32], unsigned id) {
  char digits[12];
  size_t n = 0, at = 0;
  do
    digits[n++] = (char) ('0' + id % 10);
  while (id /= 10);
  for (int twice = 0; twice < 2; twice++) {
    for (size_t i = n; i-- > 0;)
      line[at++] = digits[i];
    line[at++] = ' ';
  }
  line[at++] = '1';
  return at;
}

/* In a user namespace of its own, the worker keeps its user and group. */
static void map_ids (unsigned uid, unsigned gid) {
  char line[32];
  put("/proc/self/setgroups", "deny", 4);
  put("/proc/self/uid_map", line, map_line(line, uid));
  put("/proc/self/gid_map", line, map_line(line, gid));
}

static void default_signals (void) {
  sigset_t none;
  for (int s = 1; s < 32; s++)
    signal(s, SIG_DFL);
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
}

/* The worker's descriptors, by number; no other descriptor of this process reaches the subject. */
static void arrange_descriptors (const backing *b, int null, int socket) {
  dup2(null, 0);
  dup2(b->printed, 1);
  dup2(b->printed, 2);
  dup2(socket, SOCKET_FD);
  dup2(b->orders, ORDERS_FD);
  dup2(b->wire, WIRE_FD);
  if (syscall(SYS_close_range, WIRE_FD + 1, ~0u, 0))
    for (int fd = WIRE_FD + 1; fd < 4096; fd++)
      close(fd);
}

/* Makes /proc that of the new PID namespace. CUDA's driver refuses to start where a process is not
   found there by its own number. Where nothing can be mounted, /proc stays as it is. */
static void mount_own_proc (void) {
  if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0
      && mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL))
    errno = 0;
}

/* Copies this process into a PID namespace of its own, if the kernel allows one. Root needs nothing
   else for that, and other users need a user namespace around it. Where there is neither, the
   process group must do. The process group must also do under Valgrind, which does not know
   namespaces. */
static int clone_apart (void) {
  enum { APART = CLONE_NEWPID | CLONE_NEWNS };
  static const unsigned long kinds[] = { APART, CLONE_NEWUSER | APART, 0 };
  const size_t plain = sizeof kinds / sizeof *kinds - 1;
  unsigned uid = geteuid(), gid = getegid();
  for (size_t i = RUNNING_ON_VALGRIND ? plain : 0; i <= plain; i++) {
    long pid = syscall(SYS_clone, kinds[i] | SIGCHLD, 0, 0, 0, 0);
    if (pid == 0 && kinds[i] & CLONE_NEWUSER)
      map_ids(uid, gid);
    if (pid == 0 && kinds[i])
      mount_own_proc();
    if (pid >= 0)
      return (int) pid;
  }
  return -1;
}

static void run_keeper (const backing *b, int null, int socket, char *program, char **env) {
  char *argv[] = { program, NULL };
  setpgid(0, 0);
  default_signals();
  arrange_descriptors(b, null, socket);
  execve(program, argv, env);
  _exit(127);
}

/* ---- the supervisor's side */

/* --paranoid fills what malloc gives with large numbers: what is read before it is written shows.
 */
static int heap_fill_of (const orders *o) {
  return o->heap_fill == HEAP_AS_IT_COMES && o->paranoid ? 0x7f : o->heap_fill;
}

static bool start (process *p, const backing *b, int null, int ends[2], error *e) {
  environment env;
  char program[PATH_MAX];
  const orders *asked = (const void *) b->map;
  if (!find_program(program))
    return fail(e, HARNESS, "the program of the worker, conv2d-worker, is not there");
  if (!environment_make(&env, asked->subject_threads, heap_fill_of(asked)))
    return fail(e, HARNESS, "out of memory");
  p->pid = clone_apart();
  if (p->pid == 0)
    run_keeper(b, null, ends[1], program, env.list);
  free(env.list);
  p->socket = ends[0];
  return p->pid > 0 || fail(e, HARNESS, "no worker can be started: %s", strerror(errno));
}

bool process_start (process *p, const backing *b, error *e) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends))
    return fail(e, HARNESS, "socketpair: %s", strerror(errno));
  ends[0] = move_up(ends[0]);
  ends[1] = move_up(ends[1]);
  int null = move_up(open("/dev/null", O_RDONLY | O_CLOEXEC));
  bool ok = start(p, b, null, ends, e);
  close(null);
  close(ends[1]);
  if (!ok) {
    close(ends[0]);
    *p = (process){ 0 };
  }
  return ok;
}

/* Gives the keeper a second to see that its supervisor has gone, and to end everything in good
   order. */
static bool leaves_by_itself (const process *p) {
  for (int tries = 0; tries < 200; tries++) {
    if (waitpid(p->pid, NULL, WNOHANG) != 0)
      return true;
    usleep(tries < 20 ? 50 : 5000);
  }
  return false;
}

void process_stop (process *p) {
  if (p->pid == 0)
    return;
  close(p->socket);
  if (!leaves_by_itself(p)) {
    kill(-p->pid, SIGKILL);
    kill(p->pid, SIGKILL);
    while (waitpid(p->pid, NULL, 0) < 0 && errno == EINTR) {
    }
  }
  *p = (process){ 0 };
}

bool process_hear (process *p, int ms, message *m) {
  struct pollfd poll_for = { .fd = p->socket, .events = POLLIN };
  if (poll(&poll_for, 1, ms) <= 0)
    return false;
  ssize_t n = recv(p->socket, m, sizeof *m, MSG_DONTWAIT);
  if (n < 0 && (errno == EAGAIN || errno == EINTR))
    return false;
  if (n != (ssize_t) sizeof *m)
    *m = (message){ .kind = M_LOST };
  return true;
}

bool process_tell (process *p) {
  message m = { .kind = M_RUN };
  return send(p->socket, &m, sizeof m, MSG_NOSIGNAL) == (ssize_t) sizeof m;
}
