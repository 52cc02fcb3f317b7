/* load.c: from the path of a shared object to a descriptor that can be used.
   The version of the interface is read before anything else is believed. */

#include "load.h"

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

/* The descriptor's fields as far as it has them; those that are newer than it are 0. */
static bool check (wire *w, const conv2d_implementation *found, conv2d_implementation *s) {
  const size_t least = offsetof(conv2d_implementation, description);
  if (found->abi != CONV2D_ABI)
    return refuse(w, "%s was built for version %u of conv2d_abi.h; this is version %d", w->path,
                  (unsigned) found->abi, CONV2D_ABI);
  if (found->size < least)
    return refuse(w, "%s has a descriptor of %u bytes, fewer than the %zu that are required",
                  w->path, (unsigned) found->size, least);
  memset(s, 0, sizeof *s);
  memcpy(s, found, found->size < sizeof *s ? found->size : sizeof *s);
  if (!s->output_shape)
    return refuse(w, "%s lacks the required function output_shape", w->path);
  if (!s->forward)
    return refuse(w, "%s lacks the required function forward", w->path);
  return true;
}

/* At most `room` bytes of a text that may be NULL. */
static void keep_text (char *to, size_t room, const char *from) {
  size_t n = from ? strnlen(from, room - 1) : 0;
  if (n)
    memcpy(to, from, n);
  to[n] = '\0';
}

static void describe (subject_info *info, const conv2d_implementation *s) {
  keep_text(info->name, sizeof info->name, s->name);
  keep_text(info->version, sizeof info->version, s->version);
  keep_text(info->description, sizeof info->description, s->description);
  keep_text(info->url, sizeof info->url, s->url);
  info->loading[0] = '\0';
  info->claims = s->claims;
  info->functions = 0;
  info->read_slack = s->read_slack;
  if (s->capabilities)
    info->capabilities = *s->capabilities;
#define X(constant, word, function, ...)                                                           \
  info->functions |= (uint32_t) (s->function != NULL) << constant;
  OPERATIONS(X)
#undef X
}

static bool read_descriptor (wire *w, void *library, conv2d_implementation *s) {
  const conv2d_implementation *found = dlsym(library, "conv2d_subject");
  if (!found)
    return refuse(w, "%s has no symbol conv2d_subject: it is no subject (see conv2d_abi.h)",
                  w->path);
  if (!check(w, found, s))
    return false;
  describe(&w->info, s);
  return true;
}

bool load_prepare (wire *w) {
  w->load_error[0] = '\0';
  if (w->layout != WIRE_LAYOUT)
    return refuse(w, "conv2d-worker is not of the same build as conv2d-cts");
  if (w->command[0])
    setenv("CONV2D_PIPE_COMMAND", w->command, 1); /* for adapters/pipe.c */
  return true;
}

void *load_subject (wire *w, conv2d_implementation *s) {
  void *library = dlopen(w->path, RTLD_NOW | RTLD_LOCAL);
  if (!library)
    refuse(w, "cannot be loaded: %s", dlerror());
  else if (read_descriptor(w, library, s))
    return library;
  return NULL;
}
