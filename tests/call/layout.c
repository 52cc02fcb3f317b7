/* layout.c: the layouts, by listing where every element of many small tensors lies. */

#include "call/job.h"
#include "call/layout.h"
#include "../tap.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_BYTES = 1 << 14 };

static const DLDataType types[] = { { kDLFloat, 32, 1 }, { kDLFloat, 64, 1 }, { kDLInt, 8, 1 } };

static const char *const names[LAYOUTS] = { "nchw", "nhwc",  "gaps",       "reversed", "broadcast",
                                            "odd",  "slice", "nhwc-slice", "mixed",    "crossed" };

/* The byte of the storage where the element with these indices starts. */
static int64_t byte_of (const place *p, const int64_t *index) {
  int64_t at = (int64_t) p->origin;
  for (int a = 0; a < p->ndim; a++)
    at += index[a] * p->strides[a] * (p->dtype.bits / 8);
  return at;
}

static bool next (const place *p, int64_t *index) {
  for (int a = p->ndim - 1; a >= 0; a--) {
    if (++index[a] < p->shape[a])
      return true;
    index[a] = 0;
  }
  return false;
}

/* Whether all elements lie apart in the storage (or, with `shared`, on each other), aligned, and
   reach its end. */
static bool fits (const place *p, bool shared) {
  static unsigned char used[MAX_BYTES];
  const int64_t size = p->dtype.bits / 8;
  int64_t index[MAX_NDIM] = { 0 }, highest = 0;
  memset(used, 0, sizeof used);
  do {
    const int64_t at = byte_of(p, index);
    if (at < 0 || at % size || at + size > (int64_t) p->bytes || (used[at] && !shared))
      return false;
    used[at] = 1;
    highest = at > highest ? at : highest;
  } while (next(p, index));
  return highest + size == (int64_t) p->bytes;
}

static bool has_a_zero (const place *p) {
  for (int a = 0; a < p->ndim; a++)
    if (p->strides[a] == 0)
      return true;
  return false;
}

/* Whether a layout does what layout.h says, on 500 random shapes of 1 to 6 axes. */
static bool keeps_its_word (layout l, bool output) {
  bool right = true;
  for (int trial = 0; trial < 500; trial++) {
    int64_t dim[MAX_NDIM];
    const int32_t ndim = 1 + trial % MAX_NDIM;
    for (int a = 0; a < ndim; a++)
      dim[a] = 1 + rand() % (ndim > 4 ? 2 : 5);
    place p;
    right &=
        layout_place(l, output, types[trial % 3], ndim, dim, &p) && p.present == 1 && p.offset == 0;
    right &= fits(&p, l == BROADCAST && has_a_zero(&p));
    for (int a = 0; output && a < ndim; a++)
      right &= p.strides[a] > 0;
  }
  return right;
}

static bool strides_are (layout l, bool output, int32_t ndim, const int64_t *dim,
                         const int64_t *want, uint64_t origin) {
  place p;
  return layout_place(l, output, types[0], ndim, dim, &p) && p.origin == origin
         && !memcmp(p.strides, want, (size_t) ndim * sizeof *want);
}

#define STRIDES(...)                                                                               \
  (const int64_t[]) {                                                                              \
    __VA_ARGS__                                                                                    \
  }

