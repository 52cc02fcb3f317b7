/* process.c: deeds that outlast the call in the process around it. */

#include "hostile.h"

#include <fcntl.h>
#include <fenv.h>
#include <locale.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <sys/syscall.h>
#include <unistd.h>
#if defined __x86_64__
#include <xmmintrin.h>
#endif

/* ---- how floats are computed with */

static int32_t rounds_up (const call *c) {
  int32_t status = c->right(c);
  fesetround(FE_UPWARD);
  return status;
}

static int32_t flushes_to_zero (const call *c) {
#if defined __x86_64__
  _mm_setcsr(_mm_getcsr() | 0x8040);
#else
  fesetround(FE_TOWARDZERO);
#endif
  return c->right(c);
}

static int32_t unmasks_exceptions (const call *c) {
  int32_t status = c->right(c);
  feenableexcept(FE_DIVBYZERO);
  return status;
}

/* ---- signals, directory, locale */

static void nothing (int number) {
  (void) number;
}

static int32_t handles_signal (const call *c) {
  signal(SIGUSR1, nothing);
  return c->right(c);
}

static int32_t ignores_pipe (const call *c) {
  signal(SIGPIPE, SIG_IGN);
  return c->right(c);
}

/* As a library does that prepares itself once. */
/* Sets it, and sets it back to what sigaction said it was: nothing has changed. */
static int32_t ignores_pipe_meanwhile (const call *c) {
  struct sigaction ignore = { .sa_handler = SIG_IGN }, old;
  sigaction(SIGPIPE, &ignore, &old);
  int32_t status = c->right(c);
  sigaction(SIGPIPE, &old, NULL);
  return status;
}

/* By the older function, which changes the flags. */
static int32_t signals_pipe (const call *c) {
  void (*before)(int) = signal(SIGPIPE, SIG_IGN);
  const int32_t status = c->right(c);
  signal(SIGPIPE, before);
  return status;
}

static int32_t reaps_unasked (const call *c) {
  sigaction(SIGCHLD, &(struct sigaction){ .sa_handler = SIG_DFL, .sa_flags = SA_NOCLDWAIT }, NULL);
  return c->right(c);
}

static int32_t handles_all_meanwhile (const call *c) {
  struct sigaction catch = { .sa_handler = nothing }, old[32];
  for (int s = SIGHUP; s < 32; s++)
    sigaction(s, &catch, &old[s]);
  int32_t status = c->right(c);
  for (int s = SIGHUP; s < 32; s++)
    sigaction(s, &old[s], NULL);
  return status;
}

static int32_t ignores_pipe_once (const call *c) {
  static int done;
  if (!done++)
    signal(SIGPIPE, SIG_IGN);
  return c->right(c);
}

static int32_t blocks_signals (const call *c) {
  sigset_t all;
  sigfillset(&all);
  sigprocmask(SIG_BLOCK, &all, NULL);
  return c->right(c);
}

static int32_t changes_directory (const call *c) {
  return chdir("/") ? CONV2D_FAILED : c->right(c);
}

static int32_t changes_locale (const call *c) {
  setlocale(LC_ALL, "C.UTF-8");
  return c->right(c);
}

/* ---- timers, variables, limits, scheduling: none of them is felt while the scenes are played */

enum { LONG = 100000 }; /* seconds */

static int32_t sets_alarm (const call *c) {
  alarm(LONG);
  return c->right(c);
}

/* Not left behind. */
static int32_t uses_alarm (const call *c) {
  alarm(LONG);
  int32_t status = c->right(c);
  alarm(0);
  return status;
}

static int32_t leaves_timer (const call *c) {
  const struct itimerspec when = { .it_value.tv_sec = LONG };
  struct sigevent silent = { .sigev_notify = SIGEV_NONE };
  timer_t t;
  if (timer_create(CLOCK_MONOTONIC, &silent, &t) || timer_settime(t, 0, &when, NULL))
    return CONV2D_FAILED;
  return c->right(c);
}

static int32_t sets_variable (const call *c) {
  setenv("HOSTILE", "1", 1);
  return c->right(c);
}

static int32_t sets_variable_once (const call *c) {
  static int done;
  return done++ ? c->right(c) : sets_variable(c);
}

static int32_t clears_variables (const call *c) {
  clearenv();
  return c->right(c);
}

static int32_t lowers_limit (const call *c) {
  struct rlimit r;
  getrlimit(RLIMIT_NOFILE, &r);
  r.rlim_max = r.rlim_cur -= 1;
  return setrlimit(RLIMIT_NOFILE, &r) ? CONV2D_FAILED : c->right(c);
}

/* No later call finds room for its tensors. */
static int32_t limits_addresses (const call *c) {
  struct rlimit r;
  int32_t status = c->right(c);
  getrlimit(RLIMIT_AS, &r);
  r.rlim_cur = 1 << 20;
  return setrlimit(RLIMIT_AS, &r) ? CONV2D_FAILED : status;
}

