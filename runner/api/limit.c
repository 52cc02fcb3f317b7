/* limit.c: cts.limit: an end to a script that takes too long.
   The first alarm raises an error in the script, so that logs get their last line. If the script
   catches this error, the process ends soon after. */

#include "api.h"

#include <signal.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

enum { GRACE = 2 /* seconds from the error to the end */ };

static lua_State *limited;
static volatile sig_atomic_t alarms;

static void raise_limit (lua_State *L, lua_Debug *at) {
  (void) at;
  lua_sethook(L, NULL, 0, 0);
  error e = { .status = BAD_INPUT, .text = "the script's time limit is over" };
  api_fail(L, &e);
}

static void on_alarm (int signal_number) {
  static const char text[] = "conv2d-cts: the script does not end at its time limit\n";
  (void) signal_number;
  if (alarms++) {
    ssize_t written = write(STDERR_FILENO, text, sizeof text - 1);
    _exit(written < 0 ? HARNESS : BAD_INPUT);
  }
  run_cancelled = 1;
  lua_sethook(limited, raise_limit, LUA_MASKCALL | LUA_MASKRET | LUA_MASKCOUNT, 1);
}

/* cts.limit (seconds) */
int api_limit (lua_State *L) {
  double seconds = luaL_checknumber(L, 1);
  if (!(seconds > 0 && seconds < 1e9))
    return api_usage(L, "limit: a number of seconds above 0 is expected");
  struct itimerval t = { .it_interval = { .tv_sec = GRACE } };
  t.it_value.tv_sec = (time_t) seconds;
  t.it_value.tv_usec = (suseconds_t) ((seconds - (double) t.it_value.tv_sec) * 1e6) + 1;
  if (t.it_value.tv_usec > 999999)
    t.it_value.tv_usec = 999999;
  struct sigaction a = { .sa_handler = on_alarm, .sa_flags = (int) SA_RESTART };
  limited = L;
  sigaction(SIGALRM, &a, NULL);
  setitimer(ITIMER_REAL, &t, NULL);
  return 0;
}
