/* pipe_child.c: the bridge's child process: its start, its end, and the lines to and from it. */

#include "pipe_child.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static struct {
  const char *command;
  pid_t pid;
  int socket;
  FILE *replies;
  json_int_t seq;
  char line[LINE]; /* the reply being read */
} child;

static _Thread_local char words[200];

const char *child_said (void) {
  return words;
}

void child_note (const char *text) {
  snprintf(words, sizeof words, "%s", text ? text : "");
}

bool nonsense (const char *format, ...) {
  char what[150];
  va_list args;
  va_start(args, format);
  vsnprintf(what, sizeof what, format, args);
  va_end(args);
  snprintf(words, sizeof words, "the child breaks the protocol: %s", what);
  return false;
}

/* ---- the process */

/* The child has closed its end: this process ends as the child ended. */
static _Noreturn void follow (void) {
  int status = 0;
  fprintf(stderr, "the child has ended: %s\n", child.command);
  waitpid(child.pid, &status, 0);
  errno = 0; /* so that the end does not look like a lack of memory */
  for (int twice = 0; WIFSIGNALED(status) && twice < 2; twice++)
    raise(WTERMSIG(status)); /* again: a handler may have noted the first signal and returned */
  _exit(WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status));
}

/* One socket is the child's standard input and output. Standard error is that of this process. */
static bool spawn (int end) {
  char shell[] = "sh", option[] = "-c", command[LINE];
  char *argv[] = { shell, option, command, NULL };
  posix_spawn_file_actions_t files;
  snprintf(command, sizeof command, "exec %s", child.command); /* so that no shell stays between */
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_adddup2(&files, end, 0);
  posix_spawn_file_actions_adddup2(&files, end, 1);
  int failed = posix_spawn(&child.pid, "/bin/sh", &files, NULL, argv, environ);
  posix_spawn_file_actions_destroy(&files);
  return !failed;
}

static bool start (void) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends))
    return false;
  child.socket = ends[0];
  child.replies = fdopen(ends[0], "r");
  bool good = child.replies && spawn(ends[1]);
  close(ends[1]);
  return good;
}

static void stop (void) {
  kill(child.pid, SIGKILL);
  waitpid(child.pid, NULL, 0);
  fclose(child.replies);
}

void child_put (const void *data, size_t bytes) {
  for (const char *at = data; bytes > 0;) {
    ssize_t n = send(child.socket, at, bytes, MSG_NOSIGNAL);
    if (n < 0 && errno != EINTR)
      follow();
    at += n > 0 ? n : 0;
    bytes -= n > 0 ? (size_t) n : 0;
  }
}

void child_get (void *data, size_t bytes) {
  if (fread(data, 1, bytes, child.replies) != bytes)
    follow();
}

/* ---- lines */

void child_ask (json_t *request) {
  json_object_set_new(request, "seq", json_integer(++child.seq));
  char *line = json_dumps(request, JSON_COMPACT);
  if (!line)
    abort();
  child_put(line, strlen(line));
  child_put("\n", 1);
  free(line);
}

/* Reads the object on the reply's line, and checks its number and status. */
json_t *child_reply (int *status) {
  json_error_t e;
  if (!fgets(child.line, LINE, child.replies))
    follow();
  const size_t length = strcspn(child.line, "\r\n");
  const bool is_cut = length == LINE - 1;
  child.line[length] = '\0';
  json_t *o = json_loads(child.line, JSON_REJECT_DUPLICATES, &e);
  json_t *seq = json_object_get(o, "seq");
  *status = find_word(statuses, json_string_value(json_object_get(o, "status")));
  if (is_cut)
    nonsense("it answers a line of more than %d bytes", LINE - 1);
  else if (!json_is_object(o))
    nonsense("it says '%.80s', which is no JSON object", child.line);
  else if (!json_is_integer(seq) || json_integer_value(seq) != child.seq)
    nonsense("call %lld is answered with seq %lld", (long long) child.seq,
             (long long) json_integer_value(seq));
  else if (*status < 0)
    nonsense("the status is none of ok, unsupported, invalid, error");
  else
    return o;
  json_decref(o);
  return NULL;
}

/* ---- the handshake */

/* {"float32": "<f4", ...}: what a child needs to know of the dtypes that it may be given. */
static json_t *dtype_table (void) {
  json_t *o = json_object();
#define X(name, brief, abi, code, bits, exponent, fraction, infinity, npy)                         \
  json_object_set_new(o, #name, json_string(npy));
  CONV2D_DTYPES(X)
#undef X
  return o;
}

static json_t *greet (void) {
  int status;
  json_t *hello =
      json_pack("{s:s, s:i, s:o}", "op", "hello", "protocol", PROTOCOL, "dtypes", dtype_table());
  child_ask(hello);
  json_decref(hello);
  json_t *o = child_reply(&status);
  if (!o)
    return NULL;
  json_int_t protocol = json_integer_value(json_object_get(o, "protocol"));
  if (status == CONV2D_OK && protocol == PROTOCOL)
    return o;
  nonsense("hello is answered '%s' in protocol %lld, this is protocol %d", statuses[status],
           (long long) protocol, PROTOCOL);
  json_decref(o);
  return NULL;
}

json_t *child_start (const char *command) {
  child.command = command;
  if (start())
    return greet();
  child_note(strerror(errno));
  return NULL;
}

void child_restart (void) {
  stop();
  json_t *hello = child_start(child.command);
  if (!hello)
    _exit(1);
  json_decref(hello);
}
