/* expected.h: expressions over the keys of a case, in files of expected failures. */

#ifndef EXPECTED_H
#define EXPECTED_H

#include "api.h"
#include "run/xfail.h"

/* Evaluates an expression on a case of those at cases_index (a suite, a list or a function). False,
   and why, if it is no expression, or fails. The stack is left as it was. */
bool api_meets (lua_State *L, int cases_index, const char *expression, const test_case *c,
                bool *met, char *why, size_t room);

/* Reads a list of failures that are expected of the subject; NULL if path is. Raises what is wrong
 * with it. */
xfail *api_load_expected (lua_State *L, const char *path, const subject *s);

/* Accounts for a judged item, whose case is of those at cases_index. The reason if it failed, and
   is expected to, else NULL. *e is set if an expression can't be evaluated. */
const char *api_expected (lua_State *L, xfail *x, int cases_index, const item *it, error *e);

#endif