static int32_t caps_addresses (const call *c) {
  const struct rlimit r = { 1 << 20, 1 << 20 };
  return setrlimit(RLIMIT_AS, &r) ? CONV2D_FAILED : c->right(c);
}

static int32_t changes_umask (const call *c) {
  umask(0123);
  return c->right(c);
}

static int32_t is_nice (const call *c) {
  return nice(1) < 0 ? CONV2D_FAILED : c->right(c);
}

/* Leaves the thread one processor of those that it had. */
static int32_t pins_thread (const call *c) {
  cpu_set_t all, one;
  size_t first = 0;
  CPU_ZERO(&one);
  if (sched_getaffinity(0, sizeof all, &all))
    return CONV2D_FAILED;
  while (!CPU_ISSET(first, &all))
    first++;
  CPU_SET(first, &one);
  return sched_setaffinity(0, sizeof one, &one) ? CONV2D_FAILED : c->right(c);
}

/* ---- descriptors */

static int32_t leaks_descriptor (const call *c) {
  return open("/dev/null", O_RDONLY) < 0 ? CONV2D_FAILED : c->right(c);
}

/* Not a leak: opened once, for good. */
static int32_t opens_once (const call *c) {
  static int fd = -1;
  if (fd < 0)
    fd = open("/dev/null", O_RDONLY);
  return fd < 0 ? CONV2D_FAILED : c->right(c);
}

static int32_t closes_all (const call *c) {
  closefrom(1);
  return c->right(c);
}

/* ---- threads */

static void *wait_for_ever (void *unused) {
  for (;;)
    pause();
  return unused;
}

static int32_t leaks_thread (const call *c) {
  pthread_t t;
  return pthread_create(&t, NULL, wait_for_ever, NULL) ? CONV2D_FAILED : c->right(c);
}

/* Not a leak: a pool of one. */
static int32_t keeps_thread (const call *c) {
  static pthread_t t;
  static int started;
  if (!started++ && pthread_create(&t, NULL, wait_for_ever, NULL))
    return CONV2D_FAILED;
  return c->right(c);
}

static void *return_at_once (void *unused) {
  return unused;
}

/* Not a leak: joined again. */
static int32_t joins_threads (const call *c) {
  pthread_t t[4];
  for (int i = 0; i < 4; i++)
    if (pthread_create(&t[i], NULL, return_at_once, NULL))
      return CONV2D_FAILED;
  for (int i = 0; i < 4; i++)
    pthread_join(t[i], NULL);
  return c->right(c);
}

/* ---- children */

static int32_t leaves_child (const call *c) {
  if (fork() == 0)
    wait_for_ever(NULL);
  return c->right(c);
}

static int32_t leaves_zombie (const call *c) {
  if (fork() == 0)
    _exit(0);
  return c->right(c);
}

/* Both come back; the worker must be one. */
static int32_t forks_and_returns (const call *c) {
  int32_t status = c->right(c);
  return fork() < 0 ? CONV2D_FAILED : status;
}

/* Without emms, and a number left on the stack of the x87. */
static int32_t leaves_mmx (const call *c) {
  int32_t status = c->right(c);
  __asm__ volatile("pxor %%mm0, %%mm0" : : : "mm0");
  return status;
}

static int32_t leaves_x87 (const call *c) {
  int32_t status = c->right(c);
  __asm__ volatile("fld1");
  return status;
}

/* The direction in which the processor copies: the interface of functions wants it cleared. */
static int32_t leaves_direction (const call *c) {
  int32_t status = c->right(c);
  __asm__ volatile("std");
  return status;
}

/* The x87 computes with 53 bits from now on. */
static int32_t lowers_precision (const call *c) {
  uint16_t control;
  int32_t status = c->right(c);
  __asm__ volatile("fnstcw %0" : "=m"(control));
  control = (uint16_t) ((control & ~0x300) | 0x200);
  __asm__ volatile("fldcw %0" : : "m"(control));
  return status;
}

/* Of its own, as a runtime does that catches stack overflows; given back. */
static int32_t borrows_signal_stack (const call *c) {
  static char room[1 << 16];
  const stack_t mine = { .ss_sp = room, .ss_size = sizeof room };
  stack_t old;
  sigaltstack(&mine, &old);
  int32_t status = c->right(c);
  sigaltstack(&old, NULL);
  return status;
}

static int32_t takes_signal_stack (const call *c) {
  const stack_t none = { .ss_flags = SS_DISABLE };
  sigaltstack(&none, NULL);
  return c->right(c);
}

/* Other files in place of the worker's own, which a subject may find by their numbers. */
static int32_t replaces_hidden (const call *c) {
  int null = open("/dev/null", O_RDWR | O_CLOEXEC);
  for (int fd = 700; fd < 710; fd++)
    if (fcntl(fd, F_GETFD) >= 0)
      dup2(null, fd);
  close(null);
  return c->right(c);
}

