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

/* What evaluates the expressions of `where`. */
typedef struct evaluator {
  /* Whether the case meets the expression; false, and why, if it can't be evaluated. */
  bool (*meets)(void *context, const char *expression, const test_case *c, bool *met, char *why,
                size_t room);
  void *context;
} evaluator;

/* Accounts for a judged item. If it failed, and is expected to, the reason; else NULL. *e is set
   if an expression can't be evaluated. */
const char *xfail_account (xfail *x, const item *it, const evaluator *ev, error *e);

/* Writes "file:line: reason" of the next stale entry from *i on, and moves *i behind it; false if
   there is none. */
bool xfail_next_stale (const xfail *x, size_t *i, char *text, size_t room);

#endif
