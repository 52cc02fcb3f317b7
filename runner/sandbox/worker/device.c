/* device.c: a device's memory.
   The worker works on a copy of each room, and moves the bytes by the subject's table. It asks for
   many moves at once and waits for all of them. An error may therefore show itself late, but never
   after `await`, which returns the first error since it was called last. */

#include "device.h"
#include "call/device.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

enum {
  LEAST_GRANULARITY = 64,
  MOST_GRANULARITY = 256 << 20,
  MOST_TABLE = 4096, /* bytes */
  KNOWN_FEATURES = CONV2D_MEMORY_HANDLES | CONV2D_MEMORY_GUARDED
};

static conv2d_memory table;              /* fields that the subject's is too short for are 0 */
static memory device;                    /* what the worker sees of it */
static atomic_uint era;                  /* how often it has been reset */
static _Thread_local const char *failed; /* the function that gave an error first */
static _Thread_local char words[DEVICE_REASON];

static void expect_ok (const char *function, int32_t status) {
  if (status != CONV2D_OK && !failed)
    failed = function;
}

/* ---- rooms */

static unsigned char *make_view (size_t size) {
  void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (p == MAP_FAILED)
    return NULL;
  madvise(p, size, MADV_DONTFORK);
  return p;
}

static uintptr_t address_of (const void *p) {
  return device.handles ? 0 : (uintptr_t) p;
}

static bool device_make (room *r, size_t size) {
  unsigned char *base = table.allocate(size);
  *r = (room){ .view = NULL };
  if (!base || address_of(base) % table.granularity)
    return false;
  unsigned char *view = make_view(size);
  if (!view) {
    table.release(base);
    return false;
  }
  *r = (room){
    .view = view, .base = base, .address = address_of(base), .size = size, .era = atomic_load(&era)
  };
  return true;
}

static void device_drop (room *r) {
  munmap(r->view, r->size);
  if (r->era == atomic_load(&era))
    expect_ok("release", table.release(r->base));
  *r = (room){ .view = NULL };
}

/* Access is a matter of the host's memory. */
static bool device_allow (const room *r, permission what) {
  (void) r;
  return what == MAY_ALL;
}

/* ---- moving bytes */

static void device_send (const room *r, size_t at, size_t bytes) {
  expect_ok("copy", table.copy(r->base, at, r->view + at, bytes, CONV2D_TO_DEVICE));
}

static void device_fetch (const room *r, size_t at, size_t bytes) {
  expect_ok("copy", table.copy(r->base, at, r->view + at, bytes, CONV2D_TO_HOST));
}

static void device_blank (const room *r, uint32_t word) {
  expect_ok("fill", table.fill(r->base, 0, word, r->size));
}

/* ---- errors */

static const char *device_await (bool everything) {
  const char *said = table.synchronize(everything);
  const char *function = failed;
  failed = NULL;
  if (said)
    snprintf(words, sizeof words, "%s", said);
  else if (function)
    snprintf(words, sizeof words, "memory.%s gives an error", function);
  return said || function ? words : NULL;
}

static void device_join (int number) {
  failed = NULL;
  if (table.stream)
    expect_ok("stream", table.stream(number));
}

/* ---- the table */

__attribute__((format(printf, 2, 3))) static bool refuse (char *why, const char *format, ...) {
  va_list args;
  va_start(args, format);
  vsnprintf(why, DEVICE_REASON, format, args);
  va_end(args);
  return false;
}

static bool read_table (const conv2d_memory *found, char *why) {
  const size_t least = offsetof(conv2d_memory, reset);
  if (found->size < least || found->size > MOST_TABLE || found->size % sizeof(void *))
    return refuse(why, "memory.size is %u, which is no sensible size", (unsigned) found->size);
  memset(&table, 0, sizeof table);
  memcpy(&table, found, found->size < sizeof table ? found->size : sizeof table);
  return true;
}

static bool check_functions (char *why) {
  const struct {
    const char *name;
    bool there;
  } required[] = { { "allocate", table.allocate },
                   { "release", table.release },
                   { "copy", table.copy },
                   { "fill", table.fill },
                   { "synchronize", table.synchronize } };
  for (size_t i = 0; i < sizeof required / sizeof *required; i++)
    if (!required[i].there)
      return refuse(why, "the required function memory.%s is missing", required[i].name);
  return true;
}

static bool check_device (char *why) {
  if (table.device.device_type < kDLCPU || table.device.device_id < 0)
    return refuse(why, "memory.device is {%d, %d}, which is no device",
                  (int) table.device.device_type, (int) table.device.device_id);
  return true;
}

