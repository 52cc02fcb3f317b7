/* fields.h: what a person needs to know about a failed item in order to act, as texts. */

#ifndef FIELDS_H
#define FIELDS_H

#include "item.h"

enum { MAX_FIELDS = 13, MAX_FIELD = 8192 };

/* A key and its text, which is one line (call/printable.h), or some of "printed". */
typedef struct item_field {
  const char *key;
  char text[MAX_FIELD];
} item_field;

/* The fields of an item, in order; returns their number.
   invocation: how the subject is named on a command line, quoted for a shell: "--impl ./mine.so" */
int item_fields (const item *it, const char *invocation, item_field out[MAX_FIELDS]);

/* "output[0,1,2,3]" of the first mismatch, "" if there is none. */
void first_mismatch (const judgement *j, char text[static 128]);

#endif
