/* confirm.c: failed cases once more, alone and after fewer and fewer others. */

#include "confirm.h"

#include "suite/suite.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
  ENOUGH = 8,        /* confirmations of a verdict in a row */
  MOST_SEARCHES = 2, /* for the calls that a failure depends on, in a batch */
  MOST_CULPRITS = 4
};

void judge_answers (const workplace *w, const item *it, const job *j, judgement *out) {
  static const char where[] = "with all buffers aligned to 64 bytes, ";
  judge(&it->c, &it->x, w->info, j, w->arena.base, out);
  if (!j->second || verdict_class_of(out->verdict) != PASSED)
    return;
  job second = *j;
  judgement other;
  for (int i = 0; i < JOB_TENSORS; i++)
    if (tensor_is_output(j, i))
      second.tensor[i].offset += w->arena.second_away;
  judge(&it->c, &it->x, w->info, &second, w->arena.base, &other);
  if (verdict_class_of(other.verdict) == PASSED)
    return;
  *out = other;
  snprintf(out->words, sizeof out->words, "%s%.350s", where, other.words);
}

/* ---- which failures are run once more */

/* Whether running the item alone can show more than is known. A call that ended badly, or was the
   first of its worker, has been tried alone already: it counts only if it ends so after others, or
   if somebody else may have struck it twice. A fault that is found by watching many calls, or by
   calling from many threads, does not show in a single call. */
static bool is_answer (const confirmation *c, const item *it) {
  const job *j = it->job < 0 ? NULL : &c->workplace->job[it->job];
  if (!j || verdict_class_of(it->j.verdict) != FAILED)
    return false;
  if ((j->end != JOB_RETURNED && j->end != JOB_FAULTED) || j->fresh)
    return it->j.verdict == V_CRASH_LATER || job_may_be_struck(j);
  switch (it->j.verdict) {
  case V_NOT_THREAD_SAFE:
  case V_ENVIRONMENT:
  case V_LEAK:
  case V_MEMORY_ERROR: return false;
  default: return true;
  }
}

/* Whether the verdict is about damage around the tensors, which an earlier call may have done. */
static bool is_damage (verdict v) {
  return v == V_WROTE_OUTSIDE || v == V_WROTE_INPUT || v == V_KEPT_POINTER || v == V_UNWRITTEN
         || v == V_WROTE_ON_INVALID;
}

/* ---- once more */

typedef struct retrial {
  const confirmation *confirmation;
  item *it;
  job job;         /* of the item, as it ended last */
  judgement found; /* what that means */
  size_t order[LANE_JOBS];
} retrial;

/* Runs the jobs order[0, n). The last one is the item's own. Returns whether the item fails.
 *good becomes false if the harness fails. */
static bool fails (retrial *r, size_t n, bool *good) {
  const confirmation *c = r->confirmation;
  *good = lane_replay(c->lane, r->order, n, &r->job, c->cancel, c->error);
  if (!*good || r->job.end == JOB_NOT_RUN)
    return false;
  judge_answers(c->workplace, r->it, &r->job, &r->found);
  return verdict_class_of(r->found.verdict) == FAILED;
}

/* Puts into the order the calls `culprit`, and then those from `from` on up to the item. Returns
   how many they are. */
static size_t arrange (retrial *r, const size_t *culprit, size_t culprits, size_t from) {
  const size_t own = (size_t) r->it->job;
  size_t n = 0;
  for (; n < culprits; n++)
    r->order[n] = culprit[n];
  for (size_t i = from; i <= own; i++)
    r->order[n++] = i;
  return n;
}

/* The last call that the item needs in order to fail: if this call and all before it are left out,
   the item passes. Returns the index of the item if it fails after the culprits alone. */
static size_t next_culprit (retrial *r, const size_t *culprit, size_t culprits, bool *good) {
  size_t low = culprits ? culprit[culprits - 1] + 1 : 0, high = (size_t) r->it->job;
  if (fails(r, arrange(r, culprit, culprits, high), good) || !*good)
    return high;
  while (*good && high - low > 1) { /* it fails from `low` on, and passes from `high` on */
    const size_t middle = low + (high - low) / 2;
    if (fails(r, arrange(r, culprit, culprits, middle), good))
      low = middle;
    else
      high = middle;
  }
  return low;
}

/* Finds calls after which the item fails, and returns how many. 0 if even all calls before it in
   its batch do not make it fail, or if more than a few are needed. */
static size_t find_culprits (retrial *r, size_t culprit[static MOST_CULPRITS], bool *good) {
  const size_t own = (size_t) r->it->job;
  if (!fails(r, arrange(r, NULL, 0, 0), good))
    return 0;
  for (size_t n = 0; n < MOST_CULPRITS; n++) {
    culprit[n] = next_culprit(r, culprit, n, good);
    if (!*good)
      return 0;
    if (culprit[n] == own)
      return n;
  }
  return 0;
}

/* ---- what comes of it */

static item *item_of (const confirmation *c, size_t index) {
  for (size_t i = c->from; i < c->to; i++)
    if (c->item[i].job == (int32_t) index)
      return &c->item[i];
  return NULL;
}

/* The ids of the culprits, each in quotes. */
static char *name_culprits (const confirmation *c, const size_t *culprit, size_t n) {
  char *text = calloc(n, MAX_ID + 4);
  for (size_t i = 0, used = 0; text && i < n; i++) {
    const item *it = item_of(c, culprit[i]);
    char id[MAX_ID] = "";
    if (it)
      case_reference(&it->c, id);
    used += (size_t) sprintf(text + used, "%s'%s'", i ? " " : "", id);
  }
  return text;
}

