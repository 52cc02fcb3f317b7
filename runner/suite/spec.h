/* spec.h: the clauses of specs/conv2d.yaml, as far as the runner needs them. */

#ifndef SPEC_H
#define SPEC_H

#include "call/clause.h"
#include "call/error.h"

#include <stddef.h>

typedef struct spec spec;

/* Reads specs/conv2d.yaml below `root`. */
spec *spec_load (const char *root, error *e);
void spec_free (spec *s);

const clause *spec_find (const spec *s, const char *id); /* or NULL */
size_t spec_count (const spec *s);
const clause *spec_clause (const spec *s, size_t i); /* in the order of the file */

/* Which clause has this very string as its id; spec_count if none has. */
size_t spec_index (const spec *s, const char *id);

#endif
