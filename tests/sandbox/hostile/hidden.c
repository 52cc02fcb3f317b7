/* hidden.c: deeds that a subject tries to keep from being seen: faults that it catches itself, what
   it leaves for the end of the process, memory that it keeps, and looks into other processes. */

#include "hostile.h"

#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <unistd.h>

/* ---- faults that the call catches */

static sigjmp_buf before_fault;

static void jump_back (int number) {
  (void) number;
  siglongjmp(before_fault, 1);
}

static float *past_end (const DLTensor *t) {
  return (float *) t->data + count(t);
}

static volatile float sink;

/* Touches an address under a handler that is set and taken back within the call. */
static int touches (volatile float *p, int write) {
  struct sigaction mine = { .sa_handler = jump_back }, old;
  sigaction(SIGSEGV, &mine, &old);
  const int caught = sigsetjmp(before_fault, 1);
  if (!caught && write)
    *p = 1;
  else if (!caught)
    sink = *p;
  sigaction(SIGSEGV, &old, NULL);
  return caught;
}

static int32_t catches_read (const call *c) {
  touches(past_end(c->input), 0);
  return c->right(c);
}

static int32_t catches_write (const call *c) {
  touches(past_end(c->weight), 1);
  return c->right(c);
}

static int32_t catches_by_signal (const call *c) {
  void (*old)(int) = signal(SIGSEGV, jump_back);
  if (!sigsetjmp(before_fault, 1))
    sink = *(volatile float *) past_end(c->input);
  signal(SIGSEGV, old);
  return c->right(c);
}

/* A page of its own, as a collector of garbage protects them: that is its right. */
static int32_t catches_own (const call *c) {
  float *page = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  const int caught = touches(page, 1) + touches(NULL, 0);
  munmap(page, 4096);
  return caught == 2 ? c->right(c) : CONV2D_FAILED;
}

static int32_t leaves_fault_handler (const call *c) {
  signal(SIGSEGV, jump_back);
  return c->right(c);
}

static void *writes_past_end (void *tensor) {
  *past_end(tensor) = 1;
  return NULL;
}

/* In a thread of its own, where the worker has no handler's stack. */
static int32_t writes_in_thread (const call *c) {
  pthread_t t;
  if (pthread_create(&t, NULL, writes_past_end, c->output) == 0)
    pthread_join(t, NULL);
  return c->right(c);
}

/* ---- for the end of the process */

static void nothing (void) {
}

static void nothing_much (int status, void *argument) {
  (void) status;
  (void) argument;
}

static int32_t registers (const call *c) {
  atexit(nothing);
  return c->right(c);
}

static int32_t registers_other (const call *c) {
  on_exit(nothing_much, NULL);
  return c->right(c);
}

static int32_t registers_quick (const call *c) {
  at_quick_exit(nothing);
  return c->right(c);
}

static int32_t registers_once (const call *c) {
  static int done;
  if (!done++)
    atexit(nothing);
  return c->right(c);
}

/* As a library whose parts are loaded when they are needed. */
static int32_t registers_while_warming (const call *c) {
  enum { PARTS = 5 };
  static int parts;
  if (parts++ < PARTS)
    atexit(nothing);
  return c->right(c);
}

/* ---- memory */

static int32_t keeps (const call *c, size_t bytes) {
  void *volatile lost = malloc(bytes);
  return lost ? c->right(c) : CONV2D_FAILED;
}

static int32_t keeps_a_megabyte (const call *c) {
  return keeps(c, 1 << 20);
}

static int32_t keeps_mappings (const call *c) {
  void *p = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return p == MAP_FAILED ? CONV2D_FAILED : c->right(c);
}

/* A workspace that grows with the largest call. */
static int32_t keeps_workspace (const call *c) {
  static void *workspace;
  static size_t room;
  const size_t needed = (size_t) count(c->output) << 14;
  if (needed > room)
    workspace = realloc(workspace, room = needed);
  return workspace ? c->right(c) : CONV2D_FAILED;
}

/* Not a leak: a ring of 100 buffers of a MiB, each of which is made when its turn comes. */
static int32_t fills_ring (const call *c) {
  static void *ring[100];
  static unsigned turn;
  void **mine = &ring[turn++ % (sizeof ring / sizeof *ring)];
  if (!*mine)
    *mine = malloc((size_t) 1 << 20);
  return *mine ? c->right(c) : CONV2D_FAILED;
}

/* The same where each buffer takes its time, as on a busy machine. */
static int32_t fills_ring_slowly (const call *c) {
  static int made;
  if (made++ < 100)
    usleep(40000);
  return fills_ring(c);
}

/* A result of each shape, as libraries keep their plans. */
static int32_t keeps_plans (const call *c) {
  static struct {
    conv2d_params params;
    int64_t elements;
    void *plan;
  } known[4096];
  size_t i = 0;
  while (known[i].plan
         && (memcmp(&known[i].params, c->params, sizeof known[i].params) != 0
             || known[i].elements != count(c->output)))
    i++;
  if (known[i].plan)
    return c->right(c);
  known[i].params = *c->params;
  known[i].elements = count(c->output);
  known[i].plan = malloc(1 << 20);
  return c->right(c);
}

