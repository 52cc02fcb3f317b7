/* outputs.h: the files that the program writes: a write that fails is reported. */

#ifndef OUTPUTS_H
#define OUTPUTS_H

#include "call/error.h"

#include <stdio.h>

/* Takes the descriptors 0 to 2 where the caller has closed them, so that no file that is opened
   later becomes the standard output. What is written to those still fails, as it would. */
void outputs_reserve (void);

/* What a file holds that would be overwritten. */
typedef enum holding { HOLDS_NOTHING, HOLDS_LOG, HOLDS_OTHER, IS_BEING_WRITTEN } holding;

/* A result log, compressed or not, is known by how it begins, and one that a run writes by its
   lock. What is no file holds nothing. */
holding outputs_look (const char *path);

/* Creates a result log, or empties the one that is there. Refuses a log that another run writes,
   and a file that is no log. */
FILE *outputs_create_log (const char *path, error *e);

/* Opens a log for reading and writing, as it is. NULL without an error's text if there is none. */
FILE *outputs_open_log (const char *path, error *e);

/* Writes what is buffered; false: not all of it has reached the file. f: NULL has reached it. */
bool outputs_reached (FILE *f, const char *name, error *e);

#endif