/* Gives the verdict to the call that did the damage. The victim gets the one that it had alone. */
static void blame_other (item *victim, item *other, const judgement *alone) {
  char id[MAX_ID];
  case_reference(&victim->c, id);
  other->j.verdict = victim->j.verdict;
  other->j.clause = victim->j.clause;
  snprintf(other->j.words, sizeof other->j.words, "it shows during the call %.150s: %.200s", id,
           victim->j.words);
  victim->j = *alone;
}

/* Whether the call left something that runs on, and may have written into the tensors of calls
   after it. */
static bool left_running (const confirmation *c, const item *it) {
  return it && it->job >= 0
         && c->workplace->job[it->job].conduct & (LEAKED_THREADS | LEFT_CHILDREN);
}

/* Whether what befell the item may come from what an earlier call left running: from one of the
   culprits, or from any call before it if no culprits are known. */
static bool is_disturbed (const confirmation *c, const item *it, const size_t *culprit, size_t n) {
  for (size_t i = 0; i < n; i++)
    if (left_running(c, item_of(c, culprit[i])))
      return true;
  for (size_t i = c->from; n == 0 && i < c->to; i++)
    if (c->item[i].job < it->job && left_running(c, &c->item[i]))
      return true;
  return false;
}

static void say_later (item *it, size_t culprits) {
  const judgement was = it->j;
  const char *after = culprits == 1 ? "after another call" : "after other calls";
  it->j.verdict = V_WRONG_LATER;
  snprintf(it->j.words, sizeof it->j.words, "alone it passes, but %s it is '%s': %.280s", after,
           verdict_word(was.verdict), was.words);
}

static bool fail_as_struck (const job *j, error *e) {
  const bool stopped = j->end == JOB_TIMED_OUT;
  return fail(e, HARNESS, "a worker was %s (%s), and no call of its batch brings that about again",
              stopped ? "stopped" : "killed", strsignal(stopped ? SIGSTOP : j->end_code));
}

/* Whether a call that somebody else may have struck has both passed alone and been struck alone. */
static bool is_contradicted (const job *first, const job *again) {
  return job_may_be_struck(first) && !first->alone && job_may_be_struck(again);
}

/* Finds the verdict of a case that passes alone. */
static bool depends_on_others (retrial *r, int *searches) {
  size_t culprit[MOST_CULPRITS], n = 0;
  item *it = r->it;
  const judgement alone = r->found;
  bool good = true;
  if (++*searches <= MOST_SEARCHES)
    n = find_culprits(r, culprit, &good);
  item *other = n == 1 ? item_of(r->confirmation, culprit[0]) : NULL;
  if (!good)
    return false;
  const job *first = &r->confirmation->workplace->job[it->job];
  if (is_disturbed(r->confirmation, it, culprit, n)) {
    it->j = alone;
    return true;
  }
  if (n == 0 && *searches <= MOST_SEARCHES && job_may_be_struck(first))
    return fail_as_struck(first, r->confirmation->error);
  if (other && is_damage(it->j.verdict) && verdict_class_of(other->j.verdict) == PASSED) {
    blame_other(it, other, &alone);
    return true;
  }
  if (it->j.verdict != V_CRASH_LATER && it->j.verdict != V_TIMEOUT)
    say_later(it, n);
  if (n)
    it->after = name_culprits(r->confirmation, culprit, n);
  return true;
}

/* ---- the answer that was judged

   Whoever asks about one case alone is shown its answer: it must not be that of a retrial. */

static size_t output_bytes (const job *j) {
  size_t bytes = 0;
  for (int t = 0; t < JOB_TENSORS; t++)
    if (tensor_is_output(j, t))
      bytes += j->tensor[t].bytes;
  return bytes;
}

static void copy_outputs (const confirmation *c, const job *j, unsigned char *kept, bool back) {
  for (int t = 0; t < JOB_TENSORS; t++) {
    unsigned char *in_arena = c->workplace->arena.base + j->tensor[t].offset;
    const size_t bytes = j->tensor[t].bytes;
    if (!tensor_is_output(j, t))
      continue;
    memcpy(back ? in_arena : kept, back ? kept : in_arena, bytes);
    kept += bytes;
  }
}

static bool confirm_all (const confirmation *c) {
  int row[VERDICT_COUNT] = { 0 }, searches = 0;
  for (size_t i = c->from; i < c->to; i++) {
    item *it = &c->item[i];
    if (c->options->isolation != ISOLATE_BATCH || c->options->valgrind || c->options->asan
        || c->options->compute)
      return true;
    const verdict v = it->j.verdict;
    if (!is_answer(c, it) || row[v] == ENOUGH)
      continue;
    retrial r = { .confirmation = c, .it = it, .job = c->workplace->job[it->job] };
    bool good;
    if (fails(&r, arrange(&r, NULL, 0, (size_t) it->job), &good)) {
      if (is_contradicted(&c->workplace->job[it->job], &r.job))
        return fail_as_struck(&r.job, c->error);
      row[v]++;
      if (r.found.verdict != v)
        it->j = r.found;
      continue;
    }
    row[v] = 0;
    if (!good || (r.job.end != JOB_NOT_RUN && !depends_on_others(&r, &searches)))
      return false;
  }
  return true;
}

bool confirm_failures (const confirmation *c) {
  const item *it = &c->item[c->from];
  if (c->to - c->from != 1 || !is_answer(c, it))
    return confirm_all(c);
  const job *j = &c->workplace->job[it->job];
  unsigned char *kept = malloc(output_bytes(j) + 1);
  if (!kept)
    return fail(c->error, HARNESS, "out of memory");
  copy_outputs(c, j, kept, false);
  const bool good = confirm_all(c);
  if (it->j.verdict == V_WRONG_LATER)
    copy_outputs(c, j, kept, true);
  free(kept);
  return good;
}
