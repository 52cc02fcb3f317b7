/* pipeline.h: portions of cases through the lanes: prepare, run, judge, in order.
   Each lane is a thread of the supervisor with a worker of its own. The caller fills portions and
   takes them back, judged, in the order in which it gave them. */

#ifndef PIPELINE_H
#define PIPELINE_H

#include "item.h"
#include "sandbox/supervisor/subject.h"
#include "suite/spec.h"

enum { PORTION_CASES = LANE_JOBS, MAX_LANES = MOST_JOBS, DEVICE_LANES = 1 };
enum { MOST_UNDER_WAY = (2 * MAX_LANES + 1) * PORTION_CASES };

typedef struct portion {
  size_t count;
  size_t calls;   /* that were made for them; a case that is not asked has none */
  double seconds; /* that its lane took */
  item item[PORTION_CASES];
  bool failed; /* the harness failed: see error; items without a verdict are `not run` */
  error error;
} portion;

typedef struct run run;

/* Starts `lanes` lanes (0: as many as the subject asks for, or one a processor, or DEVICE_LANES if
   its tensors are on a device). The subject and the spec must outlive the run. */
run *run_open (subject *s, const spec *sp, int lanes, error *e);
void run_close (run *r);

/* From now on items get their `answers`, and controls their `truth`. */
void run_digest_answers (run *r);

/* An empty portion to fill, or NULL if all are under way: collect one first. */
portion *run_empty (run *r);
void run_submit (run *r, portion *b);

/* The oldest portion under way, judged, once it is; NULL if there is none. Give it back with
   run_release. */
portion *run_collect (run *r);
void run_release (run *r, portion *b);

/* The first job of the only lane of a run, and the arena in which its tensors lie, until the next
   portion is submitted. */
job *run_job (run *r, unsigned char **arena);

/* Set by a signal handler: portions end early, their cases `not run`. */
extern atomic_int run_cancelled;

#endif
