/* casefile.c: the nodes of a case file -> cases.
   A case is the base with its own keys on top. The table in case.c has the keys of the call; the
   table here has those about the case (name, rejects, values ...). */

#include "casefile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const tier_words[] = { "quick", "full", "exhaustive", "models", "large", NULL };

/* What is being read, for the many small readers. */
typedef struct context {
  const char *path;
  const spec *spec;
  error *e;
} context;

static void *grow (void *old, size_t count, size_t size) {
  void *p = realloc(old, (count ? count : 1) * size);
  if (!p)
    abort(); /* bounded by the limits of yamltree.c */
  return p;
}

/* ---- keys of the call */

static bool integer_text (const char *path, const case_key *key, const node *n, error *e) {
  int64_t v;
  if (node_integer(n, &v))
    return true;
  if (n->kind != SCALAR)
    return fail_at(e, path, n, "%s: an integer is expected here", key->name);
  return fail_at(e, path, n, "%s: an integer is expected, got '%.60s'", key->name, n->text);
}

static bool list_text (const char *path, const case_key *key, const node *n, char *text,
                       size_t size, error *e) {
  if (key->kind != KEY_PAIR && key->kind != KEY_PADDING && key->kind != KEY_SHAPE)
    return fail_at(e, path, n, "%s: a single value is expected, got a list", key->name);
  if (key->kind != KEY_SHAPE && n->count != 2)
    return fail_at(e, path, n, "%s: a list of 2 integers is expected, got %d", key->name, n->count);
  if (n->count > MAX_NDIM)
    return fail_at(e, path, n, "%s: a list of at most %d integers is expected, got %d", key->name,
                   MAX_NDIM, n->count);
  size_t used = 0;
  text[0] = 0;
  for (int i = 0; i < n->count; i++) {
    if (!integer_text(path, key, n->item[i], e))
      return false;
    used += (size_t) snprintf(text + used, size - used, "%s%s", i ? "x" : "", n->item[i]->text);
  }
  return true;
}

bool casefile_text (const char *path, const case_key *key, const node *value, char *text,
                    size_t size, error *e) {
  if (value->kind == LIST)
    return list_text(path, key, value, text, size, e);
  if (value->kind == MAP)
    return fail_at(e, path, value, "%s: a value is expected, got a map", key->name);
  if (key->kind == KEY_SHAPE)
    return fail_at(e, path, value, "%s: a list of integers is expected", key->name);
  bool word = key->kind == KEY_PADDING && strspn(value->text, "abcdefghijklmnopqrstuvwxyz");
  bool number = key->kind == KEY_INT || key->kind == KEY_PAIR || key->kind == KEY_PADDING;
  if (number && !word && !integer_text(path, key, value, e))
    return false;
  if (strlen(value->text) >= size)
    return fail_at(e, path, value, "%s: too long", key->name);
  strcpy(text, value->text);
  return true;
}

bool casefile_set (const char *path, test_case *c, const node *key, const node *value, error *e) {
  const case_key *k = case_find_key(key->text, strlen(key->text));
  if (!k || strcmp(k->name, key->text)) /* brief names belong in ids */
    return fail_at(e, path, key, "unknown key '%.60s'", key->text);
  char text[256];
  error what;
  if (!casefile_text(path, k, value, text, sizeof text, e))
    return false;
  return case_set(c, k, text, &what) || fail_at(e, path, value, "%s", what.text);
}

/* ---- keys about the case */

bool casefile_word (const char *path, const node *n, const char *const *words, int *value,
                    error *e) {
  char list[200] = "";
  for (int i = 0; words[i]; i++) {
    if (n->kind == SCALAR && !strcmp(n->text, words[i])) {
      *value = i;
      return true;
    }
    snprintf(list + strlen(list), sizeof list - strlen(list), "%s%s", i ? ", " : "", words[i]);
  }
  return fail_at(e, path, n, "one of %s is expected, got '%.60s'", list,
                 n->kind == SCALAR ? n->text
                 : n->kind == LIST ? "a list"
                                   : "a map");
}

