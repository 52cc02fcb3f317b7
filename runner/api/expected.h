/* expected.h: expressions over the keys of a case, in files of expected failures. */

#ifndef EXPECTED_H
#define EXPECTED_H

#include "api.h"

/* Evaluates an expression on a case of those at cases_index (a suite, a list or a function). False,
   and why, if it is no expression, or fails. The stack is left as it was. */
bool api_meets (lua_State *L, int cases_index, const char *expression, const test_case *c,
                bool *met, char *why, size_t room);

#endif
