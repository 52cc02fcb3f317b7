/* late.c: deeds that are not over when the call returns, or that show in other calls only. */

#include "hostile.h"

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- a thread that the call does not wait for */

typedef struct late_write {
  unsigned char *at;
  size_t bytes;
  int microseconds;
  unsigned char copy[1 << 14];
} late_write;

static void *write_later (void *argument) {
  late_write *e = argument;
  usleep((useconds_t) e->microseconds);
  memcpy(e->at, e->copy, e->bytes);
  free(e);
  return NULL;
}

/* Copies `bytes` bytes as they are now, and writes them to `at` again after a while. */
static void send_out (const void *from, void *at, size_t bytes, int microseconds) {
  pthread_t t;
  late_write *e = malloc(sizeof *e);
  if (!e || bytes > sizeof e->copy)
    abort();
  e->at = at;
  e->bytes = bytes;
  e->microseconds = microseconds;
  memcpy(e->copy, from, bytes);
  if (pthread_create(&t, NULL, write_later, e) == 0)
    pthread_detach(t);
}

static size_t bytes_of (const DLTensor *t) {
  return (size_t) count(t) * t->dtype.bits / 8;
}

/* The same values once more, a moment after the return. */
static int32_t rewrites_soon (const call *c) {
  int32_t status = c->right(c);
  send_out(c->output->data, c->output->data, bytes_of(c->output), 50);
  return status;
}

static int32_t rewrites_later (const call *c) {
  int32_t status = c->right(c);
  send_out(c->output->data, c->output->data, bytes_of(c->output), 3000);
  return status;
}

static int32_t rewrites_much_later (const call *c) {
  int32_t status = c->right(c);
  send_out(c->output->data, c->output->data, bytes_of(c->output), 60000);
  return status;
}

/* Beside the output, where the stage of a later call may be. */
static int32_t writes_outside_later (const call *c) {
  static const char mark[4] = "late";
  int32_t status = c->right(c);
  send_out(mark, (char *) c->output->data - 64, sizeof mark, 4000);
  return status;
}

static void *just_end (void *nothing) {
  usleep(2000);
  return nothing;
}

/* It touches nothing, and is gone soon. */
static int32_t ends_thread_later (const call *c) {
  pthread_t t;
  if (pthread_create(&t, NULL, just_end, NULL) == 0)
    pthread_detach(t);
  return c->right(c);
}

/* ---- a process that answers in the call's stead */

static int32_t answers_by_child (const call *c) {
  pid_t child = fork();
  if (child == 0) {
    c->right(c);
    _exit(0);
  }
  usleep(2000);
  return CONV2D_OK;
}

static int32_t answers_by_child_waited (const call *c) {
  pid_t child = fork();
  if (child == 0) {
    c->right(c);
    _exit(0);
  }
  waitpid(child, NULL, 0);
  return CONV2D_OK;
}

/* ---- a process that shares all memory with its parent, stages too

   It shares the allocator's thread as well, so it must not allocate or free. */

typedef struct sibling {
  unsigned char stack[1 << 16];
  late_write write;
} sibling;

static int write_in_sibling (void *argument) {
  const late_write *e = argument;
  usleep((useconds_t) e->microseconds);
  memcpy(e->at, e->copy, e->bytes);
  return 0;
}

/* Zeroes what is there for as long as it was told, and is refused where the page is closed. */
static int scribble_in_sibling (void *argument) {
  const late_write *e = argument;
  const int zeroes = open("/dev/zero", O_RDONLY);
  for (int left = e->microseconds; left > 0; left -= 50) {
    if (read(zeroes, e->at, e->bytes) < 0)
      sched_yield();
    usleep(50);
  }
  return 0;
}

static void send_sibling (int (*act)(void *), const call *c, int microseconds) {
  static sibling all[32];
  static int sent;
  sibling *s = &all[sent++ % 32];
  if (bytes_of(c->output) > sizeof s->write.copy)
    abort();
  s->write = (late_write){ c->output->data, bytes_of(c->output), microseconds, { 0 } };
  memcpy(s->write.copy, c->output->data, s->write.bytes);
  if (clone(act, s->stack + sizeof s->stack, CLONE_VM | SIGCHLD, &s->write) < 0)
    abort();
}

/* It writes the answer after the call. */
static int32_t answers_by_sibling (const call *c) {
  int32_t status = c->right(c);
  send_sibling(write_in_sibling, c, 1000);
  memset(c->output->data, 0, bytes_of(c->output));
  return status;
}

