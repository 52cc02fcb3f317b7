/* watch.c: comparing and restoring the state of the worker process. */

#include "watch.h"

#include "intercept.h"

#include <dirent.h>
#include <fcntl.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- signals */

/* The C library sets this flag of the kernel by itself. It shows it once it has set an action. */
enum { RESTORER = 0x04000000 };

/* The flags that count: `signal` adds SA_RESTART even where it puts the default back, and most mean
   something to a handler only. */
static int flags_of (const struct sigaction *a) {
  const bool is_handler = a->sa_handler != SIG_DFL && a->sa_handler != SIG_IGN;
  return a->sa_flags & (is_handler ? ~RESTORER : SA_NOCLDSTOP | SA_NOCLDWAIT);
}

/* Signals that the C library keeps to itself cannot be asked about. */
static bool same_action (const struct sigaction *a, const struct sigaction *b) {
  return a->sa_handler == b->sa_handler && flags_of(a) == flags_of(b);
}

static bool same_stack (const stack_t *a, const stack_t *b) {
  const bool none = a->ss_flags & SS_DISABLE;
  return none == !!(b->ss_flags & SS_DISABLE)
         && (none || (a->ss_sp == b->ss_sp && a->ss_size == b->ss_size));
}

static bool signals_changed (const watch *w) {
  struct sigaction now;
  sigset_t mask;
  stack_t stack;
  if (sigaltstack(NULL, &stack) == 0 && !same_stack(&stack, &w->stack))
    return true;
  sigprocmask(SIG_SETMASK, NULL, &mask);
  for (int s = 1; s < SIGNALS; s++)
    if (sigismember(&mask, s) != sigismember(&w->mask, s)
        || (sigaction(s, NULL, &now) == 0 && !same_action(&now, &w->action[s])))
      return true;
  return false;
}

static void read_signals (watch *w) {
  sigprocmask(SIG_SETMASK, NULL, &w->mask);
  sigaltstack(NULL, &w->stack);
  for (int s = 1; s < SIGNALS; s++)
    if (sigaction(s, NULL, &w->action[s]))
      w->action[s] = (struct sigaction){ .sa_handler = SIG_DFL };
}

static void restore_signals (const watch *w) {
  for (int s = 1; s < SIGNALS; s++)
    if (s != SIGKILL && s != SIGSTOP)
      sigaction(s, &w->action[s], NULL);
  sigprocmask(SIG_SETMASK, &w->mask, NULL);
  sigaltstack(&w->stack, NULL);
}

/* ---- working directory and locale */

static bool directory_changed (const watch *w) {
  char now[sizeof w->path];
  return !getcwd(now, sizeof now) || strcmp(now, w->path) != 0;
}

static bool locale_changed (void) {
  const char *now = setlocale(LC_ALL, NULL);
  return !now || strcmp(now, "C") != 0 || uselocale((locale_t) 0) != LC_GLOBAL_LOCALE;
}

static void restore_locale (void) {
  uselocale(LC_GLOBAL_LOCALE);
  setlocale(LC_ALL, "C");
}

uint32_t watch_restore (const watch *w) {
  uint32_t changed = 0;
  if (signals_changed(w)) {
    changed |= CHANGED_SIGNALS;
    restore_signals(w);
  }
  if (directory_changed(w)) {
    changed |= CHANGED_DIRECTORY;
    if (fchdir(w->directory))
      perror("the working directory is lost");
  }
  if (locale_changed()) {
    changed |= CHANGED_LOCALE;
    restore_locale();
  }
  uint32_t others = settings_changed(&w->settings);
  settings_restore(&w->settings, others);
  return changed | others;
}

/* ---- what is left behind */

static int count_entries (const char *path) {
  int n = 0;
  DIR *d = opendir(path);
  while (d && readdir(d))
    n++;
  if (d)
    closedir(d);
  return n;
}

/* Children of all threads; those that nobody has waited for count too. */
static int count_children (void) {
  char path[300];
  int n = 0, child;
  DIR *d = opendir("/proc/self/task");
  for (struct dirent *t; d && (t = readdir(d));) {
    snprintf(path, sizeof path, "/proc/self/task/%s/children", t->d_name);
    FILE *f = t->d_name[0] == '.' ? NULL : fopen(path, "r");
    while (f && fscanf(f, "%d", &child) == 1)
      n++;
    if (f)
      fclose(f);
  }
  if (d)
    closedir(d);
  return n;
}

