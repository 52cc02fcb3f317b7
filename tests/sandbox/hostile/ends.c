/* ends.c: deeds after which the call does not return. */

#include "hostile.h"

#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static int32_t segv (const call *c) {
  *(volatile int *) NULL = 1; /* NOLINT: the deed */
  return c->right(c);
}

static int32_t bus (const call *c) {
  int fd = memfd_create("short", MFD_CLOEXEC);
  volatile char *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  *p = 1; /* beyond the end of the file */
  return c->right(c);
}

static int32_t fpe (const call *c) {
  volatile int zero = 0;
  volatile int quotient = 7 / zero; /* NOLINT: the deed */
  (void) quotient;
  return c->right(c);
}

static int32_t ill (const call *c) {
  (void) c;
  __builtin_trap();
}

static int32_t uses_avx512 (const call *c) {
#if defined __x86_64__
  __asm__ volatile("vpxord %zmm31, %zmm31, %zmm31");
#endif
  return c->right(c);
}

static int32_t terminates_itself (const call *c) {
  raise(SIGTERM);
  return c->right(c);
}

/* As Ctrl-C would. */
static int32_t interrupts_group (const call *c) {
  kill(0, SIGINT);
  return c->right(c);
}

static int32_t interrupts_all_others (const call *c) {
  kill(getppid(), SIGINT);
  kill(-1, SIGINT);
  usleep(50000);
  return c->right(c);
}

static int32_t aborts (const call *c) {
  (void) c;
  abort();
}

static int32_t kills_itself (const call *c) {
  raise(SIGKILL);
  return c->right(c);
}

/* The worker's parent is not the supervisor, and its group not the user's. */
static int32_t kills_parent_and_group (const call *c) {
  kill(getppid(), SIGKILL);
  kill(0, SIGKILL);
  return c->right(c);
}

static int32_t exits (const call *c) {
  (void) c;
  exit(0);
}

static int32_t exits_at_once (const call *c) {
  (void) c;
  _exit(3);
}

static void spin (void) {
  for (volatile int i = 0;; i = 0)
    (void) i;
}

static int32_t exits_never (const call *c) {
  (void) c;
  atexit(spin);
  exit(1);
}

static int32_t hangs (const call *c) {
  spin();
  return c->right(c);
}

static int32_t sleeps (const call *c) {
  for (;;)
    pause();
  return c->right(c);
}

static int32_t stops (const call *c) {
  raise(SIGSTOP);
  return c->right(c);
}

static volatile int bottomless = 1;

static int deeper (volatile char *above) {
  volatile char frame[4096];
  frame[0] = above ? above[0] : 0;
  return bottomless ? deeper(frame) + frame[0] : 0;
}

static int32_t overflows_stack (const call *c) {
  deeper(NULL);
  return c->right(c);
}

/* A frame that reaches far beyond the guard, touched at its far end first. */
__attribute__((noinline)) static int32_t jumps_past_guard (const call *c) {
  volatile char *far = __builtin_alloca((size_t) 64 << 20);
  far[0] = 1;
  return c->right(c) + far[0] - 1;
}

__attribute__((noinline)) static int32_t jumps_little_past_guard (const call *c) {
  volatile char *far = __builtin_alloca((size_t) 12 << 20);
  far[0] = 1;
  return c->right(c) + far[0] - 1;
}

static void *jump_in_thread (void *argument) {
  volatile char *far = __builtin_alloca((size_t) 64 << 20);
  far[0] = 1;
  return argument;
}

/* The stack of a thread: no handler can run there. */
static int32_t jumps_in_thread (const call *c) {
  pthread_t t;
  if (pthread_create(&t, NULL, jump_in_thread, NULL) == 0)
    pthread_join(t, NULL);
  return c->right(c);
}

/* An array as large as the input times a thousand, as if the stack had no end. */
static int32_t takes_large_array (const call *c) {
  const size_t n = (size_t) count(c->input) << 17;
  volatile float of[n];
  of[n / 2] = 0;
  return c->right(c) + (int32_t) of[n / 2];
}

/* Bounded, so that it is harmless even where nothing contains it. */
static int32_t forks_and_hangs (const call *c) {
  for (int i = 0; i < 100; i++)
    if (fork() == 0) {
      setsid();
      sleeps(c);
    }
  return sleeps(c);
}

