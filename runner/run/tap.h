/* tap.h: the Test Anything Protocol, version 13, as everything in the program writes it. */

#ifndef TAP_H
#define TAP_H

#include "item.h"

#include <stdio.h>

/* A document of test points, numbered in one sequence. */
typedef struct tap {
  FILE *to;                /* NULL: points are counted, and nothing is written */
  uint64_t points, not_ok; /* so far */
} tap;

/* "ok 3 - name", without the end of the line, which tap_end or tap_skip writes. */
void tap_point (tap *t, bool good, const char *name);
void tap_end (tap *t);
void tap_skip (tap *t, const char *why);

/* ": crash", behind the name of a case that failed. */
void tap_verdict (tap *t, const char *word);

/* A block of YAML behind a point, instead of tap_end; the texts are printable. */
void tap_open_fields (tap *t);
void tap_field (tap *t, const char *key, const char *text);
void tap_close_fields (tap *t);

/* Text as lines of a comment. */
void tap_diagnose (tap *t, const char *text);

/* "1..12" */
void tap_plan (const tap *t);

/* The point of a judged case: a failure has its fields in a YAML block, one that is expected is a
   TODO, and a skip says why.
   invocation: how the subject is named on a command line, "--impl ./libmine.so" */
void tap_item (tap *t, const item *it, const char *invocation);

#endif
