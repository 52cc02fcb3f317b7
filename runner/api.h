/* api.h: the Lua API: the tables `suite`, `case`, `subject`, `result` and `cts`.
   The commands are scripts on it, and so are a user's. Documented for scripts in runner/API.md. */

#ifndef API_H
#define API_H

#include "run.h"
#include "suite.h"

#include <lauxlib.h>
#include <lua.h>

/* What the whole program shares; one for each Lua state, in its registry. */
typedef struct program {
  const char *root; /* holds specs/, cases/ and runner/commands/ */
  spec *spec;
} program;

/* Registers all tables. */
void api_open (lua_State *L, program *p);
program *api_program (lua_State *L);

/* Raises the error as a table {status = ..., message = ...}. Does not return. */
int api_fail (lua_State *L, const error *e);

/* Raises "argument #n: ..." with status 2. Does not return. */
__attribute__((format(printf, 2, 3))) int api_usage (lua_State *L, const char *format, ...);

/* A key of the options table at `index`, left on the stack top until read: NULL, the fallback or
   false where it is absent; wrong types are usage errors. */
const char *option_string (lua_State *L, int index, const char *key);
double option_number (lua_State *L, int index, const char *key, double fallback);
bool option_true (lua_State *L, int index, const char *key);
int option_word (lua_State *L, int index, const char *key, const char *const *words, int fallback);

/* Each pushes the userdata of a kind, or gets it from the stack. */
void api_push_case (lua_State *L, const test_case *c, int suite_index);
test_case *api_case (lua_State *L, int index);
suite *api_suite (lua_State *L, int index);
/* The next selected case that passes the suite's filter; see suite.load. */
bool api_suite_next (lua_State *L, int suite_index, test_case *c);
void api_suite_begin (lua_State *L, int suite_index);
void api_push_result (lua_State *L, const item *it);
DLTensor *api_tensor (lua_State *L, int index);
DLTensor *api_new_tensor (lua_State *L, DLDataType type, int32_t ndim, const int64_t *dim);
void api_push_tensor (lua_State *L, const DLTensor *from); /* a compact copy */
/* A float64 tensor of the shape of another. */
void api_push_doubles (lua_State *L, const DLTensor *like, const double *values);

/* Each registers one table; `result` and `cts` are made by api_open. */
void api_open_case (lua_State *L);
void api_open_suite (lua_State *L);
void api_open_tensor (lua_State *L);
void api_open_subject (lua_State *L);
void api_open_json (lua_State *L);
void api_open_xml (lua_State *L);

#endif
