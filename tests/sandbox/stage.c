/* stage.c: where tensors stand in their rooms, what is found around them, and what is done when
   there is no memory. */

#include "../tap.h"
#include "sandbox/worker/stage.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

enum { TENSOR = 2 };

static stages all = { .memory = &host_memory };

static placed enter (buffer_side side, size_t bytes, alignment f) {
  placed t;
  ok(stage_enter(&all, side, TENSOR, bytes, &f, &t), "%zu bytes come on stage", bytes);
  return t;
}

/* Whether the kernel can read that byte: it faults for us, and lives. */
static bool is_readable (const unsigned char *p) {
  int ends[2];
  if (pipe(ends))
    return false;
  const bool read = write(ends[1], p, 1) == 1;
  const bool faults = !read && errno == EFAULT;
  close(ends[0]);
  close(ends[1]);
  return read || !faults;
}

/* ---- places */

static void test_high (size_t bytes, size_t align, size_t slack) {
  const placed t = enter(HIGH, bytes, (alignment){ .align = align, .slack = slack });
  const unsigned char *start = stage_address(&t), *end = start + bytes;
  const size_t away = (size_t) (t.stage->room.base + t.stage->room.size - end);
  ok((uintptr_t) start % align == 0, "  aligned to %zu", align);
  ok(away >= slack && away < slack + align, "  %zu bytes before the guard, %zu granted", away,
     slack);
  ok(is_readable(end - 1) && is_readable(end + away - 1) && !is_readable(end + away),
     "  and one further faults");
  stage_leave(&t);
}

static void test_low (size_t bytes) {
  const placed t = enter(LOW, bytes, (alignment){ .align = 4 });
  const unsigned char *start = stage_address(&t);
  ok((uintptr_t) start % 64 == 0 && is_readable(start) && !is_readable(start - 1),
     "  it begins at the lower guard");
  stage_leave(&t);
}

static void test_odd (buffer_side side) {
  const placed t = enter(side, 400, (alignment){ .align = 8, .odd = true });
  ok((uintptr_t) stage_address(&t) % 16 == 8, "  at an odd multiple of 8, on side %d", (int) side);
  stage_leave(&t);
}

static void test_nothing (void) {
  const placed t = enter(HIGH, 0, (alignment){ .align = 4 });
  ok(!t.start && !stage_address(&t) && stage_untouched(&t), "  they stand nowhere");
  ok(stage_check(&t).count == 0, "  and nothing is around them");
}

/* ---- rooms */

static void test_rooms (void) {
  const alignment f = { .align = 4 };
  const placed a = enter(HIGH, 1000, f), b = enter(HIGH, 3000, f), c = enter(HIGH, 9000, f);
  ok(a.stage == b.stage && b.stage != c.stage, "  like sizes share a room");
  const placed big = enter(HIGH, 3 << 20, f);
  const size_t before = big.stage->room.size;
  const placed bigger = enter(HIGH, 4 << 20, f);
  ok(before >= 3 << 20 && bigger.stage->room.size > before, "  the largest is made to measure");
  for (size_t bytes = 0; bytes < 40000; bytes += 1111) {
    placed t;
    if (!stage_enter(&all, LOW, 0, bytes, &f, &t)
        || (bytes && t.start + bytes > t.stage->room.view + t.stage->room.size))
      ok(false, "%zu bytes do not fit", bytes);
  }
}

/* ---- damage */

static void hurt (placed *t, int64_t at) {
  t->start[at] ^= 0x5a;
}

static void test_damage (buffer_side side, int64_t first, int64_t second, const char *name) {
  placed t = enter(side, 256, (alignment){ .align = 64, .slack = 128 });
  hurt(&t, first);
  hurt(&t, second);
  const damage d = stage_check(&t);
  ok(d.first == first && d.count == 2, "  %s: from %lld on, %lld bytes", name, (long long) d.first,
     (long long) d.count);
  ok(stage_check(&t).count == 0, "  and it is mended");
  stage_leave(&t);
}

static void test_far_damage (void) {
  placed t = enter(LOW, 64, (alignment){ .align = 4 });
  const int64_t far = (int64_t) t.stage->room.size - 1;
  hurt(&t, far);
  ok(stage_check(&t).count == 0, "  far away, nobody looks");
  stage_leave(&t);
  all.paranoid = true;
  t = enter(LOW, 64, (alignment){ .align = 4 });
  all.paranoid = false;
  const damage d = stage_check(&t);
  ok(d.count == 1 && d.first == far, "  but for --paranoid");
  stage_leave(&t);
}

