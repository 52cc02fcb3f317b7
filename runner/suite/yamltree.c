/* yamltree.c: libyaml's events -> nodes.
   It reads events, because libyaml's document API is quadratic in nesting and in anchors. Every
   limit is checked while reading, so that a hostile file costs milliseconds and bounded memory. */

#include "yamltree.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <yaml.h>

enum {
  MAX_BYTES = 8 << 20,
  MAX_NODES = 1 << 20,
  MAX_DEPTH = 32,
  MAX_PAIRS = 256, /* of one map: keeps the search for duplicate keys cheap */
  BLOCK = 1 << 16
};

/* Memory of one file's tree: freed as a whole. */
typedef struct block {
  struct block *next;
  size_t used, size;
  _Alignas(16) char bytes[];
} block;

struct yaml_tree {
  char *path;
  const node *root;
  block *blocks;
};

typedef struct reader {
  yaml_parser_t parser;
  yaml_tree *file;
  int nodes;
  error *e;
} reader;

bool fail_at (error *e, const char *path, const node *n, const char *format, ...) {
  char what[sizeof e->text / 2];
  va_list args;
  va_start(args, format);
  vsnprintf(what, sizeof what, format, args);
  va_end(args);
  return fail(e, BAD_INPUT, "%s:%d:%d: %s", path, n->line, n->column, what);
}

static void *allocate (yaml_tree *f, size_t size) {
  size = (size + 15) & ~(size_t) 15;
  block *b = f->blocks;
  if (!b || b->size - b->used < size) {
    size_t room = size > BLOCK ? size : BLOCK;
    b = malloc(sizeof *b + room);
    if (!b)
      abort(); /* a few MiB at most: nothing sensible is left to do */
    *b = (block){ .next = f->blocks, .size = room };
    f->blocks = b;
  }
  b->used += size;
  return b->bytes + b->used - size;
}

/* ---- events -> nodes */

static bool read_value (reader *r, const yaml_event_t *event, int depth, node **out);

static bool fail_here (reader *r, const yaml_event_t *event, const char *what) {
  return fail(r->e, BAD_INPUT, "%s:%zu:%zu: %s", r->file->path, event->start_mark.line + 1,
              event->start_mark.column + 1, what);
}

/* The line and column of a byte, for errors that libyaml places by offset alone. */
static bool fail_parse (reader *r) {
  const yaml_parser_t *p = &r->parser;
  size_t line = p->error == YAML_READER_ERROR ? p->mark.line : p->problem_mark.line;
  size_t column = p->error == YAML_READER_ERROR ? p->mark.column : p->problem_mark.column;
  return fail(r->e, BAD_INPUT, "%s:%zu:%zu: not YAML: %s%s%s", r->file->path, line + 1, column + 1,
              p->problem ? p->problem : "out of memory", p->context ? ", " : "",
              p->context ? p->context : "");
}

static bool next_event (reader *r, yaml_event_t *event) {
  return yaml_parser_parse(&r->parser, event) || fail_parse(r);
}

static node *new_node (reader *r, const yaml_event_t *event, node_kind kind) {
  node *n = allocate(r->file, sizeof *n);
  *n = (node){ .kind = kind,
               .line = (int) event->start_mark.line + 1,
               .column = (int) event->start_mark.column + 1 };
  return n;
}

static bool read_scalar (reader *r, const yaml_event_t *event, node **out) {
  const char *value = (const char *) event->data.scalar.value;
  size_t length = event->data.scalar.length;
  if (event->data.scalar.anchor || event->data.scalar.tag)
    return fail_here(r, event, "anchors and tags are not allowed");
  if (memchr(value, 0, length))
    return fail_here(r, event, "a NUL byte is not allowed");
  node *n = *out = new_node(r, event, SCALAR);
  char *text = allocate(r->file, length + 1);
  memcpy(text, value, length + 1);
  n->text = text;
  n->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
  return true;
}

/* The items of a list or a map up to its end, in a growing array. */
static bool read_items (reader *r, int depth, yaml_event_type_t end, node ***items, int *count) {
  int capacity = 0;
  for (*count = 0;;) {
    yaml_event_t event;
    if (!next_event(r, &event))
      return false;
    if (event.type == end) {
      yaml_event_delete(&event);
      return true;
    }
    if (*count == capacity) {
      capacity = capacity ? 2 * capacity : 8;
      node **more = allocate(r->file, (size_t) capacity * sizeof *more);
      if (*count)
        memcpy(more, *items, (size_t) *count * sizeof *more);
      *items = more;
    }
    bool good = read_value(r, &event, depth, &(*items)[*count]);
    yaml_event_delete(&event);
    if (!good)
      return false;
    ++*count;
  }
}

static bool check_keys (reader *r, const node *map) {
  const char *path = r->file->path;
  if (map->count > MAX_PAIRS)
    return fail_at(r->e, path, map, "a map of more than %d keys", MAX_PAIRS);
  for (int i = 0; i < map->count; i++) {
    const node *key = map->item[2 * i];
    if (key->kind != SCALAR)
      return fail_at(r->e, path, key, "a key must be a word");
    for (int j = 0; j < i; j++)
      if (!strcmp(map->item[2 * j]->text, key->text))
        return fail_at(r->e, path, key, "'%.60s' is given twice; first in line %d", key->text,
                       map->item[2 * j]->line);
  }
  return true;
}

