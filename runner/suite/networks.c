/* networks.c: "0-2 5" -> names. */

#include "networks.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_NETWORKS = 4096, MAX_LISTED = 1 << 22 };

static void *need (void *p) {
  if (!p)
    abort(); /* bounded by the limits above */
  return p;
}

static int compare (const void *a, const void *b) {
  return strcmp(*(const char *const *) a, *(const char *const *) b);
}

/* A name that stands twice, or NULL. */
static const char *find_double (const networks *w) {
  const char *found = NULL;
  const char **sorted = need(malloc((w->count + 1) * sizeof *sorted));
  memcpy(sorted, w->name, w->count * sizeof *sorted);
  qsort(sorted, w->count, sizeof *sorted, compare);
  for (size_t i = 1; i < w->count && !found; i++)
    if (!strcmp(sorted[i - 1], sorted[i]))
      found = sorted[i];
  free(sorted);
  return found;
}

bool networks_read (networks *w, const char *path, const node *n, error *e) {
  w->path = path;
  if (n->kind != LIST || !n->count || n->count > MAX_NETWORKS)
    return fail_at(e, path, n, "networks: a list of 1 to %d names is expected", MAX_NETWORKS);
  w->name = need(calloc((size_t) n->count, sizeof *w->name));
  w->shapes = need(calloc((size_t) n->count, sizeof *w->shapes));
  for (int i = 0; i < n->count; i++) {
    if (n->item[i]->kind != SCALAR || !*n->item[i]->text)
      return fail_at(e, path, n->item[i], "networks: a name is expected");
    w->name[w->count++] = n->item[i]->text;
  }
  const char *twice = find_double(w);
  return !twice || fail_at(e, path, n, "networks: '%.60s' is given twice", twice);
}

void networks_free (networks *w) {
  free(w->name);
  free(w->shapes);
  free(w->list);
}

/* A number of at most 6 digits; moves the text past it. */
static bool read_index (const char **text, size_t *value) {
  const size_t digits = strspn(*text, "0123456789");
  *value = digits && digits <= 6 ? (size_t) strtoul(*text, NULL, 10) : SIZE_MAX;
  *text += digits;
  return *value != SIZE_MAX;
}

/* Reads "0-2" or "5". No index may be below *least, which becomes one more than the last. */
static bool add_range (networks *w, const char **text, size_t *least) {
  size_t first, last;
  if (!read_index(text, &first))
    return false;
  last = first;
  if (**text == '-') {
    ++*text;
    if (!read_index(text, &last))
      return false;
  }
  if (first < *least || last < first || last >= w->count)
    return false;
  for (size_t i = first; i <= last; i++, w->shapes[i - 1]++)
    w->list[w->used++] = w->name[i];
  *least = last + 1;
  return true;
}

/* Makes room for the longest list, which has every network once, as indices ascend. */
static void make_room (networks *w) {
  if (w->used + w->count < w->capacity)
    return;
  w->capacity = 2 * w->capacity + w->count + 1;
  w->list = need(realloc(w->list, w->capacity * sizeof *w->list));
}

bool networks_add (networks *w, const node *n, size_t *start, error *e) {
  const char *text = n->kind == SCALAR ? n->text : "";
  size_t least = 0;
  bool good = true;
  make_room(w);
  *start = w->used;
  do
    good = add_range(w, &text, &least);
  while (good && *text == ' ' && *++text);
  if (!good || *text)
    return fail_at(e, w->path, n, "networks: ascending indices below %zu are expected: 0-2 5",
                   w->count);
  w->list[w->used++] = NULL;
  return w->used < MAX_LISTED || fail_at(e, w->path, n, "networks: too many in one file");
}

bool networks_have (const char *const *list, const char *name) {
  for (; list && *list; list++)
    if (!strcmp(*list, name))
      return true;
  return false;
}
