/* xfail.c: matching failures with the entries that expect them.
   An entry's keys are conditions on a case, which must meet all of them. */

#include "xfail.h"

#include "call/machine.h"
#include "suite/suite.h"
#include "suite/yamltree.h"

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct entry {
  int line;
  const char *pattern;   /* of a case's label, reference or id; NULL: any */
  const char *clause;    /* of the spec, NULL: any */
  const char *verdict;   /* NULL: any failure */
  const char *where;     /* an expression over the case's keys; NULL: any case */
  const char *when;      /* of the machine and the subject; NULL: always */
  const char *sometimes; /* not NULL: it fails now and then, and is never stale */
  const char *reason;
  uint64_t failed, passed; /* cases that it names */
} entry;

struct xfail {
  yaml_tree *tree; /* holds the texts */
  machine machine;
  size_t count; /* of entries whose condition is met */
  entry *entry;
};

/* ---- reading */

static bool is_failure (const char *word) {
  const verdict v = verdict_named(word);
  return v < VERDICT_COUNT && verdict_class_of(v) == FAILED;
}

static bool read_key (entry *e, const char *key, const char *text) {
  static const struct {
    const char *key;
    size_t offset;
  } keys[] = { { "case", offsetof(entry, pattern) },    { "clause", offsetof(entry, clause) },
               { "verdict", offsetof(entry, verdict) }, { "where", offsetof(entry, where) },
               { "when", offsetof(entry, when) },       { "sometimes", offsetof(entry, sometimes) },
               { "reason", offsetof(entry, reason) } };
  for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
    if (!strcmp(keys[i].key, key)) {
      *(const char **) (void *) ((char *) e + keys[i].offset) = text;
      return true;
    }
  return !strcmp(key, "link"); /* for people who read the file; the program does not use it */
}

static bool read_entry (const char *path, const node *n, const spec *sp, entry *to, error *e) {
  *to = (entry){ .line = n->line };
  if (n->kind != MAP)
    return fail_at(e, path, n, "an entry is expected: {case: PATTERN, reason: TEXT}");
  for (int i = 0; i < 2 * n->count; i += 2) {
    const node *key = n->item[i], *value = n->item[i + 1];
    if (value->kind != SCALAR)
      return fail_at(e, path, value, "%s: a text is expected", key->text);
    if (!read_key(to, key->text, value->text))
      return fail_at(
          e, path, key,
          "unknown key '%s': case, clause, verdict, where, when, sometimes, reason or link",
          key->text);
  }
  if (!to->reason || !*to->reason)
    return fail_at(e, path, n, "a reason is missing");
  if (!to->pattern && !to->clause && !to->verdict && !to->where)
    return fail_at(e, path, n,
                   "case, clause, verdict or where is missing: this would name everything");
  if (to->verdict && !is_failure(to->verdict))
    return fail_at(e, path, n, "'%s' is no verdict of a failure (specs/verdicts.md)", to->verdict);
  const struct clause *c = to->clause ? spec_find(sp, to->clause) : NULL;
  if (to->clause && !c)
    return fail_at(e, path, n, "specs/ have no clause '%s'", to->clause);
  to->clause = c ? c->id : NULL; /* clauses of cases are the same string */
  return true;
}

/* Keeps those whose condition is met by the subject s on this machine. */
static bool read_entries (xfail *x, const subject_info *s, const spec *sp, error *e) {
  const node *root = tree_root(x->tree);
  const char *path = tree_path(x->tree);
  if (root->kind != LIST || !root->count)
    return fail_at(e, path, root, "a list of expected failures is expected");
  x->entry = calloc((size_t) root->count, sizeof *x->entry);
  if (!x->entry)
    return fail(e, HARNESS, "out of memory");
  for (int i = 0; i < root->count; i++) {
    entry *next = &x->entry[x->count];
    if (!read_entry(path, root->item[i], sp, next, e))
      return false;
    x->count += !next->when || machine_meets(&x->machine, s, next->when);
  }
  return true;
}

xfail *xfail_load (const char *path, const subject_info *s, const spec *sp, error *e) {
  xfail *x = calloc(1, sizeof *x);
  if (!x) {
    fail(e, HARNESS, "out of memory");
    return NULL;
  }
  machine_read(&x->machine);
  x->tree = tree_read(path, e);
  if (x->tree && read_entries(x, s, sp, e))
    return x;
  xfail_free(x);
  return NULL;
}

void xfail_free (xfail *x) {
  if (!x)
    return;
  tree_free(x->tree);
  free(x->entry);
  free(x);
}

/* ---- matching */

static bool is_about (const item *it, const char *id) {
  const case_meta *m = it->c.meta;
  if (it->j.clause && !strcmp(it->j.clause, id))
    return true;
  for (int i = 0; m && m->clauses && m->clauses[i]; i++)
    if (!strcmp(m->clauses[i], id))
      return true;
  return false;
}

typedef char case_names[3][MAX_ID];

static bool is_named (const entry *e, case_names names) {
  for (int i = 0; e->pattern && i < 3; i++)
    if (!fnmatch(e->pattern, names[i], 0))
      return true;
  return !e->pattern;
}

/* An expression that can't be evaluated names nothing, and *e says why. */
static bool is_where (const xfail *x, const entry *en, const item *it, const evaluator *ev,
                      error *e) {
  bool met = true;
  char why[sizeof e->text];
  if (en->where && !ev->meets(ev->context, en->where, &it->c, &met, why, sizeof why)) {
    met = false;
    fail(e, BAD_INPUT, "%s:%d: where: %s", tree_path(x->tree), en->line, why);
  }
  return met;
}

const char *xfail_account (xfail *x, const item *it, const evaluator *ev, error *e) {
  case_names names;
  const char *reason = NULL;
  const verdict_class class = verdict_class_of(it->j.verdict);
  if (class != PASSED && class != FAILED)
    return NULL;
  case_label(&it->c, names[0]);
  case_reference(&it->c, names[1]);
  case_id(&it->c, names[2]);
  for (size_t i = 0; i < x->count; i++) {
    entry *en = &x->entry[i];
    if (!is_named(en, names) || (en->clause && !is_about(it, en->clause))
        || !is_where(x, en, it, ev, e))
      continue;
    if (class == PASSED)
      en->passed++;
    else if (!en->verdict || !strcmp(en->verdict, verdict_word(it->j.verdict))) {
      en->failed++;
      reason = reason ? reason : en->reason;
    }
  }
  return reason;
}

bool xfail_next_stale (const xfail *x, size_t *i, char *text, size_t room) {
  for (; x && *i < x->count; ++*i) {
    const entry *e = &x->entry[*i];
    if (e->failed || !e->passed || e->sometimes)
      continue;
    snprintf(text, room, "%s:%d: %s", tree_path(x->tree), e->line, e->reason);
    ++*i;
    return true;
  }
  return false;
}
