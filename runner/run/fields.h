/* fields.h: what a person needs of a failed item in order to act, as texts. */

#ifndef FIELDS_H
#define FIELDS_H

#include "item.h"

/* A key and its text. */
typedef struct item_field {
  const char *key;
  char text[MAX_ID + 600];
} item_field;

enum { MAX_FIELDS = 13 };

/* The fields of an item, in order; returns their number.
   invocation: how the subject is named on a command line, "--impl ./libmine.so" */
int item_fields (const item *it, const char *invocation, item_field out[MAX_FIELDS]);

/* "output[0,1,2,3]" of the first mismatch, "" if there is none. */
void first_mismatch (const judgement *j, char text[static 128]);

/* Control bytes, quotes and what is not ASCII become '?': the text goes into many formats. */
void make_printable (char *text);

#endif
