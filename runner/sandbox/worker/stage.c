/* stage.c: guarded rooms and their fill.
   The fill has a period of four bytes and hangs on the address, not on the tensor. Its two forms
   have no byte, and no aligned element of any dtype, in common. */

#include "stage.h"

#include "call/lattice.h"

#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

enum { PAGE = STAGE_GUARD, SMALLEST = 2 * PAGE, STRETCH = 1024 };

/* Little-endian words. HIGH: NaN as float16, bfloat16, float32 and float64. LOW: a number in all
   four, so small that what is added to it shows: 2.4, 6.1, 6.1, 9857. */
static const uint32_t fill_word[BUFFER_SIDES] = { [HIGH] = 0x7ff47fa5, [LOW] = 0x40c340d5 };

static size_t least (size_t a, size_t b) {
  return a < b ? a : b;
}

unsigned char fill_byte (buffer_side side, const void *address) {
  return (unsigned char) (fill_word[side] >> 8 * ((uintptr_t) address & 3));
}

/* A stretch of fill, as it lies at an address that is `address` modulo 4. */
static const unsigned char *stretch (buffer_side side, const void *address) {
  static unsigned char made[BUFFER_SIDES][STRETCH + 4];
  static _Atomic bool ready;
  for (int f = 0; !ready && f < BUFFER_SIDES; f++)
    for (size_t i = 0; i < sizeof made[f]; i++)
      made[f][i] = (unsigned char) (fill_word[f] >> 8 * (i & 3));
  ready = true;
  return made[side] + ((uintptr_t) address & 3);
}

void fill_lay (buffer_side side, unsigned char *p, size_t bytes) {
  for (size_t n; bytes > 0; p += n, bytes -= n) {
    n = least(bytes, STRETCH);
    memcpy(p, stretch(side, p), n);
  }
}

typedef struct laying {
  buffer_side side;
  unsigned char *to;
} laying;

static bool lay_run (void *context, size_t at, size_t bytes) {
  const laying *l = context;
  fill_lay(l->side, l->to + at, bytes);
  return true;
}

void fill_lay_elements (buffer_side side, const place *p, unsigned char *to) {
  laying l = { side, to };
  lattice_walk(p, lay_run, &l);
}

static bool is_fill (buffer_side side, const unsigned char *p, size_t bytes) {
  for (size_t n; bytes > 0; p += n, bytes -= n) {
    n = least(bytes, STRETCH);
    if (memcmp(p, stretch(side, p), n) != 0)
      return false;
  }
  return true;
}

bool fill_is (buffer_side side, const unsigned char *where, const unsigned char *value,
              size_t element) {
  for (size_t i = 0; i < element; i++)
    if (value[i] != fill_byte(side, where + i))
      return false;
  return true;
}

int64_t fill_count (buffer_side side, const unsigned char *p, size_t bytes, size_t element) {
  int64_t n = 0;
  for (size_t at = 0; at + element <= bytes; at += element)
    n += p[at] == fill_byte(side, p + at) && fill_is(side, p + at, p + at, element);
  return n;
}

/* ---- rooms */

/* What a room must have besides the storage. */
static size_t margin (const alignment *f) {
  return f->slack + 2 * f->align + PAGE;
}

static size_t room_size (int class, size_t needed) {
  size_t size = (size_t) SMALLEST << 2 * class;
  if (class < STAGE_CLASSES - 1)
    return size;
  return (needed + PAGE - 1) & ~(size_t) (PAGE - 1);
}

static void free_room (stage *s) {
  if (s->room)
    munmap(s->room - PAGE, s->size + 2 * PAGE);
  *s = (stage){ 0 };
}

