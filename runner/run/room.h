/* room.h: whether the machine has the memory that a large case needs. */

#ifndef ROOM_H
#define ROOM_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

/* A case that needs more is `large`: it must find memory free, and runs while no other large one
   does. */
#define LARGE_BYTES ((size_t) 2 << 30)

/* Bytes that can be had without swapping: what the kernel estimates, and what is left to the
   control group. SIZE_MAX if neither is told. */
size_t room_available (void);

/* Leave for one large case at a time, over all lanes of all runs. `room_take` waits for it; false
   if *cancel became true instead. */
bool room_take (const atomic_int *cancel);
void room_leave (void);

#endif
