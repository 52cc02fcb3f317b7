/* replay.c: some jobs of a batch once more, in a worker that has made no other call. */

#include "lane.h"

/* Jobs [first, first + count). Only what they leave behind matters. */
static bool play (lane *l, int64_t first, int64_t count, const atomic_int *cancel) {
  const ending d = lane_range(l, ANSWER, first, count, cancel);
  return d.kind == DONE && d.finish == SOUND;
}

/* How many of the jobs in `order` from k on stand one after the other in the batch too. */
static size_t run_length (const size_t *order, size_t n, size_t k) {
  size_t length = 1;
  while (k + length < n && order[k + length] == order[k] + length)
    length++;
  return length;
}

bool lane_replay (lane *l, const size_t *order, size_t n, job *j, const atomic_int *cancel,
                  error *e) {
  const int64_t last = (int64_t) order[n - 1];
  bool good = true;
  process_stop(&l->process);
  if (!lane_start(l, e))
    return e->status != HARNESS;
  const account before = lane_account(l);
  j->end = JOB_NOT_RUN;
  for (size_t k = 0, length; good && k < n - 1; k += length) {
    length = run_length(order, n - 1, k);
    good = play(l, (int64_t) order[k], (int64_t) length, cancel);
  }
  if (good) {
    report_expect(l, last, j);
    const ending d = lane_range(l, ANSWER, last, 1, cancel);
    if (!report_receive(l, last, j) && d.kind != DONE && d.kind != CANCELLED)
      blame(l, j, &d);
    if (d.kind == DONE && d.finish == SUSPECT)
      note(j, l->wire->suspected & CHANGES, -1, 0, 0);
  }
  process_stop(&l->process);
  lane_drop_output(l, before);
  return !(cancel && *cancel) || fail(e, HARNESS, "interrupted");
}
