/* case.h: a case, the unit of the suite: one call and all that determines it.
   A case is a value. Its id names every part that differs from the default, so the id alone makes
   the case again: no file, index or seed is needed besides. */

#ifndef CASE_H
#define CASE_H

#include "conv2d_abi.h"
#include "error.h"
#include "operation.h"
#include "recipe.h"
#include "shape.h"

enum { MAX_ID = 1024 };

/* The value of a key without a default that has not been given yet. No case file or id can write
   this value, and none has it after case_complete. */
#define CASE_NOT_GIVEN INT64_MIN

enum { MAX_THREADS = 64 };

typedef enum layout {
  NCHW,
  NHWC,
  GAPS,
  REVERSED,
  BROADCAST,
  ODD,
  SLICE,
  NHWC_SLICE,
  MIXED,
  CROSSED,
  LAYOUTS
} layout;

/* The tensors that are filled with data: those of enum job_tensor that a subject reads. */
typedef enum role { INPUT, WEIGHT, BIAS, GRAD_OUTPUT, ROLES = JOB_OUTPUT } role;

typedef enum tier { QUICK, FULL, EXHAUSTIVE, MODELS, LARGE, TIERS } tier;

/* Values written out in a case file. */
typedef struct literal {
  int64_t count; /* 0: none given */
  double *value;
} literal;

/* Where a case comes from and what its author says of it; owned by the suite. */
typedef struct case_meta {
  const char *file; /* as given on the command line */
  int line;
  const char *name;            /* within the file */
  const char *const *clauses;  /* ids, NULL at the end */
  const char *rejects;         /* clause that the call breaks, or NULL: it is valid */
  const char *link;            /* of the defect that it guards against, or NULL */
  const char *const *networks; /* that have the layer, NULL at the end; or NULL */
  tier tier;
  shape output;         /* the author's own shape of the output, checked against the oracle */
  literal value[ROLES]; /* instead of the recipe */
  literal want;         /* the author's own output, checked against the oracle ... */
  double within;        /* ... to within this much (0: equal) */
} case_meta;

typedef struct test_case {
  conv2d_params params; /* in_channels as given or that of the input */
  shape input;
  shape weight, bias;                  /* ndim -1: as the parameters imply */
  DLDataType weight_dtype, bias_dtype; /* bits 0: as params.dtype */
  shape offered;                       /* of the tensor for the output; ndim -1: the output's */
  DLDataType offered_dtype;            /* bits 0: as params.dtype */
  DLDataType result_dtype;             /* of output and bias; bits 0: as params.dtype */
  int32_t gradients;                   /* 0: all, else 1 << 0 input, 1 << 1 weight, 1 << 2 bias */
  direction direction;
  layout layout;
  uint8_t recipe[3]; /* of input, weight and bias: index into recipes[] */
  uint64_t seed;
  int64_t threads;       /* that the subject may use: the worker has OMP_NUM_THREADS and the like */
  bool fresh;            /* other data than the case of its name has (selection.fresh) */
  const case_meta *meta; /* NULL for a case made from an id */
} test_case;

/* A question about cases. */
typedef bool case_test (const void *context, const test_case *c);

/* Whether any operand is written out, rather than made by a recipe. */
static inline bool has_literals (const test_case *c) {
  for (int r = 0; c->meta && r < ROLES; r++)
    if (c->meta->value[r].count)
      return true;
  return false;
}

/* The keys of a case: one table that the YAML reader, the id, the Lua API, `--help` and the
   parameter table of specs/ all walk. */
typedef enum key_kind {
  KEY_INT,
  KEY_PAIR,    /* an int stands for both */
  KEY_PADDING, /* a pair, `same` or `valid` */
  KEY_SHAPE,
  KEY_BOOL,
  KEY_WORD,
  KEY_DTYPE,
  KEY_SEED,
  KEY_DATA /* a recipe for each of input, weight and bias; in an id with the seed */
} key_kind;

typedef struct case_key {
  const char *name;  /* as nn.Conv2d spells it */
  const char *brief; /* in an id; NULL: another key's text holds it */
  key_kind kind;
  size_t offset;            /* in test_case */
  const char *const *words; /* KEY_WORD: what may stand there, NULL at the end */
  const char *about;
} case_key;

extern const case_key case_keys[]; /* name NULL at the end */

/* A case with every key at its default; input, out_channels and kernel_size have none. */
test_case case_default (void);

/* The shapes of the weight and of a bias: the case's own, or as the parameters imply. */
shape case_weight_shape (const test_case *c);
shape case_bias_shape (const test_case *c);

/* Sets one key from text as it stands in an id: "3", "3x2", "same", "uniform/7". The error's text
   starts with the key's name. */
bool case_set (test_case *c, const case_key *key, const char *text, error *e);

/* To be called after the last case_set: checks that everything required has been given, and sets
   the default of in_channels. */
bool case_complete (test_case *c, error *e);

/* The value of a key as text, "" if it is the default. */
void case_get (const test_case *c, const case_key *key, char text[static MAX_ID]);

/* The id; `text` always suffices. */
size_t case_id (const test_case *c, char text[static MAX_ID]);

/* The case that an id names. */
bool case_parse (const char *id, test_case *c, error *e);

/* By its full or its brief name; NULL if there is none. */
const case_key *case_find_key (const char *name, size_t length);

#endif
