/* load.c: from the path of a shared object to a descriptor that can be used.
   The version of the interface is read before anything else is believed. A value that cannot be
   meant is refused: a slack without end, for example, would leave no room for a guard. */

#include "load.h"

#include "device.h"
#include "conv2d_dtypes.h"
#include "conv2d_padding_modes.h"

#include <dlfcn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

__attribute__((format(printf, 2, 3))) static bool refuse (wire *w, const char *format, ...) {
  va_list args;
  va_start(args, format);
  vsnprintf(w->load_error, sizeof w->load_error, format, args);
  va_end(args);
  return false;
}

enum {
  MOST_DESCRIPTOR = 4096, /* bytes: no version of the interface will have more */
  MOST_SLACK = 1 << 20    /* bytes: none that reads ahead reads that far */
};

/* The descriptor's fields as far as it has them; those that are newer than it are 0. */
static bool copy (const orders *o, wire *w, const conv2d_implementation *found,
                  conv2d_implementation *s) {
  const size_t least = offsetof(conv2d_implementation, description);
  if (found->abi != CONV2D_ABI)
    return refuse(w, "%s was built for version %u of conv2d_abi.h; this is version %d", o->path,
                  (unsigned) found->abi, CONV2D_ABI);
  if (found->size < least)
    return refuse(w, "%s has a descriptor of %u bytes, fewer than the %zu that are required",
                  o->path, (unsigned) found->size, least);
  if (found->size > MOST_DESCRIPTOR || found->size % sizeof(void *))
    return refuse(w, "%s has a descriptor of %u bytes, which is no sensible size", o->path,
                  (unsigned) found->size);
  memset(s, 0, sizeof *s);
  memcpy(s, found, found->size < sizeof *s ? found->size : sizeof *s);
  return true;
}

/* Whether `mask` has bits that the interface does not define. */
static bool knows (const orders *o, wire *w, const char *field, uint32_t mask, uint32_t known) {
  return !(mask & ~known)
         || refuse(w, "%s sets bits of %s that conv2d_abi.h does not define: 0x%x", o->path, field,
                   (unsigned) (mask & ~known));
}

enum {
  KNOWN_CLAIMS = (CONV2D_THREAD_INVARIANT << 1) - 1,
  KNOWN_OWN = (CONV2D_OWN_SAME << 1) - 1,
  KNOWN_SUMS = (CONV2D_I8_U8 << 1) - 1,
  KNOWN_LAYOUTS = (1 << LAYOUTS) - 1,
#define X(constant, word, function, capability, ...) | (capability)
  KNOWN_DIRECTIONS = 0 OPERATIONS(X),
#undef X
#define ROW(name, brief, abi, code, bits, exponent, fraction, infinity, npy) | (abi)
  KNOWN_DTYPES = 0 CONV2D_DTYPES(ROW),
#undef ROW
#define ROW(name, abi, before, after, most, clause, empty) | 1 << (abi)
  KNOWN_PADDING_MODES = 0 CONV2D_PADDING_MODES(ROW)
#undef ROW
};

static bool check_capabilities (const orders *o, wire *w, const conv2d_capabilities *c) {
  return knows(o, w, "capabilities.dtypes", c->dtypes, KNOWN_DTYPES)
         && knows(o, w, "capabilities.layouts", c->layouts, KNOWN_LAYOUTS)
         && knows(o, w, "capabilities.padding_modes", c->padding_modes, KNOWN_PADDING_MODES)
         && knows(o, w, "capabilities.directions", c->directions, KNOWN_DIRECTIONS);
}

/* What the worker relies on. */
static bool check (const orders *o, wire *w, const conv2d_implementation *s) {
  if (!s->output_shape)
    return refuse(w, "%s lacks the required function output_shape", o->path);
  if (!s->forward)
    return refuse(w, "%s lacks the required function forward", o->path);
  if (s->read_slack > MOST_SLACK)
    return refuse(w, "%s declares a read_slack of %zu bytes; at most %d can be granted", o->path,
                  s->read_slack, MOST_SLACK);
  if (s->jobs < 0 || s->jobs > MOST_JOBS)
    return refuse(w, "%s declares %d jobs; 0 to %d can be asked for", o->path, (int) s->jobs,
                  MOST_JOBS);
  return knows(o, w, "claims", s->claims, KNOWN_CLAIMS) && knows(o, w, "own", s->own, KNOWN_OWN)
         && knows(o, w, "int32_sums", s->int32_sums, KNOWN_SUMS)
         && (!s->capabilities || check_capabilities(o, w, s->capabilities));
}

/* At most `size` bytes of a text that may be NULL. */
static void keep_text (char *to, size_t size, const char *from) {
  size_t n = from ? strnlen(from, size - 1) : 0;
  if (n)
    memcpy(to, from, n);
  to[n] = '\0';
}

static void describe (subject_info *info, const conv2d_implementation *s) {
  keep_text(info->name, sizeof info->name, s->name);
  keep_text(info->version, sizeof info->version, s->version);
  keep_text(info->description, sizeof info->description, s->description);
  keep_text(info->url, sizeof info->url, s->url);
  keep_text(info->environment, sizeof info->environment, s->environment);
  keep_text(info->said, sizeof info->said, s->numerics);
  info->loading[0] = '\0';
  info->claims = s->claims;
  info->own = s->own;
  info->int32_sums = s->int32_sums;
  info->jobs = s->jobs;
  info->functions = 0;
  info->read_slack = s->read_slack;
  info->capabilities = s->capabilities ? *s->capabilities : (conv2d_capabilities){ 0 };
#define X(constant, word, function, ...)                                                           \
  info->functions |= (uint32_t) (s->function != NULL) << constant;
  OPERATIONS(X)
#undef X
}

static bool read_descriptor (const orders *o, wire *w, void *library, conv2d_implementation *s) {
  const conv2d_implementation *found = dlsym(library, "conv2d_subject");
  if (!found)
    return refuse(w, "%s has no symbol conv2d_subject: it is no subject (see conv2d_abi.h)",
                  o->path);
  if (!copy(o, w, found, s) || !check(o, w, s))
    return false;
  describe(&w->info, s);
  return true;
}

/* Opens the memory of the subject's device, and says in the wire which device it is. */
static bool open_memory (const orders *o, wire *w, const conv2d_implementation *s,
                         const memory **m) {
  char why[DEVICE_REASON];
  const memory *found = s->memory ? device_open(s->memory, o->device, why) : *m;
  w->no_device = !found;
  if (!found)
    return refuse(w, "%s: %s", o->path, why);
  if (!s->memory && o->device.device_type > kDLCPU)
    return refuse(w, "%s has no memory table, so its tensors cannot be on a device", o->path);
  w->info.device = found->device;
  *m = found;
  return true;
}

bool load_prepare (const orders *o, wire *w) {
  w->load_error[0] = '\0';
  w->no_device = 0;
  if (o->layout != WIRE_LAYOUT)
    return refuse(w, "conv2d-worker is not of the same build as conv2d-cts");
  if (o->command[0])
    setenv("CONV2D_PIPE_COMMAND", o->command, 1); /* for adapters/pipe.c */
  return true;
}

void *load_subject (const orders *o, wire *w, conv2d_implementation *s, const memory **m) {
  void *library = dlopen(o->path, RTLD_NOW | RTLD_LOCAL);
  if (!library)
    refuse(w, "cannot be loaded: %s", dlerror());
  else if (read_descriptor(o, w, library, s) && open_memory(o, w, s, m))
    return library;
  return NULL;
}
