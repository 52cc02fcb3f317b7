/* where.h: the constraints of a sweep, as tables of bits for covering.h.
   A Lua expression is evaluated once for each combination of the axes that it names, when the
   file is read. After that, checking a constraint means reading one bit. */

#ifndef WHERE_H
#define WHERE_H

#include "axis.h"
#include "covering/covering.h"

typedef struct where where;

/* n: the value of `where`: an expression, a list of them, or NULL. budget: whether there will be a
   budget. If so, nothing is allowed before where_set_budget. */
where *where_read (const char *path, const node *n, bool budget, const axis *a, int axes, error *e);
void where_free (where *w);

/* Allows only cases that cost at most `limit` (case_cost). */
void where_set_budget (where *w, const axis *a, int axes, const test_case *base, int64_t limit);

/* Adds constraints that allow only what specs/ allow, so that a covering array consists of valid
   calls: a table over the axes of the geometry, and one over dtype and direction. Call it once. */
bool where_add_validity (where *w, const axis *a, int axes, const test_case *base, error *e);

/* Whether the row meets the expressions and the budget. Validity is not checked. */
bool where_allows (const where *w, const uint16_t *row);

/* All constraints, those of validity included. */
const constraint *where_constraints (const where *w, int *count);

#endif
