/* points.c: cases of a slice are counted until a case of another one comes. */

#include "points.h"

#include "report.h"

#include <inttypes.h>
#include <string.h>

static bool is_good (const item *it) {
  verdict_class class = verdict_class_of(it->j.verdict);
  return class == PASSED || class == SKIPPED || (class == FAILED && it->expected);
}

static void tell_case (points *p, const item *it) {
  report_tap(p->to, api_next_point(p->L, is_good(it)), it, p->invocation);
}

/* ": 12 failed, 6,132 passed", without what there is none of. */
static void put_counts (points *p) {
  static const char *const words[] = {
    [PASSED] = "passed", [SKIPPED] = "skipped", [FAILED] = "failed", [BROKEN] = "broken"
  };
  const char *between = ": ";
  for (int class = VERDICT_CLASSES - 1; class >= 0; class --) {
    if (p->of[class])
      fprintf(p->to, "%s%" PRIu64 " %s", between, p->of[class], words[class]);
    between = p->of[class] ? ", " : between;
  }
  if (p->expected)
    fprintf(p->to, "%s%" PRIu64 " failed as expected", between, p->expected);
}

void points_end (points *p) {
  char name[MAX_ID];
  if (!p->slice)
    return;
  suite_slice_name(p->suite, p->slice, name);
  const bool good = !p->of[FAILED] && !p->of[BROKEN];
  report_point(p->to, api_next_point(p->L, good), good, name);
  put_counts(p);
  if (good && !p->of[PASSED] && !p->expected)
    report_skip(p->to, "nothing of it could be judged");
  else
    fputc('\n', p->to);
  p->slice = 0;
}

static void begin (points *p, uint64_t slice) {
  p->slice = slice;
  p->expected = 0;
  memset(p->of, 0, sizeof p->of);
}

static void count (points *p, const item *it) {
  if (it->expected)
    p->expected++;
  else
    p->of[verdict_class_of(it->j.verdict)]++;
}

void points_tell (points *p, const item *it) {
  const verdict_class class = verdict_class_of(it->j.verdict);
  if (it->slice != p->slice) {
    points_end(p);
    begin(p, it->slice);
  }
  if (it->slice)
    count(p, it);
  if (!it->slice || class == FAILED || class == BROKEN)
    tell_case(p, it);
}
