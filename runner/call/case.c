/* case.c: the keys of a case, and its id, both ways.
   The kind of a key decides how it is read, written, and compared with its default (the texts are
   compared). So a new key is one line of the table. */

#include "case.h"

#include "conv2d_padding_modes.h"
#include "dtype.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char prefix[] = "conv2d:";
/* `unknown` is a value that does not exist, for cases of rejection. */
static const char *const modes[] = {
#define X(name, ...) #name,
  CONV2D_PADDING_MODES(X)
#undef X
      "unknown",
  NULL
};
static const char *const padding_kinds[] = { "", "valid", "same", "unknown", NULL };
static const char *const layouts[] = { "nchw",      "nhwc",    "gaps",  "reversed",
                                       "broadcast", "odd",     "slice", "nhwc-slice",
                                       "mixed",     "crossed", NULL };
/* The index is the mask of test_case.gradients. */
static const char *const gradients[] = { "all",  "input",      "weight",      "input-weight",
                                         "bias", "input-bias", "weight-bias", NULL };
static const char *const directions[] = {
#define X(constant, word, ...) word,
  OPERATIONS(X)
#undef X
      NULL
};

#define AT(field) offsetof(test_case, field)

const case_key case_keys[] = {
  { "input", "in", KEY_SHAPE, AT(input), NULL, "shape of the input: [N, C, H, W], or [C, H, W]" },
  { "in_channels", "c", KEY_INT, AT(params.in_channels), NULL, "default: the input's channels" },
  { "out_channels", "out", KEY_INT, AT(params.out_channels), NULL, "channels of the output" },
  { "kernel_size", "k", KEY_PAIR, AT(params.kernel_size), NULL, "height and width of the kernel" },
  { "stride", "s", KEY_PAIR, AT(params.stride), NULL, "step of the window" },
  { "padding", "p", KEY_PADDING, AT(params.padding), NULL, "on both sides, or `same`, `valid`" },
  { "dilation", "d", KEY_PAIR, AT(params.dilation), NULL, "distance between taps" },
  { "groups", "g", KEY_INT, AT(params.groups), NULL, "blocks of channels that don't mix" },
  { "bias", "bias", KEY_BOOL, AT(params.bias), NULL, "whether a bias is added" },
  { "padding_mode", "mode", KEY_WORD, AT(params.padding_mode), modes,
    "what stands in the padding" },
  { "dtype", "dtype", KEY_DTYPE, AT(params.dtype), NULL, "of every tensor" },
  { "weight_shape", "w", KEY_SHAPE, AT(weight), NULL, "default: as the parameters imply" },
  { "bias_shape", "b", KEY_SHAPE, AT(bias), NULL, "default: [out_channels]" },
  { "weight_dtype", "wdtype", KEY_DTYPE, AT(weight_dtype), NULL, "default: dtype" },
  { "bias_dtype", "bdtype", KEY_DTYPE, AT(bias_dtype), NULL, "default: dtype" },
  { "offered_shape", "o", KEY_SHAPE, AT(offered), NULL,
    "of the tensor for the output (backward: grad_output); default: the output's" },
  { "offered_dtype", "odtype", KEY_DTYPE, AT(offered_dtype), NULL, "default: dtype" },
  { "result_dtype", "rdtype", KEY_DTYPE, AT(result_dtype), NULL,
    "of output and bias: int32, the sums of int8 or uint8; default: dtype" },
  { "layout", "layout", KEY_WORD, AT(layout), layouts, "how the elements lie in memory" },
  { "data", "data", KEY_DATA, AT(recipe), NULL, "recipe of input+weight+bias" },
  { "seed", NULL, KEY_SEED, AT(seed), NULL, "of the data, or of init_parameters" },
  { "direction", "dir", KEY_WORD, AT(direction), directions, "which function is called" },
  { "gradients", "grads", KEY_WORD, AT(gradients), gradients, "which are asked for by backward" },
  { "threads", "threads", KEY_INT, AT(threads), NULL, "that the subject may use" },
  { NULL, NULL, KEY_INT, 0, NULL, NULL }
};

