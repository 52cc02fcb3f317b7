/* spec.h: the clauses of specs/conv2d.yaml, as far as the runner needs them. */

#ifndef SPEC_H
#define SPEC_H

#include "judge/judge.h"

typedef struct clause {
  const char *id;        /* "PAD-4" */
  const char *title;     /* what it says, in a few words */
  const char *file;      /* below specs/, where it is written out: "padding.md" */
  const char *governs;   /* which valid calls it is about: Lua over the keys of a case, or NULL */
  const char *not_alone; /* why no mistake breaks this clause and no other, or NULL */
  freedom freedom;
  bool rejects; /* a call that breaks it is CONV2D_INVALID */
  int order;    /* in which rejecting clauses are checked */
} clause;

typedef struct spec spec;

/* Reads specs/conv2d.yaml below `root`. */
spec *spec_load (const char *root, error *e);
void spec_free (spec *s);

const clause *spec_find (const spec *s, const char *id); /* or NULL */
size_t spec_count (const spec *s);
const clause *spec_clause (const spec *s, size_t i); /* in the order of the file */

#endif
