/* wire.h: what supervisor, keeper and worker share.
   There are two memory files. The supervisor writes the one: orders, then the inputs of the cases;
   a worker can only read it. The worker writes the other: the wire, then the outputs. Whatever
   stands in the second can have been overwritten by a hostile subject, so the supervisor believes
   no number of it without a look (report.c). Both programs map the files one after the other, and
   count the offsets of tensors from the start of the first. */

#ifndef WIRE_H
#define WIRE_H

#include "call/job.h"
#include "call/subject_info.h"
#include "isolation.h"

#include <stdatomic.h>
#include <time.h>

enum {
  SOCKET_FD = 3, /* as the worker finds them when it is executed */
  ORDERS_FD = 4,
  WIRE_FD = 5,
  MAX_JOBS = 256,             /* of a batch */
  TABLE_BYTES = 1 << 20,      /* room for the orders, and for the wire, before the tensors */
  HIDDEN_FD = 700,            /* the worker's own descriptors are moved above this */
  PRINTED_BYTES = 1 << 20,    /* room of the file that stands for descriptors 1 and 2 */
  PRINTED_A_JOB = 4 << 10,    /* kept of what one job prints */
  PRINTED_A_BATCH = 64 << 10, /* kept of what a batch prints */
  MAX_PRINTED = 512,          /* jobs of a batch whose output is kept */
  MAX_EDGES = 1 << 16,
  MAX_NUMBERS = 512
};

/* Exit statuses of a worker that never came to open the subject. */
enum { NO_TOOL = 127, NO_MEMORY = 126, NO_DESCRIPTORS = 125 };

/* What a range of jobs is run for. */
typedef enum purpose {
  ANSWER, /* to get the answers */
  WATCH   /* again, only to see which of them changes the process */
} purpose;

typedef enum message_kind {
  M_RUN,     /* to the worker: the jobs that the wire names */
  M_LOADED,  /* the worker: the subject is open, or wire.load_error says why not */
  M_DONE,    /* the worker: jobs before wire.done are finished; see wire.finish */
  M_ENDED,   /* the keeper: the worker ended; status is si_status, killed: by a signal */
  M_STOPPED, /* the keeper: the worker was stopped by a signal */
  M_NONE,    /* the keeper: no worker could be made; status is errno */
  M_LOST     /* nobody: the keeper is gone, or its socket */
} message_kind;

/* In what state the worker is when it has finished a range. */
typedef enum finish {
  NOT_FINISHED,
  SOUND,
  SPOILT, /* something was left behind that another worker will not have */
  SUSPECT /* one of the jobs from wire.checked on has changed the process: watch them */
} finish;

typedef struct message {
  int32_t kind; /* enum message_kind */
  int32_t killed, status;
} message;

/* Where in the printed text a job's own part stands. */
typedef struct printed {
  int64_t job;
  uint32_t at, length;
  uint32_t cut; /* 1 if there was more */
} printed;

/* What a worker writes down while it dies. */
typedef struct last_words {
  int32_t signal;        /* 0: none */
  int32_t out_of_memory; /* the last allocation had failed */
  int32_t threw;         /* an exception, or a jump, was under way */
  int32_t stack_overflow;
  int32_t attempt;        /* enum attempt: what the faulting instruction was about to do */
  int32_t kept_pointer;   /* the address lies in a tensor of an earlier call */
  int32_t address_tensor; /* as in struct job */
  int64_t address;
  uint8_t code[4]; /* SIGILL: the first bytes of the instruction */
  int32_t frames;
  frame frame[MAX_FRAMES]; /* where in the subject's files it was, and its callers */
} last_words;

typedef enum attempt { ATTEMPT_UNKNOWN, ATTEMPT_READ, ATTEMPT_WRITE, ATTEMPT_EXECUTE } attempt;

/* What one thread of calls is at. */
typedef struct progress {
  _Atomic int64_t job;    /* in progress, or the last that was */
  _Atomic int64_t again;  /* progress_proof () of that: a number that was damaged accuses nobody */
  _Atomic uint64_t since; /* CLOCK_MONOTONIC in ns when the current call began; 0: none */
} progress;

