/* device.h: devices by the names that PyTorch and others give them: "cuda:0". */

#ifndef DEVICE_NAMES_H
#define DEVICE_NAMES_H

#include <dlpack/dlpack.h>
#include <stdbool.h>

enum { MAX_DEVICE_NAME = 40 };

/* "cuda:1", or "device 99:1" of a type without a name. */
void device_name (DLDevice d, char name[static MAX_DEVICE_NAME]);

/* Reads such a name; without a number it is 0. False if there is no such type. */
bool device_named (const char *name, DLDevice *d);

#endif
