/* tally.h: what is counted while the cases of a run stream by. */

#ifndef TALLY_H
#define TALLY_H

#include "item.h"
#include "suite/spec.h"

typedef struct tally {
  const spec *spec;
  uint64_t cases, of[VERDICT_COUNT]; /* expected failures are not in `of`, but here: */
  uint64_t expected;
  uint64_t outputs;
  double max_error;
  uint64_t (*clause)[VERDICT_CLASSES]; /* by index in the spec */
} tally;

/* Bytes of memory that counting needs besides the struct. */
size_t tally_room (const spec *sp);

/* Starts counting in `room`, which must outlive the tally. */
void tally_start (tally *t, const spec *sp, void *room);

void tally_count (tally *t, const item *it);

/* Cases by class, without those that were expected to fail. */
void tally_classes (const tally *t, uint64_t class[VERDICT_CLASSES]);

#endif
