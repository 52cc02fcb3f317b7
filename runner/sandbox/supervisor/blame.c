/* blame.c: how a job ended whose worker is gone.
   The keeper reports how the worker ended, and the worker has left its last words. */

#include "lane.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

/* A fault beside a tensor is a read or a write out of it, and one in an input a write to what can
   only be read; the judge says where. Else a tensor is where the host cannot touch it. */
static void blame_access (job *j, const last_words *last) {
  int t = last->address_tensor;
  bool inside = last->address >= 0 && last->address < (int64_t) j->tensor[t].bytes;
  j->address = (uint64_t) last->address;
  j->address_tensor = t;
  if (last->attempt == ATTEMPT_WRITE && !inside)
    note(j, WROTE_OUTSIDE, t, last->address, 0);
  else if (last->attempt == ATTEMPT_WRITE && !tensor_is_output(j, t))
    note(j, WROTE_INPUT, t, last->address, 0);
  else if (last->attempt == ATTEMPT_READ && !inside)
    note(j, READ_OUTSIDE, t, last->address, 0);
}

/* Instructions with this first byte are AVX-512's. */
static bool is_avx512 (const last_words *last) {
  return last->signal == SIGILL && last->code[0] == 0x62;
}

static void blame_cause (const lane *l, job *j, const last_words *last) {
  bool located = last->address_tensor >= 0 && last->address_tensor < JOB_TENSORS;
  if (last->stack_overflow)
    snprintf(j->message, sizeof j->message, "stack overflow");
  else if (is_avx512(last))
    snprintf(j->message, sizeof j->message, "an AVX-512 instruction, which %s does not know",
             l->options->valgrind ? "Valgrind" : "this processor");
  else if (last->kept_pointer) {
    snprintf(j->message, sizeof j->message, "touched a tensor of an earlier call");
    note(j, KEPT_POINTER, -1, 0, 0);
  } else if (located)
    blame_access(j, last);
}

static void blame_frames (job *j, const last_words *last) {
  j->frames = last->frames < 0 || last->frames > MAX_FRAMES ? 0 : last->frames;
  memcpy(j->frame, last->frame, sizeof j->frame);
}

void lane_file (const lane *l, int64_t file, char path[static LOADED_PATH]) {
  path[0] = '\0';
  if (file > 0 && file < MAX_LOADED)
    memcpy(path, l->wire->file[file], LOADED_PATH);
  path[LOADED_PATH - 1] = '\0';
}

/* Appends the text from `start` to before `end`. */
static void append (job *j, const char *start, const char *end) {
  size_t used = strlen(j->message);
  const char *stop = start ? strstr(start, end) : NULL;
  if (stop)
    snprintf(j->message + used, sizeof j->message - used, "%s%.*s", used ? ", " : "",
             (int) (stop - start), start);
}

/* AddressSanitizer has ended the process, and printed why: the kind, the access, the function. */
static void blame_report (const lane *l, job *j) {
  char text[PRINTED_A_BATCH];
  lane_last_output(l, text, sizeof text);
  const char *report = strstr(text, "AddressSanitizer: ");
  const char *access = report ? strchr(report, '\n') : NULL;
  append(j, report, " on ");
  append(j, access ? access + 1 : NULL, " at ");
  append(j, access ? strstr(access, "in ") : NULL, "\n");
  if (report)
    note(j, MEMORY_ERROR, -1, 0, 0);
}

static void blame_death (const lane *l, job *j, const message *m) {
  const last_words last = l->wire->last;
  j->end = m->killed ? JOB_SIGNALLED : JOB_EXITED;
  j->end_code = m->status;
  if (l->options->compute && last.signal) { /* the tool ends with a status of its own */
    j->end = JOB_SIGNALLED;
    j->end_code = last.signal;
  }
  if (m->kind == M_LOST) {
    j->end = JOB_SIGNALLED;
    j->end_code = SIGKILL;
  }
  if (last.out_of_memory) /* even if it threw: that is how C++ reports it */
    j->end = JOB_OUT_OF_MEMORY;
  else if (last.threw)
    j->end = JOB_THREW;
  else if (l->options->asan && last.signal == SIGABRT)
    blame_report(l, j);
  else if (last.signal) {
    blame_cause(l, j, &last);
    blame_frames(j, &last);
  } else if (m->killed && (m->status == SIGSEGV || m->status == SIGBUS))
    snprintf(
        j->message, sizeof j->message,
        "no handler saw where, as in a thread whose stack has overflowed, or that blocks signals");
}

void blame (const lane *l, job *j, const ending *d) {
  j->end = JOB_TIMED_OUT;
  j->end_code = d->kind == STOPPED;
  j->message[0] = '\0';
  j->address_tensor = -1;
  j->frames = 0;
  if (d->kind == DIED)
    blame_death(l, j, &d->message);
}
