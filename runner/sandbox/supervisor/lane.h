/* lane.h: a lane from the inside. */

#ifndef LANE_H
#define LANE_H

#include "spawn.h"
#include "subject.h"

struct lane {
  const subject_options *options;
  backing backing;
  wire *wire; /* the front of the backing */
  process process;
  bool fresh;    /* the worker has run no job yet */
  char **output; /* of each job of the batch, or NULL */
  size_t outputs;
};

/* Starts a worker and waits until the subject is open. The errors of subject_open. */
bool lane_start (lane *l, error *e);

/* How a range of jobs ended. */
typedef enum ending_kind { DONE, DIED, LATE, STOPPED, CANCELLED } ending_kind;

typedef struct ending {
  ending_kind kind;
  message message; /* DIED: how */
  finish finish;   /* DONE */
} ending;

/* Runs jobs [first, first + count) in the present worker. Unless it is DONE and SOUND, the worker
   is gone afterwards. */
ending lane_range (lane *l, purpose what, int64_t first, int64_t count, const atomic_int *cancel);

/* The job that the journal names, if it can be true. */
int64_t lane_in_progress (const lane *l);

/* How the worker ended, as words: "dies by SIGSEGV". */
void ending_describe (const ending *d, char *text, size_t room);

/* Writes into the job how it ended: neither DONE nor CANCELLED (blame.c). */
void blame (const lane *l, job *j, const ending *d);

/* Before a batch of n jobs: nothing is printed yet. */
bool lane_reset_output (lane *l, size_t n);

/* Gives what was printed since the last account to job i, whose worker died. */
void lane_claim_output (lane *l, int64_t i);

/* What is accounted for now, and back to it. */
typedef struct account {
  uint32_t count, end;
} account;

account lane_account (const lane *l);
void lane_drop_output (lane *l, account since);

/* After a batch: fills l->output. */
void lane_collect_output (lane *l);

void lane_forget_output (lane *l);

#endif
