/* stage.h: where a tensor stands while the subject has it.
   A stage is [guard page | room | guard page]. On the right side tensors end at the upper guard,
   on the left side they begin at the lower one, so a step too far faults at once; what a step in
   the other direction hits is the fill, which is checked after the call. The fill is laid once
   and only repaired: NaNs on the right side, numbers on the left, so that a result that
   depends on it differs between the sides. */

#ifndef STAGE_H
#define STAGE_H

#include "job.h"

typedef enum flank { RIGHT, LEFT, FLANKS } flank;

enum {
  STAGE_GUARD = 4096, /* bytes on either side of a room that fault */
  STAGE_CLASSES = 5,  /* rooms of 8 KiB, 32 KiB, 128 KiB, 512 KiB; the last is made to measure */
  NEAR = 512 /* bytes of fill, and as many as the tensor has, that are looked at on either side */
};

typedef struct stage {
  unsigned char *room; /* NULL: not made yet */
  size_t size;
  bool closed; /* PROT_NONE */
} stage;

/* Stages of one thread of calls: one for each side, tensor and size. */
typedef struct stages {
  stage of[FLANKS][JOB_TENSORS][STAGE_CLASSES];
  bool paranoid;
} stages;

/* A tensor on stage. */
typedef struct standing {
  stage *stage;
  unsigned char *start; /* of the storage; NULL if there are no bytes */
  size_t bytes;
  flank side, fill; /* where it stands, and in what; they differ only if dyed */
} standing;

/* Damage to the fill around or within a storage. */
typedef struct damage {
  int64_t first; /* bytes from the storage's start: negative before it */
  int64_t count; /* bytes; 0: none */
} damage;

/* Where to put a storage.
   align   its first byte is a multiple of this, at least
   slack   bytes past its end that the subject may read
   odd     its first byte is no multiple of twice that */
typedef struct footing {
  size_t align, slack;
  bool odd;
} footing;

/* Room for a storage, its bytes being fill. False if there is no memory. */
bool stage_enter (stages *s, flank side, int tensor, size_t bytes, const footing *f, standing *t);

/* Looks at the fill beside the storage, and repairs it. */
damage stage_check (const stages *s, const standing *t);

/* Looks at the storage itself, which should be fill, and repairs it. */
damage stage_mend (const standing *t);

/* True if the storage itself is still (or again) nothing but fill. */
bool stage_untouched (const standing *t);

/* Lays fill over the storage. */
void stage_leave (const standing *t);

/* Gives the whole room another fill until the storage leaves. */
void stage_dye (standing *t, flank fill);

/* Allows reading only, or everything again. */
void stage_freeze (const standing *t);
void stage_thaw (const standing *t);

/* Takes all access away until the stage is entered again. */
void stage_close (const standing *t);

/* The byte of the fill at an address. */
unsigned char fill_byte (flank side, const void *address);

/* Lays fill. */
void fill_lay (flank side, unsigned char *p, size_t bytes);

/* Elements of a compact storage that equal the fill. */
int64_t fill_count (flank side, const unsigned char *p, size_t bytes, size_t element);

/* True if the element at `where` holds `value`, and `value` is the fill of that address. */
bool fill_is (flank side, const unsigned char *where, const unsigned char *value, size_t element);

void stages_close (stages *s);

#endif
