/* subject_info.h: what an implementation under test says of itself. */

#ifndef SUBJECT_INFO_H
#define SUBJECT_INFO_H

#include "conv2d_abi.h"

#include "contract.h"

#include <stdbool.h>

enum { MOST_JOBS = 64 }; /* workers of a run at once */

/* What the descriptor says. */
typedef struct subject_info {
  char name[64], version[64], description[200], url[200], environment[400];
  uint32_t claims, own, int32_sums;
  uint64_t read_slack;
  conv2d_capabilities capabilities; /* all 0: nothing declared */
  DLDevice device;                  /* where its tensors are */
  int32_t jobs;                     /* how many workers it wants; 0: it does not say */
  uint32_t functions;               /* 1 << enum direction of each that it has */
  char said[MAX_NUMERICS];          /* numerics, as the descriptor has them */
  bool strict;                      /* as the options say */
  char loading[400];                /* what merely opening it changed in the process, or "" */
  char stated[MAX_NUMERICS];        /* numerics: the options', or else the descriptor's */
  numerics numerics;                /* their meaning */
} subject_info;

#endif
