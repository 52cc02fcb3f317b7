/* grammar.h: documents for the readers, made from bytes: each byte is one decision, so that a
   fuzzer that changes bytes changes documents, and most get past the parser. */

#ifndef GRAMMAR_H
#define GRAMMAR_H

#include <stdbool.h>
#include <stddef.h>

enum { MAX_DOCUMENT = 1 << 16 };

typedef struct grammar {
  const unsigned char *bytes;
  size_t left;
  char text[MAX_DOCUMENT];
  size_t length;
  int names; /* of cases, so far: most differ */
} grammar;

/* Each writes one document to g->text, which ends in a NUL. */
void make_case_file (grammar *g);
void make_xfail_file (grammar *g);
void make_id (grammar *g);

#endif
