/* pretend.h: the pretend device, and what can be wrong with it. */

#ifndef PRETEND_H
#define PRETEND_H

#include "../../../include/conv2d_abi.h"

#include <stdbool.h>

/* An allocation. */
typedef struct block {
  unsigned char *address; /* for kernels */
  unsigned char *inside;  /* for the device itself */
  size_t bytes;           /* 0: none */
} block;

typedef struct device_state {
  DLDevice device;
  size_t lie; /* bytes by which allocations begin elsewhere than promised */
  size_t read_slack; /* what the subject then declares, besides its own */
  bool handles, puts_off, lossy, gone, error_stays;
  const char *error; /* that lasts, or NULL */
} device_state;

extern device_state pretend;

/* A call of the subject below, of one of its functions. */
typedef struct kernel {
  conv2d_params *p;
  int direction; /* CONV2D_FORWARD, CONV2D_BACKWARD or CONV2D_INIT */
  uint64_t seed;
  DLTensor *const *t; /* its tensors in the order of its arguments */
} kernel;

int32_t kernel_run (const kernel *k);       /* while the blocks are open */
int32_t pretend_run_late (const kernel *k); /* opens them for that */
block *pretend_block (const void *p);       /* the allocation that it lies in, or NULL */
int32_t pretend_release (void *memory);
void pretend_lose (void);  /* for good: CONV2D_PRETEND_GONE names a file */
int pretend_stream (void); /* of this thread */

/* ---- deeds.c */

/* Which deed: by the name of the file. May change the table. */
void deed_choose (const char *file, conv2d_memory *table);

bool deed_forbids_allocation (void);
bool deed_fails_copy (int direction);
bool deed_instead (const kernel *k);    /* true: nothing is run now */
int32_t deed_around (const kernel *k);  /* runs the kernel, and what the deed adds to it */
void deed_afterwards (const kernel *k); /* on the host */
void deed_waits (bool everything);

#endif
