/* interrupt.c: Ctrl-C and the like end the program within a second, and it says what it was doing.
   A run of cases ends in order, so that its log gets its last line. If that takes too long, or if
   the program is doing something else, it ends at once. Workers end when the supervisor's end of
   their socket closes. */

#include "api.h"
#include "progress.h"

#include "call/doing.h"

#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
  MILLISECONDS = 900, /* how long a run has to end in order */
  OVER = SIGVTALRM,
  LIMIT = SIGPROF
};

static timer_t patience, total;
static volatile sig_atomic_t runs; /* under way: api_run_begins to api_run_ends */
static volatile sig_atomic_t asked;

static void say (const char *text) {
  ssize_t ignored = write(STDERR_FILENO, text, strlen(text));
  (void) ignored;
}

static void leave (void) {
  if (progress_on_screen())
    say("\r\033[2K");
  say("conv2d-cts: interrupted while ");
  say(doing_now());
  say(asked ? ", which did not end in time: its log has no last line\n" : "\n");
  _exit(HARNESS);
}

static void on_interrupt (int signal_number) {
  static const struct itimerspec once = { .it_value = { .tv_nsec = MILLISECONDS * 1000000L } };
  if (signal_number == OVER || asked || !runs)
    leave();
  asked = 1;
  run_cancelled = 1;
  timer_settime(patience, 0, &once, NULL);
}

/* The time of a run is over: it ends as if somebody had interrupted it. */
static void on_limit (int signal_number) {
  (void) signal_number;
  if (runs)
    run_cancelled = 1;
}

void api_run_limit (double seconds) {
  struct itimerspec once = { .it_value = { .tv_sec = (time_t) seconds } };
  once.it_value.tv_nsec = (long) ((seconds - (double) once.it_value.tv_sec) * 1e9);
  timer_settime(total, 0, &once, NULL);
}

void api_catch_interrupts (void) {
  struct sigaction a = { .sa_handler = on_interrupt, .sa_flags = (int) SA_RESTART };
  struct sigevent e = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = OVER };
  sigfillset(&a.sa_mask);
  timer_create(CLOCK_MONOTONIC, &e, &patience);
  e.sigev_signo = LIMIT;
  timer_create(CLOCK_MONOTONIC, &e, &total);
  sigaction(SIGINT, &a, NULL);
  sigaction(SIGTERM, &a, NULL);
  sigaction(OVER, &a, NULL);
  a.sa_handler = on_limit;
  sigaction(LIMIT, &a, NULL);
}

void api_run_begins (void) {
  runs++;
}

void api_run_ends (void) {
  api_run_limit(0);
  runs--;
}

/* cts.progress (done, total, failed): how far that is; total and failed may be left out */
int api_progress (lua_State *L) {
  doing_progress(luaL_checkinteger(L, 1), luaL_optinteger(L, 2, 0), luaL_optinteger(L, 3, 0));
  return 0;
}

/* cts.doing (text): what the program is doing, for the message if it is interrupted; nil: nothing
   particular */
int api_doing (lua_State *L) {
  const char *text = luaL_optstring(L, 1, NULL);
  if (text)
    doing("%s", text);
  else
    doing(NULL);
  return 0;
}
