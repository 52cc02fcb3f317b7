/* forge.c: deeds to the memory and the socket that the worker shares with the program: forged
   answers, forged progress, forged messages, and wild writes.
   The deeds know how the shared memory is laid out, better than any stranger could. */

#include "hostile.h"

#include "sandbox/wire/wire.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

/* Where the memory file of that name is mapped; NULL if it is not. */
static unsigned char *find_mapping (const char *name) {
  char line[512];
  unsigned char *found = NULL;
  FILE *f = fopen("/proc/self/maps", "re");
  while (f && !found && fgets(line, sizeof line, f))
    if (strstr(line, name))
      found = (unsigned char *) strtoull(line, NULL, 16); /* NOLINT: an address */
  if (f)
    fclose(f);
  return found;
}

static wire *shared (void) {
  static wire *found;
  if (!found)
    found = (wire *) (void *) find_mapping("conv2d-wire");
  return found;
}

static const orders *told (void) {
  return (const orders *) (const void *) find_mapping("conv2d-orders");
}

/* ---- answers that were never given */

static int32_t forges_pass (const call *c) {
  wire *w = shared();
  (void) c;
  for (int i = 0; i < MAX_JOBS; i++) {
    w->job[i].end = JOB_RETURNED;
    w->job[i].status = w->job[i].shape_status = CONV2D_OK;
  }
  atomic_store(&w->done, MAX_JOBS);
  atomic_store(&w->finish, SOUND);
  _exit(0);
}

static int32_t forges_done (const call *c) {
  const orders *o = told();
  (void) c;
  atomic_store(&shared()->done, o->first + o->count);
  atomic_store(&shared()->finish, SOUND);
  _exit(0);
}

/* The journal names a later case: those between have no answer. */
static int32_t forges_progress (const call *c) {
  (void) c;
  atomic_fetch_add(&shared()->at[0].job, 15);
  _exit(0);
}

/* The same, in a way that looks like the worker's own. */
static int32_t forges_proven_progress (const call *c) {
  progress *p = &shared()->at[0];
  (void) c;
  progress_set(p, atomic_load(&p->job) + 15);
  _exit(0);
}

/* All is over, although most was never asked for: no job has an end. */
static int32_t forges_end (const call *c) {
  const orders *o = told();
  wire *w = shared();
  (void) c;
  for (int64_t i = o->first; i < o->first + o->count; i++)
    w->job[i].end = JOB_NOT_RUN;
  progress_set(&w->at[0], o->first + o->count - 1);
  atomic_store(&w->done, o->first + o->count);
  atomic_store(&w->finish, SOUND);
  _exit(0);
}

/* While the shape is asked for. */
static int32_t forges_end_of_shape (const call *c) {
  return forges_end(c);
}

/* The same by the socket, and the worker goes on living. */
static int32_t forges_end_and_waits (const call *c) {
  const message m = { .kind = M_DONE };
  const orders *o = told();
  atomic_store(&shared()->done, o->first + o->count);
  atomic_store(&shared()->finish, SOUND);
  for (int fd = HIDDEN_FD; fd < HIDDEN_FD + 8; fd++)
    send(fd, &m, sizeof m, MSG_NOSIGNAL | MSG_DONTWAIT);
  for (;;)
    pause();
  return c->right(c);
}

/* Nothing is left to do: the count of jobs is what the worker was told, which it cannot write; so
   it says that it looked at all of them, and dies. */
static int32_t forges_look (const call *c) {
  const orders *o = told();
  (void) c;
  atomic_store(&shared()->checked, o->first + o->count);
  atomic_store(&shared()->finish, SUSPECT);
  shared()->suspected = UINT32_MAX;
  shared()->excused = UINT32_MAX;
  raise(SIGKILL);
  return CONV2D_OK;
}

static int32_t forges_message (const call *c) {
  static const int kinds[] = { M_DONE, M_ENDED, M_STOPPED, M_LOADED, 77 };
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
    message m = { .kind = kinds[i], .killed = 1, .status = 9999 };
    for (int fd = HIDDEN_FD; fd < HIDDEN_FD + 8; fd++)
      send(fd, &m, sizeof m, MSG_NOSIGNAL | MSG_DONTWAIT);
  }
  usleep(300000); /* until it has been read */
  return c->right(c);
}

/* ---- wild writes */

static int32_t zeroes_shapes (const call *c) {
  wire *w = shared();
  for (int i = 0; i < MAX_JOBS; i++)
    memset(w->job[i].tensor, 0, sizeof w->job[i].tensor);
  return c->right(c);
}

