/* descriptors.c: the worker's reader of descriptors and of tables of memory
   (runner/sandbox/worker/load.c, device.c), with the grammar in the place of the shared object.
   Sizes, bits, numbers, texts and functions are as they may be, or odd; the functions of a table
   work, or do not. What is taken must be what the supervisor can work with. */

#include "descriptors.h"

#include "conv2d_abi.h"

#include <stdlib.h>
#include <string.h>

static void *opened (const char *path, int flags);
static void *looked_up (void *library, const char *name);

#define dlopen opened
#define dlsym looked_up
#include "../../runner/sandbox/worker/load.c" /* NOLINT: with the functions above */
#undef dlopen
#undef dlsym

static struct {
  grammar *g;
  conv2d_implementation *descriptor;
  size_t rooms; /* that have been given and not been taken back */
} subject;

static void *opened (const char *path, int flags) {
  (void) path, (void) flags;
  return subject.g;
}

static void *looked_up (void *library, const char *name) {
  (void) library, (void) name;
  return subject.descriptor;
}

/* ---- a table of memory: a room of the host's stands for one of the device */

static int32_t status_of (grammar *g) {
  return errs(g) ? CONV2D_FAILED : CONV2D_OK;
}

static size_t granularity_of_table;

static void *allocate (size_t bytes) {
  void *p = errs(subject.g) ? NULL : aligned_alloc(granularity_of_table, bytes);
  subject.rooms += p != NULL;
  return p;
}

static int32_t release (void *room) {
  subject.rooms--;
  free(room);
  return status_of(subject.g);
}

static int32_t copy_bytes (void *room, size_t offset, void *host, size_t bytes, int32_t direction) {
  unsigned char *there = (unsigned char *) room + offset;
  if (errs(subject.g))
    return CONV2D_OK; /* and it does nothing */
  memcpy(direction == CONV2D_TO_DEVICE ? there : host, direction == CONV2D_TO_DEVICE ? host : there,
         bytes);
  return status_of(subject.g);
}

static int32_t fill_words (void *room, size_t offset, uint32_t word, size_t bytes) {
  for (size_t i = 0; i + 4 <= bytes && !errs(subject.g); i += 4)
    memcpy((unsigned char *) room + offset + i, &word, 4);
  return status_of(subject.g);
}

static const char *synchronize (int32_t everything) {
  (void) everything;
  return errs(subject.g) ? "an error of the device, in words \x1b[31m\n" : NULL;
}

static int32_t choose_device (DLDevice device) {
  return device.device_id > 8 ? CONV2D_UNSUPPORTED : status_of(subject.g);
}

/* ---- numbers and texts */

static uint32_t bits_of (grammar *g, uint32_t known) {
  static const uint32_t odd[] = { 1u << 31, 1u << 30, UINT32_MAX, 1u << 16 };
  const uint32_t chosen = (uint32_t) pick(g, 256) | (uint32_t) pick(g, 256) << 8;
  return errs(g) ? odd[pick(g, COUNT(odd))] : chosen & known;
}

static const char *text_of (grammar *g) {
  static char text[3000];
  static const size_t lengths[] = { 0, 1, 63, 64, 199, 200, 399, 400, 2999 };
  const size_t length = lengths[pick(g, COUNT(lengths))];
  static const char *const words[] = {
    NULL, "", "a name", "tf32", "flush; flush", "\x1b[31m\nok 1", "\xff\xfe"
  };
  if (!errs(g))
    return words[pick(g, COUNT(words))];
  memset(text, 'x', length);
  text[length] = '\0';
  return text;
}

static uint32_t size_of (grammar *g, size_t usual) {
  static const uint32_t odd[] = { 0, 8, 16, 51, 88, 4096, 4104, 65536, UINT32_MAX };
  return errs(g) ? odd[pick(g, COUNT(odd))] : (uint32_t) usual;
}

static void make_table (grammar *g, conv2d_memory *m) {
  static const size_t odd[] = { 0, 1, 63, 96, 65535, SIZE_MAX, (size_t) 1 << 63, 512u << 20 };
  const bool sane = !errs(g);
  granularity_of_table = (size_t) 64 << pick(g, 8);
  *m = (conv2d_memory){
    .size = size_of(g, sizeof *m),
    .features = bits_of(g, 3),
    .device = { errs(g) ? (DLDeviceType) -1 : (DLDeviceType) (1 + pick(g, 16)),
                errs(g) ? -7 : (int32_t) pick(g, 12) },
    .granularity = sane ? granularity_of_table : odd[pick(g, COUNT(odd))],
    .choose = pick(g, 2) ? choose_device : NULL,
    .allocate = errs(g) ? NULL : allocate,
    .release = errs(g) ? NULL : release,
    .copy = errs(g) ? NULL : copy_bytes,
    .fill = errs(g) ? NULL : fill_words,
    .synchronize = errs(g) ? NULL : synchronize,
  };
}

