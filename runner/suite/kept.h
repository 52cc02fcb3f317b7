/* kept.h: covering arrays that outlive the process. To choose the cases of a large tier takes
   seconds; every shard, and every start of a run that goes on, would pay them again. A file holds
   one array. Its name is a hash of all that the array depends on, the program that built it
   included, so that an array is never one of another model or of another version. */

#ifndef KEPT_H
#define KEPT_H

#include "covering/covering.h"

/* The folder for arrays, made if need be; NULL or "": none are kept, as before the first call. It
   may be shared by many processes and machines. The text is copied. */
void kept_in (const char *folder);

/* covering_build and covering_extend, from the folder where the array is there. An array that took
   long enough is put there. Whatever is wrong with the folder or a file, the array is built. */
bool kept_build (const covering_model *m, int t, covering_array *out);
bool kept_extend (const covering_model *m, int t, const uint16_t *given, size_t count, size_t most,
                  covering_array *out);

#endif
