/* device.c: the names of devices. The numbers are DLPack's. A header may know only the
   first ones. */

#include "device.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
  int type;
  const char *name;
} names[] = { { 1, "cpu" },        { 2, "cuda" },     { 3, "cuda_host" },     { 4, "opencl" },
              { 7, "vulkan" },     { 8, "metal" },    { 9, "vpi" },           { 10, "rocm" },
              { 11, "rocm_host" }, { 12, "ext_dev" }, { 13, "cuda_managed" }, { 14, "oneapi" },
              { 15, "webgpu" },    { 16, "hexagon" }, { 17, "maia" } };

enum { NAMES = sizeof names / sizeof *names, MOST_NUMBER = 9999 };

void device_name (DLDevice d, char name[static MAX_DEVICE_NAME]) {
  for (size_t i = 0; i < NAMES; i++)
    if (names[i].type == (int) d.device_type) {
      snprintf(name, MAX_DEVICE_NAME, "%s:%d", names[i].name, (int) d.device_id);
      return;
    }
  snprintf(name, MAX_DEVICE_NAME, "device %d:%d", (int) d.device_type, (int) d.device_id);
}

/* Nothing, or a colon and a number. */
static bool read_number (const char *text, int32_t *number) {
  char *end;
  *number = 0;
  if (!*text)
    return true;
  if (text[0] != ':' || text[1] < '0' || text[1] > '9')
    return false;
  const long n = strtol(text + 1, &end, 10);
  *number = (int32_t) n;
  return !*end && n <= MOST_NUMBER;
}

bool device_named (const char *name, DLDevice *d) {
  const size_t n = strcspn(name, ":");
  for (size_t i = 0; i < NAMES; i++)
    if (strlen(names[i].name) == n && !strncmp(names[i].name, name, n)) {
      d->device_type = (DLDeviceType) names[i].type;
      return read_number(name + n, &d->device_id);
    }
  return false;
}