static bool read_text (const context *x, const node *n, const char **text) {
  if (n->kind != SCALAR || !*n->text)
    return fail_at(x->e, x->path, n, "a text is expected");
  *text = n->text;
  return true;
}

static bool read_clause_id (const context *x, const node *n, const char **id) {
  if (n->kind != SCALAR)
    return fail_at(x->e, x->path, n, "a clause id is expected");
  const clause *c = spec_find(x->spec, n->text);
  if (!c)
    return fail_at(x->e, x->path, n, "specs/conv2d.yaml has no clause '%.60s'", n->text);
  *id = c->id;
  return true;
}

/* Compares pointers: every id is the spec's own string, so that equal ids are the same string. */
static bool is_among (const char *id, const char *const *list, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (list[i] == id)
      return true;
  return false;
}

/* Puts ids before those that are there, each only once: the most particular clause comes first. */
static const char *const *prepend (const char *const *first, size_t count,
                                   const char *const *rest) {
  size_t old = 0, used = 0;
  while (rest && rest[old])
    old++;
  const char **all = grow(NULL, count + old + 1, sizeof *all);
  for (size_t i = 0; i < count + old; i++) {
    const char *id = i < count ? first[i] : rest[i - count];
    if (!is_among(id, all, used))
      all[used++] = id;
  }
  all[used] = NULL;
  return all;
}

static bool read_clause_ids (const context *x, const node *n, const char *const **ids) {
  if (n->kind != LIST || !n->count)
    return fail_at(x->e, x->path, n, "clauses: a list of clause ids is expected");
  const char **own = grow(NULL, (size_t) n->count, sizeof *own);
  bool good = true;
  for (int i = 0; good && i < n->count; i++)
    good = read_clause_id(x, n->item[i], &own[i]);
  if (good)
    *ids = prepend(own, (size_t) n->count, *ids);
  free(own);
  return good;
}

static bool read_name (const context *x, const node *n, const char **name) {
  if (!read_text(x, n, name))
    return false;
  return !(*name)[strspn(*name, "abcdefghijklmnopqrstuvwxyz0123456789.-")]
         || fail_at(x->e, x->path, n, "name: only a-z, 0-9, '.' and '-' may stand in it");
}

/* Flattens nested lists of numbers. */
static bool read_numbers (const context *x, const node *n, literal *to) {
  if (n->kind == LIST) {
    for (int i = 0; i < n->count; i++)
      if (!read_numbers(x, n->item[i], to))
        return false;
    return true;
  }
  double v;
  if (!node_number(n, &v))
    return fail_at(x->e, x->path, n, "a number is expected");
  if (!(to->count & (to->count - 1))) /* room for a power of two at each power of two */
    to->value = grow(to->value, to->count ? 2 * (size_t) to->count : 1, sizeof v);
  to->value[to->count++] = v;
  return true;
}

static bool read_values (const context *x, const node *n, case_meta *m) {
  static const char *const keys[] = { "input",  "weight", "bias", "grad_output",
                                      "output", "within", NULL };
  if (n->kind != MAP)
    return fail_at(x->e, x->path, n, "values: a map of lists is expected");
  for (int i = 0, key; i < n->count; i++) {
    const node *value = n->item[2 * i + 1];
    if (!casefile_word(x->path, n->item[2 * i], keys, &key, x->e))
      return false;
    if (key == 5) {
      if (!node_number(value, &m->within) || !(m->within >= 0))
        return fail_at(x->e, x->path, value, "within: a number >= 0 is expected");
    } else if (value->kind != LIST) {
      return fail_at(x->e, x->path, value, "%s: a list of numbers is expected", keys[key]);
    } else if (!read_numbers(x, value, key == 4 ? &m->want : &m->value[key])) {
      return false;
    }
  }
  return true;
}

