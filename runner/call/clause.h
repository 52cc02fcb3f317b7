/* clause.h: a rule of specs/, as far as the runner needs it. */

#ifndef CLAUSE_H
#define CLAUSE_H

#include "freedom.h"

#include <stdbool.h>

typedef struct clause {
  const char *id;        /* "PAD-4" */
  const char *title;     /* what it says, in a few words */
  const char *file;      /* below specs/, where it is written out: "padding.md" */
  const char *governs;   /* which valid calls it is about: a Lua expression on a case, or NULL */
  const char *not_alone; /* why no mistake breaks this clause and no other, or NULL */
  freedom freedom;
  bool rejects; /* a call that breaks it is CONV2D_INVALID */
  int order;    /* in which rejecting clauses are checked */
} clause;

#endif
