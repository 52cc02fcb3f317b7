/* keeper.c: the process between supervisor and worker, and the first of its PID namespace.
   It runs no code of the subject. It reports how the worker ended, inherits what the worker leaves
   running, and ends all of that when it ends itself. A subject that signals its parent hits the
   keeper, whom the kernel protects in a namespace. */

#include "sandbox/wire/wire.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static void tell (message_kind kind, const siginfo_t *info) {
  message m = { .kind = (int32_t) kind,
                .killed = info->si_code != CLD_EXITED,
                .status = info->si_status };
  if (send(SOCKET_FD, &m, sizeof m, MSG_NOSIGNAL) < 0)
    _exit(1); /* the supervisor is gone */
}

/* Reaps whatever has ended; false once the worker has. */
static bool worker_lives (pid_t worker) {
  siginfo_t info = { 0 };
  while (waitid(P_ALL, 0, &info, WEXITED | WSTOPPED | WNOHANG) == 0 && info.si_pid) {
    if (info.si_pid == worker && info.si_code == CLD_STOPPED)
      tell(M_STOPPED, &info);
    else if (info.si_pid == worker && info.si_code != CLD_CONTINUED) {
      tell(M_ENDED, &info);
      return false;
    }
    info.si_pid = 0;
  }
  return true;
}

static void noticed (int signal) {
  (void) signal; /* the wait is interrupted: that is all */
}

/* Until the worker ends or the supervisor closes its end of the socket. */
static void keep (pid_t worker, const sigset_t *waiting) {
  struct pollfd supervisor = { .fd = SOCKET_FD };
  while (worker_lives(worker))
    if (ppoll(&supervisor, 1, NULL, waiting) > 0)
      break;
}

/* Without a namespace, nobody but the keeper ends what the worker has left. It kills the children
   that it inherits, as long as there are any, and the process group. A process escapes if it hides
   in a group of its own and forks faster than it can be killed. */
static void kill_leftovers (pid_t worker) {
  char name[64];
  pid_t child;
  kill(worker, SIGKILL);
  snprintf(name, sizeof name, "/proc/self/task/%d/children", (int) getpid());
  for (int rounds = 0; rounds < 1000; rounds++) {
    FILE *f = fopen(name, "r");
    while (f && fscanf(f, "%d", &child) == 1)
      kill(child, SIGKILL);
    if (f)
      fclose(f);
    if (waitpid(-1, NULL, 0) < 0 && errno == ECHILD)
      break;
  }
  kill(0, SIGKILL);
}

int keeper_main (void) {
  struct sigaction on_child = { .sa_handler = noticed };
  sigset_t child, waiting;
  sigemptyset(&child);
  sigaddset(&child, SIGCHLD);
  sigprocmask(SIG_BLOCK, &child, &waiting);
  sigaction(SIGCHLD, &on_child, NULL);
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  pid_t worker = fork();
  if (worker == 0) {
    signal(SIGCHLD, SIG_DFL);
    sigprocmask(SIG_SETMASK, &waiting, NULL);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    _exit(worker_begin());
  }
  close(ORDERS_FD);
  close(WIRE_FD);
  if (worker > 0)
    keep(worker, &waiting);
  else
    tell(M_NONE, &(siginfo_t){ .si_status = errno });
  if (getpid() != 1 && worker > 0)
    kill_leftovers(worker);
  _exit(0); /* as the first of its namespace: the kernel kills the rest */
}
