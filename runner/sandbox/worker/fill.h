/* fill.h: what stands in a room where no element does.
   The fill has a period of four bytes and hangs on the address, not on the tensor. Its two forms
   have no byte, and no aligned element of any dtype, in common. */

#ifndef FILL_H
#define FILL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The side of its room at which a buffer stands, and the form of the fill that belongs there. */
typedef enum buffer_side { HIGH, LOW, BUFFER_SIDES } buffer_side;

/* The byte of the fill at an address. */
unsigned char fill_byte (buffer_side side, const void *address);

/* Four of them, as they lie in memory from a multiple of four on. */
uint32_t fill_pattern (buffer_side side);

void fill_lay (buffer_side side, unsigned char *p, size_t bytes);

/* True if these bytes are nothing but fill. */
bool fill_covers (buffer_side side, const unsigned char *p, size_t bytes);

/* Elements among these bytes that equal the fill. */
size_t fill_count (buffer_side side, const unsigned char *p, size_t bytes, size_t element);

/* True if `value` is the fill of the address `where`. */
bool fill_is (buffer_side side, const unsigned char *where, const unsigned char *value,
              size_t element);

#endif