static inline int64_t progress_proof (int64_t number) {
  return (int64_t) (~(uint64_t) number * UINT64_C(0x9e3779b97f4a7c15));
}

static inline void progress_set (progress *p, int64_t number) {
  atomic_store_explicit(&p->again, progress_proof(number), memory_order_relaxed);
  atomic_store_explicit(&p->job, number, memory_order_release);
}

/* From the supervisor to the worker. */
typedef struct orders {
  uint64_t layout; /* WIRE_LAYOUT of the supervisor: the worker must be of the same build */

  /* settings, written once */
  char path[4096];
  char command[4096]; /* of a process, when `path` is the bridge to it; else "" */
  char runtime[256];  /* of AddressSanitizer */
  int32_t isolation, subject_threads, concurrent, paranoid, valgrind, asan;
  int32_t compute;   /* enum compute_tool */
  int32_t heap_fill; /* the byte that fills what malloc gives, with glibc */
  uint64_t memory_limit;
  DLDevice device; /* on which its tensors are to be; of type 0: the subject chooses */

  /* the range to run */
  int64_t first, count;
  int32_t purpose;
  uint32_t excused; /* conduct bits of changes that happen once in a process, and were noted */

  job job[MAX_JOBS]; /* the questions */
} orders;

/* From the worker to the supervisor. */
typedef struct wire {
  /* the subject, written once */
  subject_info info;
  char load_error[800]; /* "" if it is open */
  int32_t no_device;    /* 1 if that is because its device does not work */
  int32_t opening;      /* 1 once the worker is about to open it: from now on its code may run */

  /* the journal */
  progress at[MAX_CONCURRENT]; /* [0] is the worker's own thread */
  _Atomic int32_t crowded;     /* jobs are being called from several threads */
  _Atomic int64_t checked; /* jobs before this one are known to leave the process alone, or not */
  _Atomic int64_t done;    /* jobs before this one are finished */
  _Atomic int32_t finish;  /* enum finish; stands here even if the socket has been closed */
  uint32_t suspected;      /* conduct bits of the change that makes a worker SUSPECT */
  uint32_t excused;        /* as in the orders, and those of this worker */
  last_words last;

  uint32_t printed_end; /* of the text that is accounted for */
  uint32_t printed_count;
  printed printed[MAX_PRINTED];

  job job[MAX_JOBS]; /* the answers, each with a copy of its question */

  /* what only helps to tell more, and stands behind what is judged: who scribbles from the front
     comes to the answers, and is seen */
  char file[MAX_LOADED][LOADED_PATH]; /* what the subject brought, from 1 on; "" is not known */
  unsigned char reached[MAX_EDGES];   /* by any worker: 1 for each edge of the subject's code */
  int64_t compared[MAX_NUMBERS];      /* numbers that it has compared something with; 0: none yet */
} wire;

/* Where the parts lie, in bytes from the start of the orders. Memory costs only once touched. */
#define INPUTS_AT ((size_t) TABLE_BYTES)
#define WIRE_AT ((size_t) 6 << 30)
#define OUTPUTS_AT (WIRE_AT + TABLE_BYTES)
#define OUTPUTS_END ((size_t) 11 << 30)
#define SECOND_AWAY (OUTPUTS_END - OUTPUTS_AT) /* from an output to the same of a second answer */
#define ARENA_END (OUTPUTS_END + SECOND_AWAY)

#define WIRE_LAYOUT ((uint64_t) sizeof(wire) << 40 | (uint64_t) sizeof(orders) << 16 | sizeof(job))

_Static_assert(sizeof(orders) <= TABLE_BYTES && sizeof(wire) <= TABLE_BYTES, "they have room");

/* CLOCK_MONOTONIC in nanoseconds. */
static inline uint64_t monotonic (void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t) t.tv_sec * 1000000000u + (uint64_t) t.tv_nsec;
}

/* The keeper's side (keeper.c): it forks the worker, reports how the worker ended, and leaves no
   process behind. The worker's process goes on in worker_begin (worker.c). */
int keeper_main (void);
int worker_begin (void);

#endif