/* Large, and given back each time. */
static int32_t gives_back (const call *c) {
  void *volatile p[8];
  for (int i = 0; i < 8; i++)
    p[i] = malloc((size_t) (i + 1) << 17);
  for (int i = 0; i < 8; i++)
    free(p[i]);
  return c->right(c);
}

/* Adds to sums that hold what malloc gave. They are zeros when they are given back, and those who
   get that memory again are lucky. */
static int32_t adds_to (const call *c, float *sums) {
  float *out = c->output->data;
  const int32_t status = sums ? c->right(c) : CONV2D_FAILED;
  for (int64_t i = 0; i < count(c->output) && status == CONV2D_OK; i++) {
    out[i] += sums[i];
    sums[i] = 0;
  }
  free(sums);
  return status;
}

static int32_t adds_to_unset (const call *c) {
  return adds_to(c, malloc((size_t) count(c->output) * sizeof(float)));
}

static int32_t adds_to_grown (const call *c) {
  float *sums = calloc(4, sizeof *sums);
  return adds_to(c, realloc(sums, (size_t) count(c->output) * sizeof *sums));
}

static int32_t adds_to_zeros (const call *c) {
  const size_t bytes = (size_t) count(c->output) * sizeof(float);
  float *sums = malloc(bytes);
  return adds_to(c, sums ? memset(sums, 0, bytes) : sums);
}

/* ---- other processes */

static int can_open (const char *pid, const char *file) {
  char path[300];
  snprintf(path, sizeof path, "/proc/%.20s/%s", pid, file);
  const int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd >= 0)
    close(fd);
  return fd >= 0;
}

static int is_program (const char *pid) {
  char path[300], name[32] = "";
  snprintf(path, sizeof path, "/proc/%.20s/comm", pid);
  FILE *f = fopen(path, "re");
  if (f && !fgets(name, sizeof name, f))
    name[0] = '\0';
  if (f)
    fclose(f);
  return strcmp(name, "conv2d-cts\n") == 0;
}

static int can_trace (const char *pid) {
  return ptrace(PTRACE_SEIZE, (pid_t) strtol(pid, NULL, 10), NULL, NULL) == 0;
}

static int can_copy (const char *pid) {
  char byte;
  struct iovec here = { &byte, 1 }, there = { (void *) (uintptr_t) &environ, 1 };
  return process_vm_readv((pid_t) strtol(pid, NULL, 10), &here, 1, &there, 1, 0) >= 0
         || can_open(pid, "maps");
}

/* Spoils the answer if it gets into the program that judges it. */
static int32_t looks_at_program (const call *c) {
  int inside = 0;
  int32_t status = c->right(c);
  DIR *d = opendir("/proc");
  for (struct dirent *e; d && (e = readdir(d));)
    if (is_program(e->d_name))
      inside += can_open(e->d_name, "mem") + can_trace(e->d_name) + can_copy(e->d_name);
  if (d)
    closedir(d);
  if (inside)
    *(float *) c->output->data += 1;
  return status;
}

const deed hidden_deeds[] = { { "catch-read", catches_read, PLAIN, AT_FORWARD },
                              { "catch-write", catches_write, PLAIN, AT_FORWARD },
                              { "catch-by-signal", catches_by_signal, PLAIN, AT_FORWARD },
                              { "catch-own", catches_own, PLAIN, AT_FORWARD },
                              { "leave-fault-handler", leaves_fault_handler, PLAIN, AT_FORWARD },
                              { "write-in-thread", writes_in_thread, PLAIN, AT_FORWARD },
                              { "atexit", registers, PLAIN, AT_FORWARD },
                              { "on-exit", registers_other, PLAIN, AT_FORWARD },
                              { "at-quick-exit", registers_quick, PLAIN, AT_FORWARD },
                              { "atexit-once", registers_once, EVERYWHERE, AT_FORWARD },
                              { "atexit-warming", registers_while_warming, EVERYWHERE, AT_FORWARD },
                              { "keep-megabyte", keeps_a_megabyte, PLAIN, AT_FORWARD },
                              { "keep-mappings", keeps_mappings, PLAIN, AT_FORWARD },
                              { "keep-workspace", keeps_workspace, EVERYWHERE, AT_FORWARD },
                              { "fill-ring", fills_ring, EVERYWHERE, AT_FORWARD },
                              { "fill-ring-slowly", fills_ring_slowly, PLAIN, AT_FORWARD },
                              { "keep-plans", keeps_plans, EVERYWHERE, AT_FORWARD },
                              { "give-back", gives_back, EVERYWHERE, AT_FORWARD },
                              { "add-to-unset", adds_to_unset, PLAIN, AT_FORWARD },
                              { "add-to-grown", adds_to_grown, PLAIN, AT_FORWARD },
                              { "add-to-zeros", adds_to_zeros, PLAIN, AT_FORWARD },
                              { "look-at-program", looks_at_program, PLAIN, AT_FORWARD },
                              { NULL, NULL, NOWHERE, AT_FORWARD } };
