/* shadow.c: Valgrind's client requests, and AddressSanitizer's poison.
   Valgrind prints what it finds among what the subject prints, and this file reads it there. */

#include "shadow.h"

#include "printed.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>
#include <valgrind/memcheck.h>

typedef void region_fn (void const volatile *start, size_t bytes);

static region_fn *poison, *unpoison;
static unsigned errors_before;

void shadow_prepare (void) {
  void *found[2] = { dlsym(RTLD_DEFAULT, "__asan_poison_memory_region"),
                     dlsym(RTLD_DEFAULT, "__asan_unpoison_memory_region") };
  memcpy(&poison, &found[0], sizeof poison);
  memcpy(&unpoison, &found[1], sizeof unpoison);
}

bool shadow_found (void) {
  return VALGRIND_COUNT_ERRORS > 0;
}

/* ---- the elements of a tensor */

typedef void range_fn (unsigned char *start, size_t bytes);

static void allow_reading (unsigned char *start, size_t bytes) {
  (void) VALGRIND_MAKE_MEM_DEFINED(start, bytes);
  if (unpoison)
    unpoison(start, bytes);
}

static void allow_writing (unsigned char *start, size_t bytes) {
  (void) VALGRIND_MAKE_MEM_UNDEFINED(start, bytes);
  if (unpoison)
    unpoison(start, bytes);
}

static void forbid (unsigned char *start, size_t bytes) {
  (void) VALGRIND_MAKE_MEM_NOACCESS(start, bytes);
  if (poison)
    poison(start, bytes);
}

/* Applies f to the elements, or to all of a storage that is nothing else. */
static void for_elements (const pass *p, int tensor, range_fn *f) {
  const place *q = &p->question->tensor[tensor];
  unsigned char *start = stage_address(&p->on[tensor]);
  size_t element = place_element(q);
  if (place_dense(q))
    f(start, q->bytes);
  else
    for (int64_t i = 0; i < place_count(q); i++)
      f(start + place_at(q, i), element);
}

/* ---- names for what lies beside a tensor, for Valgrind to use */

enum { BEFORE, WITHIN, AFTER, WHERES };

#define GAP_NAMES(tensor)                                                                          \
  { "gap before " tensor, "gap within " tensor, "gap after " tensor }

static const char *const gap_names[JOB_TENSORS][WHERES] = {
  GAP_NAMES("input"),  GAP_NAMES("weight"),     GAP_NAMES("bias"),        GAP_NAMES("grad_output"),
  GAP_NAMES("output"), GAP_NAMES("grad_input"), GAP_NAMES("grad_weight"), GAP_NAMES("grad_bias")
};

static unsigned gaps[JOB_TENSORS][WHERES]; /* numbers of client blocks */

static unsigned name_bytes (const unsigned char *from, const unsigned char *to, const char *name) {
  return (unsigned) VALGRIND_CREATE_BLOCK(from, (size_t) (to - from), name);
}

static void name_gaps (const placed *on, int t) {
  const room *r = &on->stage->room;
  const unsigned char *start = stage_address(on), *end = start + on->bytes;
  const unsigned char *room_end = r->base + r->size;
  gaps[t][BEFORE] = name_bytes(r->base, start, gap_names[t][BEFORE]);
  gaps[t][WITHIN] = name_bytes(start, end, gap_names[t][WITHIN]);
  gaps[t][AFTER] = name_bytes(end, room_end, gap_names[t][AFTER]);
}

static void forget_gaps (int t) {
  for (int i = 0; i < WHERES; i++)
    (void) VALGRIND_DISCARD(gaps[t][i]);
}

/* ---- before and after the call */

void shadow_raise (const caller *c, const pass *p) {
  for (int t = 0; t < JOB_TENSORS; t++) {
    const placed *on = &p->on[t];
    if (!on->start)
      continue;
    forbid(on->stage->room.base, on->stage->room.size);
    for_elements(p, t, tensor_is_output(p->question, t) ? allow_writing : allow_reading);
    if (!tensor_is_output(p->question, t))
      allow_reading(stage_address(on) + on->bytes, c->info->read_slack);
    name_gaps(on, t);
  }
  errors_before = (unsigned) VALGRIND_COUNT_ERRORS;
}

/* One line of Valgrind's, without its "==123== ", after what stands in the message. */
static void append_line (char *said, size_t size, const char *line) {
  size_t used = strlen(said);
  line += strspn(line, "=0123456789");
  line += strspn(line, " ");
  snprintf(said + used, size - used, "%s%.*s", used ? ", " : "", (int) strcspn(line, "\n"), line);
}

/* The error that was printed last, as one sentence: what, where in the code, where in memory. */
static void read_report (const char *text, char *said, size_t size) {
  static const char *const marks[] = { "==    at ", "==  Address " };
  const char *what = strstr(text, "== ");
  if (what)
    append_line(said, size, what);
  for (size_t i = 0; what && i < sizeof marks / sizeof *marks; i++) {
    const char *line = strstr(what, marks[i]);
    if (line)
      append_line(said, size, line);
  }
}

static void note_errors (const caller *c, job *j) {
  read_report(printed_since(c->wire), j->message, sizeof j->message);
  uint32_t kind = !strstr(j->message, "client-defined") ? MEMORY_ERROR
                  : strstr(j->message, "Invalid write") ? WROTE_OUTSIDE
                                                        : READ_OUTSIDE;
  note(j, kind, -1, 0, 0);
}

/* The first element of an output that depends on memory which nobody wrote, or -1. */
static int64_t first_undefined (const pass *p, int tensor) {
  const place *q = &p->question->tensor[tensor];
  const unsigned char *start = stage_address(&p->on[tensor]);
  for (int64_t i = 0; i < place_count(q); i++)
    if (VALGRIND_CHECK_MEM_IS_DEFINED(start + place_at(q, i), place_element(q)))
      return i;
  return -1;
}

static void lower_tensor (const pass *p, int tensor, job *j) {
  const placed *on = &p->on[tensor];
  bool written = tensor_is_output(p->question, tensor) && p->status == CONV2D_OK;
  int64_t undefined = written ? first_undefined(p, tensor) : -1;
  if (undefined >= 0 && !(j->conduct & MEMORY_ERROR)) {
    note(j, MEMORY_ERROR, tensor, undefined, 0);
    snprintf(j->message, sizeof j->message, "an output depends on memory that was never written");
  }
  forget_gaps(tensor);
  allow_reading(on->stage->room.base, on->stage->room.size);
}

void shadow_lower (const caller *c, const pass *p, job *j) {
  if (VALGRIND_COUNT_ERRORS > errors_before)
    note_errors(c, j);
  for (int t = 0; t < JOB_TENSORS; t++)
    if (p->on[t].start)
      lower_tensor(p, t, j);
}
