/* suite.c: paths -> case files -> a stream of cases. */

#include "suite.h"

#include "call/doing.h"
#include "casefile.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { MAX_FOLDERS = 16 }; /* how deep folders may lie: a link may make a folder contain itself */

struct suite {
  const spec *spec;
  casefile *file;
  size_t files;
  selection choice;
};

/* ---- loading */

static bool add_file (suite *s, const char *path, error *e) {
  casefile *more = realloc(s->file, (s->files + 1) * sizeof *more);
  if (!more)
    return fail(e, HARNESS, "out of memory");
  s->file = more;
  doing("reading %s", path);
  bool good = casefile_read(&s->file[s->files++], s->spec, path, e);
  doing(NULL);
  return good;
}

static int is_visible (const struct dirent *d) {
  return d->d_name[0] != '.';
}

static bool ends_in_yaml (const char *name) {
  size_t length = strlen(name);
  return length > 5 && !strcmp(name + length - 5, ".yaml");
}

/* The length of a file's name without .yaml: this part stands in the names of its cases. */
static int label_length (const char *file) {
  return (int) strlen(file) - (ends_in_yaml(file) ? 5 : 0);
}

static bool add_path (suite *s, const char *path, bool named, int depth, error *e);

static bool add_folder (suite *s, const char *path, int depth, error *e) {
  struct dirent **entry;
  if (depth == MAX_FOLDERS)
    return fail(e, BAD_INPUT, "%s: folders nested too deeply", path);
  int count = scandir(path, &entry, is_visible, alphasort);
  if (count < 0)
    return fail(e, BAD_INPUT, "%s: %s", path, strerror(errno));
  bool good = true;
  for (int i = 0; i < count; i++) {
    char below[4096];
    snprintf(below, sizeof below, "%s/%s", path, entry[i]->d_name);
    good = good && add_path(s, below, false, depth + 1, e);
    free(entry[i]);
  }
  free(entry);
  return good;
}

/* named: the user named this path, so it is read even if its name does not end in .yaml. */
static bool add_path (suite *s, const char *path, bool named, int depth, error *e) {
  struct stat st;
  if (stat(path, &st))
    return fail(e, BAD_INPUT, "%s: %s", path, strerror(errno));
  if (S_ISDIR(st.st_mode))
    return add_folder(s, path, depth, e);
  return !(named || ends_in_yaml(path)) || add_file(s, path, e);
}

suite *suite_load (const spec *sp, const char *const *paths, size_t count, error *e) {
  suite *s = calloc(1, sizeof *s);
  if (!s) {
    fail(e, HARNESS, "out of memory");
    return NULL;
  }
  s->spec = sp;
  bool good = true;
  for (size_t i = 0; i < count && good; i++)
    good = add_path(s, paths[i], true, 0, e);
  if (good && !s->files)
    good = fail(e, NOTHING_RAN, "%s: no *.yaml below it", count ? paths[0] : "(no path)");
  if (good)
    return s;
  suite_free(s);
  return NULL;
}

void suite_free (suite *s) {
  if (!s)
    return;
  for (size_t i = 0; i < s->files; i++)
    casefile_free(&s->file[i]);
  free(s->file);
  free(s);
}

/* ---- streaming */

static bool begin_file (casefile *f, const selection *choice, error *e) {
  if (f->models)
    models_begin(f->models, choice);
  return !f->sweep || sweep_begin(f->sweep, choice, e);
}

bool suite_begin (suite *s, const selection *choice, error *e) {
  s->choice = *choice;
  for (size_t i = 0; i < s->files; i++)
    if (!begin_file(&s->file[i], choice, e))
      return false;
  return true;
}

/* The shard of a case by hand. It depends on file and name alone (FNV-1a), so that other cases may
   come and go. */
static bool is_of_shard (const selection *choice, const case_meta *m) {
  uint64_t hash = UINT64_C(0xcbf29ce484222325);
  if (choice->shards <= 1)
    return true;
  for (const char *p = m->file; *p; p++)
    hash = (hash ^ (unsigned char) *p) * UINT64_C(0x100000001b3);
  for (const char *p = m->name; *p; p++)
    hash = (hash ^ (unsigned char) *p) * UINT64_C(0x100000001b3);
  return (hash ^ hash >> 32) % choice->shards == choice->shard;
}

/* Whether a case by hand is selected. */
static bool is_selected (const suite *s, const case_meta *m) {
  const bool apart = s->choice.tier >= MODELS;
  const bool of_tier = apart ? m->tier == s->choice.tier : m->tier <= s->choice.tier;
  return of_tier && is_of_shard(&s->choice, m) && !s->choice.network;
}