static snapshot count_all (void) {
  return (snapshot){ count_entries("/proc/self/fd"), count_entries("/proc/self/task"),
                     count_children(), intercepted_exit_handlers() };
}

/* The sixth number counts pages of data and stack. */
uint64_t watch_data (const watch *w) {
  char text[200];
  const ssize_t n = pread(w->memory, text, sizeof text - 1, 0);
  const char *at = text;
  text[n > 0 ? n : 0] = '\0';
  for (int i = 0; at && i < 5; i++)
    at = strchr(at + 1, ' ');
  return at ? strtoull(at, NULL, 10) * (uint64_t) sysconf(_SC_PAGESIZE) : 0;
}

/* A directory of /proc has one link for each thread, and two of its own. */
int watch_threads (int tasks) {
  struct stat s;
  return fstat(tasks, &s) ? 0 : (int) s.st_nlink;
}

static bool have_children (void) {
  siginfo_t info;
  return waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0;
}

static int lowest_free (const watch *w) {
  int fd = fcntl(w->tasks, F_DUPFD, 0);
  if (fd >= 0)
    close(fd);
  return fd;
}

/* What a descriptor is; 0: closed. */
static ino_t identity (int fd) {
  struct stat s;
  return fstat(fd, &s) ? 0 : s.st_ino;
}

/* Another file in their place is as bad as none. */
static bool own_are_open (const watch *w) {
  const int own[] = { w->socket, 1, 2 };
  for (int i = 0; i < 3; i++)
    if (identity(own[i]) != w->own[i])
      return false;
  return true;
}

/* A thread that has been joined takes a moment to vanish. */
static void let_threads_settle (int expected) {
  for (int tries = 0; tries < 40 && count_entries("/proc/self/task") > expected; tries++)
    usleep(tries < 20 ? 50 : 1000);
}

void watch_settle (const watch *w) {
  let_threads_settle(w->snapshot.threads);
}

uint32_t watch_leaks (const watch *w, const snapshot *before, snapshot *now) {
  uint32_t leaks = 0;
  let_threads_settle(before->threads);
  *now = count_all();
  if (now->descriptors > before->descriptors)
    leaks |= LEAKED_DESCRIPTORS;
  if (!own_are_open(w))
    leaks |= CLOSED_DESCRIPTORS;
  if (now->threads > before->threads)
    leaks |= LEAKED_THREADS;
  if (now->children > before->children)
    leaks |= LEFT_CHILDREN;
  if (now->handlers > before->handlers)
    leaks |= LEFT_HANDLERS;
  return leaks;
}

uint32_t watch_glance (const watch *w) {
  uint32_t changed = settings_changed(&w->settings);
  if (signals_changed(w))
    changed |= CHANGED_SIGNALS;
  if (directory_changed(w))
    changed |= CHANGED_DIRECTORY;
  if (locale_changed())
    changed |= CHANGED_LOCALE;
  if (lowest_free(w) != w->free_descriptor)
    changed |= LEAKED_DESCRIPTORS;
  if (!own_are_open(w))
    changed |= CLOSED_DESCRIPTORS;
  if (watch_threads(w->tasks) > w->threads_seen)
    changed |= LEAKED_THREADS;
  if (have_children() && (w->snapshot.children == 0 || count_children() > w->snapshot.children))
    changed |= LEFT_CHILDREN;
  if (intercepted_exit_handlers() > w->snapshot.handlers)
    changed |= LEFT_HANDLERS;
  return changed;
}

void watch_accept (watch *w) {
  read_signals(w);
  settings_accept(&w->settings);
  w->snapshot = count_all();
  w->threads_seen = watch_threads(w->tasks);
  w->free_descriptor = lowest_free(w);
}

/* Opens a file or a directory, and hides it above the descriptors that a subject would use. */
static int open_high (const char *path) {
  int low = open(path, O_RDONLY | O_CLOEXEC);
  int high = fcntl(low, F_DUPFD_CLOEXEC, HIDDEN_FD);
  close(low);
  return high;
}

bool watch_begin (watch *w, int socket) {
  w->socket = socket;
  w->own[0] = identity(socket);
  w->own[1] = identity(1);
  w->own[2] = identity(2);
  w->tasks = open_high("/proc/self/task");
  w->directory = open_high(".");
  w->memory = open_high("/proc/self/statm");
  settings_open(&w->settings);
  if (!getcwd(w->path, sizeof w->path))
    w->path[0] = '\0';
  watch_accept(w);
  return w->tasks >= 0 && w->directory >= 0;
}