static int32_t replaces_output (const call *c) {
  int null = open("/dev/null", O_RDWR | O_CLOEXEC);
  dup2(null, 2);
  close(null);
  return c->right(c);
}

/* By the bare system call, of which the C library's handlers know nothing. */
static int32_t forks_barely (const call *c) {
  syscall(SYS_fork);
  return c->right(c);
}

static int32_t clones_barely (const call *c) {
  syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
  return c->right(c);
}

static int32_t leaves_daemon (const call *c) {
  pid_t child = fork();
  if (child == 0) {
    setsid();
    if (fork() == 0)
      wait_for_ever(NULL);
    _exit(0);
  }
  waitpid(child, NULL, 0);
  return c->right(c);
}

/* CUDA's driver starts only where /proc has the process by its own number. */
static int32_t asks_proc (const call *c) {
  char number[16] = "";
  if (readlink("/proc/self", number, sizeof number - 1) < 0 || atoi(number) != getpid())
    abort();
  return c->right(c);
}

const deed process_deeds[] = { { "ask-proc", asks_proc, PLAIN, AT_FORWARD },
                               { "rounding", rounds_up, PLAIN, AT_FORWARD },
                               { "flush-to-zero", flushes_to_zero, PLAIN, AT_FORWARD },
                               { "unmask", unmasks_exceptions, PLAIN, AT_FORWARD },
                               { "signal-handler", handles_signal, PLAIN, AT_FORWARD },
                               { "ignore-pipe", ignores_pipe, PLAIN, AT_FORWARD },
                               { "ignore-pipe-once", ignores_pipe_once, PLAIN, AT_FORWARD },
                               { "ignore-pipe-within", ignores_pipe_meanwhile, PLAIN, AT_FORWARD },
                               { "ignore-pipe-by-signal", signals_pipe, PLAIN, AT_FORWARD },
                               { "reap-unasked", reaps_unasked, PLAIN, AT_FORWARD },
                               { "handlers-within", handles_all_meanwhile, PLAIN, AT_FORWARD },
                               { "block-signals", blocks_signals, PLAIN, AT_FORWARD },
                               { "chdir", changes_directory, PLAIN, AT_FORWARD },
                               { "locale", changes_locale, PLAIN, AT_FORWARD },
                               { "alarm", sets_alarm, PLAIN, AT_FORWARD },
                               { "alarm-within", uses_alarm, PLAIN, AT_FORWARD },
                               { "timer", leaves_timer, PLAIN, AT_FORWARD },
                               { "variable", sets_variable, PLAIN, AT_FORWARD },
                               { "variable-once", sets_variable_once, PLAIN, AT_FORWARD },
                               { "clear-variables", clears_variables, PLAIN, AT_FORWARD },
                               { "lower-limit", lowers_limit, PLAIN, AT_FORWARD },
                               { "limit-addresses", limits_addresses, PLAIN, AT_FORWARD },
                               { "cap-addresses", caps_addresses, PLAIN, AT_FORWARD },
                               { "umask", changes_umask, PLAIN, AT_FORWARD },
                               { "nice", is_nice, PLAIN, AT_FORWARD },
                               { "pin-thread", pins_thread, PLAIN, AT_FORWARD },
                               { "descriptor-leak", leaks_descriptor, PLAIN, AT_FORWARD },
                               { "descriptor-once", opens_once, PLAIN, AT_FORWARD },
                               { "close-all", closes_all, PLAIN, AT_FORWARD },
                               { "thread-leak", leaks_thread, PLAIN, AT_FORWARD },
                               { "thread-once", keeps_thread, PLAIN, AT_FORWARD },
                               { "threads-joined", joins_threads, PLAIN, AT_FORWARD },
                               { "child", leaves_child, PLAIN, AT_FORWARD },
                               { "zombie", leaves_zombie, PLAIN, AT_FORWARD },
                               { "fork-and-return", forks_and_returns, PLAIN, AT_FORWARD },
                               { "mmx", leaves_mmx, PLAIN, AT_FORWARD },
                               { "x87-stack", leaves_x87, PLAIN, AT_FORWARD },
                               { "direction", leaves_direction, PLAIN, AT_FORWARD },
                               { "x87-precision", lowers_precision, PLAIN, AT_FORWARD },
                               { "signal-stack", takes_signal_stack, PLAIN, AT_FORWARD },
                               { "signal-stack-within", borrows_signal_stack, PLAIN, AT_FORWARD },
                               { "replace-hidden", replaces_hidden, PLAIN, AT_FORWARD },
                               { "replace-output", replaces_output, PLAIN, AT_FORWARD },
                               { "fork-barely", forks_barely, PLAIN, AT_FORWARD },
                               { "clone-barely", clones_barely, PLAIN, AT_FORWARD },
                               { "daemon", leaves_daemon, PLAIN, AT_FORWARD },
                               { NULL, NULL, NOWHERE, AT_FORWARD } };
