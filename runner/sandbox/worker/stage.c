/* stage.c: guarded rooms, and the fill in them. */

#include "stage.h"

#include <stdint.h>

enum { PAGE = GUARD_BYTES, SMALLEST = 2 * PAGE };

static size_t least (size_t a, size_t b) {
  return a < b ? a : b;
}

/* ---- rooms */

/* What a room must have besides the storage. */
static size_t margin (const memory *m, const alignment *f) {
  return f->slack + 2 * f->align + PAGE + 2 * m->inset;
}

static size_t room_size (const memory *m, int class, size_t needed) {
  size_t size = ((size_t) SMALLEST << 2 * class) + 2 * m->inset;
  if (class == STAGE_CLASSES - 1)
    size = needed;
  return (size + m->granularity - 1) & ~(m->granularity - 1);
}

static void free_room (const stages *s, stage *g) {
  if (g->room.view)
    s->memory->drop(&g->room);
  *g = (stage){ .closed = false };
}

static bool make_room (const stages *s, stage *g, buffer_side side, size_t size) {
  free_room(s, g);
  if (!s->memory->make(&g->room, size))
    return false;
  fill_lay(side, g->room.view, size);
  g->blank = true;
  g->blank_fill = side;
  return true;
}

static bool open_again (const stages *s, stage *g) {
  g->closed = !s->memory->allow(&g->room, MAY_ALL);
  return !g->closed;
}

/* Bytes from the room's start to the storage. */
static size_t position (const memory *m, const room *r, buffer_side side, size_t bytes,
                        const alignment *f) {
  uintptr_t mask = ~((uintptr_t) f->align - 1);
  uintptr_t low = r->address + m->inset, high = r->address + r->size - m->inset - f->slack - bytes;
  uintptr_t at = side == LOW ? low : high & mask;
  if (f->odd && at % (2 * f->align) == 0)
    at = side == LOW ? at + f->align : at - f->align;
  return at - r->address;
}

bool stage_enter (stages *s, buffer_side side, int tensor, size_t bytes, const alignment *f,
                  placed *t) {
  int class = 0;
  size_t needed = bytes + margin(s->memory, f);
  *t = (placed){ .side = side, .fill = side };
  if (bytes == 0)
    return true;
  while (room_size(s->memory, class, needed) < needed)
    class ++;
  stage *g = &s->of[side][tensor][class];
  size_t size = room_size(s->memory, class, needed);
  if (g->room.size != size && !make_room(s, g, side, size))
    return false;
  if (g->closed && !open_again(s, g))
    return false;
  unsigned char *start = g->room.view + position(s->memory, &g->room, side, bytes, f);
  *t = (placed){ s->memory, g, start, bytes, s->paranoid ? size : NEAR + bytes, side, side };
  return true;
}

unsigned char *stage_address (const placed *t) {
  return t->start ? t->stage->room.base + (t->start - t->stage->room.view) : NULL;
}

void *stage_handle (const placed *t, size_t *offset) {
  *offset = t->start ? (size_t) (t->start - t->stage->room.view) : 0;
  return t->start ? t->stage->room.base : NULL;
}

/* How much of the room is looked at before and after the storage. */
static size_t before (const placed *t) {
  return least(t->near, (size_t) (t->start - t->stage->room.view));
}

static size_t after (const placed *t) {
  const room *r = &t->stage->room;
  return least(t->near, (size_t) (r->view + r->size - t->start) - t->bytes);
}

/* Does `move` to all that is looked at. */
static void move_near (const placed *t, void (*move)(const room *, size_t, size_t)) {
  const room *r = &t->stage->room;
  move(r, (size_t) (t->start - r->view) - before(t), before(t) + t->bytes + after(t));
}

void stage_send (const placed *t) {
  if (!t->start || !t->memory->send)
    return;
  if (t->stage->blank)
    t->memory->blank(&t->stage->room, fill_pattern(t->stage->blank_fill));
  t->stage->blank = false;
  move_near(t, t->memory->send);
}

void stage_fetch (const placed *t) {
  if (t->start && t->memory->fetch)
    move_near(t, t->memory->fetch);
}

/* ---- damage */

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

damage stage_check (const placed *t) {
  damage d = { 0, 0 };
  if (!t->start)
    return d;
  unsigned char *start = t->start - before(t), *end = t->start + t->bytes;
  if (!fill_covers(t->fill, start, before(t)))
    mend(t->fill, start, before(t), t->start, &d);
  if (!fill_covers(t->fill, end, after(t)))
    mend(t->fill, end, after(t), t->start, &d);
  return d;
}

damage stage_mend (const placed *t) {
  damage d = { 0, 0 };
  if (!stage_untouched(t))
    mend(t->fill, t->start, t->bytes, t->start, &d);
  return d;
}

bool stage_untouched (const placed *t) {
  return !t->start || fill_covers(t->fill, t->start, t->bytes);
}

/* ---- leaving */

static void lay_everywhere (const placed *t, buffer_side fill) {
  fill_lay(fill, t->stage->room.view, t->stage->room.size);
  t->stage->blank = true;
  t->stage->blank_fill = fill;
}

void stage_leave (const placed *t) {
  if (t->start && t->fill != t->side)
    lay_everywhere(t, t->side);
  else if (t->start)
    fill_lay(t->side, t->start, t->bytes);
}

void stage_refill (placed *t, buffer_side fill) {
  t->fill = fill;
  if (t->start)
    lay_everywhere(t, fill);
}

void stage_freeze (const placed *t) {
  if (t->start)
    t->memory->allow(&t->stage->room, MAY_READ);
}

void stage_thaw (const placed *t) {
  if (t->start)
    t->memory->allow(&t->stage->room, MAY_ALL);
}

void stage_close (const placed *t) {
  if (t->start && !t->stage->closed)
    t->stage->closed = t->memory->allow(&t->stage->room, MAY_NOTHING);
}

/* ---- addresses */

bool stage_holds (const placed *t, const unsigned char *address, int64_t *at) {
  if (!t->start || !t->memory->addressed)
    return false;
  const room *r = &t->stage->room;
  *at = address - stage_address(t);
  return address >= r->base - GUARD_BYTES && address < r->base + r->size + GUARD_BYTES;
}

bool stages_closed_at (const stages *s, const unsigned char *address) {
  for (int side = 0; side < BUFFER_SIDES; side++)
    for (int t = 0; t < JOB_TENSORS; t++)
      for (int class = 0; class < STAGE_CLASSES; class ++) {
        const stage *g = &s->of[side][t][class];
        if (g->closed && address >= g->room.base && address < g->room.base + g->room.size)
          return true;
      }
  return false;
}

bool stages_guarded (const stages *s) {
  bool all = true;
  for (int side = 0; side < BUFFER_SIDES && s->memory->guard; side++)
    for (int t = 0; t < JOB_TENSORS; t++)
      for (int class = 0; class < STAGE_CLASSES; class ++) {
        const room *r = &s->of[side][t][class].room;
        all = (!r->view || s->memory->guard(r)) && all;
      }
  return all;
}

void stages_close (stages *s) {
  for (int side = 0; side < BUFFER_SIDES; side++)
    for (int tensor = 0; tensor < JOB_TENSORS; tensor++)
      for (int class = 0; class < STAGE_CLASSES; class ++)
        free_room(s, &s->of[side][tensor][class]);
}
