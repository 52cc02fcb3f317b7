/* machine.h: on what the results of a subject may depend beside its code: the processor, the
   variables of the environment that steer libraries, and what the subject itself says of that. */

#ifndef MACHINE_H
#define MACHINE_H

#include "subject_info.h"

#include <stddef.h>

typedef struct machine {
  char processor[200]; /* the model's name, or "unknown" */
  long processors;
  char features[800];   /* instruction sets beyond the first: "sse4_2 avx avx2 fma", sorted */
  char variables[1200]; /* "OMP_NUM_THREADS=1 DNNL_MAX_CPU_ISA=AVX2", as many as fit */
} machine;

/* Reads it once for each call; on a system without /proc there are no features. */
void machine_read (machine *m);

/* Whether all words of `condition` hold, with spaces between them. A word is a pattern of the
   shell. It holds if a feature of the processor, a variable of the environment with its value, or a
   word of the subject's own line matches it; after '!' if none does. */
bool machine_meets (const machine *m, const subject_info *s, const char *condition);

#endif