static bool read_output_shape (const context *x, const node *n, shape *s) {
  static const case_key key = { "output_shape", "o", KEY_SHAPE, 0, NULL, NULL };
  char text[256];
  test_case holder =
      case_default(); /* case_set writes at the key's offset: the shape stands first */
  const case_key *in = case_find_key("input", 5);
  if (!casefile_text(x->path, &key, n, text, sizeof text, x->e)
      || !case_set(&holder, in, text, x->e))
    return false;
  *s = holder.input;
  return true;
}

/* Reads a key about the case. *known becomes false if it is not one of these keys either. */
static bool read_meta (const context *x, case_meta *m, const node *key, const node *value,
                       bool *known) {
  const char *k = key->text, *ignored;
  int t = 0;
  *known = true;
  if (!strcmp(k, "name"))
    return read_name(x, value, &m->name);
  if (!strcmp(k, "rejects"))
    return read_clause_id(x, value, &m->rejects);
  if (!strcmp(k, "clauses"))
    return read_clause_ids(x, value, &m->clauses);
  if (!strcmp(k, "link"))
    return read_text(x, value, &m->link);
  if (!strcmp(k, "about"))
    return read_text(x, value, &ignored);
  if (!strcmp(k, "values"))
    return read_values(x, value, m);
  if (!strcmp(k, "output_shape"))
    return read_output_shape(x, value, &m->output);
  if (!strcmp(k, "tier")) {
    if (!casefile_word(x->path, value, tier_words, &t, x->e))
      return false;
    m->tier = (tier) t;
    return true;
  }
  *known = false;
  return true;
}

/* The clause that a call breaks is the first that the case exercises. */
static void exercise_rejection (case_meta *m, const char *const *inherited) {
  const char *const *old = m->clauses;
  m->clauses = prepend(&m->rejects, 1, old);
  if (old != inherited)
    free((void *) old);
}

static bool read_case (const context *x, const node *n, test_case *c, case_meta *m) {
  const char *const *inherited = m->clauses;
  if (n->kind != MAP)
    return fail_at(x->e, x->path, n, "a case is a map");
  m->line = n->line;
  c->meta = m;
  for (int i = 0; i < n->count; i++) {
    const node *key = n->item[2 * i], *value = n->item[2 * i + 1];
    bool known;
    if (!read_meta(x, m, key, value, &known)
        || (!known && !casefile_set(x->path, c, key, value, x->e)))
      return false;
  }
  error what;
  if (m->rejects)
    exercise_rejection(m, inherited);
  if (!*m->name)
    return fail_at(x->e, x->path, n, "name: must be given");
  return case_complete(c, &what) || fail_at(x->e, x->path, n, "%s", what.text);
}

/* ---- the file */

static bool check_names (const context *x, const casefile *f, const node *list) {
  for (size_t i = 0; i < f->count; i++)
    for (size_t j = 0; j < i; j++)
      if (!strcmp(f->meta[i].name, f->meta[j].name))
        return fail_at(x->e, x->path, list->item[i],
                       "name: '%s' is the name of the case in line %d", f->meta[i].name,
                       f->meta[j].line);
  return true;
}

static bool read_cases (const context *x, casefile *f, const node *list, const test_case *base) {
  if (list->kind != LIST || !list->count)
    return fail_at(x->e, x->path, list, "cases: a list of at least one case is expected");
  if (list->count > 20000) /* keeps the search for equal names cheap; products are sweeps */
    return fail_at(x->e, x->path, list, "cases: more than 20000 in one file");
  for (int i = 0; i < list->count; i++) {
    f->cases[i] = *base;
    f->meta[i] = *f->common;
    f->meta[i].name = "";
    f->count++;
    if (!read_case(x, list->item[i], &f->cases[i], &f->meta[i]))
      return false;
  }
  return check_names(x, f, list);
}

/* The keys that a file may have, read in the order in which they build on each other. */
static bool check_file_keys (const context *x, const node *root) {
  static const char *const keys[] = { "about", "clauses", "tier",   "link", "base",
                                      "cases", "sweep",   "models", NULL };
  int ignored;
  for (int i = 0; i < root->count; i++)
    if (!casefile_word(x->path, root->item[2 * i], keys, &ignored, x->e))
      return false;
  if (!node_get(root, "about"))
    return fail_at(x->e, x->path, root, "about: must be given");
  if (!node_get(root, "cases") && !node_get(root, "sweep") && !node_get(root, "models"))
    return fail_at(x->e, x->path, root, "cases, sweep or models: must be given");
  if (node_get(root, "models") && (node_get(root, "cases") || node_get(root, "sweep")))
    return fail_at(x->e, x->path, root, "models: stands in a file without cases and sweep");
  return true;
}