static void test_strides (void) {
  const int64_t batch[] = { 2, 3, 4, 5 }, single[] = { 3, 1, 4, 5 };
  ok(strides_are(NCHW, false, 4, batch, STRIDES(60, 20, 5, 1), 0), "nchw of 2x3x4x5");
  ok(strides_are(NHWC, false, 4, batch, STRIDES(60, 1, 15, 3), 0), "nhwc of 2x3x4x5");
  ok(strides_are(NHWC, true, 3, batch + 1, STRIDES(1, 15, 3), 0), "nhwc of 3x4x5, unbatched");
  ok(strides_are(NHWC, false, 1, batch, STRIDES(1), 0), "nhwc of a vector is compact");
  ok(strides_are(GAPS, true, 4, batch, STRIDES(118, 37, 8, 1), 0), "gaps in 2x3x4x5");
  ok(strides_are(GAPS, true, 1, batch, STRIDES(2), 0), "gaps in a vector");
  ok(strides_are(REVERSED, false, 4, batch, STRIDES(60, 20, -5, -1), 19 * 4), "2x3x4x5 reversed");
  ok(strides_are(BROADCAST, false, 4, batch, STRIDES(60, 0, 5, 1), 0), "broadcast along channels");
  ok(strides_are(BROADCAST, false, 4, single, STRIDES(0, 20, 5, 1), 0),
     "broadcast along the batch where there is one channel");
  ok(strides_are(REVERSED, true, 4, batch, STRIDES(60, 20, 5, 1), 0),
     "an output is never reversed");
  ok(strides_are(BROADCAST, true, 4, batch, STRIDES(60, 20, 5, 1), 0), "nor broadcast");
  ok(strides_are(ODD, false, 4, batch, STRIDES(60, 20, 5, 1), 0), "odd is compact");
  ok(strides_are(SLICE, true, 4, batch, STRIDES(100, 20, 5, 1), 0), "three channels of five");
  ok(strides_are(SLICE, false, 3, batch + 1, STRIDES(20, 5, 1), 0), "one image of them is compact");
  ok(strides_are(NHWC_SLICE, true, 4, batch, STRIDES(120, 1, 30, 6), 0),
     "three channels of six, channels last");
  ok(strides_are(NHWC_SLICE, false, 1, batch, STRIDES(1), 0), "a vector is compact");
}

static void test_calls (void) {
  ok(layout_of(MIXED, JOB_INPUT) == NHWC && layout_of(MIXED, JOB_GRAD_INPUT) == NHWC
         && layout_of(MIXED, JOB_WEIGHT) == NCHW && layout_of(MIXED, JOB_OUTPUT) == NCHW,
     "mixed: the input is channels last");
  ok(layout_of(CROSSED, JOB_INPUT) == NCHW && layout_of(CROSSED, JOB_WEIGHT) == NHWC
         && layout_of(CROSSED, JOB_OUTPUT) == NHWC && layout_of(CROSSED, JOB_BIAS) == NCHW,
     "crossed: weight and output are channels last");
  for (int t = 0; t < JOB_TENSORS; t++)
    ok(layout_of(GAPS, t) == GAPS, "%s of a call with gaps has gaps", job_tensor_name(t));
}

static void test_limits (void) {
  place p;
  const int64_t huge[] = { 1, (int64_t) 1 << 31, (int64_t) 1 << 31, 4 };
  const int64_t empty[] = { 0, 3, 4, 5 }, negative[] = { 2, -3, 4, 5 };
  ok(!layout_place(NCHW, false, types[0], 4, huge, &p), "2^64 elements are refused");
  ok(!layout_place(NCHW, false, types[0], 3, huge, &p), "2^62 elements of 4 bytes are refused");
  ok(layout_place(NCHW, false, types[2], 3, huge, &p) && p.bytes == (uint64_t) 1 << 62,
     "2^62 bytes are not");
  for (layout l = NCHW; l < LAYOUTS; l++)
    ok(layout_place(l, false, types[0], 4, empty, &p) && p.bytes == 0 && p.origin == 0
           && layout_place(l, false, types[0], 4, negative, &p) && p.bytes == 0,
       "%s: no elements, no bytes", names[l]);
  ok(layout_place(GAPS, true, types[1], 0, empty, &p) && p.bytes == 8, "a scalar is one element");
}

int main (void) {
  for (layout l = NCHW; l < LAYOUTS; l++) {
    ok(keeps_its_word(l, false), "%s: elements of an input lie apart and fill the storage",
       names[l]);
    ok(keeps_its_word(l, true), "%s: those of an output too, by positive strides", names[l]);
  }
  test_strides();
  test_calls();
  test_limits();
  return done_testing();
}