test_case case_default (void) {
  test_case c = { .params = { .in_channels = CASE_NOT_GIVEN,
                              .out_channels = CASE_NOT_GIVEN,
                              .kernel_size = { CASE_NOT_GIVEN, CASE_NOT_GIVEN },
                              .stride = { 1, 1 },
                              .dilation = { 1, 1 },
                              .groups = 1,
                              .bias = 1,
                              .device = { kDLCPU, 0 },
                              .dtype = { kDLFloat, 32, 1 } },
                  .threads = 1,
                  .input = { .ndim = -1 },
                  .weight = { .ndim = -1 },
                  .bias = { .ndim = -1 },
                  .offered = { .ndim = -1 } };
  return c;
}

shape case_weight_shape (const test_case *c) {
  const conv2d_params *p = &c->params;
  if (c->weight.ndim >= 0)
    return c->weight;
  return (shape){ 4,
                  { p->out_channels, p->groups ? p->in_channels / p->groups : 0, p->kernel_size[0],
                    p->kernel_size[1] } };
}

shape case_bias_shape (const test_case *c) {
  return c->bias.ndim >= 0 ? c->bias : (shape){ 1, { c->params.out_channels } };
}

const case_key *case_find_key (const char *name, size_t length) {
  for (const case_key *k = case_keys; k->name; k++)
    if ((strlen(k->name) == length && !memcmp(k->name, name, length))
        || (k->brief && strlen(k->brief) == length && !memcmp(k->brief, name, length)))
      return k;
  return NULL;
}

/* ---- reading */

/* A decimal integer with nothing around it, no plus sign and no leading zero; not INT64_MIN. */
static bool read_int (const char *text, size_t length, int64_t *value) {
  const bool negative = length && *text == '-';
  const size_t first = negative;
  int64_t v = 0;
  if (length == first || (text[first] == '0' && length > 1))
    return false;
  for (size_t i = first; i < length; i++) {
    const int digit = text[i] - '0';
    if (digit < 0 || digit > 9 || __builtin_mul_overflow(v, 10, &v)
        || __builtin_sub_overflow(v, digit, &v)) /* below 0 lies one number more */
      return false;
  }
  if (v == INT64_MIN)
    return false;
  *value = negative ? v : -v;
  return true;
}

/* Integers joined by 'x'; their number, or -1. */
static int read_ints (const char *text, int64_t *value, int capacity) {
  int count = 0;
  for (const char *p = text;; p++) {
    size_t length = strcspn(p, "x");
    if (count == capacity || !read_int(p, length, &value[count++]))
      return -1;
    p += length;
    if (!*p)
      return count;
  }
}

static bool read_pair (const char *text, int64_t pair[2]) {
  int64_t v[2];
  int count = read_ints(text, v, 2);
  if (count < 1)
    return false;
  pair[0] = v[0];
  pair[1] = v[count - 1];
  return true;
}

static bool read_word (const char *const *words, const char *text, int32_t *value) {
  for (int32_t i = 0; words[i]; i++)
    if (!strcmp(words[i], text)) {
      *value = i;
      return true;
    }
  return false;
}

static bool read_padding (test_case *c, const char *text) {
  int64_t pair[2] = { 0, 0 };
  if (read_pair(text, pair))
    c->params.padding_kind = CONV2D_PADDING_EXPLICIT;
  else if (!*text || !read_word(padding_kinds, text, &c->params.padding_kind))
    return false;
  memcpy(c->params.padding, pair, sizeof pair);
  return true;
}

static bool read_seed (const char *text, uint64_t *seed) {
  char again[24];
  uint64_t v = strtoull(text, NULL, 10);
  snprintf(again, sizeof again, "%" PRIu64, v);
  if (strcmp(again, text))
    return false;
  *seed = v;
  return true;
}

/* "uniform", "arange+ones", "uniform+normal+zeros/7". */
static bool read_data (test_case *c, const char *text) {
  char names[64];
  size_t length = strcspn(text, "/");
  if (length >= sizeof names || (text[length] && !read_seed(text + length + 1, &c->seed)))
    return false;
  memcpy(names, text, length);
  names[length] = 0;
  int count = 0;
  for (char *rest = names, *name; (name = strsep(&rest, "+")); count++) {
    int r = recipe_find(name);
    if (r < 0 || count == 3)
      return false;
    for (int i = count; i < 3; i++)
      c->recipe[i] = (uint8_t) r;
  }
  return true;
}