static bool read_header (const context *x, casefile *f, const node *root, test_case *base) {
  const node *base_node = node_get(root, "base");
  for (int i = 0; i < root->count; i++) {
    const node *key = root->item[2 * i], *value = root->item[2 * i + 1];
    bool known;
    if (!strcmp(key->text, "about") ? !read_text(x, value, &f->about)
                                    : !read_meta(x, f->common, key, value, &known))
      return false;
  }
  if (base_node && base_node->kind != MAP)
    return fail_at(x->e, x->path, base_node, "base: a map is expected");
  for (int i = 0; base_node && i < base_node->count; i++)
    if (!casefile_set(x->path, base, base_node->item[2 * i], base_node->item[2 * i + 1], x->e))
      return false;
  return true;
}

/* Allocates all that the file's cases need before anything is read that could fail. So
   casefile_free finds each thing where it belongs, however far the reading came. */
static bool make_room (const context *x, casefile *f, const node *list) {
  size_t count = list && list->kind == LIST ? (size_t) list->count : 0;
  f->cases = calloc(count + 1, sizeof *f->cases);
  f->meta = calloc(count + 1, sizeof *f->meta);
  f->common = calloc(1, sizeof *f->common);
  if (!f->cases || !f->meta || !f->common)
    return fail(x->e, HARNESS, "out of memory");
  *f->common = (case_meta){ .file = f->label, .output = { .ndim = -1 } };
  return true;
}

static bool read_root (const context *x, casefile *f, const node *root) {
  test_case base = case_default();
  if (root->kind != MAP)
    return fail_at(x->e, x->path, root, "a case file is a map");
  const node *list = node_get(root, "cases"), *swept = node_get(root, "sweep");
  const node *modelled = node_get(root, "models");
  if (!check_file_keys(x, root) || !make_room(x, f, list) || !read_header(x, f, root, &base)
      || (list && !read_cases(x, f, list, &base)))
    return false;
  base.meta = f->common;
  if (modelled)
    return (f->models = models_read(x->path, modelled, &base, x->e)) != NULL;
  if (!swept)
    return true;
  f->common->line = swept->line;
  f->sweep = sweep_read(x->path, swept, &base, f->common->tier, x->e);
  return f->sweep;
}

const char *casefile_label (const char *path) {
  const char *found = path;
  for (const char *p = path; (p = strstr(p, "cases/")); p++)
    if (p == path || p[-1] == '/')
      found = p + strlen("cases/");
  return found;
}

bool casefile_read (casefile *f, const spec *sp, const char *path, error *e) {
  *f = (casefile){ .file = tree_read(path, e), .path = strdup(path) };
  if (f->file && !f->path)
    return fail(e, HARNESS, "out of memory");
  if (f->path)
    f->label = casefile_label(f->path);
  const context x = { f->path, sp, e };
  return f->file && read_root(&x, f, tree_root(f->file));
}

/* A case that has no clauses of its own shares the file's list, which is not freed here. */
static void free_meta (case_meta *m, const char *const *inherited) {
  if (m->clauses != inherited)
    free((void *) m->clauses);
  for (int r = 0; r < ROLES; r++)
    free(m->value[r].value);
  free(m->want.value);
}

void casefile_free (casefile *f) {
  for (size_t i = 0; i < f->count; i++)
    free_meta(&f->meta[i], f->common->clauses);
  if (f->common)
    free_meta(f->common, NULL);
  free(f->common);
  free(f->meta);
  free(f->cases);
  sweep_free(f->sweep);
  models_free(f->models);
  free(f->path);
  tree_free(f->file);
}
