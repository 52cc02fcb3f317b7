/* guards.c: deeds to the guards themselves: a call that opens or removes the pages that fault, and
   what it does then. An honest program does so when it computes the end of a range of pages
   wrongly. */

#include "hostile.h"

#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

static unsigned char *end_of (const DLTensor *t) {
  return (unsigned char *) t->data + (size_t) count(t) * t->dtype.bits / 8;
}

static unsigned char *page_of (const void *p) {
  return (unsigned char *) ((uintptr_t) p & ~(uintptr_t) 4095);
}

/* The page behind the output, and one element there: as code that it has made is made executable.
 */
static int32_t opens_guard (const call *c) {
  int32_t status = c->right(c);
  unsigned char *end = end_of(c->output), *page = page_of(end + 4095);
  mprotect(page, 4096, PROT_READ | PROT_WRITE);
  memset(end, 0x42, 4);
  return status;
}

static int32_t opens_guard_below (const call *c) {
  int32_t status = c->right(c);
  unsigned char *page = page_of(c->output->data);
  for (int i = 0; i < 64; i++)
    mprotect(page - (size_t) i * 4096, 4096, PROT_READ | PROT_WRITE);
  return status;
}

/* Nothing is written there; the calls to come have no guard. */
static int32_t opens_input_guard (const call *c) {
  mprotect(page_of(end_of(c->input) + 4095), 4096, PROT_READ);
  return c->right(c);
}

static int32_t unmaps_guard (const call *c) {
  munmap(page_of(end_of(c->output) + 4095), 4096);
  return c->right(c);
}

/* Rounds its own pages the wrong way. */
static int32_t unmaps_output (const call *c) {
  int32_t status = c->right(c);
  munmap(page_of(c->output->data), 4096);
  return status;
}

static int32_t closes_output (const call *c) {
  int32_t status = c->right(c);
  mprotect(page_of(c->output->data), 4096, PROT_NONE);
  return status;
}

/* Only a large call is made on one side alone. */
static int32_t opens_if_large (const call *c) {
  return count(c->output) > 1000 ? opens_guard(c) : c->right(c);
}

const deed guard_deeds[] = { { "open-guard", opens_guard, PLAIN, AT_FORWARD },
                             { "open-guard-below", opens_guard_below, PLAIN, AT_FORWARD },
                             { "open-input-guard", opens_input_guard, PLAIN, AT_FORWARD },
                             { "open-if-large", opens_if_large, EVERYWHERE, AT_FORWARD },
                             { "unmap-guard", unmaps_guard, PLAIN, AT_FORWARD },
                             { "unmap-output", unmaps_output, PLAIN, AT_FORWARD },
                             { "close-output", closes_output, PLAIN, AT_FORWARD },
                             { NULL, NULL, NOWHERE, AT_FORWARD } };
