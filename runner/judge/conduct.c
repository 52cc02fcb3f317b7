/* conduct.c: calls that did not return, and what calls do besides answering.
   A job keeps the place of the first misconduct only, so a place is named only where there was one
   misconduct. */

#include "parts.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

/* ---- places in words */

/* "just past the end of weight", of a byte counted from the start of a tensor's storage */
static void place_in_words (const job *j, int tensor, int64_t at, char text[static 120]) {
  const int64_t bytes = (int64_t) j->tensor[tensor].bytes;
  const char *name = job_tensor_name(tensor);
  if (at < 0)
    snprintf(text, 120, "%lld bytes before the start of %s", (long long) -at, name);
  else if (at < bytes)
    snprintf(text, 120, "inside of %s", name);
  else if (at == bytes)
    snprintf(text, 120, "just past the end of %s", name);
  else
    snprintf(text, 120, "%lld bytes past the end of %s", (long long) (at - bytes), name);
}

/* ---- ends */

static const char *signal_name (int number) {
  const char *name = sigabbrev_np(number);
  return name ? name : "unknown";
}

/* A fault at a guard page is a read or a write outside a tensor; without that knowledge, and
   anywhere else, it is a crash. */
static verdict signal_verdict (const job *j) {
  if (j->conduct & KEPT_POINTER)
    return V_KEPT_POINTER;
  if (j->conduct & WROTE_OUTSIDE)
    return V_WROTE_OUTSIDE;
  if (j->conduct & WROTE_INPUT)
    return V_WROTE_INPUT;
  if (j->conduct & READ_OUTSIDE)
    return V_READ_OUTSIDE;
  if (j->conduct & MEMORY_ERROR)
    return V_MEMORY_ERROR;
  return j->alone ? V_CRASH : V_CRASH_LATER;
}

static verdict judge_signal (const trial *t, const char *alone) {
  const job *j = t->j;
  const bool addressed = j->end_code == SIGSEGV || j->end_code == SIGBUS;
  const verdict v = signal_verdict(j);
  char where[120] = "far from every tensor";
  if (*j->message)
    return say(t, v, "SIG%s: %s%s", signal_name(j->end_code), j->message, alone);
  if (!addressed)
    return say(t, v, "SIG%s%s", signal_name(j->end_code), alone);
  const int64_t at = (int64_t) j->address;
  const bool near = j->address_tensor >= 0 && j->address_tensor < JOB_TENSORS;
  if (near)
    place_in_words(j, j->address_tensor, at, where);
  const bool inside = near && at >= 0 && at < (int64_t) j->tensor[j->address_tensor].bytes;
  const bool input = near && j->address_tensor <= JOB_GRAD_OUTPUT && j->direction != INIT;
  return say(t, v, "SIG%s %s%s%s", signal_name(j->end_code), where,
             inside && input ? ", which must not be written" : "", alone);
}

/* What was seen of the call before the device reported its error says more than the error. */
static verdict judge_fault (const trial *t) {
  const verdict v = judge_conduct(t);
  return v != V_PASS ? v : say(t, V_CRASH, "the device reports: %s", t->j->message);
}

verdict judge_end (const trial *t) {
  const job *j = t->j;
  const char *alone = j->alone ? "" : "; alone the case does not end so, only after others";
  switch (j->end) {
  case JOB_NOT_RUN: return say(t, V_NOT_RUN, "%s", verdict_sentence(V_NOT_RUN));
  case JOB_RETURNED: return V_PASS;
  case JOB_SIGNALLED: return judge_signal(t, alone);
  case JOB_EXITED: return say(t, V_EXITED, "the subject called exit (%d)%s", j->end_code, alone);
  case JOB_TIMED_OUT:
    return say(t, V_TIMEOUT, "the call %s%s",
               j->end_code ? "stopped itself" : "did not return within the time limit", alone);
  case JOB_GARBLED:
    return say(
        t, V_WROTE_OUTSIDE,
        "the call overwrote the memory in which the worker reports: its report is impossible");
  case JOB_FAULTED: return judge_fault(t);
  case JOB_OUT_OF_MEMORY:
    if (j->conduct & CHANGED_LIMITS)
      return judge_conduct(t); /* which is why */
    return say(t, V_OUT_OF_MEMORY, "%s%s", verdict_sentence(V_OUT_OF_MEMORY), alone);
  default: return say(t, V_THREW, "an exception left the call%s", alone);
  }
}

/* ---- conduct */

/* What a bit of job.conduct means. */
typedef struct offence {
  uint32_t bit;
  verdict verdict;
  const char *tail;  /* what follows "3 of 280 elements of output" */
  const char *words; /* instead of the verdict's own sentence, or NULL */
} offence;

