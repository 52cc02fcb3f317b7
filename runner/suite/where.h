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

/* Adds a constraint behind all others: what is_good says of a case made of those axes that the keys
   depend on; nothing else of the case may count. False: too many combinations. where_allows does
   not ask it. */
bool where_add_asked (where *w, const axis *a, int axes, const test_case *base,
                      const char *const *keys, case_test *is_good, const void *context);

/* Whether the constraints from `first` on, to before `end`, allow a row. */
bool where_allows_between (const where *w, int first, int end, const uint16_t *row);

/* How many constraints there are, and taking back those behind the first `count`. */
int where_count (const where *w);
void where_forget (where *w, int count);

/* Whether the row meets the expressions and the budget. Validity is not checked. */
bool where_allows (const where *w, const uint16_t *row);

/* All constraints, those of validity included. */
const constraint *where_constraints (const where *w, int *count);

#endif
