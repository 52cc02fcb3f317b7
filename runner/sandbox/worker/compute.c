/* compute.c: reading compute-sanitizer's reports.
   It is a process of its own, and prints among what the subject prints, a moment after the kernel
   has ended. Each line begins with the same mark, but may follow on what the subject has printed
   without an end of line; the lines about an error are indented behind it. Older versions put the
   place before the function, or the function before the place. */

#include "compute.h"

#include "printed.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

static const char mark[] = "========= ";

enum {
  WAIT_MICROSECONDS = 20000, /* for the first line of a report */
  STILL_MICROSECONDS = 2000  /* nothing more has been printed for so long: it is whole */
};

/* The text of a line behind the mark, or NULL if it has none. */
static const char *behind_mark (const char *line) {
  const char *at = memmem(line, strcspn(line, "\n"), mark, sizeof mark - 1);
  return at ? at + sizeof mark - 1 : NULL;
}

static bool begins (const char *line, const char *words) {
  return strncasecmp(line, words, strlen(words)) == 0;
}

static const char *next_line (const char *p) {
  const char *end = strchr(p, '\n');
  return end ? end + 1 : p + strlen(p);
}

/* ---- one report */

/* Whether the line is the first of an error's. A warning of a race may be meant so. */
static bool is_error (const char *line) {
  static const char *const kinds[] = { "Invalid ",       "Misaligned ",  "Uninitialized ",
                                       "Barrier error ", "Error: Race ", "Error: Potential ",
                                       "Stack overflow", "Unsupported ", "Internal error ",
                                       "Out-of-range ",  "Device-side ", "Fatal UVM " };
  for (size_t i = 0; line && i < sizeof kinds / sizeof *kinds; i++)
    if (begins(line, kinds[i]))
      return true;
  return false;
}

/* Whether the line says more of the error above it, and is worth its room. */
static bool is_detail (const char *line) {
  static const char *const kinds[] = { "at ", "by thread ", "Address ", "Access ", "and ", "in " };
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
    if (begins(line, kinds[i]))
      return true;
  return false;
}

static void append (char *said, size_t size, const char *line) {
  size_t used = strlen(said);
  snprintf(said + used, size - used, "%s%.*s", used ? ", " : "", (int) strcspn(line, "\n"), line);
}

/* An access beside a tensor; other errors have no such place. */
static uint32_t bit_of (const char *said) {
  const bool outside = strstr(said, "out of bounds") || strstr(said, "is not writable")
                       || strstr(said, "is not readable");
  if (!outside || !strstr(said, "__global__"))
    return MEMORY_ERROR;
  return strstr(said, " read ") ? READ_OUTSIDE : WROTE_OUTSIDE;
}

uint32_t compute_read (const char *text, char *said, size_t size) {
  said[0] = '\0';
  while (*text && !is_error(behind_mark(text)))
    text = next_line(text);
  if (!*text)
    return 0;
  append(said, size, behind_mark(text));
  for (text = next_line(text); *text; text = next_line(text)) {
    const char *line = behind_mark(text);
    const char *words = line ? line + strspn(line, " ") : NULL;
    if (!words || !is_detail(words))
      break;
    append(said, size, words);
  }
  return bit_of(said);
}

/* ---- after a call */

/* Until a report is whole, or none has begun in time. */
static const char *wait_for_report (const wire *w) {
  size_t length = 0;
  for (int waited = 0; waited < WAIT_MICROSECONDS; waited += STILL_MICROSECONDS) {
    const size_t now = strlen(printed_since(w));
    if (now > 0 && now == length)
      break;
    length = now;
    usleep(STILL_MICROSECONDS);
  }
  return printed_since(w);
}

void compute_look (const caller *c, job *j) {
  char said[sizeof j->message];
  const uint32_t bit = compute_read(wait_for_report(c->wire), said, sizeof said);
  if (!bit)
    return;
  memcpy(j->message, said, sizeof said);
  note(j, bit, -1, 0, 0);
}