/* The worst first. */
static const offence offences[] = {
  { WROTE_OUTSIDE, V_WROTE_OUTSIDE, NULL, NULL },
  { WROTE_INPUT, V_WROTE_INPUT, "are changed by the call", NULL },
  { WROTE_DESCRIPTOR, V_WROTE_INPUT, NULL,
    "the call changed its parameters, or the shape, the strides or another field of a tensor" },
  { MEMORY_ERROR, V_MEMORY_ERROR, NULL, NULL },
  { WROTE_ON_INVALID, V_WROTE_ON_INVALID, NULL, NULL },
  { KEPT_POINTER, V_KEPT_POINTER, NULL, NULL },
  { READ_OUTSIDE, V_READ_OUTSIDE, "depend on bytes outside of the inputs", NULL },
  { READ_OUTPUT, V_READ_OUTPUT, NULL, NULL },
  { LEFT_UNWRITTEN, V_UNWRITTEN, "are not written", NULL },
  { NOT_THREAD_SAFE, V_NOT_THREAD_SAFE, "differ when other threads call as well", NULL },
  { VARIES, V_VARIES, "differ when the call is repeated", NULL },
  { CHANGED_ROUNDING, V_ENVIRONMENT, NULL,
    "the call left the rounding mode, the flushing of subnormals, the exception masks, the x87 "
    "registers or the direction flag changed" },
  { CHANGED_SIGNALS, V_ENVIRONMENT, NULL,
    "the call left signal handlers, the signal mask or the signal stack changed" },
  { CHANGED_DIRECTORY, V_ENVIRONMENT, NULL, "the call left the current directory changed" },
  { CHANGED_LOCALE, V_ENVIRONMENT, NULL, "the call left the locale changed" },
  { CHANGED_TIMERS, V_ENVIRONMENT, NULL, "the call left a timer behind" },
  { CHANGED_VARIABLES, V_ENVIRONMENT, NULL, "the call left environment variables changed" },
  { CHANGED_LIMITS, V_ENVIRONMENT, NULL,
    "the call left resource limits or the mask of file modes changed" },
  { CHANGED_SCHEDULING, V_ENVIRONMENT, NULL,
    "the call left niceness, scheduling policy or the processors to run on changed" },
  { CLOSED_DESCRIPTORS, V_ENVIRONMENT, NULL, "the call closed descriptors that it had not opened" },
  { OPENED_GUARDS, V_ENVIRONMENT, NULL,
    "the call made memory beside its tensors accessible, or unmapped it" },
  { LEAKED_DESCRIPTORS, V_LEAK, NULL, "the call left file descriptors open" },
  { LEAKED_THREADS, V_LEAK, NULL, "the call left threads running" },
  { LEFT_CHILDREN, V_LEAK, NULL, "the call left child processes" },
  { LEFT_HANDLERS, V_LEAK, NULL, "the call left functions registered by atexit" },
  { LEAKED_MEMORY, V_LEAK, NULL, "the call kept memory, more with each repetition" },
};

/* Whether the job names the tensor that this offence is about. */
static bool has_place (const job *j, const offence *o) {
  return j->conduct == o->bit && j->conduct_tensor >= 0 && j->conduct_tensor < JOB_TENSORS;
}

static verdict say_written (const trial *t, const offence *o) {
  const job *j = t->j;
  char where[120];
  if (j->conduct == o->bit && o->bit == WROTE_OUTSIDE && j->conduct_tensor < 0)
    return say(t, o->verdict, "output_shape writes past the end of its answer");
  if (!has_place(j, o) || j->conduct_count < 1)
    return say(t, o->verdict, "%s", verdict_sentence(o->verdict));
  const int64_t at = j->conduct_element;
  place_in_words(j, j->conduct_tensor, at, where);
  if (at >= 0 && at < (int64_t) j->tensor[j->conduct_tensor].bytes)
    snprintf(where, sizeof where, "between the elements of %s", job_tensor_name(j->conduct_tensor));
  return say(t, o->verdict, "%lld bytes are written %s", (long long) j->conduct_count, where);
}

static verdict say_counted (const trial *t, const offence *o) {
  const job *j = t->j;
  char first[MAX_ELEMENT];
  const place *p = &j->tensor[j->conduct_tensor];
  const shape index = element_indices(p, j->conduct_element);
  index_name(j->conduct_tensor, &index, first);
  return say(t, o->verdict, "%lld of %lld elements of %s %s, first %s",
             (long long) j->conduct_count, (long long) place_count(p),
             job_tensor_name(j->conduct_tensor), o->tail, first);
}

/* Whether a tool has said in words what it saw, of a call that returned or that the device ended.
 */
static bool is_told (const job *j) {
  return *j->message
         && (j->status == CONV2D_OK || (j->end == JOB_FAULTED && j->conduct_tensor < 0));
}

static verdict say_offence (const trial *t, const offence *o) {
  const job *j = t->j;
  if (is_told(j))
    return say(t, o->verdict, "%s", j->message);
  if (o->bit == WROTE_OUTSIDE)
    return say_written(t, o);
  if (o->words)
    return say(t, o->verdict, "%s", o->words);
  if (o->tail && has_place(j, o) && j->conduct_count > 0)
    return say_counted(t, o);
  return say(t, o->verdict, "%s%s%s", verdict_sentence(o->verdict), has_place(j, o) ? ": " : "",
             has_place(j, o) ? job_tensor_name(j->conduct_tensor) : "");
}

/* Without input channels a bias may also be left as the memory was (INIT-5). */
static uint32_t excused (const trial *t) {
  const bool free_bias = t->c->direction == INIT && t->j->params.in_channels == 0;
  return free_bias ? VARIES | LEFT_UNWRITTEN | READ_OUTSIDE | READ_OUTPUT : 0;
}

verdict judge_conduct (const trial *t) {
  const uint32_t conduct = t->j->conduct & ~excused(t);
  for (size_t i = 0; i < sizeof offences / sizeof *offences; i++)
    if (conduct & offences[i].bit)
      return say_offence(t, &offences[i]);
  return V_PASS;
}