/* Another seed for each seed, so that a table of answers by case is of no use. It is part of the
   id. Literal values stay: what they are is the point of their case. */
static void freshen (test_case *c, uint64_t fresh) {
  uint64_t x = c->seed + fresh * UINT64_C(0x9e3779b97f4a7c15);
  if (!fresh || has_literals(c) || (c->meta && c->meta->want.count))
    return;
  x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9); /* splitmix64 */
  x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
  c->seed = x ^ x >> 31;
  c->fresh = true;
}

/* The next case as it is written. */
static bool next_written (const suite *s, suite_cursor *at, test_case *c) {
  for (; at->file < s->files; *at = (suite_cursor){ .file = at->file + 1 }) {
    const casefile *f = &s->file[at->file];
    while (at->by_hand < f->count) {
      *c = f->cases[at->by_hand++];
      if (is_selected(s, c->meta))
        return true;
    }
    if (f->sweep && sweep_next(f->sweep, &at->swept, c))
      return true;
    if (f->models && models_next(f->models, &at->modelled, c))
      return true;
  }
  return false;
}

bool suite_next (const suite *s, suite_cursor *at, test_case *c) {
  if (!next_written(s, at, c))
    return false;
  freshen(c, s->choice.fresh);
  return true;
}

uint64_t suite_count (const suite *s) {
  uint64_t count = 0;
  for (size_t i = 0; i < s->files; i++) {
    const casefile *f = &s->file[i];
    for (size_t k = 0; k < f->count; k++)
      count += is_selected(s, &f->meta[k]);
    count += f->sweep ? sweep_count(f->sweep) : 0;
    count += f->models ? models_count(f->models) : 0;
  }
  return count;
}

enum { SLICE_BITS = 48 }; /* the file's number stands above */

uint64_t suite_slice (const suite *s, const suite_cursor *at, const test_case *last) {
  const casefile *f = &s->file[at->file];
  uint64_t slice = last->meta->name || !f->sweep ? 0 : sweep_slice(f->sweep, at->swept);
  return slice ? slice | (uint64_t) at->file << SLICE_BITS : 0;
}

void suite_slice_name (const suite *s, uint64_t slice, char text[static MAX_ID]) {
  const casefile *f = &s->file[slice >> SLICE_BITS];
  char values[MAX_ID / 2];
  sweep_slice_name(f->sweep, slice & (((uint64_t) 1 << SLICE_BITS) - 1), values, sizeof values);
  snprintf(text, MAX_ID, "%.*s %s", label_length(f->label), f->label, values);
}

bool suite_find (const suite *s, const char *name, test_case *c) {
  const char *label = casefile_label(name), *hash = strrchr(label, '#');
  for (size_t i = 0; hash && i < s->files; i++) {
    const casefile *f = &s->file[i];
    if (strlen(f->label) != (size_t) (hash - label) || strncmp(f->label, label, strlen(f->label)))
      continue;
    for (size_t k = 0; k < f->count; k++)
      if (!strcmp(f->meta[k].name, hash + 1)) {
        *c = f->cases[k];
        return true;
      }
  }
  return false;
}

const char *suite_path (const suite *s, size_t i) {
  return i < s->files ? s->file[i].path : NULL;
}

bool suite_has_sweep (const suite *s) {
  for (size_t i = 0; i < s->files; i++)
    if (s->file[i].sweep)
      return true;
  return false;
}

models *suite_models (const suite *s, size_t i) {
  for (size_t k = 0; k < s->files; k++)
    if (s->file[k].models && !i--)
      return s->file[k].models;
  return NULL;
}

sweep *suite_sweep (const suite *s, size_t i, const char **file) {
  for (size_t k = 0; k < s->files; k++)
    if (s->file[k].sweep && !i--) {
      *file = s->file[k].label;
      return s->file[k].sweep;
    }
  return NULL;
}

/* ---- names */

void case_label (const test_case *c, char text[static MAX_ID]) {
  if (!c->meta || !c->meta->name || c->fresh)
    case_id(c, text);
  else
    snprintf(text, MAX_ID, "%.*s/%s", label_length(c->meta->file), c->meta->file, c->meta->name);
}

void case_reference (const test_case *c, char text[static MAX_ID]) {
  if (has_literals(c) || (c->meta && c->meta->want.count))
    snprintf(text, MAX_ID, "%s#%s", c->meta->file, c->meta->name);
  else
    case_id(c, text);
}