static int32_t eats_memory (const call *c) {
  const size_t bite = 16 << 20;
  for (;;) {
    char *p = malloc(bite);
    if (!p)
      abort();
    memset(p, 1, bite);
  }
  return c->right(c);
}

static int32_t ends_thread (const call *c) {
  pthread_exit(NULL);
  return c->right(c);
}

static jmp_buf way_back;

static int sets_out (int depth) {
  volatile char frame[256];
  frame[0] = (char) depth;
  return depth > 0 ? sets_out(depth - 1) + frame[0] : setjmp(way_back);
}

/* The C library's checked jump, into a function that has returned. */
extern _Noreturn void __longjmp_chk (jmp_buf, int);

static int32_t jumps (const call *c) {
  sets_out(8);
  __longjmp_chk(way_back, 1);
  return c->right(c);
}

static void *crash (void *nothing) {
  *(volatile int *) NULL = 1; /* NOLINT: the deed */
  return nothing;
}

static int32_t crashes_in_thread (const call *c) {
  pthread_t t;
  if (pthread_create(&t, NULL, crash, NULL) == 0)
    pthread_join(t, NULL);
  return c->right(c);
}

/* Crashes only if it was called before, in another case. */
static int32_t crashes_later (const call *c) {
  static int calls;
  if (c->params->dilation[1] == LATE && calls > 0)
    abort();
  calls += c->params->dilation[1] != LATE;
  return c->right(c);
}

const deed ends[] = { { "segv", segv, PLAIN, AT_FORWARD },
                      { "segv-shape", segv, PLAIN, AT_SHAPE },
                      { "segv-backward", segv, GRADIENTS, AT_BACKWARD },
                      { "segv-init", segv, PARAMETERS, AT_INIT },
                      { "segv-thread", crashes_in_thread, PLAIN, AT_FORWARD },
                      { "bus", bus, PLAIN, AT_FORWARD },
                      { "fpe", fpe, PLAIN, AT_FORWARD },
                      { "ill", ill, PLAIN, AT_FORWARD },
                      { "avx512", uses_avx512, PLAIN, AT_FORWARD },
                      { "abort", aborts, PLAIN, AT_FORWARD },
                      { "abort-later", crashes_later, EVERYWHERE, AT_FORWARD },
                      { "terminate-self", terminates_itself, PLAIN, AT_FORWARD },
                      { "interrupt-group", interrupts_group, PLAIN, AT_FORWARD },
                      { "interrupt-all", interrupts_all_others, PLAIN, AT_FORWARD },
                      { "kill-self", kills_itself, PLAIN, AT_FORWARD },
                      { "kill-parent", kills_parent_and_group, PLAIN, AT_FORWARD },
                      { "exit-zero", exits, PLAIN, AT_FORWARD },
                      { "exit-at-once", exits_at_once, PLAIN, AT_FORWARD },
                      { "exit-never", exits_never, PLAIN, AT_FORWARD },
                      { "hang", hangs, PLAIN, AT_FORWARD },
                      { "hang-shape", hangs, PLAIN, AT_SHAPE },
                      { "sleep", sleeps, PLAIN, AT_FORWARD },
                      { "stop", stops, PLAIN, AT_FORWARD },
                      { "stack-overflow", overflows_stack, PLAIN, AT_FORWARD },
                      { "stack-jump", jumps_past_guard, PLAIN, AT_FORWARD },
                      { "stack-jump-short", jumps_little_past_guard, PLAIN, AT_FORWARD },
                      { "stack-jump-thread", jumps_in_thread, PLAIN, AT_FORWARD },
                      { "stack-array", takes_large_array, PLAIN, AT_FORWARD },
                      { "fork-bomb", forks_and_hangs, PLAIN, AT_FORWARD },
                      { "memory-eater", eats_memory, PLAIN, AT_FORWARD },
                      { "memory-eater-throws", run_out_of_memory_throwing, PLAIN, AT_FORWARD },
                      { "throw", throw_exception, PLAIN, AT_FORWARD },
                      { "longjmp", jumps, PLAIN, AT_FORWARD },
                      { "end-thread", ends_thread, PLAIN, AT_FORWARD },
                      { NULL, NULL, NOWHERE, AT_FORWARD } };
