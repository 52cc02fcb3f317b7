/* layout.c: mutants that do not find the elements of a tensor in memory. */

#include "engine.h"

/* Strides as of a compact tensor. */
static void make_compact (view *v) {
  int64_t step = 1;
  for (int a = v->t.ndim - 1; v->t.shape != NULL && a >= 0; a--) {
    v->strides[a] = step;
    step *= v->t.shape[a];
  }
}

/* Channels, rows, columns: counted from the last axis. */
static int64_t *stride_at (view *v, int from_last) {
  return &v->strides[v->t.ndim - from_last];
}

static int64_t size_at (const view *v, int from_last) {
  return v->t.shape[v->t.ndim - from_last];
}

static bool is_channels_last (view *v) {
  return size_at(v, 3) > 1 && *stride_at(v, 3) == 1 && size_at(v, 1) > 1
         && *stride_at(v, 1) == size_at(v, 3);
}

static void compact_input (call *c) {
  make_compact(&c->input);
}

static void compact_weight (call *c) {
  make_compact(&c->weight);
}

static void compact_bias (call *c) {
  make_compact(&c->bias);
}

static void compact_rows (call *c) {
  view *v = &c->input;
  if (*stride_at(v, 1) == 1)
    *stride_at(v, 2) = size_at(v, 1);
}

static void compact_planes (call *c) {
  view *v = &c->input;
  if (*stride_at(v, 1) == 1 && *stride_at(v, 3) > 0)
    *stride_at(v, 3) = *stride_at(v, 2) * size_at(v, 2);
}

static void compact_images (call *c) {
  view *v = &c->input;
  if (v->t.ndim == 4 && *stride_at(v, 1) == 1 && v->strides[0] > 0)
    v->strides[0] = v->strides[1] * v->t.shape[1];
}

static void adjacent_columns (call *c) {
  *stride_at(&c->input, 1) = 1;
}

static void turned_rows (call *c) {
  view *v = &c->input;
  int64_t *row = stride_at(v, 2);
  if (*row < 0) {
    v->t.data = (char *) v->t.data + *row * (size_at(v, 2) - 1) * v->t.dtype.bits / 8;
    *row = -*row;
  }
}

static void turned_columns (call *c) {
  view *v = &c->weight;
  int64_t *column = stride_at(v, 1);
  if (*column < 0) {
    v->t.data = (char *) v->t.data + *column * (size_at(v, 1) - 1) * v->t.dtype.bits / 8;
    *column = -*column;
  }
}

/* Vectors start at addresses that are multiples of 8. */
static void aligned_down (call *c) {
  view *v = &c->input;
  uintptr_t address = (uintptr_t) v->t.data;
  if (v->t.ndim == 4 && size_at(v, 1) > 1)
    v->t.data = (char *) v->t.data - address % 8;
}

static void channels_last_undilated (call *c) {
  if (is_channels_last(&c->input))
    c->l.y.dilation = c->l.x.dilation = 1;
}

static void channels_last_unpadded_groups (call *c) {
  if (is_channels_last(&c->input) && c->params.groups > 1)
    c->l.y.before = 0;
}

/* A weight that is stored channels last with one channel is taken for rows of columns turned
   (pytorch #82060). */
static void channels_last_single (call *c) {
  view *v = &c->weight;
  bool last = v->strides[1] == 1 && v->strides[3] == v->t.shape[1] && is_channels_last(&c->input);
  if (last && size_at(v, 2) == size_at(v, 1))
    SWAP(int64_t, v->strides[2], v->strides[3]);
}

static void broadcast_first_only (call *c) {
  view *v = &c->input;
  if (v->t.ndim == 4 && v->strides[1] == 0 && v->t.shape[1] > 1)
    v->t.data = (char *) v->t.data + v->t.dtype.bits / 8;
}

/* Strides as of a compact tensor whose channels are last. */
static void make_channels_last (view *v) {
  int64_t step = 1;
  const int from_last[] = { 3, 1, 2, 4 };
  for (int a = 0; a < v->t.ndim && v->t.ndim >= 3; a++) {
    *stride_at(v, from_last[a]) = step;
    step *= size_at(v, from_last[a]);
  }
}

