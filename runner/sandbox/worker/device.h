/* device.h: a device's memory, by the table of a subject. */

#ifndef DEVICE_H
#define DEVICE_H

#include "memory.h"

enum { DEVICE_REASON = 400 };

/* The memory behind the subject's table, opened and tried: `asked` is the device to use, of type 0
   if that is the subject's choice. NULL, and `why` says which field cannot be meant or which
   function does not do what it should. A process has one device at most. */
const memory *device_open (const conv2d_memory *table, DLDevice asked,
                           char why[static DEVICE_REASON]);

#endif
