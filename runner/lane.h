/* lane.h: a lane from the inside. */

#ifndef LANE_H
#define LANE_H

#include "spawn.h"

struct lane {
  const subject_options *options;
  backing backing;
  wire *wire; /* the front of the backing */
  process process;
  bool fresh; /* the worker has run no job yet */
  char **output; /* of each job of the batch, or NULL */
  size_t outputs;
};

/* Starts a worker and waits until the subject is open. The errors of subject_open. */
bool lane_start (lane *l, error *e);

/* Before a batch of n jobs: nothing is printed yet. */
bool lane_reset_output (lane *l, size_t n);

/* Gives what was printed since the last account to job i, whose worker died. */
void lane_claim_output (lane *l, int64_t i);

/* After a batch: fills l->output. */
void lane_collect_output (lane *l);

void lane_forget_output (lane *l);

#endif
