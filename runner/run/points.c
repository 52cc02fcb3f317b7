/* points.c: counts the cases of a slice until a case of another slice comes. */

#include "points.h"

#include <inttypes.h>
#include <string.h>

/* ": 12 failed, 6,132 passed". Counts of 0 are left out. */
static void put_counts (points *p) {
  const char *between = ": ";
  for (int class = VERDICT_CLASSES - 1; class >= 0; class --) {
    if (p->of[class])
      fprintf(p->tap->to, "%s%" PRIu64 " %s", between, p->of[class],
              verdict_class_word((verdict_class) class));
    between = p->of[class] ? ", " : between;
  }
  if (p->expected)
    fprintf(p->tap->to, "%s%" PRIu64 " failed as expected", between, p->expected);
}

void points_end (points *p) {
  char name[MAX_ID];
  if (!p->slice)
    return;
  suite_slice_name(p->suite, p->slice, name);
  const bool good = !p->of[FAILED] && !p->of[BROKEN];
  tap_point(p->tap, good, name);
  put_counts(p);
  if (good && !p->of[PASSED] && !p->expected)
    tap_skip(p->tap, "nothing of it could be judged");
  else
    tap_end(p->tap);
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

void points_add (points *p, const item *it) {
  const verdict_class class = verdict_class_of(it->j.verdict);
  if (it->slice != p->slice) {
    points_end(p);
    begin(p, it->slice);
  }
  if (it->slice)
    count(p, it);
  if (!it->slice || class == FAILED || class == BROKEN)
    tap_item(p->tap, it, p->invocation);
}
