/* sequences.c: mutants that are right about each call, but not about the calls before it or the
   threads beside it.
   A cache keeps what it has prepared for a call, and finds it again by a key that leaves something
   out. Then it computes with what the first call with this key had. */

#include "effects.h"

/* The key by which a cache distinguishes calls. */
typedef struct key {
  int64_t input[4], out_channels, groups, kernel[2], stride[2], dilation[2], padding[2];
  int64_t input_strides[4];
  int32_t dtype, mode, backward;
} key;

enum { KEPT = 4096 };

static key key_of (const call *c) {
  key k;
  memset(&k, 0, sizeof k); /* keys are compared with their gaps */
  memcpy(k.input, c->input.t.shape, (size_t) c->input.t.ndim * sizeof *k.input);
  memcpy(k.input_strides, c->input.strides, (size_t) c->input.t.ndim * sizeof *k.input_strides);
  k.out_channels = c->params.out_channels;
  k.groups = c->params.groups;
  k.kernel[0] = c->l.y.kernel, k.kernel[1] = c->l.x.kernel;
  k.stride[0] = c->l.y.stride, k.stride[1] = c->l.x.stride;
  k.dilation[0] = c->l.y.dilation, k.dilation[1] = c->l.x.dilation;
  k.padding[0] = c->l.y.before, k.padding[1] = c->l.x.before;
  k.dtype = dtype_of(c->params.dtype);
  k.mode = c->params.padding_mode;
  k.backward = c->backward;
  return k;
}

/* Returns the first of all calls with key `k`, as it was. Remembers `full` if it is the first. */
static key find_first (key k, key full) {
  static struct { key k, full; } kept[KEPT];
  static int count;
  for (int i = 0; i < count; i++)
    if (memcmp(&kept[i].k, &k, sizeof k) == 0)
      return kept[i].full;
  if (count < KEPT) {
    kept[count].k = k;
    kept[count++].full = full;
  }
  return full;
}

/* The first call like this one but for one member of the key. */
#define FIRST_WITHOUT(c, member)                                                                   \
  __extension__({                                                                                  \
    key full = key_of(c), part = full;                                                             \
    memset(&part.member, 0, sizeof part.member);                                                   \
    find_first(part, full);                                                                        \
  })

/* ---- keys that are too short */

static void cached_without_stride (call *c) {
  key first = FIRST_WITHOUT(c, stride);
  c->l.y.stride = first.stride[0], c->l.x.stride = first.stride[1];
}

static void cached_without_dilation (call *c) {
  key first = FIRST_WITHOUT(c, dilation);
  c->l.y.dilation = first.dilation[0], c->l.x.dilation = first.dilation[1];
}

static void cached_without_padding (call *c) {
  key first = FIRST_WITHOUT(c, padding);
  c->l.y.before = first.padding[0], c->l.x.before = first.padding[1];
}

static void cached_without_mode (call *c) {
  c->params.padding_mode = FIRST_WITHOUT(c, mode).mode;
}

/* Another number of groups reads other channels; the rest of a larger weight is zeros. */
static void cached_without_groups (call *c) {
  key first = FIRST_WITHOUT(c, groups);
  int64_t have = count_elements(&c->weight.t);
  int64_t need = c->params.out_channels * (c->l.in_channels / first.groups) * taps(c);
  if (first.groups == c->params.groups)
    return;
  if (!c->backward && need > have) {
    number *more = calloc((size_t) need, sizeof *more);
    if (more == NULL)
      return;
    memcpy(more, c->w, (size_t) have * sizeof *more);
    free(c->w);
    c->w = more;
  }
  if (!c->backward) {
    c->l.group_in = c->l.in_channels / first.groups;
    c->l.group_out = c->params.out_channels / first.groups;
  }
}

static void cached_without_batch (call *c) {
  int64_t images = FIRST_WITHOUT(c, input[0]).input[0];
  for (int64_t i = images * c->params.out_channels * pixels(c);
       c->input.t.ndim == 4 && !c->backward && i < count_outputs(c); i++)
    c->y[i].integer = 0;
}

/* A float32 kernel that was made for float16 rounds as that does. */
static void cached_without_dtype (call *c) {
  key first = FIRST_WITHOUT(c, dtype);
  bool half = first.dtype == FLOAT16 || first.dtype == BFLOAT16;
  for (int64_t i = 0; half && c->real && !c->backward && i < count_outputs(c); i++)
    c->y[i].real = round_to(c->y[i].real, 8, -133);
}

/* Elements of memory from the first to the last of a tensor. */
static int64_t span (const int64_t *shape, const int64_t *strides, int32_t ndim) {
  int64_t last = 0;
  for (int32_t i = 0; i < ndim; i++)
    if (shape[i] == 0 || strides[i] < 0)
      return -1;
    else
      last += (shape[i] - 1) * strides[i];
  return last;
}

/* The mistake is made only between layouts of the same memory, so that nothing outside is read. */
static void cached_without_layout (call *c) {
  key first = FIRST_WITHOUT(c, input_strides);
  const int64_t *shape = c->input.t.shape;
  int32_t ndim = c->input.t.ndim;
  if (span(shape, first.input_strides, ndim) == span(shape, c->input.strides, ndim))
    memcpy(c->input.strides, first.input_strides, (size_t) ndim * sizeof *c->input.strides);
}

/* ---- repetitions */

/* How often there has been a call with this key, this one included. */
static int64_t count_calls (key k) {
  static struct {
    key k;
    int64_t calls;
  } kept[KEPT];
  static int count;
  int i = 0;
  while (i < count && memcmp(&kept[i].k, &k, sizeof k) != 0)
    i++;
  if (i == count && count < KEPT)
    kept[count++].k = k;
  return i < KEPT ? ++kept[i].calls : 0;
}

