/* odd.c: a child that does what its argument says, instead of answering. It answers hello like a
   good child, unless its argument is about hello. It reads a line at a time, and does not parse
   JSON, but only searches it. */

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static long long number_after (const char *line, const char *key) {
  const char *at = strstr(line, key);
  return at ? atoll(at + strlen(key)) : -1;
}

/* The payloads of a call: none but forward's have any. */
static void skip_payloads (const char *line) {
  for (const char *at = line; (at = strstr(at, "\"bytes\":")); at++)
    for (long long n = atoll(at + 8); n > 0; n--)
      getchar();
}

static void greet (const char *deed, long long seq) {
  int protocol = strcmp(deed, "greet-newer") ? 1 : 2;
  const char *jobs = strcmp(deed, "greet-with-jobs") ? "0" : "\"many\"";
  const char *claim = strcmp(deed, "greet-boasting") ? "" : "\"knows-everything\"";
  if (!strcmp(deed, "greet-dying"))
    abort();
  if (!strcmp(deed, "greet-leaving"))
    exit(5);
  if (!strcmp(deed, "greet-babbling"))
    printf("welcome to the odd library\n");
  if (!strcmp(deed, "greet-silent"))
    pause();
  printf("{\"seq\":%lld,\"status\":\"ok\",\"protocol\":%d,\"name\":\"odd\",\"version\":\"1\","
         "\"jobs\":%s,\"claims\":[%s],\"capabilities\":{\"%s\":%s}}\n",
         seq, protocol, jobs, claim, strcmp(deed, "greet-misspelling") ? "directions" : "directons",
         strcmp(deed, "greet-no-list") ? "[\"forward\"]" : "\"forward\"");
}

/* A call of output_shape: the cases all have an input of 4x5 under a kernel of 3x3. */
static void answer_shape (const char *deed, long long seq) {
  const char *shape = strcmp(deed, "short-shape") ? "[1,1,2,3]" : "[1,1,2]";
  const char *status = strcmp(deed, "strange-status") ? "ok" : "perhaps";
  if (!strcmp(deed, "print"))
    printf("computing a shape\n");
  if (!strcmp(deed, "babble"))
    printf("[1, 2, 3\n");
  if (!strcmp(deed, "wrong-seq"))
    seq--;
  printf("{\"seq\":%lld,\"status\":\"%s\",\"shape\":%s,\"bytes\":[]}\n", seq, status, shape);
}

static void answer_forward (const char *deed, long long seq) {
  static const float zeros[6];
  const unsigned bytes = strcmp(deed, "few-bytes") ? sizeof zeros : 20;
  if (!strcmp(deed, "die"))
    raise(SIGSEGV);
  if (!strcmp(deed, "leave"))
    exit(3);
  if (!strcmp(deed, "hang"))
    pause();
  if (!strcmp(deed, "close")) {
    fclose(stdout);
    close(0);
    pause();
  }
  if (!strcmp(deed, "error"))
    printf("{\"seq\":%lld,\"status\":\"error\",\"message\":\"no licence\",\"bytes\":[]}\n", seq);
  else if (!strcmp(deed, "no-bytes"))
    printf("{\"seq\":%lld,\"status\":\"ok\",\"bytes\":[]}\n", seq);
  else {
    printf("{\"seq\":%lld,\"status\":\"ok\",\"bytes\":[%u]}\n", seq, bytes);
    fwrite(zeros, 1, bytes, stdout);
  }
  if (!strcmp(deed, "die-halfway")) {
    printf("{\"seq\":");
    fflush(stdout);
    raise(SIGKILL);
  }
}

int main (int argc, char **argv) {
  static char line[1 << 16];
  const char *deed = argc > 1 ? argv[1] : "";
  while (fgets(line, sizeof line, stdin)) {
    long long seq = number_after(line, "\"seq\":");
    if (strstr(line, "\"op\":\"hello\""))
      greet(deed, seq);
    else if (strstr(line, "\"op\":\"output_shape\""))
      answer_shape(deed, seq);
    else {
      skip_payloads(line);
      answer_forward(deed, seq);
    }
    fflush(stdout);
  }
}
