/* grammar.h: documents for the readers, made from bytes: each byte is one decision, so that a
   fuzzer that changes bytes changes documents, and most get past the parser. */

#ifndef GRAMMAR_H
#define GRAMMAR_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

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

/* Of words.c: a line of numeric contracts; conditions of expected failures on a case, and on the
 * machine. */
void make_numerics (grammar *g);
void put_expression (grammar *g);
void put_condition (grammar *g);

/* Of lines.c: a result log; the arguments of a command, one a line; and the reply of a process
   under test to the request number `seq`, whose outputs have `bytes` bytes. */
void make_log (grammar *g);
void make_arguments (grammar *g);
void make_reply (grammar *g, const char *op, long long seq, size_t bytes);

/* Writes the document to a file without a name, always the same one. Returns its path. */
const char *document_path (const grammar *g);

/* ---- what documents are made of */

#define COUNT(list) (sizeof(list) / sizeof *(list))

/* A decision between 0 and n - 1; 0 when the bytes are used up. */
static inline size_t pick (grammar *g, size_t n) {
  if (!g->left || !n)
    return 0;
  g->left--;
  return *g->bytes++ % n;
}

/* One time in 32. */
static inline bool errs (grammar *g) {
  return pick(g, 32) == 31;
}

__attribute__((format(printf, 2, 3))) static inline void put (grammar *g, const char *format, ...) {
  va_list args;
  va_start(args, format);
  int length = vsnprintf(g->text + g->length, MAX_DOCUMENT - g->length, format, args);
  va_end(args);
  g->length += (size_t) length;
  if (g->length >= MAX_DOCUMENT)
    g->length = MAX_DOCUMENT - 1;
}

#endif