/* A benchmark among algorithms ends, and the fastest is wrong. */
static void wrong_from_tenth (call *c) {
  if (count_calls(key_of(c)) > 10 && !c->backward)
    zero_last_column(c);
}

static void wrong_from_second (call *c) {
  bool packed = has_kernel(c, 1, 1) && c->l.x.size % 2 == 1 && c->l.x.size > 8;
  if (count_calls(key_of(c)) == 2 && !c->backward && packed)
    zero_pixel_tail(c);
}

static void second_gradient_wrong (call *c) {
  if (has_dtype(c, FLOAT16) && c->backward && c->l.in_channels >= 8 && count_calls(key_of(c)) == 2)
    zero_grad_input(c);
}

/* An input with the shape and the address of the last one is taken for it. */
static void input_cached_by_address (call *c) {
  static number *cached;
  static key cached_key;
  static const void *address;
  static double seen;
  key now = key_of(c);
  int64_t count = count_elements(&c->input.t);
  bool again = address == c->input.t.data && memcmp(&now, &cached_key, sizeof now) == 0;
  if (again && cached != NULL && count_elements(&c->weight.t) > 0 && c->w[0].real == seen) {
    memcpy(c->x, cached, (size_t) count * sizeof *cached);
    return;
  }
  free(cached);
  cached = malloc(((size_t) count + 1) * sizeof *cached);
  if (cached != NULL)
    memcpy(cached, c->x, (size_t) count * sizeof *cached);
  address = c->input.t.data;
  cached_key = now;
  seen = count_elements(&c->weight.t) > 0 ? c->w[0].real : 0;
}

/* Weights that were packed are found again by address and shape, as they never change. */
static void weight_cached_by_address (call *c) {
  static number *cached;
  static key cached_key;
  static const void *address;
  key now = key_of(c);
  int64_t count = count_elements(&c->weight.t);
  if (cached != NULL && address == c->weight.t.data && memcmp(&now, &cached_key, sizeof now) == 0) {
    memcpy(c->w, cached, (size_t) count * sizeof *cached);
    return;
  }
  free(cached);
  cached = malloc(((size_t) count + 1) * sizeof *cached);
  if (cached != NULL)
    memcpy(cached, c->w, (size_t) count * sizeof *cached);
  address = c->weight.t.data;
  cached_key = now;
}

/* Scratch memory that was sized by the first call of a layer serves all its images. */
static void scratch_of_first_size (call *c) {
  key k = key_of(c);
  memset(k.input + 2, 0, 2 * sizeof *k.input);
  memset(k.input_strides, 0, sizeof k.input_strides);
  key first = find_first(k, key_of(c));
  if (!c->backward && c->l.y.size > first.input[2] && c->l.in_channels >= 8)
    zero_last_column(c);
}

/* ---- threads */

static int64_t threads (void) {
  const char *text = getenv("OMP_NUM_THREADS");
  return text == NULL ? 1 : strtoll(text, NULL, 10);
}

static bool is_threaded (const call *c) {
  return !c->backward && threads() > 1 && c->params.out_channels > 1 && pixels(c) > 256;
}

static bool is_threaded_depthwise (const call *c) {
  return !c->backward && threads() > 1 && is_depthwise(&c->l) && c->height > 16;
}

static bool is_threaded_gradient (const call *c) {
  return c->backward && threads() > 1 && c->l.images > 1 && c->l.in_channels >= 8;
}

const mutant sequence_mutants[] = {
  { "cached-without-groups", "a cache's key leaves groups out (tt-metal #48668)",
    .before = cached_without_groups },
  { "cached-without-stride", "a cache's key leaves stride out", .before = cached_without_stride },
  { "cached-without-dilation", "a cache's key leaves dilation out",
    .before = cached_without_dilation },
  { "cached-without-padding", "a cache's key leaves padding out",
    .before = cached_without_padding },
  { "cached-without-mode", "a cache's key leaves padding_mode out", .before = cached_without_mode },
  { "cached-without-batch", "a cache's key leaves the batch out (Paddle #107)",
    .after = cached_without_batch },
  { "cached-without-dtype", "a cache's key leaves the dtype out", .after = cached_without_dtype },
  { "cached-without-layout", "a cache's key leaves the layout out",
    .layout = cached_without_layout },
  { "wrong-from-tenth", "right for ten calls of one shape", .after = wrong_from_tenth },
  { "wrong-from-second", "1x1, odd width: the second call is wrong (tfjs #4844)",
    .after = wrong_from_second, .unit = 2 },
  { "second-gradient-wrong", "float16: the second grad_input is wrong (Theano #6435)",
    .after = second_gradient_wrong },
  { "input-cached-by-address", "an input at the address of the last is taken for it",
    .before = input_cached_by_address },
  { "weight-cached-by-address", "weights never change, so they are packed once (oneDNN #1113)",
    .before = weight_cached_by_address },
  { "scratch-of-first-size", "scratch memory is as large as the first call needed",
    .after = scratch_of_first_size },
  { "threaded-channels", "more than one thread: all channels but the first are 0 (XNNPACK #883)",
    .when = is_threaded, .after = zero_channels_past, .unit = 1 },
  { "threaded-depthwise", "more than one thread, depthwise: the last rows (tensorflow #27200)",
    .when = is_threaded_depthwise, .after = zero_last_rows_and_columns, .unit = 1 },
  { "threaded-gradient", "more than one thread: grad_weight of the first image only",
    .when = is_threaded_gradient, .before = drop_images_past, .unit = 1 },
  { .name = NULL }
};
