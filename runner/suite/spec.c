/* spec.c: specs/conv2d.yaml -> a table of clauses. */

#include "spec.h"

#include "yamltree.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct spec {
  yaml_tree *file; /* owns the strings */
  size_t count;
  clause *clause;
  clause **by_address; /* of their ids */
};

static const char *text_of (const node *map, const char *key) {
  const node *n = node_get(map, key);
  return n && n->kind == SCALAR ? n->text : NULL;
}

static bool read_clause (const spec *s, const node *n, clause *c, error *e) {
  static const char *const classes[] = { [MUST] = "must", [FREE] = "free", [QUIRK] = "quirk" };
  if (n->kind != MAP)
    return fail_at(e, tree_path(s->file), n, "a clause is a map");
  const char *class = text_of(n, "class"), *rejects = text_of(n, "rejects"),
             *order = text_of(n, "order");
  *c = (clause){ .id = text_of(n, "id"),
                 .title = text_of(n, "title"),
                 .file = text_of(n, "file"),
                 .governs = text_of(n, "governs"),
                 .not_alone = text_of(n, "not_alone"),
                 .rejects = rejects && !strcmp(rejects, "true"),
                 .order = order ? atoi(order) : 0 };
  if (!c->id || !c->title || !class)
    return fail_at(e, tree_path(s->file), n, "a clause has id, title and class");
  for (freedom f = MUST; f <= QUIRK; f++)
    if (!strcmp(class, classes[f])) {
      c->freedom = f;
      return true;
    }
  return fail_at(e, tree_path(s->file), n, "class: must, free or quirk is expected");
}

static int compare_addresses (const void *a, const void *b) {
  const uintptr_t x = (uintptr_t) (*(const clause *const *) a)->id,
                  y = (uintptr_t) (*(const clause *const *) b)->id;
  return (x > y) - (x < y);
}

static bool read_clauses (spec *s, error *e) {
  const node *root = tree_root(s->file);
  const node *list = root->kind == MAP ? node_get(root, "clauses") : NULL;
  if (!list || list->kind != LIST)
    return fail_at(e, tree_path(s->file), root, "clauses: a list is expected");
  s->clause = calloc((size_t) list->count + 1, sizeof *s->clause);
  s->by_address = calloc((size_t) list->count + 1, sizeof(clause *));
  if (!s->clause || !s->by_address)
    return fail(e, HARNESS, "out of memory");
  for (int i = 0; i < list->count; i++)
    if (!read_clause(s, list->item[i], &s->clause[s->count++], e))
      return false;
  for (size_t i = 0; i < s->count; i++)
    s->by_address[i] = &s->clause[i];
  qsort(s->by_address, s->count, sizeof(clause *), compare_addresses);
  return true;
}

spec *spec_load (const char *root, error *e) {
  char path[4096];
  snprintf(path, sizeof path, "%s/specs/conv2d.yaml", root);
  spec *s = calloc(1, sizeof *s);
  if (!s) {
    fail(e, HARNESS, "out of memory");
    return NULL;
  }
  s->file = tree_read(path, e);
  if (s->file && read_clauses(s, e))
    return s;
  spec_free(s);
  return NULL;
}

void spec_free (spec *s) {
  if (!s)
    return;
  tree_free(s->file);
  free(s->clause);
  free(s->by_address);
  free(s);
}

const clause *spec_find (const spec *s, const char *id) {
  for (size_t i = 0; id && i < s->count; i++)
    if (!strcmp(s->clause[i].id, id))
      return &s->clause[i];
  return NULL;
}

size_t spec_count (const spec *s) {
  return s->count;
}

const clause *spec_clause (const spec *s, size_t i) {
  return &s->clause[i];
}

size_t spec_index (const spec *s, const char *id) {
  const clause key = { .id = id }, *wanted = &key;
  clause *const *found =
      bsearch(&wanted, s->by_address, s->count, sizeof(clause *), compare_addresses);
  return found ? (size_t) (*found - s->clause) : s->count;
}
