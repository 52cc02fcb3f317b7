/* log.c: what a result log says of the subject before all cases, and of the run after them.
   Without its last line a log is incomplete: log_footer is written whatever happens. */

#include "log.h"

#include <inttypes.h>
#include <time.h>

static void write_text (FILE *to, const char *key, const char *value) {
  fprintf(to, ",\"%s\":\"", key);
  for (; *value; value++)
    fputc(*value < ' ' || *value > '~' || *value == '"' || *value == '\\' ? '?' : *value, to);
  fputc('"', to);
}

void log_header (FILE *to, const subject_info *i, const char *invocation, const char *version) {
  char date[40];
  time_t moment = time(NULL);
  struct tm tm;
  strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&moment, &tm));
  fprintf(to, "{\"format\":\"conv2d-cts result log\",\"version\":1");
  write_text(to, "suite", version);
  write_text(to, "subject", i->name);
  write_text(to, "subject_version", i->version);
  write_text(to, "description", i->description);
  write_text(to, "url", i->url);
  write_text(to, "invocation", invocation);
  write_text(to, "loading", i->loading);
  write_text(to, "date", date);
  fprintf(to, ",\"claims\":%" PRIu32 "}\n", i->claims);
}

void log_footer (FILE *to, const tally *t, double seconds) {
  uint64_t class[VERDICT_CLASSES];
  tally_classes(t, class);
  fprintf(to,
          "{\"end\":true,\"cases\":%" PRIu64 ",\"passed\":%" PRIu64 ",\"skipped\":%" PRIu64
          ",\"failed\":%" PRIu64 ",\"broken\":%" PRIu64 ",\"expected\":%" PRIu64
          ",\"interrupted\":%s,\"seconds\":%.3f}\n",
          t->cases, class[PASSED], class[SKIPPED], class[FAILED], class[BROKEN], t -> expected,
          run_cancelled ? "true" : "false", seconds);
}
