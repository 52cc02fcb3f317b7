/* large.h: whether the machine has the memory that a large case needs. */

#ifndef LARGE_H
#define LARGE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

/* A case that needs more is `large`: it must find memory free, and runs while no other large one
   does. */
#define LARGE_BYTES ((size_t) 2 << 30)

/* Bytes that can be had without swapping: what the kernel estimates, and what is left to the
   control group. SIZE_MAX if neither is known. */
size_t memory_available (void);

/* One large case at a time, over all lanes of all runs: `large_take_turn` waits for the turn;
   false if *cancel became true instead. */
bool large_take_turn (const atomic_int *cancel);
void large_end_turn (void);

#endif