static bool read_shape (const char *text, shape *s) {
  s->ndim = *text ? read_ints(text, s->dim, MAX_NDIM) : 0;
  return s->ndim >= 0;
}

static bool read_bool (const char *text, int32_t *value) {
  *value = !strcmp(text, "true");
  return *value || !strcmp(text, "false");
}

/* What the key takes, for an error. `room` holds the text where it has to be composed. */
static const char *expected (const case_key *key, char room[static MAX_DTYPE_LIST]) {
  static const char *const text[] = {
    [KEY_INT] = "an integer",
    [KEY_PAIR] = "an integer or a pair of integers",
    [KEY_PADDING] = "an integer, a pair of integers, `same` or `valid`",
    [KEY_SHAPE] = "a list of at most 6 integers",
    [KEY_BOOL] = "true or false",
    [KEY_WORD] = "one of its words (conv2d-cts show --keys lists them)",
    [KEY_DTYPE] = NULL,
    [KEY_SEED] = "an integer from 0 to 2^64-1",
    [KEY_DATA] = "up to three recipes joined by '+' (conv2d-cts show --keys lists them)",
  };
  return key->kind == KEY_DTYPE ? dtype_list(room) : text[key->kind];
}

static bool set (test_case *c, const case_key *key, const char *text) {
  void *field = (char *) c + key->offset;
  switch (key->kind) {
  case KEY_INT: return read_int(text, strlen(text), field);
  case KEY_PAIR: return read_pair(text, field);
  case KEY_PADDING: return read_padding(c, text);
  case KEY_SHAPE: return read_shape(text, field);
  case KEY_BOOL: return read_bool(text, field);
  case KEY_WORD: return read_word(key->words, text, field);
  case KEY_DTYPE: return dtype_parse(text, field);
  case KEY_SEED: return read_seed(text, field);
  case KEY_DATA: return read_data(c, text);
  }
  return false;
}

bool case_set (test_case *c, const case_key *key, const char *text, error *e) {
  char room[MAX_DTYPE_LIST];
  return set(c, key, text)
         || fail(e, BAD_INPUT, "%s: %s is expected, got '%.60s'", key->name, expected(key, room),
                 text);
}

bool case_complete (test_case *c, error *e) {
  if (c->input.ndim < 0)
    return fail(e, BAD_INPUT, "input: a shape must be given");
  if (c->params.out_channels == CASE_NOT_GIVEN)
    return fail(e, BAD_INPUT, "out_channels: must be given");
  if (c->params.kernel_size[0] == CASE_NOT_GIVEN)
    return fail(e, BAD_INPUT, "kernel_size: must be given");
  if (c->params.in_channels == CASE_NOT_GIVEN)
    c->params.in_channels = shape_channels(&c->input);
  if (c->threads < 1 || c->threads > MAX_THREADS)
    return fail(e, BAD_INPUT, "threads: a number from 1 to %d is expected", MAX_THREADS);
  return true;
}

bool case_parse (const char *id, test_case *c, error *e) {
  if (strncmp(id, prefix, strlen(prefix)))
    return fail(e, BAD_INPUT, "case id: must start with '%s', got '%.60s'", prefix, id);
  if (strlen(id) >= MAX_ID)
    return fail(e, BAD_INPUT, "case id: longer than %d characters", MAX_ID - 1);
  char text[MAX_ID];
  strcpy(text, id + strlen(prefix));
  *c = case_default();
  unsigned seen = 0;
  for (char *rest = text, *item; (item = strsep(&rest, ","));) {
    size_t length = strcspn(item, "=");
    const case_key *key = case_find_key(item, length);
    if (!key || !item[length])
      return fail(e, BAD_INPUT, "case id: column %d: KEY=VALUE is expected, got '%.60s'",
                  (int) (item - text + (long) strlen(prefix) + 1), item);
    unsigned bit = 1U << (key - case_keys);
    if (seen & bit)
      return fail(e, BAD_INPUT, "case id: '%s' is given twice", key->name);
    seen |= bit;
    if (!case_set(c, key, item + length + 1, e))
      return false;
  }
  return case_complete(c, e);
}

