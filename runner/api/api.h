/* api.h: the Lua API: the tables `suite`, `case`, `subject`, `tensor`, `oracle` and `cts`.
   The commands are scripts on this API, and so are a user's scripts. runner/API.md documents it. */

#ifndef API_H
#define API_H

#include "run/pipeline.h"
#include "run/counts.h"
#include "run/tap.h"
#include "run/xfail.h"
#include "suite/suite.h"

#include <lauxlib.h>
#include <lua.h>

/* What the whole program shares; one for each Lua state, in its registry. */
typedef struct program {
  const char *root; /* holds specs/, cases/ and runner/lua/ */
  spec *spec;
  tap tap; /* of this program: all its test points */
} program;

/* The largest exit status of a process. Only the low eight bits of a larger number would be left:
   256 would be 0. */
enum { MAX_STATUS = 255 };
bool is_exit_status (lua_Integer status);

#define SUITE_VERSION "0.1.0"

/* Registers all tables. */
void api_open (lua_State *L, program *p);
program *api_program (lua_State *L);

/* Pushes the metatable of a new kind of userdata. A script can neither see nor call what is in it.
   If it could call __gc, it would free an object that is still used. */
void api_new_kind (lua_State *L, const char *kind);
/* Pushes the method of the object at index 1, for its __index; false if it has none of the name. */
bool api_push_method (lua_State *L, const char *name);

/* Raises the error as a table {status =, message =, where =, traceback =}. Does not return. */
__attribute__((noreturn)) int api_fail (lua_State *L, const error *e);

/* Raises "argument #n: ..." with status 2. Does not return. */
__attribute__((noreturn, format(printf, 2, 3))) int api_usage (lua_State *L, const char *format,
                                                               ...);

/* A key of the options table at `index`: NULL, the fallback or false where it is absent; wrong
   types are usage errors. */
const char *option_string (lua_State *L, int index, const char *key);
double option_number (lua_State *L, int index, const char *key, double fallback);
lua_Integer option_integer (lua_State *L, int index, const char *key, lua_Integer fallback);
bool option_true (lua_State *L, int index, const char *key);
bool option_function (lua_State *L, int index, const char *key); /* whether one is there */
int option_word (lua_State *L, int index, const char *key, const char *const *words, int fallback);

/* A usage error if the table at `index` has a key that is not in the list, which ends in NULL.
   what: whose options they are, for the message. */
void option_check (lua_State *L, int index, const char *what, const char *const *keys);

typedef struct lua_subject {
  subject *subject;
  run *single;            /* one lane, for subject:test; opened when first needed */
  const char *invocation; /* the options that open it again, quoted for a shell; a user value */
  struct xfail *expected; /* failures that subject:test passes over, or NULL */
} lua_subject;

lua_subject *api_subject (lua_State *L, int index);
int api_subject_run (lua_State *L);

/* Each pushes the userdata of a kind, or gets it from the stack. */
void api_push_case (lua_State *L, const test_case *c, int suite_index);
test_case *api_case (lua_State *L, int index);
suite *api_suite (lua_State *L, int index);
/* The next selected case that passes the suite's filter; see suite.load. */
bool api_suite_next (lua_State *L, int suite_index, suite_cursor *at, test_case *c);
void api_suite_begin (lua_State *L, int suite_index);
void api_push_result (lua_State *L, const item *it);
/* Sets its `fields`: {{key, text}, ...}, for printing. */
void api_set_fields (lua_State *L, const item *it, const char *invocation);
/* Each sets a field of the table on top of the stack. */
void api_set_number (lua_State *L, const char *key, double v);
void api_set_string (lua_State *L, const char *key, const char *v);
/* Pushes text from outside the program, made printable (call/printable.h). */
void api_push_printable (lua_State *L, const char *text);
void api_push_lines (lua_State *L, const char *text); /* of several lines */
void api_set_integer (lua_State *L, const char *key, lua_Integer v);
/* Pushes a list of integers. */
void api_push_integers (lua_State *L, const int64_t *v, int count);
DLDataType api_dtype (lua_State *L, const char *name); /* a Lua error if there is none */
DLTensor *api_tensor (lua_State *L, int index);
DLTensor *api_new_tensor (lua_State *L, DLDataType type, int32_t ndim, const int64_t *dim);
void api_push_tensor (lua_State *L, const DLTensor *from); /* a compact copy */
/* A float64 tensor of the shape of another. */
void api_push_doubles (lua_State *L, const DLTensor *like, const double *values);

int api_read_shape (lua_State *L, int index, int64_t dim[MAX_NDIM]);

/* Sets the keys of the table at `index` in the case; does not complete it. */
void api_read_keys (lua_State *L, int index, test_case *c);
/* Reads {input = tensor, table or function, ...} from `index`, and replaces the values of m. */
void api_read_values (lua_State *L, int index, const test_case *c, case_meta *m);
/* Copies the values that the old case has (old: NULL for none) and the new one can have. */
void api_inherit_values (lua_State *L, const test_case *c, const case_meta *old, case_meta *m);
const char *api_role_name (role r);
/* Pushes a copy of the case, with the values of the table at `index`. */
void api_push_case_on (lua_State *L, const test_case *from, int index);
int api_case_new (lua_State *L);
int api_case_with (lua_State *L);
int api_case_place (lua_State *L);
int api_push_values (lua_State *L, const test_case *c);

/* oracle.taps and oracle.taps_backward */
int api_taps (lua_State *L);
int api_taps_backward (lua_State *L);

/* Pushes the table that subject:run returns. x: what was expected to fail, or NULL. */
void api_push_counts (lua_State *L, const counts *t, double seconds, const xfail *x);

/* cts.limit, cts.doing, cts.open */
int api_limit (lua_State *L);
int api_open_file (lua_State *L);
int api_exists (lua_State *L);
int api_overwrites (lua_State *L);
int api_same_file (lua_State *L);
int api_doing (lua_State *L);
int api_progress (lua_State *L);

/* From here on SIGINT and SIGTERM end the program within a second. A run of cases, which lies
   between the second and the third function, ends in order; everything else ends at once. */
void api_catch_interrupts (void);
/* Interrupts the run under way after that many seconds; 0: never. */
void api_run_limit (double seconds);
void api_run_begins (void);
void api_run_ends (void);

/* The tables of the suite. */
int api_clauses (lua_State *L);
int api_recipes (lua_State *L);
int api_verdicts (lua_State *L);
int api_dtypes (lua_State *L);
int api_presets (lua_State *L);
int api_numerics (lua_State *L);
int api_bits (lua_State *L);
int api_padding_modes (lua_State *L);

/* Adds methods to the metatable on top of the stack. */
void api_add_arithmetic (lua_State *L);
void api_add_rearranging (lua_State *L);
int api_tensor_cat (lua_State *L);

/* Each registers one table; `result` and `cts` are made by api_open. */
void api_open_case (lua_State *L);
void api_open_suite (lua_State *L);
void api_open_tensor (lua_State *L);
void api_open_subject (lua_State *L);
void api_open_json (lua_State *L);
void api_open_onnx (lua_State *L);
void api_open_xml (lua_State *L);
void api_open_tap (lua_State *L);
void api_open_oracle (lua_State *L);
void api_open_build (lua_State *L);
void api_open_sums (lua_State *L);

#endif
