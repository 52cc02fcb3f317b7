/* xfail.h: failures that are expected of one subject, from a file (specs/xfail.md).
   An entry is stale if cases that it names have run, and none of them failed. */

#ifndef XFAIL_H
#define XFAIL_H

#include "item.h"
#include "suite/spec.h"

typedef struct xfail xfail;

/* Reads the file, and keeps what is said of the subject s on this machine; NULL and e
 * ("file:line:column: what") if that fails. */
xfail *xfail_load (const char *path, const subject_info *s, const spec *sp, error *e);
void xfail_free (xfail *x); /* NULL is fine */

/* Accounts for a judged item. If it failed, and is expected to, the reason; else NULL. */
const char *xfail_account (xfail *x, const item *it);

/* Writes "file:line: reason" of the next stale entry from *i on, and moves *i behind it; false if
   there is none. */
bool xfail_next_stale (const xfail *x, size_t *i, char *text, size_t room);

#endif