static bool read_list (reader *r, const yaml_event_t *event, int depth, node **out) {
  if (event->data.sequence_start.anchor || event->data.sequence_start.tag)
    return fail_here(r, event, "anchors and tags are not allowed");
  node *n = *out = new_node(r, event, LIST);
  return read_items(r, depth + 1, YAML_SEQUENCE_END_EVENT, &n->item, &n->count);
}

static bool read_map (reader *r, const yaml_event_t *event, int depth, node **out) {
  if (event->data.mapping_start.anchor || event->data.mapping_start.tag)
    return fail_here(r, event, "anchors and tags are not allowed");
  node *n = *out = new_node(r, event, MAP);
  if (!read_items(r, depth + 1, YAML_MAPPING_END_EVENT, &n->item, &n->count))
    return false;
  n->count /= 2;
  return check_keys(r, n);
}

static bool read_value (reader *r, const yaml_event_t *event, int depth, node **out) {
  if (depth > MAX_DEPTH)
    return fail_here(r, event, "nested too deeply (more than 32 levels)");
  if (++r->nodes > MAX_NODES)
    return fail_here(r, event, "too many values (more than 1048576 in one file)");
  switch (event->type) {
  case YAML_SCALAR_EVENT: return read_scalar(r, event, out);
  case YAML_SEQUENCE_START_EVENT: return read_list(r, event, depth, out);
  case YAML_MAPPING_START_EVENT: return read_map(r, event, depth, out);
  case YAML_ALIAS_EVENT: return fail_here(r, event, "aliases are not allowed");
  default: return fail_here(r, event, "the file is empty: a map is expected");
  }
}

/* Takes the event that must come next. */
static bool skip_event (reader *r, yaml_event_type_t type, const char *otherwise) {
  yaml_event_t event;
  if (!next_event(r, &event))
    return false;
  bool good = event.type == type || fail_here(r, &event, otherwise);
  yaml_event_delete(&event);
  return good;
}

static bool read_document (reader *r) {
  yaml_event_t event;
  if (!skip_event(r, YAML_STREAM_START_EVENT, "not YAML")
      || !skip_event(r, YAML_DOCUMENT_START_EVENT, "the file is empty: a map is expected")
      || !next_event(r, &event))
    return false;
  node *root = NULL;
  bool good = read_value(r, &event, 0, &root);
  yaml_event_delete(&event);
  r->file->root = root;
  return good && skip_event(r, YAML_DOCUMENT_END_EVENT, "not YAML")
         && skip_event(r, YAML_STREAM_END_EVENT, "a second document is not allowed");
}

yaml_tree *tree_parse (const char *name, const char *text, size_t length, error *e) {
  yaml_tree *f = calloc(1, sizeof *f);
  if (!f)
    abort();
  f->path = strdup(name);
  reader r = { .file = f, .e = e };
  if (!f->path || !yaml_parser_initialize(&r.parser))
    abort();
  yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
  yaml_parser_set_input_string(&r.parser, (const unsigned char *) text, length);
  bool good = read_document(&r);
  yaml_parser_delete(&r.parser);
  if (good)
    return f;
  tree_free(f);
  return NULL;
}

/* ---- files */

/* Reads all of an open regular file into a new buffer. The file must not change meanwhile. */
static bool read_descriptor (int fd, const char *path, char **text, size_t *length, error *e) {
  struct stat before, after;
  if (fstat(fd, &before))
    return fail(e, BAD_INPUT, "%s: %s", path, strerror(errno));
  if (!S_ISREG(before.st_mode))
    return fail(e, BAD_INPUT, "%s: not a regular file", path);
  if (before.st_size > MAX_BYTES)
    return fail(e, BAD_INPUT, "%s: larger than %d MiB", path, MAX_BYTES >> 20);
  *text = malloc((size_t) before.st_size + 1);
  if (!*text)
    return fail(e, HARNESS, "%s: out of memory", path);
  ssize_t got = 0;
  for (*length = 0; *length <= (size_t) before.st_size; *length += (size_t) got) {
    got = read(fd, *text + *length, (size_t) before.st_size + 1 - *length);
    if (got < 0)
      return fail(e, BAD_INPUT, "%s: %s", path, strerror(errno));
    if (!got)
      break;
  }
  if (*length != (size_t) before.st_size || fstat(fd, &after)
      || after.st_mtim.tv_sec != before.st_mtim.tv_sec
      || after.st_mtim.tv_nsec != before.st_mtim.tv_nsec)
    return fail(e, BAD_INPUT, "%s: changed while it was read", path);
  return true;
}

yaml_tree *tree_read (const char *path, error *e) {
  int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC); /* a FIFO must not block */
  if (fd < 0) {
    fail(e, BAD_INPUT, "%s: %s", path, strerror(errno));
    return NULL;
  }
  char *text = NULL;
  size_t length = 0;
  yaml_tree *f =
      read_descriptor(fd, path, &text, &length, e) ? tree_parse(path, text, length, e) : NULL;
  free(text);
  close(fd);
  return f;
}

const node *tree_root (const yaml_tree *f) {
  return f->root;
}

const char *tree_path (const yaml_tree *f) {
  return f->path;
}

void tree_free (yaml_tree *f) {
  if (!f)
    return;
  for (block *b = f->blocks, *next; b; b = next) {
    next = b->next;
    free(b);
  }
  free(f->path);
  free(f);
}
