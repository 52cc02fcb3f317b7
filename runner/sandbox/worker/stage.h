/* stage.h: where a tensor stands while the subject has it.
   A stage is [guard page | room | guard page]. On the high side tensors end at the upper guard,
   on the low side they begin at the lower one, so a step too far faults at once; what a step in
   the other direction hits is the fill, which is checked after the call. The fill is laid once
   and only repaired: NaNs on the high side, numbers on the low, so that a result that
   depends on it differs between the sides. The bytes of the tensors themselves: contents.h. */

#ifndef STAGE_H
#define STAGE_H

#include "call/job.h"
#include "fill.h"
#include "memory.h"

enum {
  STAGE_CLASSES = 5, /* rooms of 8 KiB, 32 KiB, 128 KiB, 512 KiB; the last is made to measure */
  NEAR = 512 /* bytes of fill, and as many as the tensor has, that are looked at on either side */
};

typedef struct stage {
  room room;
  bool closed; /* no access */
  bool blank;  /* all of the room is to be laid with fill before it is sent */
  buffer_side blank_fill;
} stage;

/* Stages of one thread of calls: one for each side, tensor and size. */
typedef struct stages {
  const memory *memory;
  stage of[BUFFER_SIDES][JOB_TENSORS][STAGE_CLASSES];
  bool paranoid;
} stages;

/* A tensor on stage. */
typedef struct placed {
  const memory *memory;
  stage *stage;
  unsigned char *start; /* of the storage, in the worker's view; NULL if there are no bytes */
  size_t bytes;
  size_t near;            /* bytes on either side of it that are looked at, and sent and fetched */
  buffer_side side, fill; /* where it stands, and in what; they differ only if refilled */
} placed;

/* Damage to the fill around or within a storage. */
typedef struct damage {
  int64_t first; /* bytes from the storage's start: negative before it */
  int64_t count; /* bytes; 0: none */
} damage;

/* Where to put a storage.
   align   its first byte is a multiple of this, at least
   slack   bytes past its end that the subject may read
   odd     its first byte is no multiple of twice that */
typedef struct alignment {
  size_t align, slack;
  bool odd;
} alignment;

/* Room for a storage, its bytes being fill. False if there is no memory. */
bool stage_enter (stages *s, buffer_side side, int tensor, size_t bytes, const alignment *f,
                  placed *t);

/* The start of the storage as the subject is given it, where that is an address. */
unsigned char *stage_address (const placed *t);

/* The handle of the room, and how far behind it the storage starts. */
void *stage_handle (const placed *t, size_t *offset);

/* Hands the room to the subject, and takes it back: between the two the worker's view is stale. */
void stage_send (const placed *t);
void stage_fetch (const placed *t);

/* Looks at the fill beside the storage, and repairs it. */
damage stage_check (const placed *t);

/* Looks at the storage itself, which should be fill, and repairs it. */
damage stage_mend (const placed *t);

/* True if the storage itself is still (or again) nothing but fill. */
bool stage_untouched (const placed *t);

/* Lays fill over the storage. */
void stage_leave (const placed *t);

/* Gives the whole room another fill until the storage leaves. */
void stage_refill (placed *t, buffer_side fill);

/* Allows reading only, or everything again. */
void stage_freeze (const placed *t);
void stage_thaw (const placed *t);

/* Takes all access away until the stage is entered again. */
void stage_close (const placed *t);

/* Whether an address of the subject lies in the tensor's room or on the guards around it; if so,
 *at is its distance from the storage's start. */
bool stage_holds (const placed *t, const unsigned char *address, int64_t *at);

/* Whether it lies in a room that is closed. */
bool stages_closed_at (const stages *s, const unsigned char *address);

/* Whether all guards still fault; those that did not do again. */
bool stages_guarded (const stages *s);

void stages_close (stages *s);

#endif
