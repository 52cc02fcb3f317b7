/* suite.h: case files -> cases, one after the other.
   Cases by hand are held in memory. Those of sweeps and models are made when they are asked for. */

#ifndef SUITE_H
#define SUITE_H

#include "call/case.h"
#include "call/subject_info.h"
#include "spec.h"

typedef struct suite suite;

/* Reads files and folders (*.yaml below them, in byte order of their paths). An error in one file
   fails the whole: "cases/padding.yaml:7:11: ...". */
suite *suite_load (const spec *sp, const char *const *paths, size_t count, error *e);
void suite_free (suite *s); /* NULL is fine */

/* Whom a covering array must do for, besides the whole suite: combinations that fall out with what
   the subject leaves out or the filter refuses come back in cases of their own (offered.h). */
typedef struct audience {
  const subject_info *subject; /* NULL: one that offers all */
  case_test *passes;           /* NULL: no filter */
  const void *context;         /* of `passes`; it differs from filter to filter */
  const char *const *keys;     /* all that `passes` depends on, NULL at the end */
} audience;

/* Which cases suite_next gives. */
typedef struct selection {
  tier tier;              /* this tier and those below; MODELS, LARGE: that tier alone */
  uint64_t shard, shards; /* every shards-th case of a sweep, from `shard` (0-based); 0, 1: all */
  const char *network;    /* only layers of this network; NULL: of all, and all other cases */
  uint64_t fresh; /* all data that a recipe makes are drawn anew from this; 0: as they are */
  audience audience;
} selection;

/* Sets the selection. Builds the covering arrays of the tier; false if one can't be. */
bool suite_begin (suite *s, const selection *choice, error *e);

/* A place among the cases of a table of layers (models.h). */
typedef struct models_cursor {
  size_t layer;      /* of the next case ... */
  int variant;       /* ... and which of its cases it is */
  uint64_t selected; /* cases of the selection so far, for shards */
} models_cursor;

/* A reader's place among the cases, all zeros before the first. Several readers may go through a
   suite at once, each with a place of its own. */
typedef struct suite_cursor {
  size_t file, by_hand; /* of the next case */
  uint64_t swept;       /* sweep_next's */
  models_cursor modelled;
} suite_cursor;

/* The next case after suite_begin; false at the end. */
bool suite_next (const suite *s, suite_cursor *at, test_case *c);

/* How many cases suite_next gives, from the first. */
uint64_t suite_count (const suite *s);

/* The case "FILE.yaml#NAME", or "cases/FILE.yaml#NAME"; false if there is none. */
bool suite_find (const suite *s, const char *name, test_case *c);

/* To which slice of its sweep (sweep.h) the case belongs that suite_next gave last: a number that
   no slice of another file has, or 0 for none. The second function gives the slice's name:
   "sweeps/product batch=1". */
uint64_t suite_slice (const suite *s, const suite_cursor *at, const test_case *last);
void suite_slice_name (const suite *s, uint64_t slice, char text[static MAX_ID]);

/* The path of the i-th file, or NULL after the last. */
const char *suite_path (const suite *s, size_t i);

/* Whether there is a sweep, whose cases suite_begin makes: that may take seconds. */
bool suite_has_sweep (const suite *s);

/* The models of the i-th file that has them, or NULL after the last. */
struct models *suite_models (const suite *s, size_t i);

/* The sweep of the i-th file that has one, and the file's name; NULL after the last. */
struct sweep *suite_sweep (const suite *s, size_t i, const char **file);

/* What a person calls the case: "padding/height-only", or its id where it has no name, or other
   data than the name stands for. */
void case_label (const test_case *c, char text[static MAX_ID]);

/* What identifies it: its id, or "FILE.yaml#NAME" where it has literal values. */
void case_reference (const test_case *c, char text[static MAX_ID]);

#endif