/* It spoils the answers of later calls. */
static int32_t scribbles_by_sibling (const call *c) {
  int32_t status = c->right(c);
  send_sibling(scribble_in_sibling, c, 5000);
  return status;
}

/* The call returns at once, and a thread computes the answer. */
static int32_t answers_by_thread (const call *c) {
  unsigned char *answer = malloc(bytes_of(c->output));
  DLTensor there = *c->output;
  call with = *c;
  there.data = answer;
  with.output = &there;
  int32_t status = c->right(&with);
  send_out(answer, c->output->data, bytes_of(c->output), 1000);
  free(answer);
  return status;
}

/* ---- memory that is never given back: it must not starve the calls after it */

static int32_t leaks (const call *c, void *(*get)(size_t)) {
  void *volatile lost = get((size_t) 4 << 20);
  return lost ? c->right(c) : CONV2D_FAILED;
}

static void *get_zeroes (size_t bytes) {
  return calloc(bytes, 1);
}

static int32_t leaks_memory (const call *c) {
  return leaks(c, malloc);
}

static int32_t leaks_zeroes (const call *c) {
  return leaks(c, get_zeroes);
}

/* ---- right at first */

static int32_t turns_wrong_after (const call *c, int calls) {
  static int made;
  int32_t status = c->right(c);
  if (++made > calls && status == CONV2D_OK && c->output->dtype.bits == 32)
    *(float *) c->output->data += 1;
  return status;
}

static int32_t turns_wrong_at_third (const call *c) {
  return turns_wrong_after(c, 2);
}

static int32_t turns_wrong_at_twentieth (const call *c) {
  return turns_wrong_after(c, 19);
}

static int32_t turns_wrong_at_101st (const call *c) {
  return turns_wrong_after(c, 100);
}

static int32_t turns_wrong_very_late (const call *c) {
  return turns_wrong_after(c, 100000);
}

/* Right, wrong, right: as with two buffers, one of them spoilt. */
static int32_t is_wrong_by_turns (const call *c) {
  static int made;
  int32_t status = c->right(c);
  if (made++ % 2)
    *(float *) c->output->data += 1;
  return status;
}

/* Wrong in one call of 1,000. */
static int32_t is_rarely_wrong (const call *c) {
  static int made;
  int32_t status = c->right(c);
  if (++made % 1000 == 0 && status == CONV2D_OK && c->output->dtype.bits == 32)
    *(float *) c->output->data += 1;
  return status;
}

const deed late_deeds[] = { { "rewrite-soon", rewrites_soon, PLAIN, AT_FORWARD },
                            { "rewrite-later", rewrites_later, PLAIN, AT_FORWARD },
                            { "rewrite-much-later", rewrites_much_later, PLAIN, AT_FORWARD },
                            { "write-outside-later", writes_outside_later, PLAIN, AT_FORWARD },
                            { "thread-ends-later", ends_thread_later, PLAIN, AT_FORWARD },
                            { "child-answers", answers_by_child, PLAIN, AT_FORWARD },
                            { "child-answers-waited", answers_by_child_waited, PLAIN, AT_FORWARD },
                            { "sharing-child-answers", answers_by_sibling, PLAIN, AT_FORWARD },
                            { "sharing-child-scribbles", scribbles_by_sibling, PLAIN, AT_FORWARD },
                            { "thread-answers", answers_by_thread, PLAIN, AT_FORWARD },
                            { "leak-memory", leaks_memory, EVERYWHERE, AT_FORWARD },
                            { "leak-zeroes", leaks_zeroes, EVERYWHERE, AT_FORWARD },
                            { "wrong-at-third", turns_wrong_at_third, EVERYWHERE, AT_FORWARD },
                            { "wrong-at-20th", turns_wrong_at_twentieth, EVERYWHERE, AT_FORWARD },
                            { "wrong-at-101st", turns_wrong_at_101st, EVERYWHERE, AT_FORWARD },
                            { "wrong-at-100001st", turns_wrong_very_late, EVERYWHERE, AT_FORWARD },
                            { "wrong-by-turns", is_wrong_by_turns, PLAIN, AT_FORWARD },
                            { "rarely-wrong", is_rarely_wrong, EVERYWHERE, AT_FORWARD },
                            { NULL, NULL, NOWHERE, AT_FORWARD } };