static int32_t no_shape (const conv2d_params *p, int32_t ndim, const int64_t *input,
                         int64_t *output) {
  (void) p, (void) ndim, (void) input, (void) output;
  return CONV2D_UNSUPPORTED;
}

static int32_t no_forward (const conv2d_params *p, const DLTensor *input, const DLTensor *weight,
                           const DLTensor *bias, DLTensor *output) {
  (void) p, (void) input, (void) weight, (void) bias, (void) output;
  return CONV2D_UNSUPPORTED;
}

static void make_descriptor (grammar *g, conv2d_implementation *d, conv2d_capabilities *c,
                             const conv2d_memory *m) {
  static const size_t slacks[] = { 0, 16, 64, 1 << 20, (1 << 20) + 1, (size_t) 1 << 62, SIZE_MAX };
  *c = (conv2d_capabilities){ bits_of(g, KNOWN_DTYPES), bits_of(g, KNOWN_LAYOUTS),
                              bits_of(g, KNOWN_PADDING_MODES), bits_of(g, KNOWN_DIRECTIONS) };
  *d = (conv2d_implementation){
    .abi = errs(g) ? (uint32_t) pick(g, 256) : CONV2D_ABI,
    .size = size_of(g, sizeof *d),
    .name = text_of(g),
    .version = text_of(g),
    .output_shape = errs(g) ? NULL : no_shape,
    .forward = errs(g) ? NULL : no_forward,
    .description = text_of(g),
    .url = text_of(g),
    .claims = bits_of(g, KNOWN_CLAIMS),
    .read_slack = slacks[errs(g) ? pick(g, COUNT(slacks)) : pick(g, 4)],
    .capabilities = pick(g, 2) ? c : NULL,
    .own = bits_of(g, KNOWN_OWN),
    .environment = text_of(g),
    .numerics = text_of(g),
    .memory = pick(g, 4) ? m : NULL,
  };
}

/* ---- the worker's part */

static void expect_end (const char *text, size_t size) {
  if (!memchr(text, '\0', size))
    abort();
}

/* What the supervisor takes for granted of a subject that is open. */
static void check_said (const wire *w, const conv2d_implementation *s) {
  const subject_info *i = &w->info;
  expect_end(i->name, sizeof i->name);
  expect_end(i->version, sizeof i->version);
  expect_end(i->description, sizeof i->description);
  expect_end(i->url, sizeof i->url);
  expect_end(i->environment, sizeof i->environment);
  expect_end(i->said, sizeof i->said);
  if (w->load_error[0] || !s->forward || !s->output_shape || s->read_slack > MOST_SLACK
      || (i->claims & ~(uint32_t) KNOWN_CLAIMS) || (i->own & ~(uint32_t) KNOWN_OWN)
      || (i->capabilities.dtypes & ~(uint32_t) KNOWN_DTYPES))
    abort();
}

bool try_descriptor (grammar *g) {
  static orders o = { .path = "made.so" };
  static wire *w;
  const memory *m = &host_memory;
  conv2d_implementation read, *made = malloc(sizeof *made); /* of just that size */
  conv2d_capabilities offers;
  conv2d_memory table_made;
  w = w ? w : calloc(1, sizeof *w);
  if (!w || !made)
    abort();
  make_table(g, &table_made);
  make_descriptor(g, made, &offers, &table_made);
  o.layout = WIRE_LAYOUT;
  o.device = pick(g, 8) ? (DLDevice){ 0 }
                        : (DLDevice){ (DLDeviceType) pick(g, 16), (int32_t) pick(g, 12) };
  subject.g = g;
  subject.descriptor = errs(g) ? NULL : made;
  w->load_error[0] = '\0';
  const bool good = load_subject(&o, w, &read, &m);
  expect_end(w->load_error, sizeof w->load_error);
  if (good)
    check_said(w, &read);
  else if (!w->load_error[0])
    abort();
  if (subject.rooms)
    abort(); /* what was tried is given back */
  free(made);
  return good;
}
