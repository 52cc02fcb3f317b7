/* axis.h: one axis of a sweep: a name and its values, each of which sets something of a case.

   An axis is named as the key that it sets (`stride`), or `batch` (a number or `unbatched`) or
   `size` (height and width of the input), which together with in_channels make the input's shape.
   A value may also be a map with a `name` that sets several of these at once. The axis then has a
   name of its own. Some values are words. They become numbers when the rest of the case is known:
     padding      kernel, input   as large as the kernel, as the input
                  limit, past     the most that padding_mode allows, and one more
     kernel_size  past-input      one more than fits
     stride       past-kernel, past-input   one more than the kernel, than the input */

#ifndef AXIS_H
#define AXIS_H

#include "call/case.h"
#include "yamltree.h"

enum { MAX_AXES = 24, MAX_VALUES = 64, MAX_SETTINGS = 8 };

typedef struct setting {
  const case_key *key;
  char text[48]; /* as an id has it */
  int word;      /* what the text is one of, for axis.c; else 0 */
} setting;

typedef struct axis_value {
  const char *name; /* of a map, else the value's text */
  const node *node; /* for errors, and for what Lua sees */
  int settings;
  setting setting[MAX_SETTINGS];
} axis_value;

typedef struct axis {
  const char *name;
  int count;
  axis_value *value;
} axis;

bool axis_read (const char *path, const node *name, const node *list, axis *a, error *e);
void axis_free (axis *a);

/* Applies the value row[i] of each axis to the base. This can't fail, as axis_check has tried every
   setting before. */
void axis_make_case (const axis *a, int axes, const uint16_t *row, const test_case *base,
                     test_case *c);

/* Tries every value once, so that an error in a value is reported with its line. */
bool axis_check (const char *path, const axis *a, int axes, const test_case *base, error *e);

#endif