static bool make_room (stage *s, buffer_side side, size_t size) {
  free_room(s);
  unsigned char *p = mmap(NULL, size + 2 * PAGE, PROT_NONE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (p == MAP_FAILED)
    return false;
  if (mprotect(p + PAGE, size, PROT_READ | PROT_WRITE)) {
    munmap(p, size + 2 * PAGE);
    return false;
  }
  *s = (stage){ .room = p + PAGE, .size = size };
  fill_lay(side, s->room, size);
  return true;
}

static bool open_again (stage *s) {
  s->closed = mprotect(s->room, s->size, PROT_READ | PROT_WRITE) != 0;
  return !s->closed;
}

static unsigned char *position (const stage *s, buffer_side side, size_t bytes,
                                const alignment *f) {
  uintptr_t mask = ~((uintptr_t) f->align - 1);
  uintptr_t low = (uintptr_t) s->room, high = low + s->size - f->slack - bytes;
  uintptr_t at = side == LOW ? low : high & mask;
  if (f->odd && at % (2 * f->align) == 0)
    at = side == LOW ? at + f->align : at - f->align;
  return s->room + (at - low);
}

bool stage_enter (stages *s, buffer_side side, int tensor, size_t bytes, const alignment *f,
                  placed *t) {
  int class = 0;
  size_t needed = bytes + margin(f);
  *t = (placed){ .side = side, .fill = side };
  if (bytes == 0)
    return true;
  while (room_size(class, needed) < needed)
    class ++;
  stage *g = &s->of[side][tensor][class];
  size_t size = room_size(class, needed);
  if (g->size != size && !make_room(g, side, size))
    return false;
  if (g->closed && !open_again(g))
    return false;
  *t = (placed){ g, position(g, side, bytes, f), bytes, side, side };
  return true;
}

/* Finds the damaged bytes of a range, counted from `zero`, and mends them. */
static void mend (buffer_side fill, unsigned char *p, size_t bytes, const unsigned char *zero,
                  damage *d) {
  for (size_t i = 0; i < bytes; i++) {
    if (p[i] == fill_byte(fill, p + i))
      continue;
    if (d->count++ == 0)
      d->first = p + i - zero;
    p[i] = fill_byte(fill, p + i);
  }
}

damage stage_check (const stages *s, const placed *t) {
  damage d = { 0, 0 };
  if (!t->start)
    return d;
  const stage *g = t->stage;
  unsigned char *end = t->start + t->bytes;
  size_t near = s->paranoid ? g->size : NEAR + t->bytes;
  size_t before = least(near, (size_t) (t->start - g->room));
  size_t after = least(near, (size_t) (g->room + g->size - end));
  if (!is_fill(t->fill, t->start - before, before))
    mend(t->fill, t->start - before, before, t->start, &d);
  if (!is_fill(t->fill, end, after))
    mend(t->fill, end, after, t->start, &d);
  return d;
}

damage stage_mend (const placed *t) {
  damage d = { 0, 0 };
  if (!stage_untouched(t))
    mend(t->fill, t->start, t->bytes, t->start, &d);
  return d;
}

bool stage_untouched (const placed *t) {
  return !t->start || is_fill(t->fill, t->start, t->bytes);
}

void stage_leave (const placed *t) {
  if (t->start && t->fill != t->side)
    fill_lay(t->side, t->stage->room, t->stage->size);
  else if (t->start)
    fill_lay(t->side, t->start, t->bytes);
}

void stage_refill (placed *t, buffer_side fill) {
  t->fill = fill;
  if (t->start)
    fill_lay(fill, t->stage->room, t->stage->size);
}

void stage_freeze (const placed *t) {
  if (t->start)
    mprotect(t->stage->room, t->stage->size, PROT_READ);
}

void stage_thaw (const placed *t) {
  if (t->start)
    mprotect(t->stage->room, t->stage->size, PROT_READ | PROT_WRITE);
}

void stage_close (const placed *t) {
  if (t->start && !t->stage->closed)
    t->stage->closed = mprotect(t->stage->room, t->stage->size, PROT_NONE) == 0;
}

void stages_close (stages *s) {
  for (int side = 0; side < BUFFER_SIDES; side++)
    for (int tensor = 0; tensor < JOB_TENSORS; tensor++)
      for (int class = 0; class < STAGE_CLASSES; class ++)
        free_room(&s->of[side][tensor][class]);
}
