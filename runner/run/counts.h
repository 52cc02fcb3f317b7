/* counts.h: what is counted while the cases of a run stream by. */

#ifndef COUNTS_H
#define COUNTS_H

#include "item.h"
#include "suite/spec.h"

typedef struct counts {
  const spec *spec;
  uint64_t cases, of[VERDICT_COUNT]; /* but for failures that are expected: */
  uint64_t expected;
  uint64_t outputs;
  double max_error;
  uint64_t (*clause)[VERDICT_CLASSES]; /* by index in the spec */
} counts;

/* Bytes of memory that counting needs besides the struct. */
size_t counts_room (const spec *sp);

/* Starts counting in `room`, which must outlive the counts. */
void counts_start (counts *t, const spec *sp, void *room);

void counts_add (counts *t, const item *it);

/* Cases by class, without those that were expected to fail. */
/* Whether a case has no verdict, whatever the reason: such a run was not a whole one. */
bool counts_lack (const counts *t);

void counts_classes (const counts *t, uint64_t class[VERDICT_CLASSES]);

#endif
