/* offer.h: which calls a subject declares that it offers. */

#ifndef OFFER_H
#define OFFER_H

#include "case.h"
#include "subject_info.h"

/* What of the case the subject leaves out, "dtype", "layout", "padding_mode", "direction" or the
   "function" itself, which it has not; NULL: nothing. A mask of 0 declares nothing. */
const char *subject_leaves_out (const subject_info *s, const test_case *c);

/* The keys of a case that this depends on, NULL at the end. */
extern const char *const offer_keys[];

#endif