static bool check_numbers (char *why) {
  const size_t g = table.granularity;
  if (table.features & ~(uint32_t) KNOWN_FEATURES)
    return refuse(why, "memory.features has bits that conv2d_abi.h does not define: 0x%x",
                  (unsigned) table.features & ~(unsigned) KNOWN_FEATURES);
  if (g < LEAST_GRANULARITY || g > MOST_GRANULARITY || (g & (g - 1)))
    return refuse(why, "memory.granularity is %zu; a power of two from %d to %d is expected", g,
                  LEAST_GRANULARITY, MOST_GRANULARITY);
  return true;
}

/* What a device offers may be known only once it has been chosen. */
static bool choose (const conv2d_memory *found, DLDevice asked, char *why) {
  const bool same = !asked.device_type
                    || (asked.device_type == table.device.device_type
                        && asked.device_id == table.device.device_id);
  const DLDevice wanted = same ? table.device : asked;
  char name[MAX_DEVICE_NAME];
  device_name(table.choose ? wanted : table.device, name);
  if (!table.choose)
    return same
           || refuse(why, "there is no other device than %s, as memory.choose is missing", name);
  const int32_t status = table.choose(wanted);
  if (status == CONV2D_UNSUPPORTED)
    return refuse(why,
                  "there is no device %s here: memory.choose answers CONV2D_UNSUPPORTED. "
                  "Is its driver loaded?",
                  name);
  if (status != CONV2D_OK)
    return refuse(why, "the device %s cannot be used: memory.choose answers %d", name,
                  (int) status);
  if (!read_table(found, why) || !check_functions(why))
    return false;
  table.device = wanted;
  return true;
}

/* ---- whether it works: a word is filled in, and two others are copied there and back */

static bool works_with (const room *r, char *why) {
  uint32_t *view = (uint32_t *) (void *) r->view;
  const uint32_t fill = 0x40c340d5, there = 0x01020304;
  device_blank(r, fill);
  view[1] = there;
  device_send(r, sizeof *view, sizeof *view);
  const char *wrong = device_await(false);
  view[0] = view[1] = view[2] = 0;
  device_fetch(r, 0, 3 * sizeof *view);
  if (!wrong)
    wrong = device_await(false);
  if (wrong)
    return refuse(why, "a first copy there and back: %s", wrong);
  if (view[0] != fill || view[2] != fill)
    return refuse(why, "memory.fill does not lay the word that it is given");
  return view[1] == there || refuse(why, "memory.copy does not give back what it was given");
}

static bool try_it (char *why) {
  const size_t size = table.granularity;
  room r;
  unsigned char *base = table.allocate(size);
  if (!base)
    return refuse(why, "memory.allocate gives NULL for the first %zu bytes", size);
  if (address_of(base) % size)
    return refuse(why, "memory.granularity is %zu, but memory.allocate gives %p", size,
                  (void *) base);
  if (table.release(base) != CONV2D_OK)
    return refuse(why, "memory.release gives an error");
  if (!device_make(&r, size))
    return refuse(why, "memory.allocate gives nothing of use for the second %zu bytes", size);
  const bool works = works_with(&r, why);
  device_drop(&r);
  return works && (!failed || refuse(why, "memory.release gives an error"));
}

/* What the table calls a reset is believed once it has been tried. */
static bool device_renew (void) {
  char why[DEVICE_REASON];
  atomic_fetch_add(&era, 1);
  failed = NULL;
  return table.reset && table.reset() == CONV2D_OK && try_it(why);
}

const memory *device_open (const conv2d_memory *found, DLDevice asked,
                           char why[static DEVICE_REASON]) {
  if (!read_table(found, why) || !check_functions(why) || !check_device(why)
      || !choose(found, asked, why) || !check_numbers(why))
    return NULL;
  const bool guarded = table.features & CONV2D_MEMORY_GUARDED;
  device = (memory){ .device = table.device,
                     .granularity = table.granularity,
                     .inset = guarded ? 0 : GUARD_BYTES,
                     .handles = table.features & CONV2D_MEMORY_HANDLES,
                     .make = device_make,
                     .drop = device_drop,
                     .allow = device_allow,
                     .blank = device_blank,
                     .send = device_send,
                     .fetch = device_fetch,
                     .await = device_await,
                     .renew = device_renew,
                     .join = device_join };
  device.addressed = guarded && !device.handles;
  return try_it(why) ? &device : NULL;
}