static void test_storage (void) {
  placed t = enter(HIGH, 100, (alignment){ .align = 4 });
  ok(stage_untouched(&t), "  a new storage is fill");
  hurt(&t, 7);
  ok(!stage_untouched(&t), "  until it is written");
  const damage d = stage_mend(&t);
  ok(d.first == 7 && d.count == 1 && stage_untouched(&t),
     "  what was written is found, and mended");
  stage_refill(&t, LOW);
  ok(fill_covers(LOW, t.start, 100), "  another fill can be laid");
  stage_leave(&t);
  ok(fill_covers(HIGH, t.start, 100), "  and goes when the storage leaves");
}

/* ---- access */

static void test_access (void) {
  const alignment f = { .align = 4 };
  placed t = enter(HIGH, 100, f);
  const unsigned char *p = stage_address(&t);
  int64_t at;
  ok(stage_holds(&t, p + 100, &at) && at == 100, "  the guard belongs to the tensor");
  ok(!stage_holds(&t, t.stage->room.base + t.stage->room.size + GUARD_BYTES, &at),
     "  what is behind it does not");
  stage_close(&t);
  ok(!is_readable(p) && stages_closed_at(&all, p), "  closed, nothing can be touched");
  t = enter(HIGH, 100, f);
  ok(is_readable(stage_address(&t)) && !stages_closed_at(&all, p), "  entering opens it again");
}

/* ---- memory that fails, and memory that is elsewhere */

static unsigned char here[1 << 15], there[1 << 15];
static bool has_memory, may_change;
static int sent, fetched, blanked;

static bool make (room *r, size_t size) {
  *r = (room){ .view = here, .base = there, .address = (uintptr_t) there, .size = size };
  return has_memory && size <= sizeof here;
}

static void drop (room *r) {
  *r = (room){ .view = NULL };
}

static bool allow (const room *r, permission what) {
  (void) r;
  (void) what;
  return may_change;
}

static void send (const room *r, size_t at, size_t bytes) {
  sent++;
  memcpy(r->base + at, r->view + at, bytes);
}

static void fetch (const room *r, size_t at, size_t bytes) {
  fetched++;
  memcpy(r->view + at, r->base + at, bytes);
}

static void blank (const room *r, uint32_t word) {
  blanked++;
  for (size_t i = 0; i < r->size; i += sizeof word)
    memcpy(r->base + i, &word, sizeof word);
}

static const memory elsewhere = { .granularity = 16384,
                                  .inset = 4096,
                                  .make = make,
                                  .drop = drop,
                                  .allow = allow,
                                  .blank = blank,
                                  .send = send,
                                  .fetch = fetch };

static void test_failures (void) {
  stages s = { .memory = &elsewhere };
  const alignment f = { .align = 4 };
  placed t;
  ok(!stage_enter(&s, HIGH, 0, 100, &f, &t) && !t.start, "without memory nothing comes on stage");
  has_memory = may_change = true;
  ok(stage_enter(&s, HIGH, 0, 100, &f, &t), "with memory it does");
  stage_close(&t);
  may_change = false;
  ok(!stage_enter(&s, HIGH, 0, 100, &f, &t), "a room that cannot be opened again is no room");
}

static void test_elsewhere (void) {
  stages s = { .memory = &elsewhere };
  const alignment f = { .align = 4 };
  placed t;
  has_memory = may_change = true;
  ok(stage_enter(&s, LOW, 0, 100, &f, &t) && stage_address(&t) == there + elsewhere.inset
         && t.start == here + elsewhere.inset,
     "the subject is given the room, and the worker its view");
  ok(t.stage->room.size == elsewhere.granularity, "its size is a multiple of the granularity");
  stage_send(&t);
  ok(blanked == 1 && fill_covers(LOW, there, t.stage->room.size),
     "the room is laid with fill once");
  there[elsewhere.inset + 104] ^= 1;
  there[elsewhere.inset - 1] ^= 1;
  ok(stage_check(&t).count == 0, "what a call writes there is not seen");
  stage_fetch(&t);
  const damage d = stage_check(&t);
  ok(d.first == -1 && d.count == 2 && sent == 1 && fetched == 1, "before it is fetched");
  stage_send(&t);
  ok(blanked == 1 && there[elsewhere.inset - 1] == fill_byte(LOW, there + elsewhere.inset - 1),
     "what was mended is sent");
  size_t offset;
  ok(stage_handle(&t, &offset) == there && offset == elsewhere.inset, "by handle and offset");
}

int main (void) {
  test_high(100, 4, 0);
  test_high(101, 1, 0);
  test_high(4096, 64, 0);
  test_high(6, 2, 24);
  test_high(40000, 8, 1 << 16);
  test_low(100);
  test_low(70000);
  test_odd(HIGH);
  test_odd(LOW);
  test_nothing();
  test_rooms();
  test_damage(HIGH, -1, 256, "just before and just behind");
  test_damage(LOW, 256, 700, "just behind and farther");
  test_damage(HIGH, -700, -1, "before it");
  test_far_damage();
  test_storage();
  test_access();
  test_failures();
  test_elsewhere();
  stages_close(&all);
  return done_testing();
}