static int32_t zeroes_answers (const call *c) {
  memset(shared()->job, 0, sizeof shared()->job);
  return c->right(c);
}

static int32_t scribbles (const call *c) {
  memset(shared(), 0xa5, 64 << 10);
  return c->right(c);
}

static int32_t scribbles_everywhere (const call *c) {
  memset(shared(), 0x7f, TABLE_BYTES);
  return c->right(c);
}

/* The outputs of the cases before, which lie in front of our own. */
static int32_t damages_results (const call *c) {
  memset((char *) shared() + TABLE_BYTES, 0x3c, 256);
  return c->right(c);
}

/* Takes the pages out of the file behind the memory. */
static int32_t punches_reports (const call *c) {
  int32_t status = c->right(c);
  madvise(shared(), TABLE_BYTES, MADV_REMOVE);
  return status;
}

/* Every file that is still open is made shorter, and closed to writing for good. */
static int32_t seals_reports (const call *c) {
  int32_t status = c->right(c);
  for (int fd = 3; fd < HIDDEN_FD + 16; fd++) {
    (void) !ftruncate(fd, 0);
    fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SEAL);
  }
  return status;
}

static int32_t writes_orders (const call *c) {
  unsigned char *p = find_mapping("conv2d-orders");
  mprotect(p, TABLE_BYTES, PROT_READ | PROT_WRITE);
  memset(p, 0, 4096);
  return c->right(c);
}

/* ---- words and bits at random, HOSTILE_FLIPS a call, from HOSTILE_SEED */

static uint64_t number (const char *variable, uint64_t otherwise) {
  const char *text = getenv(variable);
  return text ? strtoull(text, NULL, 10) : otherwise;
}

static uint64_t draw (void) {
  static uint64_t state;
  if (!state)
    state = number("HOSTILE_SEED", 1) * 2654435769u + (uint64_t) getpid();
  state = state * 6364136223846793005u + 1442695040888963407u;
  return state >> 20;
}

static void flip (void) {
  static const uint32_t words[] = { 0, 1, 0x7fffffff, 0x80000000, 0xffffffff, 0x40000000 };
  const size_t used = sizeof(wire) + (16 << 10);
  const size_t at = draw() % used;
  unsigned char *p = (unsigned char *) shared() + at;
  if (at >= sizeof(wire))
    p += TABLE_BYTES - sizeof(wire);
  if (draw() % 2)
    *p ^= (unsigned char) (1u << draw() % 8);
  else
    memcpy((void *) ((uintptr_t) p & ~(uintptr_t) 3), &words[draw() % 6], 4);
}

static int32_t flips_bits (const call *c) {
  int32_t status = c->right(c);
  for (uint64_t n = number("HOSTILE_FLIPS", 1); n > 0; n--)
    flip();
  return status;
}

const deed forge_deeds[] = { { "forge-pass", forges_pass, PLAIN, AT_FORWARD },
                             { "forge-done", forges_done, PLAIN, AT_FORWARD },
                             { "forge-progress", forges_progress, PLAIN, AT_FORWARD },
                             { "forge-proven-progress", forges_proven_progress, PLAIN, AT_FORWARD },
                             { "forge-end", forges_end, PLAIN, AT_FORWARD },
                             { "forge-end-and-wait", forges_end_and_waits, PLAIN, AT_FORWARD },
                             { "forge-end-of-shape", forges_end_of_shape, PLAIN, AT_SHAPE },
                             { "punch-reports", punches_reports, PLAIN, AT_FORWARD },
                             { "seal-reports", seals_reports, PLAIN, AT_FORWARD },
                             { "forge-look", forges_look, PLAIN, AT_FORWARD },
                             { "forge-message", forges_message, PLAIN, AT_FORWARD },
                             { "zero-shapes", zeroes_shapes, PLAIN, AT_FORWARD },
                             { "zero-answers", zeroes_answers, PLAIN, AT_FORWARD },
                             { "scribble", scribbles, PLAIN, AT_FORWARD },
                             { "scribble-all", scribbles_everywhere, PLAIN, AT_FORWARD },
                             { "damage-results", damages_results, PLAIN, AT_FORWARD },
                             { "write-orders", writes_orders, PLAIN, AT_FORWARD },
                             { "flip-once", flips_bits, PLAIN, AT_FORWARD },
                             { "flip-always", flips_bits, EVERYWHERE, AT_FORWARD },
                             { NULL, NULL, NOWHERE, AT_FORWARD } };
