/* report.c: taking over what a worker has written about a job.
   The subject can write there as well. So each number is compared with what the worker may say to
   this question, and an answer with one number that cannot be is no answer. */

#include "lane.h"
#include "sandbox/wire/seal.h"

#include <string.h>

enum { KNOWN_CONDUCT = (LAST_CONDUCT << 1) - 1 };

/* Of what the worker may have answered; what cannot be wrong is not asked. */
static bool is_possible (const job *got) {
  const int32_t ndim = got->tensor[JOB_INPUT].present ? got->tensor[JOB_INPUT].ndim : 0;
  const bool made = got->end == JOB_RETURNED || got->end == JOB_FAULTED;
  return (made || got->end == JOB_NOT_STAGED) && got->end_code == 0 && got->alone == 0
         && (got->output_ndim == 0 || got->output_ndim == ndim)
         && (got->conduct & ~(uint32_t) KNOWN_CONDUCT) == 0 && got->conduct_tensor >= -1
         && got->conduct_tensor < JOB_TENSORS && got->conduct_count >= 0
         && got->address_tensor == -1 && (got->second == 0 || got->second == 1)
         && (got->claims & ~(uint32_t) CONV2D_TRANSFORM) == 0
         && memchr(got->message, '\0', sizeof got->message);
}

static bool is_sealed (const lane *l, const job *got) {
  return got->seal == seal_of(got, got, l->backing.map, SECOND_AWAY);
}

enum { ANSWER_AT = offsetof(job, end), ANSWER_BYTES = offsetof(job, fresh) - ANSWER_AT };

/* Gives *j the answer that stands in the wire, and keeps the one it had. */
static void take_answer (const lane *l, int64_t i, job *j, unsigned char had[static ANSWER_BYTES]) {
  unsigned char *answer = (unsigned char *) j + ANSWER_AT;
  memcpy(had, answer, ANSWER_BYTES);
  memcpy(answer, (const unsigned char *) &l->wire->job[i] + ANSWER_AT, ANSWER_BYTES);
}

static void give_back (job *j, const unsigned char had[static ANSWER_BYTES]) {
  memcpy((unsigned char *) j + ANSWER_AT, had, ANSWER_BYTES);
}

void report_expect (lane *l, int64_t i, const job *j) {
  memcpy(&l->orders->job[i], j, ANSWER_AT);
  l->wire->job[i].end = JOB_NOT_RUN;
}

bool report_receive (const lane *l, int64_t i, job *j) {
  unsigned char had[ANSWER_BYTES];
  take_answer(l, i, j, had);
  if (is_possible(j) && is_sealed(l, j))
    return true;
  give_back(j, had);
  return false;
}

bool report_stands (const lane *l, int64_t i, const job *j) {
  job now = *j;
  unsigned char had[ANSWER_BYTES];
  if (j->end != JOB_RETURNED)
    return true;
  take_answer(l, i, &now, had);
  return now.seal == j->seal && is_sealed(l, &now);
}

void report_receive_conduct (const lane *l, int64_t i, job *j) {
  unsigned char had[ANSWER_BYTES];
  job now = *j;
  if (j->end == JOB_RETURNED && report_receive(l, i, j))
    return;
  take_answer(l, i, &now, had);
  const uint32_t conduct = now.conduct & KNOWN_CONDUCT;
  const bool placed = now.conduct_tensor >= -1 && now.conduct_tensor < JOB_TENSORS;
  note(j, conduct & ~j->conduct, placed ? now.conduct_tensor : -1, placed ? now.conduct_element : 0,
       placed && now.conduct_count > 0 ? now.conduct_count : 0);
}