static bool has_adjacent_channels (view *v) {
  return v->t.ndim >= 3 && *stride_at(v, 3) == 1 && *stride_at(v, 1) >= size_at(v, 3);
}

static void compact_pixels (call *c) {
  if (has_adjacent_channels(&c->input))
    make_channels_last(&c->input);
}

static void compact_pixels_written (const number *values, DLTensor *t) {
  view v = { .t = *t };
  v.t.strides = v.strides;
  memcpy(v.strides, t->strides, (size_t) t->ndim * sizeof *v.strides);
  if (has_adjacent_channels(&v))
    make_channels_last(&v);
  scatter(values, &v.t);
}

static void weight_like_input (call *c) {
  view *x = &c->input, *w = &c->weight;
  if (is_channels_last(x) && *stride_at(w, 1) == 1)
    make_channels_last(w);
  else if (*stride_at(x, 1) == 1 && is_channels_last(w))
    make_compact(w);
}

static void compact_output (const number *values, DLTensor *t) {
  view v = { .t = *t };
  v.t.strides = v.strides;
  make_compact(&v);
  scatter(values, &v.t);
}

/* Runs on over the gap after each row. */
static void write_gaps (const number *values, DLTensor *t) {
  scatter(values, t);
  int64_t width = t->shape[t->ndim - 1], last = t->ndim - 2;
  if (t->ndim > 2 && count_elements(t) > 0 && t->strides[last] > width && t->strides[last + 1] == 1
      && t->shape[last] > 1)
    store(t->data, width, t->dtype, (number){ 0 });
}

static void write_transposed (const number *values, DLTensor *t) {
  view v = { .t = *t };
  v.t.strides = v.strides;
  memcpy(v.strides, t->strides, (size_t) t->ndim * sizeof *v.strides);
  if (t->ndim > 2 && size_at(&v, 1) == size_at(&v, 2) && *stride_at(&v, 3) == 1
      && size_at(&v, 3) > 1)
    SWAP(int64_t, *stride_at(&v, 1), *stride_at(&v, 2));
  scatter(values, &v.t);
}

const mutant layout_mutants[] = {
  { "input-strides-ignored", "the input is read as if it were compact", .layout = compact_input },
  { "weight-strides-ignored", "the weight is read as if it were compact",
    .layout = compact_weight },
  { "bias-stride-ignored", "the bias is read as if it were compact", .layout = compact_bias },
  { "output-strides-ignored", "results are written as if they were compact",
    .write = compact_output },
  { "row-gap-ignored", "rows of the input follow each other without a gap",
    .layout = compact_rows },
  { "plane-gap-ignored", "planes of the input follow each other without a gap",
    .layout = compact_planes },
  { "image-gap-ignored", "images follow each other without a gap", .layout = compact_images },
  { "columns-adjacent", "the stride of the input's columns is taken for 1",
    .layout = adjacent_columns },
  { "negative-rows-turned", "the input's rows are read forwards from the lowest address",
    .layout = turned_rows },
  { "negative-columns-turned", "the weight's columns are read forwards from the lowest address",
    .layout = turned_columns },
  { "address-aligned-down", "the input is read from an address divisible by 8",
    .layout = aligned_down },
  { "channels-last-undilated", "channels last, there is no dilation",
    .before = channels_last_undilated },
  { "channels-last-groups-unpadded", "channels last with groups, the padding above is lost",
    .before = channels_last_unpadded_groups },
  { "channels-last-kernel-turned", "channels last, square kernels are transposed",
    .layout = channels_last_single },
  { "broadcast-one-further", "a channel that is broadcast is read one element further",
    .layout = broadcast_first_only },
  { "pixel-gap-ignored", "a channel slice of channels last is read as compact (pytorch #180984)",
    .layout = compact_pixels },
  { "pixel-gap-overwritten", "a channel slice of channels last is written as compact",
    .write = compact_pixels_written },
  { "weight-like-input", "the weight is taken to have the input's layout",
    .layout = weight_like_input },
  { "output-gaps-written", "a row of the output runs on into the gap after it",
    .write = write_gaps },
  { "output-channels-last-turned", "channels last, square outputs are transposed",
    .write = write_transposed },
  { .name = NULL }
};
