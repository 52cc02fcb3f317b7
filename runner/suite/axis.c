/* axis.c: values of an axis, and cases from a row of them.
   The settings of a row are first applied to a draft. What depends on several of them (the input's
   shape, words such as `limit`) is worked out when all have been applied. */

#include "axis.h"

#include "call/padding_mode.h"
#include "casefile.h"

#include <stdlib.h>
#include <string.h>

/* Values of padding, kernel_size and stride that depend on other settings. */
typedef enum word { NO_WORD, W_KERNEL, W_INPUT, W_LIMIT, W_PAST, W_PAST_INPUT, W_PAST_KERNEL } word;

static const struct {
  const char *key, *text;
  word word;
} words[] = {
  { "padding", "kernel", W_KERNEL },
  { "padding", "input", W_INPUT },
  { "padding", "limit", W_LIMIT },
  { "padding", "past", W_PAST },
  { "kernel_size", "past-input", W_PAST_INPUT },
  { "stride", "past-input", W_PAST_INPUT },
  { "stride", "past-kernel", W_PAST_KERNEL },
};

typedef struct draft {
  test_case c;
  int64_t batch; /* -1: unbatched */
  int64_t size[2];
  word padding, kernel_size, stride;
} draft;

static word find_word (const char *key, const char *text) {
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (!strcmp(words[i].key, key) && !strcmp(words[i].text, text))
      return words[i].word;
  return NO_WORD;
}

/* ---- reading */

/* Keys that only an axis has, read as if they were keys of a case. */
static const case_key batch_key = { "batch", "", KEY_INT, 0, NULL, NULL };
static const case_key size_key = { "size", "", KEY_PAIR, 0, NULL, NULL };

static bool read_setting (const char *path, const char *key, const node *from, const node *value,
                          axis_value *v, error *e) {
  if (v->settings == MAX_SETTINGS)
    return fail_at(e, path, value, "a value that sets more than %d keys", MAX_SETTINGS);
  setting *s = &v->setting[v->settings++];
  const case_key *k = !strcmp(key, "batch")  ? &batch_key
                      : !strcmp(key, "size") ? &size_key
                                             : case_find_key(key, strlen(key));
  if (!k || (k->name != key && strcmp(k->name, key)) || !strcmp(key, "input"))
    return fail_at(e, path, from, "'%.60s' is no key that an axis can set", key);
  s->key = k;
  s->word = value->kind == SCALAR ? (int) find_word(key, value->text) : NO_WORD;
  if (value->kind == SCALAR && strlen(value->text) < sizeof s->text
      && (s->word || (k == &batch_key && !strcmp(value->text, "unbatched")))) {
    strcpy(s->text, value->text);
    return true;
  }
  return casefile_text(path, k, value, s->text, sizeof s->text, e);
}

static bool read_map_value (const char *path, const node *n, axis_value *v, error *e) {
  for (int i = 0; i < n->count; i++) {
    const node *key = n->item[2 * i], *value = n->item[2 * i + 1];
    if (!strcmp(key->text, "name") && value->kind == SCALAR)
      v->name = value->text;
    else if (!read_setting(path, key->text, key, value, v, e))
      return false;
  }
  return v->name || fail_at(e, path, n, "name: a value that is a map must have one");
}

static bool read_value (const char *path, const node *axis_name, const node *n, axis_value *v,
                        error *e) {
  v->node = n;
  if (n->kind == MAP)
    return read_map_value(path, n, v, e);
  if (!read_setting(path, axis_name->text, axis_name, n, v, e))
    return false;
  v->name = v->setting[0].text;
  return true;
}

bool axis_read (const char *path, const node *name, const node *list, axis *a, error *e) {
  *a = (axis){ .name = name->text };
  if (list->kind != LIST || !list->count || list->count > MAX_VALUES)
    return fail_at(e, path, list, "%s: a list of 1 to %d values is expected", name->text,
                   MAX_VALUES);
  a->value = calloc((size_t) list->count, sizeof *a->value);
  if (!a->value)
    return fail(e, HARNESS, "out of memory");
  for (int i = 0; i < list->count; i++)
    if (!read_value(path, name, list->item[i], &a->value[a->count++], e))
      return false;
  return true;
}

void axis_free (axis *a) {
  free(a->value);
}

/* ---- a row of values -> a case */

static bool set_pair (const char *text, int64_t pair[2], error *e) {
  test_case holder = case_default();
  if (!case_set(&holder, case_find_key("stride", 6), text, e))
    return false;
  memcpy(pair, holder.params.stride, 2 * sizeof *pair);
  return true;
}

static bool apply (draft *d, const setting *s, error *e) {
  const word w = (word) s->word;
  if (s->key == &size_key)
    return set_pair(s->text, d->size, e);
  if (s->key == &batch_key) {
    d->batch = strcmp(s->text, "unbatched") ? strtoll(s->text, NULL, 10) : -1;
    return true;
  }
  switch (s->key->offset) {
  case offsetof(test_case, params.padding): d->padding = w; break;
  case offsetof(test_case, params.kernel_size): d->kernel_size = w; break;
  case offsetof(test_case, params.stride): d->stride = w; break;
  default: break;
  }
  return w || case_set(&d->c, s->key, s->text, e);
}

