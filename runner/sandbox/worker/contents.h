/* contents.h: the elements of a tensor on stage: bringing them there, taking them away, comparing.
   `p` is the tensor's place, and `host` its storage in the arena. A tensor without bytes is equal
   to everything and has nothing to copy. Call these while the worker has the room (stage_send). */

#ifndef CONTENTS_H
#define CONTENTS_H

#include "stage.h"

void contents_put (const placed *t, const place *p, const unsigned char *host);
void contents_take (const placed *t, const place *p, unsigned char *host);

/* Lays fill over the elements, and over nothing between them. */
void contents_clear (const placed *t, const place *p, buffer_side fill);

/* True if the elements equal the host's, in bits, or as values, where all NaNs are one. */
bool contents_equal (const placed *t, const place *p, const unsigned char *host);
bool contents_same (const placed *t, const place *p, const unsigned char *host);

/* The elements that something is true of: how many, and the row-major index of the first. */
typedef struct occurrences {
  int64_t first, count; /* -1 and 0 if there is none */
} occurrences;

/* Elements that differ from the host's in bits. */
occurrences contents_changed (const placed *t, const place *p, const unsigned char *host);

/* Elements that look as if nobody had written them. */
int64_t contents_unwritten (const placed *t, const place *p);

/* Elements that look so here, and looked so on stage `before`, whose result is the host's. */
occurrences contents_never_written (const placed *t, const placed *before, const place *p,
                                    const unsigned char *host);

#endif