/* ---- writing */

static char *put_int (char *to, int64_t v) {
  char digits[24], *p = digits + sizeof digits;
  uint64_t rest = v < 0 ? 0 - (uint64_t) v : (uint64_t) v;
  do
    *--p = (char) ('0' + rest % 10);
  while (rest /= 10);
  if (v < 0)
    *--p = '-';
  size_t length = (size_t) (digits + sizeof digits - p);
  memcpy(to, p, length);
  return to + length;
}

static char *put_ints (char *to, const int64_t *value, int count) {
  for (int i = 0; i < count; i++) {
    if (i)
      *to++ = 'x';
    to = put_int(to, value[i]);
  }
  return to;
}

static char *put_pair (char *to, const int64_t pair[2]) {
  return put_ints(to, pair, pair[0] == pair[1] ? 1 : 2);
}

static char *put_data (char *to, const test_case *c) {
  int count = c->recipe[2] != c->recipe[1] ? 3 : c->recipe[1] != c->recipe[0] ? 2 : 1;
  for (int i = 0; i < count; i++) {
    if (i)
      *to++ = '+';
    to = stpcpy(to, recipes[c->recipe[i]].name);
  }
  if (c->seed) {
    *to++ = '/';
    to += sprintf(to, "%" PRIu64, c->seed);
  }
  return to;
}

static char *put (char *to, const test_case *c, const case_key *key) {
  const void *field = (const char *) c + key->offset;
  switch (key->kind) {
  case KEY_INT: return put_int(to, *(const int64_t *) field);
  case KEY_PAIR: return put_pair(to, field);
  case KEY_PADDING:
    return c->params.padding_kind ? stpcpy(to, padding_kinds[c->params.padding_kind])
                                  : put_pair(to, field);
  case KEY_SHAPE: return put_ints(to, ((const shape *) field)->dim, ((const shape *) field)->ndim);
  case KEY_BOOL: return stpcpy(to, *(const int32_t *) field ? "true" : "false");
  case KEY_WORD: return stpcpy(to, key->words[*(const int32_t *) field]);
  case KEY_DTYPE: return stpcpy(to, dtype_name(*(const DLDataType *) field));
  case KEY_SEED: return to + sprintf(to, "%" PRIu64, *(const uint64_t *) field);
  case KEY_DATA: return put_data(to, c);
  }
  return to;
}

/* Whether the key has its default. An id leaves such a key out. */
static bool is_default (const test_case *c, const case_key *key) {
  const void *field = (const char *) c + key->offset;
  const int64_t *pair = field;
  switch (key->kind) {
  case KEY_INT:
    if (key->offset == AT(params.in_channels))
      return *pair == shape_channels(&c->input);
    return key->offset != AT(params.out_channels) && *pair == 1;
  case KEY_PAIR: return key->offset != AT(params.kernel_size) && pair[0] == 1 && pair[1] == 1;
  case KEY_PADDING: return !c->params.padding_kind && !pair[0] && !pair[1];
  case KEY_SHAPE: return ((const shape *) field)->ndim < 0;
  case KEY_BOOL: return *(const int32_t *) field;
  case KEY_WORD: return !*(const int32_t *) field;
  case KEY_DTYPE: {
    const DLDataType *t = field;
    return !t->bits || (key->offset == AT(params.dtype) && t->code == kDLFloat && t->bits == 32);
  }
  case KEY_SEED: return !*(const uint64_t *) field;
  case KEY_DATA: return !c->recipe[0] && !c->recipe[1] && !c->recipe[2] && !c->seed;
  }
  return false;
}

void case_get (const test_case *c, const case_key *key, char text[static MAX_ID]) {
  *put(text, c, key) = 0;
}

size_t case_id (const test_case *c, char text[static MAX_ID]) {
  char *to = stpcpy(text, prefix);
  const char *start = to;
  for (const case_key *key = case_keys; key->name; key++) {
    if (!key->brief || is_default(c, key))
      continue;
    if (to != start)
      *to++ = ',';
    to = stpcpy(to, key->brief);
    *to++ = '=';
    to = put(to, c, key);
  }
  *to = 0;
  return (size_t) (to - text);
}
