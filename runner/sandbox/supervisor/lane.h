/* lane.h: a lane from the inside. */

#ifndef LANE_H
#define LANE_H

#include "spawn.h"
#include "subject.h"

struct lane {
  const subject_options *options;
  backing backing;
  orders *orders; /* the front of the backing */
  wire *wire;     /* what workers have written: see report.c */
  process process;
  bool fresh;              /* the worker has run no job yet */
  bool opened;             /* a worker of it has had the subject open */
  const atomic_int *hurry; /* of lane_warm, while it waits; else NULL */
  char **output;           /* of each job of the batch, or NULL */
  size_t outputs;
};

/* Conduct bits of what a call may change in the process. */
enum {
  CHANGES = CHANGED_ROUNDING | CHANGED_SIGNALS | CHANGED_DIRECTORY | CHANGED_LOCALE | CHANGED_TIMERS
            | CHANGED_VARIABLES | CHANGED_LIMITS | CHANGED_SCHEDULING | CLOSED_DESCRIPTORS
            | OPENED_GUARDS
};

/* Starts a worker and waits until the subject is open. The errors of subject_open. */
bool lane_start (lane *l, error *e);

/* How a range of jobs ended. */
typedef enum ending_kind { DONE, DIED, LATE, STOPPED, CANCELLED } ending_kind;

typedef struct ending {
  ending_kind kind;
  message message; /* DIED: how */
  finish finish;   /* DONE */
  bool starved;    /* LATE: it had no processor for half of the time */
} ending;

/* Runs jobs [first, first + count) in the present worker. Unless it is DONE and SOUND, the worker
   is gone afterwards. */
ending lane_range (lane *l, purpose what, int64_t first, int64_t count, const atomic_int *cancel);

/* The job that the journal names. False, and the first of the range, if that can't be true: then
   somebody has written there, and nobody knows in which job the worker was. */
bool lane_in_progress (const lane *l, int64_t *which);

/* How the worker ended, as words: "dies by SIGSEGV". */
void ending_describe (const ending *d, char *text, size_t room);

/* Writes into the job how it ended: neither DONE nor CANCELLED (blame.c). */
void blame (const lane *l, job *j, const ending *d);

/* ---- what the worker says of job i (report.c)

   Before it is run: gives the worker the question, and forgets an answer. */
void report_expect (lane *l, int64_t i, const job *j);

/* Takes over the answer into *j, whose question stays as it was asked; false, and *j is as before,
   if there is none, or one that cannot be. */
bool report_receive (const lane *l, int64_t i, job *j);

/* False if somebody has overwritten what was taken over into *j: the answer in the wire, or the
   outputs in the arena. */
bool report_stands (const lane *l, int64_t i, const job *j);

/* Takes over only what the job did besides. */
void report_receive_conduct (const lane *l, int64_t i, job *j);

/* ---- what is printed (output.c)

   Before a batch of n jobs: nothing is printed yet. */
bool lane_reset_output (lane *l, size_t n);

/* Before a worker starts: the account as far as it can be true. */
void lane_mend_output (lane *l);

/* What was printed since the last account, up to the first NUL. */
void lane_last_output (const lane *l, char *text, size_t size);

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
