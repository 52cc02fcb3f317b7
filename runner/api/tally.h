/* tally.h: what is counted while the cases of a run stream by, and the table that a script gets. */

#ifndef TALLY_H
#define TALLY_H

#include "cases/xfail.h"
#include "lanes/run.h"

#include <lua.h>

typedef struct tally {
  const spec *spec;
  uint64_t cases, of[VERDICT_COUNT]; /* but for failures that are expected: */
  uint64_t expected;
  uint64_t outputs;
  double max_error;
  uint64_t (*clause)[VERDICT_CLASSES]; /* by index in the spec */
} tally;

/* Starts counting; the room for it is a userdata that stays on the stack. */
void tally_start (tally *t, lua_State *L, const spec *sp);

void tally_count (tally *t, const item *it);

/* Cases by class, without those that were expected to fail. */
void tally_classes (const tally *t, uint64_t class[VERDICT_CLASSES]);

/* Pushes the table that subject:run returns. x: what was expected to fail, or NULL. */
void tally_push (const tally *t, lua_State *L, double seconds, const xfail *x);

#endif
