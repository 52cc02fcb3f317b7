/* replies.c: the bridge to a process under test (adapters/pipe.c), with the grammar in the place of
   the process: each request gets the reply that the grammar makes. The process never ends, and it
   greets well whenever it is started anew. What the bridge does when it ends is tested with real
   processes (tests/pipe). */

#include "replies.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static FILE *open_replies (int fd, const char *mode);
static ssize_t take_request (int fd, const void *data, size_t bytes, int flags);
_Noreturn static void give_up (int status);
static int no_sockets (int a, int b, int c, int ends[2]);
static int no_process (void);

#define fdopen open_replies
#define send take_request
#define _exit give_up
#define socketpair no_sockets
#define posix_spawn(...) no_process()
#define kill(...) no_process()
#define waitpid(...) no_process()
#define raise(...) no_process()
#define close(...) no_process()
#define constructor unused             /* the bridge begins when we say so */
#include "../../adapters/pipe_child.c" /* NOLINT: with the functions above */

#include "../../adapters/pipe.c" /* NOLINT */

static struct {
  grammar *g;
  char op[32];
  long long seq;
  bool greets_well;
  size_t at; /* of the reply that is being read */
} peer;

static ssize_t take_request (int fd, const void *data, size_t bytes, int flags) {
  const char *text = data, *op, *seq;
  (void) fd;
  (void) flags;
  if (bytes > 8 && text[0] == '{' && (op = strstr(text, "\"op\":\""))
      && (seq = strstr(text, "\"seq\":"))) {
    snprintf(peer.op, sizeof peer.op, "%.*s", (int) strcspn(op + 6, "\""), op + 6);
    peer.seq = atoll(seq + 6);
    peer.g->length = peer.at = 0;
  }
  return (ssize_t) bytes;
}

/* The reply, and after it whatever is read more: a payload. */
static ssize_t give_reply (void *nothing, char *to, size_t room) {
  grammar *g = peer.g;
  (void) nothing;
  if (!peer.at && peer.greets_well && !strcmp(peer.op, "hello"))
    put(g, "{\"seq\":%lld,\"status\":\"ok\",\"protocol\":1}\n", peer.seq);
  else if (!peer.at)
    make_reply(g, peer.op, peer.seq, !strcmp(peer.op, "output_shape") ? 0 : 24);
  if (!peer.at && getenv("FUZZ_SHOW"))
    fwrite(g->text, 1, g->length, stderr);
  size_t n = 0;
  for (; n < room && (n < 1 || peer.at < g->length); n++, peer.at++)
    to[n] = peer.at < g->length ? g->text[peer.at] : "payload\n"[peer.at % 8];
  return (ssize_t) n;
}

static FILE *open_replies (int fd, const char *mode) {
  (void) fd;
  peer.g->length = peer.at = 0;
  return fopencookie(NULL, mode, (cookie_io_functions_t){ .read = give_reply });
}

static int no_sockets (int a, int b, int c, int ends[2]) {
  (void) a;
  (void) b;
  (void) c;
  ends[0] = ends[1] = -1;
  return 0;
}

static int no_process (void) {
  return 0;
}

/* Nothing that a reply says ends the bridge. */
static void give_up (int status) {
  fprintf(stderr, "the bridge gives up: %d, %s\n", status, child_said());
  abort();
}

static bool call_once (size_t which) {
  int64_t four[4] = { 1, 1, 4, 5 }, shape[4] = { 1, 1, 2, 3 }, kernel[4] = { 1, 1, 3, 3 },
          room[8] = { 0 };
  int64_t steps[3][4] = { { 20, 20, 5, 1 }, { 6, 6, 3, 1 }, { 9, 9, 3, 1 } };
  float x[20] = { 0 }, w[9] = { 0 }, y[6];
  const DLDevice cpu = { kDLCPU, 0 };
  const DLDataType real = { kDLFloat, 32, 1 };
  const conv2d_params p = { .in_channels = 1,
                            .out_channels = 1,
                            .kernel_size = { 3, 3 },
                            .stride = { 1, 1 },
                            .dilation = { 1, 1 },
                            .groups = 1,
                            .device = cpu,
                            .dtype = real };
  const DLTensor in = { x, cpu, 4, real, four, steps[0], 0 },
                 weight = { w, cpu, 4, real, kernel, steps[2], 0 };
  DLTensor out = { y, cpu, 4, real, shape, steps[1], 0 };
  if (which == 0)
    return output_shape(&p, 4, four, room) == CONV2D_OK;
  if (which == 1)
    return forward(&p, &in, &weight, NULL, &out) == CONV2D_OK;
  return init_parameters(&p, 1, &out, NULL) == CONV2D_OK;
}

/* A hello, and some calls if the bridge accepts it; whether it accepted all. */
bool try_replies (grammar *g) {
  peer.g = g;
  peer.greets_well = false;
  json_t *hello = child_start("grammar");
  bool good = hello && fill(hello);
  json_decref(hello);
  peer.greets_well = true;
  for (int i = 0; good && i < 4; i++)
    good = call_once(pick(g, 3));
  if (child.replies)
    fclose(child.replies);
  child.replies = NULL;
  return good;
}