/* a + b, or the largest number there is: a file may ask for sizes at the end of the range. */
static int64_t sum (int64_t a, int64_t b) {
  int64_t whole;
  return __builtin_add_overflow(a, b, &whole) ? (a < 0 ? -INT64_MAX : INT64_MAX) : whole;
}

/* The widest padding that the mode allows. If there is no limit, one as wide as the input and the
   kernel together: more than an implementation with shortcuts may expect. */
static int64_t limit_of_mode (const conv2d_params *p, int64_t n, int64_t k) {
  const padding_mode *m = padding_mode_of(p->padding_mode);
  const int64_t most = m ? m->most(n) : INT64_MAX;
  return most < INT64_MAX ? most : sum(k, n);
}

static int64_t resolve_padding (const draft *d, int i) {
  int64_t n = d->size[i], k = d->c.params.kernel_size[i];
  switch (d->padding) {
  case W_KERNEL: return k;
  case W_INPUT: return n;
  case W_LIMIT: return limit_of_mode(&d->c.params, n, k);
  case W_PAST: return sum(limit_of_mode(&d->c.params, n, k), 1);
  default: return d->c.params.padding[i];
  }
}

/* The smallest kernel that does not fit: dilated, it spans more than the padded input. */
static int64_t resolve_kernel (const draft *d, int i) {
  const conv2d_params *p = &d->c.params;
  const int64_t padding = d->padding ? 0 : p->padding[i];
  const int64_t room = sum(d->size[i], sum(padding, padding));
  return p->dilation[i] > 0 && room > 0 ? sum((room - 1) / p->dilation[i], 2) : sum(room, 1);
}

static void resolve_words (draft *d) {
  conv2d_params *p = &d->c.params;
  for (int i = 0; i < 2; i++) {
    if (d->kernel_size)
      p->kernel_size[i] = resolve_kernel(d, i);
    if (d->stride)
      p->stride[i] = sum(d->stride == W_PAST_KERNEL ? p->kernel_size[i] : d->size[i], 1);
    if (d->padding)
      p->padding[i] = resolve_padding(d, i);
  }
  if (d->padding)
    p->padding_kind = CONV2D_PADDING_EXPLICIT;
}

/* An axis that sets the size, the batch or the channels replaces that part of the base's shape. */
static void resolve_input (draft *d) {
  test_case *c = &d->c;
  int unbatched = d->batch < 0;
  if (c->params.in_channels == CASE_NOT_GIVEN)
    c->params.in_channels = shape_channels(&c->input);
  c->input = (shape){ .ndim = 4 - unbatched,
                      .dim = { d->batch, c->params.in_channels, d->size[0], d->size[1] } };
  if (unbatched)
    memmove(c->input.dim, c->input.dim + 1, 3 * sizeof *c->input.dim);
}

static draft start (const test_case *base) {
  const shape *in = &base->input;
  draft d = { .c = *base, .batch = 1, .size = { 1, 1 } };
  if (in->ndim >= 3) {
    d.batch = in->ndim == 3 ? -1 : in->dim[0];
    memcpy(d.size, in->dim + in->ndim - 2, sizeof d.size);
  }
  return d;
}

void axis_make_case (const axis *a, int axes, const uint16_t *row, const test_case *base,
                     test_case *c) {
  error ignored;
  draft d = start(base);
  for (int i = 0; i < axes; i++) {
    const axis_value *v = &a[i].value[row[i]];
    for (int k = 0; k < v->settings; k++)
      apply(&d, &v->setting[k], &ignored);
  }
  resolve_words(&d);
  resolve_input(&d);
  *c = d.c;
}

static bool check_value (const char *path, const axis_value *v, const test_case *base, error *e) {
  draft d = start(base);
  error what;
  for (int k = 0; k < v->settings; k++)
    if (!apply(&d, &v->setting[k], &what))
      return fail_at(e, path, v->node, "%s", what.text);
  return true;
}

/* Beside the first values of the other axes it must make a whole case. */
static bool check_case (const char *path, const axis *a, int axes, const test_case *base, int i,
                        uint16_t j, error *e) {
  uint16_t row[MAX_AXES] = { [0] = 0 };
  test_case c;
  error what;
  row[i] = j;
  axis_make_case(a, axes, row, base, &c);
  return case_complete(&c, &what) || fail_at(e, path, a[i].value[j].node, "%s", what.text);
}

bool axis_check (const char *path, const axis *a, int axes, const test_case *base, error *e) {
  for (int i = 0; i < axes; i++)
    for (int j = 0; j < a[i].count; j++)
      if (!check_value(path, &a[i].value[j], base, e))
        return false;
  for (int i = 0; i < axes; i++)
    for (int j = 0; j < a[i].count; j++)
      if (!check_case(path, a, axes, base, i, (uint16_t) j, e))
        return false;
  return true;
}
