/* job.h: one call, as supervisor and worker see it. The supervisor writes the question, the worker
   writes the answer. The tensors lie in an arena that both map. The supervisor's own jobs lie
   elsewhere, where no worker can reach them. */

#ifndef JOB_H
#define JOB_H

#include "case.h"
#include "place.h"

/* How a call ended. */
typedef enum job_end {
  JOB_NOT_RUN, /* no answer yet; at the end of a run: the run was interrupted */
  JOB_RETURNED,
  JOB_SIGNALLED,     /* end_code: the signal */
  JOB_EXITED,        /* end_code: the status given to exit () */
  JOB_TIMED_OUT,     /* end_code: 0 running, 1 stopped (SIGSTOP) */
  JOB_OUT_OF_MEMORY, /* died at the memory limit */
  JOB_THREW,         /* a C++ exception left the call, or a longjmp */
  JOB_NOT_STAGED,    /* it was not made: there was no memory to guard its tensors */
  JOB_FAULTED,       /* the device of its tensors reported an error; message: its words */
  JOB_GARBLED        /* it returned, but the worker's report of it is impossible */
} job_end;

/* What the subject did besides that it must not do: bits of job.conduct, each a verdict. */
enum conduct {
  WROTE_OUTSIDE = 1 << 0, /* around a tensor, or between its strided elements */
  WROTE_INPUT = 1 << 1,
  LEFT_UNWRITTEN = 1 << 2,   /* elements of an output kept their prefill in every pass */
  READ_OUTSIDE = 1 << 3,     /* the result depends on the bytes around an input */
  VARIES = 1 << 4,           /* two passes over equal inputs differ in bits */
  KEPT_POINTER = 1 << 5,     /* touched a tensor after the return */
  CHANGED_ROUNDING = 1 << 6, /* rounding mode, FTZ/DAZ, exception masks */
  CHANGED_SIGNALS = 1 << 7,  /* handlers or mask */
  CHANGED_DIRECTORY = 1 << 8,
  CHANGED_LOCALE = 1 << 9,
  LEAKED_DESCRIPTORS = 1 << 10,
  LEAKED_THREADS = 1 << 11,
  LEFT_CHILDREN = 1 << 12,
  WROTE_ON_INVALID = 1 << 13,   /* answered INVALID or UNSUPPORTED, but wrote an output */
  NOT_THREAD_SAFE = 1 << 14,    /* other bits when called from several threads */
  CLOSED_DESCRIPTORS = 1 << 15, /* that it had not opened */
  MEMORY_ERROR = 1 << 16,       /* found by Valgrind or AddressSanitizer: any other error */
  IGNORED_SEED = 1 << 17,       /* init_parameters gave the same for another seed */
  CHANGED_TIMERS = 1 << 18,     /* armed, or made and not deleted */
  CHANGED_VARIABLES = 1 << 19,  /* of the environment */
  CHANGED_LIMITS = 1 << 20,     /* of resources, or the mask of file modes */
  CHANGED_SCHEDULING = 1 << 21, /* niceness, policy, processors */
  READ_OUTPUT = 1 << 22,        /* the result depends on what an output held before */
  WROTE_DESCRIPTOR = 1 << 23,   /* the parameters, or what describes a tensor */
  LEAKED_MEMORY = 1 << 24,      /* more with each repetition */
  LEFT_HANDLERS = 1 << 25,      /* to be called at the end of the process; likewise */
  OPENED_GUARDS = 1 << 26,      /* the pages around a tensor, which fault */
  LAST_CONDUCT = OPENED_GUARDS
};

enum { MAX_FRAMES = 8, MAX_LOADED = 32, LOADED_PATH = 256 };

/* A place in the subject's file, or in one that was loaded with it. */
typedef struct frame {
  uint64_t at;  /* as the symbols of the file count */
  int64_t file; /* 0: the subject's */
} frame;

/* What was new in a call of a subject that is built to tell: see sandbox/worker/coverage.h. */
enum { MAX_COMPARED = 8, MAX_MET = 48 };

/* What the subject compared with a constant of its own: the number may be a size of the call. */
typedef struct comparison {
  int32_t site; /* in its code, positive: some name that it has in every process */
  int32_t constant, number;
} comparison;

typedef struct novelty {
  int32_t edges; /* of its code, that no earlier call had reached */
  int32_t
      compared; /* how many of these numbers it compared something with, as no earlier call had */
  int64_t number[MAX_COMPARED];
  int32_t met; /* how many of these comparisons it made that did not find equality, new or not */
  comparison comparison[MAX_MET];
} novelty;

typedef struct job {
  /* the question */
  conv2d_params params;
  int32_t direction; /* enum direction */
  int32_t layout;
  int32_t offered; /* the tensor for the output has a shape of its own: call all the same */
  uint64_t seed;   /* INIT */
  place tensor[JOB_TENSORS];

  /* the answer */
  int32_t end; /* enum job_end */
  int32_t end_code;
  int32_t alone;        /* 1 if it ended badly and did so again alone, 0 if alone it returned */
  int32_t called;       /* 1 if the function was called; 0: at most output_shape was */
  int32_t shape_status; /* of output_shape */
  int32_t status;       /* of the function, or where it was not called, what stopped it */
  int32_t output_ndim;
  int64_t output_shape[MAX_NDIM]; /* as the subject's output_shape says */
  uint64_t nanoseconds;           /* of the call, first pass */
  uint32_t conduct;
  int32_t conduct_tensor;  /* enum job_tensor: where it was seen first */
  int64_t conduct_element; /* row-major index of an element, or bytes from the storage's start */
  int64_t conduct_count;   /* elements or bytes concerned */
  uint64_t address; /* JOB_SIGNALLED by SIGSEGV or SIGBUS: relative to the nearest tensor ... */
  int32_t address_tensor; /* ... enum job_tensor, or -1 where none is near */
  int32_t second;         /* 1: another alignment gave another answer; both are to be judged */
  uint32_t claims;        /* call_claims, or 0 */
  novelty novelty;
  char message[200]; /* last_error, or "" */
  uint64_t seal;     /* the worker's, over all of the answer (sandbox/wire/seal.h) */

  /* what the supervisor knows of it */
  int32_t fresh;           /* 1 if the worker had made no call before */
  int32_t frames;          /* JOB_SIGNALLED: how many of these are known */
  frame frame[MAX_FRAMES]; /* where, and the callers */
} job;

/* True if the subject writes this tensor. */
bool tensor_is_output (const job *j, int tensor);

/* Elements of all tensors, as far as they are in memory. */
int64_t job_elements (const job *j);

/* Products of the convolution, those with padding too; 0 where there is none. */
int64_t job_products (const job *j);

/* Whether it is a signal by which anybody may end a process. */
bool anybody_sends (int signal);

/* Whether the job ended by a signal that anybody may send: one that kills, or stops, the worker. */
bool job_may_be_struck (const job *j);

/* Notes one kind of misconduct. Only the first note keeps its tensor, element and count. */
void note (job *j, uint32_t conduct, int tensor, int64_t element, int64_t count);

#endif
