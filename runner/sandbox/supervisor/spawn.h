/* spawn.h: a worker process as the supervisor holds it. */

#ifndef SPAWN_H
#define SPAWN_H

#include "sandbox/wire/wire.h"

/* The memory files and the text file of a lane; they outlive its workers. */
typedef struct backing {
  unsigned char *map;        /* orders and inputs, then wire and outputs: see wire.h */
  int orders, wire, printed; /* descriptors */
  char *text;                /* the text file, mapped */
} backing;

typedef struct process {
  int pid; /* of the keeper; 0: none */
  int socket;
} process;

bool backing_open (backing *b, error *e);
void backing_close (backing *b);

/* Starts keeper and worker on the settings of the wire. Safe in a program with threads. */
bool process_start (process *p, const backing *b, error *e);

/* Ends the worker, whatever it does, and all that it left running. */
void process_stop (process *p);

/* Waits for a message up to `ms` milliseconds; false if none came. The end of the connection is
   the message M_LOST. */
bool process_hear (process *p, int ms, message *m);

/* Tells the worker to run the range that the wire names; false if nobody listens. */
bool process_tell (process *p);

#endif
