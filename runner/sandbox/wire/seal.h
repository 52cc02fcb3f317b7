/* seal.h: a checksum over an answer and the outputs that belong to it.
   The worker seals what it has written, and the supervisor sees by the seal whether it is still
   what was written: a wild write of the subject into the shared memory breaks it. It is no secret,
   so it is no protection from a subject that forges answers on purpose. */

#ifndef SEAL_H
#define SEAL_H

#include "call/job.h"

/* Of the answer, but for the seal itself, and of the outputs in the arena, which lie where the
   question says: the answer's copy of it may be overwritten. `second` is the distance from an
   output to that of a second answer. */
uint64_t seal_of (const job *question, const job *answer, const unsigned char *arena,
                  size_t second);

#endif
